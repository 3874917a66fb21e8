"""Writing workbooks that are safe to open: a text is a text, whatever it begins with.

openpyxl makes what is around the rows (styles, widths, views); the rows are streamed into it, so that memory
stays flat up to the million of rows that a sheet can hold.
"""

import asyncio
import datetime as dt
import io
import os
import re
import zipfile
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from cardfile.errors import FileRefused
from cardfile.spreadsheets.out_sheets import (
    CopySheet,
    OutCell,
    OutColumn,
    OutRows,
    OutSheet,
    OutValue,
)
from cardfile.spreadsheets.remarks import (
    COMMENTS,
    DRAWING,
    REMARKS_AT_MOST,
    Remark,
    add_relations,
    add_types,
    legacy_drawing,
    new_comments,
    new_drawing,
    new_relations,
)
from cardfile.spreadsheets.sheet_xml import (
    day_number,
    letters_of,
    number_cell,
    plain_text,
    text_cell,
)
from cardfile.spreadsheets.tones import FILLS, Tone

__all__ = [
    "MOST_ROWS",
    "TOO_MANY_ROWS",
    "CopySheet",
    "OutCell",
    "OutColumn",
    "OutRows",
    "OutSheet",
    "OutValue",
    "chunks_of",
    "wall_time",
    "write_workbook",
]

MOST_ROWS: Final = 1_048_576
"""The rows that a sheet of an xlsx can hold, its header among them."""

TOO_MANY_ROWS: Final = "A sheet holds at most {limit} rows: narrow the list or write it as CSV."

