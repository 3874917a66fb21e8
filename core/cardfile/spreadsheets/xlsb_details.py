"""The details of a binary workbook (xlsb), found in its records, after [MS-XLSB]."""

import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from cardfile.spreadsheets.archive import inflate_named
from cardfile.spreadsheets.cells import CellError, MergedRange
from cardfile.spreadsheets.details import ERROR_BY_CODE, Mark, SheetFacts
from cardfile.spreadsheets.limits import FileLimits
from cardfile.spreadsheets.number_formats import BUILT_IN, NumberFormat, as_shown, read_format, unpacked
from cardfile.spreadsheets.part_look import check_area

__all__ = ["XlsbDetails"]

_ROW: Final = 0
_SHORT_NUMBER: Final = 2
_ERROR: Final = 3
_NUMBER: Final = 5
_FORMULA_NUMBER: Final = 9
_FORMULA_ERROR: Final = 11
_LAST_CELL: Final = 11
_FORMAT: Final = 44
_STYLE: Final = 47
_COLUMNS: Final = 60
_SHEET: Final = 156
_MERGED: Final = 176
_STYLES_BEGIN: Final = 617
_STYLES_END: Final = 618

_HIDDEN_ROW: Final = 0x10
_MOST_COLUMNS: Final = 16_384
_LONGEST_RECORD: Final = 1 << 24


@dataclass(slots=True)
class _Sheet:
    """What was seen in the part of one sheet."""

    part: str
    rows: int = 0
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[MergedRange] = field(default_factory=list)
    has_marks: bool = False


class XlsbDetails:
    """The details of the xlsb in `file`; raises `FileRefused` where a sheet reaches too far."""

    def __init__(self, file: BinaryIO, *, limits: FileLimits) -> None:
        self._file = file
        self._limits = limits
        self._formats = self._read_formats()
        self._sheets = {name: _Sheet(part) for name, part in self._parts()}
        for sheet in self._sheets.values():
            self._look(sheet)

    def facts(self) -> Mapping[str, SheetFacts]:
        """Return what the records tell of each sheet."""
        return {
            name: SheetFacts(
                about=sheet.rows,
                hidden_rows=sheet.hidden_rows,
                hidden_columns=tuple(sorted(sheet.hidden_columns)),
                merged=tuple(sorted(sheet.merged)),
            )
            for name, sheet in self._sheets.items()
        }

    def marks(self, sheet: str) -> Iterator[Mark]:
        """Yield the errors and the numbers that show more than themselves."""
        found = self._sheets.get(sheet)
        if found is None or not (found.has_marks or self._formats):
            return
        row = 0
        for kind, body in self._records(found.part):
            if kind == _ROW and len(body) >= 4:
                row = int.from_bytes(body[:4], "little") + 1
            elif kind <= _LAST_CELL and len(body) > 8:
                column, style = int.from_bytes(body[:4], "little"), int.from_bytes(body[4:7], "little")
                if kind in (_ERROR, _FORMULA_ERROR):
                    yield row, column, ERROR_BY_CODE.get(body[8], CellError("#ERROR"))
                elif (shown := self._formats.get(style)) and (value := _value(kind, body)) is not None:
                    cell = as_shown(value, shown)
                    if cell is not None:
                        yield row, column, cell

    def _records(self, part: str) -> Iterator[tuple[int, bytes]]:
        """Yield kind and body of the records of a part."""
        rest, start = b"", 0
        for piece in inflate_named(self._file, part):
            rest, start = rest[start:] + piece, 0
            while (found := _head(rest, start)) and found[2] <= len(rest):
                kind, begin, start = found
                yield kind, rest[begin:start]
            if len(rest) - start > _LONGEST_RECORD:
                return

    def _parts(self) -> Iterator[tuple[str, str]]:
        try:
            relations = ET.fromstring(b"".join(inflate_named(self._file, "xl/_rels/workbook.bin.rels")))
            records = list(self._records("xl/workbook.bin"))
        except (KeyError, ET.ParseError):
            return
        targets = {node.get("Id"): node.get("Target", "") for node in relations}
        for kind, body in records:
            if kind == _SHEET:
                relation, end = _text(body, 8)
                target = targets.get(relation, "")
                yield _text(body, end)[0], target[1:] if target.startswith("/") else f"xl/{target}"

    def _read_formats(self) -> dict[int, NumberFormat]:
        codes: dict[int, NumberFormat | None] = {}
        styles: list[int] = []
        is_inside = False
        try:
            for kind, body in self._records("xl/styles.bin"):
                if kind == _FORMAT and len(body) >= 6:
                    codes[int.from_bytes(body[:2], "little")] = read_format(_text(body, 2)[0])
                elif kind in (_STYLES_BEGIN, _STYLES_END):
                    is_inside = kind == _STYLES_BEGIN
                elif kind == _STYLE and is_inside:
                    styles.append(int.from_bytes(body[2:4], "little"))
        except KeyError:
            return {}
        return {
            style: shown
            for style, key in enumerate(styles)
            if (shown := codes[key] if key in codes else BUILT_IN.get(key)) is not None
        }

    def _look(self, sheet: _Sheet) -> None:
        last = width = 0
        try:
            for kind, body in self._records(sheet.part):
                self._see(sheet, kind, body)
                if kind == _ROW and len(body) >= 4:
                    last = max(last, int.from_bytes(body[:4], "little") + 1)
                elif _ROW < kind <= _LAST_CELL and len(body) >= 8:
                    width = max(width, int.from_bytes(body[:4], "little") + 1)
        except KeyError:
            return  # A sheet without a part is the reader's to tell.
        check_area(last, width, limits=self._limits)

    def _see(self, sheet: _Sheet, kind: int, body: bytes) -> None:
        if kind == _ROW and len(body) >= 12:
            sheet.rows += 1
            sheet.hidden_rows += bool(body[11] & _HIDDEN_ROW)
        elif kind in (_ERROR, _FORMULA_ERROR):
            sheet.has_marks = True
        elif kind == _COLUMNS and len(body) >= 18:
            first, last, _, _, options = struct.unpack_from("<4IH", body)
            if options & 1:
                sheet.hidden_columns.update(range(first, min(last + 1, _MOST_COLUMNS)))
        elif kind == _MERGED and len(body) >= 16 and len(sheet.merged) < self._limits.merged:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            sheet.merged.append(MergedRange(top + 1, left, bottom + 1, right))


def _value(kind: int, body: bytes) -> float | None:
    if kind == _SHORT_NUMBER and len(body) >= 12:
        return unpacked(int.from_bytes(body[8:12], "little"))
    if kind in (_NUMBER, _FORMULA_NUMBER) and len(body) >= 16:
        return float(struct.unpack_from("<d", body, 8)[0])
    return None


def _head(data: bytes, place: int) -> tuple[int, int, int] | None:
    """Return the kind of the record at `place`, where its body begins and where it ends."""
    try:
        kind = data[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[place] & 0x7F) << 7
            place += 1
        size = shift = 0
        while True:
            byte = data[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                return kind, place, place + size
    except IndexError:
        return None


def _text(body: bytes, place: int) -> tuple[str, int]:
    """Return the text at `place`, and where it ends."""
    length = int.from_bytes(body[place : place + 4], "little")
    end = place + 4 + length * 2
    return body[place + 4 : end].decode("utf-16-le", "replace"), end
