"""The one style sheet: every widget's look from the tokens, by its class or its `role` property."""

from string import Template

from PySide6.QtGui import QPalette

from ui.icons import bundled
from ui.theme.tokens import Tokens
from zq_grid import resources


def sheet(tokens: Tokens) -> str:
    """Return the style sheet of a theme."""
    pictures = {
        "arrow_down": bundled("chevron-down", tokens.name),
        "arrow_up": bundled("chevron-up", tokens.name),
        "check": bundled("check", tokens.name),
    }
    words = Template((resources.ROOT / "themes/sheet.qss").read_text("utf-8"))
    return words.substitute(**tokens.colours, **{k: str(v) for k, v in tokens.sizes.items()}, **pictures)


def palette(tokens: Tokens) -> QPalette:
    """Return the palette, for what a style sheet does not reach."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, name in (
        (role.Window, "background"),
        (role.Base, "surface"),
        (role.AlternateBase, "sunken"),
        (role.Button, "surface"),
        (role.WindowText, "ink"),
        (role.Text, "ink"),
        (role.ButtonText, "ink"),
        (role.PlaceholderText, "ink3"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
        (role.ToolTipBase, "bar"),
        (role.ToolTipText, "bar_ink"),
        (role.Link, "accent"),
    ):
        made.setColor(where, tokens.colour(name))
    return made