_CHUNK: Final = 500
_MOST_DIGITS: Final = 10**15
_FIRST_DAY: Final = dt.date(1900, 3, 1)  # Excel counts a day in February 1900 that never was.
_PACKING: Final = 4
_TEXT_FORMAT: Final = "@"
_DATE_FORMAT: Final = "DD.MM.YYYY"
_INSTANT_FORMAT: Final = "DD.MM.YYYY HH:MM"
_FORMATS: Final = {
    "integer": "0",
    "decimal": "0.00##",
    "money": "#,##0.00",
    "percent": "0.##",
    "date": _DATE_FORMAT,
    "datetime": _INSTANT_FORMAT,
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
_WIDTH: Final = 20.0
# A font without a name is shown as a serif one by LibreOffice.
_HEAD_FONT: Final = Font(name="Calibri", size=11, bold=True)
_DAY: Final = dt.timedelta(days=1)

_bad_in_title = re.compile(r"[\[\]:*?/\\]").sub


async def write_workbook(
    target: str | os.PathLike[str] | BinaryIO, sheets: Sequence[OutSheet | CopySheet]
) -> int:
    """Write an xlsx; a list gets a bold frozen header and a filter. Return how many rows were written.

    The work is done in threads, row by row: memory stays flat and the event loop free. A file appears under
    its name only when it is whole. Raises `FileRefused` for more rows than a sheet can hold.
    """
    book = await asyncio.to_thread(_Book, sheets)
    packing: Any = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": _PACKING}
    with _appearing(target) as file, zipfile.ZipFile(file, "w", **packing) as out:
        for index, sheet in enumerate(sheets):
            pen = _pen(book, out, index, sheet)
            try:
                async for chunk in chunks_of(sheet.rows):
                    await asyncio.to_thread(pen.write, chunk)
                pen.finish()
            finally:
                pen.close()
        await asyncio.to_thread(book.finish, out)
    return book.written


async def chunks_of(rows: Any) -> AsyncIterator[list[Any]]:
    """Yield rows in portions that are worth a thread's while."""
    chunk: list[Any] = []
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


@contextmanager
def _appearing(target: str | os.PathLike[str] | BinaryIO) -> Iterator[BinaryIO]:
    """Give out a file that gets its name when it is whole."""
    if not isinstance(target, str | os.PathLike):
        yield target
        return
    path = Path(target)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class _Book:
    """The workbook around the rows: made by openpyxl without a row, and taken apart."""

    def __init__(self, sheets: Sequence[OutSheet | CopySheet]) -> None:
        self.written = 0
        self._book = Workbook()
        self._book.remove(self._book.worksheets[0])
        self._styles: dict[tuple[str, Tone | None], int] = {}
        self._remarked: list[int] = []
        for sheet in sheets:
            self._add(sheet)
        self._pages = self._book.worksheets
        if all(page.sheet_state == "hidden" for page in self._pages):
            self._pages[0].sheet_state = "visible"  # Excel opens no workbook of which nothing is to be seen.
        cell = WriteOnlyCell(self._pages[0])
        cell.font, cell.fill = _HEAD_FONT, PatternFill("solid", fgColor="E8EDF3")
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        cell.number_format = _TEXT_FORMAT
        self.head_style = int(cell.style_id)
        self._parts = self._saved()

    def _add(self, sheet: OutSheet | CopySheet) -> None:
        page = self._book.create_sheet(_title(sheet.title))
        if isinstance(sheet, OutSheet):
            page.freeze_panes = "A2"
            widths = dict(enumerate(map(_width, sheet.columns)))
        else:
            page.sheet_state = "visible" if sheet.is_visible else "hidden"
            widths = dict(sheet.widths)
        for index, width in widths.items():
            page.column_dimensions[letters_of(index)].width = width

    def _saved(self) -> dict[str, bytes]:
        content = io.BytesIO()
        self._book.save(content)
        with zipfile.ZipFile(content) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def style(self, number_format: str, tone: Tone | None = None) -> int:
        """Return the number of a style."""
        found = self._styles.get((number_format, tone))
        if found is None:
            cell = WriteOnlyCell(self._pages[0])
            cell.number_format = number_format
            if tone is not None:
                cell.fill = PatternFill("solid", fgColor=FILLS[tone])
            found = self._styles[number_format, tone] = int(cell.style_id)
        return found

    def frame(self, index: int) -> tuple[str, str, str]:
        """Return the name of a sheet's part, and what stands there before and behind its rows."""
        name = f"xl/worksheets/sheet{index + 1}.xml"
        # openpyxl sees no rows, so what it says of the sheet's size is wrong; nobody needs it.
        text = re.sub("<dimension[^>]*/>", "", self._parts.pop(name).decode())
        head, _, tail = text.partition("<sheetData/>")
        if not tail:
            head, _, tail = text.partition("<sheetData></sheetData>")
        assert tail, "a sheet without rows has an empty element for them"
        return name, head + "<sheetData>", "</sheetData>" + tail

    def keep_remarks(self, out: zipfile.ZipFile, index: int, remarks: Sequence[Remark]) -> None:
        """Write the comments of a sheet."""
        number = index + 1
        self._remarked.append(number)
        out.writestr(f"xl/comments{number}.xml", new_comments(remarks))
        out.writestr(f"xl/drawings/vmlDrawing{number}.vml", new_drawing(remarks))
        relations = [
            ("rId1", DRAWING, f"/xl/drawings/vmlDrawing{number}.vml"),
            ("rId2", COMMENTS, f"/xl/comments{number}.xml"),
        ]
        out.writestr(f"xl/worksheets/_rels/sheet{number}.xml.rels", add_relations(new_relations(), relations))

    def finish(self, out: zipfile.ZipFile) -> None:
        """Write what stands around the sheets; all styles are known by now."""
        parts = self._saved()
        if self._remarked:
            types = "[Content_Types].xml"
            parts[types] = add_types(parts[types], [f"xl/comments{one}.xml" for one in self._remarked])
        for name, content in parts.items():
            if not name.startswith("xl/worksheets/"):
                out.writestr(name, content)


class _Pen:
    """Writes the rows of one sheet."""

    def __init__(self, book: _Book, out: zipfile.ZipFile, index: int, zone: dt.tzinfo) -> None:
        self._book = book
        self._out = out
        self._index = index
        self._zone = zone
        self._remarks: list[Remark] = []
        self._name, head, self._tail = book.frame(index)
        self._part = out.open(self._name, "w", force_zip64=True)
        self._part.write(head.encode())
        self._text_style = book.style(_TEXT_FORMAT)
        self._kinds: Sequence[str] = ()

    def put(self, lines: Iterable[str]) -> None:
        """Write the XML of rows."""
        self._part.write("".join(lines).encode())

    def end(self, behind: str = "") -> None:
        """Write what stands behind the rows; `behind` comes first."""
        tail = self._tail.replace("</sheetData>", "</sheetData>" + behind, 1)
        if self._remarks:
            tail = tail.replace("</worksheet>", legacy_drawing("rId1") + "</worksheet>")
        self._part.write(tail.encode())
        self.close()
        if self._remarks:
            self._book.keep_remarks(self._out, self._index, self._remarks)

    def close(self) -> None:
        """Let go of the part, be it whole or not."""
        self._part.close()

    def row(self, number: int, values: Sequence[OutValue]) -> str:
        """Return a row as XML."""
        cells = [self._cell(number, index, value) for index, value in enumerate(values) if value is not None]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _cell(self, number: int, index: int, value: OutValue) -> str:
        tone = None
        if type(value) is OutCell:
            tone = value.tone
            if value.remark and len(self._remarks) < REMARKS_AT_MOST:
                self._remarks.append(Remark(number, index, value.remark))
            value = value.value
        if type(value) is str:  # By far the most are.
            if value:
                style = self._text_style if tone is None else self._book.style(_TEXT_FORMAT, tone)
                return text_cell(number, index, value, style)
            value = None
        if value is None:
            if tone is None:
                return ""
            return text_cell(number, index, "", self._book.style(_TEXT_FORMAT, tone))
        kind = self._kinds[index] if index < len(self._kinds) else ""
        return self._typed(number, index, value, kind, tone)

    def _typed(self, number: int, index: int, value: OutValue, kind: str, tone: Tone | None) -> str:
        """Return the cell of a value that is no text, or of its text if Excel cannot keep it without loss."""
        style = self._book.style
        match value:
            case bool():
                address, look = f"{letters_of(index)}{number}", style("General", tone)
                return f'<c r="{address}" s="{look}" t="b"><v>{int(value)}</v></c>'
            case int() | float() | Decimal():
                # Excel keeps fifteen digits of a number; a comparison with NaN is false.
                if abs(float(value)) < _MOST_DIGITS:
                    look = style(_FORMATS.get(kind, "General"), tone)
                    return number_cell(number, index, repr(value) if type(value) is float else value, look)
                return text_cell(number, index, str(value), style(_TEXT_FORMAT, tone))
            case dt.datetime():
                moment = wall_time(value, self._zone)
                if moment.date() >= _FIRST_DAY:
                    look = style(_DATE_FORMAT if kind == "date" else _INSTANT_FORMAT, tone)
                    return number_cell(number, index, day_number(moment), look)
                return text_cell(number, index, moment.isoformat(" ", "minutes"), style(_TEXT_FORMAT, tone))
            case dt.date():
                if value >= _FIRST_DAY:
                    midnight = dt.datetime.combine(value, dt.time())
                    return number_cell(number, index, day_number(midnight), style(_DATE_FORMAT, tone))
            case dt.time():
                gone = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
                return number_cell(number, index, gone / _DAY, style("HH:MM:SS", tone))
            case dt.timedelta():
                return number_cell(number, index, value / _DAY, style("[H]:MM:SS", tone))
        return text_cell(number, index, str(value), style(_TEXT_FORMAT, tone))


class _ListPen(_Pen):
    """Writes a list: its header first, a filter over all of it at the end."""

    def __init__(self, book: _Book, out: zipfile.ZipFile, index: int, sheet: OutSheet) -> None:
        super().__init__(book, out, index, sheet.zone)
        self._kinds = [column.kind for column in sheet.columns]
        self._last = 1
        head = [text_cell(1, at, column.title, book.head_style) for at, column in enumerate(sheet.columns)]
        self.put([f'<row r="1">{"".join(head)}</row>'])

    def write(self, rows: Sequence[Sequence[OutValue]]) -> None:
        """Write `rows` below those that are there."""
        if self._last + len(rows) > MOST_ROWS:
            raise FileRefused(TOO_MANY_ROWS, limit=MOST_ROWS - 1)
        self.put([self.row(number, row) for number, row in enumerate(rows, self._last + 1)])
        self._last += len(rows)
        self._book.written += len(rows)

    def finish(self) -> None:
        """Put the filter over what was written."""
        corner = f"{letters_of(len(self._kinds) - 1)}{self._last}" if self._kinds else ""
        self.end(f'<autoFilter ref="A1:{corner}"/>' if corner else "")


class _CopyPen(_Pen):
    """Writes rows where they stood."""

    def write(self, rows: Sequence[tuple[int, Sequence[OutValue]]]) -> None:
        """Write `rows` under their numbers."""
        self.put([self.row(number, row) for number, row in rows])
        self._book.written += len(rows)

    def finish(self) -> None:
        """End the sheet."""
        self.end()


def _pen(book: _Book, out: zipfile.ZipFile, index: int, sheet: OutSheet | CopySheet) -> "_ListPen | _CopyPen":
    if isinstance(sheet, OutSheet):
        return _ListPen(book, out, index, sheet)
    return _CopyPen(book, out, index, dt.UTC)


def _title(title: str) -> str:
    return _bad_in_title(" ", plain_text(title)).strip().strip("'")[:31] or "Sheet"


def _width(column: OutColumn) -> float:
    return column.width or max(_WIDTHS.get(column.kind, _WIDTH), min(len(column.title) + 4.0, 40.0))


def wall_time(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Return a moment as the clocks of `zone` show it, without a zone; a naive one is that already."""
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
