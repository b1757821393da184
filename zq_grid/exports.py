"""Lists and rates as files for Excel and WPS: whole, counted, masked, each saying what it holds and how it was made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zq_grid import export_book, files, lists, reveals, words
from zq_grid import rates as figures
from zq_grid.export_book import ROWS, Book, Cell, Column, Table
from zq_grid.export_rows import CaseRows, columns, name_of
from zq_grid.progress import Progress
from zq_grid.rates import Rate
from zq_grid.rules import worktime
from zq_grid.rules.text import hide_personal
from zq_grid.session import Session

AT_ONCE = 1000
Told = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: rows, the sheets they fill, texts that were cut at the end of a cell or kept from being formulas."""

    path: Path
    rows: int
    sheets: int
    masked: bool
    shortened: int
    guarded: int
    secret: int = 0


# cases ----------------------------------------------------------------------------------------


def cases(
    session: Session,
    path: Path,
    *,
    sort: str = "newest",
    revealed: reveals.RevealedList | None = None,
    lang: str = "zh",
    progress: Progress | None = None,
    rows_a_sheet: int = ROWS,
    **filters: Any,
) -> Exported:
    """Write every case that passes all filters to a workbook or a .csv, in constant memory.

    Args:
        path: ends in .xlsx or .csv; what was there is replaced when the new file is whole.
        sort: as `lists.page`; so are `filters`.
        revealed: leave to show personal values, logged by `reveals.reveal_list` for these filters; without it names,
            phones and ID numbers are masked and addresses end at the building.
        lang: of headers and words, "zh" or "en".
        rows_a_sheet: what is more goes on in a next sheet.

    Raises:
        Refused: "filter_unknown", "export_suffix", "folder_missing", "cannot_write".
        Cancelled: stopped through `progress`; what was at `path` is untouched.
    """
    if revealed is not None and (revealed.actor, revealed.filters) != (session.actor, filters):
        raise ValueError("leave was given for another list")
    export_book.refuse(path)
    progress = progress or Progress()
    total = lists.page(session, sort=sort, limit=0, **filters).total
    making = CaseRows(session, masked=revealed is None, lang=lang, searched=str(filters.get("search") or ""))
    with _book(session, path, rows_a_sheet) as book:
        table = book.table(_say("案件", "Cases", lang), columns(lang))
        for part in lists.walk(session, sort=sort, size=AT_ONCE, **filters):
            progress.report(table.rows, total, "导出")
            for cells in making.cells(part):
                table.row(cells)
        progress.report(table.rows, total, "导出")
        if table.rows != total:
            raise RuntimeError(f"{table.rows} cases were met, {total} counted")
        asked = {**filters, "search": making.shown_search()}
        told = _about_cases(session, table, sort, asked, revealed, making.secret, lang)
        _tell(book, told, lang)
    _note(path, told)
    return Exported(
        path, total, table.sheets, revealed is None, book.tally.shortened, book.tally.guarded, making.secret
    )


def _about_cases(
    session: Session,
    table: Table,
    sort: str,
    filters: Mapping[str, Any],
    revealed: reveals.RevealedList | None,
    secret: int,
    lang: str,
) -> Told:
    told = [
        (_say("内容", "Content", lang), _say("案件清单", "List of cases", lang)),
        (
            _say("件数", "Cases", lang),
            _say(
                f"{table.rows:,} 件，符合条件的全部案件，分 {table.sheets} 张工作表",
                f"{table.rows:,}: all that match, on {table.sheets} sheet(s)",
                lang,
            ),
        ),
        (_say("筛选条件", "Filters", lang), _filters(session, filters, lang)),
        (_say("排序", "Order", lang), SORTS[sort][lang == "en"]),
        *_made(session, lang),
    ]
    if revealed is None:
        hidden = _say(
            "姓名、电话、证件号码已遮蔽，地址到楼栋",
            "Names, phones and ID numbers masked; places to the building",
            lang,
        )
    else:
        hidden = _say(
            f"未遮蔽。理由：{revealed.reason}。查看记录 {revealed.step[:8]}",
            f"Not masked. Reason: {revealed.reason}. Recorded as {revealed.step[:8]}",
            lang,
        )
    told.append((_say("个人信息", "Personal values", lang), hidden))
    if secret:
        said = _say(f"{secret:,} 件，诉求人和电话不导出", f"{secret:,} cases, callers are not exported", lang)
        told.append((_say("保密工单", "Confidential", lang), said))
    return told


