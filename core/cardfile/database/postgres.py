"""PostgreSQL by asyncpg: a pool, and transactions that always give their connection back."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date
from typing import Any

from cardfile.database.columns import ColumnType
from cardfile.database.database import Database
from cardfile.database.dialect import POSTGRES
from cardfile.database.encoding import check_args, checked_columns, checked_rows
from cardfile.database.failures import (
    ConstraintKind,
    ConstraintViolated,
    DatabaseBusy,
    SerializationFailed,
    StatementFailed,
)
from cardfile.database.names import require_name
from cardfile.database.transaction import Connection, Isolation, Row, finished
from cardfile.errors import DatabaseError, DatabaseUnopenable, SettingsError

__all__ = ["PostgresDatabase"]

_TOUCHED = re.compile(r"(?:INSERT 0|UPDATE|DELETE|MERGE) (\d+)")
_KEY = re.compile(r"Key \(([^)]*)\)=")

_MIGRATION_LOCK = 0x43617264
"""The number of the advisory lock of migrations: the letters "Card"."""

_CONSTRAINTS: dict[str, ConstraintKind] = {
    "23505": "unique",
    "23503": "foreign_key",
    "23502": "not_null",
    "23514": "check",
}
_SERIALIZATION = frozenset({"40001", "40P01"})
_CANCELLED = "57014"
_SETTING = "They stand in database_url (CARDFILE_DATABASE_URL=postgresql://user:password@host:5432/name)."
_REMEDIES = {
    "28": f"user and password must be those of the server. {_SETTING}",
    "3D": f"make the database first (createdb), or name another one. {_SETTING}",
    "53300": "the server has no connection to spare: set database_pool lower, or the server's max_connections higher.",
}
"""What to do, by SQLSTATE or its class."""
_EPOCH = date(2000, 1, 1).toordinal()
"""PostgreSQL counts days from here."""
_SHORT = 100


class PostgresDatabase(Database):
    """A database on a PostgreSQL server; `dsn` is a `postgresql://…` URL.

    A server behind a pooler in transaction mode needs `statement_cache_size=0`.
    """

    dialect = POSTGRES

    def __init__(
        self,
        dsn: str,
        *,
        pool_size: int = 10,
        wait: float = 30.0,
        statement_timeout: float = 30.0,
        statement_cache_size: int = 512,
    ) -> None:
        self._dsn = dsn
        self._pool_size = pool_size
        self.wait = wait
        self._statement_timeout = statement_timeout
        self._statement_cache_size = statement_cache_size
        # asyncpg ships no types.
        self._pool: Any = None

    async def _open(self) -> None:
        """Open the pool; a server that cannot be reached or used raises DatabaseError."""
        try:
            # Lazy, because asyncpg is an optional extra.
            import asyncpg  # noqa: PLC0415
        except ImportError:
            raise SettingsError(
                "a postgresql:// database needs asyncpg: install cardfile[postgres]"
            ) from None
        try:
            self._pool = await asyncpg.create_pool(
                self._dsn,
                min_size=1,
                max_size=self._pool_size,
                statement_cache_size=self._statement_cache_size,
                # Compiled selections are long texts; asyncpg would prepare them anew each time.
                max_cacheable_statement_size=256 * 1024,
                init=_set_codecs,
                reset=_leave_as_it_is,
                server_settings={
                    "application_name": "cardfile",
                    "jit": "off",
                    "timezone": "UTC",
                    "statement_timeout": str(int(self._statement_timeout * 1000)),
                },
            )
            found = await self._pool.fetchval("select 1 from pg_collation where collname = 'und-x-icu'")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            await self._close()
            raise DatabaseUnopenable(
                f"the PostgreSQL database cannot be opened ({_said(error)}): {_remedy(error)}"
            ) from error
        if found is None:
            await self._close()
            raise DatabaseError("this PostgreSQL server was built without ICU, which text search needs")

    async def _close(self) -> None:
        """Close the pool, after the statements that still run."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await pool.close()

    async def _read(self, sql: str, args: Sequence[object], *, quick: bool) -> list[Row]:
        async with self._acquired() as connection:
            with _told(sql):
                return [tuple(row) for row in await connection.fetch(sql, *check_args(args))]

    async def _read_dicts(self, sql: str, args: Sequence[object]) -> list[dict[str, object]]:
        async with self._acquired() as connection:
            with _told(sql):
                return [dict(row) for row in await connection.fetch(sql, *check_args(args))]

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        async with self._acquired() as connection:
            yield _Writing(connection)

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[Any]:
        if self._pool is None:
            raise DatabaseError("the PostgreSQL database is not open: await start() first")
        pool = self._pool
        try:
            with _told("connect"):
                connection = await pool.acquire(timeout=self.wait)
        except TimeoutError:
            raise DatabaseBusy(
                f"all {self._pool_size} connections to the database have been in use for {self.wait:g} s"
            ) from None
        try:
            yield connection
        finally:
            await pool.release(connection)


async def _set_codecs(connection: Any) -> None:
    """Keep 31.12.9999 and 01.01.0001 the days that they are: asyncpg takes them for infinity."""
    await connection.set_type_codec(
        "date",
        schema="pg_catalog",
        encoder=lambda day: (day.toordinal() - _EPOCH,),
        decoder=lambda days: date.fromordinal(days[0] + _EPOCH),
        format="tuple",
    )


async def _leave_as_it_is(connection: object) -> None:
    """Save the round trip of RESET: nothing that we do outlives its transaction."""


