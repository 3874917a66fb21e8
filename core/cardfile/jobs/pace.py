"""How many jobs may lie in a queue: no more than are done before they would be handed over again."""

from time import monotonic
from typing import Final

__all__ = ["Pace"]

LONGEST: Final = 200
"""How many jobs lie in a queue at most: enough to keep every thread busy from one look to the next."""

LEAST_BY_THREAD: Final = 4
WINDOW_SECONDS: Final = 0.5
SHARE: Final = 3
"""In which part of the time, after which a job is handed over again, the whole queue is to be done."""


class Pace:
    """Counts what the threads of one process do, and says how long its queue may be."""

    def __init__(self, *, threads: int, patience: float) -> None:
        self._least = LEAST_BY_THREAD * threads
        self._seconds = patience / SHARE
        self._done = 0
        self._since = monotonic()
        self._limit = self._least

    def note(self) -> None:
        """Count one job that is done; a few may be lost between threads."""
        self._done += 1

    def limit(self) -> int:
        """Return how many jobs may lie in the queue."""
        elapsed = monotonic() - self._since
        if elapsed >= WINDOW_SECONDS:
            wanted = int(self._done / elapsed * self._seconds)
            self._limit = min(max(wanted, self._least), LONGEST)
            self._done, self._since = 0, monotonic()
        return self._limit
