"""Who may import whom (docs/architecture.md): ui → zq_grid → db, and the rules lean on nothing at all."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = {
    "db": {"zq_grid", "ui", "PySide6", "shiboken6", "qtawesome", "reportlab", "typer"},
    "zq_grid": {"ui", "PySide6", "shiboken6", "qtawesome", "typer"},
    "ui": {"db", "sqlalchemy", "alembic", "sqlcipher3", "sqlite3", "psycopg"},
}
# The writer of JSON touches nothing; why it and not the language's own: docs/architecture.md.
RULES_MAY = {"zq_grid.rules", "zq_grid.errors", "msgspec"}
BY_NAME = {"import_module", "__import__"}


def imports(text: str) -> Iterator[str]:
    """Yield the full dotted name of whatever `text` imports, inside functions and by name too."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(level=0, module=str(module), names=names):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom(module=module):
                yield f".{module or ''}"
            case ast.Call(
                func=ast.Name(id=called) | ast.Attribute(attr=called),
                args=[ast.Constant(value=str(name)), *_],
            ) if called in BY_NAME:
                yield name


def of_layer(folder: str) -> list[tuple[str, str]]:
    """Return (file, imported name) for every import below `folder`."""
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files, f"{folder} holds no Python"
    return [
        (f"{path.relative_to(ROOT)}", name) for path in files for name in imports(path.read_text("utf-8"))
    ]


def within(name: str, packages: set[str]) -> bool:
    """Say whether the dotted `name` is one of `packages` or lies inside one."""
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_arrows_point_only_downward(layer):
    wrong = [found for found in of_layer(layer) if within(found[1], FORBIDDEN[layer])]
    assert wrong == []


def test_rules_need_only_the_standard_library_and_a_writer_of_json():
    wrong = [
        (path, name)
        for path, name in of_layer("zq_grid/rules")
        if name.partition(".")[0] not in sys.stdlib_module_names and not within(name, RULES_MAY)
    ]
    assert wrong == []


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_every_import_says_its_whole_name(layer):
    assert [found for found in of_layer(layer) if found[1].startswith(".")] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import ui.cli as c", "ui.cli"),
        ("def f():\n    from db.engine import open_engine", "db.engine.open_engine"),
        ("from zq_grid import cases", "zq_grid.cases"),
        ("from . import fold", "."),
        ("importlib.import_module('ui.app')", "ui.app"),
        ("__import__('typer')", "typer"),
    ],
)
def test_no_way_of_importing_goes_unseen(text, name):
    assert list(imports(text)) == [name]


def test_a_longer_name_is_not_a_layer():
    assert not within("uiautomation.window", {"ui"})
    assert within("ui.window", {"ui"})
