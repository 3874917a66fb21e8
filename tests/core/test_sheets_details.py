"""What a cell shows beside its number, errors, merged and hidden cells: told alike, whatever the format."""

import datetime as dt
import io
import re
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from cardfile.spreadsheets.cells import NEVER_CALCULATED, CellError, MergedRange, Row, SheetInfo, UnitNumber
from cardfile.spreadsheets.number_formats import as_shown, read_format
from cardfile.spreadsheets.reader import SheetReaders

pytestmark = pytest.mark.anyio

HEADS = ("Код", "Скидка", "Сумма", "Когда", "Итог")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def read(path: Path) -> tuple[SheetInfo, list[Row]]:
    async with SheetReaders().open(path) as book:
        return book.sheets[0], [row async for rows in book.rows(book.sheets[0]) for row in rows]


def list_with_formats() -> openpyxl.Workbook:
    """Codes with zeros, per cents, euros, a day before all days, errors, hidden and merged cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Клиенты", None, None, None, None])
    sheet.append(HEADS)
    for row in range(3, 9):
        sheet.append([row, row / 40, row + 0.5, -row, f"=1/{row - 3}"])
        formats = ("000000", "0%", "#,##0.00 [$€-407]", "dd.mm.yyyy", "General")
        for column, shown in enumerate(formats, 1):
            sheet.cell(row, column).number_format = shown
    sheet["E4"] = "#N/A"
    sheet["D5"] = 60
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("F4:F6")
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["C"].hidden = True
    return book


async def test_a_number_comes_as_its_cell_shows_it_and_what_is_hidden_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    list_with_formats().save(path)
    info, rows = await read(path)
    assert (info.hidden_rows, info.hidden_columns) == (1, (2,))
    assert info.merged == (MergedRange(1, 0, 1, 4), MergedRange(4, 5, 6, 5))
    assert rows[2] == (
        3,
        ("000003", UnitNumber(7.5, "%"), UnitNumber(3.5, "€"), CellError("########"), NEVER_CALCULATED),
    )
    assert [str(cell) for cell in rows[2][1][1:3]] == ["7.5%", "3.5 €"]
    assert rows[3][1][4] == CellError("#N/A")
    assert rows[4][1][3] == "29.02.1900"


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of a binary workbook: kind and length in bytes of seven bits."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body


def letters(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_workbook() -> bytes:
    """The same list as a binary workbook, with its formulas calculated."""

    def cell(kind: int, column: int, style: int, body: bytes) -> bytes:
        return record(kind, struct.pack("<II", column, style) + body)

    def text(column: int, shown: str) -> bytes:
        return cell(6, column, 0, letters(shown))

    def row(number: int, *cells: bytes) -> bytes:
        hidden = 0x10 if number == 5 else 0
        return record(0, struct.pack("<IIHBBBI", number - 1, 0, 300, 0, hidden, 0, 0)) + b"".join(cells)

    def numbers(number: int) -> list[bytes]:
        sums = (number, number / 40, number + 0.5, 60 if number == 5 else -number)
        result = cell(9, 4, 0, struct.pack("<d", 1 / (number - 3)) + bytes(6)) if number > 4 else None
        error = cell(3, 4, 0, bytes([0x2A if number == 4 else 0x07]))
        return [
            *(cell(5, at, at + 1, struct.pack("<d", one)) for at, one in enumerate(sums)),
            result or error,
        ]

    codes = {164: "000000", 165: "#,##0.00 [$€-407]", 166: "dd.mm.yyyy"}
    formats = b"".join(record(44, struct.pack("<H", key) + letters(code)) for key, code in codes.items())
    styles = b"".join(record(47, struct.pack("<HH12x", 0, key)) for key in (0, 164, 9, 165, 166))
    rows = [row(1, text(0, "Клиенты")), row(2, *(text(at, head) for at, head in enumerate(HEADS)))]
    rows += [row(number, *numbers(number)) for number in range(3, 9)]
    merged = b"".join(record(176, struct.pack("<4I", *area)) for area in ((0, 0, 0, 4), (3, 5, 5, 5)))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    link = '<Relationship Id="{}" Type="' + office + '/{}" Target="{}"/>'
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": rels.format(link.format("rId1", "officeDocument", "xl/workbook.bin")).encode(),
        "xl/_rels/workbook.bin.rels": rels.format(
            link.format("rId1", "worksheet", "worksheets/sheet1.bin") + link.format("rId2", "styles", "styles.bin")
        ).encode(),
        "xl/workbook.bin": record(131) + record(143)
        + record(156, struct.pack("<II", 0, 1) + letters("rId1") + letters("Sheet")) + record(144) + record(132),
        "xl/styles.bin": record(278) + record(615, struct.pack("<I", 3)) + formats + record(616)
        + record(617, struct.pack("<I", 5)) + styles + record(618) + record(279),
        "xl/worksheets/sheet1.bin": record(129) + record(148, struct.pack("<4I", 0, 7, 0, 5)) + record(390)
        + record(60, struct.pack("<4IH", 2, 2, 2560, 0, 1)) + record(391) + record(145) + b"".join(rows)
        + record(146) + record(177, struct.pack("<I", 2)) + merged + record(178) + record(130),
    }  # fmt: skip
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def calculated(path: Path) -> Path:
    """The list as LibreOffice saved it, or as built here, of the format that the name has."""
    if path.suffix == ".xlsb":
        path.write_bytes(binary_workbook())
        return path
    return Path(__file__).parent / "sheets" / path.name


@pytest.mark.parametrize("name", ["formats.xls", "formats.xlsb", "formats.ods"])
async def test_every_format_tells_the_same(name: str, tmp_path: Path) -> None:
    list_with_formats().save(tmp_path / "list.xlsx")
    _, expected = await read(tmp_path / "list.xlsx")
    info, rows = await read(calculated(tmp_path / name))
    assert (info.hidden_rows, info.hidden_columns) == (1, (2,))
    assert info.merged == (MergedRange(1, 0, 1, 4), MergedRange(4, 5, 6, 5))
    assert rows[:2] == expected[:2]
    assert [str(cells[4])[:6] for _, cells in rows[2:]] == ["#DIV/0", "#N/A", "0.5", "0.3333", "0.25", "0.2"]
    for (number, ours), (_, theirs) in zip(rows[2:], expected[2:], strict=True):
        assert ours[0] == f"{number:06}"
        assert [str(cell).replace("EUR", "€") for cell in ours[:3]] == [str(cell) for cell in theirs[:3]]
        if name != "formats.ods":  # An OpenDocument has days before 1900.
            assert ours[3] == theirs[3]


async def test_formulas_of_an_old_file_that_all_give_zero_were_never_calculated(tmp_path: Path) -> None:
    """Libraries that write the old format cannot calculate and store a zero everywhere."""
    content = bytearray((Path(__file__).parent / "sheets" / "formats.xls").read_bytes())
    for found in re.finditer(rb"\x06\x00[\x10-\x60]\x00[\x02-\x07]\x00\x04\x00..", bytes(content), re.DOTALL):
        content[found.end() : found.end() + 8] = bytes(8)
    path = tmp_path / "list.xls"
    path.write_bytes(content)
    _, rows = await read(path)
    assert [cells[4] for _, cells in rows[4:]] == [NEVER_CALCULATED] * 4


async def test_cells_without_addresses_keep_their_details(tmp_path: Path) -> None:
    """Some programs leave rows and cells to be counted."""
    content, path = io.BytesIO(), tmp_path / "list.xlsx"
    list_with_formats().save(content)
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = re.sub(rb' r="[A-Z]*\d+"', b"", part)
            new.writestr(name, part)
    list_with_formats().save(tmp_path / "addressed.xlsx")
    assert (await read(path))[1] == (await read(tmp_path / "addressed.xlsx"))[1]


async def test_rows_out_of_order_keep_their_details(tmp_path: Path) -> None:
    content, path = io.BytesIO(), tmp_path / "list.xlsx"
    list_with_formats().save(content)
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                rows = re.findall(rb"<row .*?</row>", part, re.DOTALL)
                part = part.replace(b"".join(rows), b"".join(reversed(rows)))
                assert part.index(b'r="A8"') < part.index(b'r="A3"')
            new.writestr(name, part)
    list_with_formats().save(tmp_path / "ordered.xlsx")
    assert (await read(path))[1] == (await read(tmp_path / "ordered.xlsx"))[1]


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("00000", 77, "00077"),
        ("00000", 123456, None),
        (r"000\-000\-000\ 00", 12345678901, "123-456-789 01"),
        (r"00\-00\-00", 1234, "00-12-34"),
        ("0", 7, None),
        ("0.00", 7, None),
        ("0.00E+00", 12345678, None),
        ("0.0%", 0.155, "15.5%"),
        ('_-* # ##0.00\\ "₽"_-;-* # ##0.00\\ "₽"_-;@', 5.5, "5.5 ₽"),
        (r"\$#,##0.00;[Red]\-\$#,##0.00", 5, "5 $"),
        ("#,##0 [$USD]", 5, "5 USD"),
        ('0" мес."', 12, "12 мес."),
        ('0,"тыс."', 5000, None),
        ("[$-419]d mmmm yyyy;@", 45000, None),
        ("dd/mm/yyyy", -1, "########"),
        ("[h]:mm", -1, None),
        (r"[<=9999999]###\-####;\(###\)\ ###\-####", 9161234567, None),
        ("General", 7, None),
        ("@", 7, None),
    ],
)
def test_a_format_shows_more_than_the_number(code: str, value: float, shown: str | None) -> None:
    form = read_format(code)
    cell = None if form is None else as_shown(value, form)
    assert (None if cell is None else str(cell)) == shown


XML_2003 = """
<?xml version="1.0" encoding="windows-1251"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">
 <Styles><Style ss:ID="code"><NumberFormat ss:Format="000000"/></Style>
  <Style ss:ID="part"><NumberFormat ss:Format="Percent"/></Style></Styles>
 <Worksheet ss:Name="Выписка"><Table>
  <Column ss:Index="3" ss:Hidden="1"/>
  <Row><Cell ss:MergeAcross="2"><Data ss:Type="String">Клиенты</Data></Cell></Row>
  <Row ss:Index="3" ss:Hidden="1">
   <Cell ss:StyleID="code"><Data ss:Type="Number">42</Data><Comment><ss:Data>нет</ss:Data></Comment></Cell>
   <Cell ss:Index="3" ss:StyleID="part"><Data ss:Type="Number">0.15</Data></Cell>
   <Cell><Data ss:Type="DateTime">2026-02-03T14:30:00.000</Data></Cell>
   <Cell><Data ss:Type="DateTime">2026-02-03T00:00:00.000</Data></Cell>
   <Cell><Data ss:Type="Error">#N/A</Data></Cell><Cell ss:Formula="=1+1"/>
   <Cell><Data ss:Type="Boolean">1</Data></Cell>
   <Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>Анна</B> &amp; Ко</ss:Data></Cell>
  </Row></Table></Worksheet>
 <Worksheet ss:Name="Тайный"><Table><Row><Cell><Data ss:Type="Number">1</Data></Cell></Row></Table>
  <x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
