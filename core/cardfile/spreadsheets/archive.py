"""The guard of zipped workbooks: what is in the archive, how large it really is, and what its sheets claim.

Declared sizes may lie, so every member is inflated here, in pieces that are counted, looked at and dropped.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from cardfile.errors import FileRefused
from cardfile.spreadsheets.limits import MEGABYTE, PROTECTED, FileLimits
from cardfile.spreadsheets.part_look import ArchiveKind, ArchiveLook, PartWatch, check_area, filled_area

__all__ = ["check_archive", "inflate", "inflate_named"]

_PIECE: Final = 1 << 18
_ENCRYPTED: Final = 0x1

_DAMAGED: Final = "The file is damaged or was not sent completely: send it again."


def check_archive(file: BinaryIO, *, limits: FileLimits) -> ArchiveLook:
    """Return a look at the zipped workbook in `file`; raises `FileRefused` if it is not fit to be read."""
    members = _members(file, limits)
    look = ArchiveLook(kind=_kind(file, members))
    for member in members:
        part = PartWatch(member, look, limits)
        for piece in inflate(file, member):
            part.see(piece)
        part.finish()
        sheet = look.sheets.get(member.filename)
        if sheet and sheet.last_row * sheet.width > limits.cells:
            # Some programs give a style to all cells as far as the last column or row: only filled ones count.
            check_area(*filled_area(inflate(file, member), sheet), limits=limits)
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
            raise FileRefused(PROTECTED)
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


def _kind(file: BinaryIO, members: list[zipfile.ZipInfo]) -> ArchiveKind:
    names = {member.filename.lower(): member for member in members}
    if "word/document.xml" in names:
        raise FileRefused("This is a Word document, not a spreadsheet.")
    if "ppt/presentation.xml" in names:
        raise FileRefused("This is a presentation, not a spreadsheet.")
    if "xl/workbook.bin" in names:
        return ArchiveKind.XLSB
    if "xl/workbook.xml" in names:
        return ArchiveKind.XLSX
    kind = next(inflate(file, names["mimetype"]), b"") if "mimetype" in names else b""
    if kind.strip().startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        manifest = names.get("meta-inf/manifest.xml")
        if manifest and any(b"encryption-data" in piece for piece in inflate(file, manifest)):
            raise FileRefused(PROTECTED)
        return ArchiveKind.ODS
    if "[content_types].xml" in names:
        return ArchiveKind.XLSX  # A workbook may stand under an unusual name; the reader will say.
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
    if member.compress_size == member.file_size == 0:
        return  # Not even the packer's own sign of an end.
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
