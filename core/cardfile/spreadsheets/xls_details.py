"""The details of an old Excel file, found in its records, after [MS-XLS]."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import NEVER_CALCULATED, Cell, CellError, MergedRange
from cardfile.spreadsheets.compound import CompoundFile
from cardfile.spreadsheets.details import ERROR_BY_CODE, Mark, SheetFacts
from cardfile.spreadsheets.limits import PROTECTED
from cardfile.spreadsheets.number_formats import BUILT_IN, NumberFormat, as_shown, read_format, unpacked

__all__ = ["XlsDetails"]

_BOF: Final = 0x809
_EOF: Final = 0x0A
_CODE_PAGE: Final = 0x42
_SHEET: Final = 0x85
_PASSWORD: Final = 0x2F
_FORMAT: Final = 0x41E
_STYLE: Final = 0xE0
_FORMULA: Final = 0x06
_NUMBER: Final = 0x203
_ERROR: Final = 0x205
_SHORT_NUMBER: Final = 0x27E
_SHORT_NUMBERS: Final = 0xBD
_ROW: Final = 0x208
_COLUMNS: Final = 0x7D
_MERGED: Final = 0xE5

_HEAD: Final = struct.Struct("<HH")
_CELL: Final = struct.Struct("<HHH")
_VERSION_8: Final = 0x600
_HIDDEN_ROW: Final = 0x20
_ALWAYS_ANEW: Final = 0x03  # How programs mark formulas whose value they leave to Excel.
_CODE_PAGES: Final = {10000: "mac-roman", 10007: "mac-cyrillic", 32768: "mac-roman", 32769: "cp1252"}


@dataclass(slots=True)
class _Sheet:
    """The records of one sheet: where they begin, and what was seen there."""

    start: int
    rows: int = 0
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[MergedRange] = field(default_factory=list)
    formulas: int = 0
    zero_formulas: int = 0
    has_marks: bool = False


class XlsDetails:
    """The details of an old Excel file; raises `FileRefused` where it goes in circles or has a password."""

    def __init__(self, file: CompoundFile, *, merged: int) -> None:
        self._records = file.stream("workbook") or file.stream("book") or b""
        self._most_merged = merged
        self._formats: dict[int, NumberFormat] = {}
        self._sheets: dict[str, _Sheet] = {}
        self._read_globals()
        for sheet in self._sheets.values():
            self._look(sheet)

    def facts(self) -> Mapping[str, SheetFacts]:
        """Return what the records tell of each sheet."""
        return {
            name: SheetFacts(
                about=sheet.rows,
                hidden_rows=sheet.hidden_rows,
                hidden_columns=tuple(sorted(sheet.hidden_columns)),
                merged=tuple(sorted(sheet.merged)[: self._most_merged]),
            )
            for name, sheet in self._sheets.items()
        }

    def marks(self, sheet: str) -> Iterator[Mark]:
        """Yield the errors, the formulas never calculated, and the numbers that show more than themselves."""
        found = self._sheets.get(sheet)
        if found is None or not (found.has_marks or self._formats or found.zero_formulas):
            return
        # Libraries that cannot calculate store 0 for every formula.
        is_uncalculated = found.formulas == found.zero_formulas
        marks: list[Mark] = []
        for kind, place, size in self._of_sheet(found):
            marks += self._marks(kind, place, size, is_uncalculated=is_uncalculated)
        yield from sorted(marks, key=lambda mark: mark[:2])

    def _of_sheet(self, sheet: _Sheet) -> Iterator[tuple[int, int, int]]:
        """Yield kind, place and size of the records that belong to a sheet, not to a chart in it."""
        depth = 0
        for kind, place, size in _records(self._records, sheet.start):
            if kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif depth == 1:
                yield kind, place, size

    def _read_globals(self) -> None:
        data, styles, codes, page, is_8 = self._records, [], {}, "cp1252", True
        for kind, place, size in _records(data, 0):
            if kind == _EOF:
                break
            if kind == _BOF and size >= 2:
                is_8 = struct.unpack_from("<H", data, place)[0] >= _VERSION_8
            elif kind == _CODE_PAGE and size >= 2:
                number = struct.unpack_from("<H", data, place)[0]
                page = _CODE_PAGES.get(number, f"cp{number}")
            elif kind == _SHEET and size > 8:
                start = struct.unpack_from("<I", data, place)[0]
                name = _text(data[place + 6 : place + size], 1, page if not is_8 else None)
                self._sheets.setdefault(name, _Sheet(start))
            elif kind == _PASSWORD:
                raise FileRefused(PROTECTED)
            elif kind == _FORMAT and size > 4:
                key = struct.unpack_from("<H", data, place)[0]
                text = _text(data[place + 2 : place + size], 2 if is_8 else 1, page if not is_8 else None)
                codes[key] = read_format(text)
            elif kind == _STYLE and size >= 4:
                styles.append(struct.unpack_from("<H", data, place + 2)[0])
        for style, key in enumerate(styles):
            shown = codes[key] if key in codes else BUILT_IN.get(key)
            if shown is not None:
                self._formats[style] = shown

    def _look(self, sheet: _Sheet) -> None:
        data = self._records
        for kind, place, size in self._of_sheet(sheet):
            if kind == _ROW and size >= 16:
                sheet.rows += 1
                sheet.hidden_rows += bool(data[place + 12] & _HIDDEN_ROW)
            elif kind == _COLUMNS and size >= 10:
                first, last, _, _, options = struct.unpack_from("<5H", data, place)
                if options & 1:
                    sheet.hidden_columns.update(range(first, min(last, 255) + 1))
            elif kind == _MERGED and size >= 10:
                (count,) = struct.unpack_from("<H", data, place)
                for one in range(min(count, (size - 2) // 8)):
                    top, bottom, left, right = struct.unpack_from("<4H", data, place + 2 + one * 8)
                    sheet.merged.append(MergedRange(top + 1, left, bottom + 1, right))
            elif kind == _FORMULA and size >= 16:
                sheet.formulas += 1
                sheet.zero_formulas += data[place + 6 : place + 14] == bytes(8)
                sheet.has_marks = sheet.has_marks or data[place + 12 : place + 14] == b"\xff\xff"
            elif kind == _ERROR:
                sheet.has_marks = True

    def _marks(self, kind: int, place: int, size: int, *, is_uncalculated: bool) -> Iterator[Mark]:
        if kind not in (_FORMULA, _NUMBER, _ERROR, _SHORT_NUMBER, _SHORT_NUMBERS) or size < 8:
            return
        data = self._records
        row, column, style = _CELL.unpack_from(data, place)
        if kind == _SHORT_NUMBERS:
            for one in range((size - 6) // 6):
                style, packed = struct.unpack_from("<HI", data, place + 4 + one * 6)
                yield from self._number(row, column + one, style, unpacked(packed))
            return
        if kind == _ERROR:
            if data[place + 7]:
                yield row + 1, column, _error(data[place + 6])
        elif kind == _SHORT_NUMBER and size >= 10:
            yield from self._number(
                row, column, style, unpacked(struct.unpack_from("<I", data, place + 6)[0])
            )
        elif kind == _NUMBER and size >= 14:
            yield from self._number(row, column, style, struct.unpack_from("<d", data, place + 6)[0])
        elif kind == _FORMULA and size >= 16:
            result, options = data[place + 6 : place + 14], struct.unpack_from("<H", data, place + 14)[0]
            if result == bytes(8) and (is_uncalculated or options & _ALWAYS_ANEW == _ALWAYS_ANEW):
                yield row + 1, column, NEVER_CALCULATED
            elif result[6:] != b"\xff\xff":
                yield from self._number(row, column, style, struct.unpack("<d", result)[0])
            elif result[0] == 2:
                yield row + 1, column, _error(result[2])

    def _number(self, row: int, column: int, style: int, value: float) -> Iterator[Mark]:
        shown = self._formats.get(style)
        if shown is not None and (cell := as_shown(value, shown)) is not None:
            yield row + 1, column, cell


def _records(data: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    end = len(data) - 4
    while 0 <= place <= end:
        kind, size = _HEAD.unpack_from(data, place)
        if place + 4 + size > end + 4:
            return
        yield kind, place + 4, size
        place += 4 + size


def _error(code: int) -> Cell:
    return ERROR_BY_CODE.get(code, CellError("#ERROR"))


def _text(data: bytes, length_size: int, page: str | None) -> str:
    """Return a text with its length in front; `page` is the code page of files before Excel 97."""
    length = int.from_bytes(data[:length_size], "little")
    rest = data[length_size:]
    if page is not None:
        try:
            return rest[:length].decode(page, "replace")
        except LookupError:
            return rest[:length].decode("cp1252", "replace")
    is_wide = bool(rest[:1] and rest[0] & 1)
    return rest[1 : 1 + length * (2 if is_wide else 1)].decode(
        "utf-16-le" if is_wide else "latin-1", "replace"
    )
