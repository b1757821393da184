"""The filters of case lists as options: one set, the same in every command that works on a selection of cases."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from ui.console import time_of
from zq_grid import lists
from zq_grid.errors import Refused
from zq_grid.rules.vocabulary import KINDS, SOURCES
from zq_grid.session import Session

_Word = str | None
# Option by option: the name of the filter in `zq_grid.lists`, its type with what --help says, its default.
_OPTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("stage", Annotated[_Word, typer.Option("--stage", help="环节，open 为未结 / stage, or open")], None),
    ("type", Annotated[_Word, typer.Option("--type", help="事项类型 / case type")], None),
    ("unit", Annotated[_Word, typer.Option("--unit", help="承办单位 / unit")], None),
    ("area", Annotated[_Word, typer.Option("--area", help="片区 / area")], None),
    ("neighbourhood", Annotated[_Word, typer.Option("--neighbourhood", help="居村 / neighbourhood")], None),
    ("grid", Annotated[_Word, typer.Option("--grid", help="网格 / grid")], None),
    ("worker", Annotated[_Word, typer.Option("--worker", help="经办人 / worker")], None),
    (
        "with_deputies",
        Annotated[
            bool,
            typer.Option("--with-deputies", help="连同其代办的 / with --worker: those they stand in for too"),
        ],
        False,
    ),
    ("source", Annotated[_Word, typer.Option("--source", help="来源 / source")], None),
    ("kind", Annotated[_Word, typer.Option("--kind", help="诉求类别 / kind")], None),
    (
        "light",
        Annotated[_Word, typer.Option("--light", help="灯 / light: green yellow orange red none")],
        None,
    ),
    ("since", Annotated[_Word, typer.Option("--since", help="到件时间起 / received since")], None),
    ("until", Annotated[_Word, typer.Option("--until", help="到件时间止，不含 / received before")], None),
    ("due_since", Annotated[_Word, typer.Option("--due-since", help="到期时间起 / due since")], None),
    ("due_until", Annotated[_Word, typer.Option("--due-until", help="到期时间止，不含 / due before")], None),
    ("to_visit", Annotated[bool, typer.Option("--to-visit", help="待回访 / a visit is owed")], False),
    (
        "to_review",
        Annotated[
            bool, typer.Option("--to-review", help="不满意待复核 / answered dissatisfied, not handled again")
        ],
        False,
    ),
    (
        "owes",
        Annotated[
            _Word, typer.Option("--owes", help="时限未了 / a promise to keep: accept sign contact close")
        ],
        None,
    ),
    (
        "asks",
        Annotated[_Word, typer.Option("--asks", help="待审批 / awaits a ruling: extension exclusion return")],
        None,
    ),
    (
        "no_owner",
        Annotated[bool, typer.Option("--no-owner", help="未结且无责任居村 / open, nobody's")],
        False,
    ),
    (
        "incomplete",
        Annotated[
            bool, typer.Option("--incomplete/--no-incomplete", help="待补 / closings with facts missing")
        ],
        False,
    ),
    (
        "clashes",
        Annotated[bool, typer.Option("--clashes/--no-clashes", help="待核对差异 / differences to settle")],
        False,
    ),
    ("search", Annotated[_Word, typer.Option("--search", help="字、号、拼音 / text, numbers, pinyin")], None),
)
_TIMES = frozenset({"since", "until", "due_since", "due_until"})


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the filters of `list` as options: it is called with `filters`, ready for `zq_grid.lists`.

    The command must have a parameter `filters`; the options stand in its place in --help.
    """
    own = inspect.signature(command, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for parameter in own.parameters.values():
        if parameter.name != "filters":
            parameters.append(parameter)
            continue
        parameters += [
            inspect.Parameter(_option(name), parameter.kind, annotation=said, default=default)
            for name, said, default in _OPTIONS
        ]

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        given = {name: options.pop(_option(name), default) for name, _, default in _OPTIONS}
        command(*arguments, filters=read(given), **options)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    del run.__wrapped__
    return run


def read(given: dict[str, Any]) -> dict[str, Any]:
    """Return the filters that were said, times as seconds UTC; what wasn't said is left out.

    Raises:
        Refused: "fact_form" for a time that is none, "range_reversed" for two that hold nothing between them,
            "wrong_use" for an option without its word: a script whose variable is empty would get every case.
    """
    for name, said in given.items():
        if said == "":
            raise Refused("wrong_use", f"{name} is empty", fault=f"{_typed(name)} ''")
    found = {
        name: time_of(said, _typed(name))[0] if name in _TIMES else said
        for name, said in given.items()
        if said not in (None, False)
    }
    if "with_deputies" in found and "worker" not in found:
        raise Refused("wrong_use", "deputies of nobody", fault="--worker W --with-deputies")
    refuse_reversed(given, found, "since", "until")
    refuse_reversed(given, found, "due_since", "due_until")
    return found


def numbers(said: list[str]) -> dict[str, Any]:
    """Return the filter for cases by their numbers; nothing where none were given.

    Raises:
        Refused: "wrong_use" for an empty one.
    """
    if not all(one.strip() for one in said):
        raise Refused("wrong_use", "number is empty", fault="--number ''")
    return {"number": said[0] if len(said) == 1 else tuple(said)} if said else {}


def refuse_reversed(said: dict[str, Any], found: dict[str, Any], since: str, until: str) -> None:
    """Refuse a range that ends before it begins, or where it begins, in the words it was given.

    Raises:
        Refused: "range_reversed".
    """
    if since in found and until in found and found[since] >= found[until]:
        facts = {"since": f"{_typed(since)} {said[since]}", "until": f"{_typed(until)} {said[until]}"}
        raise Refused("range_reversed", "nothing between", **facts)


def settle(session: Session, filters: dict[str, Any]) -> dict[str, Any]:
    """Return the filters with codes for names, and every number as its case is listed under.

    Raises:
        Refused: "worker_unknown", "unit_unknown", … for a word that the catalogue has never had, "filter_unknown" for
            a source or kind that there is not, "case_unknown" for a number that no case bears.
    """
    found = dict(filters)
    for name, said in filters.items():
        if name in _CODED:
            found[name] = _code(session, name, said)
        elif name in _LISTED and said not in _LISTED[name]:
            raise Refused("filter_unknown", name, filter=name, said=said, known="、".join(_LISTED[name]))
        elif name == "number":
            numbers = [_number(session, one) for one in ([said] if isinstance(said, str) else said)]
            found[name] = tuple(dict.fromkeys(numbers)) if len(numbers) > 1 else numbers[0]
    return found


_CODED = ("type", "unit", "area", "neighbourhood", "grid", "worker")
_LISTED = {"source": SOURCES, "kind": KINDS}


def _code(session: Session, kind: str, said: str) -> str:
    known = session.catalogue
    if kind == "grid":
        known.with_places(session.db)
    if known.get(kind, said) is not None:
        return said
    named = [code for code in known.codes(kind) if known.name(kind, code) == said]
    if len(named) == 1:
        return named[0]
    if not named and lists.count(session, **{kind: said}):
        return said  # brought along from elsewhere
    if kind == "worker":
        code = "worker_ambiguous" if named else "worker_unknown"
        raise Refused(code, said, worker=said, codes="、".join(named))
    if named:
        raise Refused("filter_ambiguous", said, kind=kind, said=said, codes="、".join(named))
    raise Refused("entry_unknown", said, kind=kind, entry=said[:60])


def _number(session: Session, said: str) -> str:
    """Return the number as a list knows it; a case whose log was taken back is in no list and is no mistake."""
    from zq_grid import bodies, cases

    for one in (said, bodies.text(said), bodies.number(said)):
        if one and lists.count(session, number=one):
            return one
    cases.find(session, said)
    return said


def _typed(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _option(name: str) -> str:
    """Return the name of an option's parameter: `filter_…`, so that a command's own parameters don't meet it."""
    return f"filter_{name}"
