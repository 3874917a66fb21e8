"""What a reader may not see leaves no trace in answers, and hot lists are read in the order of an index."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from random import Random

import pytest
from reads_house import House, open_house

from cardfile.database.sqlite import SqliteDatabase
from cardfile.rights import Rights, Scope
from cardfile_graphql.engine import Request

pytestmark = pytest.mark.anyio

IDS = re.compile(rb'"([a-z][a-z_]*)_([0-9]+)"')
WIDE = """{
    clients { nodes { id owner { id } mergedInto { id } interactions(first: 9) { nodes { id user { id } } } } }
    interactions { nodes { id client { id } user { id } probe { box { id } } } }
    probeSamples { nodes { id box { id owner { id } } friend { id } paper { id } cardFields { text href } } }
    timeline { nodes { id interaction { id } client { id } actor { id } } } me { id head { id } standIn { id } }
}"""
HOT = {
    "clients by name": "{ clients(first: 50) { nodes { id name } } }",
    "clients by date": "{ clients(first: 50, orderBy: [{field: CREATED_AT, direction: DESC}]) { nodes { id name } } }",
    "clients with their owners": "{ clients(first: 50) { nodes { id name owner { id name } } } }",
    "clients with the place": "{ clients(first: 50) { pageInfo { hasNextPage endCursor } nodes { id name } } }",
    "clients backwards": "{ clients(last: 50) { nodes { id name } } }",
    "visits of a client": '{ client(id: "client_3") { fitness { visits(first: 20) { nodes { id enteredAt } } } } }',
    "interactions of a client": '{ client(id: "client_3") { interactions(first: 20) { nodes { id at } } } }',
}


@pytest.fixture(scope="module")
async def house(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("safety")
    async with open_house(f"sqlite:///{folder / 'cardfile.db'}", folder) as opened:
        yield opened


@pytest.mark.parametrize("profile", ["manager", "lonely", "head", "masked", "stranger"])
async def test_ids_of_hidden_records_never_occur_in_an_answer(house: House, profile: str) -> None:
    rows = house.oracle.rows
    seen = 0
    documents = [house.document(profile, seed) for seed in range(500, 520)]
    requests = [Request(one.text, one.variables(Random(one.seed))) for one in documents]
    for request in (Request(WIDE), *requests):
        for rights in house.readers[profile]:
            answer = await house.engines["one statement"].answer(request, house.context(rights, "en"))
            for prefix, number in IDS.findall(answer.body):
                kind = house.app.model.by_prefix(prefix.decode())
                record = rows.find(kind.key, int(number)) if kind else None
                if kind is None or record is None or (kind.key == "user" and record.id == rights.user):
                    continue
                seen += 1
                assert rows.sees(rights, record), (request, prefix, number)
    assert seen > 0


async def test_a_hidden_record_answers_as_a_missing_one(house: House) -> None:
    rows, rights = house.oracle.rows, house.readers["lonely"][0]
    for kind in house.app.model:
        hidden = [one for one in rows.records[kind.key] if not rows.sees(rights, one)][:3]
        for number in (*(one.id for one in hidden), 10**9):
            text = "query Q($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
            variables = {"id": kind.global_id(number)}
            answer = await house.engines["one statement"].answer(
                Request(text, variables), house.context(rights, "en")
            )
            assert json.loads(answer.body)["data"] == {"node": None, "nodes": [None]}, variables


@pytest.mark.parametrize("text", HOT.values(), ids=HOT.keys())
async def test_hot_lists_are_read_in_the_order_of_an_index(
    text: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = {(one.key, "read"): Scope.OWN for one in house.app.model}
    own = Rights(user=1, own=(1,), team=(1,), scopes={**scopes, ("user", "read"): Scope.ALL})
    statements: list[tuple[str, Sequence[object]]] = []
    read = SqliteDatabase._read

    async def listen(
        database: SqliteDatabase, sql: str, args: Sequence[object], *, quick: bool
    ) -> list[tuple[object, ...]]:
        statements.append((sql, args))
        return await read(database, sql, args, quick=quick)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteDatabase, "_read", listen)
        await house.ask(text, own, rung="one statement")
    assert len(statements) == 1
    sql, args = statements[0]
    plan = await house.app.database.fetch(f"explain query plan {sql}", args)
    assert _sorts(plan) == [], plan


def _sorts(plan: Sequence[tuple[object, ...]]) -> list[str]:
    """Return the sorts of a plan; those of the rows of one page, found before, do not count."""
    found = []
    for _number, parent, _, told in plan:
        siblings = [str(one[3]) for one in plan if one[1] == parent]
        if "TEMP B-TREE" in str(told) and not any(re.match(r"SCAN t\d+$", one) for one in siblings):
            found.append(str(told))
    return found
