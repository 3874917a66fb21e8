"""The second reader of workbooks, for those on which calamine gives up."""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO, Final

import openpyxl

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import Cell, CellError, Row, SheetInfo
from cardfile.spreadsheets.sources import UNREADABLE, cut_empty_end

__all__ = ["OpenpyxlSource"]

_BLANK_ROWS: Final = 1000


class OpenpyxlSource:
    """A workbook (xlsx, xlsm) read by openpyxl: slower, forgiving towards other faults than calamine."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)

    def sheets(self) -> list[SheetInfo]:
        """Return the sheets that hold cells, hidden ones included, in the file's order."""
        return [
            SheetInfo(name=sheet.title, is_visible=sheet.sheet_state == "visible")
            for sheet in self._book.worksheets
        ]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of `sheet` that are not blank; raises `KeyError` for an unknown sheet.

        Stops after 1000 blank rows: some programs pad a sheet with a million of them.
        """
        opened = self._book[sheet]
        opened.reset_dimensions()
        blank = 0
        rows = enumerate(opened.iter_rows(), 1)
        while True:
            try:
                number, row = next(rows)
            except StopIteration:
                return
            except MemoryError:
                raise
            except Exception as error:  # It lets anything out: KeyError, IndexError, ParseError.
                raise FileRefused(UNREADABLE) from error
            cells = cut_empty_end([self._value(cell) for cell in row])
            blank = 0 if cells else blank + 1
            if cells:
                yield number, cells
            elif blank > _BLANK_ROWS:
                return

    @staticmethod
    def _value(cell: object) -> Cell:
        value = getattr(cell, "value", None)
        if value is None or value == "":
            return None
        if getattr(cell, "data_type", "n") == "e":
            return CellError(str(value))
        if isinstance(value, dt.datetime) and value.time() == dt.time() and not _shows_time(cell):
            return value.date()
        if isinstance(value, bool | int | float | str | dt.date | dt.time | dt.timedelta):
            return value
        return str(value)


def _shows_time(cell: object) -> bool:
    shown = str(getattr(cell, "number_format", "")).lower()
    return "h" in shown or "ss" in shown