class _Writing(Connection):
    """A pooled connection while one transaction owns it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._plans_anew = False

    async def begin(self, isolation: Isolation | None, *, lasting: bool) -> None:
        opening = f"begin isolation level {isolation}" if isolation else "begin"
        await self._execute(opening if lasting else f"{opening}; set local synchronous_commit = off")

    async def begin_migration(self) -> None:
        await self._execute("begin")
        await self._execute("set local statement_timeout = 0")
        await self._execute(f"select pg_advisory_xact_lock({_MIGRATION_LOCK})")

    async def command(self, sql: str) -> None:
        with _told(sql):
            await finished(asyncio.ensure_future(self._connection.execute(sql)))

    async def commit(self) -> None:
        try:
            await self.command("commit")
        except BaseException:
            await self.rollback()
            raise

    async def rollback(self) -> None:
        try:
            with _told("rollback"):
                if not self._connection.is_in_transaction():
                    return
        except DatabaseError:
            # It broke, and the pool has thrown it away already.
            return
        try:
            await self.command("rollback")
        except DatabaseError:
            # In an unknown state it must not go back to the pool; a broken one cannot even be terminated.
            with suppress(DatabaseError), _told("terminate"):
                self._connection.terminate()

    async def fetch(self, sql: str, args: Sequence[object]) -> list[Row]:
        await self._plan_for(args)
        with _told(sql):
            return [tuple(row) for row in await self._connection.fetch(sql, *check_args(args))]

    async def fetch_dicts(self, sql: str, args: Sequence[object]) -> list[dict[str, object]]:
        await self._plan_for(args)
        with _told(sql):
            return [dict(row) for row in await self._connection.fetch(sql, *check_args(args))]

    async def _plan_for(self, args: Sequence[object]) -> None:
        """Have statements planned for their arguments once a long list comes along.

        A plan for lists of any length, made while the table's statistics are old, compares every row with
        every item: a bulk write into a new database takes minutes by it.
        """
        if self._plans_anew or all(type(one) is not list or len(one) <= _SHORT for one in args):
            return
        self._plans_anew = True
        await self._execute("set local plan_cache_mode = force_custom_plan")

    async def execute(self, sql: str, args: Sequence[object]) -> int:
        await self._plan_for(args)
        return await self._execute(sql, *check_args(args))

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        with _told(sql):
            await self._connection.executemany(sql, checked_rows(rows, None))

    async def insert_many(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        types: Sequence[ColumnType] | None,
    ) -> None:
        with _told(f"copy into {table}"):
            await self._connection.copy_records_to_table(
                require_name(table, what="table"), columns=list(columns), records=checked_rows(rows, types)
            )

    async def insert_columns(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        with _told(f"copy into {table}"):
            await self._connection.copy_records_to_table(
                require_name(table, what="table"),
                columns=list(columns),
                records=zip(*checked_columns(columns.values()), strict=True),
            )

    async def execute_columns(self, sql: str, columns: Sequence[Sequence[object]]) -> None:
        with _told(sql):
            await self._connection.executemany(sql, zip(*checked_columns(columns), strict=True))

    async def reserve_ids(self, table: str, count: int) -> Sequence[int]:
        sequence = require_name(f"{table}_id_seq", what="sequence")
        with _told(sequence):
            ids: list[int] = await self._connection.fetchval(
                f"select array_agg(nextval('{sequence}')) from generate_series(1, $1::integer)", count
            )
        return ids

    async def _execute(self, sql: str, *args: object) -> int:
        with _told(sql):
            status: str = await self._connection.execute(sql, *args)
        touched = _TOUCHED.fullmatch(status)
        return int(touched[1]) if touched else 0


class _told:  # noqa: N801  # reads as a word of the statement `with _told(sql)`
    """Tells errors of the driver in our words."""

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, DatabaseError | TimeoutError):
            told = _failure(error, self._sql)
            if told is not None:
                raise told from error


def _said(error: Exception) -> str:
    """Return what an error says, in one line; some say nothing but their name."""
    return str(error).partition("\n")[0] or type(error).__name__


def _remedy(error: Exception) -> str:
    """Return what whoever runs this may do about a server that does not let us in."""
    state = str(getattr(error, "sqlstate", None))
    if isinstance(error, OSError):
        return f"is a server running there, and are host and port right? {_SETTING}"
    return _REMEDIES.get(state) or _REMEDIES.get(state[:2]) or _SETTING


def _failure(error: Exception, sql: str) -> DatabaseError | None:
    """Tell an error in our words, None when it is not the database's."""
    message = f"{error} — in: {sql:.500}"
    state = getattr(error, "sqlstate", None)
    if state is None:
        # The connection broke, or the driver found a value that it cannot put into the statement.
        known = isinstance(error, OSError | OverflowError | UnicodeEncodeError)
        return StatementFailed(message) if known or type(error).__module__.startswith("asyncpg") else None
    if state in _SERIALIZATION:
        return SerializationFailed(message)
    if state == _CANCELLED:
        return StatementFailed(f"a statement took too long and was stopped: {sql:.200}")
    kind = _CONSTRAINTS.get(state)
    if kind is None:
        return StatementFailed(message)
    key = _KEY.search(getattr(error, "detail", None) or "")
    column = getattr(error, "column_name", None)
    columns = key[1].split(", ") if key else [column] if column else []
    table = getattr(error, "table_name", None) or ""
    return ConstraintViolated(message, kind=kind, table=table, columns=tuple(columns))
