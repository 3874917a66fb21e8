"""The service company of the examples: from a form on its site to the signed act, over GraphQL."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cardfile_service_company import ServiceCompany

from cardfile import App, MovableClock, Plugin
from cardfile.testing.people import Person
from cardfile_graphql.plugin import GraphQLPlugin

pytestmark = pytest.mark.anyio

EXAMPLE = Path(__file__).parents[2] / "examples" / "service_company"
MOST_LINES = 80

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cardfile.db'}"


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin, ServiceCompany)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock("2026-03-02T09:00:00+00:00")  # a Monday


@pytest.fixture
async def head(make_user: Any) -> Person:
    person: Person = await make_user("head", name="Helga")
    return person


@pytest.fixture
async def anna(make_user: Any, head: Person) -> Person:
    person: Person = await make_user("manager", name="Anna", head=head.user)
    return person


@pytest.fixture
def ask(api: Any, anna: Person) -> Ask:
    client = api(as_=anna)

    async def asked(query: str, **variables: Any) -> Any:
        answer = await client.post("/graphql", json={"query": query, "variables": variables})
        body = answer.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    return asked


async def do(
    ask: Ask, mutation: str, input_: dict[str, Any], selection: str = "userErrors { message code }"
) -> Any:
    type_ = mutation[0].upper() + mutation[1:] + "Input"
    data = await ask(
        f"mutation ($input: {type_}!) {{ {mutation}(input: $input) {{ {selection} userErrors {{ message }} }} }}",
        input=input_,
    )
    assert data[mutation]["userErrors"] == [], data
    return data[mutation]


async def open_tasks(ask: Ask) -> dict[str, str]:
    data = await ask('{ tasks(filter: {state: {eq: "open"}}) { nodes { id title } } }')
    return {one["title"]: one["id"] for one in data["tasks"]["nodes"]}


async def complete(ask: Ask, title: str) -> None:
    await do(ask, "taskComplete", {"id": (await open_tasks(ask))[title]})


async def reach(ask: Ask, deal: str, goal: str) -> str:
    """Reach a goal of the stage in which a deal stands, and return the key of the stage where it stands then."""
    data = await ask("query ($id: ID!) { deal(id: $id) { nextSteps { goals { id key } } } }", id=deal)
    ids = {one["key"]: one["id"] for one in data["deal"]["nextSteps"]["goals"]}
    done = await do(ask, "dealReachGoal", {"id": deal, "goalId": ids[goal]}, "deal { stage { key } }")
    stage: str = done["deal"]["stage"]["key"]
    return stage


async def new_lead(ask: Ask) -> str:
    made = await do(
        ask,
        "clientCreate",
        {"name": "Petrov Ivan", "phones": ["+7 916 123-45-67"]},
        "client { id }",
    )
    client: str = made["client"]["id"]
    touch = {"touch": "first", "source": "yandex", "keyword": "ремонт окон", "searchEngine": "yandex"}
    await do(ask, "attributionCreate", {"clientId": client, **touch})
    return client


def test_the_whole_edition_is_under_eighty_lines() -> None:
    text = (EXAMPLE / "cardfile_service_company.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) < MOST_LINES


async def test_a_lead_is_called_within_the_hour_and_reminded_of_every_hour_until_it_is_done(
    app: App, ask: Ask, clock: MovableClock, head: Person, api: Any
) -> None:
    await new_lead(ask)
    assert list(await open_tasks(ask)) == ["Call within the hour"]
    for _ in range(6):
        clock.advance(timedelta(hours=1))
        await app.jobs.run_due()
    told = await ask("{ notices { nodes { kind { key } } } }")
    kinds = [one["kind"]["key"] for one in told["notices"]["nodes"]]
    assert (kinds.count("due"), kinds.count("overdue")) == (1, 5)
    answer = await api(as_=head).post("/graphql", json={"query": "{ notices { nodes { kind { key } } } }"})
    assert [one["kind"]["key"] for one in answer.json()["data"]["notices"]["nodes"]] == ["escalated"]
    await complete(ask, "Call within the hour")
    clock.advance(timedelta(days=1))
    await app.jobs.run_due()
    after = await ask("{ notices { totalCount } }")
    assert after["notices"]["totalCount"] == len(kinds)


async def test_a_lead_goes_all_the_way_to_the_signed_act_and_paid_is_not_won(app: App, ask: Ask) -> None:
    client = await new_lead(ask)
    await complete(ask, "Call within the hour")
    made = await do(ask, "clientQualify", {"id": client}, "result { deal { id stage { key } } }")
    deal = made["result"]["deal"]["id"]
    await do(ask, "dealUpdate", {"id": deal, "serviceCompany": {"need": "New windows by May"}})
    assert await reach(ask, deal, "understood") == "proposal"
    amount = {"amount": {"amount": "120000.00", "currency": "RUB"}}
    await do(ask, "dealUpdate", {"id": deal, **amount})
    await complete(ask, "Write the proposal")
    assert await reach(ask, deal, "sent") == "approval"
    assert await reach(ask, deal, "approved") == "service"
    await complete(ask, "Do what was promised")
    assert await reach(ask, deal, "paid") == "service"
    assert await reach(ask, deal, "served") == "closing"
    assert "Get the act signed" in await open_tasks(ask)
    steps = await ask(
        "query ($id: ID!) { deal(id: $id) { result { key } nextSteps { missing { kind key } } } }", id=deal
    )
    assert steps["deal"] == {
        "result": {"key": "open"},
        "nextSteps": {
            "missing": [
                {"kind": "filled", "key": "service_company.feedback"},
                {"kind": "attached", "key": "act"},
            ]
        },
    }


async def test_a_deal_cannot_leave_the_need_before_it_is_written_down(ask: Ask) -> None:
    client = await new_lead(ask)
    made = await do(ask, "clientQualify", {"id": client}, "result { deal { id } }")
    deal = made["result"]["deal"]["id"]
    data = await ask(
        "query ($id: ID!) { deal(id: $id) { nextSteps { goals { id key } missing { key path } } } }", id=deal
    )
    assert data["deal"]["nextSteps"]["missing"] == [
        {"key": "service_company.need", "path": "service_company.need"}
    ]
