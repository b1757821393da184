"""Keys that were pressed faster than the page could follow wait until it has: they mean what will stand there, not what did."""

from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui.page import Page

LOOK_MS = 10
GIVE_UP_MS = 3000
MOVES = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}
)
ALONE = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}
)  # says nothing by itself
HELP = frozenset({Qt.Key.Key_F1, Qt.Key.Key_Question})
# Of the page, whatever case is shown: the search, another condition or order, the views by their digits.
OF_PAGE = frozenset(
    {Qt.Key.Key_Slash, Qt.Key.Key_Plus, Qt.Key.Key_Z, *map(Qt.Key, range(Qt.Key.Key_0, Qt.Key.Key_9 + 1))}
)
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class HeldKeys(QObject):
    """Holds the keys of a page while the case that they are meant for is still being read.

    Without it ↓ and C on a slow machine would begin a contact at the case before. Keys are given in their order as soon
    as nothing is waited for; Esc lets them go, and so does an act that was refused: they were pressed in the belief that
    it had been done. Behind something long, an import say, they are let go after some seconds and keys are free again.
    """

    def __init__(
        self,
        page: Page,
        parts: Sequence[QWidget],
        waits: Callable[[], bool],
        acting: Callable[[], bool],
    ) -> None:
        """Watch a page and the parts of it that take keys for acts.

        Args:
            waits: tells whether what is shown is about to change.
            acting: tells whether that is because an act is under way.
        """
        super().__init__(page)
        self._page = page
        self._parts: tuple[QWidget, ...] = (page, *parts)
        self._waits, self._acting = waits, acting
        self._held: deque[QKeyEvent] = deque()
        self._believed = self._giving = self._tired = False
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        for part in self._parts:
            part.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Hold a key, if anything is waited for or a key before it is held."""
        if self._giving or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not self._held and self._free(event):
            return False
        event.accept()
        if event.key() == Qt.Key.Key_Escape and self._held:
            self._let_go()
        elif not self._impatient(event):
            self._hold(event)
        return True

    def _free(self, event: QKeyEvent) -> bool:
        """Tell whether a key may go its way.

        Another page and help concern no case. Nor do moves and the page's own keys, but once a step is taken the focus
        goes back to the list: then they would be in the wrong place.
        """
        if not self._waits():
            self._tired = False
            return True
        modifiers = event.modifiers()
        if event.key() in ALONE | HELP or modifiers & Qt.KeyboardModifier.AltModifier or self._tired:
            return True
        of_page = modifiers & Qt.KeyboardModifier.ControlModifier and event.key() != Qt.Key.Key_A
        return bool(of_page or event.key() in MOVES | OF_PAGE) and not self._acting()

    def _impatient(self, event: QKeyEvent) -> bool:
        """Tell whether it only says again what is being done: a key kept down, or Enter pressed twice."""
        again = not self._held and self._acting() and event.key() in ENTER
        return event.isAutoRepeat() or again

    def _hold(self, event: QKeyEvent) -> None:
        if not self._held:
            self._since.start()
            self._timer.start()
            self._believed = False
        self._believed = self._believed or self._acting()
        self._held.append(QKeyEvent(event.type(), event.key(), event.modifiers(), event.text()))

    def _let_go(self) -> None:
        self._held.clear()
        self._timer.stop()

    def _look(self) -> None:
        """Give what is held as soon as nothing is waited for."""
        if self._waits():
            if self._since.elapsed() > GIVE_UP_MS:
                self._tired = True
                self._let_go()
                self._page.take_focus()
            return
        if self._believed and QApplication.focusWidget() not in self._parts:
            self._let_go()  # the form is still there: its act was refused
            return
        self._giving = True
        try:
            while self._held and (there := QApplication.focusWidget()) is not None:
                if there in self._parts and self._waits():
                    self._believed = self._acting()
                    self._since.start()
                    return
                QApplication.sendEvent(there, self._held.popleft())
        finally:
            self._giving = False
        self._let_go()
