"""Processes: steps in order and with conditions, on deals and clients, that go on by themselves."""

from datetime import timedelta
from typing import Any

import pytest

from cardfile import App, MovableClock, Pipeline, Plugin, Process, Stage, Step, days, hours
from cardfile.errors import DeclarationError, InvalidInput, Refused
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING, Actor
from cardfile.testing.people import Person
from cardfile_graphql.plugin import GraphQLPlugin

pytestmark = pytest.mark.anyio

HANDING_OVER = Process(
    "handing_over",
    {"en": "Handing over", "ru": "Передача"},
    steps=(
        Step("prepare", "Prepare the papers", due=hours(4)),
        Step(
            "discount",
            "Agree on the discount",
            where={"amount": {"gte": "100000"}},
            assignee="head",
            due=hours(2),
        ),
        Step("tell", "Tell the owner", kind="message", text="The papers are ready."),
        Step("cool", "Let it rest", kind="wait", due=days(1)),
        Step("priced", "Wait for the price", kind="check", until={"amount": {"gt": "0"}}, due=days(2)),
        Step("sign", "Get it signed", after=("priced", "prepare"), due=days(1)),
    ),
)
GREETING = Process(
    "greeting",
    "Greeting",
    on="client",
    begins={"standing": {"eq": "lead"}},
    steps=(
        Step("call", "Call within the hour", due=hours(1), reminders="urgent"),
        Step("letter", "Write a letter", after=(), due=days(1)),
    ),
)


class Processes(Plugin):
    """A plugin that ships two processes, and a pipeline whose last open stage starts one."""

    name = "processes_of_test"
    label = "Processes"
    requires = "cardfile>=0"
    processes = (HANDING_OVER, GREETING)
    pipelines = (
        Pipeline(
            "short",
            "Short",
            stages=(
                Stage("talk", "Talk"),
                Stage("papers", "Papers", processes=("handing_over",)),
                Stage("won", "Won", outcome="won"),
                Stage("lost", "Lost", outcome="lost"),
            ),
        ),
    )


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin, Processes)


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
async def deal(app: App, anna: Person, make_client: Any) -> int:
    client = await make_client("Petrov", standing="potential", owner=anna.user)
    made: int = await do(
        app, "deal.create", values={"title": "Windows", "client": client, "owner": anna.user}
    )
    return made


async def do(app: App, command: str, **arguments: Any) -> Any:
    async with app.unit_of_work(Actor.system("test")) as work:
        made = await work.do(command, **arguments)
    return getattr(made, "id", made)


async def found(app: App, entity: str, **filter_: Any) -> list[dict[str, Any]]:
    return await fetch_records(
        app.database,
        app.model,
        app.model[entity],
        EVERYTHING,
        now=app.clock.now(),
        filter=filter_,
        order=("id",),
    )


async def states(app: App, run: int) -> dict[str, str]:
    rows = await found(app, "process_run_step", process_run={"id": {"eq": run}})
    return {row["key"]: row["state"] for row in rows}


async def open_tasks(app: App) -> dict[str, dict[str, Any]]:
    return {row["title"]: row for row in await found(app, "task", state={"eq": "open"})}


async def process(app: App, key: str) -> int:
    (row,) = await found(app, "process", key={"eq": key})
    return int(row["id"])


async def start(app: App, deal: int) -> int:
    run: int = await do(app, "process_run.start", process=await process(app, "handing_over"), deal=deal)
    return run


async def complete(app: App, title: str) -> None:
    await do(app, "task.complete", task=(await open_tasks(app))[title]["id"])


async def test_the_first_step_begins_with_a_task_that_is_due_in_working_time(
    app: App, deal: int, anna: Person
) -> None:
    await start(app, deal)
    task = (await open_tasks(app))["Prepare the papers"]
    assert (task["assignee"], task["deal"], task["cause"]) == (anna.user, deal, "process")
    assert task["due_at"] == app.clock.now() + timedelta(hours=4)


async def test_a_step_whose_condition_does_not_hold_is_passed_over(app: App, deal: int) -> None:
    run = await start(app, deal)
    await complete(app, "Prepare the papers")
    assert await states(app, run) == {
        "prepare": "done",
        "discount": "skipped",
        "tell": "done",
        "cool": "active",
        "priced": "waiting",
        "sign": "waiting",
    }


async def test_a_step_whose_condition_holds_goes_to_the_head(app: App, deal: int, head: Person) -> None:
    await do(app, "deal.update", record=deal, values={"amount": {"amount": "200000", "currency": "RUB"}})
    await start(app, deal)
    await complete(app, "Prepare the papers")
    assert (await open_tasks(app))["Agree on the discount"]["assignee"] == head.user


async def test_a_message_is_told_once(app: App, deal: int, anna: Person) -> None:
    await start(app, deal)
    await complete(app, "Prepare the papers")
    told = await found(app, "notice", recipient={"id": {"eq": anna.user}}, kind={"eq": "message"})
    assert [one["title"] for one in told] == ["Tell the owner: The papers are ready."]


