import asyncio
from contextvars import Context

import pytest

from cardfile.database import (
    ConstraintViolated,
    Database,
    StatementFailed,
    Transaction,
    TransactionClosed,
)
from cardfile.errors import DatabaseError

pytestmark = pytest.mark.anyio


@pytest.fixture
async def counter(database: Database) -> Database:
    """A database with a table `counter` and one row that counts from nought."""
    async with database.transaction() as transaction:
        await transaction.execute("create table counter (id bigint primary key, n bigint not null)")
        await transaction.execute("insert into counter (id, n) values ($1, $2)", (1, 0))
    return database


async def count_of(database: Database) -> object:
    return await database.fetch_value("select n from counter where id = $1", (1,))


async def count_on(transaction: Transaction) -> None:
    await transaction.execute("update counter set n = n + 1 where id = $1", (1,))


async def count_and_fail(database: Database) -> None:
    async with database.transaction() as transaction:
        await count_on(transaction)
        raise ZeroDivisionError


async def test_a_transaction_is_kept_as_a_whole(counter: Database) -> None:
    async with counter.transaction() as transaction:
        await count_on(transaction)
        await count_on(transaction)
    assert await count_of(counter) == 2


async def test_a_transaction_that_raises_is_undone_as_a_whole(counter: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await count_and_fail(counter)
    assert await count_of(counter) == 0


async def test_a_read_inside_sees_the_transactions_own_writes_and_others_do_not(counter: Database) -> None:
    outside = asyncio.Event()
    written = asyncio.Event()

    async def other() -> object:
        await written.wait()
        value = await count_of(counter)
        outside.set()
        return value

    stranger = asyncio.create_task(other())
    async with counter.transaction() as transaction:
        await count_on(transaction)
        assert await count_of(counter) == 1
        assert await counter.fetch("select n from counter", quick=True) == [(1,)]
        written.set()
        await outside.wait()
    assert await stranger == 0


async def test_a_nested_transaction_that_raises_is_undone_alone(counter: Database) -> None:
    async with counter.transaction() as transaction:
        await count_on(transaction)
        with pytest.raises(ZeroDivisionError):
            await count_and_fail(counter)
        async with counter.transaction() as inner:
            await count_on(inner)
            async with counter.transaction() as innermost:
                await count_on(innermost)
    assert await count_of(counter) == 3


async def test_a_nested_transaction_goes_down_with_the_outer_one(counter: Database) -> None:
    async def nested_and_failing() -> None:
        async with counter.transaction():
            async with counter.transaction() as inner:
                await count_on(inner)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await nested_and_failing()
    assert await count_of(counter) == 0


async def test_the_outer_transactions_name_may_be_used_inside_the_nested_one(counter: Database) -> None:
    async def count_by_the_outer_name(outer: Transaction) -> None:
        async with counter.transaction():
            await count_on(outer)
            raise ZeroDivisionError

    async with counter.transaction() as outer:
        with pytest.raises(ZeroDivisionError):
            await count_by_the_outer_name(outer)
    assert await count_of(counter) == 0


async def test_a_violated_constraint_is_contained_by_a_nested_transaction(counter: Database) -> None:
    async with counter.transaction() as transaction:
        await count_on(transaction)
        with pytest.raises(ConstraintViolated) as violated:
            async with counter.transaction() as inner:
                await inner.execute("insert into counter (id, n) values (1, 1)")
        await count_on(transaction)
    assert (violated.value.kind, violated.value.table, violated.value.columns) == (
        "unique",
        "counter",
        ("id",),
    )
    assert await count_of(counter) == 2


async def test_a_swallowed_failure_keeps_the_transaction_from_being_kept(counter: Database) -> None:
    async def swallow() -> None:
        async with counter.transaction() as transaction:
            await count_on(transaction)
            with pytest.raises(ConstraintViolated):
                await transaction.execute("insert into counter (id, n) values (1, 1)")
            with pytest.raises(TransactionClosed, match="nested"):
                await count_on(transaction)

    with pytest.raises(TransactionClosed, match="swallowed"):
        await swallow()
    assert await count_of(counter) == 0


async def test_null_in_a_column_that_is_not_null_tells_table_and_column(counter: Database) -> None:
    with pytest.raises(ConstraintViolated) as violated:
        async with counter.transaction() as transaction:
            await transaction.execute("insert into counter (id, n) values ($1, $2)", (2, None))
    assert (violated.value.kind, violated.value.table, violated.value.columns) == (
        "not_null",
        "counter",
        ("n",),
    )


async def test_wrong_sql_is_told_with_the_statement(counter: Database) -> None:
    with pytest.raises(StatementFailed, match="selec nonsense"):
        await counter.fetch("selec nonsense")
    with pytest.raises(StatementFailed, match="selec nonsense"):
        await counter.fetch("selec nonsense", quick=True)


async def test_gathered_statements_of_a_transaction_wait_for_each_other(counter: Database) -> None:
    async with counter.transaction() as transaction:
        await asyncio.gather(*(count_on(transaction) for _ in range(20)))
        assert await asyncio.gather(*(count_of(counter) for _ in range(20))) == [20] * 20


async def test_gathered_nested_transactions_do_not_undo_each_other(counter: Database) -> None:
    async def one(number: int) -> None:
        async with counter.transaction() as inner:
            await count_on(inner)
            await count_on(inner)
            if number % 2:
                raise ZeroDivisionError

    async with counter.transaction():
        results = await asyncio.gather(*(one(number) for number in range(10)), return_exceptions=True)
    assert sum(isinstance(result, ZeroDivisionError) for result in results) == 5
    assert await count_of(counter) == 10


async def test_a_task_that_outlives_its_transaction_is_refused(counter: Database) -> None:
    over = asyncio.Event()

    async def late(transaction: Transaction) -> list[str]:
        await over.wait()
        told = []
        for attempt in (count_on(transaction), count_of(counter), nested()):
            with pytest.raises(TransactionClosed) as refused:
                await attempt
            told.append(str(refused.value))
        return told

    async def nested() -> None:
        async with counter.transaction():
            pass

    async with counter.transaction() as transaction:
        task = asyncio.create_task(late(transaction))
        await count_on(transaction)
    over.set()
    assert all("started inside a transaction" in sentence for sentence in await task)
    assert transaction.closed
    assert await count_of(counter) == 1


async def test_a_forgotten_task_in_mid_statement_does_not_break_the_commit(counter: Database) -> None:
    async with counter.transaction() as transaction:
        forgotten = asyncio.create_task(count_on(transaction))
        await asyncio.sleep(0)
    await forgotten
    assert await count_of(counter) == 1


async def test_two_hundred_concurrent_changes_are_all_counted(counter: Database) -> None:
    lock = " for update" if counter.dialect.name == "postgres" else ""

    async def read_and_write() -> None:
        async with counter.transaction() as transaction:
            value = await transaction.fetch_value(f"select n from counter where id = $1{lock}", (1,))
            assert isinstance(value, int)
            await transaction.execute("update counter set n = $2 where id = $1", (1, value + 1))

    await asyncio.gather(*(read_and_write() for _ in range(200)))
    assert await count_of(counter) == 200


ENDLESS = {
    "sqlite": "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r",
    "postgres": "select count(*) from generate_series(1, 100000000000)",
}


async def test_a_transaction_cancelled_in_mid_statement_is_undone(counter: Database) -> None:
    running = asyncio.Event()

    async def endless() -> None:
        async with counter.transaction() as transaction:
            await count_on(transaction)
            running.set()
            await transaction.fetch(ENDLESS[counter.dialect.name])

    for _ in range(12):
        running.clear()
        task = asyncio.create_task(endless())
        await running.wait()
        await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with counter.transaction() as transaction:
        await count_on(transaction)
    assert await count_of(counter) == 1


async def test_a_savepoint_cancelled_in_mid_statement_leaves_the_outer_transaction_to_decide(
    counter: Database,
) -> None:
    async with counter.transaction() as transaction:
        await count_on(transaction)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02), counter.transaction() as inner:
                await inner.fetch(ENDLESS[counter.dialect.name])
        await count_on(transaction)
    assert await count_of(counter) == 2


