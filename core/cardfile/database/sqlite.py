"""SQLite: one writer on a thread of its own, readers on theirs, quick reads on the event loop's thread."""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from pathlib import Path
from time import monotonic, thread_time
from typing import TypeVar

from cardfile.database.database import Database
from cardfile.database.dialect import SQLITE
from cardfile.database.encoding import encode_args
from cardfile.database.failures import DatabaseBusy, StatementFailed
from cardfile.database.sqlite_failures import REFUSALS, failure_of
from cardfile.database.sqlite_writing import QUICK_STEPS, Log, Writing, dicts_of
from cardfile.database.stopwatch import Stopwatch
from cardfile.database.threads import ConnectionThreads
from cardfile.database.transaction import Connection, Row
from cardfile.errors import DatabaseError, DatabaseUnopenable, SettingsError
from cardfile.values.text import fold

__all__ = ["SqliteDatabase", "numbered"]

T = TypeVar("T")

_PLACES = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)""")
_QUICK_SECONDS = 0.02
# Rare, because the check needs Python's lock, which a busy event loop gives away every 5 ms only.
_READER_STEPS = 1_000_000


def numbered(sql: str) -> str:
    """Turn `$1` into `?1`: SQLite would take `$1` for a name and number the names as they come."""
    if "$" not in sql:
        return sql
    return _PLACES.sub(lambda found: f"?{found[1]}" if found[1] else found[0], sql)


class _Deadline:
    """When a connection's running statement must stop."""

    def __init__(self) -> None:
        self.at = float("inf")

    def passed(self) -> bool:
        return monotonic() > self.at


class _Reader(sqlite3.Connection):
    """A connection that only reads, and stops at its deadline."""

    deadline: _Deadline


