"""An entry of the catalogue that would break counting or logging is refused whole, and says where."""

import copy
import tomllib

import pytest

from tests.run_cli import refused, run
from tests.stores import make_store
from zq_grid import entries, entry_shapes, setup
from zq_grid.catalogue import KINDS
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


# the shapes of what somebody wrote by hand -----------------------------------------------------


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("entries") / "store"
    make_store(folder).close()
    return folder


PROFILE = 'code="p"\nname="x"\nversion=1\n'
INDICATOR = PROFILE + '[[indicator]]\nkey="a"\nname="b"\nrounds="first"\ncounted_by="contact_due"\n'
TYPE = 'code="t"\nname="n"\n'


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("unit", "unit = [1, 2]"),
        ("unit", "unit = []"),
        ("unit", "code = 5\nname = 6"),
        ("unit", 'code = "x"\nname = "  "'),
        ("worker", 'code = "w9"\nname = "甲"\nroles = "x"'),
        ("worker", 'code = "w9"\nname = "甲"\nroles = [1]'),
        ("profile", PROFILE + "indicator = 5"),
        ("profile", PROFILE + "indicator = [5]"),
        ("profile", PROFILE + "indicator = []"),
        ("profile", INDICATOR + 'success = "x"'),
        ("profile", INDICATOR + "out = [5]"),
        ("profile", INDICATOR + "weights = 5"),
        ("type", TYPE + "field = 5"),
        ("type", TYPE + "field = [5]"),
        ("type", TYPE + "limits = 5"),
        ("type", TYPE + "photos = 5"),
        ("type", TYPE + "words = 5"),
        ("type", TYPE + 'route = ["x"]'),
        ("type", TYPE + '[[field]]\nkey = "a"\nshow_when = 5'),
        ("type", TYPE + '[[field]]\nkey = "a"\nwidget = "choice"\nchoices = 5'),
        (
            "limits",
            "code = 'general'\ncallers = 1\n"
            + "\n".join(
                f"{one} = 1"
                for one in (
                    "accept",
                    "sign",
                    "contact",
                    "contact_urgent",
                    "second_round",
                    "supervised",
                    "close",
                )
            ),
        ),
        ("grid", 'code = "g"\nname = "n"\nneighbourhood = "hexi5"\nmicro_grids = 5'),
        ("street", 'code = "s-x"\nname = "n"\nnumbers = [5]'),
        ("place", 'code = "p-x"\nsaid = "x"\ngrid = 5'),
        ("station", 'code = "lw"\nname = ""'),
        ("alias", "field = 5\nsaid = 6\nmeans = 7"),
    ],
)
def test_a_value_of_the_wrong_shape_is_refused_before_anything_reads_it(data, tmp_path, kind, text):
    file = tmp_path / "entry.toml"
    file.write_text(text, "utf-8")
    assert refused(data, "define", kind, str(file))["refused"] == "entry_invalid"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("type", TYPE + 'route = "nowhere"'),
        ("grid", 'code = "g"\nname = "n"\nneighbourhood = "nowhere"'),
        ("neighbourhood", 'code = "g"\nname = "n"\narea = "nowhere"'),
        ("absence", 'code = "a"\nworker = "nobody"\ndeputy = "w002"\nsince = "2026-01-01"'),
        ("absence", 'code = "a"\nworker = "w002"\ndeputy = "nobody"\nsince = "2026-01-01"'),
        ("place", 'code = "p-x"\nsaid = "某某苑"\ngrid = "nowhere"'),
        ("alias", 'field = "unit"\nsaid = "x"\nmeans = "castle"'),
    ],
)
def test_an_entry_that_names_what_there_is_not_is_refused(data, tmp_path, kind, text):
    file = tmp_path / "entry.toml"
    file.write_text(text, "utf-8")
    for lang in ("zh", "en"):
        said = refused(data, "define", kind, str(file), options=("--lang", lang))
        assert said["refused"] == "entry_refers"
        assert not set(said["reason"]) & set("—{}")


def test_entries_of_one_file_may_name_each_other_and_one_table_is_enough(data, tmp_path):
    file = tmp_path / "entry.toml"
    file.write_text('[type]\ncode = "t-one"\nname = "n"\nroute = "neighbourhood"', "utf-8")
    assert run(data, "define", "type", str(file))["codes"] == ["t-one"]


def test_every_entry_of_the_seed_has_the_shape_that_is_asked_for(data):
    for kind in KINDS:
        for entry in run(data, "catalogue", kind)["entries"]:
            assert entry_shapes.fault(kind, entry) is None, (kind, entry)
