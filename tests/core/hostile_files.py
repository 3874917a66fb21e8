"""Files made to do harm, or broken, and the sentence that each deserves."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import pytest

from cardfile.spreadsheets.limits import MEGABYTE

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def honest_parts() -> dict[str, bytes]:
    """The parts of a small honest workbook, with its strings in a table of their own as Excel has them."""
    book = openpyxl.Workbook()
    book.active.append(["Имя", "Телефон"])
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def workbook(sheet: str = "", **more: bytes) -> bytes:
    """A workbook whose first sheet has the given XML, and whose other parts are replaced as told."""
    parts = honest_parts()
    if sheet:
        parts["xl/worksheets/sheet1.xml"] = (
            f"<worksheet {NS}><sheetData>{sheet}</sheetData></worksheet>".encode()
        )
    parts.update({f"xl/{name}.xml": part for name, part in more.items()})
    return zipped(parts)


def zip_bomb() -> bytes:
    return workbook(
        "<row r='1'><c r='A1' t='inlineStr'><is><t>" + "a" * 200 * MEGABYTE + "</t></is></c></row>"
    )


def four_hundred_megabytes_of_rows() -> bytes:
    return workbook("<row/>" * (400 * MEGABYTE // 6))


def entity_bomb() -> bytes:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "lol">{lol}]><sst {NS}><si><t>&l9;</t></si></sst>'
    )
    return workbook(sharedStrings=text.encode())


def quadratic_bomb() -> bytes:
    text = f'<!DOCTYPE sst [<!ENTITY a "{"a" * 100_000}">]><sst {NS}><si><t>{"&a;" * 100_000}</t></si></sst>'
    return workbook(sharedStrings=text.encode())


def outside_entity() -> bytes:
    text = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst {NS}><si><t>&e;</t></si></sst>'
    return workbook(sharedStrings=text.encode())


def entity_after_a_long_comment() -> bytes:
    text = f'<!--{"x" * 300_000}--><!DOCTYPE x [<!ENTITY e "boo">]><sst {NS}><si><t>&e;</t></si></sst>'
    return workbook(sharedStrings=text.encode())


def entity_in_utf16() -> bytes:
    text = f'<!DOCTYPE x [<!ENTITY e "boo">]><sst {NS}><si><t>&e;</t></si></sst>'
    return workbook(sharedStrings=text.encode("utf-16"))


def corner_cell_of(address: str) -> bytes:
    return workbook(f"<row r='1'><c r='A1'><v>1</v></c></row><row><c r='{address}'><v>1</v></c></row>")


def corner_cell() -> bytes:
    return corner_cell_of("XFD1048576")


def corner_cell_in_small_letters() -> bytes:
    return corner_cell_of("xfd1048576")


def corner_cell_under_cover() -> bytes:
    """The same, reached by counting cells without addresses, which only the parser does."""
    wide = "<c><v>1</v></c>" * 16384
    return workbook(f"<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'>{wide}</row>")


def four_billion_strings() -> bytes:
    return workbook(
        sharedStrings=f'<sst {NS} count="1" uniqueCount="4000000000"><si><t>x</t></si></sst>'.encode()
    )


def truncated() -> bytes:
    whole = workbook()
    return whole[: len(whole) * 2 // 3]


def flipped_bytes() -> bytes:
    whole = bytearray(workbook("<row r='1'><c r='A1'><v>1</v></c></row>" * 50))
    start = whole.index(b"xl/worksheets/sheet1.xml") + 40
    whole[start : start + 20] = bytes(20)
    return bytes(whole)


def size_that_lies() -> bytes:
    """A part that declares 10 bytes and holds 300 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(300)) + packer.flush()
    whole = bytearray(zipped({**honest_parts(), "xl/media/lie.bin": b"0123456789"}))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        member = archive.getinfo("xl/media/lie.bin")
    data = member.header_offset + 30 + len(member.filename)
    whole[data : data + member.compress_size] = packed
    struct.pack_into("<I", whole, member.header_offset + 18, len(packed))
    directory = whole.rindex(b"xl/media/lie.bin") - 46
    struct.pack_into("<I", whole, directory + 20, len(packed))
    end = whole.rindex(b"PK\x05\x06")
    struct.pack_into("<I", whole, end + 16, whole.index(b"PK\x01\x02", data + len(packed)))
    return bytes(whole)


