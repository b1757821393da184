"""The filters of case lists as options: one set, the same in every command that works on a selection of cases."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from ui.console import time_of

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
        Refused: "fact_form" for a time that is none.
    """
    return {
        name: time_of(said, f"--{name.replace('_', '-')}")[0] if name in _TIMES else said
        for name, said in given.items()
        if said not in (None, False, "")
    }


def _option(name: str) -> str:
    """Return the name of an option's parameter: `filter_…`, so that a command's own parameters don't meet it."""
    return f"filter_{name}"
