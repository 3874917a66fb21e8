"""Reports over GraphQL: typed, permitted, limited, and each number with a filter that lists take as it is."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import pytest
from httpx2 import AsyncClient

from cardfile import App, Call, Client, Pipeline, Plugin, Settings, Stage, report
from cardfile.clock import MovableClock
from cardfile.errors import DeclarationError
from cardfile.pipelines import pipeline_book
from cardfile.query import Measure
from cardfile.reports import Counting, Figure
from cardfile.rights import Actor
from cardfile.testing.people import Person
from cardfile_graphql.plugin import GraphQLPlugin

pytestmark = pytest.mark.anyio

Connect = Callable[..., AsyncClient]
MakeUser = Callable[..., Awaitable[Person]]


@dataclass(frozen=True, slots=True)
class Cities:
    """How many clients there are in a city."""

    clients: Figure


@report("cities", entity="client", label={"en": "Cities", "ru": "Города"})
async def cities(call: Call, city: Annotated[str, "Which city."]) -> Cities:
    """Count the clients of a city."""
    (found,) = (await Counting(call, Client, {"city": {"eq": city}}).figures({"clients": Measure()})).values()
    return Cities(found)


class TownPlugin(Plugin):
    """A way of deals, and a report of a plugin's own."""

    name = "town"
    label = "Town"
    requires = "cardfile>=0"
    pipelines = (
        Pipeline(
            "sales_here",
            "Sales here",
            stages=(
                Stage("call", "Call", probability=10, expected_days=2),
                Stage("offer", "Offer", probability=50),
                Stage("won", "Won", outcome="won"),
                Stage("lost", "Lost", outcome="lost"),
            ),
        ),
    )
    reports = (cities,)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin, TownPlugin)


async def do(app: App, name: str, /, **arguments: Any) -> Any:
    async with app.unit_of_work(Actor.system("test")) as work:
        return await work.do(name, **arguments)


async def trade(app: App, clock: MovableClock, owner: int) -> int:
    """Open three deals, of which one is won and one goes on; return the pipeline."""
    book = await pipeline_book(app.access)
    stages = {key: book.stage_by_key(f"sales_here/{key}").id for key in ("call", "offer", "won")}
    for number, way in enumerate((("offer", "won"), ("offer",), ())):
        client = await do(
            app, "client.create", values={"name": f"Client {number}", "owner": owner, "city": "Kazan"}
        )
        amount = {"amount": f"{number + 1}00.50", "currency": "RUB"}
        values = {"title": f"Deal {number}", "client": client.id, "owner": owner, "amount": amount}
        deal = await do(app, "deal.create", values={**values, "stage": stages["call"], "source": "site"})
        for key in way:
            clock.advance(timedelta(hours=5))
            await do(app, "deal.move", deal=deal.id, to=stages[key])
        await do(app, "task.create", values={"title": "Call", "deal": deal.id, "assignee": owner})
    await do(
        app,
        "sales_plan.create",
        values={"month": "2026-01-05", "amount": {"amount": "201", "currency": "RUB"}},
    )
    return book.stage(stages["call"]).pipeline


async def ask(api: Connect, who: Person, document: str, **variables: Any) -> dict[str, Any]:
    sent = {"query": document, "variables": variables}
    body: dict[str, Any] = (await api(as_=who).post("/graphql", json=sent)).json()
    return body


FIGURE = "fragment F on ReportFigure { of filter count sums { amount currency } }"
PERIOD = {"since": "2026-01-01", "until": "2026-12-31"}
ALL = """
query Q($pipeline: ID, $period: ReportPeriodInput) { reports {
  funnel(pipeline: $pipeline, period: $period, enough: 1) {
    label conversion cohort {...F} won {...F} lost {...F}
    stages { id key label reached {...F} entered {...F} waiting {...F} lost {...F} }
    pairs { fromStage toStage reached wentOn conversion } bottleneck { fromStage conversion }
    managers { manager { id name } cohort {...F} reached {...F} conversion }
  }
  leads(period: $period) { total { leads {...F} qualified {...F} waiting {...F} conversion } }
  firstResponse(period: $period) { clients {...F} waiting {...F} took { medianSeconds } }
  timeInStage(pipeline: $pipeline, period: $period) {
    stages {
      label stays {...F} took { count medianSeconds p90Seconds } normSeconds over {...F} now {...F} overNow {...F}
    }
  }
  velocity(period: $period) {
    total { won {...F} open {...F} winRate cycle { medianSeconds } perDay { amount currency } }
  }
  work(period: $period) { open {...F} overdue {...F} people { person { name } done {...F} } }
  sources(period: $period) { lines { source { key label } deals {...F} won {...F} conversion } }
  forecast(months: 2) { months { month line { deals {...F} } } undated { deals {...F} weighted { amount currency } } }
  planFact(period: $period) { lines { month plan { amount } fact {...F} done { amount } part } }
} }
"""


