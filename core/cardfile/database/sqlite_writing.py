"""The one connection of an SQLite database that writes."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from time import monotonic, sleep, thread_time
from typing import Final, TypeVar

from cardfile.database.columns import ColumnType
from cardfile.database.encoding import Plain, encode_args, encoded_columns, encoded_rows
from cardfile.database.failures import DatabaseBusy
from cardfile.database.names import quoted
from cardfile.database.sqlite_failures import REFUSALS, code_of, failure_of
from cardfile.database.stopwatch import QUICK, Stopwatch
from cardfile.database.threads import ConnectionThreads
from cardfile.database.transaction import Connection, Isolation, Row, finished
from cardfile.errors import DatabaseError

__all__ = ["QUICK_STEPS", "Log", "Writing", "dicts_of"]

T = TypeVar("T")

_FIRST_PAUSE: Final = 0.0002
_LONGEST_PAUSE: Final = 0.01
_PATIENCE: Final = 1.2
"""By how much each pause between two looks is longer than the one before."""

QUICK_STEPS: Final = 50_000
"""After how many steps of SQLite's machine a read is not quick."""

_TURN_SECONDS: Final = 0.02
"""For how long a transaction keeps the event loop to itself, statement after statement."""

_LOG_PAGES: Final = 1_000
"""From how many pages of the log on they are brought into the database."""

_LIGHT_COMMITS: Final = 50
"""How many light transactions are added to the log without a look at how long it is."""

_RESERVE: Final = (
    "insert into cardfile_sequence (name, next) values (?1, 1 + ?2) "
    "on conflict (name) do update set next = next + ?2 returning next - ?2"
)


class Log:
    """How many light transactions have been added to the log since it was looked whether it is long."""

    __slots__ = ("_number",)

    def __init__(self) -> None:
        self._number = 0

    def takes_one_more(self) -> bool:
        """Tell whether one more may be added without a look."""
        self._number += 1
        return self._number < _LIGHT_COMMITS

    def was_looked_at(self) -> None:
        """Begin to count anew."""
        self._number = 0


