"""Migrations lead to the tables that the code declares, on both engines, and never from the future."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from db import search, upgrade
from db.engine import open_file, open_server, transaction
from db.tables import METADATA

KEY = bytes(32)


@pytest.fixture(params=["file", "server"])
def opened(request, tmp_path):
    served = request.param == "server"
    made = open_server(request.getfixturevalue("fresh_pg")) if served else open_file(tmp_path / "a.db", KEY)
    yield made
    made.dispose()


def bring_up(made):
    seen = []
    with transaction(made, write=True) as db:
        return upgrade.upgrade(db, seen.append), seen


def scripts():
    config = Config()
    config.set_main_option("script_location", str(upgrade.resources.files("db") / "migrations"))
    return ScriptDirectory.from_config(config)


def test_the_newest_migration_is_the_one_the_code_asks_for():
    assert scripts().get_heads() == [upgrade.HEAD]


def test_an_empty_database_has_no_revision_and_gets_the_newest(opened):
    with transaction(opened, write=False) as db:
        assert upgrade.revision(db) is None
    assert bring_up(opened) == (True, [])
    with transaction(opened, write=False) as db:
        assert upgrade.revision(db) == upgrade.HEAD
    assert bring_up(opened) == (False, [])


def test_migrations_and_declared_tables_are_the_same(opened):
    bring_up(opened)
    ours = lambda thing, name, kind, _reflected, _to: not (kind == "table" and name.startswith("search"))  # noqa: E731
    with opened.connect() as connection:
        options = {"include_object": ours, "compare_type": True}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)
    assert [change for change in found if "alembic_version" not in repr(change)] == []


def test_every_table_and_the_search_index_are_there(opened):
    bring_up(opened)
    with opened.connect() as connection:
        names = set(inspect(connection).get_table_names())
        assert set(METADATA.tables) <= names
        assert search.subjects(connection) == []


def test_a_store_from_the_future_is_left_alone(opened):
    bring_up(opened)
    with transaction(opened, write=True) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(upgrade.TooNew) as error:
        bring_up(opened)
    assert error.value.args == ("9999",)
    with transaction(opened, write=False) as db:
        assert upgrade.revision(db) == "9999"


def test_making_tables_is_all_or_nothing(opened):
    class Stop(Exception):
        pass

    def fail():
        with transaction(opened, write=True) as db:
            upgrade.upgrade(db, lambda _revision: None)
            raise Stop

    with pytest.raises(Stop):
        fail()
    with opened.connect() as connection:
        assert inspect(connection).get_table_names() == []
    assert bring_up(opened)[0] is True
