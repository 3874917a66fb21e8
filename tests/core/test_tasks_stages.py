"""What stages set going and wait for: tasks, people in roles, notices."""

from typing import ClassVar

import pytest
from tasks_desk import TaskDesk, at

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.deals import MissingForStage
from cardfile.declarations import (
    Choose,
    Goal,
    GoalOutcome,
    Notice,
    Pipeline,
    Role,
    Stage,
    TaskDone,
    TaskTemplate,
    days,
    hours,
    minutes,
)
from cardfile.plugins import Plugin
from cardfile.rights import Actor

pytestmark = pytest.mark.anyio

FOR_ROLES = {"deal": "read:own", "task": "read:own complete:own", "client": "read:own"}


class PanesPlugin(Plugin):
    """A small trade with people in roles."""

    name = "panes"
    label: ClassVar = "Panes"
    requires = "cardfile>=0"
    roles = (
        Role("measurer", "Measurer", can=FOR_ROLES),
        Role("fitter", "Fitter", can=FOR_ROLES),
        Role("driver", "Driver", can=FOR_ROLES),
    )
    pipelines = (
        Pipeline(
            "panes",
            "Panes",
            stages=(
                Stage(
                    "call",
                    "First call",
                    tasks=(TaskTemplate("Call within 15 minutes", minutes(15), reminders="urgent"),),
                    goals=(Goal("later", "Later", outcome=GoalOutcome.POSTPONE, by=days(30)),),
                ),
                Stage(
                    "measure",
                    "Measurements",
                    tasks=(
                        TaskTemplate("Measure", hours(4), assignee="measurer", blocks=True),
                        TaskTemplate("Look over the sheet", hours(6), assignee="head"),
                    ),
                ),
                Stage(
                    "fit",
                    "Fitting",
                    tasks=(
                        TaskTemplate("Fit", hours(8), assignee="fitter", choose=Choose.BY_HAND),
                        TaskTemplate("Bring", hours(8), assignee="driver", choose=Choose.FIXED),
                        TaskTemplate("Clean up", hours(9)),
                    ),
                    leave=(TaskDone("fit"),),
                    notices=(Notice("head", "Fitting begins"), Notice("driver", "Be ready")),
                ),
                Stage("won", "Won", outcome="won"),
                Stage("lost", "Lost", outcome="lost"),
            ),
        ),
    )


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (PanesPlugin,)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock("2026-03-04T10:00")  # a Wednesday


@pytest.fixture
def desk(app: App) -> TaskDesk:
    return TaskDesk(app)


@pytest.fixture
async def head(desk: TaskDesk) -> Actor:
    return await desk.colleague("Pavel", "head")


@pytest.fixture
async def anna(desk: TaskDesk, head: Actor) -> Actor:
    return await desk.colleague("Anna", "manager", head=head.user)


async def stage(desk: TaskDesk, key: str) -> int:
    (row,) = await desk.rows("stage", {"key": {"eq": key}, "pipeline": {"key": {"eq": "panes"}}})
    return int(row["id"])


async def deal(desk: TaskDesk, owner: Actor, key: str = "call") -> int:
    client = await desk.client("Petrova", owner=owner.user)
    values = {"title": "Balcony", "client": client, "owner": owner.user, "stage": await stage(desk, key)}
    made = await desk.do("deal.create", values=values)
    return int(made.id)


async def move(desk: TaskDesk, number: int, key: str, *, by: Actor | None = None) -> None:
    await desk.do("deal.move", by=by, deal=number, to=await stage(desk, key))


async def tasks(desk: TaskDesk, number: int, state: str = "open") -> dict[str, dict[str, object]]:
    rows = await desk.rows("task", {"deal": {"id": {"eq": number}}, "state": {"eq": state}})
    return {row["title"]: row for row in rows}


async def test_a_deal_that_begins_sets_the_first_tasks_of_its_owner(desk: TaskDesk, anna: Actor) -> None:
    number = await deal(desk, anna)
    (task,) = (await tasks(desk, number)).values()
    assert (task["title"], task["assignee"], task["cause"]) == ("Call within 15 minutes", anna.user, "stage")
    assert task["due_at"] == at("2026-03-04T10:15")
    assert task["policy"] == await desk.policy("urgent")
    assert task["client"] == (await desk.row("deal", number))["client"]
    await desk.pass_time(at("2026-03-04T10:15"))
    assert [kind for kind, _ in await desk.told(anna)] == ["assigned", "due"]


async def test_leaving_a_stage_cancels_what_it_had_set_and_nobody_has_done(
    desk: TaskDesk, anna: Actor
) -> None:
    number = await deal(desk, anna)
    own = await desk.task("My own", by=anna, deal=number)
    await move(desk, number, "measure")
    (cancelled,) = (await tasks(desk, number, "cancelled")).values()
    assert cancelled["title"] == "Call within 15 minutes"
    assert cancelled["result"] == "The deal has moved on to Measurements."
    assert (await desk.row("task", own))["state"] == "open"
    await desk.pass_time(at("2026-03-04T12:00"))
    assert "due" not in [kind for kind, _ in await desk.told(anna)]


async def test_a_task_of_a_role_goes_to_whoever_has_least_to_do_and_lets_him_see_the_deal(
    desk: TaskDesk, anna: Actor, head: Actor
) -> None:
    maxim = await desk.colleague("Maxim", "measurer")
    nikita = await desk.colleague("Nikita", "measurer")
    for _ in range(2):
        await desk.task("Something", assignee=maxim.user)
    chosen = []
    for _ in range(4):
        number = await deal(desk, anna, "measure")
        found = await tasks(desk, number)
        chosen.append(found["Measure"]["assignee"])
        assert found["Look over the sheet"]["assignee"] == head.user
    assert chosen == [nikita.user, nikita.user, maxim.user, nikita.user]
    assert len(await desk.rows("deal", by=nikita)) == 3
    assert len(await desk.rows("deal", by=maxim)) == 1
    assert [row["title"] for row in await desk.rows("task", by=nikita)] == ["Measure"] * 3


