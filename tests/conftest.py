"""What all tests share: a fresh database on each engine."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest

from cardfile.app import App
from cardfile.database import Database, open_database
from cardfile.database.sqlite import SqliteDatabase
from cardfile.testing.migrated import Migrated

Engine = Literal["sqlite", "postgres"]

SERVER = os.environ.get("CARDFILE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")

REDIS = os.environ.get("CARDFILE_TEST_REDIS", "redis://127.0.0.1:6379/0")

BOTH = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def database_numbers() -> "count[int]":
    return count()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'cardfile.db'}"


@pytest.fixture
async def postgres_url(anyio_backend: str, database_numbers: "count[int]") -> AsyncIterator[str]:
    """The URL of an empty PostgreSQL database, which is dropped afterwards."""
    asyncpg = pytest.importorskip("asyncpg")
    try:
        server = await asyncpg.connect(f"{SERVER}/postgres", timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        reason = f"no PostgreSQL server at {SERVER.rpartition('@')[2]}: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    name = f"cardfile_test_{os.getpid()}_{next(database_numbers)}"
    await server.execute(f'create database "{name}" template template0')
    try:
        yield f"{SERVER}/{name}"
    finally:
        await server.execute(f'drop database "{name}" with (force)')
        await server.close()


class MigratedOnBoth(Migrated):
    """Copies databases on the server as well, from a template of each kind."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.templates: dict[tuple[Any, ...], str] = {}

    async def migrate(self, app: App) -> None:
        if isinstance(app.database, SqliteDatabase):
            await super().migrate(app)
            return
        kind, name = self.kind_of(app), urlsplit(app.settings.database_url).path.strip("/")
        if kind not in self.templates:
            await app.migrate()
            template = f"{name}_template"
            await at_server(f'create database "{template}" template "{name}"')
            self.templates[kind] = template
            return
        template = self.templates[kind]
        await at_server(
            f'drop database "{name}" with (force)', f'create database "{name}" template "{template}"'
        )

    async def drop_templates(self) -> None:
        await at_server(*(f'drop database "{one}" with (force)' for one in self.templates.values()))


async def at_server(*statements: str) -> None:
    """Run statements on the server, outside of any test's database."""
    asyncpg = pytest.importorskip("asyncpg")
    server = await asyncpg.connect(f"{SERVER}/postgres", timeout=5)
    try:
        for statement in statements:
            await server.execute(statement)
    finally:
        await server.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Migrated]:
    """What brings databases up to date on both engines, each kind of them once."""
    made = MigratedOnBoth(tmp_path_factory.mktemp("migrated"))
    yield made
    if made.templates:
        asyncio.run(made.drop_templates())


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The URL of a Redis server, on which every test has keys of its own."""
    redis = pytest.importorskip("redis")
    try:
        with redis.Redis.from_url(REDIS, socket_connect_timeout=5) as server:
            server.ping()
    except redis.RedisError as error:
        reason = f"no Redis server at {REDIS.rpartition('@')[2]}: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return REDIS


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Which engine a test runs on: a test that asks for `database` runs on both."""
    chosen: Engine = request.param
    return chosen


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine: Engine) -> str:
    """The URL of an empty database on each engine."""
    url: str = request.getfixturevalue(f"{engine}_url")
    return url


@pytest.fixture
async def database(engine: Engine, database_url: str) -> AsyncIterator[Database]:
    """An empty database on each engine, started, and closed afterwards; at most four connections at once."""
    sizes = {"sqlite": {"readers": 3}, "postgres": {"pool_size": 4}}
    opened = open_database(database_url, **sizes[engine])
    await opened.start()
    try:
        yield opened
    finally:
        await opened.close()
