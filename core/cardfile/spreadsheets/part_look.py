"""What a part of an archive tells while it streams by: how far a sheet reaches, and what is in it besides cells."""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Final

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import MergedRange, cell_address, column_number
from cardfile.spreadsheets.limits import ENTITIES, FileLimits

__all__ = ["ArchiveKind", "ArchiveLook", "PartLook", "PartWatch", "check_area", "filled_area"]

_OVERLAP: Final = 256
_LARGE_COUNT: Final = 1_000_000
_SMALLEST_STRING: Final = 5  # bytes of "<si/>"

# Both begin with plain letters, for which the expressions are several times faster than for a class.
_ROW: Final = re.compile(rb"""row\s(?:[^>]{0,200}?\s)?r\s*=\s*["']0*(\d{1,9})["']""")
_WIDE: Final = re.compile(rb"""r\s*=\s*["']([A-Za-z]{2,3})(\d{1,9})["']""")
_SHEET: Final = re.compile(rb"<(\w+:)?worksheet[\s>]")
_CELL: Final = re.compile(rb"""<(?:\w+:)?c(?=[\s>])(?:[^>]*?\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,9})["'])?""")
_EMPTY: Final = re.compile(rb"[^>]*(?:/>|>\s*</)")
# What its reader does not tell of an OpenDocument, and filled cells that are repeated beyond all measure.
_DETAIL_OF_ODS: Final = re.compile(
    rb""":value-type=["'](?:percentage|currency|time|error)["']|:p>0\d|spanned=["']|visibility=["']"""
    rb"""|table:formula=["']|<table:table-cell\b[^>]*columns-repeated=["']\d{4,}["'][^>]*(?:[^/]>|value=["'][^>]*>)"""
    rb"""|rows-repeated=["']\d{4,}["'][^>]*>\s*<table:table-cell\b[^>]*(?:[^/]>|value=["'][^>]*>)"""
)
_UNIQUE: Final = re.compile(rb"""\suniqueCount\s*=\s*["']0*(\d+)["']""")
_HIDDEN_ROW: Final = re.compile(rb"""row\s[^<>]{0,400}?\bhidden\s*=\s*["'](?:1|true)["']""")
_COLUMNS: Final = re.compile(rb"""<(?:\w+:)?col\s([^<>]{0,400})>""")
_COLUMN_MARK: Final = re.compile(rb"""\b(min|max|hidden)\s*=\s*["'](\w+)["']""")
_MERGED: Final = re.compile(
    rb"""mergeCell\s[^<>]{0,100}?ref\s*=\s*["']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})["']"""
)
# Short texts are found by an expression in half the time that `in` takes.
_has_formula: Final = re.compile(rb"<f").search
_has_odd_date: Final = re.compile(rb"v>(?:-|60<)").search
_says_hidden: Final = re.compile(rb"hidden").search
_MOST_COLUMNS: Final = 16_384
_COUNT: Final = re.compile(rb"""\scount\s*=\s*["']0*(\d+)["']""")


