"""The command that lists cases; apart from the others, since it is asked most and must start at once."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from ui import case_filters
from ui.console import Console
from zq_grid import lists, views, words
from zq_grid.catalogue import Catalogue

# Beyond this the store's own numbers end.
FARTHEST = 2**53


@case_filters.filtered
def list_(
    context: typer.Context,
    filters: dict[str, Any],
    number: Annotated[str | None, typer.Option(help="编号 / number")] = None,
    sort: Annotated[str, typer.Option(help=" | ".join(lists.SORTS))] = "newest",
    offset: Annotated[int, typer.Option(min=0, max=FARTHEST)] = 0,
    limit: Annotated[int, typer.Option(min=0, max=1000)] = 50,
) -> None:
    """列出案件 / list cases."""
    console: Console = context.obj
    filters |= case_filters.numbers([number] if number is not None else [])
    with console.reading() as session:
        filters = case_filters.settle(session, filters)
        page = lists.page(session, sort=sort, offset=offset, limit=limit, **filters)
        if console.json:
            console.answer({"total": page.total, "cases": [views.list_row(row) for row in page.rows]})
        else:
            _print_page(console, session.catalogue, page)


def _print_page(console: Console, known: Catalogue, page: lists.Page) -> None:
    lang = console.lang
    titles = ("编号", "环节", "灯", "类型", "地址", "居村", "承办", "到期")
    if lang == "en":
        titles = ("Number", "Stage", "Light", "Type", "Place", "Neighbourhood", "Unit", "Due")
    rows = [
        (
            row.number,
            words.say(words.STAGES, row.stage, lang),
            words.say(words.LIGHTS, row.light, lang),
            known.name("type", row.type, lang),
            row.place,
            known.name("neighbourhood", row.neighbourhood),
            known.name("unit", row.unit),
            (views.moment(row.due) or "")[:16].replace("T", " "),
        )
        for row in page.rows
    ]
    console.table(titles, rows)
    console.say(console.either(f"共 {page.total:,} 件", f"{page.total:,} cases"))


COMMANDS: dict[str, Callable[..., None]] = {"list": list_}
