"""The rows of a sheet, portion by portion, with what each of them is; the same in a run and in a check."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cardfile.imports.kept_import import header_of
from cardfile.imports.plan import SheetPlan
from cardfile.spreadsheets.cells import Row
from cardfile.spreadsheets.reader import SheetFile
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter

__all__ = ["Portion", "portions_of"]

_READ: Final = 1_000
"""How many rows are read at once: those of the first reading tell data from asides."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows of a sheet up to the row `last`: data, names of groups, and how many there are of each kind."""

    last: int
    data: Sequence[Row]
    groups: Sequence[Row]
    kinds: Mapping[RowKind, int]


async def portions_of(
    file: SheetFile, plan: SheetPlan, size: Callable[[], int], *, after: int = 0
) -> AsyncIterator[Portion]:
    """Yield the rows of a sheet after the row `after`, so many at once as `size` says."""
    sorter: RowSorter | None = None
    async for batch in file.rows(plan.sheet, batch=_READ):
        if sorter is None:
            sorter = RowSorter(header_of(plan), batch)
        known = sum(number <= after for number, _ in batch)
        # What was dealt with in an earlier run is sorted all the same: rows below may be told by it.
        list(sorter.sort(batch[:known]))
        start = known
        while start < len(batch):
            rows = batch[start : start + max(1, size())]
            start += len(rows)
            before = Counter(sorter.counts)
            kinds = list(sorter.sort(rows))
            yield Portion(
                rows[-1][0],
                [row for kind, row in kinds if kind is RowKind.DATA],
                [row for kind, row in kinds if kind is RowKind.ASIDE],
                sorter.counts - before,
            )
