"""How the window looks on this machine, kept in `window.json` beside the store.

It stands outside the store since the window is painted before the store opens, and since a shared store must not
carry one person's text size to everybody's desk. It holds nothing of any case.
"""

import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ui.theme.tokens import TEXT_SIZES, THEMES
from ui.tr import LANGUAGES
from zq_grid import files
from zq_grid.errors import Refused

log = logging.getLogger(__name__)
FILE = "window.json"


@dataclass(frozen=True)
class Look:
    """Theme, text size in percent, language, and the code of who worked here last ("" for who set the store up)."""

    theme: str = "light"
    text_size: int = 100
    language: str = "zh"
    worker: str = ""


def read(folder: Path) -> Look:
    """Return what was kept; what can't be read or isn't known any more is as at the beginning."""
    try:
        said: Any = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return Look()
    if not isinstance(said, dict):
        return Look()
    found = Look()
    for name, known in (("theme", THEMES), ("text_size", TEXT_SIZES), ("language", LANGUAGES)):
        if said.get(name) in known:
            found = replace(found, **{name: said[name]})
    return replace(found, worker=said["worker"]) if isinstance(said.get("worker"), str) else found


def write(folder: Path, look: Look) -> None:
    """Keep a look; where the folder can't be written it holds until the program ends."""
    try:
        files.replace(folder / FILE, json.dumps(asdict(look)).encode())
    except Refused:
        log.warning("the look was not kept", exc_info=True)
