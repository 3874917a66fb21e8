"""Fields that a business adds by itself: there at once, typed where it matters, seen with the client."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx2 import AsyncClient

from cardfile.app import App
from cardfile.plugins import Plugin
from cardfile.testing.people import Person
from cardfile_graphql.plugin import GraphQLPlugin

pytestmark = pytest.mark.anyio

FIELD = """mutation($label: String!, $kind: String!) {
  customFieldCreate(input: {label: $label, kind: $kind}) { customField { id } userErrors { message code path } } }"""
KIND = """mutation($id: ID!) {
  customFieldUpdate(input: {id: $id, kind: "date"}) { customField { id } userErrors { message } } }"""
VALUE = """mutation($client: ID!, $field: ID!, $value: String!) {
  customValueCreate(input: {clientId: $client, fieldId: $field, value: $value}) {
    customValue { id value number day } userErrors { message code path } } }"""
CHANGE = """mutation($id: ID!, $value: String!) {
  customValueUpdate(input: {id: $id, value: $value}) { customValue { value number day } userErrors { message } } }"""
FOUND = """query($filter: ClientFilter!) {
  clients(filter: $filter) { nodes { name customValues { field { label } value } } } }"""


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin,)


async def ask(via: AsyncClient, query: str, /, **variables: Any) -> dict[str, Any]:
    answer = (await via.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    (data,) = answer["data"].values()
    return dict(data)


async def test_a_business_adds_fields_of_its_own(
    app: App, api: Callable[..., AsyncClient], make_user: Callable[..., Awaitable[Person]]
) -> None:
    head, maria, boris = await make_user("head"), await make_user("manager"), await make_user("manager")
    boss, client, other = api(as_=head), api(as_=maria), api(as_=boris)

    size = (await ask(boss, FIELD, label="Shoe size", kind="number"))["customField"]["id"]
    since = (await ask(boss, FIELD, label="Contract of", kind="date"))["customField"]["id"]
    (refused,) = (await ask(boss, FIELD, label="shoe SIZE", kind="text"))["userErrors"]
    assert "taken already" in refused["message"]
    (refused,) = (await ask(boss, KIND, id=size))["userErrors"]
    assert refused["message"].startswith("The kind of a custom field stays as it is")
    (refused,) = (await ask(client, FIELD, label="Mine", kind="text"))["userErrors"]
    assert refused["code"] == "NOT_ALLOWED"

    made = await ask(client, 'mutation { clientCreate(input: {name: "Anna"}) { client { id } } }')
    anna = made["client"]["id"]
    made = await ask(client, VALUE, client=anna, field=size, value="37,5")
    assert made["customValue"] == {
        "id": "custom_value_1",
        "value": "37.5",
        "number": "37.500000",
        "day": None,
    }
    made = await ask(client, VALUE, client=anna, field=since, value="5 марта 2024")
    assert made["customValue"]["day"] == "2024-03-05"
    (refused,) = (await ask(client, VALUE, client=anna, field=size, value="large"))["userErrors"]
    assert refused["path"] == ["input", "value"]
    (refused,) = (await ask(client, VALUE, client=anna, field=size, value="38"))["userErrors"]
    assert "taken already" in refused["message"]
    changed = await ask(client, CHANGE, id="custom_value_1", value="38")
    assert changed["customValue"] == {"value": "38", "number": "38.000000", "day": None}

    larger = {"customValues": {"some": {"field": {"id": {"eq": size}}, "number": {"gt": "37"}}}}
    found = await ask(client, FOUND, filter=larger)
    values = [
        {"field": {"label": "Shoe size"}, "value": "38"},
        {"field": {"label": "Contract of"}, "value": "2024-03-05"},
    ]
    assert found["nodes"] == [{"name": "Anna", "customValues": values}]
    assert (await ask(other, FOUND, filter=larger))["nodes"] == []
