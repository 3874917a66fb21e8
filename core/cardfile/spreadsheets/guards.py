"""The first look at a file: its size and its first bytes, before anything tries to understand it.

The content decides what a file is, never its name.
"""

import re
from collections.abc import Set
from enum import StrEnum
from typing import BinaryIO, Final

from cardfile.errors import FileRefused
from cardfile.spreadsheets.limits import MEGABYTE, PROTECTED, FileLimits

__all__ = ["FileFormat", "check_compound", "check_outside"]

_HEAD: Final = 64 * 1024


class FileFormat(StrEnum):
    """What a file is by its content."""

    ZIP = "zip"
    """A zip archive, hopefully with a workbook (xlsx, xlsm, xlsb, ods) in it."""
    XLS = "xls"
    XML_2003 = "xml 2003"
    """The XML spreadsheet of Excel 2003."""
    HTML = "html"
    """A web page, hopefully with tables in it."""
    TEXT = "text"
    """A text table: csv, tsv and their kin."""


_FOREIGN: Final[tuple[tuple[bytes, str], ...]] = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "an RTF document"),
)

_SAYS_WHAT: Final = {
    "a Windows program": "This is a Windows program, not a spreadsheet.",
    "a Linux program": "This is a Linux program, not a spreadsheet.",
    "a PDF document": "This is a PDF document, not a spreadsheet.",
    "a picture": "This is a picture, not a spreadsheet.",
    "a RAR archive": "This is a RAR archive: unpack it and send the spreadsheet itself.",
    "a 7-Zip archive": "This is a 7-Zip archive: unpack it and send the spreadsheet itself.",
    "a gzip archive": "This is a gzip archive: unpack it and send the spreadsheet itself.",
    "a bzip2 archive": "This is a bzip2 archive: unpack it and send the spreadsheet itself.",
    "an xz archive": "This is an xz archive: unpack it and send the spreadsheet itself.",
    "a database": "This is a database file, not a spreadsheet.",
    "an RTF document": "This is an RTF document, not a spreadsheet.",
}

_PAGE: Final = re.compile(rb"<(?:!doctype\s+html|html|table|head|meta|style|body|div|title)\b", re.IGNORECASE)
_FOREIGN_TEXTS: Final = (
    (
        re.compile(rb"mime-version:", re.IGNORECASE),
        "This is a web archive that only looks like a spreadsheet: open it in Excel and save it as xlsx.",
    ),
    (
        re.compile(rb"ID;P[^\r\n]*[\r\n]+(?:[^\r\n]{0,500}[\r\n]+){0,200}?[BCFP];[A-Z]"),
        "This is a SYLK file: open it in Excel and save it as xlsx.",
    ),
    (
        re.compile(rb"BEGIN:VCARD", re.IGNORECASE),
        "This is a file of contact cards (vCard), not a spreadsheet.",
    ),
    (re.compile(rb'\{\s*"|\[\s*[\[{]'), "This is a JSON file, not a spreadsheet."),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLDEST: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS: Final = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})


def check_outside(file: BinaryIO, *, limits: FileLimits) -> FileFormat:
    """Return what `file` is by its size and first bytes; raises `FileRefused` with one sentence.

    Reads at most 64 kB.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise FileRefused("The file is empty.")
    if size > limits.packed:
        raise FileRefused(
            "The file has {size} MB; at most {limit} MB are read.",
            size=f"{size / MEGABYTE:.1f}",
            limit=limits.packed // MEGABYTE,
        )
    head = file.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return FileFormat.ZIP
    if head.startswith(b"PK"):
        raise FileRefused("This is an empty or split archive, not a spreadsheet.")
    if head.startswith(_OLE):
        return FileFormat.XLS
    if head.startswith(_OLDEST):
        raise FileRefused("This is a file of an Excel older than 1995: open it in Excel and save it as xlsx.")
    for magic, what in _FOREIGN:
        # A list may well begin with a client called MZ: letters alone do not make a program.
        if head.startswith(magic) and not (magic.isalnum() and b"\x00" not in head):
            raise FileRefused(_SAYS_WHAT[what])
    return _text_format(head)


def check_compound(names: Set[str]) -> None:
    """Raise `FileRefused` for an old Office file whose streams, by their small `names`, are no workbook."""
    if "encryptedpackage" in names:
        raise FileRefused(PROTECTED)
    if "workbook" in names or "book" in names:
        return
    if "worddocument" in names:
        raise FileRefused("This is a Word document, not a spreadsheet.")
    if "powerpoint document" in names:
        raise FileRefused("This is a presentation, not a spreadsheet.")
    raise FileRefused("This is an old Office file without a workbook in it.")


def _text_format(head: bytes) -> FileFormat:
    readable = head.decode("utf-16", "replace").encode() if head.startswith(_UTF16) else head
    begin = readable.lstrip(b"\xef\xbb\xbf \t\r\n")
    for pattern, sentence in _FOREIGN_TEXTS:
        if pattern.match(begin):
            raise FileRefused(sentence)
    if _PAGE.match(begin):
        return FileFormat.HTML
    if begin.startswith((b"<?xml", b"<?mso-application", b"<Workbook", b"<ss:Workbook")):
        if b"schemas-microsoft-com:office:spreadsheet" in begin:
            return FileFormat.XML_2003
        if re.search(rb"<html[\s>]", begin, re.IGNORECASE):
            return FileFormat.HTML
        raise FileRefused("This is an XML file, not a spreadsheet.")
    _check_text(head)
    return FileFormat.TEXT


def _check_text(head: bytes) -> None:
    if head.startswith(_UTF16) or _looks_like_bare_utf16(head):
        return
    controls = len(head) - len(head.translate(None, _CONTROLS))
    # A stray control character occurs in honest exports; programs and media are full of them.
    if controls > len(head) // 200:
        raise FileRefused("This is neither a spreadsheet nor a text table.")
    if not head.strip():
        raise FileRefused("The file is empty.")


def _looks_like_bare_utf16(head: bytes) -> bool:
    """Tell whether line ends stand as two-byte characters, as they do in UTF-16 without a mark."""
    even = head[: len(head) // 2 * 2]
    high, low = even[1::2], even[0::2]
    ends = head.count(b"\n\x00") + head.count(b"\x00\n")
    return (
        ends > 0
        and max(high.count(0), low.count(0)) > len(high) // 10
        and min(high.count(0), low.count(0)) == 0
    )
