"""A look at the top of a long sheet: the same rows as by reading all of it, and not its costs."""

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from cardfile.errors import InvalidInput
from cardfile.spreadsheets.reader import SheetReaders
from cardfile.spreadsheets.sheet_cut import cut_workbook
from cardfile.spreadsheets.sources import CalamineSource

pytestmark = pytest.mark.anyio

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def long_workbook(
    path: Path, *, rows: int = 400, is_shared: bool = True, change: tuple[bytes, bytes] | None = None
) -> None:
    """A list of many rows with blank ones, errors and formulas; with `change` its XML holds something else."""
    book = openpyxl.Workbook()
    for row in range(1, rows + 1):
        filled = [f"Client {row}", row + 0.5, "#N/A" if row % 7 == 0 else row, f"=A{row}", "same"]
        book.active.append([] if row % 3 == 0 else [None, *filled])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].replace(*change or (b"", b""), 1)
    if is_shared:
        texts: dict[bytes, int] = {}
        sheet = re.sub(
            rb't="inlineStr"><is>(.*?)</is>',
            lambda found: b't="s"><v>%d</v>' % texts.setdefault(found[1], len(texts)),
            sheet,
        )
        items = b"".join(b"<si>" + text + b"</si>" for text in texts)
        parts["xl/sharedStrings.xml"] = f"<sst {NS}>".encode() + items + b"</sst>"
    parts["xl/worksheets/sheet1.xml"] = sheet
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


FAR_DOWN = (b"<sheetData>", b'<sheetData><row r="900"><c r="A900"><v>1</v></c></row>')
IN_A_COMMENT = (b"<sheetData>", b"<sheetData><!-- " + b"</row>" * 200 + b" -->")


@pytest.mark.parametrize("change", [None, FAR_DOWN, IN_A_COMMENT])
@pytest.mark.parametrize("is_shared", [True, False])
async def test_the_first_rows_are_the_same_whether_or_not_the_rest_is_read(
    *, is_shared: bool, change: tuple[bytes, bytes] | None, tmp_path: Path
) -> None:
    path = tmp_path / "long.xlsx"
    long_workbook(path, is_shared=is_shared, change=change)
    async with SheetReaders().open(path) as book:
        (sheet,) = book.sheets
        everything = [row async for rows in book.rows(sheet) for row in rows]
        for most in (1, 20, 60, 1000):
            assert await book.first_rows(sheet, most=most) == everything[:most]
        with pytest.raises(InvalidInput):
            await book.first_rows("Nowhere", most=1)


def test_the_top_of_a_sheet_is_cut_off_with_its_texts_only(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    long_workbook(path, rows=9000)
    with path.open("rb") as file:
        copy = cut_workbook(file, "xl/worksheets/sheet1.xml", rows=20)
    assert copy is not None
    numbers = [number for number, _ in CalamineSource(copy).rows("Sheet")]
    assert numbers == [row for row in range(1, numbers[-1] + 1) if row % 3]
    assert 20 <= numbers[-1] < 4000
    with zipfile.ZipFile(copy) as archive:
        assert b"Client 20<" in archive.read("xl/sharedStrings.xml")
        assert b"Client 9000<" not in archive.read("xl/sharedStrings.xml")
