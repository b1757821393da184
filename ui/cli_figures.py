"""Commands on figures: rates and reports."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from ui.console import Console, listed, time_of
from zq_grid import rates as figures
from zq_grid import words
from zq_grid.rates import Counted, Rate


def rates(
    context: typer.Context,
    from_: Annotated[str, typer.Option("--from", help="起（含） / first day")],
    to: Annotated[str, typer.Option("--to", help="止（不含） / day after the last")],
    by: Annotated[str | None, typer.Option(help="|".join(figures.GROUPS))] = None,
    profile: Annotated[str, typer.Option(help="统计口径 / metric profile")] = "default",
    as_of: Annotated[str | None, typer.Option("--as-of", help="截至 / as known at")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="列出计入与未计入的案件 / name the cases")
    ] = False,
) -> None:
    """四率 / the four rates and the re-check figures."""
    console: Console = context.obj
    asked: dict[str, Any] = {
        "start": time_of(from_, "--from")[0],
        "end": time_of(to, "--to")[0],
        "by": by,
        "profile_code": profile,
        "as_of": time_of(as_of, "--as-of")[0] if as_of is not None else None,
    }
    with console.reading() as session:
        found = figures.rates(session, **asked)
        named = figures.explain(session, **asked) if explain else []
        groups = {r.group: _group_name(session.catalogue, by, r.group, console.lang) for r in found}
    if console.json:
        rows = [_json(rate) for rate in found]
        if explain:
            for rate, row in zip(found, rows, strict=True):
                row.update(_named(rate, named))
        console.answer({"rates": rows})
        return
    _print(console, found, groups, named)


def _json(rate: Rate) -> dict[str, Any]:
    return {
        "key": rate.key,
        "name": rate.name,
        "group": rate.group,
        "measure": rate.measure,
        "numerator": figures.exact(rate.numerator),
        "denominator": rate.denominator,
        "value": rate.value,
        "raw": {
            "numerator": figures.exact(rate.raw_numerator),
            "denominator": rate.raw_denominator,
            "value": rate.raw_value,
        },
        "excluded": dict(sorted(rate.excluded.items())),
        "late_entered": rate.late_entered,
    }


def _named(rate: Rate, named: list[Counted]) -> dict[str, Any]:
    mine = [one for one in named if (one.key, one.group) == (rate.key, rate.group)]
    out: dict[str, list[str]] = {}
    for one in mine:
        if one.out:
            out.setdefault(one.out, []).append(one.number)
    return {
        "counted_in": [one.number for one in mine if not one.out and one.weight > 0],
        "counted_out": [one.number for one in mine if not one.out and one.weight == 0],
        "excluded_cases": out,
    }


def _group_name(catalogue: Any, by: str | None, group: str | None, lang: str) -> str:
    if group == "":
        return "no owner" if lang == "en" else "无归属"
    kinds = {
        "area": "area",
        "neighbourhood": "neighbourhood",
        "unit": "unit",
        "worker": "worker",
        "type": "type",
    }
    if by == "source" and group:
        return words.value("source", group, lang)
    return str(catalogue.name(kinds[by], group, lang)) if by in kinds and group else group or ""


def _print(console: Console, found: list[Rate], groups: dict[str | None, str], named: list[Counted]) -> None:
    lang = console.lang
    names = {key: english for key, (_, english) in words.RATES.items()} if lang == "en" else {}
    rows = []
    for rate in found:
        shown = f"{figures.exact(rate.numerator)}/{rate.denominator}"
        value = str(rate.denominator) if rate.measure == "count" else f"{rate.value}%" if rate.value else "—"
        out = listed((f"{_reason(why, lang)} {n}" for why, n in sorted(rate.excluded.items())), lang)
        rows.append((groups.get(rate.group, ""), names.get(rate.key, rate.name), value, shown, out))
    console.table(
        ("分组", "指标", "数值", "计数", "未计入")
        if lang == "zh"
        else ("Group", "Rate", "Value", "n", "Out"),
        rows,
    )
    for one in named:
        weight = figures.exact(one.weight)
        counted = console.either(f"计入 {weight}", f"counts {weight}")
        state = _reason(one.out, lang) if one.out else counted
        console.say(f"  {one.key}  {one.number}  {state}")


def _reason(why: str, lang: str) -> str:
    head, colon, reason = why.partition(":")
    name = words.say(words.OUT, head, lang)
    shown = f"{name} ({reason})" if lang == "en" else f"{name}（{reason}）"
    return shown if colon else name


COMMANDS: dict[str, Callable[..., None]] = {"rates": rates}