def overlapping_parts() -> bytes:
    whole = bytearray(zipped(honest_parts()))
    first = whole.index(b"PK\x01\x02")
    second = whole.index(b"PK\x01\x02", first + 4)
    whole[second + 42 : second + 46] = whole[first + 42 : first + 46]
    return bytes(whole)


def same_part_twice() -> bytes:
    content = io.BytesIO(zipped(honest_parts()))
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    return content.getvalue()


def too_many_parts() -> bytes:
    return zipped({**honest_parts(), **{f"xl/media/{n}.txt": b"" for n in range(6000)}})


def locked_zip() -> bytes:
    whole = bytearray(workbook())
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


def compound(*streams: str, fat: bytes = b"") -> bytes:
    """An OLE file of 512-byte sectors: header, one table of sectors, one directory."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = fat or struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = bytearray()
    for number, name in enumerate(("Root Entry", *streams)):
        entry = bytearray(128)
        letters = name.encode("utf-16-le")
        entry[: len(letters)] = letters
        struct.pack_into("<HBBIII", entry, 64, len(letters) + 2, 2 if number else 5, 1, *[0xFFFFFFFF] * 3)
        directory += entry
    return bytes(header) + table + bytes(directory).ljust(512, b"\x00")


def locked_office_file() -> bytes:
    return compound("EncryptedPackage", "EncryptionInfo")


def loop_of_sectors() -> bytes:
    """An old Excel file whose directory goes on in itself, for ever."""
    return compound("Workbook", fat=struct.pack("<128I", 0xFFFFFFFD, 1, *[0xFFFFFFFF] * 126))


def many_sheets() -> bytes:
    """Ten thousand sheets, all of them one part of the archive."""
    parts = honest_parts()
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 10_001))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts["xl/workbook.xml"] = (
        f'<workbook {NS} xmlns:r="{office}"><sheets>{sheets}</sheets></workbook>'.encode()
    )
    return zipped(parts)


def open_document(table: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b"<m:manifest xmlns:m='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>",
            "content.xml": (
                f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name='A'>"
                f"{table}</table:table></office:spreadsheet></office:body></office:document-content>"
            ).encode(),
        }
    )


def repeated_cells(rows: int, columns: int) -> bytes:
    return open_document(
        f"<table:table-row table:number-rows-repeated='{rows}'><table:table-cell office:value-type='percentage'"
        f" office:value='1' table:number-columns-repeated='{columns}'/></table:table-row>"
    )


HARM = "was made to do harm"
PASSWORD = "protected with a password"

CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (zip_bomb, HARM),
    "400 MB of rows": (four_hundred_megabytes_of_rows, HARM),
    "entity bomb": (entity_bomb, "defines entities"),
    "quadratic entity bomb": (quadratic_bomb, "defines entities"),
    "entity from outside": (outside_entity, "defines entities"),
    "entity after a long comment": (entity_after_a_long_comment, "defines entities"),
    "entity in UTF-16": (entity_in_utf16, "unusual encoding"),
    "corner cell": (corner_cell, "XFD1048576"),
    "corner cell in small letters": (corner_cell_in_small_letters, "XFD1048576"),
    "corner cell under cover": (corner_cell_under_cover, "damaged or needs more than"),
    "four billion strings": (four_billion_strings, "4000000000"),
    "truncated": (truncated, "damaged"),
    "flipped bytes": (flipped_bytes, "damaged"),
    "size that lies": (size_that_lies, "states its own size wrongly"),
    "overlapping parts": (overlapping_parts, "lie over each other"),
    "same part twice": (same_part_twice, "the same part twice"),
    "too many parts": (too_many_parts, "at most 5000"),
    "locked zip": (locked_zip, PASSWORD),
    "locked office file": (locked_office_file, PASSWORD),
    "word in an old file": (lambda: compound("WordDocument"), "Word document"),
    "loop of sectors": (loop_of_sectors, "refers to itself in a circle"),
    "renamed program": (lambda: b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200), "Windows program"),
    "renamed picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(200), "picture"),
    "renamed document": (lambda: b"%PDF-1.7\n" + bytes(200), "PDF document"),
    "nothing but NUL": (lambda: bytes(10_000), "neither a spreadsheet nor a text"),
    "UTF-16 of nothing": (lambda: b"\xff\xfe" + bytes([0, 0xD8]) * 5000, "neither a spreadsheet nor a text"),
    "ten thousand sheets": (many_sheets, "10000 sheets; at most 500"),
    "deep XML": (lambda: workbook("<row r='1'>" + "<c>" * 3_000_000), "cannot be understood|damaged|empty"),
    "open document of 17 thousand million cells": (
        lambda: repeated_cells(1_048_576, 16_384),
        "A sheet reaches",
    ),
    "open document of 50 million cells": (lambda: repeated_cells(1_000_000, 50), "A sheet reaches"),
    "rows with nothing but formats": (
        lambda: workbook("".join(f"<row r='{n}' s='1'><c r='A{n}' s='1'/></row>" for n in range(1, 300_000))),
        "every sheet is empty",
    ),
    "endless line": (lambda: b"Name;Phone\n" + b"1;" * 22_000_000, "cells; at most 16384"),
    "endless quotation": (
        lambda: b'Name;Phone\nAnn;"' + b"Bob;2\n" * 7_000_000,
        "quotation mark is opened near line 2",
    ),
    "noise": (lambda: bytes(range(256)) * 40, "neither a spreadsheet nor a text"),
    "web page": (lambda: b"<html><p>Name</p></html>", "web page without a table"),
    "web archive": (lambda: b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "web archive"),
    "contact cards": (lambda: b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nEND:VCARD", "vCard"),
    "JSON": (lambda: b'[{"name": "Ann"}]', "JSON"),
    "SYLK": (lambda: b'ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K"Name"\r\n', "SYLK"),
    "page of unclosed comments": (lambda: b"<table>" + b"<!--" * 5_000_000, "web page without a table"),
    "Excel 2003 XML with entities": (
        lambda: (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "boo">]>'
            b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">&e;</Workbook>'
        ),
        "defines entities",
    ),
    "deep Excel 2003 XML": (
        lambda: (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
            + b"<Row>" * 5_000_000
        ),
        "cannot be understood",
    ),
    "zip of something": (lambda: zipped({"photo.jpg": b"\xff\xd8\xff"}), "without a spreadsheet"),
    "word": (lambda: zipped({"word/document.xml": b"<x/>"}), "Word document"),
    "empty file": (lambda: b"", "The file is empty"),
    "only spaces": (lambda: b" \r\n \r\n", "The file is empty"),
    "empty sheet": (lambda: workbook(" "), "every sheet is empty"),
    "sheet that is no XML": (
        lambda: workbook("<row r='1'><c r='A1'><v>1</v></row>"),
        "cannot be understood",
    ),
    "quotation mark never closed": (
        lambda: b'Name;Phone\n"Ann;1\n' + b"Bob;2\n" * 5000,
        "quotation mark is opened near line 2",
    ),
    "quotation mark never closed in a short list": (
        lambda: b'Name;Phone\nAnn;1\n"Bob;2\nCyril;3',
        "quotation mark is opened near line 3",
    ),
    "endless cell": (
        lambda: b"Name;Phone\nAnn;" + b"1" * 2_000_000 + b"\nBob;2\n",
        "A cell in line 2 has more than",
    ),
}
