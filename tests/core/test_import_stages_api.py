"""The stages of an import over GraphQL: each is told by a mutation, and what came of it is read from the import."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient
from import_desk import MESSY, write_list

from cardfile.app import App
from cardfile.imports import commands
from cardfile.settings import Settings
from cardfile.testing.people import Person

pytestmark = pytest.mark.anyio

ERRORS = "userErrors { message code path }"
START = f"""mutation($file: ID!) {{ importStart(input: {{fileId: $file, pause: true, duplicates: FILL}}) {{
  import {{ id state {{ key }} stage {{ key }} }} {ERRORS} }} }}"""
MAP = f"""mutation($sheets: [ImportMappedSheetInput!], $others: String) {{
  importMap(input: {{id: "import_1", sheets: $sheets, others: $others, strict: false}}) {{
    import {{ state {{ key }} }} {ERRORS} }} }}"""
STAGE = f"""mutation {{ %s(input: {{id: "import_1"}}) {{ import {{ state {{ key }} stage {{ key }} }} {ERRORS} }} }}"""
UNDO = f"""mutation {{ importUndo(input: {{id: "import_1"}}) {{
  result {{ isOver archived restored keptTotal }} {ERRORS} }} }}"""
READ = """{ imports { nodes {
  state { key } stage { key label } progress { stage rows about rowsPerSecond secondsLeft }
  plan { sheets { sheet entity headerRow headerRows columns { letter name field label } fields { path label } } }
  probe { sheets { sheet isVisible about isChosen headerRow columns { letter field confidence reason samples } } }
  preview { sheets { sheet counted created refused rows { row outcome raw cells { field text } issues } } }
  check { read created duplicate refused ignored tallies { column code times example }
    issues { sheet row address outcome message } }
  undo { records done archived restored keptTotal kept { id } } } } }"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'cardfile.db'}",
        data_dir=tmp_path / "data",
        plugins=("graphql", "fitness"),
        worker=False,
        locale="ru",
    )


async def ask(client: AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    found: dict[str, Any] = answer.json()
    assert "errors" not in found, found
    (data,) = found["data"].values()
    assert not data.get("userErrors"), data
    return dict(data)


async def read(client: AsyncClient) -> dict[str, Any]:
    (one,) = (await ask(client, READ))["nodes"]
    return dict(one)


async def test_an_import_is_led_through_its_stages_over_the_api(
    app: App,
    api: Callable[..., AsyncClient],
    make_user: Callable[..., Awaitable[Person]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands, "AT_ONCE", 0)
    maria, boris = await make_user("manager"), await make_user("manager")
    client = api(as_=maria)
    content = write_list(tmp_path / "list.xlsx", MESSY).read_bytes()
    file = (await client.post("/uploads?name=list.xlsx", content=content)).json()["id"]

    made = (await ask(client, START, file=file))["import"]
    assert (made["id"], made["state"]["key"], made["stage"]) == ("import_1", "probed", None)
    seen = await read(client)
    (sheet,) = seen["plan"]["sheets"]
    assert (sheet["sheet"], sheet["entity"], sheet["headerRow"]) == ("Клиенты", "client", 4)
    assert {"letter": "C", "name": "Телефон", "field": "phones", "label": "Телефоны"} in sheet["columns"]
    assert "fitness.goal" in {one["path"] for one in sheet["fields"]}
    (looked,) = seen["probe"]["sheets"]
    assert looked["isChosen"]
    assert looked["about"] >= 10
    phones = next(one for one in looked["columns"] if one["letter"] == "C")
    assert (phones["field"], phones["samples"][0]) == ("phones", "8-916-111-22-33")
    assert phones["confidence"] > 0.7
    (tried,) = seen["preview"]["sheets"]
    assert (tried["counted"], tried["created"], tried["rows"][0]["raw"][1]) == (7, 5, "Иванова Анна Петровна")
    assert {"field": "name", "text": "Иванова Анна Петровна"} in tried["rows"][0]["cells"]
    assert seen["check"] is seen["undo"] is None
    assert (await ask(api(as_=boris), READ))["nodes"] == []

    sheets = [{"sheet": "Клиенты", "mapping": {"Цель": None}}]
    assert (await ask(client, MAP, sheets=sheets, others="comment"))["import"]["state"]["key"] == "probed"
    mapped = {one["name"]: one["field"] for one in (await read(client))["plan"]["sheets"][0]["columns"]}
    assert (mapped["Цель"], mapped["Телефон"]) == ("comment", "phones")

    checking = (await ask(client, STAGE % "importCheck"))["import"]
    assert checking["stage"]["key"] == "check"
    await app.jobs.run_due()
    seen = await read(client)
    assert (seen["state"]["key"], seen["stage"], seen["progress"]["rows"]) == ("checked", None, 14)
    assert (seen["check"]["read"], seen["check"]["created"], seen["check"]["refused"]) == (7, 5, 1)
    assert {one["address"] for one in seen["check"]["issues"]} >= {"E9"}
    assert all(one["example"] for one in seen["check"]["tallies"])

    assert (await ask(client, STAGE % "importRun"))["import"]["stage"]["key"] == "run"
    await app.jobs.run_due()
    assert (await read(client))["state"]["key"] == "done"
    assert (await ask(client, UNDO))["result"] == {
        "isOver": False, "archived": 0, "restored": 0, "keptTotal": 0,
    }  # fmt: skip
    assert (await read(client))["state"]["key"] == "undoing"
    await app.jobs.run_due()
    seen = await read(client)
    assert (seen["state"]["key"], seen["undo"]["keptTotal"], seen["undo"]["restored"]) == ("undone", 0, 0)
    assert seen["undo"]["records"] == seen["undo"]["done"] == seen["undo"]["archived"] > 5
