"""How tasks remind of themselves: every rung once, in working time, whatever happens to task and people."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from datetime import timedelta
from typing import Any

import pytest
from tasks_desk import TaskDesk, at

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.deals import Deal
from cardfile.rights import Actor
from cardfile.tasks import Task, send_all

pytestmark = pytest.mark.anyio

QUARTER = timedelta(minutes=15)


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


async def test_an_urgent_task_reminds_again_and_then_calls_the_head(
    desk: TaskDesk, anna: Actor, head: Actor
) -> None:
    await desk.task(by=anna, policy="urgent", due_in="15m")
    await desk.pass_time(at("2026-03-04T17:00"), QUARTER)
    assert await desk.told(head) == [("escalated", "2026-03-04 10:45")]
    repeats = ["10:30", "10:45", "11:00", "11:15", "11:30", "11:45", "12:00", "12:15"]
    assert await desk.told(anna) == [
        ("due", "2026-03-04 10:15"),
        *[("overdue", f"2026-03-04 {time}") for time in repeats],
    ]


async def test_a_gentle_task_is_announced_twice(desk: TaskDesk, anna: Actor) -> None:
    await desk.task(by=anna, policy="gentle", due_at="2026-03-06T15:00:00Z")
    await desk.pass_time(at("2026-03-09T12:00"), QUARTER)
    assert await desk.told(anna) == [
        ("before", "2026-03-05 15:00"),
        ("before", "2026-03-06 14:00"),
        ("due", "2026-03-06 15:00"),
    ]


async def test_what_lay_before_the_task_was_set_is_not_made_up_for(desk: TaskDesk, anna: Actor) -> None:
    await desk.task(by=anna, policy="gentle", due_in="30m")
    await desk.pass_time(at("2026-03-04T12:00"), QUARTER)
    assert await desk.told(anna) == [("due", "2026-03-04 10:30")]


async def test_a_task_that_is_late_when_it_is_set_reminds_at_once_and_counts_from_then(
    desk: TaskDesk, anna: Actor, head: Actor
) -> None:
    await desk.task(by=anna, due_at="2026-02-02T12:00:00Z")
    await desk.pass_time(at("2026-03-05T12:00"), QUARTER)
    assert await desk.told(anna) == [("due", "2026-03-04 10:15")]
    assert await desk.told(head) == [("escalated", "2026-03-05 10:00")]


async def test_nobody_is_told_anything_outside_of_his_hours(desk: TaskDesk, anna: Actor, head: Actor) -> None:
    await desk.task(by=anna, policy="urgent", due_at="2026-03-06T17:50:00Z")
    await desk.pass_time(at("2026-03-09T09:30"), timedelta(minutes=5))
    assert (await desk.told(anna))[:4] == [
        ("due", "2026-03-06 17:50"),
        ("overdue", "2026-03-09 09:05"),
        ("overdue", "2026-03-09 09:20"),
    ]
    assert await desk.told(head) == [("escalated", "2026-03-09 09:20")]


@pytest.mark.parametrize("deed", ["complete", "cancel", "archive"])
async def test_whatever_ends_a_task_ends_its_reminders(desk: TaskDesk, anna: Actor, deed: str) -> None:
    task = await desk.task(by=anna, policy="urgent", due_in="15m")
    await desk.pass_time(at("2026-03-04T10:15"), QUARTER)
    more: dict[str, dict[str, Any]] = {
        "complete": {"task": task},
        "cancel": {"task": task, "reason": "No need"},
        "archive": {"record": task},
    }
    await desk.do(f"task.{deed}", by=anna, **more[deed])
    await desk.pass_time(at("2026-03-05T18:00"), QUARTER)
    assert await desk.told(anna) == [("due", "2026-03-04 10:15")]


async def test_moving_what_is_due_moves_what_was_not_told_yet(desk: TaskDesk, anna: Actor) -> None:
    task = await desk.task(by=anna, policy="gentle", due_at="2026-03-04T12:00:00Z")
    await desk.pass_time(at("2026-03-04T11:30"), QUARTER)
    assert await desk.told(anna) == [("before", "2026-03-04 11:00")]
    await desk.do("task.postpone", by=anna, task=task, due_at="2026-03-04T16:00:00Z")
    await desk.pass_time(at("2026-03-04T17:00"), QUARTER)
    assert await desk.told(anna) == [("before", "2026-03-04 11:00"), ("due", "2026-03-04 16:00")]


async def test_a_late_task_that_is_put_off_reminds_like_a_new_one(
    desk: TaskDesk, anna: Actor, head: Actor
) -> None:
    task = await desk.task(by=anna, policy="gentle", due_at="2026-03-04T12:00:00Z")
    await desk.pass_time(at("2026-03-04T12:00"), QUARTER)
    await desk.do("task.update", by=anna, record=task, values={"due_at": "2026-03-09T12:00:00Z"})
    await desk.pass_time(at("2026-03-10T12:00"), QUARTER)
    assert [kind for kind, _ in await desk.told(anna)] == ["before", "due", "before", "before", "due"]
    assert (await desk.told(anna))[-1] == ("due", "2026-03-09 12:00")
    assert await desk.told(head) == []


async def test_reminders_carry_on_with_whoever_gets_the_task(desk: TaskDesk, anna: Actor) -> None:
    boris = await desk.colleague("Boris", "manager")
    task = await desk.task(by=anna, policy="urgent", due_in="15m")
    await desk.pass_time(at("2026-03-04T10:30"), QUARTER)
    await desk.do("task.assign", by=anna, task=task, to=boris.user)
    await desk.pass_time(at("2026-03-04T11:00"), QUARTER)
    assert await desk.told(anna) == [("due", "2026-03-04 10:15"), ("overdue", "2026-03-04 10:30")]
    assert await desk.told(boris) == [
        ("assigned", "2026-03-04 10:30"),
        ("overdue", "2026-03-04 10:45"),
        ("overdue", "2026-03-04 11:00"),
    ]


async def test_taking_a_completion_back_lets_the_task_remind_again(desk: TaskDesk, anna: Actor) -> None:
    task = await desk.task(by=anna, due_at="2026-03-04T12:00:00Z")
    batch = await desk.batch("task.complete", by=anna, task=task)
    await desk.undo(batch)
    await desk.pass_time(at("2026-03-04T13:00"), QUARTER)
    assert await desk.told(anna) == [("due", "2026-03-04 12:00")]


async def test_whoever_stands_in_is_told_too_as_long_as_he_does(desk: TaskDesk, anna: Actor) -> None:
    olga = await desk.colleague("Olga", "owner")
    boris = await desk.colleague("Boris", "manager")
    until = at("2026-03-04T12:00")
    await desk.do("user.stand_in", by=anna, user=anna.user, stand_in=boris.user, until=until)
    await desk.task(by=olga, assignee=anna.user, due_at="2026-03-04T11:00:00Z")
    await desk.pass_time(at("2026-03-04T11:30"), QUARTER)
    both = [("assigned", "2026-03-04 10:00"), ("due", "2026-03-04 11:00")]
    assert await desk.told(anna) == both
    assert await desk.told(boris) == both
    await desk.task(by=anna, due_at="2026-03-04T14:00:00Z")
    await desk.pass_time(at("2026-03-04T15:00"), QUARTER)
    assert await desk.told(boris) == both
    assert await desk.told(anna) == [*both, ("due", "2026-03-04 14:00")]


async def test_tasks_of_somebody_who_is_gone_remind_his_head(
    desk: TaskDesk, anna: Actor, head: Actor
) -> None:
    olga = await desk.colleague("Olga", "owner")
    await desk.task(by=anna, due_at="2026-03-04T11:00:00Z")
    await desk.do("user.deactivate", by=olga, user=anna.user)
    await desk.pass_time(at("2026-03-04T12:00"), QUARTER)
    assert await desk.told(anna) == []
    assert await desk.told(head) == [("due", "2026-03-04 11:00")]


async def test_after_an_outage_every_rung_is_told_once_and_repeats_only_by_the_latest(
    desk: TaskDesk, anna: Actor, head: Actor
) -> None:
    await desk.task(by=anna, policy="urgent", due_in="15m")
    desk.clock.set(at("2026-03-04T11:20"))
    await desk.sweep()
    assert await desk.told(anna) == [("due", "2026-03-04 11:20"), ("overdue", "2026-03-04 11:20")]
    assert await desk.told(head) == [("escalated", "2026-03-04 11:20")]
    await desk.pass_time(at("2026-03-04T11:31"))
    assert (await desk.told(anna))[2:] == [("overdue", "2026-03-04 11:30")]


async def test_an_outage_that_ends_at_night_lets_people_sleep(desk: TaskDesk, anna: Actor) -> None:
    await desk.task(by=anna, due_in="15m")
    desk.clock.set(at("2026-03-04T23:00"))
    await desk.sweep()
    assert await desk.told(anna) == []
    await desk.pass_time(at("2026-03-05T09:30"), QUARTER)
    assert await desk.told(anna) == [("due", "2026-03-05 09:00")]


async def test_the_worker_sends_reminders_by_itself(desk: TaskDesk, anna: Actor) -> None:
    await desk.task(by=anna, due_in="15m")
    for _ in range(20):
        desk.clock.advance(timedelta(minutes=1))
        await desk.app.jobs.run_due()
    assert await desk.told(anna) == [("due", "2026-03-04 10:15")]


async def test_sentences_are_in_the_language_and_zone_of_whoever_is_told(desk: TaskDesk) -> None:
    ivan = await desk.colleague("Ivan", "manager", locale="ru", zone="Asia/Yekaterinburg")
    await desk.task("Позвонить", by=ivan, policy="gentle", due_at="2026-03-06T09:00:00Z")
    await desk.pass_time(at("2026-03-06T08:00"), timedelta(hours=1))
    titles = [row["title"] for row in await desk.rows("notice")]
    assert titles == ["Срок 06.03.2026 14:00: Позвонить", "Срок 14:00: Позвонить"]


def _hour_back(clock: MovableClock) -> None:
    clock.advance(timedelta(hours=-1))


def _hour_ahead(clock: MovableClock) -> None:
    clock.advance(timedelta(hours=1))


def _day_back(clock: MovableClock) -> None:
    clock.advance(timedelta(days=-1))


def _day_ahead(clock: MovableClock) -> None:
    clock.advance(timedelta(days=1))


@pytest.mark.parametrize("jump", [_hour_back, _hour_ahead, _day_back, _day_ahead])
async def test_a_clock_that_jumps_neither_loses_nor_repeats_a_reminder(
    desk: TaskDesk, anna: Actor, head: Actor, jump: Callable[[MovableClock], None]
) -> None:
    await desk.task(by=anna, policy="gentle", due_at="2026-03-06T12:00:00Z")
    await desk.task("Another", by=anna, due_at="2026-03-04T10:30:00Z")
    for _ in range(4):
        desk.clock.advance(QUARTER)
        await desk.app.jobs.run_due()
    jump(desk.clock)
    fresh = await desk.task("Fresh", by=anna, due_in="15m")
    while desk.clock.now() < at("2026-03-06T13:00"):
        desk.clock.advance(QUARTER)
        await desk.app.jobs.run_due()
    kinds = [kind for kind, _ in await desk.told(anna)]
    assert sorted(kinds) == ["before", "before", "due", "due", "due"]
    assert [kind for kind, _ in await desk.told(head)] == ["escalated", "escalated"]
    assert len(await desk.told(anna, task=fresh)) == 1


async def test_any_number_of_workers_tell_everything_once(desk: TaskDesk, anna: Actor, head: Actor) -> None:
    for number in range(60):
        await desk.task(f"Task {number}", by=anna, policy="urgent", due_in="15m")
    desk.clock.set(at("2026-03-04T11:05"))
    await asyncio.gather(*(send_all(desk.app) for _ in range(4)))
    told = [(row["task"], row["kind"], row["recipient"]) for row in await desk.rows("notice")]
    assert len(told) == len(set(told)) == 180  # when they were due, the latest repeat, the head


@pytest.mark.parametrize("engine", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("held", ["task", "deal"])
async def test_whoever_changes_a_task_is_not_waited_for_and_the_others_are_told_of(
    held: str, desk: TaskDesk, anna: Actor
) -> None:
    """He waits for what whoever reminds has in his hands: to wait for him as well would be a deadlock."""
    deal = await desk.do(
        "deal.create",
        by=anna,
        values={"client": await desk.client("Petrov Ivan", by=anna), "title": "Windows"},
    )
    task = await desk.task("Held", by=anna, due_in="15m", deal=deal.id)
    await desk.task("Free", by=anna, due_in="15m")
    desk.clock.advance(QUARTER)
    query = (
        Deal.select().where(Deal.id == deal.id) if held == "deal" else Task.select().where(Task.id == task)
    )
    async with desk.app.database.transaction():
        await desk.app.database.run(query.lock_rows("UPDATE"))
        await asyncio.wait_for(asyncio.create_task(desk.sweep(), context=Context()), timeout=25)
        reminding = asyncio.create_task(desk.told(anna), context=Context())
        assert len(await reminding) == 1
    await desk.sweep()
    assert len(await desk.told(anna)) == 2


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_what_was_thought_about_before_its_turn_is_looked_at_again(desk: TaskDesk, anna: Actor) -> None:
    """With one writer, portions are made ready while others write."""
    done, moved, due = [await desk.task(one, by=anna, due_in="15m") for one in ("Done", "Moved", "Due")]
    desk.clock.advance(QUARTER)
    async with desk.app.unit_of_work(anna) as work:
        reminding = asyncio.create_task(send_all(desk.app), context=Context())
        for _ in range(1_000):  # The portion is made ready, and waits for its turn.
            await asyncio.sleep(0)
        await work.do("task.complete", task=done)
        await work.do("task.postpone", task=moved, due_at="2026-03-05T12:00:00Z")
    await reminding
    assert [row["task"] for row in await desk.rows("notice")] == [due]
