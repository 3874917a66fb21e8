"""Threads that each own one SQLite connection and do what the event loop hands them, in order."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, TypeVar

__all__ = ["ConnectionThreads"]

T = TypeVar("T")
Deed = Callable[[sqlite3.Connection], T]


class _Job(Generic[T]):
    """One deed on its way through a thread."""

    def __init__(self, deed: Deed[T], answer: "asyncio.Future[T] | None") -> None:
        self.deed = deed
        self.answer = answer
        self._abandoned = False
        self._connection: sqlite3.Connection | None = None
        self._guard = threading.Lock()

    def perform(self, connection: sqlite3.Connection) -> None:
        """Do the deed, unless nobody waits for it any more, and hand its outcome to the event loop."""
        with self._guard:
            if self._abandoned:
                return
            self._connection = connection
        value: T | None = None
        failure: BaseException | None = None
        try:
            value = self.deed(connection)
        except BaseException as error:  # noqa: BLE001  # raised where it is awaited
            failure = error
        with self._guard:
            self._connection = None
        if self.answer is not None:
            # When the event loop is closed, nobody waits.
            with contextlib.suppress(RuntimeError):
                self.answer.get_loop().call_soon_threadsafe(self._settle, value, failure)

    def abandon(self) -> None:
        """Stop the deed if it runs, and keep it from beginning if it does not."""
        with self._guard:
            self._abandoned = True
            # Only while it runs: an interruption that comes late would hit the ROLLBACK that follows.
            if self._connection is not None:
                self._connection.interrupt()

    def _settle(self, value: T | None, failure: BaseException | None) -> None:
        if self.answer is None or self.answer.done():
            return
        if failure is None:
            self.answer.set_result(value)  # type: ignore[arg-type]  # without a failure there is a value
        else:
            self.answer.set_exception(failure)


class ConnectionThreads:
    """`count` daemon threads with a connection each, all working off one queue.

    With one thread, deeds happen in the order in which they were handed over. The threads never keep the
    process alive.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], *, count: int, name: str) -> None:
        self._connect = connect
        self._queue: SimpleQueue[_Job[object] | None] = SimpleQueue()
        self._names = [f"{name}-{number}" for number in range(1, count + 1)]
        self._threads: list[threading.Thread] = []
        self._connections: list[sqlite3.Connection] = []

    @property
    def connections(self) -> Sequence[sqlite3.Connection]:
        """The connections that are open; whoever uses one must know that its thread has nothing to do."""
        return self._connections

    async def start(self) -> None:
        """Start the threads, and raise what any of them meets while it connects."""
        openings: list[Future[None]] = []
        for name in self._names:
            opened: Future[None] = Future()
            thread = threading.Thread(target=self._serve, args=(opened,), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)
            openings.append(opened)
        results = await asyncio.gather(*map(asyncio.wrap_future, openings), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                await self.close()
                raise result

    async def close(self) -> None:
        """Let the threads finish what they have been given, close their connections and end."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        self._threads.clear()

    def post(self, deed: Deed[object]) -> None:
        """Hand over a deed whose outcome nobody waits for."""
        self._queue.put(_Job(deed, None))

    def submit(self, deed: Deed[T]) -> "asyncio.Future[T]":
        """Hand over a deed that happens even when the caller gives up waiting."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(_Job(deed, answer))  # type: ignore[arg-type]  # the queue does not look at results
        return answer

    async def run(self, deed: Deed[T]) -> T:
        """Do a deed and return its result; cancellation interrupts it."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        job = _Job(deed, answer)
        self._queue.put(job)  # type: ignore[arg-type]  # the queue does not look at results
        try:
            return await answer
        except asyncio.CancelledError:
            job.abandon()
            raise

    def _serve(self, opened: Future[None]) -> None:
        try:
            connection = self._connect()
        except BaseException as error:  # noqa: BLE001  # raised where it is awaited
            opened.set_exception(error)
            # The queue's end mark is still ours to take.
            self._queue.get()
            return
        self._connections.append(connection)
        opened.set_result(None)
        try:
            while True:
                job = self._queue.get()
                if job is None:
                    return
                job.perform(connection)
                # While it waits, the thread would keep alive what the last job refers to.
                del job
        finally:
            self._connections.remove(connection)
            connection.close()