class SqliteDatabase(Database):
    """A database in one file, in WAL mode; `:memory:` is not supported, for it has no second connection.

    One transaction at a time writes, in the order of asking; another process that writes is waited for,
    `busy_timeout` seconds long, without holding up the event loop.
    """

    dialect = SQLITE

    def __init__(
        self,
        path: str | Path,
        *,
        readers: int = 4,
        wait: float = 30.0,
        busy_timeout: float = 30.0,
        statement_timeout: float = 30.0,
        mmap_size: int = 256 * 1024 * 1024,
        cache_size: int = 16 * 1024 * 1024,
    ) -> None:
        if str(path) in ("", ":memory:"):
            raise SettingsError(
                "an SQLite database in memory is not supported, because readers need connections "
                "of their own; name a file: sqlite:///cardfile.db"
            )
        self.path = Path(path)
        self.wait = wait
        self._busy_timeout = busy_timeout
        self._statement_timeout = statement_timeout
        self._pragmas = (f"mmap_size={mmap_size}", f"cache_size={-cache_size // 1024}", "temp_store=memory")
        self._numbered = lru_cache(maxsize=2048)(numbered)
        self._writer = ConnectionThreads(self._connect_writer, count=1, name="cardfile-writer")
        self._readers = ConnectionThreads(self._connect_reader, count=readers, name="cardfile-reader")
        self._turns = asyncio.Lock()
        self._quick: _Reader | None = None
        self._stopwatch = Stopwatch()
        self._log = Log()

    async def _open(self) -> None:
        """Open or create the file; a folder that does not exist raises SettingsError."""
        if not self.path.parent.is_dir():
            raise SettingsError(
                f"the folder of the SQLite database {self.path} does not exist; "
                "cardfile migrate makes it, or name another file"
            )
        try:
            # The writer first: it creates the file and makes it a WAL one.
            await self._writer.start()
            await self._readers.start()
            self._quick = self._connect_reader(steps=QUICK_STEPS)
            self._quick.execute("pragma busy_timeout=0")
        except sqlite3.Error as error:
            await self._close()
            raise DatabaseUnopenable(
                f"the SQLite database {self.path} cannot be opened ({error}): {self._remedy()}"
            ) from error

    def _remedy(self) -> str:
        """Return what whoever runs this may do about a file that cannot be opened."""
        another = "name another file in database_url (CARDFILE_DATABASE_URL=sqlite:///cardfile.db)"
        if self.path.is_dir():
            return f"it is a folder; {another}"
        if self.path.exists() and not os.access(self.path, os.R_OK | os.W_OK):
            return f"this user may not read and write it; let him, or {another}"
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            return f"this user may not write in its folder; let him, or {another}"
        return f"it is no SQLite database, or is damaged; {another}"

    async def _close(self) -> None:
        """Close all connections, after the statements that still run."""
        if self._quick is not None:
            self._quick.close()
            self._quick = None
        await self._readers.close()
        await self._writer.close()

    async def _read(self, sql: str, args: Sequence[object], *, quick: bool) -> list[Row]:
        if self._quick is None:
            raise DatabaseError(f"the SQLite database {self.path} is not open: await start() first")
        text = self._numbered(sql)
        values = encode_args(args)
        if quick or self._stopwatch.is_quick(text):
            rows = self._read_at_once(text, values, self._quick)
            if rows is not None:
                return rows
        return await self._read_on_thread(
            sql, partial(self._read_within, self._statement_timeout, text, values)
        )

    def text_at_once(self, sql: str, args: Sequence[object] = ()) -> bytes | None:
        """Return the one text of a read that has proved to be quick, as SQLite keeps it: not decoded."""
        text, quick = self._numbered(sql), self._quick
        if quick is None or not self._stopwatch.is_quick(text) or self._open_transaction() is not None:
            return None
        values = encode_args(args)
        quick.text_factory = bytes
        try:
            rows = self._read_at_once(text, values, quick)
        finally:
            quick.text_factory = str
        found = rows[0][0] if rows else None
        return found if isinstance(found, bytes) else None

    def _read_at_once(
        self, sql: str, values: Sequence[str | int | bytes | None], quick: "_Reader"
    ) -> list[Row] | None:
        """Return the rows of a read on this thread, None when it turns out to take too long for that."""
        try:
            quick.deadline.at = monotonic() + _QUICK_SECONDS
            began = thread_time()
            rows: list[Row] = quick.execute(sql, values).fetchall()
            self._stopwatch.note(sql, thread_time() - began)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY):
                raise failure_of(error, sql) from error
            self._stopwatch.note(sql, _QUICK_SECONDS)
            return None
        except sqlite3.Error as error:
            raise failure_of(error, sql) from error
        return rows

    async def _read_dicts(self, sql: str, args: Sequence[object]) -> list[dict[str, object]]:
        text = self._numbered(sql)
        values = encode_args(args)

        def read(connection: sqlite3.Connection) -> list[dict[str, object]]:
            return dicts_of(self._begin_read(connection, self._statement_timeout).execute(text, values))

        return await self._read_on_thread(sql, read)

    async def _read_on_thread(self, sql: str, read: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._readers.run(read)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise StatementFailed(
                    f"a read took longer than {self._statement_timeout:g} s and was stopped: {sql:.200}"
                ) from error
            raise failure_of(error, sql) from error
        except REFUSALS as error:
            raise failure_of(error, sql) from error

    def _read_within(
        self,
        seconds: float,
        sql: str,
        values: Sequence[str | int | bytes | None],
        connection: sqlite3.Connection,
    ) -> list[Row]:
        reading = self._begin_read(connection, seconds)
        # Work, not waiting: under load every read waits, and threads would make it worse.
        began = thread_time()
        rows = reading.execute(sql, values).fetchall()
        self._stopwatch.note(sql, thread_time() - began)
        return rows

    @staticmethod
    def _begin_read(connection: sqlite3.Connection, seconds: float) -> sqlite3.Connection:
        assert isinstance(connection, _Reader)
        connection.deadline.at = monotonic() + seconds
        return connection

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        if self._quick is None:
            raise DatabaseError(f"the SQLite database {self.path} is not open: await start() first")
        if self._turns.locked():
            await self._wait_for_turn()
        else:
            await self._turns.acquire()
        try:
            yield Writing(self._writer, self._numbered, self._busy_timeout, self._stopwatch, self._log)
        finally:
            self._turns.release()

    async def _wait_for_turn(self) -> None:
        try:
            async with asyncio.timeout(self.wait):
                await self._turns.acquire()
        except TimeoutError:
            raise DatabaseBusy(
                f"the database has been busy with other changes for {self.wait:g} s; "
                "try again, or look for a transaction that waits for something else"
            ) from None

    def _connect_writer(self) -> sqlite3.Connection:
        # On its thread or on the event loop's, never on both at once; and interrupted from another.
        connection = sqlite3.connect(
            self.path,
            timeout=self._busy_timeout,
            isolation_level=None,
            cached_statements=512,
            check_same_thread=False,
        )
        self._prepare(connection, "journal_mode=wal", "synchronous=normal", "foreign_keys=on")
        # A transaction waits for others where it begins, by itself.
        connection.execute("pragma busy_timeout=0")
        # Bringing the log into the database is done at chosen commits.
        connection.execute("pragma wal_autocheckpoint=0")
        return connection

    def _connect_reader(self, steps: int = _READER_STEPS) -> _Reader:
        connection = sqlite3.connect(
            self.path,
            timeout=self._busy_timeout,
            isolation_level=None,
            cached_statements=512,
            check_same_thread=False,
            factory=_Reader,
        )
        self._prepare(connection, "query_only=on")
        connection.deadline = _Deadline()
        connection.set_progress_handler(connection.deadline.passed, steps)
        return connection

    def _prepare(self, connection: sqlite3.Connection, *pragmas: str) -> None:
        for pragma in (*pragmas, *self._pragmas):
            connection.execute(f"pragma {pragma}")
        connection.create_function("fold", 1, _fold, deterministic=True)


def _fold(value: str | None) -> str | None:
    return None if value is None else fold(str(value))
