"""How far a stage is, how fast it goes, and how much is done at once."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

from cardfile.imports.counts import ImportCounts
from cardfile.imports.tables import Import

__all__ = ["Gauge", "PortionSize", "Progress", "Tell"]

HOLD: Final = 0.045
"""For how many seconds of work a portion should keep SQLite's one writer: others wait for it meanwhile."""

HOLD_APART: Final = 0.04
"""The same where others write beside it: only the event loop is kept from others then, a part of a portion at once."""

FIRST: Final = 100
LEAST: Final = 100
_GROWING: Final = 1.5
_SHRINKING: Final = 0.7
_SLACK: Final = 0.3
_WINDOW: Final = 10.0
_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is: how many rows of all sheets were dealt with, of about how many, and the counts so far."""

    row: int
    about: int | None
    counts: ImportCounts


Tell = Callable[[Progress], None]


class PortionSize:
    """How many rows or records go into one transaction: as many as lately took about the time it may last.

    It grows and shrinks by steps, so that one delay of the whole machine does not make all that follows slow; and
    it does not shrink below what pays: a transaction costs much before its first row.
    """

    def __init__(self, *, most: int, is_alone: bool) -> None:
        self._most = most
        self._hold = HOLD if is_alone else HOLD_APART
        self.rows = min(FIRST, most)

    def note(self, rows: int, seconds: float) -> None:
        """Learn from a transaction of so many rows that lasted for so long."""
        wanted = self.rows
        if seconds > self._hold * (1 + _SLACK):
            wanted = int(self.rows * _SHRINKING)
        elif seconds < self._hold * (1 - _SLACK) and rows * 2 > self.rows:
            wanted = int(self.rows * _GROWING)
        self.rows = max(min(wanted, self._most), min(LEAST, self._most))


class Gauge:
    """Measures the speed of a stage over the last ten seconds, and says when it is worth writing down again."""

    def __init__(self, rows: int, about: int | None) -> None:
        self.about = about
        self._marks: deque[tuple[float, int]] = deque([(monotonic(), rows)])
        self._told = 0.0

    @property
    def is_due(self) -> bool:
        """Whether a second has passed since the progress was written down."""
        return monotonic() - self._told >= _EVERY

    def columns(self, rows: int, now: datetime) -> dict[Any, Any]:
        """Return the progress by the columns of the import's table."""
        moment = self._told = monotonic()
        self._marks.append((moment, rows))
        while len(self._marks) > 2 and moment - self._marks[0][0] > _WINDOW:
            self._marks.popleft()
        since, before = self._marks[0]
        speed = round((rows - before) / (moment - since)) if moment > since else None
        return {
            Import.stage_rows: rows,
            Import.stage_about: None if self.about is None else max(self.about, rows),
            Import.stage_speed: speed,
            Import.stage_at: now,
        }
