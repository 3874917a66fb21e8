"""The databases of the benchmarks: made once for each size and engine, and kept."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from cardfile.access.token_scopes import TokenScopes
from cardfile.app import App
from cardfile.clock import Clock, MovableClock
from cardfile.database import Database, table_spec
from cardfile.errors import CardfileError
from cardfile.plugins import Plugin
from cardfile.settings import Limits, Settings
from cardfile_bench import rows
from cardfile_bench.rows import NOW, tables
from cardfile_bench.sizes import Size

__all__ = [
    "ENGINES",
    "Engine",
    "at_server",
    "build_app",
    "prepare",
    "remove_file",
    "server_url",
    "token_of",
    "why_absent",
]

Engine = Literal["sqlite", "postgres"]
ENGINES: Final[tuple[Engine, ...]] = ("sqlite", "postgres")
SERVER: Final = "CARDFILE_BENCH_POSTGRES"


def server_url() -> str:
    """Return the URL of the PostgreSQL server, without a database."""
    return os.environ.get(SERVER, "postgresql://postgres@127.0.0.1:5432").rstrip("/")


def build_app(url: str, folder: Path, *plugins: type[Plugin], clock: Clock | None = None) -> App:
    """Return the product over a database of ours, as it stood at the moment of the data unless told otherwise."""
    settings = Settings(
        database_url=url,
        data_dir=folder,
        worker=False,
        locale="ru",
        log_level="warning",
        # One person asks as fast as he can here.
        limits=Limits(requests_per_minute=100_000_000),
    )
    return App.build(settings, plugins=plugins, clock=clock or MovableClock(NOW + timedelta(seconds=1)))


async def prepare(engine: Engine, size: Size, folder: Path) -> str:
    """Return the URL of a database with the data in it; it is made unless it is there already."""
    _make_folder(folder)
    if engine == "sqlite":
        file = folder / f"{size.name}.db"
        url = f"sqlite:///{file.absolute()}"
        if await _is_made(url, folder, size):
            return url
        remove_file(file)
    else:
        name = f"cardfile_bench_{size.name}"
        url = f"{server_url()}/{name}"
        if await _is_made(url, folder, size):
            return url
        async with at_server() as server:
            await server.execute(f'drop database if exists "{name}" with (force)')
            await server.execute(f'create database "{name}" template template0')
            # The time of parallel workers could not be seen from outside.
            await server.execute(f'alter database "{name}" set max_parallel_workers_per_gather = 0')
    await _make(url, folder, size)
    return url


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def remove_file(file: Path) -> None:
    """Remove an SQLite database with what belongs to it."""
    for ending in ("", "-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)


def _is_there(url: str) -> bool:
    return Path(url.removeprefix("sqlite:///")).exists()


async def why_absent(engine: Engine) -> str | None:
    """Return why an engine cannot be measured here, None when it can."""
    if engine == "sqlite":
        return None
    try:
        import asyncpg  # noqa: PLC0415  # an optional extra
    except ImportError:
        return "asyncpg is not installed"
    try:
        async with at_server():
            return None
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        return f"there is no PostgreSQL server: {error}"


@asynccontextmanager
async def at_server() -> AsyncIterator[Any]:
    """Give a connection to the server's own database, from which others are made."""
    import asyncpg  # noqa: PLC0415  # an optional extra

    server = await asyncpg.connect(f"{server_url()}/postgres", timeout=5)
    try:
        yield server
    finally:
        await server.close()


def _fingerprint(app: App, size: Size) -> str:
    told = [repr(size), Path(rows.__file__).read_text(encoding="utf-8"), repr(app.card_tables)]
    told += [repr(table_spec(one.entity.table)) for one in app.model]
    told += [repr(steps) for steps in app.migrations.values()]
    return sha256("".join(told).encode()).hexdigest()


async def _is_made(url: str, folder: Path, size: Size) -> bool:
    if url.startswith("sqlite") and not _is_there(url):
        return False
    app = build_app(url, folder)
    try:
        await app.database.start()
        found = await app.database.fetch_value("select fingerprint from bench_made")
    except CardfileError:
        return False
    finally:
        await app.database.close()
    return found == _fingerprint(app, size)


async def _make(url: str, folder: Path, size: Size) -> None:
    app = build_app(url, folder)
    await app.migrate()
    database = app.database
    await database.start()
    try:
        for table in tables(size):
            async with database.transaction() as transaction:
                if table.name != "card_fitness_client":
                    await transaction.reserve_ids(table.name, len(table.rows))
                if table.name == "event":
                    # What plugins ship is in the journal already, under ids that are given out here.
                    await transaction.execute("delete from event")
                await transaction.insert_many(table.name, table.columns, table.rows)
        await _analyse(database)
        async with database.transaction() as transaction:
            await transaction.execute("create table bench_made (fingerprint text not null)")
            await transaction.execute(
                "insert into bench_made (fingerprint) values ($1)", (_fingerprint(app, size),)
            )
    finally:
        await database.close()


async def _analyse(database: Database) -> None:
    if database.dialect.name == "sqlite":
        async with database.transaction() as transaction:
            await transaction.execute("analyze")
    else:
        # VACUUM cannot run inside a transaction: as a read of its own it runs in none.
        await database.fetch("vacuum analyze")


async def token_of(app: App, user: int) -> str:
    """Return a new API token of a user, which takes nothing away from his rights."""
    issued = await app.access.tokens.issue(user, "benchmark", TokenScopes.parse(["*:*"]))
    return issued.key
