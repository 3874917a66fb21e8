"""What happens beside an import: memory, stalls of the event loop, and how long others wait to write."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final
from unittest.mock import patch

from cardfile.database import Database
from cardfile.database.sqlite import SqliteDatabase
from cardfile.database.sqlite_writing import Writing

__all__ = ["Watch", "watching"]

PAGE: Final = os.sysconf("SC_PAGE_SIZE")
BEAT: Final = 0.01
ASK: Final = 0.05


@dataclass(slots=True)
class Watch:
    """What was seen: bytes over idle at most, stalls of the loop, waits of a second writer, transactions in seconds."""

    idle: int
    peak: int = 0
    stalls: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)

    @property
    def more_mb(self) -> float:
        """Return how many megabytes server and child took over idle."""
        return max(0, self.peak - self.idle) / 1e6

    @staticmethod
    def ms(times: list[float], share: float) -> float:
        """Return the time in milliseconds that this share of the times does not exceed."""
        return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1e3 if times else 0.0


def resident() -> int:
    """Return the bytes that this process and its children hold, shared pages of files left out."""
    total = 0
    for process in (os.getpid(), *_children(os.getpid())):
        with suppress(OSError, ValueError):
            _, whole, shared, *_ = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
            total += (int(whole) - int(shared)) * PAGE
    return total


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found + [one for child in found for one in _children(child)]


_SECOND_WRITER: Final = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
print("ready", flush=True)
for _ in sys.stdin:
    began, pause = time.monotonic(), 0.001
    while True:
        try:
            connection.execute("begin immediate")
            break
        except sqlite3.OperationalError:
            time.sleep(pause)
            pause = min(pause * 1.2, 0.01)
    waited = time.monotonic() - began
    connection.execute("commit")
    print(waited, flush=True)
"""
"""Waits as the product does: for another process it looks again every few milliseconds."""


@asynccontextmanager
async def watching(url: str, database: Database) -> AsyncIterator[Watch]:
    """Watch what happens in the block."""
    watch, over = Watch(resident()), threading.Event()
    threads = [threading.Thread(target=_watch_memory, args=(watch, over))]
    if url.startswith("sqlite"):
        threads.append(
            threading.Thread(target=_write_too, args=(watch, over, url.removeprefix("sqlite:///")))
        )
    for one in threads:
        one.start()
    beat = asyncio.create_task(_beat(watch))
    try:
        with _noting_transactions(database, watch):
            yield watch
    finally:
        beat.cancel()
        over.set()
        for one in threads:
            await asyncio.to_thread(one.join)


@contextmanager
def _noting_transactions(database: Database, watch: Watch) -> Iterator[None]:
    """Note for how long each transaction keeps SQLite's one writer.

    From its beginning to the end of its commit, which is more than that: the log is brought into the database then.
    """
    if not isinstance(database, SqliteDatabase):
        yield
        return
    commit, began = Writing.commit, [0.0]

    def note(statement: str) -> None:
        if statement == "begin immediate":
            began[0] = monotonic()

    async def noting(self: Writing) -> None:
        await commit(self)
        if began[0]:
            watch.held.append(monotonic() - began[0])
            began[0] = 0.0

    (connection,) = database._writer.connections
    connection.set_trace_callback(note)
    try:
        with patch.object(Writing, "commit", noting):
            yield
    finally:
        connection.set_trace_callback(None)


async def _beat(watch: Watch) -> None:
    while True:
        began = monotonic()
        await asyncio.sleep(BEAT)
        watch.stalls.append(max(0.0, monotonic() - began - BEAT))


def _watch_memory(watch: Watch, over: threading.Event) -> None:
    while not over.wait(ASK):
        watch.peak = max(watch.peak, resident())


def _write_too(watch: Watch, over: threading.Event, file: str) -> None:
    """Begin to write twenty times a second, in a process of its own, and note how long that waits."""
    command = [sys.executable, "-I", "-S", "-c", _SECOND_WRITER, file]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        while not over.wait(ASK):
            process.stdin.write("\n")
            process.stdin.flush()
            watch.waits.append(float(process.stdout.readline()))
        process.stdin.close()
