"""Honest files of all kinds: every row comes out, with its number, its columns and its types."""

import asyncio
import datetime as dt
import io
import os
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from cardfile.errors import InvalidInput
from cardfile.spreadsheets.cells import NEVER_CALCULATED, CellError, Row, cell_address, column_letters
from cardfile.spreadsheets.encodings import guess_single_byte
from cardfile.spreadsheets.openpyxl_source import OpenpyxlSource
from cardfile.spreadsheets.reader import SheetReaders
from cardfile.spreadsheets.text_source import find_delimiter

pytestmark = pytest.mark.anyio

HALF_PAST_TWO = dt.datetime.fromisoformat("2026-02-03T14:30:00")

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
NAMES = ("Фёдорова Анна Сергеевна", "ИВАНОВ ПЁТР", "Щукина Юлия", "ООО «Ромашка»", "Гъирсанов Эльдар", "Ян")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def rows_of(path: Path, sheet: str | None = None, *, batch: int = 1000) -> list[Row]:
    async with SheetReaders().open(path) as book:
        return [row async for rows in book.rows(sheet or book.sheets[0], batch=batch) for row in rows]


def odd_workbook(path: Path) -> None:
    """A table that begins at C3, with every type of cell in it, and a second and a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Клиенты"
    sheet["C3"], sheet["D3"], sheet["E3"] = "Имя", "Телефон", "Когда"
    sheet["C5"], sheet["D5"], sheet["E5"] = "Ann", 79161234567, dt.date(2026, 2, 3)
    sheet["C6"], sheet["D6"], sheet["E6"] = True, 2.5, HALF_PAST_TWO
    sheet["C7"], sheet["D7"], sheet["E7"] = "#N/A", "=1+1", dt.time(9, 15)
    sheet["C9"] = "#DIV/0!"
    book.create_sheet("Empty")
    hidden = book.create_sheet("Hidden")
    hidden["A1"] = "secret"
    hidden.sheet_state = "hidden"
    book.save(path)


async def test_a_table_in_the_middle_of_a_sheet_keeps_its_addresses_and_types(tmp_path: Path) -> None:
    odd_workbook(tmp_path / "odd.xlsx")
    rows = await rows_of(tmp_path / "odd.xlsx")
    assert rows == [
        (3, (None, None, "Имя", "Телефон", "Когда")),
        (5, (None, None, "Ann", 79161234567, dt.date(2026, 2, 3))),
        (6, (None, None, True, 2.5, HALF_PAST_TWO)),
        (7, (None, None, CellError("#N/A"), NEVER_CALCULATED, dt.time(9, 15))),
        (9, (None, None, CellError("#DIV/0!"))),
    ]
    assert isinstance(rows[1][1][3], int)


async def test_both_readers_of_workbooks_give_the_same_cells(tmp_path: Path) -> None:
    path = tmp_path / "odd.xlsx"
    odd_workbook(path)
    with path.open("rb") as file:
        second = list(OpenpyxlSource(file).rows("Клиенты"))
    first = await rows_of(path)
    unknown_to_openpyxl = {(7, 3)}
    assert [number for number, _ in second] == [number for number, _ in first]
    for (number, ours), (_, theirs) in zip(first, second, strict=True):
        for column, (left, right) in enumerate(zip(ours, theirs, strict=True)):
            assert left == right or (number, column) in unknown_to_openpyxl


async def test_sheets_are_listed_with_visibility_and_about_their_rows(tmp_path: Path) -> None:
    odd_workbook(tmp_path / "odd.xlsx")
    async with SheetReaders().open(tmp_path / "odd.xlsx") as book:
        assert [(sheet.name, sheet.is_visible, sheet.about) for sheet in book.sheets] == [
            ("Клиенты", True, 5),
            ("Empty", True, 0),
            ("Hidden", False, 1),
        ]
        assert [row async for rows in book.rows("Empty") for row in rows] == []
        assert [row async for rows in book.rows("Hidden") for row in rows] == [(1, ("secret",))]
        with pytest.raises(InvalidInput, match="no sheet “Nope”; it has: Клиенты, Empty, Hidden"):
            await anext(book.rows("Nope"))


async def test_what_excel_itself_writes_comes_through(tmp_path: Path) -> None:
    """Strings in a table of their own, stored results of formulas, errors far to the right."""
    rows = "".join(
        f'<row r="{row}" spans="1:3"><c r="A{row}" t="s"><v>{row % 7}</v></c>'
        f'<c r="B{row}"><v>{row}.5</v></c><c r="C{row}"><f>1+1</f><v>2</v></c></row>'
        for row in range(1, 2501)
    )
    last = '<row r="2501"><c r="AB2501" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    strings = "".join(f"<si><t>Клиент &amp; {n}</t></si>" for n in range(7))
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    path = tmp_path / "list.xlsx"
    replaced = {
        "xl/worksheets/sheet1.xml": f"<worksheet {NS}><sheetData>{rows}{last}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f'<sst {NS} count="2500" uniqueCount="7">{strings}</sst>',
    }
    link = (
        '<Relationship Id="strings" Target="sharedStrings.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
    )
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name).decode() for name in old.namelist()} | replaced
        links = parts["xl/_rels/workbook.xml.rels"].replace("</Relationships>", f"{link}</Relationships>")
        for name, part in {**parts, "xl/_rels/workbook.xml.rels": links}.items():
            new.writestr(name, part)
    read = await rows_of(path, batch=700)
    assert len(read) == 2501
    assert read[8] == (9, ("Клиент & 2", 9.5, 2))
    assert read[2500] == (2501, (*[None] * 27, CellError("#DIV/0!")))
    assert cell_address(2501, 27) == "AB2501"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b""),
     ("cp1251", b""), ("cp866", b""), ("koi8-r", b""), ("mac-cyrillic", b"")],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16 without mark", "cp1251", "cp866", "koi8-r", "mac"],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "bar"])
async def test_a_text_table_is_read_whatever_wrote_it(
    encoding: str, mark: bytes, delimiter: str, tmp_path: Path
) -> None:
    lines = [
        ["Клиент", "Телефон", "Адрес"],
        *([name, "8 (916) 123-45-67", f'"Москва, Ленина; {n}|2"'] for n, name in enumerate(NAMES)),
    ]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    if encoding in {"cp866", "koi8-r"}:  # They have no such quotation marks.
        text = text.replace("«", "").replace("»", "")
    path = tmp_path / "list.csv"
    path.write_bytes(mark + text.encode(encoding))
    rows = await rows_of(path)
    assert [cells[0] for _, cells in rows][1:3] == list(NAMES[:2])
    assert rows[3] == (4, ("Щукина Юлия", "8 (916) 123-45-67", "Москва, Ленина; 2|2"))


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r", "mac-cyrillic"])
@pytest.mark.parametrize("name", NAMES[:3], ids=["full name", "capitals", "first and last"])
def test_one_name_is_enough_to_tell_an_encoding(encoding: str, name: str) -> None:
    sample = name.encode(encoding)
    assert sample.decode(guess_single_byte(sample)) == name


def test_western_names_are_not_taken_for_russian_ones() -> None:
    assert guess_single_byte("Müller, José; Café Bärbel; Zoë".encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Sum: 1\xa0000,50; 12\xa0346", "cp1251"), ("Fee – none… it’s free", "cp1251"), ("€5; €7", "cp1252"),
     ("Wait………………", "cp1251"), ("ООО", "cp866"), ("Ж;М;Ж", "koi8-r")],
)  # fmt: skip
def test_signs_are_not_taken_for_letters_nor_letters_for_signs(text: str, encoding: str) -> None:
    sample = text.encode(encoding)
    assert sample.decode(guess_single_byte(sample)) == text


async def test_a_foreign_letter_in_the_last_row_still_decides_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"name;phone\n" + b"Ann;1\n" * 60_000 + "Щукина Юлия;2\n".encode("cp1251"))
    assert (await rows_of(path))[-1] == (60_002, ("Щукина Юлия", "2"))


async def test_a_stated_delimiter_is_obeyed_and_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\ufeffsep=^\r\nИмя^Город\r\nАня^Рим, Италия\r\n".encode())
    assert await rows_of(path) == [(1, ("Имя", "Город")), (2, ("Аня", "Рим, Италия"))]


async def test_blank_rows_line_breaks_and_old_line_ends_keep_the_numbers_true(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b'Name;Note\r\r;\rAnn;"two\rlines"\rBob;=1+1\r')
    assert await rows_of(path) == [(1, ("Name", "Note")), (4, ("Ann", "two\rlines")), (5, ("Bob", "=1+1"))]


def test_commas_in_addresses_do_not_outvote_the_delimiter() -> None:
    assert find_delimiter("Имя;Адрес\nАня;Москва, Ленина, 1\nПётр;Тула, Мира, 2\n") == ";"


async def test_a_reading_may_be_left_early_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"n\n" + b"".join(b"%d;x\n" % n for n in range(10_000)))
    async with SheetReaders().open(path) as book:
        async for rows in book.rows("CSV", batch=20):
            assert len(rows) == 20
            break
        again = [row async for rows in book.rows("CSV", batch=3000) for row in rows]
    assert len(again) == 10_001
    assert again[-1] == (10_001, ("9999", "x"))


async def test_no_more_files_are_open_than_there_are_places(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"a;b\n1;2\n")
    readers = SheetReaders(at_once=1)
    async with readers.open(path):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5), readers.open(path):
                pass
    async with readers.open(path) as book:
        assert book.delimiter == ";"


async def test_a_cancelled_reading_leaves_no_process(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"a;b\n1;2\n")
    readers, pid = SheetReaders(), 0
    opened = asyncio.Event()

    async def read() -> None:
        nonlocal pid
        async with readers.open(path) as book:
            pid = book.process_id
            opened.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(read())
    await opened.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_sheet_that_says_it_is_the_largest_possible_is_read(tmp_path: Path) -> None:
    path, content = tmp_path / "list.xlsx", io.BytesIO()
    openpyxl.Workbook().save(content)
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode()
            if name.endswith("sheet1.xml"):
                cell = '<row r="2"><c r="B2" t="inlineStr"><is><t>Ann</t></is></c></row>'
                part = part.replace("A1:A1", "A1:XFD1048576").replace(
                    "<sheetData></sheetData>", f"<sheetData>{cell}</sheetData>"
                )
                assert "XFD1048576" in part
                assert cell in part
            new.writestr(name, part)
    assert await rows_of(path) == [(2, (None, "Ann"))]


async def test_an_error_that_the_first_reader_does_not_know_is_left_to_the_second(tmp_path: Path) -> None:
    path, content = tmp_path / "list.xlsx", io.BytesIO()
    openpyxl.Workbook().save(content)
    name = '<c r="A1" t="inlineStr"><is><t>Ann</t></is></c>'
    cells = f'{name}<c r="B1" t="e"><v>#SPILL!</v></c><c r="C1"><v>7</v></c>'
    sheet = f'<worksheet {NS}><sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            new.writestr(part, sheet if part.endswith("sheet1.xml") else old.read(part))
    assert await rows_of(path) == [(1, ("Ann", CellError("#SPILL!"), 7))]


async def test_an_open_document_is_read(tmp_path: Path) -> None:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    cell = '<table:table-cell office:value-type="{}" office:{}="{}"><text:p>x</text:p></table:table-cell>'
    row = cell.format("float", "value", 79161234567) + cell.format("date", "date-value", "2026-02-03")
    content = (
        f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="Лист">'
        '<table:table-row><table:table-cell table:number-columns-repeated="2"/></table:table-row>'
        f"<table:table-row>{row}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "list.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    assert await rows_of(path) == [(2, (79161234567, dt.date(2026, 2, 3)))]


def old_excel_file() -> bytes:
    """A workbook of Excel 97: a compound file with one stream of records in eight sectors."""

    def record(number: int, body: bytes) -> bytes:
        return struct.pack("<HH", number, len(body)) + body

    def begin(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        letters = name.encode("utf-16-le")
        free = 0xFFFFFFFF
        tail = struct.pack("<HBBIII36xIQ", len(letters) + 2, kind, 1, free, free, child, start, size)
        return letters.ljust(64, b"\0") + tail

    end = record(0x0A, b"")
    number = record(0x203, struct.pack("<HHHd", 2, 1, 0, 79161234567.0))
    text = record(0x204, struct.pack("<HHHHB", 2, 2, 0, 3, 0) + b"Ann")
    name = struct.pack("<BB", 7, 0) + b"Clients"
    length = len(begin(5) + record(0x85, struct.pack("<IBB", 0, 0, 0) + name) + end)
    book = begin(5) + record(0x85, struct.pack("<IBB", length, 0, 0) + name) + end
    stream = (book + begin(0x10) + number + text + end).ljust(4096, b"\0")

    last, unused = 0xFFFFFFFE, 0xFFFFFFFF
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0")
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, last, 0, last, 0)
    header += struct.pack("<109I", 0, *[unused] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, last, *range(3, 10), last, *[unused] * 118)
    directory = entry("Root Entry", 5, 1, last, 0) + entry("Workbook", 2, unused, 2, 4096)
    return header + table + directory.ljust(512, b"\0") + stream


async def test_an_old_excel_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"  # The content decides, not the name.
    path.write_bytes(old_excel_file())
    async with SheetReaders().open(path) as book:
        assert [sheet.name for sheet in book.sheets] == ["Clients"]
    assert await rows_of(path) == [(3, (None, 79161234567, "Ann"))]


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16383, "XFD")])
def test_columns_are_named_as_excel_names_them(index: int, letters: str) -> None:
    assert column_letters(index) == letters


async def test_a_reading_that_is_broken_off_ends_though_much_was_read_ahead(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("\n".join(f"{row};{'я' * 300}" for row in range(5_000)), encoding="utf-8")
    async with asyncio.timeout(60), SheetReaders().open(path) as book:
        async for _ in book.rows(book.sheets[0]):
            # The next rows come as long as there is room for them in the pipe, and nobody takes them.
            while not book._conversation._answers._paused:  # type: ignore[attr-defined]  # noqa: ASYNC110  # asyncio's
                await asyncio.sleep(0)
            break