def _filters(session: Session, filters: Mapping[str, Any], lang: str) -> str:
    found = []
    for name, said in filters.items():
        if said in (None, False, ""):
            continue
        title = FILTERS[name][lang == "en"] if name in FILTERS else words.say(words.FACTS, name, lang)
        found.append(title if said is True else f"{title}：{_filter(session, name, said, lang)}")
    return "；".join(found) or _say("无（全部案件）", "none (all cases)", lang)


def _filter(session: Session, name: str, said: Any, lang: str) -> str:
    if name in NAMED:
        return name_of(session.catalogue, name, str(said), lang)
    if name == "stage":
        return _say("未结", "open", lang) if said == "open" else words.say(words.STAGES, str(said), lang)
    if name == "light":
        return words.say(words.LIGHTS, str(said), lang)
    if isinstance(said, int):
        return _time(said)
    if isinstance(said, tuple):
        return "、".join(map(str, said))
    return hide_personal(words.value(name, str(said), lang))


FILTERS = {
    "stage": ("环节", "stage"),
    "area": ("片区", "area"),
    "light": ("信号灯", "light"),
    "search": ("检索", "search"),
    "number": ("编号", "number"),
    "since": ("收到时间起", "received since"),
    "until": ("收到时间止（不含）", "received before"),
    "incomplete": ("待补", "facts missing"),
    "clashes": ("待核对差异", "to settle"),
    "no_owner": ("未结且无责任居村", "open, nobody's"),
    "due_since": ("到期时间起", "due since"),
    "due_until": ("到期时间止（不含）", "due before"),
    "to_visit": ("待回访", "to visit"),
    "to_review": ("不满意待复核", "answered dissatisfied"),
    "owes": ("时限未了", "promise to keep"),
    "asks": ("待审批", "awaits a ruling"),
    "with_deputies": ("连同代办", "with those stood in for"),
}
NAMED = frozenset({"type", "unit", "area", "neighbourhood", "grid", "worker"})
SORTS = {
    "newest": ("收到时间，由近到远", "received, newest first"),
    "oldest": ("收到时间，由远到近", "received, oldest first"),
    "due": ("到期时间，由近到远，无时限的在后", "by limit, those without one last"),
    "number": ("编号", "number"),
}

# rates ----------------------------------------------------------------------------------------

_RATES: tuple[tuple[str, str, str, int], ...] = (
    ("分组", "Group", "text", 20),
    ("指标", "Rate", "text", 18),
    ("计入口径", "Counted by", "text", 22),
    ("分子", "Numerator", "number", 10),
    ("分母", "Denominator", "number", 10),
    ("百分比", "Percent", "percent", 10),
    ("精确值", "Exact", "code", 14),
    ("剔除前分子", "Raw numerator", "number", 12),
    ("剔除前分母", "Raw denominator", "number", 12),
    ("剔除前百分比", "Raw percent", "percent", 12),
    ("补录", "Entered late", "number", 8),
    ("未计入", "Left out", "number", 8),
    ("未计入理由", "Left out because", "text", 44),
)
_OUT: tuple[tuple[str, str, str, int], ...] = (
    ("分组", "Group", "text", 20),
    ("指标", "Rate", "text", 18),
    ("未计入理由", "Left out because", "text", 40),
    ("件数", "Cases", "number", 8),
)
COUNTED_BY = {
    "contact_due": ("先行联系期限", "contact limit"),
    "close_due": ("办结期限", "closing limit"),
    "closed_at": ("结案时间", "closing"),
    "visit_at": ("中心首次接通的回访时间", "first answered visit"),
    "began_at": ("再次办理开始时间", "beginning of the round"),
}
BASES = {
    "due": ("应办结", "due in the period"),
    "closed": ("已办结", "closed in the period"),
    "received": ("已收到", "received in the period"),
    "visited": ("已回访", "visited in the period"),
}


