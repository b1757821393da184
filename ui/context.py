"""What a page may use: the worker, the theme, and the few things that only the window can do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ui.theme.tokens import Tokens
from ui.worker import Worker


class Window(Protocol):
    """What pages ask of the window around them."""

    def open_page(self, name: str, **what: Any) -> None:
        """Show a page."""

    def back(self) -> None:
        """Show the page that was left for this one."""

    def say(
        self, text: str, does: str = "", done: Callable[[], object] | None = None, *, longer: bool = False
    ) -> None:
        """Say a few words at the foot of the window."""

    def badge(self, name: str, number: int, *, pressing: bool = False) -> None:
        """Show a number beside a page's name; 0 shows none."""

    def retitle(self) -> None:
        """Show the current page's title and hint again."""

    def refused(self, error: BaseException) -> None:
        """Say a refusal in words."""


@dataclass
class Context:
    """Built once by `ui.app`, handed to every page.

    `actor` is the worker's code; `defines` and `staffs` tell whether they may change the catalogue and arrange for the
    work of others (`zq_grid.rights`, which is asked again when something is written); `names` holds (kind, code) → name
    of the catalogue as it was last read; `change` begins anew with another look or worker, `restore` with a backup in the
    store's place (`ui.app.Program`).
    """

    worker: Worker
    tokens: Tokens
    window: Window
    clock: Callable[[], int]
    actor: str = ""
    actor_name: str = ""
    roles: tuple[str, ...] = ()
    practice: bool = False
    defines: bool = False
    staffs: bool = False
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    change: Callable[..., None] = lambda **_what: None
    restore: Callable[..., None] = lambda _source: None

    def name(self, kind: str, code: str | None) -> str:
        """Return the name of a catalogue entry; its code where there is none, "" for none at all."""
        return self.names.get((kind, code), code) if code else ""
