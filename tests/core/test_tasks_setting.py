"""Setting tasks, doing them, moving and handing them on."""

from typing import Any

import pytest
from tasks_desk import TaskDesk, at

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import InvalidInput, NotAllowed, NotFound, Refused

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock("2026-03-04T10:00")  # a Wednesday


@pytest.fixture
def desk(app: App) -> TaskDesk:
    return TaskDesk(app)


async def test_a_task_belongs_to_whoever_sets_it_and_reminds_as_usual(desk: TaskDesk) -> None:
    anna = await desk.colleague("Anna", "manager")
    task = await desk.row("task", await desk.task(by=anna, due_at="2026-03-05T12:00:00Z"))
    assert (task["assignee"], task["author"], task["state"]) == (anna.user, anna.user, "open")
    assert task["policy"] == await desk.policy("normal")
    assert await desk.told(anna) == []


async def test_a_span_is_counted_in_the_working_time_of_whoever_does_it(desk: TaskDesk) -> None:
    anna = await desk.colleague("Anna", "manager", zone="Europe/Berlin")
    desk.clock.set(at("2026-03-06T17:30", "Europe/Berlin"))
    task = await desk.row("task", await desk.task(by=anna, due_in="2h"))
    assert task["due_at"] == at("2026-03-09T10:30", "Europe/Berlin")
    for wrong in ("soon", "-2h", ""):
        with pytest.raises(InvalidInput):
            await desk.task(by=anna, due_in=wrong)
    with pytest.raises(InvalidInput):
        await desk.task(by=anna, due_in="2h", due_at="2026-03-09T10:00:00Z")


async def test_a_task_that_somebody_else_sets_is_told_to_whoever_gets_it(desk: TaskDesk) -> None:
    head = await desk.colleague("Pavel", "owner")
    anna = await desk.colleague("Anna", "manager")
    task = await desk.task("Send the offer", by=head, assignee=anna.user)
    assert [kind for kind, _ in await desk.told(anna, task=task)] == ["assigned"]
    assert await desk.told(head) == []


async def test_many_tasks_at_once_are_told_as_one(desk: TaskDesk) -> None:
    head = await desk.colleague("Pavel", "owner")
    anna = await desk.colleague("Anna", "manager")
    boris = await desk.colleague("Boris", "manager")
    for number in range(30):
        await desk.task(f"Task {number}", by=anna)
    done = await desk.do("task.reassign_all", by=head, away_from=anna.user, to=[boris.user])
    assert done.count == 30
    (notice,) = await desk.rows("notice", {"recipient": {"id": {"eq": boris.user}}})
    assert notice["title"] == "You were given 30 tasks."


async def test_tasks_go_evenly_to_several(desk: TaskDesk) -> None:
    head = await desk.colleague("Pavel", "owner")
    anna, boris, clara = [await desk.colleague(name, "manager") for name in ("Anna", "Boris", "Clara")]
    tasks = [await desk.task(f"Task {number}", by=anna) for number in range(4)]
    await desk.do("task.reassign_many", by=head, tasks=tasks, to=[boris.user, clara.user])
    assert [(await desk.row("task", task))["assignee"] for task in tasks] == [
        boris.user, clara.user, boris.user, clara.user,
    ]  # fmt: skip


async def test_a_manager_gives_away_only_his_own(desk: TaskDesk) -> None:
    anna, boris = [await desk.colleague(name, "manager") for name in ("Anna", "Boris")]
    his = await desk.task(by=boris)
    with pytest.raises(NotFound):
        await desk.do("task.assign", by=anna, task=his, to=anna.user)
    done = await desk.do("task.reassign_all", by=anna, away_from=boris.user, to=[anna.user])
    assert done.count == 0
    mine = await desk.task(by=anna)
    await desk.do("task.assign", by=anna, task=mine, to=boris.user)
    assert (await desk.row("task", mine))["assignee"] == boris.user
    with pytest.raises(NotAllowed):
        await desk.task(by=anna, assignee=boris.user)


async def test_nobody_gets_a_task_who_does_not_work_here_any_more(desk: TaskDesk) -> None:
    olga = await desk.colleague("Olga", "owner")
    anna = await desk.colleague("Anna", "manager")
    task = await desk.task(by=olga)
    await desk.do("user.deactivate", by=olga, user=anna.user)
    for attempt in (
        desk.task(by=olga, assignee=anna.user),
        desk.do("task.assign", by=olga, task=task, to=anna.user),
        desk.do("task.update", by=olga, record=task, values={"assignee": anna.user}),
        desk.do("task.reassign_many", by=olga, tasks=[task], to=[anna.user]),
    ):
        with pytest.raises(Refused, match="does not work here any more"):
            await attempt


async def test_a_task_is_done_with_a_result_and_can_be_taken_up_again(desk: TaskDesk) -> None:
    anna = await desk.colleague("Anna", "manager")
    task = await desk.task(by=anna)
    await desk.do("task.complete", by=anna, task=task, result="They want the blue one.")
    row = await desk.row("task", task)
    assert (row["state"], row["result"], row["done_by"]) == ("done", "They want the blue one.", anna.user)
    assert row["done_at"] == desk.clock.now()
    given: dict[str, dict[str, Any]] = {
        "complete": {},
        "postpone": {"due_in": "1d"},
        "cancel": {"reason": "x"},
        "assign": {"to": anna.user},
    }
    for deed, more in given.items():
        with pytest.raises(Refused, match="is over"):
            await desk.do(f"task.{deed}", by=anna, task=task, **more)
    await desk.do("task.reopen", by=anna, task=task)
    row = await desk.row("task", task)
    assert (row["state"], row["result"], row["done_by"]) == ("open", None, None)


