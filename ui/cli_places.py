"""Commands on places: find one, work off those that nobody knows, remember a correction."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ui.console import Console, listed
from zq_grid import place_memory, visible
from zq_grid.errors import Refused
from zq_grid.places import Place
from zq_grid.rules import outlines, worktime
from zq_grid.session import Session

places = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="地点：查找、待认领、记住 / places: find, work off, remember",
)


def _shown(place: Place) -> dict[str, Any]:
    found = asdict(place)
    found["candidates"] = place_memory.shown(place.candidates)
    return found


def _named(session: Session, place: Place) -> str:
    """Return where a place is, in the words of the territory."""
    codes = [("neighbourhood", place.neighbourhood), ("grid", place.grid), ("estate", place.estate)]
    return " ".join(session.catalogue.name(kind, code) for kind, code in codes if code)


def _refuse_wrong_point(lon: str | None, lat: str | None) -> None:
    """Refuse half a point, and one that is no plain decimal degrees on this earth.

    Raises:
        Refused: "wrong_use", "fact_form".
    """
    if (lon is None) != (lat is None):
        raise Refused("wrong_use", "half a point", fault="--lon LON --lat LAT")
    for name, said, most, like in (("lon", lon, 180, "121.412345"), ("lat", lat, 90, "31.065432")):
        if said is not None and ((at := outlines.millionths(said)) is None or abs(at) > most * 1_000_000):
            raise Refused("fact_form", f"--{name} {said}", fact=f"--{name}", said=said[:40], expected=like)


@places.command("find")
def find(
    context: typer.Context,
    text: str,
    lon: Annotated[str | None, typer.Option(help="经度 / longitude")] = None,
    lat: Annotated[str | None, typer.Option(help="纬度 / latitude")] = None,
) -> None:
    """查一个地点在哪里 / where a place is, with all readings."""
    console: Console = context.obj
    _refuse_wrong_point(lon, lat)
    with console.reading() as session:
        session.catalogue.with_places(session.db)
        place = session.gazetteer.resolve(text, lon, lat)
        said = _named(session, place)
        others = [one.name for one in place.candidates]
        key = session.gazetteer.said(text)
    result = {"text": text, "said": key, **_shown(place)}
    if console.lang == "zh":
        said = said or "查不到"
        doubt = f"（不确定，可能是：{'、'.join(others) or '—'}）"
    else:
        said = said or "Not found"
        doubt = f" (not certain; may be: {', '.join(others) or '—'})"
    console.answer(result, said if place.certain else said + doubt)


@places.command("todo")
def todo(
    context: typer.Context, limit: Annotated[int, typer.Option(min=1, max=place_memory.MOST)] = 50
) -> None:
    """未结案件里查不到居村的地点，待认领 / places of open cases that no neighbourhood was found for."""
    console: Console = context.obj
    with console.reading() as session:
        session.catalogue.with_places(session.db)
        found = place_memory.todo(session, limit=limit)
    rows = [
        {
            "said": one.said,
            "place": one.place,
            "open": one.open,
            "newest": worktime.to_text(one.newest),
            "number": one.number,
            "certain": one.now.certain,
            "candidates": place_memory.shown(one.now.candidates),
        }
        for one in found.places
    ]
    if console.json:
        facts = {name: getattr(found, name) for name in ("open", "nameless", "distinct", "complete")}
        console.answer({**facts, "places": rows})
        return
    zh = console.lang == "zh"
    told = f"{found.open} 件未结案件没有居村，{found.distinct} 个地点，另有 {found.nameless} 件没有写地点"
    if not zh:
        told = (
            f"{found.open} open cases are nobody's: {found.distinct} places; {found.nameless} name no place"
        )
    console.say(told)
    console.table(
        ("件数", "地点", "最近", "可能是") if zh else ("Cases", "Place", "Newest", "May be"),
        [
            (str(one.open), one.place[:40], worktime.to_text(one.newest)[:16], _names(one.now, console.lang))
            for one in found.places
        ],
    )


def _names(place: Place, lang: str) -> str:
    return listed(dict.fromkeys(one.name for one in place.candidates[:5]), lang)


@places.command("set")
def remember(
    context: typer.Context,
    text: str,
    estate: Annotated[str, typer.Option(help="小区代码 / code of an estate")] = "",
    grid: Annotated[str, typer.Option(help="网格代码或名称 / grid")] = "",
    neighbourhood: Annotated[str, typer.Option(help="居村代码或名称 / neighbourhood")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="同时更正未结案件 / amend open cases too")] = False,
) -> None:
    """记住一个地点属于哪里 / remember where a place is."""
    console: Console = context.obj
    if len([one for one in (estate, grid, neighbourhood) if one]) != 1:
        raise Refused("wrong_use", "one target", fault="--estate | --grid | --neighbourhood")
    with console.writing() as session:
        done = place_memory.remember(
            session, text, estate=estate, grid=grid, neighbourhood=neighbourhood, apply=apply
        )
    result = {
        "code": done.code,
        "said": done.said,
        done.kind: done.target,
        "name": done.name,
        "step": done.step.id,
        "amended": list(done.amended),
        "group": done.group,
    }
    told = f"已记住：{done.said} → {done.name}；更正 {len(done.amended)} 件"
    if console.lang != "zh":
        told = f"Remembered: {done.said} → {done.name}; {len(done.amended)} cases amended"
    console.answer(result, told)


@places.command("forget")
def forget(context: typer.Context, text: str) -> None:
    """不再记住一个地点 / remember a place no longer."""
    console: Console = context.obj
    with console.writing() as session:
        step = place_memory.forget(session, text)
    forgot = visible.fact(text)
    told = console.either(f"不再记住：{forgot}", f"No longer remembered: {forgot}")
    console.answer({"code": step.body["code"], "step": step.id}, told)


COMMANDS: dict[str, Callable[..., None] | typer.Typer] = {"places": places}
