"""The statements of the product's transactions, noted while it works, and done once more by the bare driver."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, NamedTuple

from cardfile.database import Database
from cardfile.database.columns import ColumnType
from cardfile.database.encoding import check_args, encode_args
from cardfile.database.names import quoted
from cardfile.database.sqlite import numbered
from cardfile.database.transaction import Connection, Isolation, Row

__all__ = ["Deed", "Repeater", "Statement", "noting", "repeating"]

PRAGMAS: Final = ("synchronous=normal", "foreign_keys=on", "mmap_size=268435456", "cache_size=-16384")
"""How the product's connection for writing is set up."""

RESERVE_SQLITE: Final = (
    "insert into cardfile_sequence (name, next) values (?1, 1 + ?2) "
    "on conflict (name) do update set next = next + ?2 returning next - ?2"
)
RESERVE_POSTGRES: Final = "select array_agg(nextval('{}_id_seq')) from generate_series(1, $1::integer)"


class Statement(NamedTuple):
    """One statement of a transaction.

    `kind` says how it is done: `fetch` and `execute` with `values`, `many` once for each of `values`, `insert` into
    the table `sql` as many rows of `columns` at once as the driver can, `reserve` ids of the table `sql`.
    """

    kind: str
    sql: str
    values: Sequence[Any]
    columns: Sequence[str] = ()


Deed = Sequence[Statement]
"""The statements between a BEGIN and its COMMIT."""


