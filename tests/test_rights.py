"""Who may change the catalogue and arrange for others' work, by the window's services and by the command line alike."""

import pytest

from tests.run_cli import refused, run
from tests.stores import Refused, log, make_store
from zq_grid import entry_forms, handover, people, rights, together
from zq_grid.handover import Asked

# of the sample town: an administrator, a dispatcher, two who handle
ADMINISTRATOR, DISPATCHER, HANDLER, OTHER = "w001", "w004", "w006", "w007"
UNIT = {"code": "new1", "name": "新单位"}


@pytest.fixture
def store(tmp_path):
    made = make_store(tmp_path / "store")
    yield made
    made.close()


def as_(store, worker, work):
    store.actor = worker
    with store.write() as session:
        return work(session)


def code_of(store, worker, work):
    with pytest.raises(Refused) as refusal:
        as_(store, worker, work)
    return refusal.value.code


def define(session):
    return entry_forms.save(session, "unit", [UNIT])


def test_only_an_administrator_changes_the_catalogue(store):
    for worker in (DISPATCHER, HANDLER):
        assert code_of(store, worker, define) == "right_catalogue"
    with store.read() as session:
        assert "new1" not in session.catalogue.current("unit")
    (saved,) = as_(store, ADMINISTRATOR, define)
    assert saved.code == "new1"


def test_what_is_learned_while_working_needs_no_administrator(store):
    store.actor = HANDLER
    with store.read() as session:
        assert rights.may_define(session, "alias")
        assert rights.may_define(session, "place")
        assert not rights.may_define(session, "worker")


def test_where_nobody_is_administrator_everybody_may_change_the_catalogue(store):
    def nobody(session):
        found = [
            {**entry, "roles": [one for one in entry["roles"] if one != "administrator"] or ["handler"]}
            for entry in session.catalogue.current("worker").values()
            if "administrator" in entry["roles"]
        ]
        return entry_forms.save(session, "worker", found)

    as_(store, ADMINISTRATOR, nobody)
    assert as_(store, HANDLER, define)


def test_one_enters_ones_own_absence_and_who_dispatches_everybodys(store):
    def away(worker, since):
        return lambda session: people.be_absent(
            session, worker, since=since, until=since, deputy=ADMINISTRATOR
        )

    assert code_of(store, HANDLER, away(OTHER, "2026-11-03")) == "right_staff"
    assert as_(store, HANDLER, away(HANDLER, "2026-11-03"))
    assert as_(store, DISPATCHER, away(OTHER, "2026-11-03"))
    assert code_of(store, HANDLER, lambda s: people.come_back(s, OTHER, since="2026-11-03")) == "right_staff"
    assert as_(store, HANDLER, lambda s: people.come_back(s, HANDLER, since="2026-11-03"))


def test_one_hands_over_ones_own_cases_only(store):
    number = log(store)

    def assign(session):
        return together.act(session, number, "assign", {"worker": OTHER})

    as_(store, DISPATCHER, assign)
    asked = Asked(to=HANDLER, worker=OTHER)
    assert code_of(store, HANDLER, lambda s: handover.act(s, asked)) == "right_staff"
    assert len(as_(store, OTHER, lambda s: handover.act(s, asked)).cases) == 1


def test_the_command_line_refuses_the_same_with_who_may(tmp_path):
    folder = tmp_path / "store"
    make_store(folder).close()
    file = tmp_path / "unit.toml"
    file.write_text('code = "new1"\nname = "新单位"\n', "utf-8")
    for words in (["define", "unit", str(file)], ["retire", "unit", "agri"]):
        assert refused(folder, *words, options=("--as", HANDLER))["refused"] == "right_catalogue"
    assert run(folder, "define", "unit", str(file), options=("--as", ADMINISTRATOR))["codes"] == ["new1"]
