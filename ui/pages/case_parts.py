"""The parts of a case's panel: head, clocks, facts, photos, links, the way so far. Each a widget from plain facts."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ui.context import Context
from ui.shown import moment, span
from ui.theme.tokens import LIGHTS, Tokens
from ui.tr import language, tr, word
from ui.widgets.basics import Elided, button, column, label, row
from ui.widgets.lights import Light

Case = Mapping[str, Any]
MARGINS = (16, 12, 16, 12)
# Facts with a place of their own in the panel, or that only the program needs.
ELSEWHERE = frozenset(
    {
        "type", "place", "place_key", "neighbourhood", "grid", "micro_grid", "estate", "unit", "order_number", "number",
        "text", "title", "reporter", "phone", "extra", "precision", "lon", "lat", "parent", "worker",
    }
)  # fmt: skip


def seconds(said: str | None) -> int | None:
    """Return an ISO time as seconds."""
    return None if not said else int(datetime.fromisoformat(said).timestamp())


def value_words(context: Context, name: str, value: Any) -> str:
    """Return a fact's value as people read it."""
    from zq_grid import words

    if isinstance(value, list | tuple):
        return "、".join(value_words(context, name, one) for one in value)
    if isinstance(value, Mapping):
        return " · ".join(f"{value_words(context, key, one)}" for key, one in value.items() if one)
    said = str(value)
    if (name, said) in context.names:
        return context.names[(name, said)]
    if name in words.VALUES and said in words.VALUES[name]:
        return said.replace("_", " ") if language() == "en" else words.VALUES[name][said]
    if said in words.FLAGS:
        return words.FLAGS[said][language() == "en"]
    if len(said) >= 19 and said[10:11] == "T":
        return moment(seconds(said), context.clock())
    return said


def own_titles(case: Case) -> dict[str, str]:
    """Return what the type's own facts are called."""
    english = language() == "en"
    fields = case.get("own", {}).get("field", ())
    return {
        one["key"]: str(one.get("english") if english and one.get("english") else one["name"])
        for one in fields
    }


def own_choice(case: Case, name: str, value: str) -> str:
    """Return the words of a type's own choice, "" where it is none."""
    for one in case.get("own", {}).get("field", ()):
        if one["key"] == name:
            for choice in one.get("choices", ()):
                code, _, words = str(choice).partition(" ")
                if code == value:
                    return code.replace("_", " ") if language() == "en" else words or code
    return ""


def head_part(context: Context, case: Case) -> QWidget:
    """Return what the case is: type, stage, round, number, place, territory."""
    from zq_grid import words

    facts = case["facts"]
    chips = [
        label(context.name("type", case["type"]), "chip"),
        label(word(words.STAGES, case["stage"]), "chip"),
    ]
    if case["round"] > 1:
        chips.append(label(tr("第 {n} 轮", n=case["round"]), "chip_orange"))
    if case["clashes"]:
        chips.append(label(tr("待核对差异 {n}", n=len(case["clashes"])), "chip_red"))
    if facts.get("confidential") == "yes":
        chips.append(label(tr("个人信息保密"), "chip_yellow"))
    number = label(case["number"], "hint")
    number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made = QWidget()
    box = column(spacing=4, margins=MARGINS)
    box.addLayout(row(*chips, None, number, spacing=6))
    box.addSpacing(2)
    box.addWidget(label(str(facts.get("title") or facts.get("place") or "—"), "large", wrap=True))
    chain = [context.name(kind, facts.get(kind)) for kind in ("neighbourhood", "grid", "micro_grid")]
    where = " · ".join(part for part in chain if part) or tr("还没有归属网格")
    unit = context.name("unit", facts.get("unit"))
    box.addWidget(label(f"{where}   →   {unit}" if unit else where, "small", wrap=True))
    text = label(str(facts.get("text") or ""), wrap=True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.addSpacing(4)
    box.addWidget(text)
    made.setLayout(box)
    return made


class Bar(QWidget):
    """How much of a limit is used up."""

    def __init__(self, part: float, light: str, tokens: Tokens) -> None:
        super().__init__()
        self._part, self._light, self._tokens = min(1.0, max(0.0, part)), light, tokens
        self.setFixedHeight(5)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the part."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((1.0, "sunken"), (self._part, LIGHTS.get(self._light, "ink3"))):
            painter.setBrush(self._tokens.colour(colour))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * width, self.height()), 2.5, 2.5)


def clocks_part(context: Context, case: Case) -> QWidget:
    """Return the promises of the current round: live ones with their bar and their reason, kept ones in a line."""
    from zq_grid import words

    now = context.clock()
    made = QWidget()
    box = column(spacing=6, margins=MARGINS)
    shown = [one for one in case["clocks"] if one["round"] == case["round"]]
    for one in sorted(shown, key=lambda one: (not one["live"], one["due"] or "9")):
        name = word(words.CLOCKS, one["kind"])
        due, stopped, started = (seconds(one[key]) for key in ("due", "stopped", "started"))
        title = label(name)
        title.setMinimumWidth(76)
        if not one["live"]:
            kept = stopped is not None and due is not None and stopped <= due
            chip = label(
                tr("按时") if kept else tr("超期") if due else "—", "chip_green" if kept else "chip_red"
            )
            used = tr("用时 {span}", span=span(stopped - started)) if stopped and started else ""
            box.addLayout(row(title, chip, None, label(used, "hint")))
            continue
        light = _light(case, due, now)
        left = (
            tr("逾期 {span}", span=span(now - due))
            if due and due < now
            else tr("剩 {span}", span=span((due or now) - now))
        )
        until = tr("{moment} 前", moment=_until(due, now))
        box.addLayout(
            row(
                title,
                Light(light, context.tokens),
                label(left, LIGHTS.get(light, "")),
                None,
                label(until, "hint"),
            )
        )
        if due and started and due > started:
            box.addWidget(Bar((now - started) / (due - started), light, context.tokens))
        box.addWidget(label(str(one["explanation"]), "hint", wrap=True))
    made.setLayout(box)
    made.setHidden(not shown)
    return made


