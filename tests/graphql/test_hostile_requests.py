"""Requests that mean harm get a coded refusal at once, tell nothing from the inside, and disturb nobody."""

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from httpx2 import AsyncClient, Response

from cardfile.plugins import Plugin
from cardfile_graphql.plugin import GraphQLPlugin

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}
INSIDE = (
    "Traceback",
    'File "',
    "sqlite3",
    "asyncpg",
    "select ",
    "cardfile/",
    "no such column",
    "RecursionError",
)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin,)


@pytest.fixture
async def door(api: Callable[..., AsyncClient], make_user: Callable[..., Any]) -> AsyncClient:
    return api(as_=await make_user("owner"))


def body(query: object, **variables: object) -> bytes:
    return orjson.dumps({"query": query, "variables": variables})


def doubling_fragments(levels: int) -> str:
    spreads = "".join(f"fragment f{n} on Client {{ ...f{n + 1} ...f{n + 1} }} " for n in range(levels))
    return f"{{ clients {{ nodes {{ ...f0 }} }} }} {spreads} fragment f{levels} on Client {{ id }}"


HOSTILE: dict[str, bytes] = {
    "no JSON": b"{bad",
    "no object": b"[1,2,3]",
    "empty": b"",
    "null": b"null",
    "no document": b"{}",
    "a document that is a number": body(7),
    "variables that are a list": orjson.dumps({"query": "{ me { id } }", "variables": [1]}),
    "an operation that is a number": orjson.dumps({"query": "{ me { id } }", "operationName": 4}),
    "extensions that are a text": orjson.dumps({"query": "{ me { id } }", "extensions": "x"}),
    "invalid UTF-8": b'{"query":"{ me { id \xff\xfe } }"}',
    "JSON 200,000 deep": b'{"query":"{me{id}}","variables":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "objects 200,000 deep": b'{"query":"{me{id}}","variables":'
    + b'{"a":' * 200_000
    + b"1"
    + b"}" * 200_000
    + b"}",
    "20 MB": b'{"query":"' + b"a" * 20_000_000 + b'"}',
    "no GraphQL": body("{ clients("),
    "a document of 500 kB": body("{ me { id } } #" + "a" * 500_000),
    "selections 5,000 deep": body("{a" * 5_000 + "}" * 5_000),
    "lists 5,000 deep": body(
        "{ clients(filter: {id: {in: " + "[" * 5_000 + "]" * 5_000 + "}}) { nodes { id } } }"
    ),
    "fragments that double 24 times": body(doubling_fragments(24)),
    "fragments in a circle": body("{ me { ...a } } fragment a on User { ...b } fragment b on User { ...a }"),
    "an unknown fragment": body("{ me { ...nobody } }"),
    "300 aliases": body("{" + " ".join(f"a{n}: me {{ id }}" for n in range(300)) + "}"),
    "900 times the same field": body("{ me { " + "id " * 900 + "} }"),
    "unknown fields": body("{ clients { nodes { password owner { passwordHash } } } }"),
    "an unknown argument": body("{ clients(owner: 1) { nodes { id } } }"),
    "an unknown directive": body("{ me @steal { id } }"),
    "a huge number": body("{ clients(first: " + "9" * 400 + ") { nodes { id } } }"),
    "a huge number in a variable": b'{"query":"query($n: Int) { clients(first: $n) { totalCount } }","variables":{"n":'
    + b"9" * 400
    + b"}}",
    "an exponent": body("{ clients(first: 1e400) { nodes { id } } }"),
    "a negative page": body("{ clients(first: -1) { nodes { id } } }"),
    "a page of 100,000": body("{ clients(first: 100000) { nodes { id } } }"),
    "both ways at once": body("{ clients(first: 1, last: 1) { nodes { id } } }"),
    "a forged cursor": body('{ clients(after: "00000055555") { nodes { id } } }'),
    "a cursor with a NUL": body("query($a: String) { clients(after: $a) { nodes { id } } }", a="\x00"),
    "too many values at once": body(
        "{ clients(first: 200) { nodes { interactions(first: 200) { nodes { client { "
        "contactPoints(first: 200) { nodes { id } } } } } } } }"
    ),
    "a filter 60 deep": body(
        "query($f: ClientFilter) { clients(filter: $f) { nodes { id } } }", f=None
    ).replace(b'{"f":null}', b'{"f":' + b'{"not":' * 60 + b"{}" + b"}" * 60 + b"}"),
    "a filter of 5,000 conditions": body(
        "query($f: ClientFilter) { clients(filter: $f) { nodes { id } } }",
        f={"or": [{"name": {"eq": str(n)}} for n in range(5_000)]},
    ),
    "a wrong type in a variable": body(
        "query($f: ClientFilter) { clients(filter: $f) { nodes { id } } }", f=17
    ),
    "a missing variable": body("query($id: ID!) { client(id: $id) { id } }"),
    "a subscription": body("subscription { clients { id } }"),
    "two operations and no name": body("query A { me { id } } query B { me { id } }"),
    "a wrong date": body('{ clients(filter: {birthday: {eq: "31.31.31"}}) { nodes { id } } }'),
    "introspection 30 deep": body(
        "{ __schema { types { " + "fields { type { " * 15 + "name" + " } }" * 15 + " } } }"
    ),
}


HONEST = body("{ me { id } }")


async def asked(door: AsyncClient, content: bytes) -> Response:
    return await door.post("/graphql", content=content, headers=JSON)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_request_is_refused_with_a_code_and_nothing_from_the_inside(
    door: AsyncClient, name: str
) -> None:
    response = await asked(door, HOSTILE[name])
    assert response.status_code < 500, response.text
    answer = response.json()
    errors = answer.get("errors") or [{"extensions": {"code": answer["error"]["code"]}}]
    assert all(error["extensions"]["code"] not in {"", "INTERNAL_SERVER_ERROR"} for error in errors), (
        response.text
    )
    assert not any(word in response.text for word in INSIDE), response.text


async def test_texts_that_no_database_keeps_find_nothing(door: AsyncClient) -> None:
    for content in (
        body("query($s: String) { clients(search: $s) { nodes { id } } }", s="a\x00b"),
        body(
            "query($f: ClientFilter) { clients(filter: $f) { nodes { id } } }",
            f={"name": {"contains": "\x00x"}},
        ),
        body("query($f: ClientFilter) { clients(filter: $f) { nodes { id } } }", f={"name": {"eq": "\x00"}}),
        body('{ client(id: "client_99999999999999999999") { id } node(id: "\\u0000") { id } }'),
    ):
        response = await asked(door, content)
        assert response.status_code == 200
        assert "INTERNAL" not in response.text, response.text


async def test_a_hostile_request_costs_little_more_than_an_honest_one(door: AsyncClient) -> None:
    async def worst(content: bytes) -> float:
        started = time.process_time()
        await asked(door, content)
        return time.process_time() - started

    await worst(HONEST)
    honest = statistics.median([await worst(HONEST) for _ in range(9)])
    dearest = {name: min([await worst(content) for _ in range(2)]) for name, content in HOSTILE.items()}
    # Nothing that is refused may hold up the others: an honest request takes less than a millisecond.
    assert max(dearest.values()) < 500 * honest, max(dearest, key=dearest.__getitem__)


async def test_others_are_served_while_a_heavy_document_is_answered(
    door: AsyncClient, make_client: Callable[..., Any]
) -> None:
    for number in range(30):
        await make_client(f"Client {number}", phones=[f"+7916{number:03}{line:04}" for line in range(20)])
    heavy = body(
        "{ clients(first: 30) { nodes { contactPoints(first: 20) { nodes { client { "
        "contactPoints(first: 20) { nodes { value } } } } } } } }"
    )
    order: list[str] = []

    async def ask(name: str, content: bytes) -> None:
        response = await asked(door, content)
        assert "errors" not in response.json(), response.text
        order.append(name)

    await asyncio.gather(*[ask("warm", HONEST) for _ in range(3)])
    order.clear()
    await asyncio.gather(ask("heavy", heavy), *[ask("light", HONEST) for _ in range(3)])
    assert order[0] == "light"


async def test_wrong_doors_are_told_apart(door: AsyncClient, api: Callable[..., AsyncClient]) -> None:
    assert (await door.get("/graphql")).status_code == 405
    assert (
        await door.post("/graphql", content=b"query=x", headers={"Content-Type": "text/plain"})
    ).status_code == 415
    stranger = await api().post("/graphql", content=body("{ me { id } }"), headers=JSON)
    assert stranger.status_code == 401
    assert stranger.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    page = await door.get("/graphql", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text


async def test_errors_follow_the_media_type_that_was_asked_for(door: AsyncClient) -> None:
    modern = {**JSON, "Accept": "application/graphql-response+json"}
    wrong = await door.post("/graphql", content=body("{ nothing }"), headers=modern)
    assert wrong.status_code == 400
    assert wrong.headers["content-type"].startswith("application/graphql-response+json")
    older = await door.post(
        "/graphql", content=body("{ nothing }"), headers={**JSON, "Accept": "application/json"}
    )
    assert older.status_code == 200
    assert older.headers["content-type"].startswith("application/json")
