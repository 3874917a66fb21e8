"""Telling people of tasks when the moment has come: portion by portion, each in a transaction of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from cardfile.calendars import next_working_moment
from cardfile.deals.tables import Deal
from cardfile.failpoints import failpoint
from cardfile.journal.calls import Call
from cardfile.journal.commands import Command
from cardfile.plugins.job_kinds import JobKind, JobRun
from cardfile.rights import Actor
from cardfile.tasks.choices import NoticeKind
from cardfile.tasks.ladder import ROUND, Rung, Step, repeats_until
from cardfile.tasks.notices import Tiding, tell
from cardfile.tasks.reminding import Guide, Standing, keep, read_tasks, standing_of
from cardfile.tasks.tables import Ladder, Task

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["JOBS", "RESET", "SEND", "send_all", "send_portion"]

SEND: Final = "send_notices"
RESET: Final = "reset_ladders"

PORTION: Final = 500
"""How many tasks one transaction reminds of."""

SMALL_PORTION: Final = 100
"""How many where there is one writer at a time, and others wait for it."""

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


async def send_portion(app: "App") -> int:
    """Tell what is due of some tasks and set the next rungs, in one transaction; return how many tasks were due.

    Any number of workers may do so at once: each takes other tasks.
    """
    # Once outside of the transaction, so that it is kept in memory for all portions.
    await Guide.of(app.access, app.settings, app.clock.now())
    async with app.unit_of_work(Actor.system("reminders"), via="job") as work:
        due = await _take_due(app, work.now, _portion(app))
        if not due:
            return 0
        call = Call(work, REMIND)
        guide = await Guide.of(app.access, app.settings, work.now)
        tasks = await read_tasks(app, [standing.task for standing, _ in due], now=work.now)
        tidings: list[Tiding] = []
        standings = [
            _told(guide, tasks.get(standing.task), standing, rung, tidings, work.now)
            for standing, rung in due
        ]
        await tell(call, tidings)
        failpoint("tasks.notice_written")
        await keep(app.database, standings)
        await call.finish()
        failpoint("tasks.before_commit")
    return len(due)


def _told(
    guide: Guide,
    task: Any,
    standing: Standing,
    rung: Rung,
    tidings: list[Tiding],
    now: datetime,
) -> Standing:
    """Add what is to be told of a task, and return where it stands then."""
    step = guide.step(task, standing) if task is not None else None
    if step is None or step.at > now:
        return replace(
            standing, step=step
        )  # The hours, the zone or the policy are others than when it was set.
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


async def _take_due(app: "App", now: datetime, limit: int) -> list[tuple[Standing, Rung]]:
    query = (
        Ladder.select().where(Ladder.next_at <= now).order_by(Ladder.next_at).order_by(Ladder.id).limit(limit)
    )
    if app.database.dialect.name == "sqlite":
        # It has one writer at a time, and this transaction is it.
        rows = await app.database.run(query)
        free = {row["id"] for row in rows}
    else:
        rows = await app.database.run(query.lock_rows("UPDATE", skip_locked=True))
        free = await _held(app, [row["id"] for row in rows])
    return [(standing_of(row), Rung.parse(row["rung"])) for row in rows if row["id"] in free]


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
    """Tell everything that is due, portion by portion.

    Where there is one writer at a time the database is left to others for as long as each portion has taken.
    """
    began = monotonic()
    while await send_portion(app):
        if _has_one_writer(app):
            await asyncio.sleep(monotonic() - began)
        began = monotonic()


async def _send(run: JobRun) -> None:
    """Tell everything that is due; with more than one portion another worker is asked to join in."""
    is_full = await send_portion(run.app) == _portion(run.app)
    if is_full and "joined" not in run.payload and not _has_one_writer(run.app):
        await run.app.jobs.enqueue(SEND, {"joined": run.job})
    await send_all(run.app)


def _has_one_writer(app: "App") -> bool:
    return app.database.dialect.name == "sqlite"


def _portion(app: "App") -> int:
    return SMALL_PORTION if _has_one_writer(app) else PORTION


async def _reset(run: JobRun) -> None:
    """Set the next rungs anew where hours, zones or policies have changed: of some people's tasks, or of all."""
    after = int(run.payload.get("after", 0))
    while found := await _reset_portion(run.app, after, run.payload.get("users")):
        after = found[-1]
        await run.app.jobs.keep_payload(run, {**run.payload, "after": after})


async def _reset_portion(app: "App", after: int, users: Sequence[int] | None) -> list[int]:
    async with app.database.transaction():
        query = Ladder.select().where(Ladder.next_at.is_not_null(), Ladder.id > after)
        query = query.order_by(Ladder.id).limit(PORTION)
        if app.database.dialect.name == "postgres":
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
