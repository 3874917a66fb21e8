"""The guard of zipped workbooks: what is in the archive, how large it really is, and what its sheets claim.

Declared sizes may lie, so every member is inflated here, in pieces that are counted, looked at and dropped.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import MergedRange, column_letters, column_number
from cardfile.spreadsheets.limits import MEGABYTE, FileLimits

__all__ = ["ArchiveLook", "PartLook", "check_archive", "inflate", "inflate_named"]

_PIECE: Final = 1 << 18
_OVERLAP: Final = 256
_ENCRYPTED: Final = 0x1
_LARGE_COUNT: Final = 1_000_000
_SMALLEST_STRING: Final = 5  # bytes of "<si/>"

# Both begin with plain letters, for which the expressions are several times faster than for a class.
_ROW: Final = re.compile(rb"""row\s(?:[^>]{0,200}?\s)?r\s*=\s*["']0*(\d{1,9})["']""")
_WIDE: Final = re.compile(rb"""r\s*=\s*["']([A-Za-z]{2,3})(\d{1,9})["']""")
_UNIQUE: Final = re.compile(rb"""\suniqueCount\s*=\s*["']0*(\d+)["']""")
_HIDDEN_ROW: Final = re.compile(rb"""row\s[^<>]{0,400}?\bhidden\s*=\s*["'](?:1|true)["']""")
_COLUMNS: Final = re.compile(rb"""<(?:\w+:)?col\s([^<>]{0,400})>""")
_COLUMN_MARK: Final = re.compile(rb"""\b(min|max|hidden)\s*=\s*["'](\w+)["']""")
_MERGED: Final = re.compile(
    rb"""mergeCell\s[^<>]{0,100}?ref\s*=\s*["']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})["']"""
)
_MOST_COLUMNS: Final = 16_384
_COUNT: Final = re.compile(rb"""\scount\s*=\s*["']0*(\d+)["']""")

_DAMAGED: Final = "The file is damaged or was not sent completely: send it again."
_PASSWORD: Final = "The file is protected with a password: save it without one and send it again."


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
    """What the guard saw: the sheet parts by their names in the archive, and the real size of everything."""

    sheets: dict[str, PartLook] = field(default_factory=dict)
    unpacked: int = 0


def check_archive(file: BinaryIO, *, limits: FileLimits) -> ArchiveLook:
    """Return a look at the zipped workbook in `file`; raises `FileRefused` if it is not fit to be read."""
    members = _members(file, limits)
    _check_kind(file, members)
    look = ArchiveLook()
    for member in members:
        part = _Part(member, look, limits)
        for piece in inflate(file, member):
            part.see(piece)
        part.finish()
    return look


def _members(file: BinaryIO, limits: FileLimits) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError) as error:
        raise FileRefused(_DAMAGED) from error
    if len(members) > limits.members:
        raise FileRefused(
            "The file consists of {count} parts; at most {limit} are read.",
            count=len(members),
            limit=limits.members,
        )
    end = 0
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise FileRefused(_PASSWORD)
        if member.header_offset < end:
            raise FileRefused("Parts of the file lie over each other: it was made to do harm.")
        end = member.header_offset + 30 + member.compress_size
        if member.file_size > max(limits.ratio_from, limits.ratio * member.compress_size):
            raise FileRefused(
                "A part of the file unpacks to more than {ratio} times its size: it was made to do harm.",
                ratio=limits.ratio,
            )
    if len({member.filename.lower() for member in members}) < len(members):
        raise FileRefused("The file holds the same part twice: it was made to do harm.")
    if sum(member.file_size for member in members) > limits.unpacked:
        raise FileRefused(
            "The file unpacks to more than {limit} MB: split the list into several files.",
            limit=limits.unpacked // MEGABYTE,
        )
    return members


def _check_kind(file: BinaryIO, members: list[zipfile.ZipInfo]) -> None:
    names = {member.filename.lower(): member for member in members}
    if "word/document.xml" in names:
        raise FileRefused("This is a Word document, not a spreadsheet.")
    if "ppt/presentation.xml" in names:
        raise FileRefused("This is a presentation, not a spreadsheet.")
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return
    kind = next(inflate(file, names["mimetype"]), b"") if "mimetype" in names else b""
    if kind.strip().startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        manifest = names.get("meta-inf/manifest.xml")
        if manifest and any(b"encryption-data" in piece for piece in inflate(file, manifest)):
            raise FileRefused(_PASSWORD)
        return
    if "[content_types].xml" in names:
        return  # A workbook may stand under an unusual name; the reader will say.
    raise FileRefused(
        "This is a zip archive without a spreadsheet: unpack it and send the spreadsheet itself."
    )


