"""Transactions: one class for both engines, over a small interface to a connection."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Literal, Protocol, TypeVar

from cardfile.database.columns import ColumnType
from cardfile.database.dialect import Dialect
from cardfile.database.failures import DatabaseBusy, TransactionClosed

__all__ = ["OPEN", "Connection", "Isolation", "Keeper", "Row", "Transaction", "finished"]

T = TypeVar("T")
Row = tuple[object, ...]
Isolation = Literal["read committed", "repeatable read", "serializable"]


class Keeper(Protocol):
    """What a transaction and a query need to know of their database."""

    @property
    def dialect(self) -> Dialect:
        """How SQL is written there."""
        ...

    @property
    def wait(self) -> float:
        """For how many seconds a task waits for its turn."""
        ...

    async def fetch(self, sql: str, args: Sequence[object] = ()) -> list[Row]:
        """Return the rows of a read, in the task's transaction if there is one."""
        ...

    async def fetch_dicts(self, sql: str, args: Sequence[object] = ()) -> list[dict[str, object]]:
        """Return the rows of a read by column names, in the task's transaction if there is one."""
        ...

    def joined(self) -> AbstractAsyncContextManager["Transaction"]:
        """Give the task's transaction, or one of its own when it is in none."""
        ...


OPEN: ContextVar[tuple["Transaction", ...]] = ContextVar("cardfile_open_transactions", default=())
"""The transactions that the running task is in, of all databases, innermost last."""


async def finished(work: "asyncio.Future[T]") -> T:
    """Wait for `work` to its end even when cancelled, and only then let the cancellation through.

    What leaves a connection in an unknown state when it is given up halfway (COMMIT, ROLLBACK) is
    awaited by this.
    """
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not work.cancelled():
            work.exception()
        raise cancelled
    return work.result()