def rates(
    session: Session,
    path: Path,
    *,
    start: int,
    end: int,
    by: str | None = None,
    profile_code: str = "default",
    as_of: int | None = None,
    lang: str = "zh",
) -> Exported:
    """Write the rates of a period, the whole town's first and then one row a group; see `zq_grid.rates.rates`.

    Percents are numbers; beside them stands the exact fraction. An empty base leaves the percent blank.

    Raises:
        Refused: as `zq_grid.rates.rates`, "export_suffix", "folder_missing", "cannot_write".
    """
    export_book.refuse(path)
    asked: dict[str, Any] = {"start": start, "end": end, "profile_code": profile_code, "as_of": as_of}
    profile = figures.profile(session, profile_code, start)
    found = figures.rates(session, **asked)
    if by is not None:
        found += figures.rates(session, **asked, by=by)
    known = {one["key"]: one for one in profile["indicator"]}
    named = {rate.group: _group(session, by, rate.group, lang) for rate in found}
    with _book(session, path, ROWS) as book:
        table = book.table(_say("四率", "Rates", lang), _titled(_RATES, lang))
        for rate in found:
            table.row(_rate(rate, known[rate.key], named[rate.group], lang))
        outs = book.table(_say("未计入", "Left out", lang), _titled(_OUT, lang))
        for rate in found:
            for why, n in sorted(rate.excluded.items()):
                outs.row((named[rate.group], _named(rate, known[rate.key], lang), _reason(why, lang), n))
        told = _about_rates(session, profile, start, end, as_of, lang)
        _tell(book, told, lang)
    _note(path, told)
    return Exported(path, len(found), 1, True, book.tally.shortened, book.tally.guarded)


def _titled(table: Iterable[tuple[str, str, str, int]], lang: str) -> list[Column]:
    return [Column(en if lang == "en" else zh, form, width) for zh, en, form, width in table]


def _rate(rate: Rate, one: Mapping[str, Any], group: str, lang: str) -> Sequence[Cell]:
    counted = COUNTED_BY.get(one["counted_by"], (one["counted_by"], one["counted_by"]))[lang == "en"]
    head = (group, _named(rate, one, lang), counted)
    out = sum(rate.excluded.values())
    why = _say("、", ", ", lang).join(f"{_reason(w, lang)} {n}" for w, n in sorted(rate.excluded.items()))
    if rate.measure == "count":
        tail: tuple[Cell, ...] = (rate.denominator, None, None, None, rate.raw_denominator, None, None)
    else:
        tail = (
            rate.numerator,
            rate.denominator,
            rate.numerator / rate.denominator if rate.denominator else None,
            f"{figures.exact(rate.numerator)}/{rate.denominator}" if rate.denominator else None,
            rate.raw_numerator,
            rate.raw_denominator,
            rate.raw_numerator / rate.raw_denominator if rate.raw_denominator else None,
        )
    return (*head, *tail, rate.late_entered or None, out or None, why)


def _named(rate: Rate, one: Mapping[str, Any], lang: str) -> str:
    return str(one.get("english") or rate.name) if lang == "en" else rate.name


def _group(session: Session, by: str | None, group: str | None, lang: str) -> str:
    if group is None:
        return _say("全镇", "Whole town", lang)
    if not group:
        return _say("无归属", "No owner", lang)
    if by == "source":
        return words.value("source", group, lang)
    return name_of(session.catalogue, str(by), group, lang)


