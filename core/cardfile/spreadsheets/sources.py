"""What a reader of files gives, and the first reader of workbooks: calamine."""

from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

import python_calamine as calamine

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import Cell, Row, SheetInfo
from cardfile.spreadsheets.limits import PROTECTED

__all__ = ["TOO_LONG", "UNREADABLE", "CalamineSource", "Source", "cut_empty_end"]

UNREADABLE: Final = (
    "The file cannot be understood as a spreadsheet: open it in Excel, save it as xlsx and send that."
)
"""The sentence for a file on which every reader gave up."""


TOO_LONG: Final = "A cell in line {line} has more than {most} characters: shorten it."
"""The sentence for a text that no cell of Excel would hold."""


class Source(Protocol):
    """An opened file that can list its sheets and read each of them from the top."""

    def sheets(self) -> list[SheetInfo]:
        """Return the sheets that hold cells, hidden ones included, in the file's order."""
        ...

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of `sheet` that are not blank; raises `KeyError` for an unknown sheet."""
        ...


def cut_empty_end(cells: list[Cell]) -> tuple[Cell, ...]:
    """Return `cells` without the empty ones at the end."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return tuple(cells[:end])


class CalamineSource:
    """A workbook (xlsx, xlsm, xlsb, xls, ods) read by calamine.

    A sheet stays parsed until another one is asked for, so that counting its rows and reading them costs one
    parse. Raises `FileRefused` for a password and calamine's own errors for what it cannot read.
    """

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        try:
            self._book = calamine.CalamineWorkbook.from_filelike(file)
        except calamine.PasswordError as error:
            raise FileRefused(PROTECTED) from error
        self._parsed: tuple[str, calamine.CalamineSheet] | None = None

    def sheets(self) -> list[SheetInfo]:
        """Return the sheets that hold cells, hidden ones included, in the file's order."""
        return [
            SheetInfo(
                name=sheet.name,
                is_visible=sheet.visible == calamine.SheetVisibleEnum.Visible,
            )
            for sheet in self._book.sheets_metadata
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of `sheet` that are not blank; raises `KeyError` for an unknown sheet."""
        parsed = self._parse(sheet)
        start = parsed.start
        if start is None:
            return
        # calamine keeps the empty rows above the first cell but cuts the empty columns left of it.
        left: list[Cell] = [None] * start[1]
        for number, values in enumerate(parsed.iter_rows(), 1):
            filled: list[Cell] = [None if value == "" else value for value in values]
            cells = cut_empty_end([*left, *filled] if left else filled)
            if cells:
                yield number, cells

    def _parse(self, sheet: str) -> calamine.CalamineSheet:
        if self._parsed is None or self._parsed[0] != sheet:
            self._parsed = None  # Two sheets in memory at once would need twice the limit.
            if sheet not in self._book.sheet_names:
                raise KeyError(sheet)
            self._parsed = (sheet, self._book.get_sheet_by_name(sheet))
        return self._parsed[1]
