"""Themes: every role in both, ink that can be read on what lies behind it, sizes that grow with the text."""

import re

import pytest
from PySide6.QtGui import QColor

from ui.icons import ROLES, icon
from ui.theme.sheet import palette, sheet
from ui.theme.tokens import LIGHTS, TEXT_SIZES, THEMES, load
from zq_grid import resources

READABLE = 4.5
LARGE_OR_QUIET = 3.0


def brightness(colour: QColor) -> float:
    """Return the relative luminance as WCAG 2 defines it."""
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "background", READABLE),
        ("ink", "surface", READABLE),
        ("ink", "sunken", READABLE),
        ("ink", "accent_soft", READABLE),
        ("ink2", "surface", READABLE),
        ("ink2", "background", READABLE),
        ("ink3", "surface", 2.8),
        ("accent", "surface", READABLE),
        ("on_accent", "accent", READABLE),
        ("bar_ink", "bar", READABLE),
        ("red", "surface", READABLE),
        ("orange", "surface", LARGE_OR_QUIET),
        ("yellow", "surface", LARGE_OR_QUIET),
        ("green", "surface", LARGE_OR_QUIET),
    ],
)
def test_ink_can_be_read_on_its_ground(theme, ink, ground, least):
    tokens = load(theme)
    assert contrast(tokens.colour(ink), tokens.colour(ground)) >= least


def test_both_themes_know_the_same_colours():
    assert load("light").colours.keys() == load("dark").colours.keys()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", TEXT_SIZES)
def test_the_style_sheet_is_filled_from_the_tokens_alone(theme, size):
    made = sheet(load(theme, size))
    assert "$" not in made
    written = (resources.ROOT / "themes/sheet.qss").read_text("utf-8")
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b(?=[^{]*})", written) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_palette_follows_the_theme(theme):
    tokens = load(theme)
    assert palette(tokens).window().color() == tokens.colour("background")


def test_larger_text_makes_rows_and_controls_grow_and_leaves_gaps_as_they_are():
    small, large = load("light", 100), load("light", 150)
    for role in resources.toml("themes/scale.toml")["type"]:
        assert large.size(role) == round(small.size(role) * 1.5)
    for role in resources.toml("themes/scale.toml")["space"]:
        assert large.size(role) == small.size(role)


def test_every_light_has_a_colour_of_the_theme():
    assert set(LIGHTS.values()) <= load("light").colours.keys()


def test_a_theme_that_is_none_is_refused():
    with pytest.raises(KeyError):
        load("sepia")


@pytest.mark.parametrize("role", ROLES)
def test_every_icon_is_there_and_has_ink(qtbot, role):
    picture = icon(role, "#102030").pixmap(32, 32).toImage()
    inked = sum(picture.pixelColor(x, y).alpha() > 128 for x in range(32) for y in range(32))
    assert inked > 15


def test_an_icon_is_drawn_once_for_a_role_and_colour(qtbot):
    assert icon("cases", "#102030") is icon("cases", "#102030")
