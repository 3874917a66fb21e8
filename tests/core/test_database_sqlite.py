import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from cardfile.database import ConstraintViolated, Database, DatabaseBusy, StatementFailed
from cardfile.database.sqlite import SqliteDatabase
from cardfile.errors import DatabaseError, SettingsError

pytestmark = pytest.mark.anyio

ENDLESS = "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database will be."""
    return tmp_path / "cardfile.db"


@pytest.fixture
async def sqlite(path: Path) -> AsyncIterator[SqliteDatabase]:
    """A database that loses patience soon, with a table `thing`."""
    database = SqliteDatabase(path, readers=2, wait=0.2, busy_timeout=0.2, statement_timeout=0.2)
    await database.start()
    async with database.transaction() as transaction:
        await transaction.execute("create table thing (id integer primary key) strict")
    yield database
    await database.close()


async def add_thing(database: Database) -> None:
    async with database.transaction() as transaction:
        await transaction.execute("insert into thing default values")


async def test_every_connection_is_set_up_for_many_readers_and_one_writer(sqlite: SqliteDatabase) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "cache_size": -16384}
    async with sqlite.transaction() as transaction:
        assert {name: await transaction.fetch_value(f"pragma {name}") for name in wanted} == wanted
    assert await sqlite.fetch_value("pragma query_only") == 1
    assert await sqlite.fetch_value("pragma query_only", quick=True) == 1
    assert await sqlite.fetch_value("select fold('ЁЖ')", quick=True) == "еж"


async def test_a_read_cannot_write(sqlite: SqliteDatabase) -> None:
    for quick in (True, False):
        with pytest.raises(StatementFailed, match="readonly"):
            await sqlite.fetch("insert into thing default values returning id", quick=quick)


