"""What every page is: it reads when shown, marks itself stale when hidden, and says which tables it watches."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.actions import Action, by_key

if TYPE_CHECKING:
    from ui.context import Context


class Page(QWidget):
    """Subclasses build their widgets in `build`, ask the worker in `refresh`, and list `actions`.

    Who makes a page puts it where it belongs and then lets it `grow` or `finish`: widgets that find their parent there
    are dressed once, and a large page can be built a piece at each turn of the event loop.
    """

    name = ""
    watches: frozenset[str] = frozenset({"cases"})

    def __init__(self, context: "Context") -> None:
        super().__init__()
        self.context = context
        self.stale = True
        self.built = False
        self._pieces: Iterator[None] | None = None
        self.setProperty("role", "page")

    @property
    def title(self) -> str:
        """The page's name as people read it."""
        raise NotImplementedError

    @property
    def hint(self) -> str:
        """A few words beside the title."""
        return ""

    def build(self) -> Iterator[None] | None:
        """Make the widgets, once; a large page yields between its pieces, each well below a tenth of a second."""
        raise NotImplementedError

    def grow(self) -> bool:
        """Build one more piece; returns whether the page is whole."""
        if not self.built:
            if self._pieces is None:
                self._pieces = self.build() or iter(())
            self.built = next(self._pieces, self) is self
        return self.built

    def finish(self) -> None:
        """Build what is not built yet, at once."""
        while not self.grow():
            pass

    def refresh(self) -> None:
        """Ask the worker for what the page shows."""
        raise NotImplementedError

    def actions_here(self) -> Sequence[Action]:
        """Return what can be done here, in the order in which it is listed."""
        return ()

    def opened(self, **what: Any) -> None:
        """Take what the page was opened for, e.g. a case number; called before `refresh`."""

    def feet(self) -> Sequence[QWidget]:
        """Return the rows of buttons at the page's foot: messages do not lie over them."""
        return ()

    def leave(self) -> bool:
        """Tell whether the page may be left now; a page that holds typed text keeps it as a draft first."""
        return True

    def shown(self) -> None:
        """Refresh if something changed while the page was hidden, and take the focus."""
        if self.stale:
            self.stale = False
            self.refresh()
        self.take_focus()

    def take_focus(self) -> None:
        """Put the focus where work begins."""
        self.setFocus()

    def land(self, there: QWidget) -> None:
        """Put the focus on a part of the page, or on the page itself where that part can't take it.

        A list that has become empty is hidden and a button that has been pressed may be grey: without this the focus
        stayed on whatever had it, outside the page, and its keys did nothing.
        """
        takes = there.isVisibleTo(self) and there.isEnabled()
        (there if takes else self).setFocus()

    def changed(self, tables: frozenset[str]) -> None:
        """React to a commit: refresh if visible, else mark stale."""
        if self.watches & tables:
            if self.isVisible():
                self.refresh()
            else:
                self.stale = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do the action of a key that no field wanted."""
        if (action := by_key(self.actions_here(), event)) is not None:
            action.run()
        else:
            super().keyPressEvent(event)
