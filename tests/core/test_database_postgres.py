import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from urllib.parse import SplitResult, urlsplit

import pytest

from cardfile.database import DatabaseBusy, SerializationFailed, StatementFailed
from cardfile.database.postgres import PostgresDatabase
from cardfile.errors import DatabaseError, DatabaseUnopenable, SettingsError

pytestmark = [pytest.mark.anyio]


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """A database that loses patience soon, with a table `thing` of one row."""
    database = PostgresDatabase(postgres_url, pool_size=2, wait=0.3, statement_timeout=0.3)
    await database.start()
    async with database.transaction() as transaction:
        await transaction.execute("create table thing (id bigint primary key, n bigint)")
        await transaction.execute("insert into thing values (1, 0)")
    yield database
    await database.close()


@pytest.mark.postgres
async def test_every_session_is_in_utc_and_without_jit(postgres: PostgresDatabase) -> None:
    assert await postgres.fetch_value("show timezone") == "UTC"
    assert await postgres.fetch_value("show jit") == "off"


@pytest.mark.postgres
async def test_a_statement_that_takes_too_long_is_stopped(postgres: PostgresDatabase) -> None:
    with pytest.raises(StatementFailed, match="too long"):
        await postgres.fetch("select pg_sleep(5)")


@pytest.mark.postgres
async def test_an_exhausted_pool_says_so(postgres: PostgresDatabase) -> None:
    enough = asyncio.Event()
    begun = asyncio.Barrier(3)

    async def hold() -> None:
        async with postgres.transaction():
            await begun.wait()
            await enough.wait()

    holders = [asyncio.create_task(hold()) for _ in range(2)]
    await begun.wait()
    with pytest.raises(DatabaseBusy, match="all 2 connections"):
        await postgres.fetch("select 1")
    enough.set()
    await asyncio.gather(*holders)
    assert await postgres.fetch("select 1") == [(1,)]


@pytest.mark.postgres
async def test_a_connection_that_the_server_closed_is_replaced(postgres: PostgresDatabase) -> None:
    async def be_thrown_out() -> None:
        async with postgres.transaction() as transaction:
            await transaction.fetch("select pg_terminate_backend(pg_backend_pid())")

    for _ in range(4):
        with pytest.raises(DatabaseError):
            await be_thrown_out()
    assert await postgres.fetch("select n from thing") == [(0,)]


@pytest.mark.postgres
async def test_transactions_in_each_others_way_are_told_apart_from_wrong_ones(
    postgres: PostgresDatabase,
) -> None:
    both_have_read = asyncio.Barrier(2)

    async def add_one() -> None:
        async with postgres.transaction(isolation="serializable") as transaction:
            await transaction.fetch("select n from thing where id = 1")
            await both_have_read.wait()
            await transaction.execute("update thing set n = n + 1 where id = 1")

    outcomes = await asyncio.gather(add_one(), add_one(), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {type(None), SerializationFailed}
    assert await postgres.fetch("select n from thing") == [(1,)]


@pytest.mark.postgres
async def test_a_migration_is_not_stopped_by_the_statements_time_limit(postgres: PostgresDatabase) -> None:
    async with postgres.migration() as transaction:
        assert await transaction.fetch_value("show statement_timeout") == "0"
    assert await postgres.fetch_value("show statement_timeout") == "300ms"


async def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(DatabaseError, match="cannot be opened") as told:
        await PostgresDatabase("postgresql://ann:secret@127.0.0.1:1/cardfile").start()
    assert "secret" not in str(told.value)


async def test_a_missing_driver_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(SettingsError, match=r"cardfile\[postgres\]"):
        await PostgresDatabase("postgresql://127.0.0.1/cardfile").start()


async def test_a_database_that_is_not_open_says_so() -> None:
    with pytest.raises(DatabaseError, match="start"):
        await PostgresDatabase("postgresql://127.0.0.1/cardfile").fetch("select 1")


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda parts: parts._replace(path="/nothing_here"), "make the database first"),
        (
            lambda parts: parts._replace(netloc=f"nobody_here:x@{parts.hostname}:{parts.port}"),
            "user and password",
        ),
    ],
    ids=["no-such-database", "no-such-user"],
)
async def test_a_server_that_does_not_let_us_in_is_told_with_a_hint(
    postgres_url: str, change: Callable[[SplitResult], SplitResult], hint: str
) -> None:
    with pytest.raises(DatabaseUnopenable, match=hint):
        await PostgresDatabase(change(urlsplit(postgres_url)).geturl()).start()
