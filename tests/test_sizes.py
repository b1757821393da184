"""How long a file and a function may grow.

A file that needs a table of contents wants to be two;
a function longer than a screen wants a name for its middle.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("db", "zq_grid", "ui", "tests")
FILE, FUNCTION = 400, 60


def sources() -> Iterator[tuple[str, str]]:
    """Yield (path, text) of all our Python; a migration is one frozen list of columns, however long."""
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            if path.parts[-3:-1] != ("migrations", "versions"):
                yield f"{path.relative_to(ROOT)}", path.read_text("utf-8")


def long_functions(text: str) -> Iterator[tuple[str, int]]:
    """Yield (name, lines) of each function in `text` that is too long."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION:
                yield node.name, lines


def test_no_file_is_too_long():
    lengths = {path: text.count("\n") for path, text in sources()}
    assert "tests/test_sizes.py" in lengths
    assert {path: lines for path, lines in lengths.items() if lines > FILE} == {}


def test_no_function_is_too_long():
    assert {path: found for path, text in sources() if (found := list(long_functions(text)))} == {}


def test_a_function_of_one_line_too_many_is_found():
    def function(lines: int) -> str:
        return "def f():\n" + "    pass\n" * (lines - 1)

    assert list(long_functions(function(FUNCTION))) == []
    assert list(long_functions(function(FUNCTION + 1))) == [("f", FUNCTION + 1)]
