"""An entry of the catalogue that would break counting or logging is refused whole, and says where."""

import copy
import tomllib

import pytest

from zq_grid import entries, setup
from zq_grid.errors import Refused
from zq_grid.resources import ROOT, toml


def seed(kind, code):
    return copy.deepcopy(next(e for k, c, e in setup.seed() if (k, c) == (kind, code)))


def indicator(**changes):
    entry = seed("profile", "default")
    entry["indicator"][0].update(changes)
    return entry


def weights(**changes):
    entry = seed("profile", "default")
    entry["indicator"][3]["weights"].update(changes)
    return entry


def type_with(**field):
    return {"code": "x", "name": "x", "field": [{"key": "colour", "name": "颜色", "widget": "text", **field}]}


def limits(**changes):
    return {**seed("limits", "general"), **changes}


WRONG = [
    ("profile", indicator(rounds="zzz")),
    ("profile", indicator(counted_by="phone")),
    ("profile", indicator(unit="phone")),
    ("profile", indicator(excluded="x' or 1")),
    ("profile", indicator(measure="avg")),
    ("profile", indicator(success=[{"fact": "contact_first_at", "at_least": "contact_due"}])),
    ("profile", indicator(success=[{"fact": "contact_first_at", "at_most": "nothing"}])),
    ("profile", indicator(out=[{"fact": "verdict", "in": "returned"}])),
    ("profile", indicator(out=[{"fact": "verdict", "in": [{"a": 1}]}])),
    ("profile", indicator(out=[{"fact": "verdict", "is": ["solved"]}])),
    ("profile", weights(satisfied="abc")),
    ("profile", weights(satisfied="NaN")),
    ("profile", weights(satisfied="-5")),
    ("limits", limits(contact={"rule": "working_days", "n": 0})),
    ("limits", limits(contact={"rule": "working_days", "n": 99_999_999_999})),
    ("limits", limits(contact={"rule": "moon", "n": 1})),
    ("limits", limits(callers=["hotlime"])),
    ("type", type_with(widget="slider")),
    ("type", type_with(key="place")),
    ("type", type_with(key="a b; drop")),
    ("type", type_with(needed="never")),
    ("type", type_with(show_when={"size": "big"})),
    ("type", type_with(widget="choice")),
    ("type", {"code": "noise:x/../y", "name": "x"}),
    ("type", {"code": "", "name": "x"}),
    ("type", {"name": "x"}),
    ("office", {"code": "hours", "hours": [{"from": "17:00", "to": "08:30"}]}),
    ("office", {"code": "hours", "hours": [{"from": "25:00", "to": "26:30"}]}),
    ("office", {"code": "hours", "hours": []}),
    ("calendar", {"year": 2027, "off": ["2026-01-01"], "work": []}),
    ("calendar", {"year": 2027, "off": ["2027-01-01"], "work": ["2027-01-01"]}),
    ("castle", {"code": "x", "name": "x"}),
]


@pytest.mark.parametrize(("kind", "entry"), WRONG, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(WRONG)])
def test_a_wrong_entry_is_refused(kind, entry):
    with pytest.raises(Refused) as refused:
        entries.check(kind, entry)
    assert refused.value.code in {"entry_invalid", "calendar_invalid", "kind_unknown"}


def test_everything_in_the_seed_is_right():
    assert sum(1 for kind, _, entry in setup.seed() if entries.check(kind, entry)) > 400


def test_days_of_a_calendar_may_be_listed_plainly():
    made = entries.check("calendar", {"year": 2027, "off": ["2027-01-01"], "work": ["2027-01-09"]})
    assert made["off"] == [{"from": "2027-01-01", "to": "2027-01-01", "name": "休"}]
    assert made["code"] == "2027"
    again = tomllib.loads((ROOT / "calendar/2026.toml").read_text("utf-8"))
    assert entries.check("calendar", again)["off"] == toml("calendar/2026.toml")["off"]
