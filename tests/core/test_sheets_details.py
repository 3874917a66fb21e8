"""What a cell shows beside its number, errors, merged and hidden cells: told alike, whatever the format."""

import io
import re
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
