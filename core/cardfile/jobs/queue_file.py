"""The queue as a file: it may be deleted or spoiled at any moment, and is made anew then."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from huey.storage import SqliteStorage

__all__ = ["QueueFile"]

_PASSING: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class QueueFile(SqliteStorage):  # type: ignore[misc]  # Huey ships no types
    """Huey's storage in SQLite, over a file that nobody needs: the job table knows all that is in it."""

    def __init__(self, name: str, *, filename: str, **options: Any) -> None:
        self._path = Path(filename)
        self._conn: sqlite3.Connection | None = None
        self._inode: int | None = None
        # Nothing is lost with the file, so nothing waits for the disk.
        super().__init__(name, filename=filename, fsync=False, create_tables=False, **options)

    @property
    def conn(self) -> sqlite3.Connection:
        """The connection to the file that is there now, which may be another one than a moment ago."""
        if self._conn is not None and self._inode != self._found():
            self._let_go()
        if self._conn is None:
            if self._found() is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._sweep_up()
            opened = self._create_connection()
            for sql in self.ddl:
                opened.execute(sql)
            self._conn, self._inode = opened, self._found()
        return self._conn

    @contextmanager
    def db(self, commit: bool = False, close: bool = False) -> Iterator[sqlite3.Cursor]:  # noqa: FBT001, FBT002  # Huey's
        """Yield a cursor; a file that turns out to be spoiled is thrown away, and the error told."""
        try:
            with super().db(commit=commit, close=close) as cursor:
                yield cursor
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _PASSING:
                with self.lock:
                    self._let_go()
                    self._path.unlink(missing_ok=True)
                    self._sweep_up()
            raise

    def _found(self) -> int | None:
        try:
            return os.stat(self._path).st_ino
        except FileNotFoundError:
            return None

    def _let_go(self) -> None:
        if self._conn is not None:
            with suppress(sqlite3.Error):
                self._conn.close()
            self._conn = None

    def _sweep_up(self) -> None:
        """Remove what SQLite keeps beside a file that is gone."""
        for ending in ("-wal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)
