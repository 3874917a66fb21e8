"""The one connection of an SQLite database that writes."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from time import monotonic, sleep
from typing import TypeVar

from cardfile.database.columns import ColumnType
from cardfile.database.encoding import Plain, encode_args, encoded_columns, encoded_rows
from cardfile.database.failures import ConstraintKind, ConstraintViolated, DatabaseBusy, StatementFailed
from cardfile.database.names import quoted
from cardfile.database.threads import ConnectionThreads
from cardfile.database.transaction import Connection, Isolation, Row, finished
from cardfile.errors import DatabaseError

__all__ = ["REFUSALS", "Writing", "dicts_of", "failure_of"]

T = TypeVar("T")

_FIRST_PAUSE = 0.0002
_LONGEST_PAUSE = 0.01
_PATIENCE = 1.2
"""By how much each pause between two looks is longer than the one before."""


class Writing(Connection):
    """The writer while one transaction owns it.

    BEGIN and SAVEPOINT are handed to the thread without waiting for the answer, for it does everything in
    order; when one of them fails, the statement after it raises its error.
    """

    def __init__(
        self, writer: ConnectionThreads, numbered: Callable[[str], str], busy_timeout: float
    ) -> None:
        self._writer = writer
        self._numbered = numbered
        self._busy_timeout = busy_timeout
        self._failure: sqlite3.Error | None = None
        self._migrating = False

    async def begin(self, isolation: Isolation | None, *, lasting: bool) -> None:
        """Hand over BEGIN IMMEDIATE; `isolation` is met by being alone."""
        self._writer.post(self._begin)

    async def begin_migration(self) -> None:
        """Begin with foreign keys off; they are checked before the commit."""
        # Neither can be changed inside a transaction. Without the second one, renaming a rebuilt table
        # fails when a view reads it, and drags the references of other tables along.
        self._migrating = True
        self._writer.post(partial(self._attempt, "pragma foreign_keys=off"))
        self._writer.post(partial(self._attempt, "pragma legacy_alter_table=on"))
        self._writer.post(self._begin)
        await self._run(lambda connection: None, "begin immediate")

    async def command(self, sql: str) -> None:
        """Hand it over without waiting."""
        self._writer.post(partial(self._attempt, sql))

    async def commit(self) -> None:
        """Make it last, in one deed with the rollback of a failed commit."""
        await self._finish(self._commit, "commit")

    async def rollback(self) -> None:
        """Undo it, after the statement that may still run."""
        await self._finish(self._rollback, "rollback")

    async def fetch(self, sql: str, args: Sequence[object]) -> list[Row]:
        """Run a statement and return its rows."""
        text, values = self._numbered(sql), encode_args(args)
        return await self._run(lambda connection: connection.execute(text, values).fetchall(), sql)

    async def fetch_dicts(self, sql: str, args: Sequence[object]) -> list[dict[str, object]]:
        """Run a statement and return its rows by the names of their columns."""
        text, values = self._numbered(sql), encode_args(args)
        return await self._run(lambda connection: dicts_of(connection.execute(text, values)), sql)

    async def execute(self, sql: str, args: Sequence[object]) -> int:
        """Run a statement and return how many rows it touched."""
        text, values = self._numbered(sql), encode_args(args)
        return await self._run(lambda connection: max(0, connection.execute(text, values).rowcount), sql)

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for every row of arguments."""
        await self._many(self._numbered(sql), encoded_rows(rows, None))

    async def insert_many(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        types: Sequence[ColumnType] | None,
    ) -> None:
        """Insert rows by one prepared statement."""
        await self._many(_insert(table, columns), encoded_rows(rows, types))

    async def insert_columns(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """Insert rows by one prepared statement."""
        rows = zip(*encoded_columns(columns.values()), strict=True)
        await self._many(_insert(table, tuple(columns)), rows)

    async def execute_columns(self, sql: str, columns: Sequence[Sequence[object]]) -> None:
        """Run a statement once for every row of arguments."""
        await self._many(self._numbered(sql), zip(*encoded_columns(columns), strict=True))

    async def reserve_ids(self, table: str, count: int) -> Sequence[int]:
        """Move the number in cardfile_sequence on, in this transaction."""
        rows = await self.fetch(
            "insert into cardfile_sequence (name, next) values (?1, 1 + ?2) "
            "on conflict (name) do update set next = next + ?2 returning next - ?2",
            (table, count),
        )
        first = rows[0][0]
        assert isinstance(first, int)
        return range(first, first + count)

    async def _many(self, sql: str, rows: Iterable[Sequence[Plain]]) -> None:
        given_up = False

        def until_given_up() -> Iterable[Sequence[Plain]]:
            # An interruption between two rows is lost on SQLite, so we look for ourselves.
            for row in rows:
                if given_up:
                    return
                yield row

        try:
            await self._run(lambda connection: connection.executemany(sql, until_given_up()), sql)
        except asyncio.CancelledError:
            given_up = True
            raise

    async def _run(self, deed: Callable[[sqlite3.Connection], T], sql: str) -> T:
        def unless_failed(connection: sqlite3.Connection) -> T:
            if self._failure is not None:
                raise self._failure
            return deed(connection)

        try:
            return await self._writer.run(unless_failed)
        except REFUSALS as error:
            raise self._told(error, sql) from error

    async def _finish(self, deed: Callable[[sqlite3.Connection], None], sql: str) -> None:
        try:
            await finished(self._writer.submit(deed))
        except REFUSALS as error:
            raise self._told(error, sql) from error

    def _told(self, error: Exception, sql: str) -> DatabaseError:
        if _code(error) == sqlite3.SQLITE_BUSY:
            return DatabaseBusy(
                f"another process has been writing to the database for {self._busy_timeout:g} s; try again"
            )
        return failure_of(error, sql)

    def _attempt(self, sql: str, connection: sqlite3.Connection) -> None:
        if self._failure is None:
            try:
                connection.execute(sql)
            except sqlite3.Error as error:
                self._failure = error

    def _begin(self, connection: sqlite3.Connection) -> None:
        """Begin as soon as no other process writes.

        SQLite's own waiting looks again after milliseconds and then ever more seldom, while most others are
        through within one.
        """
        until, pause = monotonic() + self._busy_timeout, _FIRST_PAUSE
        while self._failure is None:
            try:
                connection.execute("begin immediate")
                return
            except sqlite3.Error as error:
                if _code(error) != sqlite3.SQLITE_BUSY or monotonic() > until:
                    self._failure = error
                    return
            sleep(pause)
            pause = min(pause * _PATIENCE, _LONGEST_PAUSE)

    def _commit(self, connection: sqlite3.Connection) -> None:
        try:
            if self._failure is not None:
                raise self._failure
            if self._migrating:
                _check_foreign_keys(connection)
            connection.execute("commit")
        except BaseException:
            self._rollback(connection)
            raise
        self._end_migration(connection)

    def _rollback(self, connection: sqlite3.Connection) -> None:
        # BEGIN may have failed, and SQLite rolls back by itself after some errors.
        if connection.in_transaction:
            connection.execute("rollback")
        self._end_migration(connection)

    def _end_migration(self, connection: sqlite3.Connection) -> None:
        if self._migrating:
            connection.execute("pragma foreign_keys=on")
            connection.execute("pragma legacy_alter_table=off")


def _insert(table: str, columns: Sequence[str]) -> str:
    places = ",".join("?" * len(columns))
    return f"insert into {quoted(table)} ({','.join(map(quoted, columns))}) values ({places})"


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _check_foreign_keys(connection: sqlite3.Connection) -> None:
    broken = connection.execute("pragma foreign_key_check").fetchone()
    if broken is not None:
        table, row, target, _ = broken
        raise sqlite3.IntegrityError(
            f"FOREIGN KEY constraint failed: row {row} of {table} refers to a row of {target} "
            "that is not there"
        )


REFUSALS = (sqlite3.Error, OverflowError, UnicodeEncodeError)
"""What the driver raises; for values that it cannot put into a statement it is no sqlite3.Error."""

_CONSTRAINTS: tuple[tuple[str, ConstraintKind], ...] = (
    ("UNIQUE constraint failed: ", "unique"),
    ("NOT NULL constraint failed: ", "not_null"),
    ("FOREIGN KEY constraint failed", "foreign_key"),
    ("CHECK constraint failed", "check"),
)


def failure_of(error: Exception, sql: str) -> DatabaseError:
    """Tell an error of the driver in our words."""
    said = str(error)
    message = f"{said} — in: {sql:.500}"
    if isinstance(error, sqlite3.IntegrityError):
        for beginning, kind in _CONSTRAINTS:
            if said.startswith(beginning):
                places = said.removeprefix(beginning) if kind in ("unique", "not_null") else ""
                named = [place.split(".") for place in places.split(", ") if "." in place]
                return ConstraintViolated(
                    message,
                    kind=kind,
                    table=named[0][0] if named else "",
                    columns=tuple(column for _, column in named),
                )
    return StatementFailed(message)


def dicts_of(cursor: sqlite3.Cursor) -> list[dict[str, object]]:
    """Return the rows of a statement by the names of their columns."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]
