"""The way of a case so far, the newest step on top: when, what, who, what was said, and what it changed."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.context import Context
from ui.pages.case_parts import Part, readable
from ui.pages.case_values import Case, fact_words, seconds, title_of
from ui.shown import moment
from ui.theme.tokens import Tokens
from ui.tr import named, tr, word
from ui.widgets.basics import button, label
from ui.widgets.pool import Pool, look

FEW = 8
LONGEST = 400
# Steps after which people look: something was reached, something went wrong.
GOOD = frozenset({"contact", "close", "submit", "visit", "grant_extension", "resume"})
BAD = frozenset(
    {"return", "refuse", "reopen", "withdraw", "void", "suspend", "escalate", "supervise", "retract"}
)
QUIET = frozenset({"log", "note", "attach", "amend", "link", "dispatch", "transfer", "assign"})
# Facts whose name needn't be said beside their value.
PLAIN = frozenset(
    {"reached", "channel", "person", "unit", "worker", "satisfaction", "words", "findings", "result", "who", "text",
     "conclusion", "verdict", "source", "kind", "reason", "name", "stage", "into", "to", "why", "step", "ground"}
)  # fmt: skip


def said_of(context: Context, case: Case, step: Mapping[str, Any]) -> str:
    """Return what a step says; a fact that it set anew as old → new."""
    parts = []
    for name, value in step["body"].items():
        if value in ("", None) or (name == "deputy"):
            continue
        new = fact_words(context, case, name, value)
        old = step["before"].get(name)
        if old is not None and old != value:
            new = f"{fact_words(context, case, name, old)} → {new}"
        parts.append(new if name in PLAIN else named(title_of(case, name), new))
    said = " · ".join(part.rstrip("。") if len(parts) > 1 else part for part in parts if part)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


class Dot(QWidget):
    """A point on the line that joins the steps; retracted steps are a ring."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self.colour, self.gone, self.last = "accent", False, False
        self.setFixedWidth(12)

    def sizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(12, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line and the point."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self._tokens.size("base") * 0.75
        if not self.last:
            painter.setPen(self._tokens.colour("line"))
            painter.drawLine(QPointF(6, middle + 6), QPointF(6, self.height() + 7))
        colour = self._tokens.colour(self.colour)
        painter.setPen(colour)
        painter.setBrush(Qt.BrushStyle.NoBrush if self.gone else colour)
        painter.drawEllipse(QPointF(6, middle), 3.5, 3.5)


class StepLine(QWidget):
    """One step."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.when, self.dot = label("", "hint"), Dot(context.tokens)
        self.what, self.said = label("", "strong"), readable("quiet")
        from ui.widgets.basics import row

        inside = QVBoxLayout()
        inside.setSpacing(1)
        inside.addWidget(self.what)
        inside.addWidget(self.said)
        self.when.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.when.setMinimumWidth(round(context.tokens.size("small") * 6.4))
        whole = row(self.when, self.dot, spacing=8)
        whole.addLayout(inside, 1)
        self.setLayout(whole)

    def show_step(self, context: Context, case: Case, step: Mapping[str, Any], *, last: bool) -> None:
        """Show a step."""
        from zq_grid import words

        gone, kind = step["gone"], step["kind"]
        at, now = seconds(step["did_at"]), context.clock()
        self.when.setText(moment(at, now))
        recorded = seconds(step["recorded_at"])
        who = context.name("worker", step["actor"])
        name = word(words.STEPS, kind)
        told = f"{name} · {who}" if who else name
        if step.get("on_behalf_of"):
            told = tr("{told}（代 {whom}）", told=told, whom=step["on_behalf_of"])
        if recorded and at and recorded - at > 86_400:
            told = tr("{told} · 补录于 {when}", told=told, when=moment(recorded, now))
        self.what.setText(told)
        look(self.what, "hint" if gone else "strong")
        font = self.what.font()
        if font.strikeOut() != gone:
            font.setStrikeOut(gone)
            self.what.setFont(font)
        self.what.setAccessibleName(tr("已撤销：{told}", told=told) if gone else told)
        said = said_of(context, case, step)
        self.said.setText(said)
        self.said.setVisible(bool(said))
        look(self.said, "hint" if gone else "quiet")
        self.dot.gone, self.dot.last = gone, last
        self.dot.colour = (
            "ink3"
            if gone or kind in QUIET
            else "red"
            if kind in BAD
            else "green"
            if kind in GOOD
            else "accent"
        )
        self.dot.update()


class Course(Part):
    """The steps, the newest first; older ones on demand."""

    def build(self) -> None:
        """Make the pool."""
        self.body.setSpacing(7)
        self._lines = Pool(
            lambda: StepLine(self.context), lambda made, nth: self.body.insertWidget(nth, made)
        )
        self._more = button("", self._all, look="inline")
        self.body.addWidget(self._more)
        self._case: Case | None = None
        self._number = ""
        self._whole = False

    def show_case(self, case: Case) -> None:
        """Show the steps of a case."""
        if case["number"] != self._number:
            self._number, self._whole = case["number"], False
        self._case = case
        steps = list(reversed(case["course"]))
        shown = steps if self._whole else steps[:FEW]
        for nth, (made, step) in enumerate(zip(self._lines.take(len(shown)), shown, strict=True)):
            made.show_step(self.context, case, step, last=nth == len(shown) - 1)
        self._more.setText(tr("更早的 {n} 步", n=len(steps) - len(shown)))
        self._more.setVisible(len(steps) > len(shown))

    def _all(self) -> None:
        self._whole = True
        if self._case is not None:
            self.show_case(self._case)
