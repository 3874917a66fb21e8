"""The details of an xlsx: errors, formulas never calculated, and what number formats show.

They are looked up in the bytes of the sheet, at the speed of the regular expressions: several times faster
than a second parser, and only done for sheets in which such cells can be at all.
"""

import html
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Final

from cardfile.spreadsheets.archive import inflate, inflate_named
from cardfile.spreadsheets.cells import NEVER_CALCULATED, Cell, CellError, column_letters, column_number
from cardfile.spreadsheets.details import Mark, SheetFacts
from cardfile.spreadsheets.number_formats import BUILT_IN, FormatKind, NumberFormat, as_shown, read_format
from cardfile.spreadsheets.part_look import ArchiveLook, PartLook
from cardfile.spreadsheets.sheet_cut import cut_workbook

__all__ = ["XlsxDetails"]

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_MOST_COLUMNS: Final = 16_384
_LONGEST_ROW: Final = 1 << 22

_NAME: Final = rb"(?:\w+:)?"
_PLACE: Final = rb"""[^>]*\sr=["']([A-Z]{1,3})(\d{1,7})["'][^>]*>\s*"""
_FORMULA: Final = rb"<" + _NAME + rb"f\b[^>]*(?:/>|>[^<]*</" + _NAME + rb"f>)\s*"
_VALUE: Final = rb"<" + _NAME + rb"v>([^<]{1,40})<"
_CELL: Final = rb"<" + _NAME + rb"c\b"
_NUMERIC: Final = rb"""(?![^>]*\st=["'](?!n["']))"""

_ERROR: Final = re.compile(
    _CELL + rb"""(?=[^>]*\st=["']e["'])""" + _PLACE + rb"(?:" + _FORMULA + rb")?" + _VALUE
)
_UNCALCULATED: Final = re.compile(
    _CELL + rb"""(?![^>]*\st=["']e["'])""" + _PLACE + _FORMULA
    + rb"(?:<" + _NAME + rb"v\s*/>|<" + _NAME + rb"v>\s*</" + _NAME + rb"v>)?\s*</" + _NAME + rb"c>"
)  # fmt: skip
_ODD_DATE: Final = re.compile(
    _CELL + _NUMERIC + rb"""(?=[^>]*\ss=["'](\d{1,5})["'])""" + _PLACE + rb"(?:" + _FORMULA + rb")?"
    rb"<" + _NAME + rb"v>(-[^<]{1,40}|60(?:\.\d{1,20})?)<"
)  # fmt: skip
_FIRST_CELL: Final = re.compile(_CELL + rb"[^>]*>")
_ROW_OR_CELL: Final = re.compile(rb"<" + _NAME + rb"(row|c)\b[^>]*>")
_STATED: Final = re.compile(rb"""\sr=["']([A-Z]{0,3})(\d{1,7})["']""")


class XlsxDetails:
    """The details of the xlsx in `file`, of which the guard has taken a `look`."""

    def __init__(self, file: BinaryIO, look: ArchiveLook) -> None:
        self._file = file
        self._looks = look.sheets
        self._parts = _sheet_parts(file)
        self._formats = _formats(file)

    def facts(self) -> Mapping[str, SheetFacts]:
        """Return what the guard saw of each sheet."""
        return {
            name: SheetFacts(
                about=look.rows,
                hidden_rows=look.hidden_rows,
                hidden_columns=tuple(sorted(look.hidden_columns)),
                merged=tuple(sorted(look.merged)),
            )
            for name, part in self._parts.items()
            if (look := self._looks.get(part))
        }

    def look(self, sheet: str) -> PartLook | None:
        """Return what the guard saw of a sheet, None where it is unclear which part that is."""
        return self._looks.get(self._parts.get(sheet, ""))

    def top(self, sheet: str, *, rows: int) -> io.BytesIO | None:
        """Return a small workbook with the first rows of a sheet, as `cut_workbook` does."""
        return cut_workbook(self._file, self._parts[sheet], rows=rows)

    def marks(self, sheet: str) -> Iterator[Mark]:
        """Yield the errors, the formulas never calculated, and the numbers that show more than themselves."""
        look = self.look(sheet)
        if look is None:
            return
        shown = {key: one for key, one in self._formats.items() if one.kind is not FormatKind.DATE}
        if not (look.has_errors or look.has_formulas or look.has_odd_dates or shown):
            return
        finding = _Finding(look, self._formats, shown, _styled(shown) if shown else None)
        blocks = map(finding.marks, _addressed(_blocks(inflate_named(self._file, self._parts[sheet]))))
        if look.is_ordered:
            for marks in blocks:
                yield from sorted(marks, key=_place)
        else:
            yield from sorted((mark for marks in blocks for mark in marks), key=_place)


