"""Workbooks and text tables that we write: typed, styled, and harmless to whoever opens them."""

import asyncio
import datetime as dt
import io
import os
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cardfile.errors import FileRefused
from cardfile.spreadsheets import writer
from cardfile.spreadsheets.reader import SheetReaders
from cardfile.spreadsheets.text_writer import write_csv
from cardfile.spreadsheets.tones import FILLS, Tone
from cardfile.spreadsheets.writer import OutCell, OutColumn, OutSheet, write_workbook

pytestmark = pytest.mark.anyio

COLUMNS = (
    OutColumn("Имя"),
    OutColumn("Телефон", "phone"),
    OutColumn("Сумма", "money"),
    OutColumn("Когда", "date"),
    OutColumn("Визит", "datetime"),
)
FORMULAS = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "#N/A",
    "=HYPERLINK(1)",
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def temporary_files() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("openpyxl.*"))


async def as_stream(rows: Sequence[Sequence[object]]) -> AsyncIterator[Sequence[object]]:
    for row in rows:
        yield row
        await asyncio.sleep(0)


async def test_values_keep_their_types_and_come_back_the_same(tmp_path: Path) -> None:
    visit = dt.datetime.fromisoformat("2026-03-01T21:30:00+00:00")
    moscow = dt.timezone(dt.timedelta(hours=3))
    rows: list[list[object]] = [
        ["Анна", "+79161234567", Decimal("1234.50"), dt.date(1990, 5, 1), visit],
        ["007", None, 10**17, None, None],
    ]
    path = tmp_path / "out.xlsx"
    assert await write_workbook(path, [OutSheet("Клиенты", COLUMNS, as_stream(rows), zone=moscow)]) == 2

    sheet = openpyxl.load_workbook(path)["Клиенты"]
    assert [cell.value for cell in sheet[2]] == [
        "Анна", "+79161234567", 1234.5, dt.datetime.fromisoformat("1990-05-01"),
        dt.datetime.fromisoformat("2026-03-02T00:30:00"),
    ]  # fmt: skip
    assert [cell.number_format for cell in sheet[2]] == [
        "@",
        "@",
        "#,##0.00",
        "DD.MM.YYYY",
        "DD.MM.YYYY HH:MM",
    ]
    assert sheet["A3"].value == "007"
    assert sheet["C3"].value == "100000000000000000", "a number that Excel cannot keep is a text"
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert sheet.column_dimensions["B"].width == 18
    async with SheetReaders().open(path) as book:
        read = [row async for batch in book.rows("Клиенты") for row in batch]
    assert read[1] == (
        2,
        ("Анна", "+79161234567", 1234.5, rows[0][3], dt.datetime.fromisoformat("2026-03-02T00:30")),
    )


@pytest.mark.parametrize("text", FORMULAS)
async def test_a_text_that_looks_like_a_formula_stays_a_text(text: str, tmp_path: Path) -> None:
    content = io.BytesIO()
    await write_workbook(content, [OutSheet("x", [OutColumn(text)], [[text], [text]])])
    with zipfile.ZipFile(content) as archive:
        part = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in part
    assert 't="e"' not in part
    assert part.count('t="inlineStr"') == 3


@pytest.mark.parametrize("text", [text for text in FORMULAS if text != "#N/A"])
async def test_a_text_table_puts_an_apostrophe_before_a_formula(text: str) -> None:
    content = io.BytesIO()
    await write_csv(content, [OutColumn(text)], [[text]])
    assert content.getvalue().decode("utf-8-sig").count(f"'{text}") == 2