async def test_another_process_that_writes_is_waited_for_without_holding_up_the_loop(
    sqlite: SqliteDatabase, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(DatabaseBusy, match="another process"):
        await add_thing(sqlite)
    waiting = asyncio.create_task(add_thing(sqlite))
    for _ in range(20):
        # Reads go on meanwhile: neither the loop nor the readers wait for the lock.
        assert await sqlite.fetch("select id from thing", quick=True) == []
        assert await sqlite.fetch("select id from thing") == []
    other.execute("commit")
    other.close()
    await waiting
    assert await sqlite.fetch_value("select count(*) from thing") == 1


async def test_a_transaction_has_the_write_lock_from_its_beginning(
    sqlite: SqliteDatabase, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    async with sqlite.transaction() as transaction:
        # A transaction that only asked for the lock at its first write could not be sure of what it has read.
        assert await transaction.fetch("select id from thing") == []
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("insert into thing default values")
    other.execute("insert into thing default values")
    other.close()


async def test_a_change_that_never_gets_its_turn_says_so(sqlite: SqliteDatabase) -> None:
    begun, enough = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with sqlite.transaction():
            begun.set()
            await enough.wait()

    holder = asyncio.create_task(hold())
    await begun.wait()
    with pytest.raises(DatabaseBusy, match=r"0\.2 s"):
        await add_thing(sqlite)
    enough.set()
    await holder
    await add_thing(sqlite)


async def test_a_read_that_takes_too_long_is_stopped(sqlite: SqliteDatabase) -> None:
    with pytest.raises(StatementFailed, match="took longer"):
        await sqlite.fetch(ENDLESS)
    assert await sqlite.fetch("select 1") == [(1,)]


async def test_a_quick_read_that_is_not_quick_leaves_the_loop(path: Path) -> None:
    sqlite = SqliteDatabase(path)
    await sqlite.start()
    try:
        long_one = ENDLESS.replace("from r)", "from r where n < 1000000)")
        reading = asyncio.create_task(sqlite.fetch(long_one, quick=True))
        ticks = 0
        while not reading.done():
            await asyncio.sleep(0)
            ticks += 1
        assert reading.result() == [(1000000,)]
        assert ticks > 5
    finally:
        await sqlite.close()


async def test_a_read_that_has_proved_quick_needs_no_thread(sqlite: SqliteDatabase) -> None:
    for _ in range(3):
        assert await sqlite.fetch("select 1") == [(1,)]
    with pytest.raises(StopIteration, match=r"\[\(1,\)\]"):
        sqlite.fetch("select 1").send(None)


async def test_quick_statements_of_a_transaction_need_no_thread(sqlite: SqliteDatabase) -> None:
    async with sqlite.transaction() as transaction:
        for _ in range(3):
            assert await transaction.fetch("select count(*) from thing") == [(0,)]
        with pytest.raises(StopIteration, match="1"):
            transaction.execute("insert into thing (id) values ($1)", (7,), quick=True).send(None)
        with pytest.raises(StopIteration, match=r"\[\(1,\)\]"):
            transaction.fetch("select count(*) from thing").send(None)
    assert await sqlite.fetch("select id from thing") == [(7,)]


async def test_a_read_of_a_transaction_that_is_not_quick_after_all_leaves_the_loop_and_undoes_nothing(
    sqlite: SqliteDatabase,
) -> None:
    counting = (
        "select max(n) from (with recursive r(n) as (select 1 union all select n + 1 from r where n < $1) "
        "select n from r)"
    )
    async with sqlite.transaction() as transaction:
        await transaction.execute("insert into thing (id) values ($1)", (7,), quick=True)
        for _ in range(3):
            assert await transaction.fetch(counting, (10,)) == [(10,)]
        reading = asyncio.create_task(transaction.fetch(counting, (3_000_000,)))
        ticks = 0
        while not reading.done():
            await asyncio.sleep(0)
            ticks += 1
        assert reading.result() == [(3_000_000,)]
        assert ticks > 5
    assert await sqlite.fetch("select id from thing") == [(7,)]


async def test_light_transactions_one_after_another_let_others_go_on(sqlite: SqliteDatabase) -> None:
    async def add_many() -> None:
        for number in range(40):
            async with sqlite.transaction() as transaction:
                await transaction.execute("insert into thing (id) values ($1)", (number,), quick=True)

    adding, ticks = asyncio.create_task(add_many()), 0
    while not adding.done():
        await asyncio.sleep(0)
        ticks += 1
    await adding
    assert ticks >= 40


async def test_a_quick_statement_that_is_refused_is_undone_with_its_transaction(
    sqlite: SqliteDatabase,
) -> None:
    async def add_twice() -> None:
        async with sqlite.transaction() as transaction:
            for _ in range(2):
                await transaction.execute("insert into thing (id) values ($1)", (7,), quick=True)

    with pytest.raises(ConstraintViolated):
        await add_twice()
    assert await sqlite.fetch("select id from thing") == []


async def test_foreign_keys_are_checked_again_after_a_migration_that_had_nothing_to_do(
    sqlite: SqliteDatabase,
) -> None:
    async with sqlite.migration() as transaction:
        assert await transaction.fetch_value("pragma foreign_keys") == 0
    async with sqlite.transaction() as transaction:
        wanted = {"foreign_keys": 1, "legacy_alter_table": 0}
        assert {name: await transaction.fetch_value(f"pragma {name}") for name in wanted} == wanted
    for _ in range(3):
        async with sqlite.migration() as transaction:
            await transaction.fetch("select count(*) from thing")
    async with sqlite.transaction() as transaction:
        assert await transaction.fetch_value("pragma foreign_keys") == 1


async def test_the_log_is_brought_into_the_database_though_all_transactions_are_light(
    sqlite: SqliteDatabase, path: Path
) -> None:
    async with sqlite.transaction() as transaction:
        await transaction.execute("create table page (id integer primary key, bytes blob) strict")
    written = 0
    for number in range(200):
        async with sqlite.transaction() as transaction:
            content = bytes(100_000)
            await transaction.execute("insert into page values ($1, $2)", (number, content), quick=True)
            written += len(content)
    assert path.with_name(f"{path.name}-wal").stat().st_size < written / 2
    assert await sqlite.fetch_value("select count(*) from page") == 200


async def test_rows_of_a_cancelled_insert_are_not_drawn_to_the_end(sqlite: SqliteDatabase) -> None:
    numbers = count(1)

    async def insert() -> None:
        async with sqlite.transaction() as transaction:
            await transaction.insert_many("thing", ["id"], ((number,) for number in numbers))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await insert()
    drawn = next(numbers)
    assert drawn > 1
    assert await sqlite.fetch_value("select count(*) from thing") == 0
    await add_thing(sqlite)
    assert next(numbers) - drawn < 100_000


async def test_types_are_enforced_whatever_adapters_others_register(sqlite: SqliteDatabase) -> None:
    import piccolo.engine.sqlite  # noqa: F401, PLC0415  # registers adapters for the whole process

    async with sqlite.transaction() as transaction:
        found = await transaction.fetch_value("select typeof($1) || typeof($2)", ([1, 2], True))
    assert found == "textinteger"


async def test_closing_ends_every_thread(path: Path) -> None:
    before = threading.active_count()
    database = SqliteDatabase(path, readers=3)
    await database.start()
    assert threading.active_count() == before + 4
    await database.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("cardfile-")]
    with pytest.raises(DatabaseError, match="not open"):
        await database.fetch("select 1")
    with pytest.raises(DatabaseError, match="not open"):
        await add_thing(database)


def test_a_database_that_was_never_closed_does_not_keep_the_process_alive(path: Path) -> None:
    program = f"""
import asyncio
from cardfile.database.sqlite import SqliteDatabase

async def main():
    database = SqliteDatabase({str(path)!r})
    await database.start()
    async with database.transaction() as transaction:
        await transaction.fetch("select 1")
        loop = asyncio.get_running_loop()
        asyncio.create_task(transaction.fetch({ENDLESS!r}))
        await asyncio.sleep(0)
        loop.call_soon(loop.stop)
        await loop.create_future()

try:
    asyncio.run(main())
except RuntimeError:
    print("stopped in mid-transaction")
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert b"stopped in mid-transaction" in done.stdout


@pytest.mark.parametrize("name", [":memory:", ""])
def test_a_database_in_memory_is_refused_with_a_remedy(name: str) -> None:
    with pytest.raises(SettingsError, match="name a file"):
        SqliteDatabase(name)


async def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cardfile migrate makes it"):
        await SqliteDatabase(tmp_path / "no" / "cardfile.db").start()


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ann, " * 200)
    with pytest.raises(DatabaseError, match=r"letter\.txt cannot be opened"):
        await SqliteDatabase(path).start()
