"""Where the program's data files lie: beside the packages, in a checkout, a wheel and the frozen program alike."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent / "resources"


def toml(name: str) -> dict[str, Any]:
    """Return a TOML file of `resources/`, by its path inside."""
    return tomllib.loads((ROOT / name).read_text("utf-8"))
