"""Dates that could be read in two ways: how their column is read, and that it is told."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cardfile.errors import InvalidInput, Refused
from cardfile.imports.fills import Fill
from cardfile.imports.read_rows import ReadRow
from cardfile.imports.targets import Place
from cardfile.model.fields import Kind
from cardfile.model.kinds import Reading
from cardfile.spreadsheets.cells import Cell
from cardfile.values.cell import shown
from cardfile.values.date_order import DateOrder, date_order

__all__ = ["in_order", "telling_order"]

DAY_FIRST: Final = (
    "{value} was read with the day first, like all of its column: if the month stands first there, write the"
    " dates like 2025-12-31."
)
MONTH_FIRST: Final = (
    "{value} was read with the month first, like all of its column: if the day stands first there, write the"
    " dates like 2025-12-31."
)


def in_order(reading: Reading, day_first: bool | None) -> Reading:  # noqa: FBT001  # None is the reading's own.
    """Return how to read a column whose dates themselves tell their order, if they do."""
    return reading if day_first is None else replace(reading, day_first=day_first)


def telling_order(fill: Fill, place: Place, reading: Reading) -> Fill:
    """Let it be told, at the first date that could be read in two ways, how the whole column is read."""
    if place.line is None or place.line.kind not in (Kind.DATE, Kind.DATETIME):
        return fill
    template = DAY_FIRST if reading.day_first else MONTH_FIRST
    is_told = False

    def fill_telling(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        nonlocal is_told
        notes = fill(row, cell)
        if is_told or date_order((cell,)) is not DateOrder.UNCLEAR:
            return notes
        is_told = True
        return (*notes, InvalidInput(template, value=shown(cell)))

    return fill_telling
