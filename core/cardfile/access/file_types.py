"""What a file is, found from its content: what its name or its sender says is not believed."""

import zipfile
from pathlib import Path
from typing import Final

__all__ = ["UNKNOWN", "media_type_of"]

UNKNOWN: Final = "application/octet-stream"
"""The type of what is not recognised."""

BEGINNING: Final = 4_096
"""How many bytes are looked at."""

_SIGNATURES: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
)

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_INSIDE: Final = (
    ("xl/workbook.xml", _OFFICE + "spreadsheetml.sheet"),
    ("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.12"),
    ("word/document.xml", _OFFICE + "wordprocessingml.document"),
    ("ppt/presentation.xml", _OFFICE + "presentationml.presentation"),
)

MOST_NAMES: Final = 10_000
"""How long the list of a zip may be to be looked through."""


def media_type_of(path: Path) -> str:
    """Return the media type of a file's content; a text is `text/plain` whatever language it is in."""
    with path.open("rb") as file:
        begin = file.read(BEGINNING)
    for signature, media_type in _SIGNATURES:
        if begin.startswith(signature):
            return media_type
    if begin[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(begin[8:12], UNKNOWN)
    if begin[4:8] == b"ftyp":
        return "video/mp4"
    if begin.startswith(b"PK\x03\x04"):
        return _kind_of_zip(path)
    return "text/plain" if _is_text(begin) else UNKNOWN


def _kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:MOST_NAMES])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "application/zip"
    if "mimetype" in names and "content.xml" in names:
        return "application/vnd.oasis.opendocument.spreadsheet"
    return next((media_type for name, media_type in _INSIDE if name in names), "application/zip")


def _is_text(begin: bytes) -> bool:
    if not begin or b"\x00" in begin:
        return False
    for encoding in ("utf-8", "cp1251"):
        try:
            # The beginning may end inside a character.
            text = begin[: -3 if len(begin) == BEGINNING else None].decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(each.isprintable() or each in "\t\r\n\f\ufeff" for each in text)
    return False
