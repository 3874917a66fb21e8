"""Writing workbooks and text tables that are safe to open: a text is a text, whatever it begins with."""

import asyncio
import csv
import datetime as dt
import io
import os
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import column_letters

__all__ = ["MOST_ROWS", "OutColumn", "OutSheet", "plain_text", "write_csv", "write_workbook"]

MOST_ROWS: Final = 1_048_576
"""The rows that a sheet of an xlsx can hold, its header among them."""

OutValue = object
OutRows = AsyncIterable[Sequence[OutValue]] | Iterable[Sequence[OutValue]]

_CHUNK: Final = 500
_LONGEST_TEXT: Final = 32_767
_MOST_DIGITS: Final = 10**15
_FIRST_DAY: Final = dt.date(1900, 3, 1)  # Excel counts a day in February 1900 that never was.
_FORMATS: Final = {
    "integer": "0",
    "decimal": "0.00##",
    "money": "#,##0.00",
    "percent": "0.##",
    "date": "DD.MM.YYYY",
    "datetime": "DD.MM.YYYY HH:MM",
}
_WIDTHS: Final = {
    "date": 12.0,
    "datetime": 17.0,
    "integer": 10.0,
    "boolean": 8.0,
    "phone": 18.0,
    "email": 28.0,
    "long_text": 50.0,
}
_TEXT_FORMAT: Final = "@"
_WIDTH: Final = 20.0

_unstorable = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").sub
_bad_in_title = re.compile(r"[\[\]:*?/\\]").sub
_starts_formula = re.compile(r"\s*[=+\-@\t\r]").match
_is_phone = re.compile(r"\+\d{5,15}").fullmatch


@dataclass(frozen=True, slots=True)
class OutColumn:
    """A column to be written: its title, the kind of the model that decides its format, and its width."""

    title: str
    kind: str = "text"
    width: float | None = None


@dataclass(frozen=True, slots=True)
class OutSheet:
    """A sheet to be written: rows come from an iterable or an asynchronous one and are not kept.

    Values are None, bool, int, float, Decimal, str, date, datetime (an aware one is written as the wall time
    of `zone`) or time; anything else is written as its text.
    """

    title: str
    columns: Sequence[OutColumn]
    rows: OutRows
    zone: dt.tzinfo = dt.UTC


async def write_workbook(target: str | os.PathLike[str] | BinaryIO, sheets: Sequence[OutSheet]) -> int:
    """Write an xlsx with a bold frozen header and a filter on each sheet; return how many rows were written.

    The work is done in threads, row by row: memory stays flat and the event loop free. A file appears under
    its name only when it is whole. Raises `FileRefused` for more rows than a sheet can hold.
    """
    book = Workbook(write_only=True)
    try:
        written = sum([await _write_sheet(book, sheet) for sheet in sheets])
        await asyncio.to_thread(_save, book, target)
    finally:
        await asyncio.to_thread(_discard, book)
    return written


async def write_csv(
    target: BinaryIO,
    columns: Sequence[OutColumn],
    rows: OutRows,
    *,
    delimiter: str = ";",
    encoding: str = "utf-8-sig",
    zone: dt.tzinfo = dt.UTC,
) -> int:
    """Write a text table as Excel opens it, and return how many rows were written.

    A text that a spreadsheet would run as a formula gets an apostrophe in front; a bare international phone
    number is left as it is, for it can only become a number.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow([_defused(column.title) for column in columns])
    # The mark stands once, at the beginning.
    target.write(buffer.getvalue().encode(encoding, "replace"))
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    written = 0
    async for chunk in _chunks(rows):
        buffer.seek(0)
        buffer.truncate()
        writer.writerows([_csv_value(value, zone) for value in row] for row in chunk)
        await asyncio.to_thread(target.write, buffer.getvalue().encode(encoding, "replace"))
        written += len(chunk)
    return written


def plain_text(value: OutValue) -> str:
    """Return `value` as a text that an xlsx can hold: without control characters, cut at Excel's limit."""
    text = _unstorable("", str(value))
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


async def _chunks(rows: OutRows) -> AsyncIterator[list[Sequence[OutValue]]]:
    chunk: list[Sequence[OutValue]] = []
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            chunk.append(row)
            if len(chunk) >= _CHUNK:
                yield chunk
                chunk = []
    else:
        for row in rows:
            chunk.append(row)
            if len(chunk) >= _CHUNK:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