def _reason(why: str, lang: str) -> str:
    head, colon, reason = why.partition(":")
    said = words.say(words.OUT, head, lang)
    return f"{said}（{hide_personal(reason)}）" if colon else said


def _about_rates(
    session: Session, profile: Mapping[str, Any], start: int, end: int, as_of: int | None, lang: str
) -> Told:
    name = profile.get("english", profile["name"]) if lang == "en" else profile["name"]
    version = profile.get("version", 1)
    basis = BASES.get(str(profile.get("basis")), (str(profile.get("basis")),) * 2)[lang == "en"]
    period = _say(
        f"{_time(start)} 至 {_time(end)}（不含）", f"{_time(start)} to {_time(end)}, exclusive", lang
    )
    return [
        (
            _say("内容", "Content", lang),
            _say("四率及再次办理指标", "The four rates and the re-check figures", lang),
        ),
        (_say("统计期", "Period", lang), period),
        (_say("截至", "As known at", lang), _time(session.now if as_of is None else as_of)),
        (
            _say("统计口径", "Profile", lang),
            _say(f"{name}第 {version} 版", f"{name}, version {version}", lang),
        ),
        (_say("统计基准", "Basis", lang), basis),
        (
            _say("百分比", "Percent", lang),
            _say(
                "由精确分数计算，保留一位小数，不封顶；分母为零的留空",
                "From exact fractions, one decimal, never capped; blank for an empty base",
                lang,
            ),
        ),
        (
            _say("剔除前", "Raw", lang),
            _say("未扣除经批准剔除的工单", "Before approved exclusions", lang),
        ),
        *_made(session, lang),
    ]


# what both say --------------------------------------------------------------------------------


def _book(session: Session, path: Path, rows: int) -> Any:
    return export_book.writing(path, author=_actor(session), at=session.now, rows=rows)


def _made(session: Session, lang: str) -> Told:
    return [
        (_say("导出时间", "Exported", lang), _time(session.now) + "（+08:00）"),
        (_say("导出人", "By", lang), _actor(session)),
        (_say("来自", "From", lang), session.station),
        (_say("密级", "For whom", lang), _say("内部资料 注意保存", "Internal, keep safe", lang)),
    ]


def _tell(book: Book, told: Told, lang: str) -> None:
    """Write what a workbook holds and how it was made on a last sheet."""
    tally = book.tally
    if tally.shortened:
        said = _say(
            f"{tally.shortened} 处超过 {export_book.LONGEST:,} 字，末尾以…表示",
            f"{tally.shortened} over {export_book.LONGEST:,} characters, ending in …",
            lang,
        )
        told.append((_say("截短", "Shortened", lang), said))
    if tally.guarded:
        said = _say(
            f"{tally.guarded} 处以 = + - @ 等开头的文字前加了撇号，以免被当作公式",
            f"{tally.guarded} texts beginning with = + - @ bear an apostrophe, so that none becomes a formula",
            lang,
        )
        told.append((_say("公式防护", "Formulas", lang), said))
    about = [Column(_say("项目", "Item", lang), "text", 16), Column(_say("说明", "Says", lang), "text", 80)]
    table = book.table(_say("说明", "About", lang), about)
    for row in told:
        table.row(row)


def _note(path: Path, told: Told) -> None:
    """Write the same beside a .csv, which has no second sheet."""
    if path.suffix.lower() == ".csv":
        text = "".join(f"{title}：{said}\r\n" for title, said in told)
        files.replace(note_of(path), text.encode("utf-8-sig"))


def note_of(path: Path) -> Path:
    """Return where what a .csv holds is said."""
    return path.with_name(f"{path.stem}.说明.txt")


def _actor(session: Session) -> str:
    return f"{session.catalogue.name('worker', session.actor)}（{session.actor}）" if session.actor else "—"


def _time(at: int) -> str:
    return worktime.to_text(at)[:16].replace("T", " ")


def _say(chinese: str, english: str, lang: str) -> str:
    return english if lang == "en" else chinese
