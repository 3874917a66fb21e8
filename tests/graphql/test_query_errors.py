"""What is wrong with a query is told by a code, the argument and the way to the member in it."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import AsyncClient

from cardfile.plugins import Plugin
from cardfile_fitness import FitnessPlugin
from cardfile_graphql.plugin import GraphQLPlugin

pytestmark = pytest.mark.anyio

FILTERED = "query($f: ClientFilter, $o: [ClientOrder!]) { clients(filter: $f, orderBy: $o) { nodes { id } } }"


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin, FitnessPlugin)


@pytest.fixture
async def door(api: Callable[..., AsyncClient], make_user: Callable[..., Any]) -> AsyncClient:
    return api(as_=await make_user("owner"))


async def refused(door: AsyncClient, query: str, **variables: object) -> tuple[int, dict[str, Any]]:
    """Return the status and the extensions of the only error."""
    headers = {"Accept": "application/graphql-response+json"}
    response = await door.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    (error,) = response.json()["errors"]
    found: dict[str, Any] = error["extensions"]
    return response.status_code, found


TOO_MUCH = {
    "values": "{ clients(first: 200) { nodes { interactions(first: 200) { nodes { client {"
    " contactPoints(first: 200) { nodes { id } } } } } } } }",
    "brackets": "{a" * 50 + "}" * 50,
    "levels": "{ me { id } } fragment f on Client " + "{ team { parent " * 12 + "{ id }" + "} }" * 12,
    "fields": "{ "
    + " ".join(f"a{n}: me {{ ...f }}" for n in range(50))
    + " } fragment f on User { "
    + " ".join(f"b{n}: id" for n in range(50))
    + " }",
    "repeats": "{ me { " + "id " * 20 + "} }",
    "characters": "{ me { id } } #" + "a" * 20_000,
    "tokens": "{ me { " + " ".join(f"a{n}: id" for n in range(400)) + " } }",
}


@pytest.mark.parametrize("name", TOO_MUCH)
async def test_every_limit_of_cost_and_size_has_the_same_code(door: AsyncClient, name: str) -> None:
    status, told = await refused(door, TOO_MUCH[name])
    assert told["code"] == "QUERY_TOO_EXPENSIVE"
    assert status == (413 if name == "characters" else 400)


async def test_a_member_of_a_filter_that_is_not_there_for_the_reader_is_found_by_its_path(
    api: Callable[..., AsyncClient], make_user: Callable[..., Any]
) -> None:
    door = api(as_=await make_user("analyst"))
    wanted = {"or": [{}, {"not": {"phones": {"some": {"value": {"eq": "+79161234567"}}}}}]}
    _, told = await refused(door, FILTERED, f=wanted)
    assert told == {
        "code": "BAD_USER_INPUT",
        "argumentName": "filter",
        "argumentPath": ["filter", "or", "1", "not", "phones"],
    }


async def test_too_many_orders_are_found_by_their_argument(door: AsyncClient) -> None:
    _, told = await refused(door, FILTERED, o=[{"field": "NAME"}] * 5)
    assert (told["code"], told["argumentName"]) == ("BAD_USER_INPUT", "orderBy")


async def test_a_wrong_value_is_found_by_its_path_though_the_statement_was_known(door: AsyncClient) -> None:
    query = "query($p: Decimal) { fitnessPlans(filter: {price: {gt: $p}}) { totalCount } }"
    right = await door.post("/graphql", json={"query": query, "variables": {"p": "10"}})
    assert "errors" not in right.json(), right.text
    for _ in range(2):
        _, told = await refused(door, query, p="1" + "0" * 30)
        assert told["argumentPath"] == ["filter", "price"]


async def test_a_taken_value_is_told_by_the_labels_and_the_place_of_the_input(door: AsyncClient) -> None:
    query = """mutation($i: TagCreateInput!) { tagCreate(input: $i) { userErrors { message path } } }"""
    given = {"query": query, "variables": {"i": {"name": "VIP", "category": "Worth"}}}
    for wanted in (
        [],
        [
            {
                "message": "Group, Name must be unique, and this value is taken already.",
                "path": ["input", "name"],
            }
        ],
    ):
        response = await door.post("/graphql", json=given)
        assert response.json()["data"]["tagCreate"]["userErrors"] == wanted
