"""How the command line speaks: options that hold for every command, JSON or words, refusals and exit codes."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zq_grid import visible
from zq_grid.errors import Refused
from zq_grid.refusals import sentence
from zq_grid.rules import worktime
from zq_grid.session import Session
from zq_grid.workspace import Workspace, open_workspace

REFUSED, WRONG_USE = 1, 2


@dataclass
class Console:
    """The global options of one call, and the ways to answer."""

    folder: Path
    url: str | None = None
    worker: str | None = None
    lang: str = "zh"
    json: bool = False
    now: int | None = None

    def clock(self) -> int:
        """Return the moment of this call: `--now`, or the machine's clock."""
        return int(time.time()) if self.now is None else self.now

    # opening ----------------------------------------------------------------------------------

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """Open the workspace, act as the worker named, and close it."""
        found = open_workspace(self.folder, self.url, clock=self.clock)
        try:
            if self.now is not None and not found.practice:
                raise Refused("only_practice", "--now needs a practice workspace", what="--now")
            if self.worker:
                with found.read() as session:
                    found.actor = session.catalogue.worker(self.worker)
            yield found
        finally:
            found.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open the workspace for looking."""
        with self.workspace() as workspace, workspace.read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open the workspace for one act."""
        with self.workspace() as workspace, workspace.write() as session:
            yield session

    # answering --------------------------------------------------------------------------------

    def answer(self, result: Mapping[str, Any], said: str = "") -> None:
        """Print the result as one JSON object, or in words."""
        if self.json:
            print(json.dumps(result, ensure_ascii=False))
        else:
            self.say(said or _plain(result))

    def say(self, text: str) -> None:
        """Print words for the person, with nothing in them that would steer the terminal (`visible`)."""
        print(visible.lines(text))

    def lines(self, rows: Iterator[Mapping[str, Any]]) -> None:
        """Print JSON lines."""
        write = sys.stdout.write
        encode = json.JSONEncoder(ensure_ascii=False).encode
        for row in rows:
            write(encode(row) + "\n")

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table aligned for Chinese and Latin letters alike."""
        shown = [tuple(map(visible.fact, row)) for row in (titles, *rows)]
        widths = [max(map(_width, column)) for column in zip(*shown, strict=True)]
        for row in shown:
            print(
                "  ".join(
                    cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)
                ).rstrip()
            )

    def either(self, chinese: str, english: str) -> str:
        """Return what is said in the language of this call."""
        return english if self.lang == "en" else chinese

    def note(self, text: str) -> None:
        """Say something to the person, beside the result."""
        print(visible.lines(text), file=sys.stderr)

    def ask(self, text: str) -> None:
        """Put a question to the person; the answer follows on its line."""
        print(visible.lines(text), end="", file=sys.stderr, flush=True)

    def refuse(self, refusal: Refused) -> int:
        """Say the refusal and return the exit code."""
        said = sentence(refusal, self.lang)
        if self.json:
            facts = {
                name: value for name, value in refusal.facts.items() if isinstance(value, str | int | list)
            }
            print(json.dumps({"refused": refusal.code, "reason": said, "facts": facts}, ensure_ascii=False))
        self.note(said)
        return WRONG_USE if refusal.code == "wrong_use" else REFUSED


def listed(parts: Iterable[str], lang: str) -> str:
    """Return several things in one line."""
    return (", " if lang == "en" else "、").join(map(visible.fact, parts))


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _plain(result: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{name}: {visible.fact(str(value))}"
        for name, value in result.items()
        if value not in (None, "", [], {})
    )


def time_of(said: str, name: str) -> tuple[int, bool]:
    """Read a time from the command line: seconds, and whether only a day was given.

    Raises:
        Refused: "fact_form".
    """
    try:
        at, precision = worktime.parse(said)
        worktime.to_text(at)  # a zone may carry it beyond the years there are
    except (ValueError, OverflowError) as error:
        expected = "2026-11-02T09:00:00+08:00 / 2026-11-02"
        raise Refused("fact_form", f"{name}: {said}", fact=name, said=said[:40], expected=expected) from error
    return at, precision == "day"


def pairs(said: Sequence[str], name: str) -> dict[str, str]:
    """Read `k=v` options; a later one replaces an earlier.

    Raises:
        Refused: "wrong_use".
    """
    found = {}
    for pair in said:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise Refused("wrong_use", f"{name} {pair}", fault=f"{name} {pair} → {name} k=v")
        found[key.strip()] = value
    return found
