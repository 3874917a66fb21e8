"""Telling people of tasks when the moment has come: portion by portion, each in a transaction of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from cardfile.calendars import next_working_moment
from cardfile.deals.tables import Deal
from cardfile.failpoints import failpoint
from cardfile.jobs import portions
from cardfile.journal.calls import Call
from cardfile.journal.commands import Command
from cardfile.journal.seen import kept_rows
from cardfile.plugins.job_kinds import JobKind, JobRun
from cardfile.rights import Actor
from cardfile.tasks.choices import NoticeKind
from cardfile.tasks.ladder import ROUND, Rung, Step, repeats_until
from cardfile.tasks.notices import Tiding, compose
from cardfile.tasks.reminding import Guide, Standing, keep, lock_ladders, read_tasks, standing_of
from cardfile.tasks.tables import Ladder, Notice, Task

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["JOBS", "RESET", "SEND", "send_all", "send_portion"]

KEPT_IN: Final = ("task_ladder", "task")
"""The tables whose rows, by the id of the task, decide what is told of it."""

SEND: Final = "send_notices"
RESET: Final = "reset_ladders"

PORTION: Final = 200
"""How many tasks one transaction reminds of."""

WITHIN: Final = timedelta(seconds=70)
"""After what time everything is to be told, however much there is."""

GRACE: Final = timedelta(minutes=15)
"""So late a reminder may come although the day is over: it was meant for its last minutes."""

SENTENCES: Final = {
    NoticeKind.BEFORE: "Due {due}: {title}",
    NoticeKind.DUE: "It is time: {title}",
    NoticeKind.OVERDUE: "Overdue since {due}: {title}",
    NoticeKind.ESCALATED: "{name} is late since {due}: {title}",
}


async def _remind(call: Call) -> None:
    """Stand for the deed in the journal; what it does is done by `send_portion`."""


REMIND: Final = Command(
    name="task.remind",
    entity="task",
    action="remind",
    label={"en": "Remind", "ru": "Напомнить"},
    function=_remind,
    parameters=(),
    result=None,
    event="task.reminded",
)


@dataclass(frozen=True, slots=True)
class _Portion:
    """Some tasks with a rung that is due: how they were kept, where they stand then, and what is told of them."""

    before: Mapping[int, object]
    after: Sequence[Standing]
    notices: Sequence[Mapping[str, object]]


async def send_portion(app: "App") -> int:
    """Tell what is due of some tasks and set the next rungs, in one transaction; return how many tasks were due.

    Any number of workers may do so at once: each takes other tasks.
    """
    # Once outside of the transaction, so that it is kept in memory for all portions.
    await Guide.of(app.access, app.settings, app.clock.now())
    found = await _look(app, app.clock.now()) if _has_one_writer(app) else None
    if found is not None and not found.before:
        return 0
    # What a fall of the server undoes is due still, and told then.
    async with app.unit_of_work(Actor.system("reminders"), via="job", lasting=False) as work:
        portion = await _look(app, work.now) if found is None else await _unchanged(app, found)
        call = Call(work, REMIND)
        await call.bulk_create(Notice, portion.notices)
        failpoint("tasks.notice_written")
        await keep(app.database, portion.after)
        await call.finish()
        failpoint("tasks.before_commit")
    return len(portion.before)


async def _look(app: "App", now: datetime) -> _Portion:
    """Return what is due; inside a transaction it is held until its end."""
    due = await _take_due(app, now)
    if not due:
        return _Portion({}, (), ())
    # Before anything is concluded from them, so that a change after this look is seen by the next one.
    before = await kept_rows(app.database, KEPT_IN, due) if _has_one_writer(app) else dict.fromkeys(due)
    guide = await Guide.of(app.access, app.settings, now)
    standings = await lock_ladders(app.database, due)
    tasks = await read_tasks(app, due, now=now)
    tidings: list[Tiding] = []
    after = [_told(guide, tasks.get(one.task), one, tidings, now) for one in standings]
    return _Portion(before, after, await compose(app, app.access, tidings, now=now))


async def _unchanged(app: "App", found: _Portion) -> _Portion:
    """Return what of a portion is still as it was seen before the transaction, in which nobody else writes.

    Others wait for the one writer, and so not for what was thought about beforehand. What has changed meanwhile
    is due another time, or was told by somebody else.
    """
    now = await kept_rows(app.database, KEPT_IN, found.before)
    same = {task for task, row in found.before.items() if now.get(task) == row}
    return _Portion(
        found.before,
        [one for one in found.after if one.task in same],
        [one for one in found.notices if one["task"] in same],
    )


def _told(
    guide: Guide,
    task: Any,
    standing: Standing,
    tidings: list[Tiding],
    now: datetime,
) -> Standing:
    """Add what is to be told of a task, and return where it stands then."""
    step = guide.step(task, standing) if task is not None else None
    if step is None or step.at > now:
        # The hours, the zone or the policy are others than when it was set.
        return replace(standing, step=step)
    rung = step.rung
    recipient = _recipient(guide, task, rung)
    if recipient is not None:
        works = guide.people.of_user(recipient, now=now, zone=guide.zone)
        awake = next_working_moment(works, now)
        if awake > now and now - step.at > GRACE:
            return replace(standing, step=Step(rung, awake))
    if rung.kind is NoticeKind.OVERDUE:
        rung = replace(rung, number=_latest_repeat(guide, task, standing, rung.number, now))
    if recipient is not None:
        tidings.append(_tiding(guide, task, standing, rung, recipient))
    standing = replace(standing, told=standing.told.and_also(rung))
    return replace(standing, step=guide.step(task, standing))


def _recipient(guide: Guide, task: Any, rung: Rung) -> int | None:
    assignee: int = task["assignee"]
    return guide.head(assignee) if rung.kind is NoticeKind.ESCALATED else guide.carrier(assignee)


def _latest_repeat(guide: Guide, task: Any, standing: Standing, first: int, now: datetime) -> int:
    works = guide.people.of_user(guide.carrier(task["assignee"]), now=now, zone=guide.zone)
    policy = guide.tasks.policies[task["policy"]]
    return repeats_until(policy, task["due_at"], now, since=standing.since, first=first, works=works)


def _tiding(guide: Guide, task: Any, standing: Standing, rung: Rung, recipient: int) -> Tiding:
    name = guide.people.people[task["assignee"]].name if task["assignee"] in guide.people.people else ""
    return Tiding(
        recipient,
        rung.kind,
        SENTENCES[rung.kind],
        {"title": task["title"], "due": task["due_at"], "name": name},
        task=standing.task,
        deal=task["deal"],
        key=f"{standing.task}/{rung.kind}/{standing.round * ROUND + rung.number}",
    )


async def _take_due(app: "App", now: datetime) -> list[int]:
    query = Ladder.select(Ladder.id).where(Ladder.next_at <= now)
    query = query.order_by(Ladder.next_at).order_by(Ladder.id).limit(PORTION)
    if _has_one_writer(app):
        return [row["id"] for row in await app.database.run(query)]
    due = [row["id"] for row in await app.database.run(query.lock_rows("UPDATE", skip_locked=True))]
    free = await _held(app, due)
    return [task for task in due if task in free]


async def _held(app: "App", tasks: Sequence[int]) -> set[int]:
    """Return the tasks that nobody is changing now, nor their deals; they are held until the transaction ends.

    Whoever changes a task waits for its ladder, which is ours: to wait for the task would be a deadlock. It is
    told of the next time. Tasks that are gone are held by nobody.
    """
    if not tasks:
        return set()
    run, wanted = app.database.run, Task.select(Task.id, Task.deal).where(Task.id.is_in(list(tasks)))
    there = {row["id"]: row["deal"] for row in await run(wanted)}
    free = {row["id"] for row in await run(wanted.lock_rows("KEY SHARE", skip_locked=True))}
    deals = {deal for deal in there.values() if deal is not None}
    if deals:
        known = Deal.select(Deal.id).where(Deal.id.is_in(sorted(deals)))
        deals -= {row["id"] for row in await run(known.lock_rows("KEY SHARE", skip_locked=True))}
    return {task for task in tasks if task not in there or (task in free and there[task] not in deals)}


async def send_all(app: "App") -> None:
    """Tell everything that is due, portion by portion, with rests between full ones."""
    async for _ in portions(app, by=app.clock.now() + WITHIN):
        while 0 < (told := await send_portion(app)) < PORTION:
            pass
        if not told:
            return


async def _send(run: JobRun) -> None:
    """Tell everything that is due; with more than one portion another worker is asked to join in."""
    is_full = await send_portion(run.app) == PORTION
    if is_full and "joined" not in run.payload:
        await run.app.jobs.enqueue(SEND, {"joined": run.job})
    await send_all(run.app)


def _has_one_writer(app: "App") -> bool:
    return app.database.dialect.name == "sqlite"


async def _reset(run: JobRun) -> None:
    """Set the next rungs anew where hours, zones or policies have changed: of some people's tasks, or of all."""
    after = int(run.payload.get("after", 0))
    async for _ in portions(run.app):
        found = await _reset_portion(run.app, after, run.payload.get("users"))
        if found:
            after = found[-1]
            await run.app.jobs.keep_payload(run, {**run.payload, "after": after})
        if len(found) < PORTION:
            return


async def _reset_portion(app: "App", after: int, users: Sequence[int] | None) -> list[int]:
    async with app.database.transaction(lasting=False):
        query = Ladder.select().where(Ladder.next_at.is_not_null(), Ladder.id > after)
        query = query.order_by(Ladder.id).limit(PORTION)
        if not _has_one_writer(app):
            query = query.lock_rows("UPDATE")
        standings = [standing_of(row) for row in await app.database.run(query)]
        now = app.clock.now()
        guide = await Guide.of(app.access, app.settings, now)
        tasks = await read_tasks(app, [one.task for one in standings], now=now)
        changed = [
            replace(one, step=guide.step(tasks[one.task], one))
            for one in standings
            if one.task in tasks and (users is None or tasks[one.task]["assignee"] in users)
        ]
        await keep(app.database, changed)
    return [one.task for one in standings]


JOBS: Final = (
    JobKind(SEND, _send, transactional=False, every=timedelta(minutes=1)),
    JobKind(RESET, _reset, transactional=False),
)
"""The job kinds of tasks."""
