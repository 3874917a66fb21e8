"""What a cell may hold, and where it stands."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, NamedTuple

from cardfile.values.cell import UnitNumber

__all__ = [
    "NEVER_CALCULATED",
    "Cell",
    "CellError",
    "MergedRange",
    "Row",
    "SheetInfo",
    "UnitNumber",
    "cell_address",
    "column_letters",
    "column_number",
]


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error instead of a value: `#N/A`, `#DIV/0!`, or a formula nobody calculated."""

    text: str

    def __str__(self) -> str:
        return self.text


NEVER_CALCULATED: Final = CellError("#NEVER_CALCULATED")
"""A formula without a stored value: the file was made by a program and has not been saved by Excel since."""

Cell = None | bool | int | float | str | dt.date | dt.datetime | dt.time | dt.timedelta | CellError
"""The value of one cell. Whole numbers are integers, instants are naive and whole to the second.

A number that its cell shows with a unit (15 %, 100 €) is a `UnitNumber`; one shown with zeros in front is a text.
"""

Row = tuple[int, tuple[Cell, ...]]
"""A row's number, counted from 1 as Excel does, and its cells from column A to the last filled one."""


class MergedRange(NamedTuple):
    """Cells shown as one, whose value stands in the first: rows counted from 1, columns from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """One sheet of a file; `about` is a cheap count of its rows (styled empty rows included), if known.

    `merged` are the merged ranges from the top of the sheet, as many as `FileLimits.merged` allows. Hidden rows
    and columns are read like others; `hidden_rows` counts them, `hidden_columns` are the columns by index, those
    right of the last cell included. A text table has none of this.
    """

    name: str
    is_visible: bool = True
    about: int | None = None
    hidden_rows: int = 0
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[MergedRange, ...] = ()


def column_letters(index: int) -> str:
    """Return the letters of the column at `index`, counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return how many columns there are from A up to the column `letters`: A is 1, XFD is 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def cell_address(row: int, index: int) -> str:
    """Return the address that Excel shows for a cell: row 14 and column index 2 give `C14`."""
    return f"{column_letters(index)}{row}"
