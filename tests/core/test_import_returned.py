"""Lists given back after an import: a result for every row, and refused rows that are corrected and brought in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from import_desk import MESSY, ImportDesk, counts, write_list
from openpyxl import load_workbook

from cardfile.app import App
from cardfile.errors import NotFound
from cardfile.rights import Actor
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

CODE, ROW, REASON = "Код записи", "Строка исходного файла", "Замечания импорта"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, data_dir=tmp_path / "data", plugins=("fitness",), locale="ru", worker=False
    )


@pytest.fixture
def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


SYSTEM = Actor(rights=Actor.system("test").rights, name="test", locale="ru")


async def given_back(desk: ImportDesk, number: int, folder: Path, *, by: Actor = SYSTEM, **how: Any) -> Path:
    """Have a list given back by the command and its job, and return its file."""
    made = await desk.do("import.give_back", by=by, done=number, **how)
    await desk.app.jobs.run_due()
    row = await desk.row("export", made.id)
    assert (row["state"], row["error"]) == ("done", None)
    files = desk.app.access.files
    stored = await files.find(desk.app.model, f"file_{row['file']}", by.rights)
    assert stored.name == row["file_name"]
    path = folder / stored.name
    path.write_bytes(files.store.path(stored.sha256).read_bytes())
    return path


async def test_the_list_comes_back_with_a_result_for_every_row_and_nothing_else_changed(
    desk: ImportDesk, tmp_path: Path
) -> None:
    await desk.colleague("Ольга Белова", "manager", login="olga@example.com")
    source = write_list(tmp_path / "list.xlsx", MESSY)
    done = await desk.bring_in(source)
    path = await given_back(desk, done["id"], tmp_path)
    assert path.name == "list, итог.xlsx"
    before, after = (load_workbook(one).worksheets[0] for one in (source, path))
    width = before.max_column
    words = {
        choice.key: choice.label for choice in desk.app.model["import_row"].line("outcome").field.options
    }
    outcomes = await desk.outcomes(done["id"])
    assert set(outcomes) == {5, 6, 8, 9, 10, 12, 13}
    for row in range(1, before.max_row + 1):
        own: list[Any] = []
        mine: list[Any] = []
        for column in range(1, width + 3):
            (own if column <= width else mine).append(after.cell(row=row, column=column).value)
        assert own == [before.cell(row=row, column=column).value for column in range(1, width + 1)]
        if row == 4:
            assert mine == ["Итог импорта", REASON]
        elif row in outcomes:
            label = words[outcomes[row]]
            assert isinstance(label, Mapping)
            assert mine[0] == label["ru"]
            assert bool(mine[1]) == any(
                address.lstrip("ABCDEFGHIJK") == str(row) for address, _ in await desk.issues(done["id"])
            )
        else:
            assert mine == [None, None], row
    assert not [cell for row in after.iter_rows() for cell in row if cell.data_type == "f"]
    assert "31.02.1990" in after["E9"].comment.text
    seen = await desk.do("import.preview", file=await desk.upload(path))
    assert {one.field for one in seen.columns if one.name in ("Итог импорта", REASON)} == {None}


async def test_refused_rows_are_corrected_and_brought_in_and_no_other_row_with_them(
    desk: ImportDesk, tmp_path: Path
) -> None:
    rows = [
        ("Клиенты",),
        ("ФИО", "Телефон", "День рождения"),
        ("Анна", "89161112233", "05.03.1984"),
        (None, None, "12.12.1980"),
        ("Борис", "12", "01.02.1990"),
        ("Вера", "89161112255", "31.02.1990"),
    ]
    done = await desk.bring_in(write_list(tmp_path / "list.xlsx", rows))
    path = await given_back(desk, done["id"], tmp_path, kind="refused")
    book = load_workbook(path)
    page = book.worksheets[0]
    head, *found = page.iter_rows(values_only=True)
    assert head == ("ФИО", "Телефон", "День рождения", CODE, ROW, REASON)
    assert [row[:5] for row in found] == [
        (None, None, "12.12.1980", None, 4),
        ("Борис", "12", "01.02.1990", "client_2", 5),
        ("Вера", "89161112255", "31.02.1990", "client_3", 6),
    ]
    assert all(row[5] for row in found)
    assert "12" in page["B3"].comment.text
    page["A2"], page["B2"], page["B3"], page["C4"] = "Глеб", "89161112266", "89161112244", "28.02.1990"
    book.save(path)
    corrected = await desk.bring_in(path, duplicates="overwrite")
    assert counts(corrected) == {"read": 3, "created": 1, "updated": 2}, await desk.issues(corrected["id"])
    clients = {row["name"]: row["birthday"].isoformat() for row in await desk.rows("client")}
    assert clients == {
        "Анна": "1984-03-05", "Глеб": "1980-12-12", "Борис": "1990-02-01", "Вера": "1990-02-28",
    }  # fmt: skip
    assert len(await desk.rows("client")) == 4
    with pytest.raises(NotFound):
        await given_back(desk, 999, tmp_path)


async def test_a_list_is_given_back_only_to_who_sees_its_import(desk: ImportDesk, tmp_path: Path) -> None:
    anna, boris = [await desk.colleague(name, "manager") for name in ("Anna", "Boris")]
    source = tmp_path / "list.csv"
    source.write_text("Имя;Телефон\nКлиент;89161112233\n", encoding="cp1251")
    done = await desk.bring_in(source, by=anna)
    path = await given_back(desk, done["id"], tmp_path, by=anna)
    page = load_workbook(path).worksheets[0]
    assert [[cell.value for cell in row] for row in page.iter_rows()][1][:3] == [
        "Клиент",
        "89161112233",
        "Создан",
    ]
    with pytest.raises(NotFound):
        await desk.do("import.give_back", by=boris, done=done["id"])
    (export,) = await desk.rows("export")
    with pytest.raises(NotFound):
        await desk.app.access.files.find(desk.app.model, f"file_{export['file']}", boris.rights)
