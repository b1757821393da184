"""What can be done on a page: a name, a key, and what happens; menus, the key list and Ctrl+K all read the same table."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence


@dataclass(frozen=True)
class Action:
    """One action. `key` as Qt writes it ("C", "Ctrl+Return", "F2"); single letters work outside of text fields.

    `offered` says whether it can be done now (None: always); it is asked when the action is shown or called.
    """

    name: str
    key: str
    run: Callable[[], object]
    offered: Callable[[], bool] | None = None
    icon: str = ""

    def can(self) -> bool:
        """Tell whether it can be done now."""
        return self.offered is None or self.offered()


def by_key(actions: Iterable[Action], event: QKeyEvent) -> Action | None:
    """Return the action of a key that was pressed, if it can be done now."""
    pressed = QKeySequence(event.keyCombination())
    modified = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    typed = event.text() if event.text() and not modified else ""
    for action in actions:
        same = QKeySequence(action.key) == pressed or (len(action.key) == 1 and typed == action.key)
        if action.key and same and action.can():
            return action
    return None
