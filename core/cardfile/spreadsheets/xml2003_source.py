"""XML spreadsheets of Excel 2003, which banks and 1C give under the name of xls."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from xml.parsers import expat

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import NEVER_CALCULATED, Cell, CellError, MergedRange, Row, SheetInfo
from cardfile.spreadsheets.limits import ENTITIES, FileLimits
from cardfile.spreadsheets.number_formats import FormatKind, NumberFormat, as_shown, read_format
from cardfile.spreadsheets.part_look import check_area
from cardfile.spreadsheets.sources import UNREADABLE, cut_empty_end

__all__ = ["Xml2003Source"]

_SPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet "
_PIECE: Final = 1 << 18
_DEEPEST: Final = 100
_MOST_COLUMNS: Final = 16_384
_NO_DAY: Final = dt.date(1899, 12, 31)
_NAMED: Final = {"Percent": "0.00%", "Short Date": "dd.mm.yyyy", "General Date": "dd.mm.yyyy"}


@dataclass(slots=True)
class _Sheet:
    """What is told of a sheet besides its cells."""

    is_visible: bool = True
    rows: int = 0
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[MergedRange] = field(default_factory=list)


class Xml2003Source:
    """An XML spreadsheet, read by the standard parser piece by piece."""

    def __init__(self, file: BinaryIO, *, limits: FileLimits) -> None:
        self._file = file
        self._limits = limits
        walk = _Walk(None, limits)
        for _ in walk.rows(file):
            pass
        self._sheets = walk.sheets

    def sheets(self) -> list[SheetInfo]:
        """Return the sheets in the file's order."""
        return [
            SheetInfo(
                name,
                is_visible=sheet.is_visible,
                about=sheet.rows,
                hidden_rows=sheet.hidden_rows,
                hidden_columns=tuple(sorted(sheet.hidden_columns)),
                merged=tuple(sheet.merged),
            )
            for name, sheet in self._sheets.items()
        ]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of `sheet` that are not blank; raises `KeyError` for an unknown sheet."""
        if sheet not in self._sheets:
            raise KeyError(sheet)
        return _Walk(sheet, self._limits).rows(self._file)


class _Walk:
    """One way through the file."""

    def __init__(self, wanted: str | None, limits: FileLimits) -> None:
        self.wanted = wanted
        self.limits = limits
        self.sheets: dict[str, _Sheet] = {}
        self.formats: dict[str, NumberFormat | None] = {}
        self.style = ""
        self.sheet: _Sheet | None = None
        self.is_wanted = False
        self.depth = self.row = self.column = self.table_column = 0
        self.width = 1
        self.cells: list[Cell] = []
        self.cell: dict[str, str] = {}
        self.kind = ""
        self.text: list[str] | None = None
        self.is_note = False
        self.option: list[str] | None = None
        self.found: list[Row] = []

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """Yield the rows of the wanted sheet as they come by; raises `FileRefused` for broken XML."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse_entities
        place, piece = 0, b" "
        try:
            while piece:
                file.seek(place)
                piece = file.read(_PIECE)
                place += len(piece)
                # Some programs put a line end before the declaration, which no parser allows.
                parser.Parse(piece.lstrip() if place == len(piece) else piece, not piece)
                yield from self.found
                self.found.clear()
        except expat.ExpatError as error:
            raise FileRefused(UNREADABLE) from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise FileRefused(UNREADABLE)
        stated = {name.removeprefix(_SPACE): value for name, value in attributes.items()}
        match tag.rpartition(" ")[2]:
            case "Style":
                self.style = stated.get("ID", "")
            case "NumberFormat":
                code = stated.get("Format", "")
                self.formats[self.style] = read_format(_NAMED.get(code, code))
            case "Worksheet":
                name = stated.get("Name", "")
                self.sheet = self.sheets.setdefault(name, _Sheet())
                self.is_wanted = name == self.wanted
                self.row = self.table_column = 0
                self.width = 1
            case "Column":
                self._start_column(stated)
            case "Row":
                self._start_row(stated)
            case "Cell":
                self.cell = stated
                self.column = max(self.column, _number(stated, "Index", self.column + 1) - 1)
                self.kind = ""
            case "Data" if not self.is_note:
                self.kind, self.text = stated.get("Type", "String"), []
            case "Comment":
                self.is_note = True
            case "Visible":
                self.option = []

    def _start_column(self, stated: dict[str, str]) -> None:
        self.table_column = _number(stated, "Index", self.table_column + 1) - 1
        end = min(self.table_column + _number(stated, "Span", 0) + 1, _MOST_COLUMNS)
        if self.sheet is not None and stated.get("Hidden") == "1":
            self.sheet.hidden_columns.update(range(self.table_column, end))
        self.table_column = end

    def _start_row(self, stated: dict[str, str]) -> None:
        self.row = max(self.row + 1, _number(stated, "Index", 0))
        self.column, self.cells = 0, []
        if self.sheet is not None:
            self.sheet.rows += 1
            self.sheet.hidden_rows += stated.get("Hidden") == "1"

    def _characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)
        elif self.option is not None:
            self.option.append(text)

    def _end(self, tag: str) -> None:
        self.depth -= 1
        match tag.rpartition(" ")[2]:
            case "Data" if self.text is not None:
                self._keep("".join(self.text))
                self.text = None
            case "Cell":
                self._end_cell()
            case "Row":
                self.width = max(self.width, len(self.cells))
                check_area(self.row, self.width, limits=self.limits)
                if self.is_wanted and (cells := cut_empty_end(self.cells)):
                    self.found.append((self.row, cells))
            case "Comment":
                self.is_note = False
            case "Visible" if self.option is not None:
                if self.sheet is not None:
                    self.sheet.is_visible = "".join(self.option).strip() == "SheetVisible"
                self.option = None

    def _end_cell(self) -> None:
        if not self.kind and "Formula" in self.cell:
            self._put(NEVER_CALCULATED)
        across, down = _number(self.cell, "MergeAcross", 0), _number(self.cell, "MergeDown", 0)
        if self.sheet is not None and (across or down) and len(self.sheet.merged) < self.limits.merged:
            top, left = self.row, self.column
            self.sheet.merged.append(MergedRange(top, left, top + down, left + across))
        self.column += 1 + across

    def _keep(self, text: str) -> None:
        shown = self.formats.get(self.cell.get("StyleID", "")) or self.formats.get("Default")
        self._put(_value(self.kind, text, shown))

    def _put(self, value: Cell) -> None:
        if not self.is_wanted or self.column >= _MOST_COLUMNS:
            return
        self.cells += [None] * (self.column + 1 - len(self.cells))
        self.cells[self.column] = value


def _refuse_entities(*_: object) -> None:
    raise FileRefused(ENTITIES)


def _number(stated: dict[str, str], name: str, otherwise: int) -> int:
    text = stated.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 8 else otherwise


def _value(kind: str, text: str, shown: NumberFormat | None) -> Cell:
    match kind:
        case "Number":
            try:
                number = float(text)
            except ValueError:
                return text or None
            cell = as_shown(number, shown) if shown and shown.kind is not FormatKind.DATE else None
            return number if cell is None else cell
        case "DateTime":
            return _moment(text)
        case "Boolean":
            return text.strip() == "1"
        case "Error":
            return CellError(text)
    return text or None


def _moment(text: str) -> Cell:
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return text or None
    if moment.date() == _NO_DAY:
        return moment.time()
    return moment.date() if moment.time() == dt.time() else moment