async def test_a_task_that_blocks_keeps_the_deal_until_it_is_done(desk: TaskDesk, anna: Actor) -> None:
    maxim = await desk.colleague("Maxim", "measurer")
    number = await deal(desk, anna, "measure")
    with pytest.raises(MissingForStage) as refused:
        await move(desk, number, "fit")
    assert [(one.kind, one.key) for one in refused.value.missing] == [("task_done", "measure")]
    await desk.do("task.complete", by=maxim, task=(await tasks(desk, number))["Measure"]["id"])
    await move(desk, number, "fit")
    await move(desk, number, "lost")


async def test_a_rule_asks_for_a_task_of_this_stay(desk: TaskDesk, anna: Actor) -> None:
    number = await deal(desk, anna, "fit")
    with pytest.raises(MissingForStage) as refused:
        await move(desk, number, "won")
    assert [(one.key, one.label) for one in refused.value.missing] == [("fit", "Fit")]
    await desk.do("task.complete", task=(await tasks(desk, number))["Fit"]["id"])
    await move(desk, number, "call")
    desk.clock.set(at("2026-03-05T10:00"))
    await move(desk, number, "fit")
    with pytest.raises(MissingForStage):
        await move(desk, number, "won")
    await desk.do("task.complete", task=(await tasks(desk, number))["Fit"]["id"])
    await move(desk, number, "won")
    assert (await desk.row("deal", number))["result"] == "won"


async def test_a_task_chosen_by_hand_is_the_owners_until_he_gives_it_to_somebody(
    desk: TaskDesk, anna: Actor
) -> None:
    fyodor = await desk.colleague("Fyodor", "fitter")
    grigory = await desk.colleague("Grigory", "fitter")
    number = await deal(desk, anna, "fit")
    task = (await tasks(desk, number))["Fit"]
    assert (task["assignee"], task["role"]) == (anna.user, "fitter")
    assert "choose" in [kind for kind, _ in await desk.told(anna)]
    await desk.do("task.assign", by=anna, task=task["id"], to=fyodor.user)
    assert [row["id"] for row in await desk.rows("deal", by=fyodor)] == [number]
    await desk.do("task.assign", by=anna, task=task["id"], to=grigory.user)
    assert [row["id"] for row in await desk.rows("deal", by=grigory)] == [number]
    assert await desk.rows("deal", by=fyodor) == []
    await move(desk, number, "lost")
    await desk.do("deal.reopen", deal=number, to=await stage(desk, "fit"))
    assert (await tasks(desk, number))["Fit"]["assignee"] == grigory.user


async def test_a_fixed_person_is_the_first_of_the_role_or_the_one_named(desk: TaskDesk, anna: Actor) -> None:
    dmitry = await desk.colleague("Dmitry", "driver")
    egor = await desk.colleague("Egor", "driver")
    number = await deal(desk, anna, "fit")
    assert (await tasks(desk, number))["Bring"]["assignee"] == dmitry.user
    (template,) = await desk.rows("task_template", {"key": {"eq": "bring"}})
    await desk.do("task_template.update", record=template["id"], values={"person": egor.user})
    number = await deal(desk, anna, "fit")
    assert (await tasks(desk, number))["Bring"]["assignee"] == egor.user


async def test_people_are_told_of_a_stage_that_wants_them_to_know_it(
    desk: TaskDesk, anna: Actor, head: Actor
) -> None:
    dmitry = await desk.colleague("Dmitry", "driver")
    await deal(desk, anna, "fit")
    told = {row["recipient"]: row["title"] for row in await desk.rows("notice", {"kind": {"eq": "stage"}})}
    assert told == {head.user: "Balcony: Fitting begins", dmitry.user: "Balcony: Be ready"}


async def test_a_postponed_deal_comes_back_as_a_task_of_its_owner(desk: TaskDesk, anna: Actor) -> None:
    number = await deal(desk, anna)
    wanted = {"key": {"eq": "later"}, "stage": {"id": {"eq": await stage(desk, "call")}}}
    (goal,) = await desk.rows("goal", wanted)
    await desk.do("deal.reach_goal", by=anna, deal=number, goal=goal["id"])
    desk.clock.set(at("2026-04-07T09:00"))
    await desk.app.jobs.run_due()
    task = (await tasks(desk, number))["Take up again: Balcony"]
    assert (task["assignee"], task["cause"]) == (anna.user, "postponed")
    await desk.sweep()
    assert [kind for kind, _ in await desk.told(anna, task=int(str(task["id"])))] == ["assigned", "due"]


async def test_what_an_administrator_changes_in_a_template_holds_for_the_next_deal(
    desk: TaskDesk, anna: Actor
) -> None:
    olga = await desk.colleague("Olga", "owner")
    (template,) = await desk.rows("task_template", {"key": {"eq": "call_within_15_minutes"}})
    values = {"title": "Call at once", "due": "5m"}
    await desk.do("task_template.update", by=olga, record=template["id"], values=values)
    (task,) = (await tasks(desk, await deal(desk, anna))).values()
    assert (task["title"], task["due_at"]) == ("Call at once", at("2026-03-04T10:05"))
    await desk.do("task_template.archive", by=olga, record=template["id"])
    assert await tasks(desk, await deal(desk, anna)) == {}
