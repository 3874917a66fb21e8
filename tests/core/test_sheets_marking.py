"""Somebody's own list given back with what became of its rows: all of it as it was, and two columns more."""

import csv
import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from cardfile.errors import FileRefused
from cardfile.spreadsheets.marking import Given, SheetMarks, mark_workbook
from cardfile.spreadsheets.reader import SheetReaders
from cardfile.spreadsheets.sheet_patch import CellMark, RowMark
from cardfile.spreadsheets.tones import FILLS, Tone

pytestmark = pytest.mark.anyio

TITLES = ("Итог", "Замечания")
MARKS = (
    RowMark(4, "Создан", "", Tone.GOOD),
    RowMark(5, "Не принят", "=Телефон: «12» — не <телефон> & всё", Tone.BAD, (CellMark(1, "Не телефон"),)),
    RowMark(6, "Создан", "Пусто", Tone.GOOD, (CellMark(4, "Нет почты"), CellMark(0, "Уже был"))),
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def marks_of(
    sheet: str,
    marks: Sequence[RowMark] = MARKS,
    *,
    header_row: int = 3,
    columns: tuple[int, int] | None = None,
) -> SheetMarks:
    async def give() -> AsyncIterator[RowMark]:
        for mark in marks:
            yield mark

    return SheetMarks(sheet, header_row, TITLES, give, columns)


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write a workbook anew with its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def own_list(path: Path) -> Path:
    """Write a list as somebody keeps it: titled, styled, calculated, commented, with a chart beside it."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Клиенты & Ко"
    for row in (
        ["Список"],
        [],
        ["ФИО", "Телефон", "Сумма", "С НДС", "Почта"],
        ["Анна", "89161112233", 100, "=C4*2", "a@b.ru"],
        ["Борис", 12, 200, "=C5*2", None],
        ["Вера", None, 300, "=SUM(C4:C6)"],
        ["Итого", None, "=SUM(C4:C6)"],
    ):
        page.append(row)
    page.merge_cells("A1:E1")
    page["A3"].font = Font(bold=True)
    page["B5"].number_format, page["B5"].fill = "0000", PatternFill("solid", fgColor="00FF00")
    page["A6"].comment = Comment("Любит чай", "Ольга")
    page["C4"].comment = Comment("Наличные", "Ольга")
    page.column_dimensions["A"].width = 33
    page.column_dimensions["F"].width = 3
    page.conditional_formatting.add(
        "C4:C6", CellIsRule(operator="greaterThan", formula=["150"], font=Font(bold=True))
    )
    choices = DataValidation(type="list", formula1='"да,нет"')
    choices.add("E4:E9")
    page.add_data_validation(choices)
    chart = BarChart()
    chart.add_data(Reference(page, min_col=3, min_row=4, max_row=6))
    page.add_chart(chart, "H2")
    book.create_sheet("Второй").append(["=1+1", "x"])
    book.save(path)

    def calculate(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = re.sub(rb"</f><v\s*/>|</f><v></v>", b"</f><v>777</v>", sheet)

    return rewritten(path, calculate)


def formulas(path: Path) -> dict[tuple[str, str], object]:
    book = openpyxl.load_workbook(path)
    return {
        (page.title, cell.coordinate): cell.value
        for page in book
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def fill_of(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)[2:] if cell.fill.patternType else ""


async def test_a_workbook_comes_back_as_it_was_with_two_columns_colours_and_comments(tmp_path: Path) -> None:
    source, target = own_list(tmp_path / "list.xlsx"), tmp_path / "out.xlsx"
    given = await mark_workbook(SheetReaders(), source, target, [marks_of("Клиенты & Ко")])
    assert given is Given.OWN
    page = openpyxl.load_workbook(target)["Клиенты & Ко"]
    told = [[cell.value for cell in row] for row in page["F1:G7"]]
    assert told == [
        [None, None], [None, None], list(TITLES), ["Создан", None], ["Не принят", MARKS[1].reason],
        ["Создан", "Пусто"], [None, None],
    ]  # fmt: skip
    assert [fill_of(page[cell]) for cell in ("F4", "F5", "B5", "A6", "E6", "A4")] == [
        FILLS[Tone.GOOD], FILLS[Tone.BAD], FILLS[Tone.BAD], FILLS[Tone.DOUBTFUL], FILLS[Tone.DOUBTFUL], "",
    ]  # fmt: skip
    assert page["B5"].number_format == "0000"
    assert (page["F3"].font.bold, page["A3"].font.bold) == (page["E3"].font.bold, True)
    comments = {
        cell.coordinate: cell.comment.text for row in page.iter_rows() for cell in row if cell.comment
    }
    assert comments == {
        "C4": "Наличные", "A6": "Любит чай\n— Уже был", "B5": "Не телефон", "E6": "Нет почты",
    }  # fmt: skip
    assert page.column_dimensions["A"].width == 33
    assert page.column_dimensions["F"].width == 18
    assert formulas(target) == formulas(source)
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target) as after:
        untouched = {"xl/charts/chart1.xml", "xl/worksheets/sheet2.xml", "xl/workbook.xml"}
        assert {name: after.read(name) for name in untouched} == {
            name: before.read(name) for name in untouched
        }
        sheet = after.read("xl/worksheets/sheet1.xml")
        assert (sheet.count(b"<v>777</v>"), sheet.count(b"<f>")) == (4, 4), (
            "what formulas came to is still there"
        )
        assert b"conditionalFormatting" in sheet
        assert b"dataValidation" in sheet


async def test_a_list_given_back_and_given_back_again_has_its_results_in_the_same_columns(
    tmp_path: Path,
) -> None:
    source, once, twice = own_list(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", tmp_path / "c.xlsx"
    await mark_workbook(SheetReaders(), source, once, [marks_of("Клиенты & Ко")])
    marks = [RowMark(4, "Дубль", "Уже есть", Tone.DOUBTFUL), RowMark(5, "Создан", "", Tone.GOOD)]
    assert (
        await mark_workbook(SheetReaders(), once, twice, [marks_of("Клиенты & Ко", marks, columns=(5, 6))])
        is Given.OWN
    )
    page = openpyxl.load_workbook(twice)["Клиенты & Ко"]
    assert page.max_column == 7
    assert [page[cell].value for cell in ("F3", "F4", "G4", "F5")] == [
        TITLES[0], "Дубль", "Уже есть", "Создан",
    ]  # fmt: skip


def _prefixed(parts: dict[str, bytes]) -> None:
    sheet = parts["xl/worksheets/sheet1.xml"]
    sheet = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", sheet).replace(b"xmlns=", b"xmlns:x=")
    parts["xl/worksheets/sheet1.xml"] = sheet


def _unaddressed(parts: dict[str, bytes]) -> None:
    sheet = re.sub(rb'(<(?:row|c)\b[^>]*?) r="[A-Z]*\d+"', rb"\1", parts["xl/worksheets/sheet1.xml"])
    parts["xl/worksheets/sheet1.xml"] = sheet


def _padded(parts: dict[str, bytes]) -> None:
    """Format whole rows far to the right, as LibreOffice does."""
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = re.sub(
        rb'<row r="(\d)"([^>]*)>(.*?)</row>',
        rb'<row r="\1"\2 spans="1:9">\3<c r="F\1" s="1"/><c r="K\1" s="1"/></row>',
        sheet,
    )


@pytest.mark.parametrize(
    "change", [_prefixed, _unaddressed, _padded], ids=["prefixed", "unaddressed", "padded"]
)
async def test_other_programs_write_sheets_otherwise(change: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "a"
    for row in (["ФИО", "Телефон"], ["Анна", "1"], ["Борис", "2"]):
        page.append(row)
    book.save(tmp_path / "a.xlsx")
    source, target = rewritten(tmp_path / "a.xlsx", change), tmp_path / "b.xlsx"
    marks = [
        RowMark(2, "Создан", "", Tone.GOOD),
        RowMark(3, "Не принят", "Нет", Tone.BAD, (CellMark(1, "Плохо"),)),
    ]
    given = await mark_workbook(SheetReaders(), source, target, [marks_of("a", marks, header_row=1)])
    assert given is Given.OWN
    async with SheetReaders().open(target) as opened:
        rows = [row async for batch in opened.rows("a") for row in batch]
    assert rows == [
        (1, ("ФИО", "Телефон", *TITLES)), (2, ("Анна", "1", "Создан")), (3, ("Борис", "2", "Не принят", "Нет")),
    ]  # fmt: skip


def _unstyled(parts: dict[str, bytes]) -> None:
    del parts["xl/styles.xml"]
    parts["xl/_rels/workbook.xml.rels"] = re.sub(
        rb"<[^>]*styles[^>]*>", b"", parts["xl/_rels/workbook.xml.rels"]
    )
    parts["[Content_Types].xml"] = re.sub(rb"<[^>]*styles[^>]*>", b"", parts["[Content_Types].xml"])
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        parts[name] = re.sub(rb' s="\d+"', b"", parts[name])


def _with_active_content(parts: dict[str, bytes]) -> None:
    parts["xl/activeX/activeX1.bin"] = b"MZ"


@pytest.mark.parametrize("change", [_unstyled, _with_active_content], ids=["no styles", "programs"])
async def test_a_workbook_that_cannot_be_patched_comes_back_as_a_copy(change: Any, tmp_path: Path) -> None:
    source, target = rewritten(own_list(tmp_path / "list.xlsx"), change), tmp_path / "out.xlsx"
    assert await mark_workbook(SheetReaders(), source, target, [marks_of("Клиенты & Ко")]) is Given.COPY
    page = openpyxl.load_workbook(target)["Клиенты & Ко"]
    assert [page[cell].value for cell in ("A1", "F3", "A4", "D4", "F5", "G5")] == [
        "Список", TITLES[0], "Анна", 777, "Не принят", MARKS[1].reason,
    ]  # fmt: skip
    assert page["B5"].comment.text == "Не телефон"
    assert formulas(target) == {}


async def test_macros_are_left_out_and_the_rest_of_their_workbook_stays(tmp_path: Path) -> None:
    def with_macros(parts: dict[str, bytes]) -> None:
        parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 macros"
        types = parts["[Content_Types].xml"].replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
        kind = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
        parts["[Content_Types].xml"] = types.replace(b"</Types>", kind)
        relation = (
            b'<Relationship Id="rId99" Type="http://x/vbaProject" Target="vbaProject.bin"/></Relationships>'
        )
        relations = parts["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", relation)
        parts["xl/_rels/workbook.xml.rels"] = relations

    source, target = rewritten(own_list(tmp_path / "list.xlsm"), with_macros), tmp_path / "out.xlsx"
    assert await mark_workbook(SheetReaders(), source, target, [marks_of("Клиенты & Ко")]) is Given.OWN
    with zipfile.ZipFile(target) as archive:
        assert not any(b"vbaProject" in archive.read(name) or "vba" in name for name in archive.namelist())
        assert b"macroEnabled" not in archive.read("[Content_Types].xml")
    assert openpyxl.load_workbook(target)["Клиенты & Ко"]["A3"].font.bold


async def test_a_text_table_comes_back_as_a_workbook_with_the_same_cells(tmp_path: Path) -> None:
    source, target = tmp_path / "list.csv", tmp_path / "out.xlsx"
    source.write_text("Имя;Телефон\nАнна;007\n\n=1+1;12\n", encoding="cp1251")
    marks = [
        RowMark(2, "Создан", "", Tone.GOOD),
        RowMark(4, "Не принят", "Нет", Tone.BAD, (CellMark(1, "Плохо"),)),
    ]
    async with SheetReaders().open(source) as opened:
        (sheet,) = opened.sheets
    assert (
        await mark_workbook(SheetReaders(), source, target, [marks_of(sheet.name, marks, header_row=1)])
        is Given.COPY
    )
    page = openpyxl.load_workbook(target).worksheets[0]
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["Имя", "Телефон", *TITLES], ["Анна", "007", "Создан", None], [None] * 4, ["=1+1", "12", "Не принят", "Нет"],
    ]  # fmt: skip
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n"}


def soffice() -> str:
    """Return the program, or skip: CI must have it, for it installs it."""
    found = shutil.which("soffice")
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("there is no LibreOffice: install libreoffice-calc to open workbooks as people do")
    assert found, "CI installs LibreOffice (see .ci/run)"
    return found


def opened_by_libreoffice(path: Path, folder: Path) -> Mapping[str, list[list[str]]]:
    """Return the cells that LibreOffice shows, by sheet, as it calculates and formats them."""
    as_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(
        [soffice(), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", as_csv,
         "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    found = {}
    for one in folder.glob(f"{path.stem}-*.csv"):
        sheet = one.stem.removeprefix(f"{path.stem}-")
        found[sheet] = list(csv.reader(io.StringIO(one.read_text(encoding="utf-8"))))
    return found


@pytest.mark.slow
async def test_libreoffice_opens_what_was_given_back_and_shows_a_result_for_every_row(tmp_path: Path) -> None:
    source, own, copy = own_list(tmp_path / "list.xlsx"), tmp_path / "own.xlsx", tmp_path / "copy.xlsx"
    await mark_workbook(SheetReaders(), source, own, [marks_of("Клиенты & Ко")])
    rewritten(source, _with_active_content)
    await mark_workbook(SheetReaders(), source, copy, [marks_of("Клиенты & Ко")])
    for path in (own, copy):
        sheets = opened_by_libreoffice(path, tmp_path)
        rows = sheets["Клиенты & Ко"]
        assert [row[5:7] for row in rows[2:6]] == [[*TITLES], *([mark.result, mark.reason] for mark in MARKS)]
        assert [row[0] for row in rows] == ["Список", "", "ФИО", "Анна", "Борис", "Вера", "Итого"]
        assert len(sheets["Второй"]) == 1


async def test_a_file_that_was_made_to_do_harm_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    def with_entities(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet

    source = rewritten(own_list(tmp_path / "list.xlsx"), with_entities)
    with pytest.raises(FileRefused, match="to do harm"):
        await mark_workbook(SheetReaders(), source, tmp_path / "out.xlsx", [marks_of("Клиенты & Ко")])
    assert os.listdir(tmp_path) == ["list.xlsx"]


async def test_results_for_rows_that_are_not_there_make_no_workbook(tmp_path: Path) -> None:
    marks = [RowMark(4, "Создан", "", Tone.GOOD), RowMark(40, "Создан", "", Tone.GOOD)]
    with pytest.raises(FileRefused, match="Row 40 is not where it was read"):
        await mark_workbook(
            SheetReaders(),
            own_list(tmp_path / "list.xlsx"),
            tmp_path / "out.xlsx",
            [marks_of("Клиенты & Ко", marks)],
        )
    assert os.listdir(tmp_path) == ["list.xlsx"]
