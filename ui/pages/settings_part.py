"""What every part of Settings is, and how it saves an entry of the catalogue."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.actions import Action
from ui.context import Context
from ui.tr import tr


class Part(QWidget):
    """Built once; `refresh` asks the worker for what is shown."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.build()

    def build(self) -> None:
        """Make the widgets."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Ask for what is shown."""

    def begin(self) -> None:
        """Put the focus where work begins."""
        self.setFocus()

    def feet(self) -> Sequence[QWidget]:
        """Return the rows of buttons at the foot: messages do not lie over them."""
        return ()

    def offered(self) -> Sequence[Action]:
        """Return what can be done here."""
        return ()

    @property
    def may_change(self) -> bool:
        """Whether whoever works here may change the catalogue."""
        return self.context.defines

    def ask(self, work: Callable[[Any], Any], then: Callable[[Any], None], key: str) -> None:
        """Read with a session beside the window; `then` is called with the answer."""

        def reading(workspace: Any, _progress: Any) -> Any:
            with workspace.read() as session:
                session.catalogue.with_places(session.db)
                return work(session)

        self.context.worker.ask(reading, then, key=key, owner=self, rank=3)

    def act(
        self,
        work: Callable[[Any], Any],
        then: Callable[[Any], None],
        title: str,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Write with a session beside the window; `failed` takes a refusal that isn't only to be said."""

        def writing(workspace: Any, _progress: Any) -> Any:
            with workspace.write() as session:
                return work(session)

        self.context.worker.act(writing, then, title=title, owner=self, failed=failed)

    def save(
        self,
        kind: str,
        entry: Mapping[str, Any],
        then: Callable[[], object],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Define an entry, say what that did, and go on."""

        def work(session: Any) -> Any:
            from zq_grid import entry_forms

            return entry_forms.save(session, kind, [entry])[0]

        def done(saved: Any) -> None:
            words = tr("已保存“{name}”，目录第 {n} 版", name=entry.get("name", saved.code), n=saved.edition)
            if saved.renewed:
                words += tr("，重算 {n} 件", n=saved.renewed)
            self.context.window.say(words)
            then()

        self.act(work, done, tr("保存目录"), failed)