async def test_a_cancelled_task_says_why(desk: TaskDesk) -> None:
    anna = await desk.colleague("Anna", "manager")
    task = await desk.task(by=anna)
    with pytest.raises(Refused, match="reason"):
        await desk.do("task.cancel", by=anna, task=task, reason=" ")
    await desk.do("task.cancel", by=anna, task=task, reason="Bought elsewhere")
    row = await desk.row("task", task)
    assert (row["state"], row["result"]) == ("cancelled", "Bought elsewhere")


async def test_the_next_task_of_a_client_is_the_open_one_that_is_due_first(desk: TaskDesk) -> None:
    client = await desk.client("Petrova")
    await desk.task("Some day", client=client)
    late = await desk.task("Later", client=client, due_at="2026-03-10T12:00:00Z")
    soon = await desk.task("Sooner", client=client, due_at="2026-03-05T12:00:00Z")

    async def is_next(task: int) -> bool:
        wanted = {"nextTask": {"id": {"eq": task}}}
        return [row["id"] for row in await desk.rows("client", wanted)] == [client]

    assert await is_next(soon)
    await desk.do("task.complete", task=soon)
    assert await is_next(late)
    await desk.do("task.postpone", task=late, due_in="1d")
    assert (await desk.row("task", late))["due_at"] == at("2026-03-05T10:00")


@pytest.mark.parametrize(
    ("repeat", "due", "done", "again"),
    [
        pytest.param("1d", "2026-03-04T12:00", "2026-03-04T11:00", "2026-03-05T12:00", id="daily"),
        pytest.param("1d", "2026-03-06T12:00", "2026-03-06T13:00", "2026-03-09T09:00", id="over a weekend"),
        pytest.param("1wd", "2026-03-06T12:00", "2026-03-06T13:00", "2026-03-09T12:00", id="working days"),
        pytest.param("2w", "2026-03-04T12:00", "2026-03-05T12:00", "2026-03-18T12:00", id="two weeks"),
        pytest.param("1w", "2026-03-04T12:00", "2026-03-20T12:00", "2026-03-25T12:00", id="long overdue"),
        pytest.param("1mo", "2028-01-31T12:00", "2028-01-31T12:30", "2028-02-29T12:00", id="a leap day"),
        pytest.param("1mo", "2026-12-31T12:00", "2026-12-31T12:30", "2027-02-01T09:00", id="a year end"),
    ],
)
async def test_a_task_that_repeats_is_set_again_when_it_is_done(
    desk: TaskDesk, repeat: str, due: str, done: str, again: str
) -> None:
    anna = await desk.colleague("Anna", "manager")
    desk.clock.set("2026-03-02T09:00")
    task = await desk.task("Report", by=anna, due_at=f"{due}:00Z", repeat=repeat)
    desk.clock.set(done)
    await desk.do("task.complete", by=anna, task=task)
    (next_one,) = await desk.rows("task", {"state": {"eq": "open"}})
    assert (next_one["title"], next_one["due_at"], next_one["cause"]) == ("Report", at(again), "repeat")


async def test_a_month_of_28_days_does_not_move_the_31st_for_ever(desk: TaskDesk) -> None:
    desk.clock.set("2026-01-02T09:00")
    anna = await desk.colleague("Anna", "manager")
    await desk.task("Report", by=anna, due_at="2026-01-31T12:00:00Z", repeat="1mo")
    days = []
    for _ in range(5):
        (task,) = await desk.rows("task", {"state": {"eq": "open"}})
        days.append(task["due_at"].strftime("%m-%d %H:%M"))
        desk.clock.set(task["due_at"])
        await desk.do("task.complete", by=anna, task=task["id"])
    # A Saturday, then the last days of the months, those on a weekend moved on to the Monday after it.
    assert days == ["01-31 12:00", "03-02 09:00", "03-31 12:00", "04-30 12:00", "06-01 09:00"]


async def test_what_makes_no_sense_is_refused(desk: TaskDesk) -> None:
    with pytest.raises(InvalidInput, match="needs a moment"):
        await desk.task(repeat="1d")
    with pytest.raises(InvalidInput, match="no repetition"):
        await desk.task(repeat="sometimes", due_at="2026-03-05T12:00:00Z")
    with pytest.raises(InvalidInput, match="no span of time"):
        await desk.do(
            "reminder_policy.create", values={"key": "odd", "label": "Odd", "every": "now and then"}
        )
    with pytest.raises(InvalidInput, match="never end"):
        await desk.do("reminder_policy.create", values={"key": "odd", "label": "Odd", "every": "0m"})


async def test_notices_are_marked_as_read_by_whom_they_are_for(desk: TaskDesk) -> None:
    head = await desk.colleague("Pavel", "owner")
    anna = await desk.colleague("Anna", "manager")
    for number in range(3):
        await desk.task(f"Task {number}", by=head, assignee=anna.user)
    first, *_ = await desk.rows("notice", by=anna)
    assert (await desk.do("notice.mark_read", by=anna, notices=[first["id"]])).count == 1
    assert (await desk.do("notice.mark_read", by=anna, notices=[first["id"]])).count == 0
    assert (await desk.do("notice.mark_all_read", by=anna)).count == 2
    assert await desk.rows("notice", {"readAt": {"isNull": True}}, by=anna) == []
    boris = await desk.colleague("Boris", "manager")
    assert await desk.rows("notice", by=boris) == []