@dataclass(frozen=True, slots=True)
class _Finding:
    """What is looked for in one sheet."""

    look: PartLook
    formats: Mapping[int, NumberFormat]
    shown: Mapping[int, NumberFormat]
    styled: re.Pattern[bytes] | None

    def marks(self, text: bytes) -> list[Mark]:
        """Return the marks in the XML of some whole rows."""
        marks: list[Mark] = []
        if self.look.has_errors:
            for letters, row, value in _ERROR.findall(text):
                error = CellError(html.unescape(value.decode("utf-8", "replace")))
                marks.append((*_at(letters, row), error))
        if self.look.has_formulas:
            marks += [(*_at(letters, row), NEVER_CALCULATED) for letters, row in _UNCALCULATED.findall(text)]
        numbers = self.styled.findall(text) if self.styled else []
        if self.look.has_odd_dates and (b"v>-" in text or b"v>60<" in text):
            numbers += [
                found
                for found in _ODD_DATE.findall(text)
                if (one := self.formats.get(int(found[0]))) and one.kind is FormatKind.DATE
            ]
        for style, letters, row, value in numbers:
            if (cell := _as_shown(value, self.formats[int(style)])) is not None:
                marks.append((*_at(letters, row), cell))
        return marks


def _place(mark: Mark) -> tuple[int, int]:
    return mark[:2]


def _at(letters: bytes, row: bytes) -> tuple[int, int]:
    return int(row), _column(letters)


@lru_cache(maxsize=_MOST_COLUMNS)
def _column(letters: bytes) -> int:
    return column_number(letters.decode()) - 1


def _as_shown(value: bytes, shown: NumberFormat) -> Cell:
    try:
        return as_shown(float(value), shown)
    except (ValueError, OverflowError):
        return None


def _styled(styles: Iterable[int]) -> re.Pattern[bytes]:
    """Return the pattern of a number in one of the cell styles."""
    numbers = b"|".join(b"%d" % style for style in styles)
    return re.compile(
        _CELL + _NUMERIC + rb"""(?=[^>]*\ss=["'](""" + numbers + rb""")["'])""" + _PLACE
        + rb"(?:" + _FORMULA + rb")?" + _VALUE
    )  # fmt: skip


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join and cut the pieces so that each ends with a row, as long as rows are of a sane length."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        end = text.rfind(b"row>") + 4
        if end < 4 and len(text) < _LONGEST_ROW:
            rest = text
            continue
        end = len(text) if end < 4 else end
        yield text[:end]
        rest = text[end:]
    yield rest


def _addressed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the blocks with an address in every cell: some programs leave them to be counted."""
    row, column, lacks = 0, 0, None

    def put_address(found: re.Match[bytes]) -> bytes:
        nonlocal row, column
        tag = found[0]
        stated = _STATED.search(tag)
        if found[1] == b"row":
            row, column = int(stated[2]) if stated else row + 1, 0
            return tag
        column = column_number(stated[1].decode()) if stated and stated[1] else column + 1
        if stated:
            return tag
        end = found.end(1) - found.start()
        return b'%s r="%s%d"%s' % (tag[:end], column_letters(column - 1).encode(), row, tag[end:])

    for block in blocks:
        if lacks is None and (first := _FIRST_CELL.search(block)):
            lacks = not _STATED.search(first[0])
        yield _ROW_OR_CELL.sub(put_address, block) if lacks else block


def _sheet_parts(file: BinaryIO) -> dict[str, str]:
    """Return the part of the archive for each sheet name of the xlsx in `file`; {} if that is unclear.

    The guard has refused entities before, so the standard parser is safe here.
    """
    with zipfile.ZipFile(file) as archive:
        members = {member.filename: member for member in archive.infolist()}
    if "xl/workbook.xml" not in members or "xl/_rels/workbook.xml.rels" not in members:
        return {}
    try:
        relations = ET.fromstring(b"".join(inflate(file, members["xl/_rels/workbook.xml.rels"])))
        workbook = ET.fromstring(b"".join(inflate(file, members["xl/workbook.xml"])))
    except ET.ParseError:
        return {}
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    parts: dict[str, str] = {}
    for node in workbook.iter():
        if node.tag not in (f"{_MAIN}sheet", f"{_STRICT}sheet"):
            continue
        target = next((targets.get(value, "") for key, value in node.items() if key.endswith("}id")), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part in members:
            parts[node.get("name", "")] = part
    return parts


def _formats(file: BinaryIO) -> dict[int, NumberFormat]:
    """Return the formats that matter by the number of the cell style."""
    try:
        styles = ET.fromstring(b"".join(inflate_named(file, "xl/styles.xml")))
    except (KeyError, ET.ParseError):
        return {}
    space = styles.tag.partition("}")[0] + "}"
    codes = {
        node.get("numFmtId"): read_format(node.get("formatCode", ""))
        for node in styles.iterfind(f"{space}numFmts/{space}numFmt")
    }
    formats: dict[int, NumberFormat] = {}
    for style, node in enumerate(styles.iterfind(f"{space}cellXfs/{space}xf")):
        key = node.get("numFmtId", "0")
        one = codes[key] if key in codes else BUILT_IN.get(int(key) if key.isdigit() else 0)
        if one is not None:
            formats[style] = one
    return formats
