"""What a look at a file tells of its sheets: which are lists, of what, and what unknown columns might become."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient
from openpyxl import Workbook

from cardfile.app import App
from cardfile.imports.sheet_sense import is_list, likely_entity
from cardfile.settings import Settings
from cardfile.testing.people import Person

pytestmark = pytest.mark.anyio

START = """mutation($file: ID!) { importStart(input: {fileId: $file, pause: true}) {
  import { id } userErrors { message } } }"""
READ = """{ imports { nodes { probe { sheets { sheet isChosen isList likelyEntity
  columns { name field proposal choices isNote } } } } } }"""
SHEETS = {
    "Сводная": [["Менеджер", "Количество"], ["Белова", 12], ["Орлов", 7]],
    "Клиенты": [
        ["№", "ФИО", "Телефон", "Скидка, %", "Уровень"],
        [1, "Анна Иванова", "89161234501", "5%", "золото"],
        [2, "Пётр Петров", "89161234502", "10%", "серебро"],
        [3, "Олег Смирнов", "89161234503", "5%", "золото"],
        [4, "Яна Белова", "89161234504", "5%", "серебро"],
    ],
    "Товары": [
        ["Название", "Артикул", "Цена", "НДС"],
        ["Окно", "O-1", 1500, "20%"],
        ["Дверь", "D-1", 900, "20%"],
    ],
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'cardfile.db'}",
        data_dir=tmp_path / "data",
        plugins=("graphql",),
        worker=False,
    )


async def ask(client: AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    found: dict[str, Any] = answer.json()
    assert "errors" not in found, found
    (data,) = found["data"].values()
    assert not data.get("userErrors"), data
    return dict(data)


async def test_each_sheet_is_told_by_what_it_seems_to_be(
    app: App, api: Callable[..., AsyncClient], make_user: Callable[..., Awaitable[Person]], tmp_path: Path
) -> None:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in SHEETS.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    client = api(as_=await make_user("owner"))
    sent = await client.post("/uploads?name=book.xlsx", content=path.read_bytes())
    await ask(client, START, file=sent.json()["id"])
    (one,) = (await ask(client, READ))["nodes"]
    sheets = {sheet["sheet"]: sheet for sheet in one["probe"]["sheets"]}
    assert [name for name, sheet in sheets.items() if sheet["isChosen"]] == ["Клиенты"]
    assert {name: sheet["likelyEntity"] for name, sheet in sheets.items()}["Товары"] == "product"
    assert sheets["Клиенты"]["likelyEntity"] == "client"
    assert sheets["Клиенты"]["isList"]
    columns = {column["name"]: column for column in sheets["Клиенты"]["columns"]}
    assert (columns["№"]["field"], columns["№"]["proposal"]) == (None, None)
    assert columns["Скидка, %"]["proposal"] == "percent"
    assert (columns["Уровень"]["proposal"], columns["Уровень"]["choices"]) == (
        "choice",
        ["золото", "серебро"],
    )


def test_a_doubt_speaks_for_what_was_asked_for() -> None:
    known = {"client": {"name", "phone"}, "deal": {"name", "amount"}}
    assert likely_entity(["Name"], known, "client") == "client"
    assert likely_entity(["Name"], known, "deal") == "deal"
    assert likely_entity(["Name", "Amount", "Total"], known, "client") == "deal"
    assert likely_entity(["Foo", "Bar", "Baz"], known, "client") is None
    assert likely_entity([], known) is None


def test_a_sheet_of_words_is_no_list() -> None:
    assert is_list(columns=6, mapped=2, rows=10)
    assert not is_list(columns=6, mapped=1, rows=10)
    assert not is_list(columns=2, mapped=2, rows=0)
