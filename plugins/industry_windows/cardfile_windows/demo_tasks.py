"""The tasks of the demo company: those that were done in two years, and those of today."""

from datetime import datetime, timedelta
from typing import Final

from cardfile.access.guards import access_of
from cardfile.calendars import add, calendar_book, next_working_moment
from cardfile.deals.rows import ALL, of_deals, rows_of
from cardfile.journal import Call
from cardfile.pipelines import pipeline_book
from cardfile.tasks import Task, TaskCause, TaskState, task_book
from cardfile_windows.demo_work import Company
from cardfile_windows.installing import KIND as INSTALLATION
from cardfile_windows.measuring import KIND as MEASUREMENT
from cardfile_windows.tables import Installation, Measurement

__all__ = ["date_tasks", "tell_what_was_done"]

LATE: Final = 0.12
"""Which share of the tasks was done later than it was due."""

OVERDUE: Final = 0.25
TODAY: Final = 0.4


async def tell_what_was_done(call: Call, company: Company) -> None:
    """Make the tasks that the stages had set before, done by whoever had to do them."""
    random, pipelines = company.demo.random, await pipeline_book(access_of(call))
    tasks, people = await task_book(access_of(call)), await calendar_book(access_of(call))
    rows = []
    for order in company.orders:
        roles = {
            "owner": order.owner,
            "measurer": company.staff.measurers[order.deal % len(company.staff.measurers)],
            "installer": company.staff.crews[order.deal % len(company.crews)][0],
        }
        for stay, after in zip(order.stays, order.stays[1:], strict=False):
            stage = pipelines.stage_by_key(f"{order.pipeline}/{stay.stage}")
            for one in tasks.of_stage(stage.id):
                who = roles[one.assignee]
                works = people.of_user(who, now=call.now, zone=call.settings.zone)
                due = add(works, stay.entered, one.due)
                late = due + timedelta(minutes=random.randrange(5, 300))
                done = min(late if random.random() < LATE else due, after.entered)
                rows.append(
                    {
                        "title": one.title,
                        "kind": one.kind,
                        "deal": order.deal,
                        "assignee": who,
                        "due_at": due,
                        "template": one.id,
                        "policy": one.policy,
                        "cause": TaskCause.STAGE.value,
                        "state": TaskState.DONE.value,
                        "done_at": done,
                        "done_by": who,
                    }
                )
    await call.bulk_create(Task, rows)


async def date_tasks(call: Call, company: Company) -> None:
    """Let some of the open tasks be overdue, some be due today, and give measuring and installing to their people."""
    random, now = company.demo.random, company.demo.now
    deals = [order.deal for order in company.orders]
    visits = await rows_of(
        call, Measurement, where=of_deals(deals), paths=("deal", "measurer", "starts_at", "status")
    )
    works = await rows_of(
        call, Installation, where=of_deals(deals), paths=("deal", "foreman", "finish_by", "status")
    )
    planned = {
        (row["deal"], MEASUREMENT): (row["measurer"], row["starts_at"])
        for row in visits
        if row["status"] == "planned"
    } | {
        (row["deal"], INSTALLATION): (row["foreman"], row["finish_by"])
        for row in works
        if row["status"] == "planned"
    }
    people = await calendar_book(access_of(call))
    paths = ("deal", "kind", "assignee")
    rows = await rows_of(call, Task, where=of_deals(deals, state={"eq": TaskState.OPEN.value}), paths=paths)
    changes: dict[int, dict[str, object]] = {}
    for row in sorted(rows, key=lambda one: int(one["id"])):
        who, due = planned.get((row["deal"], row["kind"]), (row["assignee"], None))
        calendar = people.of_user(who, now=now, zone=call.settings.zone)
        if due is None:
            due = next_working_moment(calendar, _due(now, random.random(), random.random()))
        changes[row["id"]] = {"assignee": who, "due_at": due}
    await call.bulk_write(Task, changes, rights=ALL)


def _due(now: datetime, share: float, chance: float) -> datetime:
    if share < OVERDUE:
        return now - timedelta(hours=2 + 70 * chance)
    if share < OVERDUE + TODAY:
        return now + timedelta(minutes=10 + 180 * chance)
    return now + timedelta(days=1 + 4 * chance)