async def test_a_transaction_cancelled_while_it_waits_for_its_turn_holds_nobody_up(counter: Database) -> None:
    async def change() -> None:
        async with counter.transaction() as transaction:
            await count_on(transaction)

    # The pool is opened wide first: a connection that is cancelled while it is made complains in asyncpg's callbacks.
    await asyncio.gather(*(count_of(counter) for _ in range(4)))
    async with counter.transaction() as transaction:
        await count_on(transaction)
        # Each in a context of its own: a task that inherits this one would be in our transaction.
        waiting = [asyncio.create_task(change(), context=Context()) for _ in range(3)]
        await asyncio.sleep(0.01)
        waiting[1].cancel()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), asyncio.CancelledError, type(None)]
    assert await count_of(counter) == 3


async def test_a_cancelled_read_frees_its_connection(counter: Database) -> None:
    for _ in range(12):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await counter.fetch(ENDLESS[counter.dialect.name])
    assert await count_of(counter) == 0


async def test_a_failed_commit_is_told_and_the_connection_is_given_back(counter: Database) -> None:
    async with counter.transaction() as transaction:
        await transaction.execute(
            "create table child (id bigint primary key, "
            "parent bigint references counter (id) deferrable initially deferred)"
        )
    for number in range(8):
        with pytest.raises(ConstraintViolated) as violated:
            async with counter.transaction() as transaction:
                await transaction.execute("insert into child (id, parent) values ($1, 99)", (number,))
        assert violated.value.kind == "foreign_key"
    async with asyncio.timeout(25):
        async with counter.transaction() as transaction:
            await count_on(transaction)
        assert await counter.fetch_value("select count(*) from child") == 0


async def test_isolation_is_chosen_by_the_outermost_transaction_only(counter: Database) -> None:
    async with counter.transaction(isolation="serializable"):
        if counter.dialect.name == "postgres":
            assert await counter.fetch_value("show transaction_isolation") == "serializable"
        with pytest.raises(DatabaseError, match="outermost"):
            async with counter.transaction(isolation="serializable"):
                pass


async def test_execute_tells_how_many_rows_it_touched(counter: Database) -> None:
    async with counter.transaction() as transaction:
        assert await transaction.execute("insert into counter (id, n) values (2, 0), (3, 0)") == 2
        assert await transaction.execute("update counter set n = $1 where id > $2", (5, 1)) == 2
        assert await transaction.execute("delete from counter where id = $1", (4,)) == 0
        assert await transaction.execute("select * from counter") == 0


async def test_insert_returning_gives_rows(counter: Database) -> None:
    async with counter.transaction() as transaction:
        rows = await transaction.fetch("insert into counter (id, n) values (7, 0) returning id, n")
        dicts = await transaction.fetch_dicts("select id, n as total from counter where id = 7")
    assert rows == [(7, 0)]
    assert dicts == [{"id": 7, "total": 0}]


async def test_a_database_that_is_open_is_not_started_again(database: Database) -> None:
    with pytest.raises(DatabaseError, match="started already"):
        await database.start()
    assert await database.fetch("select 1") == [(1,)]


async def test_a_database_that_was_closed_can_be_started_again(database: Database) -> None:
    await database.close()
    await database.start()
    assert await database.fetch("select 1") == [(1,)]
