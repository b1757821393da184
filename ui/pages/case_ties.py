"""What a case hangs together with: orders handled jointly, linked and split-off ones, and those that may be the same matter."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui.context import Context
from ui.pages.case_parts import Part
from ui.pages.case_values import Case, value_words
from ui.tr import inside, listed, tr, word
from ui.widgets.basics import button, column, label, row
from ui.widgets.pool import Pool

# Looking for alike cases reads texts; it begins only when somebody rests on a case.
REST_MS = 160


class Tie(QWidget):
    """One line: what it is, the other's number, what is known of it, what can be done."""

    def __init__(self) -> None:
        super().__init__()
        self.what, self.opens = label("", "hint"), button("", look="inline")
        self.told = label("", "hint", wrap=True)
        self._does: QHBoxLayout = row(spacing=10)
        self._buttons = Pool(lambda: button("", look="inline"), self._wire)
        self._open: Callable[[], object] = lambda: None
        self.opens.clicked.connect(self._opened)
        self._acts: list[Callable[[], object]] = []
        top = row(self.what, self.opens, None, spacing=10)
        top.addLayout(self._does)
        whole = column(spacing=0)
        whole.addLayout(top)
        whole.addWidget(self.told)
        self.setLayout(whole)

    def show_tie(
        self,
        what: str,
        number: str,
        told: str,
        opens: Callable[[], object],
        does: Sequence[tuple[str, Callable[[], object]]] = (),
    ) -> None:
        """Show a line."""
        self.what.setText(what)
        self.what.setVisible(bool(what))
        self.opens.setText(number)
        self.opens.setAccessibleName(f"{what} {number}".strip())
        self.told.setText(told)
        self.told.setVisible(bool(told))
        self._open = opens
        made = self._buttons.take(len(does))
        self._acts = [act for _name, act in does]
        for one, (name, _act) in zip(made, does, strict=True):
            one.setText(name)
            one.setAccessibleName(f"{name} {number}")

    def _opened(self) -> None:
        self._open()

    def _wire(self, made: QPushButton, nth: int) -> None:
        made.clicked.connect(lambda _checked=False: self._acts[nth]())
        self._does.addWidget(made)


class Ties(Part):
    """Joined, linked, split; and what may be about the same matter, once it is found."""

    def __init__(self, context: Context, act: Callable[[str, dict[str, Any]], None]) -> None:
        self._act = act
        self.alike: Sequence[Any] = ()
        self._case: Case | None = None
        self._number = ""
        super().__init__(context)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._look)

    def build(self) -> None:
        """Make the pool."""
        self.body.setSpacing(5)
        self._lines = Pool(Tie, lambda made, _nth: self.body.addWidget(made))

    def show_case(self, case: Case) -> None:
        """Show what is known, and look for alike cases."""
        if case["number"] != self._number:
            self.alike = ()
        self._case, self._number = case, case["number"]
        self._show()
        self._rest.start()

    def forget(self) -> None:
        """Look for nothing: no case is shown, or one is acted on."""
        self._rest.stop()

    def _look(self) -> None:
        case = self._case
        if case is None:
            return
        number, subject = case["number"], case["subject"]

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import duplicates

            with workspace.read() as session:
                return duplicates.of_case(session, subject)

        def done(found: Sequence[Any]) -> None:
            if number == self._number:
                self.alike = [one for one in found if not (one.joined or one.linked)]
                self._show()

        self.context.worker.ask(work, done, key="alike", owner=self, rank=8)

    def _show(self) -> None:
        from zq_grid import words

        case = self._case
        assert case is not None
        told: list[tuple[Any, ...]] = []
        for number in case["joined"]:
            leads = number == case["follows"]
            does = [(tr("撤销并单"), partial(self._act, "unmerge", {}))] if leads else []
            told.append((tr("并入") if leads else tr("并单"), number, "", does))
        told += [
            (word(words.STEPS, "link"), str(one["to"]), value_words(self.context, "why", one["why"]), [])
            for one in case["links"]
            if one["why"] != "distinct"
        ]
        told += [(tr("子单"), number, "", []) for number in case["sub_cases"]]
        if parent := case["facts"].get("parent"):
            told.append((tr("拆自"), value_words(self.context, "parent", parent), "", []))
        told += [self._alike(case, one) for one in self.alike]
        for made, (what, number, said, does) in zip(self._lines.take(len(told)), told, strict=True):
            opens = partial(self.context.window.open_page, "cases", number=number)
            made.show_tie(what, number, said, opens, does)
        self.setVisible(bool(told))

    def _alike(self, case: Case, one: Any) -> tuple[Any, ...]:
        from zq_grid import words

        reasons = listed(inside(words.REPEATS, code) for code in one.reasons)
        reasons = reasons or inside(words.REPEATS, "several_signs")
        said = f"{tr('相似')} {one.score} · {reasons} · {inside(words.STAGES, one.stage)}"
        does = []
        if "merge" in case["can"] and one.stage not in {"closed", "refused", "returned", "withdrawn", "void"}:
            does.append((tr("并单"), partial(self._act, "merge", {"into": one.number})))
        if "link" in case["can"]:
            does.append((tr("不是重复"), partial(self._act, "link", {"to": one.number, "why": "distinct"})))
        return tr("疑似重复"), one.number, said, does
