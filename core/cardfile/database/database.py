"""A database that keeps the cards, whichever engine it runs on."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from cardfile.database.dialect import Dialect
from cardfile.database.failures import TransactionClosed
from cardfile.database.piccolo_bridge import PiccoloQuery, run_query
from cardfile.database.transaction import OPEN, Connection, Isolation, Row, Transaction
from cardfile.errors import DatabaseError

__all__ = ["Database"]

Answer = TypeVar("Answer")


class Database(ABC):
    """Reads, transactions and Piccolo queries, alike on SQLite and PostgreSQL.

    SQL is written with `$1, $2, …` (or with what `dialect.param` says). Arguments are Python values; a list
    is one argument. Rows come as tuples of what the engine keeps; `run` gives Python values.
    """

    dialect: Dialect
    wait: float
    """For how many seconds a task waits for its turn before DatabaseBusy is raised."""

    _is_started: bool = False

    async def start(self) -> None:
        """Open the connections; a database that cannot be reached, or is open already, raises DatabaseError."""
        if self._is_started:
            raise DatabaseError(
                "this database is started already, and a second start would lose its connections: "
                "use the one that is open, or close it first"
            )
        self._is_started = True
        try:
            await self._open()
        except BaseException:
            self._is_started = False
            raise

    async def close(self) -> None:
        """Close the connections, after the statements that still run; it may be started again."""
        try:
            await self._close()
        finally:
            self._is_started = False

    @abstractmethod
    async def _open(self) -> None:
        """Open the connections."""

    @abstractmethod
    async def _close(self) -> None:
        """Close the connections, after the statements that still run; those of a failed start too."""

    @abstractmethod
    async def _read(self, sql: str, args: Sequence[object], *, quick: bool) -> list[Row]:
        """Return the rows of a read outside of transactions."""

    @abstractmethod
    async def _read_dicts(self, sql: str, args: Sequence[object]) -> list[dict[str, object]]:
        """Return the rows of a read outside of transactions by the names of their columns."""

    @abstractmethod
    def _connection(self) -> AbstractAsyncContextManager[Connection]:
        """Return a connection for one transaction, not begun."""

    async def fetch(self, sql: str, args: Sequence[object] = (), *, quick: bool = False) -> list[Row]:
        """Return the rows of a read; inside a transaction of this task it sees the task's own writes.

        `quick` says that the read takes well under a millisecond: SQLite then answers it on the event loop's
        own thread, and moves it to a reader's when it lasts. Reads that have proved to be quick go there too.
        """
        open_one = self._open_transaction()
        if open_one is not None:
            return await open_one.fetch(sql, args)
        return await self._read(sql, args, quick=quick)

    async def fetch_value(
        self, sql: str, args: Sequence[object] = (), *, quick: bool = False
    ) -> object | None:
        """Return the first column of the first row, None when there is no row."""
        rows = await self.fetch(sql, args, quick=quick)
        return rows[0][0] if rows else None

    def text_at_once(self, sql: str, args: Sequence[object] = ()) -> bytes | None:
        """Return the UTF-8 of the one text that a read gives, if the read has proved to be quick.

        None when it has to be awaited: it is slow or new, or this task is in a transaction.
        """
        return None

    async def fetch_dicts(self, sql: str, args: Sequence[object] = ()) -> list[dict[str, object]]:
        """Return the rows of a read by the names of their columns, where and as `fetch` does."""
        open_one = self._open_transaction()
        if open_one is not None:
            return await open_one.fetch_dicts(sql, args)
        return await self._read_dicts(sql, args)

    @asynccontextmanager
    async def transaction(
        self, *, isolation: Isolation | None = None, lasting: bool = True
    ) -> AsyncIterator[Transaction]:
        """Open a transaction, or a savepoint when this task is in a transaction of this database.

        On SQLite every transaction is a writing one, alone and serializable, whatever `isolation` says. One that
        need not be `lasting` is for what is found undone and done again: PostgreSQL does not wait for its disk
        then, nor have others to, and when the server falls it may be undone as a whole. SQLite works so anyway.
        """
        outer = self._open_transaction()
        if outer is not None:
            if isolation is not None:
                raise DatabaseError("only the outermost transaction can choose its isolation")
            async with outer.nested() as inner:
                yield inner
            return
        async with self._connection() as connection:
            try:
                await connection.begin(isolation, lasting=lasting)
            except BaseException:
                await connection.rollback()
                raise
            async with Transaction(self, connection).outermost() as transaction:
                yield transaction

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[Transaction]:
        """Give the transaction that this task is in, or one of its own when it is in none.

        For what need not be undone alone: a savepoint costs PostgreSQL two more ways to the server.
        """
        open_one = self._open_transaction()
        if open_one is not None:
            yield open_one
            return
        async with self.transaction() as transaction:
            yield transaction

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[Transaction]:
        """Open a transaction for changing tables: one at a time, over all processes, without time limits.

        On SQLite foreign keys are checked when it is committed instead of with each statement, for a table
        that is rebuilt is away for a moment.
        """
        if self._open_transaction() is not None:
            raise DatabaseError("a migration cannot run inside another transaction")
        async with self._connection() as connection:
            try:
                await connection.begin_migration()
            except BaseException:
                await connection.rollback()
                raise
            async with Transaction(self, connection).outermost() as transaction:
                yield transaction

    async def run(self, query: PiccoloQuery[Answer]) -> Answer:
        """Run a Piccolo query in this database, in the task's transaction if there is one.

        Rows come as dicts with Python values on both engines.
        """
        return await run_query(self, query)

    def _open_transaction(self) -> Transaction | None:
        for candidate in reversed(OPEN.get()):
            if candidate.database is self:
                if candidate.closed:
                    raise TransactionClosed(
                        "this task was started inside a transaction that is over by now; "
                        "a task that lives longer must be started outside of it"
                    )
                return candidate
        return None
