"""Columns that no field foresaw become custom fields: made with the import, filled, found again, taken back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from import_desk import ImportDesk, counts, write_list

from cardfile.app import App
from cardfile.errors import InvalidInput
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

LIST: Sequence[Sequence[Any]] = (
    ("ФИО", "Телефон", "Размер", "Договор от", "Скидка", "Прочее"),
    ("Анна Иванова", "8 916 111-22-33", "37,5", "05.03.2024", "да", "любит чай"),
    ("Пётр Петров", "8 926 222-33-44", "сорок", "12.04.2025", "нет", "пишет\nписьма"),
    ("Мария Сидорова", "8 905 777-88-99", 38.0, None, None, None),
)
MAPPING = {
    "Размер": "custom:number",
    "Договор от": "custom:date:Договор",
    "Скидка": "custom:boolean",
    "Прочее": "custom:long_text",
}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path / "data", plugins=("fitness",), worker=False)


@pytest.fixture
def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


async def _values(desk: ImportDesk) -> dict[tuple[str, str], str]:
    clients = {row["id"]: row["name"] for row in await desk.rows("client")}
    fields = {row["id"]: row["label"] for row in await desk.rows("custom_field")}
    return {
        (clients[row["client"]], fields[row["field"]]): row["value"]
        for row in await desk.rows("custom_value")
    }


async def test_columns_become_fields_that_are_filled_and_taken_back(desk: ImportDesk, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", LIST)
    done = await desk.bring_in(path, mapping=MAPPING)
    assert counts(done) == {"read": 3, "created": 3}
    assert await _values(desk) == {
        ("Анна Иванова", "Размер"): "37.5",
        ("Анна Иванова", "Договор"): "2024-03-05",
        ("Анна Иванова", "Скидка"): "yes",
        ("Анна Иванова", "Прочее"): "любит чай",
        ("Пётр Петров", "Договор"): "2025-04-12",
        ("Пётр Петров", "Скидка"): "no",
        ("Пётр Петров", "Прочее"): "пишет\nписьма",
        ("Мария Сидорова", "Размер"): "38",
    }
    assert [address for address, _ in await desk.issues(done["id"])] == ["C3"]

    # A list of other people and other headings finds the fields by their names.
    more = write_list(
        tmp_path / "more.xlsx",
        (("Имя", "Тел", "размер"), ("Иван Кузнецов", "8 903 000-11-22", 44), ("Анна", "8 916 111-22-33", 36)),
    )
    second = await desk.bring_in(more, duplicates="overwrite")
    values = await _values(desk)
    assert values["Иван Кузнецов", "Размер"] == "44"
    assert values["Анна Иванова", "Размер"] == "36"
    assert len(await desk.rows("custom_field")) == 4

    await desk.do("import.undo", done=second["id"])
    assert (await _values(desk))["Анна Иванова", "Размер"] == "37.5"
    await desk.do("import.undo", done=done["id"])
    assert await _values(desk) == {}
    assert await desk.rows("custom_field") == []


async def test_a_second_import_makes_nothing_and_a_look_neither(desk: ImportDesk, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", LIST)
    seen = await desk.do("import.preview", file=await desk.upload(path), mapping=MAPPING)
    assert (seen.created, await desk.rows("custom_field")) == (3, [])
    await desk.bring_in(path, mapping=MAPPING)
    again = await desk.bring_in(path, mapping=MAPPING, duplicates="fill")
    assert counts(again) == {"read": 3, "unchanged": 3}
    assert len(await desk.rows("custom_value")) == 8


async def test_kinds_and_rights_are_told(desk: ImportDesk, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", LIST)
    with pytest.raises(InvalidInput, match="custom:number or custom:number:Label"):
        await desk.do("import.start", file=await desk.upload(path), mapping={"Размер": "custom:phone"})
    manager = await desk.colleague("Maria", "manager", login="maria@example.com")
    failed = await desk.bring_in(path, by=manager, mapping=MAPPING)
    assert failed["state"] == "failed"
    assert failed["error"].startswith("You may not add fields")