class _Noting(Connection):
    """A connection whose statements are noted; that counts as the product's own work."""

    def __init__(self, inner: Connection, notes: list[Statement]) -> None:
        self._inner, self._notes = inner, notes

    async def begin(self, isolation: Isolation | None, *, lasting: bool) -> None:
        await self._inner.begin(isolation, lasting=lasting)

    async def begin_migration(self) -> None:
        await self._inner.begin_migration()

    async def commit(self) -> None:
        await self._inner.commit()

    async def rollback(self) -> None:
        await self._inner.rollback()

    async def command(self, sql: str) -> None:
        self._notes.append(Statement("execute", sql, ()))
        await self._inner.command(sql)

    async def fetch(self, sql: str, args: Sequence[object]) -> list[Row]:
        self._notes.append(Statement("fetch", sql, args))
        return await self._inner.fetch(sql, args)

    async def fetch_dicts(self, sql: str, args: Sequence[object]) -> list[dict[str, object]]:
        self._notes.append(Statement("fetch", sql, args))
        return await self._inner.fetch_dicts(sql, args)

    async def execute(self, sql: str, args: Sequence[object]) -> int:
        self._notes.append(Statement("execute", sql, args))
        return await self._inner.execute(sql, args)

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        known = list(rows)
        self._notes.append(Statement("many", sql, known))
        await self._inner.execute_many(sql, known)

    async def insert_many(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        types: Sequence[ColumnType] | None,
    ) -> None:
        known = list(rows)
        self._notes.append(Statement("insert", table, known, columns))
        await self._inner.insert_many(table, columns, known, types)

    async def insert_columns(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        rows = list(zip(*columns.values(), strict=True))
        self._notes.append(Statement("insert", table, rows, tuple(columns)))
        await self._inner.insert_columns(table, columns)

    async def execute_columns(self, sql: str, columns: Sequence[Sequence[object]]) -> None:
        self._notes.append(Statement("many", sql, list(zip(*columns, strict=True))))
        await self._inner.execute_columns(sql, columns)

    async def reserve_ids(self, table: str, count: int) -> Sequence[int]:
        self._notes.append(Statement("reserve", table, (count,)))
        return await self._inner.reserve_ids(table, count)

    def fetch_at_once(self, sql: str, args: Sequence[object]) -> list[Row] | None:
        rows = self._inner.fetch_at_once(sql, args)
        if rows is not None:
            self._notes.append(Statement("fetch", sql, args))
        return rows

    def execute_at_once(self, sql: str, args: Sequence[object]) -> int | None:
        done = self._inner.execute_at_once(sql, args)
        if done is not None:
            self._notes.append(Statement("execute", sql, args))
        return done

    def reserve_ids_at_once(self, table: str, count: int) -> Sequence[int] | None:
        ids = self._inner.reserve_ids_at_once(table, count)
        if ids is not None:
            self._notes.append(Statement("reserve", table, (count,)))
        return ids


def noting(database: Database) -> list[list[Statement]]:
    """Return a list to which each transaction of `database` from now on adds the list of its statements."""
    deeds: list[list[Statement]] = []
    connect: Callable[[], AbstractAsyncContextManager[Connection]] = database._connection  # no other way in

    @asynccontextmanager
    async def noted() -> AsyncIterator[Connection]:
        async with connect() as connection:
            deeds.append([])
            yield _Noting(connection, deeds[-1])

    setattr(database, "_connection", noted)  # noqa: B010  # for this one database only
    return deeds


class Repeater(ABC):
    """Does the statements of the product again, in another database, with nothing between driver and text."""

    @abstractmethod
    def prepared(self, deed: Deed) -> Sequence[Any]:
        """Return the statements with their values as the driver takes them."""

    @abstractmethod
    async def repeat(self, steps: Sequence[Any]) -> None:
        """Do them in one transaction."""


class _Sqlite(Repeater):
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def prepared(self, deed: Deed) -> Sequence[Any]:
        return [self._prepared(one) for one in deed]

    @staticmethod
    def _prepared(one: Statement) -> tuple[str, str, Any]:
        match one.kind:
            case "reserve":
                return "fetch", RESERVE_SQLITE, (one.sql, *one.values)
            case "insert":
                listed, places = ",".join(map(quoted, one.columns)), ",".join("?" * len(one.columns))
                text = f"insert into {quoted(one.sql)} ({listed}) values ({places})"
                return "many", text, [encode_args(row) for row in one.values]
            case "many":
                return "many", numbered(one.sql), [encode_args(row) for row in one.values]
            case _:
                return one.kind, numbered(one.sql), encode_args(one.values)

    async def repeat(self, steps: Sequence[Any]) -> None:
        connection = self._connection
        connection.execute("begin immediate")
        for kind, sql, values in steps:
            if kind == "fetch":
                connection.execute(sql, values).fetchall()
            elif kind == "many":
                connection.executemany(sql, values)
            else:
                connection.execute(sql, values)
        connection.execute("commit")


class _Postgres(Repeater):
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def prepared(self, deed: Deed) -> Sequence[Any]:
        return [self._prepared(one) for one in deed]

    @staticmethod
    def _prepared(one: Statement) -> tuple[str, str, Any, Sequence[str]]:
        match one.kind:
            case "reserve":
                return "fetch", RESERVE_POSTGRES.format(one.sql), one.values, ()
            case "insert" | "many":
                return one.kind, one.sql, [check_args(row) for row in one.values], list(one.columns)
            case _:
                return one.kind, one.sql, check_args(one.values), ()

    async def repeat(self, steps: Sequence[Any]) -> None:
        connection = self._connection
        ways: dict[str, Callable[..., Awaitable[object]]] = {
            "fetch": connection.fetch,
            "execute": connection.execute,
        }
        await connection.execute("begin")
        for kind, sql, values, columns in steps:
            if kind == "insert":
                await connection.copy_records_to_table(sql, columns=columns, records=values)
            elif kind == "many":
                await connection.executemany(sql, values)
            else:
                await ways[kind](sql, *values)
        await connection.execute("commit")


@asynccontextmanager
async def repeating(url: str) -> AsyncIterator[Repeater]:
    """Open a connection that is set up as the product's."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(
            url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=512
        )
        try:
            for pragma in PRAGMAS:
                connection.execute(f"pragma {pragma}")
            yield _Sqlite(connection)
        finally:
            connection.close()
        return
    import asyncpg  # noqa: PLC0415  # an optional extra

    opened: Any = await asyncpg.connect(
        url,
        statement_cache_size=512,
        max_cacheable_statement_size=256 * 1024,
        server_settings={"jit": "off", "timezone": "UTC"},
    )
    try:
        yield _Postgres(opened)
    finally:
        await opened.close()
