"""New case: one screen for somebody with the phone at the ear; a draft at every pause, proposals while typing."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from ui.actions import Action
from ui.page import Page
from ui.pages.new_case_draft import Draft
from ui.pages.new_case_foot import Foot
from ui.pages.new_case_form import CaseForm
from ui.pages.new_case_side import Side
from ui.pages.new_case_texts import Phrases, fill
from ui.shown import local
from ui.tr import language, listed, tr
from ui.widgets.basics import Card, line, row, scrolling

PROPOSE_MS, NEAR_MS = 120, 350
OPEN_KEYS = 5


class NewCase(Page):
    """Nothing typed is lost: it is kept within a quarter of a second, and when the focus moves or the page is left."""

    name = "new_case"
    watches = frozenset({"cases"})

    @property
    def title(self) -> str:
        """The page's name."""
        return tr("登记案件")

    def build(self) -> Iterator[None]:
        """Make form, side and foot, each where it stands."""
        self._busy = self._read = False
        self._source = ""
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(12)
        split.setChildrenCollapsible(False)
        self.setLayout(row(split, margins=(20, 14, 20, 18)))
        card = Card()
        split.addWidget(card)
        self.area = scrolling()
        card.body.addWidget(self.area, 1)
        card.body.addWidget(line())
        self.foot = Foot(self.save, partial(self.save, then="open"))
        card.body.addWidget(self.foot)
        yield
        self.form = CaseForm(self.context)
        self.form.setProperty("role", "plain")
        self.area.setWidget(self.form)
        yield from self.form.build()
        self.side = Side(self.context)
        split.addWidget(self.side)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 3)
        split.setSizes([780, 420])
        yield
        self.draft = Draft(self.context, self._values, self)
        self.draft.held = True
        self.phrases = Phrases(self.context, self.form, self)
        self._proposing = self._timer(PROPOSE_MS, self._propose)
        self._nearing = self._timer(NEAR_MS, self._look_near)
        self.form.changed.connect(self._changed)
        self.form.entered.connect(self._next)
        self.form.pasted.connect(self._pasted)
        self.form.typed.connect(lambda _code: self.phrases.ask())
        self.phrases.read.connect(self._show_phrases)
        self.draft.kept.connect(self._draft_kept)
        self.side.tied.connect(self._changed)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def feet(self) -> Sequence[QWidget]:
        """Return the foot of the form."""
        return (self.foot,)

    def _timer(self, wait: int, done: Any) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(wait)
        made.timeout.connect(done)
        return made

    # opening and leaving ----------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the types and, the first time, the draft; later look again for what may repeat."""
        if self._read:
            self._propose()
            self._look_near()
            return
        self._read = True

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import drafts

            with workspace.read() as session:
                types = session.catalogue.current("type")
                return types, drafts.read(session), drafts.habits(session)

        self.context.worker.ask(work, self._opened, owner=self, rank=1)

    def _opened(self, found: tuple[Mapping[str, Any], dict[str, Any], dict[str, str]]) -> None:
        types, draft, habits = found
        self.form.set_types(types)
        pairs = [(code, name) for (kind, code), name in self.context.names.items() if kind == "neighbourhood"]
        self.form.set_neighbourhoods(sorted(pairs))
        self._source = habits.get("source", "station")
        self.draft.held = False
        if not self.form.is_empty():
            return  # somebody typed before the store answered
        if draft:
            self.side.set_tie(str(draft.pop("tie", "")), str(draft.pop("to", "")))
            self.form.set_typed(draft)
            self.draft.was(self._values())
            self.foot.say_kept(tr("已找回草稿"))
        else:
            self.form.set_typed({"source": self._source})
        self._propose()
        self._look_near()
        self.phrases.ask()

    def opened(self, **what: Any) -> None:
        """Begin with facts that another page knows, where nothing is typed yet."""
        if (facts := what.get("facts")) and self.form.is_empty():
            self.form.set_typed(facts)
            self._changed()

    def take_focus(self) -> None:
        """Begin with the place: what comes before it is filled in already."""
        self.form.place.setFocus()

    def leave(self) -> bool:
        """Keep the draft; the page may always be left."""
        self.draft.keep(sure=True)
        return True

    def go(self) -> None:
        """Close the case beside, else keep the draft and go back to where one came from."""
        if self.side.is_beside():
            self.side.close_beside()
            return
        self.context.window.back()

    # the draft --------------------------------------------------------------------------------

    def _values(self) -> dict[str, Any]:
        if self.form.is_empty() and not self.side.tie:
            return {}
        tie = {"tie": self.side.tie, "to": self.side.to} if self.side.tie else {}
        return {**self.form.typed_values(), **tie}

    def _draft_kept(self, values: Mapping[str, Any]) -> None:
        at = local(self.context.clock())
        self.foot.say_kept(tr("草稿已保存 {time}", time=f"{at:%H:%M:%S}") if values else "")

    def _changed(self) -> None:
        self.foot.say_wrong("")
        self.draft.touch()
        if not self._proposing.isActive():
            self._proposing.start()
        self._nearing.start()

    def _focus_moved(self, before: QWidget | None, _now: QWidget | None) -> None:
        if before is not None and self.draft.is_due() and self.isAncestorOf(before):
            self.draft.keep()

    def clear(self) -> None:
        """Begin anew; what was typed is let go, with a way back."""
        held = self._values()
        if not held:
            return
        self._begin_anew()
        self.draft.keep()

        def back() -> None:
            self._restore(held)

        self.context.window.say(tr("已清空"), tr("撤销"), back)

    def _restore(self, held: Mapping[str, Any]) -> None:
        if not self.form.is_empty():
            return
        values = dict(held)
        self.side.set_tie(str(values.pop("tie", "")), str(values.pop("to", "")))
        self.form.begin_anew(values)
        self._changed()

    def _begin_anew(self) -> None:
        self.form.begin_anew({"source": self._source})
        self.side.close_beside()
        self.side.set_tie("", "")
        self.side.show_after(None)
        self.side.show_candidates(())
        self.form.place.show_found(None)
        self.area.verticalScrollBar().setValue(0)
        self.foot.say_wrong("")
        self.phrases.ask()
        self.take_focus()

    # proposals --------------------------------------------------------------------------------

    def _propose(self) -> None:
        facts = self.form.facts()

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import proposals

            with workspace.read() as session:
                return proposals.propose(session, facts, lang=language())

        self.context.worker.ask(work, self._proposed, key="new-proposal", owner=self, rank=2)

    def _proposed(self, found: Any) -> None:
        form = self.form
        form.place.show_found(found)
        unknown = bool(form.place.value()) and not found.chain and not found.choices
        form.show_neighbourhood(wanted=unknown)
        if form.text.value() and form.suggest_type(found.guess):
            self._propose()  # unit and limits are those of the type
            self._nearing.start()
        calls = tr("此前来电 {n} 次", n=found.calls) if found.calls else ""
        form.caller.fields["phone"].hint(calls)
        self.side.show_after(found if form.type_ else None)

    def _look_near(self) -> None:
        facts = self.form.facts()
        asked: dict[str, Any] = {
            "text": str(facts.get("text", "")),
            "place": str(facts.get("place", "")),
            "phone": str(facts.get("phone", "")),
            "order_number": str(facts.get("order_number", "")),
            "type_": str(facts.get("type", "")),
        }
        if not any(asked[name] for name in ("text", "place", "phone", "order_number")):
            self.side.show_candidates(())
            return

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import duplicates

            with workspace.read() as session:
                return duplicates.candidates(session, limit=OPEN_KEYS, **asked)

        self.context.worker.ask(work, self.side.show_candidates, key="new-near", owner=self, rank=6)

    # canned texts, pasted texts -----------------------------------------------------------------

    def _show_phrases(self) -> None:
        about = self.context.name("type", self.form.type_)
        self.side.show_phrases(self.phrases.texts(), self.phrases.take, about)

    def paste_all(self) -> None:
        """Read the clipboard into the form."""
        said = QGuiApplication.clipboard().text()
        if said.strip():
            self._pasted(said, into_text=not self.form.text.value())

    def _pasted(self, said: str, *, into_text: bool = False) -> None:
        if named := fill(self.form, said, self._source, into_text=into_text):
            self.form.text.hint(tr("已从粘贴的内容填入：{fields}", fields=listed(named)))
        self._changed()

    # saving -----------------------------------------------------------------------------------

    def save(self, then: str = "") -> None:
        """Save the case and begin the next, or open it; what is missing is said at its field."""
        if self._busy:
            return
        if missing := self.form.missing():
            self._problems({name: tr("必填") for name in missing})
            return
        self.draft.keep()  # should the saving be cut short, the words are there
        facts, behalf = self.form.facts(), self.form.on_behalf_of()
        held, tie, to = self._values(), self.side.tie, self.side.to
        self._busy = self.draft.held = True
        self.foot.does.setEnabled(False)

        def work(workspace: Any, _progress: Any) -> Any:
            from zq_grid import drafts

            with workspace.write() as session:
                return drafts.save(session, facts, on_behalf_of=behalf, tie=tie, to=to)

        self.context.worker.act(
            work,
            lambda saved: self._saved(saved, held, then),
            failed=self._failed,
            owner=self,
            sure=True,  # whoever pressed the keys and closed the window meant both
        )

    def _saved(self, saved: Any, held: Mapping[str, Any], then: str) -> None:
        self._ready()
        self.draft.was({})
        self._source = str(held.get("source", self._source))
        self.foot.say_kept("")
        self._begin_anew()
        unit = self.context.name("unit", saved.unit)
        said = tr("已登记 {number}", number=saved.number)
        if unit:
            said = tr("已登记 {number}，建议派至 {unit}", number=saved.number, unit=unit)
        self.context.window.say(said, tr("撤销"), partial(self._unsave, saved, held))
        if then == "open":
            self.context.window.open_page("cases", number=saved.number)

    def _unsave(self, saved: Any, held: Mapping[str, Any]) -> None:
        """Take the case back, and what was typed with it."""

        def work(workspace: Any, _progress: Any) -> None:
            from zq_grid import drafts

            with workspace.write() as session:
                drafts.unsave(session, saved, "登记有误，撤销登记")

        def done(_none: None) -> None:
            self._restore(held)
            self.context.window.say(tr("已撤销登记 {number}", number=saved.number))

        self.context.worker.act(work, done)

    def _ready(self) -> None:
        self._busy = self.draft.held = False
        self.foot.does.setEnabled(True)

    def _failed(self, error: BaseException) -> None:
        from zq_grid.errors import Refused
        from zq_grid.refusals import sentence

        self._ready()
        self.draft.touch()
        if not isinstance(error, Refused):
            self.context.window.refused(error)
            return
        said = sentence(error, language())
        missing = error.facts.get("missing", ())
        here = {str(name): tr("必填") for name in missing} if isinstance(missing, list | tuple) else {}
        named = FIELD_OF.get(error.code) or str(error.facts.get("fact", ""))
        if named in self.form.fields():
            here[named] = said
        if not set(here) & set(self.form.fields()):
            self.context.window.refused(error)
        else:
            self._problems(here)

    def _problems(self, here: Mapping[str, str]) -> None:
        """Say at each field what is wrong, and in the foot how many there are."""
        self.form.problems(here)
        self.foot.say_wrong(tr("有 {n} 处没有填好，已在字段下标出", n=len(here)))
        self.area.ensureWidgetVisible(self.form.fields()[next(iter(here))])

    # keys -------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Enter goes on to the next field; it never saves."""
        if (now := QApplication.focusWidget()) is not None:
            now.focusNextChild()

    def actions_here(self) -> Sequence[Action]:
        """Return what can be done here."""
        side, writing = self.side, self.form.text.edit.hasFocus
        found = [
            Action(tr("保存，登记下一件"), "Ctrl+Return", self.save, icon="save"),
            Action(tr("保存并打开"), "Alt+Return", partial(self.save, then="open")),
            Action(tr("留作草稿，离开"), "Esc", self.go),
            Action(tr("识别剪贴板里的工单或消息"), "Ctrl+Shift+V", self.paste_all),
            Action(tr("更多字段"), "Alt+M", self.form.toggle_more),
            Action(tr("清空，重新填写"), "Ctrl+Shift+N", self.clear),
            Action(tr("把内容存为常用语，或去掉"), "Alt+S", self.phrases.keep),
            Action(tr("并入旁边这件"), "Ctrl+J", partial(side.tie_to, "merge"), side.is_beside),
            Action(tr("关联旁边这件"), "Ctrl+L", partial(side.tie_to, "link"), side.is_beside),
        ]
        found += [
            Action(
                tr("打开可能重复的第 {n} 件", n=nth),
                f"Ctrl+{nth}",
                partial(side.open_beside, nth),
                partial(_up_to, side, nth),
            )
            for nth in range(1, OPEN_KEYS + 1)
        ]
        texts = len(self.phrases.texts())
        return found + [
            Action(tr("常用语 {n}", n=nth), f"Alt+{nth}", partial(self.phrases.take, nth), writing)
            for nth in range(1, texts + 1)
        ]


def _up_to(side: Side, nth: int) -> bool:
    return nth <= len(side.candidates)


# Refusals that belong to a field without naming it.
FIELD_OF = {"case_exists": "order_number", "type_unknown": "type", "did_in_future": "received_at"}
