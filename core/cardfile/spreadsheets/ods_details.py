"""The details of an OpenDocument sheet (ods), found by a walk through its XML."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from xml.parsers import expat

from cardfile.errors import FileRefused
from cardfile.spreadsheets.archive import inflate_named
from cardfile.spreadsheets.cells import NEVER_CALCULATED, Cell, CellError, MergedRange, UnitNumber
from cardfile.spreadsheets.details import Mark, SheetFacts
from cardfile.spreadsheets.limits import FileLimits
from cardfile.spreadsheets.part_look import check_area

__all__ = ["OdsDetails", "without_indents"]

_CELLS: Final = frozenset({"table-cell", "covered-table-cell"})
_CONTENT: Final = "content.xml"
_MOST_COLUMNS: Final = 16_384
_MOST_ROWS: Final = 1_048_576
_SPAN: Final = re.compile(r"(-?)P(?:(\d+)D)?T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d+)?S)?")
_INDENT: Final = re.compile(rb">\s*\n\s*<")
_DAMAGED: Final = "The file is damaged or was not sent completely: send it again."


@dataclass(slots=True)
class _Sheet:
    """What was seen in one sheet."""

    rows: int = 0
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[MergedRange] = field(default_factory=list)


class OdsDetails:
    """The details of the ods in `file`; raises `FileRefused` where a sheet reaches too far."""

    def __init__(self, file: BinaryIO, *, limits: FileLimits) -> None:
        self._file = file
        self._limits = limits
        walk = _Walk(None, limits)
        for _ in walk.marks(file):
            pass
        self._facts = {
            name: SheetFacts(
                about=sheet.rows,
                hidden_rows=sheet.hidden_rows,
                hidden_columns=tuple(sorted(sheet.hidden_columns)),
                merged=tuple(sheet.merged),
            )
            for name, sheet in walk.sheets.items()
        }

    def facts(self) -> Mapping[str, SheetFacts]:
        """Return what the XML tells of each sheet."""
        return self._facts

    def marks(self, sheet: str) -> Iterator[Mark]:
        """Yield the errors, the formulas never calculated, and the numbers that show more than themselves."""
        return _Walk(sheet, self._limits).marks(self._file)


def without_indents(file: BinaryIO) -> BinaryIO:
    """Return a copy of the ods in `file` without the space between its tags: calamine takes it for content."""
    content = b"".join(inflate_named(file, _CONTENT))
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as archive:
        for name in ("mimetype", "META-INF/manifest.xml"):
            archive.writestr(name, b"".join(inflate_named(file, name)))
        archive.writestr(_CONTENT, _INDENT.sub(b"><", content))
    return copy


class _Walk:
    """One way through the content: counts rows and columns, which may be repeated, and reads the odd cells."""

    def __init__(self, wanted: str | None, limits: FileLimits) -> None:
        self.sheets: dict[str, _Sheet] = {}
        self.wanted = wanted
        self.limits = limits
        self.last_row = self.width = 0
        self.sheet: _Sheet | None = None
        self.is_wanted = self.is_note = False
        self.row = self.column = self.left = 0
        self.row_repeats = 1
        self.cell: dict[str, str] | None = None
        self.text: list[str] | None = None
        self.in_row: list[tuple[int, Cell]] = []
        self.found: list[Mark] = []

    def marks(self, file: BinaryIO) -> Iterator[Mark]:
        """Yield the marks of the wanted sheet as they come by."""
        parser = expat.ParserCreate(namespace_separator=None)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            for piece in inflate_named(file, _CONTENT):
                parser.Parse(piece)
                yield from self.found
                self.found.clear()
        except expat.ExpatError as error:
            raise FileRefused(_DAMAGED) from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name in _CELLS:
            self._start_cell(attributes)
        elif name == "p":
            if self.cell is not None and not self.is_note:
                self.text = self.text or []
        elif name == "annotation":
            self.is_note = True
        elif name == "table-row":
            self._start_row(attributes)
        elif name == "table-column":
            repeats = _count(attributes, "table:number-columns-repeated")
            if self.sheet is not None and attributes.get("table:visibility", "visible") != "visible":
                end = min(self.left + repeats, _MOST_COLUMNS)
                self.sheet.hidden_columns.update(range(self.left, end))
            self.left += repeats
        elif name == "table" and tag.startswith("table:"):
            self.is_wanted = attributes.get("table:name") == self.wanted
            self.sheet = self.sheets.setdefault(attributes.get("table:name", ""), _Sheet())
            self.row = self.left = self.last_row = self.width = 0

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.row_repeats = _count(attributes, "table:number-rows-repeated")
        self.column = 0
        self.in_row = []
        if self.sheet is None:
            return
        if self.row_repeats == 1:
            self.sheet.rows += 1
            self.sheet.hidden_rows += attributes.get("table:visibility", "visible") != "visible"

    def _start_cell(self, attributes: dict[str, str]) -> None:
        across = _count(attributes, "table:number-columns-spanned")
        down = _count(attributes, "table:number-rows-spanned")
        if self.sheet is not None and across * down > 1 and len(self.sheet.merged) < self.limits.merged:
            top, left = self.row + 1, self.column
            self.sheet.merged.append(MergedRange(top, left, top + down - 1, left + across - 1))
        self.text = None
        self.cell = attributes

    def _characters(self, text: str) -> None:
        if self.text is not None and not self.is_note:
            self.text.append(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if self.cell is not None and name in _CELLS:
            repeats = _count(self.cell, "table:number-columns-repeated")
            if self.text is not None or "office:value-type" in self.cell:
                self.last_row = max(self.last_row, self.row + self.row_repeats)
                self.width = max(self.width, self.column + repeats)
            if self.is_wanted:
                cell = _as_shown(self.cell, "".join(self.text or ()))
                if cell is not None:
                    last = min(self.column + repeats, _MOST_COLUMNS)
                    self.in_row += [(column, cell) for column in range(self.column, last)]
            self.column += repeats
            self.cell = self.text = None
        elif name == "table-row":
            check_area(self.last_row, max(1, self.width), limits=self.limits)
            if self.in_row:
                last = min(self.row + self.row_repeats, _MOST_ROWS)
                self.found += [
                    (row + 1, column, cell) for row in range(self.row, last) for column, cell in self.in_row
                ]
            self.row += self.row_repeats
        elif name == "annotation":
            self.is_note = False
        elif tag == "table:table":
            self.sheet = None
            self.is_wanted = False


def _count(attributes: Mapping[str, str], name: str) -> int:
    stated = attributes.get(name, "1")
    return int(stated) if stated.isdecimal() and len(stated) < 10 else 1


def _as_shown(cell: Mapping[str, str], text: str) -> Cell:
    kind = cell.get("office:value-type")
    if cell.get("calcext:value-type") == "error":
        return CellError(text or "#ERROR")
    if kind is None:
        return NEVER_CALCULATED if "table:formula" in cell else None
    if kind == "time":
        return _long_span(cell.get("office:time-value", ""))
    if kind not in ("float", "percentage", "currency"):
        return None
    try:
        value = float(cell.get("office:value", ""))
    except ValueError:
        return None
    if kind == "percentage":
        return UnitNumber(float(f"{value * 100:.15g}"), "%")
    if kind == "currency":
        return UnitNumber(value, cell.get("office:currency") or "")
    return _with_zeros(value, text)


def _with_zeros(value: float, text: str) -> str | None:
    """Return the text that shows zeros in front of a whole number, if that is what it does."""
    digits = re.sub(r"[ \u00a0./-]", "", text)
    is_same = digits.isdecimal() and value.is_integer() and digits.lstrip("0") == f"{value:.0f}"
    return text if is_same and digits[0] == "0" else None


def _long_span(stated: str) -> dt.timedelta | None:
    """Return a span of a day and more, or below none: shorter ones the reader knows as times of day."""
    found = _SPAN.fullmatch(stated)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    try:
        span = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None
    if found[1]:
        return -span
    return span if span >= dt.timedelta(days=1) else None