</Workbook>"""


async def test_a_spreadsheet_of_excel_2003_in_xml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "statement.xls"
    path.write_bytes(XML_2003.encode("cp1251"))
    async with SheetReaders().open(path) as book:
        assert [(sheet.name, sheet.is_visible) for sheet in book.sheets] == [
            ("Выписка", True),
            ("Тайный", False),
        ]
    info, rows = await read(path)
    assert (info.hidden_rows, info.hidden_columns, info.merged) == (1, (2,), (MergedRange(1, 0, 1, 2),))
    moment = dt.datetime.fromisoformat("2026-02-03T14:30:00")
    assert rows == [
        (1, ("Клиенты",)),
        (3, ("000042", None, UnitNumber(15, "%"), moment, moment.date(), CellError("#N/A"), NEVER_CALCULATED,
             True, "Анна & Ко")),
    ]  # fmt: skip


PAGE = """<html><head><meta http-equiv=Content-Type content="text/html; charset=windows-1251">
<style>td {{mso-number-format:"\\@"}}</style></head><body>
<table><tr><td>Меню</td><td><table border=1 class="R0">
<TR><TH colspan=2>Отчёт<br>за&nbsp;год</TH><!-- <td>нет</td> --></TR>
<tr><td rowspan=2><span style="white-space:nowrap">Анна &amp; Ко</span></td><td>8 (916)
 123-45-67</td>
<tr><td>1 &lt; 2</tr><tr><td></td></tr><tr><td>Пётр<td>5</table></td></tr></table></body></html>"""


async def test_a_web_page_that_goes_for_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.xls"
    path.write_bytes(PAGE.encode("cp1251"))
    async with SheetReaders().open(path) as book:
        assert [sheet.name for sheet in book.sheets] == ["Table 1", "Table 2"]
        assert book.sheets[1].merged == (MergedRange(1, 0, 1, 1), MergedRange(2, 0, 3, 0))
        assert [row async for rows in book.rows("Table 1") for row in rows] == [(1, ("Меню",))]
        assert [row async for rows in book.rows("Table 2") for row in rows] == [
            (1, ("Отчёт\nза\N{NO-BREAK SPACE}год",)),
            (2, ("Анна & Ко", "8 (916) 123-45-67")),
            (3, (None, "1 < 2")),
            (5, ("Пётр", "5")),
        ]