async def test_a_wait_ends_with_its_time_and_a_check_with_the_record(
    app: App, deal: int, clock: MovableClock
) -> None:
    run = await start(app, deal)
    await complete(app, "Prepare the papers")
    clock.advance(timedelta(hours=23))
    await app.jobs.run_due()
    assert (await states(app, run))["cool"] == "active"
    clock.advance(timedelta(hours=2))
    await app.jobs.run_due()
    assert (await states(app, run))["priced"] == "active"
    await do(app, "deal.update", record=deal, values={"amount": {"amount": "500", "currency": "RUB"}})
    assert (await states(app, run))["priced"] == "done"
    await complete(app, "Get it signed")
    (row,) = await found(app, "process_run", id={"eq": run})
    assert (row["state"], row["ended_at"]) == ("done", clock.now())


async def test_a_check_that_takes_too_long_is_told_to_the_head_once(
    app: App, deal: int, head: Person, clock: MovableClock
) -> None:
    await start(app, deal)
    await complete(app, "Prepare the papers")
    for _ in range(5):
        clock.advance(timedelta(days=1))
        await app.jobs.run_due()
    told = await found(app, "notice", recipient={"id": {"eq": head.user}}, kind={"eq": "escalated"})
    assert [one["title"] for one in told if "process" in one["title"]] == [
        "A process waits too long: Wait for the price"
    ]


async def test_a_cancelled_process_cancels_its_open_tasks(app: App, deal: int) -> None:
    run = await start(app, deal)
    await do(app, "process_run.cancel", run=run, reason="The client has changed his mind.")
    assert await open_tasks(app) == {}
    assert set((await states(app, run)).values()) == {"cancelled"}
    with pytest.raises(Refused, match="over"):
        await do(app, "process_run.cancel", run=run, reason="again")


async def test_a_step_can_be_passed_over_by_hand(app: App, deal: int) -> None:
    run = await start(app, deal)
    await do(app, "process_run.skip_step", run=run, step="prepare", reason="They have them.")
    assert (await states(app, run))["prepare"] == "skipped"
    assert (await states(app, run))["tell"] == "done"
    with pytest.raises(InvalidInput, match="not under way"):
        await do(app, "process_run.skip_step", run=run, step="sign")


async def test_several_processes_run_on_one_deal_at_once(app: App, deal: int) -> None:
    first, second = await start(app, deal), await start(app, deal)
    await do(app, "task.complete", task=(await found(app, "task", state={"eq": "open"}))[0]["id"])
    assert (await states(app, first))["prepare"] == "done"
    assert (await states(app, second))["prepare"] == "active"


async def test_a_new_lead_begins_the_process_that_waits_for_leads(
    app: App, anna: Person, make_client: Any
) -> None:
    await make_client("Sidorov", owner=anna.user)
    tasks = await open_tasks(app)
    assert set(tasks) == {"Call within the hour", "Write a letter"}
    assert tasks["Call within the hour"]["client"] is not None


async def test_a_client_who_is_no_lead_begins_nothing(app: App, make_client: Any) -> None:
    await make_client("Sidorov", standing="active")
    assert await found(app, "process_run") == []


async def test_a_stage_starts_its_process(app: App, deal: int) -> None:
    (papers,) = await found(app, "stage", key={"eq": "papers"})
    await do(app, "deal.move", deal=deal, to=papers["id"])
    (run,) = await found(app, "process_run")
    assert (run["deal"], run["state"]) == (deal, "running")


async def test_the_graph_shows_where_a_run_stands(app: App, deal: int, anna: Person, api: Any) -> None:
    await start(app, deal)
    answer = await api(as_=anna).post(
        "/graphql",
        json={
            "query": "{ processRuns { nodes { state { key } process { key } "
            "graph { nodes { key state column } edges { source target } svg } } } }"
        },
    )
    assert "errors" not in answer.json(), answer.text
    (run,) = answer.json()["data"]["processRuns"]["nodes"]
    assert [(one["key"], one["state"], one["column"]) for one in run["graph"]["nodes"]][:3] == [
        ("prepare", "active", 0),
        ("discount", "waiting", 1),
        ("tell", "waiting", 2),
    ]
    assert {"source": "prepare", "target": "sign"} in run["graph"]["edges"]
    assert run["graph"]["svg"].startswith("<svg")
    assert "Prepare the papers" in run["graph"]["svg"]


async def test_whoever_does_not_see_the_deal_sees_no_run(
    app: App, deal: int, make_user: Any, api: Any
) -> None:
    await start(app, deal)
    stranger: Person = await make_user("manager", name="Boris")
    answer = await api(as_=stranger).post("/graphql", json={"query": "{ processRuns { totalCount } }"})
    assert answer.json()["data"]["processRuns"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("step", "message"),
    [
        pytest.param({"kind": "task"}, "say by when", id="a task without a term"),
        pytest.param({"kind": "check", "due": hours(1)}, "checks something", id="a check of nothing"),
        pytest.param({"kind": "document"}, "makes a document", id="a document of no kind"),
        pytest.param({"kind": "dance"}, "is unknown", id="an unknown kind"),
    ],
)
def test_a_step_that_makes_no_sense_stops_with_a_sentence(step: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Step("step", "Step", **step)