class Writing(Connection):
    """The writer while one transaction owns it.

    What is quick is done on the event loop's own thread: the way to the writer's and back takes several times as
    long. Everything else is done there: what has not proved to be quick, COMMIT, which may have to bring the file up
    to date, and whatever comes when the loop was held up for some time. The two never use the connection together.
    """

    def __init__(
        self,
        writer: ConnectionThreads,
        numbered: Callable[[str], str],
        busy_timeout: float,
        stopwatch: Stopwatch,
        log: "Log",
    ) -> None:
        self._writer = writer
        self._numbered = numbered
        self._busy_timeout = busy_timeout
        self._stopwatch = stopwatch
        self._log = log
        self._here = writer.connections[0]
        self._given = 0
        """How many deeds the thread was given."""
        self._is_idle = True
        """Whether it has done all of them."""
        self._since = monotonic()
        self._failure: sqlite3.Error | None = None
        self._migrating = False
        self._is_light = True
        """Whether few rows were written, so that the commit is quick, too."""

    async def begin(self, isolation: Isolation | None, *, lasting: bool) -> None:
        """Begin at once, or hand it over when another process writes; `isolation` is met by being alone."""
        try:
            self._here.execute("begin immediate")
        except sqlite3.OperationalError as error:
            if code_of(error) != sqlite3.SQLITE_BUSY:
                raise self._told(error, "begin immediate") from error
            # The statement after it raises its error, should it fail.
            self._post(self._begin)

    async def begin_migration(self) -> None:
        """Begin with foreign keys off; they are checked before the commit."""
        # Neither can be changed inside a transaction. Without the second one, renaming a rebuilt table
        # fails when a view reads it, and drags the references of other tables along.
        self._migrating, self._is_light = True, False
        self._post(partial(self._attempt, "pragma foreign_keys=off"))
        self._post(partial(self._attempt, "pragma legacy_alter_table=on"))
        self._post(self._begin)
        await self._run(lambda _connection: None, "begin immediate")

    async def command(self, sql: str) -> None:
        """Hand it over without waiting; when it fails, the statement after it raises its error."""
        if self._may_be_here and not sql.startswith("rollback"):
            self._attempt(sql, self._here)
        else:
            self._post(partial(self._attempt, sql))

    async def commit(self) -> None:
        """Make it last, in one deed with the rollback of a failed commit.

        Nothing is written but a few pages at the end of the log when all statements were quick; to bring them into
        the database itself, which waits for the disk, is left to a commit on the thread.
        """
        if self._is_light and self._may_be_here and self._log.takes_one_more():
            try:
                self._here.execute("commit")
            except sqlite3.Error as error:
                self._rollback(self._here)
                raise self._told(error, "commit") from error
            # Whoever opens one transaction after the other must not keep the loop to himself.
            await asyncio.sleep(0)
            return
        await self._finish(self._commit, "commit")
        self._log.was_looked_at()

    async def rollback(self) -> None:
        """Undo it, after the statement that may still run."""
        await self._finish(self._rollback, "rollback")

    async def fetch(self, sql: str, args: Sequence[object]) -> list[Row]:
        """Run a statement and return its rows."""
        return await self._fetch(sql, args, sqlite3.Cursor.fetchall)

    async def fetch_dicts(self, sql: str, args: Sequence[object]) -> list[dict[str, object]]:
        """Run a statement and return its rows by the names of their columns."""
        return await self._fetch(sql, args, dicts_of)

    async def execute(self, sql: str, args: Sequence[object]) -> int:
        """Run a statement and return how many rows it touched."""
        text, values = self._numbered(sql), encode_args(args)
        self._is_light = False
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
        return _range(await self.fetch(_RESERVE, (table, count)), count)

    def fetch_at_once(self, sql: str, args: Sequence[object]) -> list[Row] | None:
        """Return the rows of a read that has proved to be quick."""
        if not self._may_be_here or sql[:6].lower() != "select":
            return None
        text = self._numbered(sql)
        if not self._stopwatch.is_quick(text):
            return None
        return self._read_at_once(text, encode_args(args))

    def execute_at_once(self, sql: str, args: Sequence[object]) -> int | None:
        """Run a statement that is quick, and return how many rows it touched."""
        if not self._may_be_here:
            return None
        return max(0, self._done_at_once(self._numbered(sql), encode_args(args)).rowcount)

    def reserve_ids_at_once(self, table: str, count: int) -> Sequence[int] | None:
        """Move the number in cardfile_sequence on."""
        if not self._may_be_here:
            return None
        return _range(self._done_at_once(_RESERVE, (table, count)).fetchall(), count)

    async def _fetch(
        self, sql: str, args: Sequence[object], rows_of: Callable[[sqlite3.Cursor], list[T]]
    ) -> list[T]:
        text, values = self._numbered(sql), encode_args(args)
        if sql[:6].lower() != "select":
            self._is_light = False
            return await self._run(lambda connection: rows_of(connection.execute(text, values)), sql)

        def read(connection: sqlite3.Connection) -> list[T]:
            began = thread_time()
            found = rows_of(connection.execute(text, values))
            self._stopwatch.note(text, thread_time() - began)
            return found

        return await self._run(read, sql)

    def _read_at_once(self, sql: str, values: Sequence[Plain]) -> list[Row] | None:
        """Return the rows of a read on this thread, None when it turns out to take too long for that."""
        # Of the statements only a read may be stopped: it leaves the transaction as it was.
        self._here.set_progress_handler(_stop, QUICK_STEPS)
        try:
            return self._here.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise self._told(error, sql) from error
            self._stopwatch.note(sql, QUICK)
            return None
        except REFUSALS as error:
            raise self._told(error, sql) from error
        finally:
            self._here.set_progress_handler(None, 0)

    @property
    def _may_be_here(self) -> bool:
        """Whether the next statement may be done on this thread, should it be quick."""
        return self._is_idle and self._failure is None and monotonic() - self._since < _TURN_SECONDS

    def _done_at_once(self, sql: str, values: Sequence[Plain]) -> sqlite3.Cursor:
        try:
            return self._here.execute(sql, values)
        except REFUSALS as error:
            raise self._told(error, sql) from error

    def _post(self, deed: Callable[[sqlite3.Connection], None]) -> None:
        self._give()
        self._writer.post(deed)

    def _give(self) -> int:
        """Count one more deed of the thread, and return its number."""
        self._is_idle = False
        self._given += 1
        return self._given

    async def _many(self, sql: str, rows: Iterable[Sequence[Plain]]) -> None:
        given_up = False
        self._is_light = False

        def until_given_up() -> Iterable[Sequence[Plain]]:
            # An interruption between two rows is lost on SQLite, so we look for ourselves.
            for row in rows:
                if given_up:
                    return
                yield row

        def write(connection: sqlite3.Connection) -> None:
            # A cursor that was freed on another thread would begin its statement anew, which the connection keeps
            # for whoever needs it next: it may be running by then.
            with closing(connection.cursor()) as cursor:
                cursor.executemany(sql, until_given_up())

        try:
            await self._run(write, sql)
        except asyncio.CancelledError:
            given_up = True
            raise

    async def _run(self, deed: Callable[[sqlite3.Connection], T], sql: str) -> T:
        def unless_failed(connection: sqlite3.Connection) -> T:
            if self._failure is not None:
                raise self._failure
            return deed(connection)

        number = self._give()
        try:
            found = await self._writer.run(unless_failed)
        except REFUSALS as error:
            raise self._told(error, sql) from error
        # Another task may have handed over more meanwhile: the thread is then at work with the connection.
        self._is_idle, self._since = number == self._given, monotonic()
        return found

    async def _finish(self, deed: Callable[[sqlite3.Connection], None], sql: str) -> None:
        try:
            await finished(self._writer.submit(deed))
        except REFUSALS as error:
            raise self._told(error, sql) from error

    def _told(self, error: Exception, sql: str) -> DatabaseError:
        if code_of(error) == sqlite3.SQLITE_BUSY:
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
                if code_of(error) != sqlite3.SQLITE_BUSY or monotonic() > until:
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
            connection.execute(f"pragma wal_autocheckpoint={_LOG_PAGES}")
            connection.execute("commit")
        except BaseException:
            self._rollback(connection)
            raise
        finally:
            connection.execute("pragma wal_autocheckpoint=0")
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


def _range(rows: Sequence[Row], count: int) -> Sequence[int]:
    ((first,),) = rows
    assert isinstance(first, int)
    return range(first, first + count)


def _stop() -> bool:
    return True


def _check_foreign_keys(connection: sqlite3.Connection) -> None:
    broken = connection.execute("pragma foreign_key_check").fetchone()
    if broken is not None:
        table, row, target, _ = broken
        raise sqlite3.IntegrityError(
            f"FOREIGN KEY constraint failed: row {row} of {table} refers to a row of {target} "
            "that is not there"
        )


def dicts_of(cursor: sqlite3.Cursor) -> list[dict[str, object]]:
    """Return the rows of a statement by the names of their columns."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]