class Connection(ABC):
    """A connection while one transaction owns it; every engine has its own kind.

    A cancelled `fetch` or `execute` must leave the connection able to `rollback`, and `rollback` must
    not fail: a connection that cannot be rolled back is thrown away.
    """

    @abstractmethod
    async def begin(self, isolation: Isolation | None, *, lasting: bool) -> None:
        """Open the transaction; its commit waits for the disk if it is `lasting`."""

    @abstractmethod
    async def begin_migration(self) -> None:
        """Open a transaction in which tables may be rebuilt, and wait for any other migration to end."""

    @abstractmethod
    async def commit(self) -> None:
        """Make it last; when it fails, the transaction is rolled back before the error is raised."""

    @abstractmethod
    async def rollback(self) -> None:
        """Undo it."""

    @abstractmethod
    async def command(self, sql: str) -> None:
        """Run one of SAVEPOINT, RELEASE and ROLLBACK TO, undisturbed by cancellation."""

    @abstractmethod
    async def fetch(self, sql: str, args: Sequence[object]) -> list[Row]:
        """Run a statement and return its rows."""

    @abstractmethod
    async def fetch_dicts(self, sql: str, args: Sequence[object]) -> list[dict[str, object]]:
        """Run a statement and return its rows by the names of their columns."""

    @abstractmethod
    async def execute(self, sql: str, args: Sequence[object]) -> int:
        """Run a statement and return how many rows it touched."""

    @abstractmethod
    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for every row of arguments."""

    @abstractmethod
    async def insert_many(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        types: Sequence[ColumnType] | None,
    ) -> None:
        """Insert rows by the fastest way that the engine has."""

    @abstractmethod
    async def insert_columns(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """Insert rows that are given column by column."""

    @abstractmethod
    async def execute_columns(self, sql: str, columns: Sequence[Sequence[object]]) -> None:
        """Run a statement once for every row of arguments that are given column by column."""

    @abstractmethod
    async def reserve_ids(self, table: str, count: int) -> Sequence[int]:
        """Return ids of `table` that nobody else gets."""

    def fetch_at_once(self, sql: str, args: Sequence[object]) -> list[Row] | None:
        """Do what `fetch` does without waiting, None when it has to be awaited: the connection is elsewhere."""
        return None

    def execute_at_once(self, sql: str, args: Sequence[object]) -> int | None:
        """Do what `execute` does for a statement that touches few rows, by their ids; None as above."""
        return None

    def reserve_ids_at_once(self, table: str, count: int) -> Sequence[int] | None:
        """Do what `reserve_ids` does; None as above."""
        return None


class Transaction:
    """All of its statements happen, or none.

    Statements of tasks that were started inside wait for each other. After a statement has failed or was
    cancelled the transaction refuses further ones and cannot be committed, on SQLite as on PostgreSQL:
    put a statement that may fail into a nested `database.transaction()`. A task that outlives the
    transaction gets `TransactionClosed`.
    """

    def __init__(
        self, database: Keeper, connection: Connection, *, outer: "Transaction | None" = None
    ) -> None:
        self.database = database
        self._connection = connection
        self._outer = outer
        self._turn = asyncio.Lock()
        self._closed = False
        self._ended = False
        self._failed = False
        self._depth: int = 0 if outer is None else outer._depth + 1

    @property
    def closed(self) -> bool:
        """Whether the transaction is over."""
        return self._closed

    @property
    def ended(self) -> bool:
        """Whether it is known what became of it: with all around it, it was committed or rolled back."""
        return self._ended if self._outer is None else self._outer.ended

    async def fetch(self, sql: str, args: Sequence[object] = ()) -> list[Row]:
        """Return the rows of a statement, which may be an INSERT … RETURNING."""
        rows = self._at_once(lambda connection: connection.fetch_at_once(sql, args))
        return rows if rows is not None else await self._run(lambda connection: connection.fetch(sql, args))

    async def fetch_value(self, sql: str, args: Sequence[object] = ()) -> object | None:
        """Return the first column of the first row, None when there is no row."""
        rows = await self.fetch(sql, args)
        return rows[0][0] if rows else None

    async def fetch_dicts(self, sql: str, args: Sequence[object] = ()) -> list[dict[str, object]]:
        """Return the rows of a statement by the names of their columns."""
        return await self._run(lambda connection: connection.fetch_dicts(sql, args))

    async def execute(self, sql: str, args: Sequence[object] = (), *, quick: bool = False) -> int:
        """Run one statement and return how many rows it inserted, updated or deleted.

        `quick` says that it touches few rows, found by their ids: SQLite then does it on the event loop's own
        thread, for the way to another one and back takes longer.
        """
        done = self._at_once(lambda connection: connection.execute_at_once(sql, args)) if quick else None
        return done if done is not None else await self._run(lambda connection: connection.execute(sql, args))

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for every row of arguments."""
        await self._run(lambda connection: connection.execute_many(sql, rows))

    async def insert_many(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        types: Sequence[ColumnType] | None = None,
    ) -> None:
        """Insert many rows: by COPY on PostgreSQL, by one prepared statement on SQLite.

        `types`, one per column, lets JSON columns be given as Python values instead of their text.
        On SQLite the rows are drawn from `rows` on the writer's thread.
        """
        await self._run(lambda connection: connection.insert_many(table, columns, rows, types))

    async def insert_columns(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """Insert many rows that are given as the values of each column: what is to be looked at is, by the column."""
        await self._run(lambda connection: connection.insert_columns(table, columns))

    async def execute_columns(self, sql: str, columns: Sequence[Sequence[object]]) -> None:
        """Run one statement for every row of arguments, `columns[0]` being the first argument of each row."""
        await self._run(lambda connection: connection.execute_columns(sql, columns))

    async def reserve_ids(self, table: str, count: int = 1) -> Sequence[int]:
        """Return `count` ids for new rows of `table`, ascending, that nobody else gets."""
        if count < 1:
            return ()
        ids = self._at_once(lambda connection: connection.reserve_ids_at_once(table, count))
        return ids if ids is not None else await self._run(lambda found: found.reserve_ids(table, count))

    def _at_once(self, statement: Callable[[Connection], T | None]) -> T | None:
        """Do a statement that need not be awaited, None when this one must be, or another one is running."""
        scope = self._innermost()
        if scope._turn.locked():
            return None
        scope._require_usable()
        try:
            return statement(scope._connection)
        except BaseException:
            scope._failed = True
            raise

    async def _run(self, statement: Callable[[Connection], Awaitable[T]]) -> T:
        scope = self._innermost()
        await scope._take_turn()
        try:
            scope._require_usable()
            try:
                return await statement(scope._connection)
            except BaseException:
                scope._failed = True
                raise
        finally:
            scope._turn.release()

    def _innermost(self) -> "Transaction":
        """Return the nested transaction of ours that the running task is in, or ourselves."""
        for candidate in reversed(OPEN.get()):
            scope: Transaction | None = candidate
            while scope is not None:
                if scope is self:
                    return candidate
                scope = scope._outer
        return self

    async def _take_turn(self) -> None:
        if not self._turn.locked():
            await self._turn.acquire()
            return
        try:
            async with asyncio.timeout(self.database.wait):
                await self._turn.acquire()
        except TimeoutError:
            raise DatabaseBusy(
                f"another task has used this transaction for {self.database.wait:g} s; a task inside a "
                "nested transaction must not wait for a task that was started outside of it"
            ) from None

    def _require_usable(self) -> None:
        if self._closed:
            raise TransactionClosed(
                "this transaction is over; a task that was started inside a transaction must end before it"
            )
        if self._failed:
            raise TransactionClosed(
                "an earlier statement of this transaction failed or was cancelled, so nothing more can "
                "be done in it; put statements that may fail into a nested transaction"
            )

    @asynccontextmanager
    async def nested(self) -> AsyncIterator["Transaction"]:
        """Open a savepoint: what happens inside is undone alone when the block raises.

        Other tasks of the outer transaction wait until the block ends.
        """
        scope = self._innermost()
        await scope._take_turn()
        try:
            scope._require_usable()
            inner = Transaction(self.database, scope._connection, outer=scope)
            name = f"cardfile_{inner._depth}"
            try:
                await inner._connection.command(f"savepoint {name}")
            except BaseException:
                scope._failed = True
                raise
            try:
                with inner._open():
                    yield inner
                await inner._stragglers()
                inner._require_finishable()
            except BaseException:
                await scope._undo(name, inner)
                raise
            try:
                await inner._connection.command(f"release savepoint {name}")
            except BaseException:
                scope._failed = True
                raise
        finally:
            scope._turn.release()

    async def _undo(self, name: str, inner: "Transaction") -> None:
        # When even this fails (the connection broke, or SQLite rolled everything back), the block's own
        # error is the one to tell; the outer transaction then cannot go on.
        try:
            await inner._stragglers()
            await self._connection.command(f"rollback to savepoint {name}")
            await self._connection.command(f"release savepoint {name}")
        except BaseException:  # noqa: BLE001  # even a cancellation, for the same reason
            self._failed = True

    @contextmanager
    def _open(self) -> Iterator[None]:
        """Be what the running task's statements go to, until the end of the block closes us."""
        before = OPEN.get()
        OPEN.set((*before, self))
        try:
            yield
        finally:
            # Not reset(token): a fixture may be torn down in another context than it was set up in.
            OPEN.set(before)
            self._closed = True

    def _require_finishable(self) -> None:
        if self._failed:
            raise TransactionClosed(
                "a statement of this transaction failed and the failure was swallowed, so nothing of it "
                "was kept; let the error through, or put the statement into a nested transaction"
            )

    @asynccontextmanager
    async def outermost(self) -> AsyncIterator["Transaction"]:
        """Keep what happens in the block, which runs on a connection that has begun, or undo it."""
        try:
            try:
                with self._open():
                    yield self
                await self._stragglers()
                self._require_finishable()
            except BaseException:
                try:
                    await self._stragglers()
                finally:
                    await self._connection.rollback()
                raise
            await self._connection.commit()
        finally:
            self._ended = True

    async def _stragglers(self) -> None:
        """Wait for the statement that a forgotten task still runs; its next one finds us closed."""
        if self._turn.locked():
            await finished(asyncio.ensure_future(self._turn.acquire()))
            self._turn.release()