class ArchiveKind(StrEnum):
    """The workbooks that are zip archives."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    ODS = "ods"


@dataclass(slots=True)
class PartLook:
    """What a stream of bytes told about one sheet: about how many rows, the last row, the widest column.

    `has_odd_dates` tells of numbers that no calendar has if they are dates: negative ones, and 60. The rows are
    ordered where each has a higher number than the one before.
    """

    rows: int = 0
    last_row: int = 0
    width: int = 26
    has_errors: bool = False
    has_formulas: bool = False
    has_values: bool = False
    has_odd_dates: bool = False
    last_number: int = 0
    is_ordered: bool = True
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[MergedRange] = field(default_factory=list)


@dataclass(slots=True)
class ArchiveLook:
    """What the guard saw: the sheet parts by their names in the archive, and the real size of everything.

    `has_details` tells whether an OpenDocument has cells about which its reader does not tell all.
    """

    sheets: dict[str, PartLook] = field(default_factory=dict)
    unpacked: int = 0
    kind: "ArchiveKind | None" = None
    has_details: bool = False


def check_area(rows: int, width: int, *, limits: FileLimits) -> None:
    """Raise `FileRefused` for a sheet of so many rows and columns, if it is too large to be kept in memory."""
    if rows * width > limits.cells:
        raise FileRefused(
            "A sheet reaches as far as cell {address}, {cells} cells in all; at most {limit} are read:"
            " delete the stray cells far from the table and save the file.",
            address=cell_address(rows, width - 1),
            cells=rows * width,
            limit=limits.cells,
        )


def filled_area(pieces: Iterable[bytes], look: PartLook) -> tuple[int, int]:
    """Return the last row and the width of the cells with anything in them; `look` where that is unclear."""
    last = width = 0
    rest = b""
    for piece in chain(pieces, (b"",)):
        text = rest + piece
        # A cell near the end is looked at together with the next piece.
        end = len(text) - _OVERLAP if piece else len(text)
        begun = max(0, end)
        for cell in _CELL.finditer(text):
            if cell.start() >= end:
                begun = cell.start()
                break
            if cell[1] is None:
                return look.last_row, look.width
            if not _EMPTY.match(text, cell.end()):
                last, width = max(last, int(cell[2])), max(width, column_number(cell[1].decode().upper()))
        rest = text[begun:]
    return last, width


class PartWatch:
    """One member while it streams by: counts it and looks for what must not be there."""

    def __init__(self, member: zipfile.ZipInfo, archive: ArchiveLook, limits: FileLimits) -> None:
        self.name = member.filename
        self.archive = archive
        self.limits = limits
        self.size = 0
        self.tail = b""
        self.is_xml = self.name.lower().endswith((".xml", ".rels", ".vml"))
        self.strings = 0
        self.is_prefixed = False
        self.look: PartLook | None = None

    def see(self, piece: bytes) -> None:
        """Look at the next piece; raises `FileRefused`."""
        if self.size == 0 and self.is_xml:
            self._begin(piece)
        self.size += len(piece)
        self.archive.unpacked += len(piece)
        if not self.is_xml:
            return
        text = self.tail + piece
        # To look for one letter takes a fifth of the time, and few parts have this one.
        if b"!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
            raise FileRefused(ENTITIES)
        if self.archive.kind is ArchiveKind.ODS and not self.archive.has_details:
            self.archive.has_details = _DETAIL_OF_ODS.search(text) is not None
        if self.look is not None:
            self._look(self.look, text, len(self.tail))
        self.tail = text[-_OVERLAP:]

    def _begin(self, piece: bytes) -> None:
        is_wide = b"\x00" in piece[:4] or piece.startswith((b"\xff\xfe", b"\xfe\xff"))
        # Excel itself keeps the parts of its add-ins so, and no reader opens them.
        if is_wide and not self.name.lower().startswith("customxml/"):
            raise FileRefused(
                "The file is written in an unusual encoding: open it in Excel and save it again."
            )
        head = piece[:2000]
        if found := _SHEET.search(head):
            self.look = self.archive.sheets[self.name] = PartLook()
            self.is_prefixed = found[1] is not None
        if b"sst" in head:
            counts = [int(match[1]) for pattern in (_UNIQUE, _COUNT) if (match := pattern.search(head))]
            self.strings = min(counts[:1] or [0])

    def _look(self, look: PartLook, text: bytes, seen: int) -> None:
        look.rows += text.count(b"<row", max(0, seen - 3))
        if self.is_prefixed:
            look.rows += text.count(b":row ", max(0, seen - 4))
        numbers = list(map(int, _ROW.findall(text)[len(_ROW.findall(self.tail)) :]))
        last = max(numbers, default=0)
        if numbers and (numbers[0] <= look.last_number or numbers != sorted(numbers)):
            look.is_ordered = False
        look.last_number = max(look.last_number, last)
        for letters, number in _WIDE.findall(text):
            look.width = max(look.width, _width(letters))
            last = max(last, int(number))
        look.last_row = max(look.last_row, look.rows, last)
        look.has_errors = look.has_errors or b't="e"' in text or (b"'" in text and b"t='e'" in text)
        look.has_formulas = (
            look.has_formulas or _has_formula(text) is not None or (self.is_prefixed and b":f" in text)
        )
        look.has_values = look.has_values or look.has_formulas or _has_values(text)
        look.has_odd_dates = look.has_odd_dates or _has_odd_date(text) is not None
        if _says_hidden(text):
            self._look_for_hidden(look, text, seen)
        if b"mergeCell" in text and len(look.merged) < self.limits.merged:
            look.merged += [_merged(found) for found in _MERGED.finditer(text) if found.end() > seen]

    @staticmethod
    def _look_for_hidden(look: PartLook, text: bytes, seen: int) -> None:
        look.hidden_rows += sum(found.end() > seen for found in _HIDDEN_ROW.finditer(text))
        for found in _COLUMNS.finditer(text):
            marks = dict(_COLUMN_MARK.findall(found[1]))
            if marks.get(b"hidden") in (b"1", b"true") and marks.get(b"min", b"").isdigit():
                first = int(marks[b"min"])
                last = int(marks[b"max"]) if marks.get(b"max", b"").isdigit() else first
                look.hidden_columns.update(range(first - 1, min(last, _MOST_COLUMNS)))

    def finish(self) -> None:
        """Compare what the part claims with what it holds; raises `FileRefused`."""
        if self.strings > _LARGE_COUNT and self.strings > self.size // _SMALLEST_STRING:
            raise FileRefused(
                "The file claims to hold {claimed} texts but has room for {room} at most: it is damaged"
                " or was made to do harm.",
                claimed=self.strings,
                room=self.size // _SMALLEST_STRING,
            )


@lru_cache(maxsize=_MOST_COLUMNS)
def _width(letters: bytes) -> int:
    return column_number(letters.decode().upper())


def _merged(found: re.Match[bytes]) -> MergedRange:
    left, right = (column_number(found[place].decode().upper()) - 1 for place in (1, 3))
    return MergedRange(int(found[2]), left, int(found[4]), right)


def _has_values(text: bytes) -> bool:
    return b"<v" in text or b"<is" in text or b":v>" in text or b":is>" in text
