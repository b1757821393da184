"""What is kept of an error that is our own: its traces in a file, never a word of any case."""

import time
import traceback
from pathlib import Path


class _Kept:
    folder = Path()


def keep_in(folder: Path) -> None:
    """Set where traces are kept: beside the store."""
    _Kept.folder = folder / "crashes"


def keep(error: BaseException) -> str:
    """Write the traces of an error and return the file's path; "" where nothing can be written.

    Only where in the code it happened and of what kind it was: its words could quote a citizen.
    """
    lines = [f"{type(error).__module__}.{type(error).__qualname__}"]
    lines += [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    try:
        _Kept.folder.mkdir(parents=True, exist_ok=True)
        path = _Kept.folder / f"{time.strftime('%Y%m%d-%H%M%S')}.txt"
        path.write_text("\n".join(lines) + "\n", "utf-8")
    except OSError:
        return ""
    return str(path)
