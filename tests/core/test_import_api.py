"""The same list over HTTP and GraphQL: uploaded, previewed, imported by the job, told about, undone."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient
from import_desk import MESSY, write_list

from cardfile.app import App
from cardfile.settings import Settings
from cardfile.testing.people import Person

pytestmark = pytest.mark.anyio

PREVIEW = """mutation($file: ID!) { importPreview(input: {fileId: $file}) {
  result { sheet headerRow columns { name field } created refused } userErrors { message } } }"""
START = """mutation($file: ID!, $owner: ID, $mapping: JSON) {
  importStart(input: {fileId: $file, duplicates: FILL, ownerId: $owner, mapping: $mapping}) {
    import { id state { key } } userErrors { code message } } }"""
READ = """{ imports { nodes { id state { key } rowsRead rowsCreated rowsRefused
  rows(first: 1) { nodes { row outcome { key } client { name fitness { cardNumber } owner { id } } } } } } }"""
ISSUES = 'mutation { importIssues(input: {id: "import_1"}) { result { issues { address message } } } }'
UNDO = (
    'mutation { importUndo(input: {id: "import_1"}) { result { archived kept { id } } userErrors { code } } }'
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'cardfile.db'}",
        data_dir=tmp_path / "data",
        plugins=("graphql", "fitness"),
        worker=False,
    )


async def ask(client: AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    found: dict[str, Any] = answer.json()
    assert "errors" not in found, found
    (data,) = found["data"].values()
    return dict(data)


async def test_a_list_comes_in_over_the_api(
    app: App,
    api: Callable[..., AsyncClient],
    make_user: Callable[..., Awaitable[Person]],
    tmp_path: Path,
) -> None:
    maria, boris = await make_user("manager"), await make_user("manager")
    client = api(as_=maria)
    content = write_list(tmp_path / "list.xlsx", MESSY).read_bytes()
    sent = await client.post("/uploads?name=Список.xlsx", content=content)
    file = sent.json()["id"]

    seen = (await ask(client, PREVIEW, file=file))["result"]
    assert (seen["sheet"], seen["headerRow"], seen["created"], seen["refused"]) == ("Клиенты", 4, 5, 1)
    assert {"name": "Цель", "field": "fitness.goal"} in seen["columns"]
    refused = await ask(client, START, file=file, mapping={"Цель": "fitness.gaol"})
    assert refused["import"] is None
    assert refused["userErrors"][0]["code"] == "INVALID_INPUT"
    hidden = await ask(api(as_=boris), START, file=file)
    assert hidden["userErrors"][0]["code"] == "NOT_FOUND"

    started = await ask(client, START, file=file, mapping={"Менеджер": None}, owner=f"user_{maria.user}")
    assert (started["userErrors"], started["import"]["state"]["key"]) == ([], "uploaded")
    await app.jobs.run_due()
    (done,) = (await ask(client, READ))["nodes"]
    assert (done["state"]["key"], done["rowsRead"], done["rowsCreated"], done["rowsRefused"]) == (
        "done",
        7,
        5,
        1,
    )
    (row,) = done["rows"]["nodes"]
    assert row["outcome"]["key"] == "created"
    assert row["client"] == {
        "name": "Иванова Анна Петровна", "fitness": {"cardNumber": "1001"}, "owner": {"id": f"user_{maria.user}"},
    }  # fmt: skip
    issues = (await ask(client, ISSUES))["result"]["issues"]
    assert "E9" in {one["address"] for one in issues}
    assert (await ask(api(as_=boris), READ))["nodes"] == []

    undone = await ask(client, UNDO)
    assert undone["userErrors"] == []
    assert undone["result"]["kept"] == []
    assert (await ask(client, "{ clients { totalCount } }"))["totalCount"] == 0
