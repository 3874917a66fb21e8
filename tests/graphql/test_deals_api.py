"""Deals over GraphQL: boards, next steps, refusals that list what is missing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient

from cardfile import App, Filled, Goal, Holds, Pipeline, Plugin, Stage
from cardfile.clock import MovableClock
from cardfile.pipelines import pipeline_book
from cardfile.rights import Actor
from cardfile.testing.people import Person
from cardfile_graphql.plugin import GraphQLPlugin

pytestmark = pytest.mark.anyio

Connect = Callable[..., AsyncClient]
MakeUser = Callable[..., Awaitable[Person]]


class GlassPlugin(Plugin):
    """A short way of deals."""

    name = "glass"
    label = "Glass"
    requires = "cardfile>=0"
    pipelines = (
        Pipeline(
            "windows",
            "Windows",
            stages=(
                Stage(
                    "call",
                    {"en": "First call", "ru": "Первый звонок"},
                    rots_after=5,
                    goals=(
                        Goal("measuring", {"en": "Agreed", "ru": "Договорились"}),
                        Goal("refused", "Refused", outcome="refuse"),
                    ),
                    leave=(Filled("amount"),),
                ),
                Stage(
                    "measurement",
                    "Measurement",
                    enter=(Holds({"amount": {"gt": "100"}}, {"en": "Over 100", "ru": "Больше 100"}),),
                ),
                Stage("won", "Won", outcome="won"),
                Stage("lost", "Lost", outcome="lost"),
            ),
        ),
    )


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin, GlassPlugin)


async def do(app: App, name: str, /, *, by: Person | None = None, **arguments: Any) -> Any:
    actor = by.actor if by is not None else Actor.system("test")
    async with app.unit_of_work(actor) as work:
        return await work.do(name, **arguments)


async def stage_of(app: App, key: str) -> int:
    return (await pipeline_book(app.access)).stage_by_key(f"windows/{key}").id


async def deal_of(app: App, by: Person, title: str = "Windows", **values: Any) -> int:
    client = await do(app, "client.create", by=by, values={"name": "Anna"})
    made = await do(app, "deal.create", by=by, values={"title": title, "client": client.id, **values})
    return int(made.id)


async def ask(client: AsyncClient, query: str, **variables: Any) -> Any:
    answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def test_next_steps_tell_goals_and_what_is_missing(app: App, api: Connect, make_user: MakeUser) -> None:
    anna = await make_user("manager")
    deal = await deal_of(app, anna)
    found = await ask(
        api(as_=anna),
        """query ($id: ID!) { deal(id: $id) { what: nextSteps {
             goals { key label outcome reached __typename }
             lacks: missing { kind key name: label path }
             tasks { title } } } }""",
        id=f"deal_{deal}",
    )
    assert found["deal"]["what"] == {
        "goals": [
            {
                "key": "measuring",
                "label": "Agreed",
                "outcome": "advance",
                "reached": False,
                "__typename": "DealStepGoal",
            },
            {
                "key": "refused",
                "label": "Refused",
                "outcome": "refuse",
                "reached": False,
                "__typename": "DealStepGoal",
            },
        ],
        "lacks": [
            {"kind": "filled", "key": "amount", "name": "Amount", "path": "amount"},
            {"kind": "holds", "key": "Over 100", "name": "Over 100", "path": None},
        ],
        "tasks": [],
    }


async def test_what_is_missing_is_told_in_the_readers_language_where_the_house_knows_it(
    app: App, api: Connect, make_user: MakeUser
) -> None:
    anna = await make_user("manager")
    await deal_of(app, anna)
    russian = api(as_=anna, **{"Accept-Language": "ru"})
    found = await ask(russian, "{ deals { nodes { nextSteps { missing { label } } } } }")
    (deal,) = found["deals"]["nodes"]
    assert [one["label"] for one in deal["nextSteps"]["missing"]] == ["Сумма", "Over 100"]


async def test_a_deal_says_where_it_may_go(app: App, api: Connect, make_user: MakeUser) -> None:
    anna = await make_user("manager")
    await deal_of(app, anna, "Poor")
    await deal_of(app, anna, "Rich", amount={"amount": "500", "currency": "RUB"})
    query = """query ($stage: ID!) { deals(orderBy: [{field: TITLE}]) { edges { node { title
        canMoveTo(stage: $stage) { allowed missing { key } } } } } }"""
    client = api(as_=anna)
    for stage, expected in (("measurement", [False, True]), ("lost", [True, True])):
        found = await ask(client, query, stage=f"stage_{await stage_of(app, stage)}")
        nodes = [edge["node"] for edge in found["deals"]["edges"]]
        assert [one["canMoveTo"]["allowed"] for one in nodes] == expected
    answer = (await client.post("/graphql", json={"query": query, "variables": {"stage": "client_1"}})).json()
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_refused_move_lists_what_is_missing_as_data(
    app: App, api: Connect, make_user: MakeUser
) -> None:
    anna = await make_user("manager")
    deal = await deal_of(app, anna)
    move = """mutation ($id: ID!, $to: ID!) { dealMove(input: {id: $id, toId: $to}) {
        deal { stage { key } nextSteps { goals { key } } }
        userErrors { __typename code message ... on MissingForStage { missing { kind key path label } } } } }"""
    given = {"id": f"deal_{deal}", "to": f"stage_{await stage_of(app, 'measurement')}"}
    client = api(as_=anna)
    refused = (await ask(client, move, **given))["dealMove"]
    assert refused["deal"] is None
    assert refused["userErrors"] == [
        {
            "__typename": "MissingForStage",
            "code": "MISSING_FOR_STAGE",
            "message": "Before the deal goes to Measurement, it lacks: Amount, Over 100.",
            "missing": [
                {"kind": "filled", "key": "amount", "path": "amount", "label": "Amount"},
                {"kind": "holds", "key": "Over 100", "path": None, "label": "Over 100"},
            ],
        }
    ]
    await do(app, "deal.update", record=deal, values={"amount": {"amount": "500", "currency": "RUB"}})
    done = (await ask(client, move, **given))["dealMove"]
    assert done == {"deal": {"stage": {"key": "measurement"}, "nextSteps": {"goals": []}}, "userErrors": []}


async def test_a_board_shows_deals_by_stage_with_open_goals_and_marks(
    app: App, api: Connect, make_user: MakeUser, clock: MovableClock
) -> None:
    anna = await make_user("manager")
    await deal_of(app, anna, "Old")
    clock.advance(timedelta(days=6))
    await deal_of(app, anna, "New")
    found = await ask(
        api(as_=anna),
        """{ pipelines(first: 1) { nodes { stages(first: 10, orderBy: [{field: POSITION}]) { nodes {
             key deals(first: 50) { totalCount nodes { title isRotten isStuck client { name }
               openGoals(first: 5) { nodes { key goal { label } } } } } } } } }
             rotten: deals(filter: {isRotten: {eq: true}}) { nodes { title } } }""",
    )
    call, *others = found["pipelines"]["nodes"][0]["stages"]["nodes"]
    assert [(one["title"], one["isRotten"], one["isStuck"]) for one in call["deals"]["nodes"]] == [
        ("New", False, False),
        ("Old", True, False),
    ]
    goals = [one["key"] for one in call["deals"]["nodes"][0]["openGoals"]["nodes"]]
    assert goals == ["measuring", "refused"]
    assert [one["deals"]["totalCount"] for one in others] == [0, 0, 0]
    assert found["rotten"]["nodes"] == [{"title": "Old"}]


async def test_who_takes_part_sees_the_deal_and_nothing_around_it(
    app: App, api: Connect, make_user: MakeUser
) -> None:
    anna, victor = await make_user("manager"), await make_user("specialist")
    shared = await deal_of(app, anna, "Shared")
    await deal_of(app, anna, "Other")
    await do(app, "deal.add_participant", by=anna, deal=shared, user=victor.actor.user, role="specialist")
    around = {
        "title": "Call again",
        "deal": shared,
        "assignee": anna.actor.user,
        "due_at": "2026-01-02T09:00:00Z",
    }
    await do(app, "task.create", by=anna, values=around)
    everything = """{ deals { totalCount nodes { id title client { name } stage { key }
         participants { nodes { user { id } role } } nextSteps { goals { key } } } }
         stageChanges { nodes { deal { title } } } AROUND }"""
    lists = ("clients", "contactPoints", "interactions", "attributions", "tasks", "notices")
    asked = everything.replace("AROUND", " ".join(f"{name} {{ totalCount }}" for name in lists))
    found = await ask(api(as_=victor), asked)
    (deal,) = found["deals"]["nodes"]
    assert (deal["title"], deal["client"]) == ("Shared", None)
    assert found["stageChanges"]["nodes"] == [{"deal": {"title": "Shared"}}]
    assert {name: found[name]["totalCount"] for name in lists} == dict.fromkeys(lists, 0)
    assert len(deal["nextSteps"]["goals"]) == 2
    told = await ask(api(as_=anna), asked)
    assert (told["clients"]["totalCount"], told["tasks"]["totalCount"], told["deals"]["totalCount"]) == (
        2,
        1,
        2,
    )
    refused = await ask(
        api(as_=victor),
        """mutation ($id: ID!) { dealUpdate(input: {id: $id, title: "Mine"}) { userErrors { code } } }""",
        id=deal["id"],
    )
    assert refused["dealUpdate"]["userErrors"] == [{"code": "NOT_ALLOWED"}]


async def test_a_participant_reaches_goals_of_his_deal(app: App, api: Connect, make_user: MakeUser) -> None:
    anna, victor = await make_user("manager"), await make_user("specialist")
    deal = await deal_of(app, anna, amount={"amount": "500", "currency": "RUB"})
    await do(app, "deal.add_participant", by=anna, deal=deal, user=victor.actor.user, role="specialist")
    goal = (await pipeline_book(app.access)).stage_by_key("windows/call").goal("measuring")
    assert goal is not None
    done = await ask(
        api(as_=victor),
        """mutation ($id: ID!, $goal: ID!) { dealReachGoal(input: {id: $id, goalId: $goal}) {
             deal { stage { key } } userErrors { message } } }""",
        id=f"deal_{deal}",
        goal=f"goal_{goal.id}",
    )
    assert done["dealReachGoal"] == {"deal": {"stage": {"key": "measurement"}}, "userErrors": []}
