"""Calling the command line in this process, as a person would, and reading its JSON."""

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ui.cli import main


@dataclass(frozen=True)
class Said:
    """What a call printed and how it ended."""

    out: str
    err: str
    code: int


def call(data: Path | None, *arguments: str, options: tuple[str, ...] = ()) -> Said:
    """Run `zq-grid` with these arguments on a data folder."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    where = ["--data", str(data)] if data is not None else []
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([*where, *options, *arguments])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return Said(out.getvalue(), err.getvalue(), code)


def run(data: Path | None, *arguments: str, options: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run a command that must be done, and return its JSON object."""
    said = call(data, *arguments, options=("--json", *options))
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def refused(data: Path | None, *arguments: str, options: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run a command that must be refused with one sentence and exit code 1 (2 for wrong use), and return its JSON."""
    said = call(data, *arguments, options=("--json", *options))
    found: dict[str, Any] = json.loads(said.out)
    assert said.code == (2 if found["refused"] == "wrong_use" else 1), said
    assert "Traceback" not in said.err
    assert said.err.strip()
    return found
