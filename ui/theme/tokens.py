"""The tokens of a theme: colours by role, sizes by role, read from resources/themes."""

from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QColor

from zq_grid import resources

THEMES = ("light", "dark")
TEXT_SIZES = (100, 115, 130, 150)
LIGHTS = {"red": "red", "orange": "orange", "yellow": "yellow", "green": "green", "none": "ink3"}


@dataclass(frozen=True)
class Tokens:
    """One theme at one text size. Colours are "#RRGGBB" (or with alpha), sizes logical pixels."""

    name: str
    colours: dict[str, str]
    sizes: dict[str, int]

    def colour(self, role: str) -> QColor:
        """Return a colour by its role; eight digits carry their alpha last, as in the theme files."""
        said = self.colours[role]
        made = QColor(said[:7])
        if len(said) == 9:
            made.setAlpha(int(said[7:], 16))
        return made

    def size(self, role: str) -> int:
        """Return a size by its role."""
        return self.sizes[role]


@cache
def load(name: str, text_size: int = 100) -> Tokens:
    """Return a theme; what grows with the text (type, rows, controls) is scaled, spacing is not.

    Raises:
        KeyError: no theme of that name.
    """
    if name not in THEMES:
        raise KeyError(name)
    colours = resources.toml(f"themes/{name}.toml")["colour"]
    scale = resources.toml("themes/scale.toml")
    sizes = {role: round(value * text_size / 100) for role, value in scale["type"].items()}
    sizes |= scale["space"]
    sizes |= {
        role: value if role == "radius" else round(value * text_size / 100)
        for role, value in scale["shape"].items()
    }
    return Tokens(name, colours, sizes)