def _light(case: Case, due: int | None, now: int) -> str:
    if due is None:
        return "none"
    if due < now:
        return "red"
    return str(case["light"]) if case["light"] in {"orange", "yellow"} and due - now < 2 * 86_400 else "green"


def _until(due: int | None, now: int) -> str:
    from ui.shown import local

    if due is None:
        return "—"
    there, here = local(due), local(now)
    clock = "24:00" if f"{there:%H:%M:%S}" == "23:59:59" else f"{there:%H:%M}"
    if there.date() == here.date():
        return tr("今天 {time}", time=clock)
    return f"{there:%m-%d} {clock}"


def facts_part(context: Context, case: Case, phone: str = "") -> QWidget:
    """Return the case's facts in two columns; who called stays masked until a call is made."""
    from zq_grid import words

    facts, titles = case["facts"], own_titles(case)
    rows: list[tuple[str, str, str]] = []
    caller = " · ".join(str(facts[name]) for name in ("reporter", "phone") if facts.get(name))
    if caller:
        rows.append((tr("诉求人"), phone or caller, "strong" if phone else ""))
    for name, value in facts.items():
        if name in ELSEWHERE or value in ("", None):
            continue
        title = titles.get(name) or word(words.FACTS, name)
        said = own_choice(case, name, str(value)) or value_words(context, name, value)
        rows.append((title, said, ""))
    for title, value in (facts.get("extra") or {}).items() if isinstance(facts.get("extra"), Mapping) else ():
        rows.append((word(words.FACTS, str(title)), str(value), "quiet"))
    closing: Mapping[str, Any] = next((one for one in reversed(case["closings"]) if one), {})
    rows += [
        (word(words.FACTS, name), value_words(context, name, value), "")
        for name, value in closing.items()
        if value
    ]
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(*MARGINS)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(5)
    for nth, (title, said, look) in enumerate(rows):
        name = label(title, "hint")
        name.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(name, nth, 0)
        shown = label(said, look, wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(shown, nth, 1)
    grid.setColumnStretch(1, 1)
    made.setHidden(not rows)
    return made


class Photo(QLabel):
    """A photo, read beside the window."""

    def __init__(self, context: Context, digest: str, stage: str) -> None:
        super().__init__()
        self.setFixedSize(QSize(104, 72))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("role", "hint")
        self.setText(stage)
        self.setToolTip(stage)

        def work(workspace: Any, _progress: Any) -> bytes:
            from zq_grid import photos

            return photos.read(workspace, digest)

        context.worker.ask(work, self._show, failed=lambda _error: None, owner=self, rank=7)

    def _show(self, data: bytes) -> None:
        picture = QPixmap()
        if picture.loadFromData(data):
            modes = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
            self.setPixmap(picture.scaled(self.size(), *modes))


def photos_part(context: Context, case: Case) -> QWidget:
    """Return the photos before, during and after."""
    from zq_grid import words

    made = QWidget()
    taken = [one for one in case["steps"] if one["kind"] == "attach" and not one.get("retracted")]
    stages = words.VALUES["stage"]
    photos = [
        Photo(context, str(one["body"].get("hash")), stages.get(str(one["body"].get("stage")), ""))
        for one in taken[-6:]
    ]
    made.setLayout(row(*photos, None, spacing=8, margins=MARGINS))
    made.setHidden(not photos)
    return made


def links_part(context: Context, case: Case) -> QWidget:
    """Return joined, linked and split-off orders, each a door."""
    from zq_grid import words

    rows = [(tr("并单"), number) for number in case["joined"]]
    rows += [(word(words.STEPS, "link"), str(one["to"])) for one in case["links"]]
    rows += [(tr("分办"), number) for number in case["sub_cases"]]
    made = QWidget()
    box = column(spacing=2, margins=MARGINS)
    for title, number in rows:
        opens = button(number, partial(context.window.open_page, "cases", number=number), look="link")
        box.addLayout(row(label(title, "hint"), opens, None, spacing=14))
    made.setLayout(box)
    made.setHidden(not rows)
    return made


def timeline_part(context: Context, case: Case) -> QWidget:
    """Return the steps so far, the oldest first: when, what, who, and what was said."""
    from zq_grid import words

    now = context.clock()
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(*MARGINS)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(7)
    for nth, step in enumerate(case["steps"]):
        gone = bool(step.get("retracted"))
        when = label(moment(seconds(step["did_at"]), now), "hint")
        when.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(when, nth, 0)
        body = {
            key: value for key, value in step["body"].items() if key not in {"hash", "precision", "place_key"}
        }
        if step["kind"] == "log":
            body = {key: body[key] for key in ("source", "kind") if key in body}
        said = "，".join(
            value_words(context, key, value) for key, value in body.items() if value not in ("", None)
        )
        name = word(words.STEPS, step["kind"])
        who = context.name("worker", step["actor"])
        first = label(f"{name} · {who}", "hint" if gone else "strong")
        inside = column(first, spacing=1)
        if gone:
            font = first.font()
            font.setStrikeOut(True)
            first.setFont(font)
        if said:
            inside.addWidget(label(said[:400], "hint" if gone else "quiet", wrap=True))
        if step.get("on_behalf_of"):
            inside.addWidget(Elided(tr("代 {whom}", whom=step["on_behalf_of"]), "hint"))
        grid.addLayout(inside, nth, 1)
    grid.setColumnStretch(1, 1)
    return made
