"""The top of one sheet as a small workbook of its own: a look at a list need not wait for all of its rows.

The reader parses a sheet as a whole before it gives the first row, and all texts of the file before that.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from typing import BinaryIO, Final

from cardfile.spreadsheets.archive import inflate

__all__ = ["cut_workbook"]

_STRINGS: Final = "xl/sharedstrings.xml"
_KEPT: Final = frozenset(
    {"[content_types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
)
_LARGEST: Final = 1 << 23

_NAMES_TEXT: Final = rb"""\st\s*=\s*["']s["']"""
_TEXT_CELL: Final = re.compile(_NAMES_TEXT)
_TEXT_NUMBER: Final = re.compile(_NAMES_TEXT + rb"[^<>]*>\s*(?:<f\b[^<>]*(?:/>|>[^<]*</f>)\s*)?<v>(\d{1,9})<")


def cut_workbook(file: BinaryIO, part: str, *, rows: int) -> io.BytesIO | None:
    """Return the xlsx in `file` with at least the first `rows` rows of the sheet `part`, and without other sheets.

    None where that is unclear, or not worth the trouble: such a sheet is read as a whole. The guard has to have
    seen the file, and that the rows of the sheet stand in their order.
    """
    with zipfile.ZipFile(file) as archive:
        members = {member.filename: member for member in archive.infolist()}
    sheet = _cut(inflate(file, members[part]), b"</row>", rows)
    if sheet is None:
        return None
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as out:
        out.writestr(part, sheet + b"</sheetData></worksheet>")
        for name, member in members.items():
            if name.lower() in _KEPT:
                out.writestr(name, b"".join(inflate(file, member)))
            elif name.lower() == _STRINGS and (used := _texts_used(sheet)):
                strings = _cut(inflate(file, member), b"</si>", used)
                if strings is None:
                    return None
                out.writestr(name, strings + b"</sst>")
    return copy


def _texts_used(sheet: bytes) -> int:
    """Return how many of the shared texts the cells name, from the first one; all of them where that is unclear."""
    numbers = _TEXT_NUMBER.findall(sheet)
    if len(numbers) != len(_TEXT_CELL.findall(sheet)):
        return _LARGEST
    return max(map(int, numbers), default=-1) + 1


def _cut(pieces: Iterable[bytes], end: bytes, most: int) -> bytes | None:
    """Return what stands before `most` or more elements have ended; None if it is less, too long, or unclear."""
    text = b""
    count = 0
    for piece in pieces:
        count += (text[1 - len(end) :] + piece).count(end)
        text += piece
        if count >= most:
            text = text[: text.rfind(end) + len(end)]
            # In a comment, what looks like an end may be none.
            return None if b"<!" in text else text
        if len(text) > _LARGEST:
            return None
    return None
