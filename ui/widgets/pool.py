"""Widgets that are made once and used again: filling a label takes a fiftieth of the time of making one."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtWidgets import QWidget

from ui.widgets.basics import role

Kind = TypeVar("Kind", bound=QWidget)


class Pool(Generic[Kind]):
    """Widgets of one kind; `take` shows as many as are needed and hides the others."""

    def __init__(self, make: Callable[[], Kind], place: Callable[[Kind, int], object]) -> None:
        self._make, self._place = make, place
        self._made: list[Kind] = []

    def take(self, number: int) -> Sequence[Kind]:
        """Return so many widgets, shown, in their order; what they showed before must be overwritten."""
        while len(self._made) < number:
            made = self._make()
            self._place(made, len(self._made))
            self._made.append(made)
        for nth, widget in enumerate(self._made):
            if widget.isHidden() == (nth < number):
                widget.setVisible(nth < number)
        return self._made[:number]


def look(widget: QWidget, name: str) -> None:
    """Give a widget its look unless it has it already: a new look costs a look through the whole style sheet."""
    if widget.property("role") != name:
        role(widget, name)