def figures_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and "filter" in value:
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from figures_in(one)


async def test_each_figure_has_a_filter_that_its_list_takes_as_it_is(
    app: App, clock: MovableClock, api: Connect, make_user: MakeUser
) -> None:
    anna, analyst = await make_user("manager", name="Anna"), await make_user("analyst")
    pipeline = app.model["pipeline"].global_id(await trade(app, clock, anna.user))
    for who in (anna, analyst):
        told = await ask(api, who, ALL + FIGURE, pipeline=pipeline, period=PERIOD)
        assert "errors" not in told, told
        figures = list(figures_in(told["data"]))
        assert len(figures) > 30
        for one in figures:
            record_type = app.model[one["of"]]
            name = record_type.name
            listed = {"deal": "deals", "client": "clients", "task": "tasks", "stage_change": "stageChanges"}[
                one["of"]
            ]
            document = f"query L($f: {name}Filter) {{ {listed}(filter: $f) {{ totalCount }} }}"
            found = await ask(api, who, document, f=one["filter"])
            assert found["data"][listed]["totalCount"] == one["count"], (one, found)
    reports = told["data"]["reports"]
    funnel = reports["funnel"]
    assert [one["reached"]["count"] for one in funnel["stages"]] == [3, 2, 1]
    assert [one["conversion"] for one in funnel["pairs"]] == [0.6667, 0.5]
    assert funnel["bottleneck"]["fromStage"] == funnel["stages"][1]["id"]
    assert funnel["managers"][0]["manager"]["name"] == "Anna"
    assert funnel["won"]["sums"] == [{"amount": "100.50", "currency": "RUB"}]
    assert reports["forecast"]["undated"]["weighted"] == [{"amount": "130.30", "currency": "RUB"}]
    assert reports["sources"]["lines"][0]["source"] == {"key": "site", "label": "Site"}
    plan = reports["planFact"]["lines"][0]
    assert (plan["plan"]["amount"], plan["done"]["amount"], plan["part"]) == ("201.00", "100.50", 0.5)


async def test_a_plugins_report_stands_beside_those_of_the_core(
    app: App, clock: MovableClock, api: Connect, make_user: MakeUser
) -> None:
    anna, boris = await make_user("manager"), await make_user("manager")
    await trade(app, clock, anna.user)
    document = '{ reports { townCities(city: "Kazan") { clients { count of filter } } } }'
    for who, count in ((anna, 3), (boris, 0)):
        told = await ask(api, who, document)
        figure = told["data"]["reports"]["townCities"]["clients"]
        assert figure == {"count": count, "of": "client", "filter": {"city": {"eq": "Kazan"}}}


async def test_what_goes_wrong_with_one_report_leaves_the_others(
    app: App, api: Connect, make_user: MakeUser
) -> None:
    nobody, anna = await make_user(), await make_user("manager")
    told = await ask(api, nobody, "{ reports { forecast { total { deals { count } } } } }")
    assert told["data"] == {"reports": {"forecast": None}}
    assert told["errors"][0]["message"].startswith("You may not do this: Forecast")
    document = """{ reports {
      good: forecast { total { deals { count } } }
      bad: funnel(period: {since: "2020-01-02", until: "2020-01-01"}) { label }
      strange: funnel(pipeline: "pipeline_999") { label }
    } }"""
    told = await ask(api, anna, document)
    assert told["data"]["reports"]["good"] == {"total": {"deals": {"count": 0}}}
    messages = sorted(one["message"] for one in told["errors"])
    assert messages == ["There is no such record: pipeline_999.", "This period ends before it begins."]


async def test_one_request_makes_so_many_reports_and_no_more(api: Connect, make_user: MakeUser) -> None:
    anna = await make_user("manager")
    many = " ".join(f"r{number}: forecast {{ total {{ deals {{ count }} }} }}" for number in range(12))
    told = await ask(api, anna, f"{{ reports {{ {many} }} }}")
    assert len(told["errors"]) == 2
    assert {one["message"] for one in told["errors"]} == {
        "At most 10 reports are made at once: ask again for more."
    }


def test_a_report_says_at_the_start_what_is_wrong_with_it() -> None:
    with pytest.raises(DeclarationError, match="returns no frozen dataclass"):

        @report("nothing", entity="client", label="Nothing")
        async def nothing(call: Call) -> Client:
            return await call.get(Client, 1)

    @report("lost", entity="parcel", label="Lost")
    async def lost(call: Call) -> Cities:
        raise NotImplementedError

    class LostPlugin(Plugin):
        label = "Lost town"
        requires = "cardfile>=0"
        name = "lost_town"
        reports = (lost,)

    with pytest.raises(
        DeclarationError, match="the report 'lost' is about an entity 'parcel' that does not exist"
    ):
        App.build(Settings(plugins=()), plugins=(LostPlugin,))