async def _write_sheet(book: Any, sheet: OutSheet) -> int:
    pen = _Pen(book, sheet)
    written = 0
    async for chunk in _chunks(sheet.rows):
        written += len(chunk)
        if written >= MOST_ROWS:
            raise FileRefused(
                "A sheet holds at most {limit} rows: narrow the list or write it as CSV.", limit=MOST_ROWS - 1
            )
        await asyncio.to_thread(pen.write, chunk)
    pen.end(written)
    return written


class _Pen:
    """Writes the rows of one sheet."""

    def __init__(self, book: Any, sheet: OutSheet) -> None:
        title = _bad_in_title(" ", plain_text(sheet.title)).strip().strip("'")[:31]
        self._sheet = book.create_sheet(title or "Sheet")
        self._columns = sheet.columns
        self._zone = sheet.zone
        self._sheet.freeze_panes = "A2"
        for index, column in enumerate(sheet.columns):
            width = column.width or max(_WIDTHS.get(column.kind, _WIDTH), min(len(column.title) + 4.0, 40.0))
            self._sheet.column_dimensions[column_letters(index)].width = width
        self._styles = [self._style(_FORMATS.get(column.kind, _TEXT_FORMAT)) for column in sheet.columns]
        self._text_style = self._style(_TEXT_FORMAT)
        self._sheet.append([self._head(column.title) for column in sheet.columns])

    def write(self, rows: Iterable[Sequence[OutValue]]) -> None:
        """Append `rows`."""
        for row in rows:
            self._sheet.append([self._cell(index, value) for index, value in enumerate(row)])

    def end(self, written: int) -> None:
        """Put the filter over what was written."""
        if self._columns:
            self._sheet.auto_filter.ref = f"A1:{column_letters(len(self._columns) - 1)}{written + 1}"

    def _style(self, number_format: str) -> Any:
        cell = WriteOnlyCell(self._sheet)
        cell.number_format = number_format
        return cell._style

    def _head(self, title: str) -> Any:
        cell = self._text(title)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EDF3")
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        return cell

    def _text(self, text: str) -> Any:
        cell = WriteOnlyCell(self._sheet, value=plain_text(text))
        # Set after the value: openpyxl takes a text that begins with = for a formula.
        cell.data_type = "s"
        cell._style = self._text_style
        return cell

    def _cell(self, index: int, value: OutValue) -> Any:
        storable = _storable(value, self._zone)
        if storable is None:
            return None
        if isinstance(storable, str):
            return self._text(storable)
        cell = WriteOnlyCell(self._sheet, value=storable)
        if isinstance(storable, dt.datetime | dt.date | dt.time):
            kind = self._columns[index].kind
            if kind not in ("date", "datetime"):
                return cell  # openpyxl gives it a format of its own.
        if not isinstance(storable, bool):
            cell._style = self._styles[index]
        return cell


def _storable(value: OutValue, zone: dt.tzinfo) -> Any:
    """Return `value` as Excel can keep it without loss, else as a text."""
    match value:
        case None | "":
            return None
        case bool():
            return value
        case int() | float() | Decimal():
            # Excel keeps fifteen digits of a number; a comparison with NaN is false.
            return value if abs(float(value)) < _MOST_DIGITS else str(value)
        case dt.datetime():
            moment = _wall_time(value, zone)
            return moment if moment.date() >= _FIRST_DAY else moment.isoformat(" ", "minutes")
        case dt.date():
            return value if value >= _FIRST_DAY else value.isoformat()
        case dt.time():
            return value.replace(tzinfo=None)
    return str(value)


def _wall_time(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)


def _csv_value(value: OutValue, zone: dt.tzinfo) -> str:
    match value:
        case None:
            return ""
        case dt.datetime():
            return _wall_time(value, zone).isoformat(" ", "seconds")
        case dt.date():
            return value.isoformat()
        case bool() | int() | float() | Decimal():
            return str(value)
    return _defused(str(value))


def _defused(text: str) -> str:
    return f"'{text}" if _starts_formula(text) and not _is_phone(text) else text


def _save(book: Any, target: str | os.PathLike[str] | BinaryIO) -> None:
    if not isinstance(target, str | os.PathLike):
        book.save(target)
        return
    path = Path(target)
    part = path.with_name(path.name + ".part")
    try:
        book.save(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _discard(book: Any) -> None:
    """Remove the temporary files of sheets that never got into a workbook."""
    for sheet in book.worksheets:
        writer = sheet._writer
        if writer is not None and Path(writer.out).exists():
            if not sheet.closed:
                sheet.close()
            writer.cleanup()
