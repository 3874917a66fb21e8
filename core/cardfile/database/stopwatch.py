"""How long reads take, so that quick ones need no thread of their own."""

from typing import Final

__all__ = ["QUICK", "Stopwatch"]

QUICK: Final = 0.005
"""Up to how many seconds of work a read is quick: handing it to a thread and back would cost as much."""

PROVEN: Final = 3
"""How many runs must have shown it."""

FORGETTING: Final = 0.9
"""What is left of an old slow run with each new one: the first run of a statement finds a cold cache."""

MOST_KEPT: Final = 2_048


class Stopwatch:
    """Remembers by their text how much work reads have been."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, float]] = {}

    def note(self, sql: str, seconds: float) -> None:
        """Take note of one run."""
        runs, slowest = self._known.get(sql, (0, 0.0))
        if not runs and len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[sql] = (runs + 1, max(seconds, slowest * FORGETTING))

    def is_quick(self, sql: str) -> bool:
        """Tell whether the read has proved to be quick."""
        runs, slowest = self._known.get(sql, (0, 0.0))
        return runs >= PROVEN and slowest < QUICK
