"""What mutations are called, take and give."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest
from httpx2 import AsyncClient

from cardfile import App, Call, Client, Plugin, command
from cardfile.access import TokenScopes
from cardfile.errors import DeclarationError
from cardfile.settings import Settings
from cardfile_graphql.naming import TypeNames, own_type_name
from cardfile_graphql.plugin import GraphQLPlugin
from cardfile_graphql.schema import build_schema

pytestmark = pytest.mark.anyio

CREATE = """mutation { clientCreate(input: {name: "Anna"}) { client { id } userErrors { code } } }"""


class Level(StrEnum):
    """How warm a greeting is."""

    COLD = "cold"
    WARM = "warm"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent."""

    way: str


@command("client.greet", label="Greet")
async def greet(call: Call, client: Client, level: Level = Level.COLD) -> Sent:
    """Greet a client."""
    return Sent(level.value)


class CardsPlugin(Plugin):
    """Greeting cards, with a type that is called as one of the core's."""

    name = "cards"
    label = "Greeting cards"
    requires = "cardfile>=0"
    commands = (greet,)
    grants = {"manager": {"client": "greet:own"}}  # noqa: RUF012  # as plugins write it


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin,)


@pytest.mark.parametrize(
    ("of", "name", "told"),
    [
        ("share.create", "Level", "ShareLevel"),
        ("api_token.create", "NewApiToken", "NewApiToken"),
        ("client.merge", "ClientMerged", "ClientMerged"),
        ("shop.order.close", "OrderState", "ShopOrderState"),
        ("client.find", "Enter", "ClientEnter"),
    ],
)
def test_a_type_that_only_a_command_knows_has_its_entity_in_front(of: str, name: str, told: str) -> None:
    assert own_type_name(of, type(name, (), {})) == told


def test_types_of_plugins_and_of_the_core_never_meet() -> None:
    app = App.build(Settings(plugins=("graphql",)), plugins=(CardsPlugin,))
    types = build_schema(app).schema.type_map
    assert {"ShareLevel", "CardsClientLevel", "CardsClientSent"} <= types.keys()
    assert not {"Level", "Sent"} & types.keys()


def test_two_types_of_one_name_stop_the_start() -> None:
    names = TypeNames()
    names.take("ShareLevel", "core")
    for owner in ("core", "cards"):
        with pytest.raises(DeclarationError, match=f"^{owner}: the GraphQL name ShareLevel is taken by core"):
            names.take("ShareLevel", owner)


async def test_a_record_is_named_by_an_id_wherever_it_is_meant(
    api: Callable[..., AsyncClient], make_user: Callable[..., Any]
) -> None:
    boris, clara = await make_user("manager"), await make_user("manager")
    door = api(as_=boris)
    made = (await door.post("/graphql", json={"query": CREATE})).json()["data"]["clientCreate"]["client"]
    query = "mutation($r: ID!, $u: ID!) { shareCreate(input: {record: $r, toUserId: $u, level: READ})"
    query += " { share { toUser { id } } userErrors { path } } }"
    given = {"r": made["id"], "u": f"user_{clara.user}"}
    answer = (await door.post("/graphql", json={"query": query, "variables": given})).json()
    assert answer["data"]["shareCreate"] == {"share": {"toUser": {"id": given["u"]}}, "userErrors": []}


async def test_what_was_done_and_cannot_be_seen_is_told_at_its_place(
    app: App, api: Callable[..., AsyncClient], make_user: Callable[..., Any]
) -> None:
    boris = await make_user("manager")
    issued = await app.access.tokens.issue(boris.user, "form", TokenScopes.parse(["client:create"]))
    headers = {"Authorization": f"Bearer {issued.key}"}
    answer = (await api().post("/graphql", json={"query": CREATE}, headers=headers)).json()
    assert answer["data"] == {"clientCreate": {"client": None, "userErrors": []}}
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("FORBIDDEN", ["clientCreate", "client"])
    assert error["message"] == "It was done, but you may not see the record."


async def test_a_standing_is_given_by_its_key(
    api: Callable[..., AsyncClient], make_user: Callable[..., Any]
) -> None:
    door = api(as_=await make_user("manager"))
    made = (await door.post("/graphql", json={"query": CREATE})).json()["data"]["clientCreate"]["client"]
    query = "mutation($i: ClientChangeStandingInput!) { clientChangeStanding(input: $i)"
    query += " { client { standing { key } } userErrors { code path } } }"
    for key, told in (
        ("active", {"client": {"standing": {"key": "active"}}, "userErrors": []}),
        ("gone", {"client": None, "userErrors": [{"code": "INVALID_INPUT", "path": ["input", "to"]}]}),
    ):
        given = {"i": {"id": made["id"], "to": key}}
        answer = (await door.post("/graphql", json={"query": query, "variables": given})).json()
        assert answer["data"]["clientChangeStanding"] == told