def inflate(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the real content of `member` in small pieces; raises `FileRefused` where it is damaged.

    Nothing is yielded beyond the size that the archive declares: a check of that size holds for the content.
    """
    file.seek(member.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise FileRefused(_DAMAGED)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    file.seek(name_length + extra_length, 1)
    left, total, check = member.compress_size, 0, 0
    pieces = (
        _stored(file, left) if member.compress_type == zipfile.ZIP_STORED else _deflated(file, left, member)
    )
    for piece in pieces:
        total += len(piece)
        if total > member.file_size:
            raise FileRefused("The file states its own size wrongly: it is damaged or was made to do harm.")
        check = zlib.crc32(piece, check)
        yield piece
    if total != member.file_size or check != member.CRC:
        raise FileRefused(_DAMAGED)


def inflate_named(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the content of the member called `name`, as `inflate` does."""
    with zipfile.ZipFile(file) as archive:
        member = archive.getinfo(name)
    yield from inflate(file, member)


def _stored(file: BinaryIO, left: int) -> Iterator[bytes]:
    place = file.tell()
    while left > 0:
        file.seek(place)  # Another reader may have gone elsewhere since.
        piece = file.read(min(_PIECE, left))
        if not piece:
            return
        left -= len(piece)
        place += len(piece)
        yield piece


def _deflated(file: BinaryIO, left: int, member: zipfile.ZipInfo) -> Iterator[bytes]:
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise FileRefused("The file is packed in an unusual way: open it in Excel and save it again.")
    unpacker = zlib.decompressobj(-15)
    try:
        for piece in _stored(file, left):
            packed = piece
            while packed and not unpacker.eof:
                yield unpacker.decompress(packed, _PIECE)
                packed = unpacker.unconsumed_tail
        if not unpacker.eof:
            # Output may still wait inside after the last input: without this a lie of the size would pass.
            while piece := unpacker.decompress(b"", _PIECE):
                yield piece
    except zlib.error as error:
        raise FileRefused(_DAMAGED) from error
    if not unpacker.eof:
        raise FileRefused(_DAMAGED)


class _Part:
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
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise FileRefused(
                "The file defines entities of its own, which no spreadsheet needs: it was made to do harm."
            )
        if self.look is not None:
            self._look(self.look, text, len(self.tail))
        self.tail = text[-_OVERLAP:]

    def _begin(self, piece: bytes) -> None:
        if b"\x00" in piece[:4] or piece.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise FileRefused(
                "The file is written in an unusual encoding: open it in Excel and save it again."
            )
        head = piece[:2000]
        if b"worksheet" in head and not self.name.lower().endswith(".rels"):
            self.look = self.archive.sheets[self.name] = PartLook()
            self.is_prefixed = b"<worksheet" not in head
        if b"sst" in head:
            counts = [int(match[1]) for pattern in (_UNIQUE, _COUNT) if (match := pattern.search(head))]
            self.strings = min(counts[:1] or [0])

    def _look(self, look: PartLook, text: bytes, seen: int) -> None:
        look.rows += text.count(b"<row", max(0, seen - 3))
        if self.is_prefixed:
            look.rows += text.count(b":row ", max(0, seen - 4))
        numbers = [int(match[1]) for match in _ROW.finditer(text) if match.end() > seen]
        last = max(numbers, default=0)
        if numbers and (numbers[0] <= look.last_number or numbers != sorted(numbers)):
            look.is_ordered = False
        look.last_number = max(look.last_number, last)
        for letters, number in _WIDE.findall(text):
            look.width = max(look.width, column_number(letters.decode().upper()))
            last = max(last, int(number))
        look.last_row = max(look.last_row, look.rows, last)
        look.has_errors = look.has_errors or b't="e"' in text or b"t='e'" in text
        look.has_formulas = look.has_formulas or b"<f" in text or (self.is_prefixed and b":f" in text)
        look.has_values = look.has_values or look.has_formulas or _has_values(text)
        look.has_odd_dates = look.has_odd_dates or b"v>-" in text or b"v>60<" in text
        if b"hidden" in text:
            self._look_for_hidden(look, text, seen)
        if b"mergeCell" in text and len(look.merged) < self.limits.merged:
            look.merged += [_merged(found) for found in _MERGED.finditer(text) if found.end() > seen]
        if look.last_row * look.width > self.limits.cells:
            raise FileRefused(
                "A sheet reaches as far as cell {address}, {cells} cells in all; at most {limit} are read:"
                " delete the stray cells far from the table and save the file.",
                address=f"{column_letters(look.width - 1)}{look.last_row}",
                cells=look.last_row * look.width,
                limit=self.limits.cells,
            )

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


def _merged(found: re.Match[bytes]) -> MergedRange:
    left, right = (column_number(found[place].decode().upper()) - 1 for place in (1, 3))
    return MergedRange(int(found[2]), left, int(found[4]), right)


def _has_values(text: bytes) -> bool:
    return b"<v" in text or b"<is" in text or b":v>" in text or b":is>" in text
