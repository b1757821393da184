"""A town whose names, people and cases are all in Latin letters: what is Chinese in its window are the window's own words."""

from pathlib import Path
from typing import Any

from tests.stores import DAY, HOUR, Clock, act, log
from tests.ui.screen_words import CHINESE
from zq_grid import people, setup
from zq_grid.workspace import Workspace

PLACE, TEXT = "Maple Street 12", "The lamp at the gate has been out for three days"
RECEIVED, ACCEPTED, DISPATCHED, HANDLED, CLOSED, LATE, TWIN = (f"2026110200000{nth}" for nth in range(1, 8))
CLOSING = {
    "verdict": "partly",
    "fact_finding": "partly",
    "claim_finding": "partly",
    "finding_words": "Half of it was found",
    "reply": "Told on the phone",
    "reply_channel": "phone",
    "conclusion": "Mended.",
}


def town() -> dict[str, Any]:
    """Return the demo town with every name replaced by its code."""
    return {
        kind: [_latin(entry, str(entry["code"])) for entry in entries]
        for kind, entries in setup.demo_town().items()
        if kind != "town"
    }


def _latin(said: Any, code: str) -> Any:
    if isinstance(said, dict):
        code = str(said.get("code", code))
        return {key: _latin(value, code) for key, value in said.items()}
    if isinstance(said, list):
        return [_latin(one, code) for one in said if not (isinstance(one, str) and CHINESE.search(one))]
    return f"Name {code}" if isinstance(said, str) and CHINESE.search(said) else said


def make_town(folder: Path) -> Path:
    """Make a store with cases in every stage, an absence, an extension asked for, a link, a merge, a retraction."""
    made = setup.new_workspace(folder, town=town(), practice=True, clock=Clock())
    for number in (LATE, RECEIVED, ACCEPTED, DISPATCHED, HANDLED, CLOSED, TWIN):
        _logged(made, number)
        if number == LATE:
            act(made, LATE, "accept")
            act(made, LATE, "supervise", order="No. 7", reason="The limit is near")
            made.clock.pass_(9 * DAY)
    for number in (ACCEPTED, DISPATCHED, HANDLED, CLOSED):
        _taken(made, number, "accept")
    for number in (DISPATCHED, HANDLED, CLOSED):
        _taken(made, number, "dispatch", unit="greening")
        _taken(made, number, "contact", reached="yes", channel="phone", person="Ann Li")
    _taken(made, DISPATCHED, "ask_extension", days=3, reason="Parts are on their way")
    _taken(made, DISPATCHED, "exclude", indicator="all", reason="Not our street")
    _taken(made, ACCEPTED, "amend", text="Two lamps are out")
    for number in (HANDLED, CLOSED):
        _taken(made, number, "sign")
        _taken(made, number, "attend", who="Two workers", findings="The lamp is broken")
        _taken(made, number, "handle", result="A new lamp")
    _taken(made, HANDLED, "assign", worker="w006")
    _taken(made, CLOSED, "submit")
    _taken(made, CLOSED, "close", **CLOSING)
    _taken(made, CLOSED, "visit", satisfaction="dissatisfied", channel="phone", by="centre", words="Too slow")
    _taken(made, RECEIVED, "link", to=HANDLED, why="related")
    with made.write() as session:
        people.be_absent(
            session, "w006", since="2026-11-10", until="2026-11-20", deputy="w007", reason="Leave"
        )
    made.close()
    return folder


def _logged(made: Workspace, number: str) -> None:
    facts = {"place": PLACE, "text": TEXT, "reporter": "Ann Li", "type": "greening", "grid": "anhe-01"}
    log(made, order_number=number, **facts)


def _taken(made: Workspace, number: str, kind: str, **facts: Any) -> None:
    made.clock.pass_(HOUR // 4)
    act(made, number, kind, **facts)
