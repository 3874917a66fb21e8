"""What the readers of workbooks lose, found beside them in the file itself.

calamine gives error cells and formulas that were never calculated as empty texts, and no number with what its
format shows; neither reader tells of merged and hidden cells alike for all formats.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final, Protocol

from cardfile.spreadsheets.cells import NEVER_CALCULATED, Cell, CellError, MergedRange, Row

__all__ = ["ERROR_BY_CODE", "Details", "Mark", "NoDetails", "SheetFacts", "overlay"]

Mark = tuple[int, int, Cell]
"""What belongs in a cell: row number (from 1), column index (from 0), and the value."""

ERROR_BY_CODE: Final[Mapping[int, CellError]] = {
    0x00: CellError("#NULL!"),
    0x07: CellError("#DIV/0!"),
    0x0F: CellError("#VALUE!"),
    0x17: CellError("#REF!"),
    0x1D: CellError("#NAME?"),
    0x24: CellError("#NUM!"),
    0x2A: CellError("#N/A"),
    0x2B: CellError("#GETTING_DATA"),
}
"""The errors of the binary formats, by the codes of [MS-XLS] 2.5.10 and [MS-XLSB] 2.5.97.2."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What is told of a sheet besides its cells; see `SheetInfo`."""

    about: int | None = None
    hidden_rows: int = 0
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[MergedRange, ...] = ()


class Details(Protocol):
    """The details of one file."""

    def facts(self) -> Mapping[str, SheetFacts]:
        """Return what is known, by sheet name; a sheet may be missing."""
        ...

    def marks(self, sheet: str) -> Iterator[Mark]:
        """Yield what belongs into cells that the readers give otherwise, from top to bottom."""
        ...


class NoDetails:
    """The details of a file whose reader loses nothing."""

    def facts(self) -> Mapping[str, SheetFacts]:
        """Return nothing."""
        return {}

    def marks(self, sheet: str) -> Iterator[Mark]:
        """Return nothing."""
        return iter(())


def overlay(rows: Iterator[Row], marks: Iterable[Mark]) -> Iterator[Row]:
    """Yield `rows` with `marks` put into their cells; rows that hold nothing but marks are added."""
    by_row = groupby(marks, itemgetter(0))
    waiting = next(by_row, None)
    for number, read in rows:
        while waiting and waiting[0] < number:
            yield waiting[0], _marked((), waiting[1])
            waiting = next(by_row, None)
        if waiting and waiting[0] == number:
            yield number, _marked(read, waiting[1])
            waiting = next(by_row, None)
        else:
            yield number, read
    while waiting:
        yield waiting[0], _marked((), waiting[1])
        waiting = next(by_row, None)


def _marked(cells: tuple[Cell, ...], marks: Iterable[Mark]) -> tuple[Cell, ...]:
    filled = list(cells)
    for _, column, mark in marks:
        filled += [None] * (column + 1 - len(filled))
        # A formula may lack a stored value because its result is an empty text that a reader did deliver.
        if mark is not NEVER_CALCULATED or filled[column] in (None, 0):
            filled[column] = mark
    return tuple(filled)
