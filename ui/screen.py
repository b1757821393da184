"""Whether a window could be seen here; apart from Qt, so that commands may ask at no cost."""

import os
import sys


def has_screen() -> bool:
    """Tell whether a window could be seen here."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