async def test_a_text_table_opens_in_excel_and_in_our_reader(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    visit = dt.datetime.fromisoformat("2026-03-01T21:30:00+00:00")
    with path.open("wb") as target:
        rows: list[list[object]] = [
            ['Анна "Ан"; Ко', "+79161234567", Decimal("-5.10"), dt.date(1990, 5, 1), visit],
            [None] * 5,
        ]
        assert await write_csv(target, COLUMNS, rows) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf\xd0\x98")
    assert path.read_bytes().count(b"\xef\xbb\xbf") == 1
    async with SheetReaders().open(path) as book:
        read = [row async for batch in book.rows("CSV") for row in batch]
    assert read[1] == (2, ('Анна "Ан"; Ко', "+79161234567", "-5.10", "1990-05-01", "2026-03-01 21:30:00"))


@pytest.mark.parametrize(
    ("title", "written"),
    [("Клиенты: Москва/Тула [2026]", "Клиенты  Москва Тула  2026"), ("", "Sheet"), ("я" * 40, "я" * 31)],
    ids=["signs", "empty", "long"],
)
async def test_any_title_gives_a_sheet_that_opens(title: str, written: str) -> None:
    content = io.BytesIO()
    await write_workbook(content, [OutSheet(title, [OutColumn("a")], [[1]])])
    assert openpyxl.load_workbook(content).sheetnames == [written]


async def test_what_xml_cannot_hold_is_left_out_and_what_excel_cannot_hold_is_cut() -> None:
    content = io.BytesIO()
    await write_workbook(content, [OutSheet("x", [OutColumn("a")], [["a\x00b\x0b\ud800c"], ["x" * 40_000]])])
    sheet = openpyxl.load_workbook(content)["x"]
    assert sheet["A2"].value == "abc"
    assert len(sheet["A3"].value) == 32_767
    assert sheet["A3"].value.endswith("…")


async def test_days_that_excel_does_not_know_are_texts() -> None:
    content = io.BytesIO()
    day = dt.date(1812, 9, 7)
    await write_workbook(content, [OutSheet("x", [OutColumn("a", "date")], [[day]])])
    assert openpyxl.load_workbook(content)["x"]["A2"].value == "1812-09-07"


async def test_rows_that_fail_halfway_leave_no_file(tmp_path: Path) -> None:
    def failing() -> Iterator[Sequence[object]]:
        yield from ([n] for n in range(700))
        raise ZeroDivisionError

    before = temporary_files()
    with pytest.raises(ZeroDivisionError):
        await write_workbook(tmp_path / "out.xlsx", [OutSheet("x", [OutColumn("a")], failing())])
    assert os.listdir(tmp_path) == []
    assert temporary_files() <= before


async def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_ROWS", 101)
    content = io.BytesIO()
    assert await write_workbook(content, [OutSheet("x", [OutColumn("a")], ([n] for n in range(100)))]) == 100
    with pytest.raises(FileRefused, match="at most 100 rows"):
        await write_workbook(content, [OutSheet("x", [OutColumn("a")], ([n] for n in range(101)))])


async def test_the_event_loop_stays_free_while_a_workbook_is_written() -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    await write_workbook(io.BytesIO(), [OutSheet("x", [OutColumn("a")] * 5, [["x"] * 5] * 3000)])
    turning.cancel()
    assert turns > 6


async def test_marks_and_remarks_stand_at_their_cells_and_markup_stays_text(tmp_path: Path) -> None:
    markup = "<r><t>x</t></r></is></c><c><f>1+1</f></c>"
    rows = [["ok", OutCell(markup, Tone.BAD, "Плохо & <b>")], [OutCell(None, Tone.DOUBTFUL), 1]]
    path = tmp_path / "out.xlsx"
    sheets = [OutSheet("a", [OutColumn("x"), OutColumn("y")], rows), OutSheet("b", [OutColumn("x")], [["z"]])]
    assert await write_workbook(path, sheets) == 3
    page = openpyxl.load_workbook(path)["a"]
    assert (page["B2"].value, page["B2"].data_type) == (markup, "s")
    assert page["B2"].comment.text == "Плохо & <b>"
    assert [page[cell].fill.fgColor.rgb[2:] for cell in ("B2", "A3")] == [
        FILLS[Tone.BAD],
        FILLS[Tone.DOUBTFUL],
    ]
    assert page["A2"].fill.patternType is None
