"""Keeping the ladders of tasks true: begun, moved and ended in the transaction that changes the task."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from cardfile.access.access import Access
from cardfile.calendars import CalendarBook, calendar_book
from cardfile.database.columns import ColumnType
from cardfile.database.database import Database
from cardfile.journal.calls import Call
from cardfile.journal.statements import clear_columns, upsert_columns
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING
from cardfile.settings import Settings
from cardfile.tasks.book import TaskBook, task_book
from cardfile.tasks.choices import TaskState
from cardfile.tasks.house import TaskHouse
from cardfile.tasks.ladder import Step, Told, next_step
from cardfile.tasks.tables import Ladder

__all__ = [
    "PATHS",
    "Guide",
    "Standing",
    "begin_ladders",
    "keep",
    "lock_ladders",
    "move_ladders",
    "read_tasks",
]

PATHS: Final = ("title", "assignee", "due_at", "state", "policy", "deal", "archived_at")
"""What has to be known of a task to remind of it."""

MOVING: Final = frozenset(("due_at", "assignee", "policy", "state", "archived_at"))
"""The fields whose changes move a ladder."""

COLUMNS: Final = (
    ("id", ColumnType.ID),
    ("next_at", ColumnType.INSTANT),
    ("rung", ColumnType.TEXT),
    ("round", ColumnType.INTEGER),
    ("since", ColumnType.INSTANT),
    ("told", ColumnType.TEXT),
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task stands on its ladder."""

    task: int
    round: int
    since: datetime
    told: Told
    step: Step | None = None


@dataclass(slots=True)
class Guide:
    """Finds the next rung of tasks: everything that it depends on, and what was found already."""

    people: CalendarBook
    tasks: TaskBook
    zone: str
    now: datetime
    _found: dict[tuple[object, ...], Step | None]

    @classmethod
    async def of(cls, access: Access, settings: Settings, now: datetime) -> "Guide":
        """Return a guide for this moment."""
        return cls(await calendar_book(access), await task_book(access), settings.zone, now, {})

    def carrier(self, assignee: int) -> int | None:
        """Return who is told of a task: whoever has it, or his head when he does not work here any more."""
        if self.people.is_active(assignee):
            return assignee
        return self.people.head_of(assignee, now=self.now)

    def head(self, assignee: int) -> int | None:
        """Return whom one turns to when a task is late."""
        return self.people.head_of(assignee, now=self.now)

    def step(self, task: Row, standing: Standing) -> Step | None:
        """Return the next rung of a task, None when it is not open or nothing is left to tell."""
        policy = self.tasks.policies.get(task["policy"] or 0)
        due, assignee = task["due_at"], task["assignee"]
        is_open = task["state"] == TaskState.OPEN and task["archived_at"] is None
        if policy is None or due is None or assignee is None or not is_open:
            return None
        key = (policy.id, due, assignee, standing.since, standing.told)
        if key not in self._found:
            head = self.head(assignee)
            self._found[key] = next_step(
                policy,
                due,
                since=standing.since,
                told=standing.told,
                works=self.people.of_user(self.carrier(assignee), now=self.now, zone=self.zone),
                head_works=None if head is None else self.people.of_user(head, now=self.now, zone=self.zone),
            )
        return self._found[key]


async def begin_ladders(call: Call, house: TaskHouse, created: Mapping[int, Row]) -> None:
    """Begin the ladders of new tasks."""
    wanted = {
        task: {path: row.get(path) for path in PATHS} | {"state": row.get("state") or TaskState.OPEN.value}
        for task, row in created.items()
        if row.get("due_at") and row.get("policy") and row.get("assignee")
    }
    if not wanted:
        return
    guide = await Guide.of(house.access, house.settings, call.now)
    standings = [Standing(task, 0, call.now, Told()) for task in wanted]
    await keep(house.database, [replace(one, step=guide.step(wanted[one.task], one)) for one in standings])


async def move_ladders(call: Call, house: TaskHouse, changed: Mapping[int, Row]) -> None:
    """Move, end or begin the ladders of tasks that were changed."""
    moved = {task: row for task, row in changed.items() if not MOVING.isdisjoint(row)}
    over = [task for task, row in moved.items() if row.get("state", TaskState.OPEN) != TaskState.OPEN]
    if over:
        await clear_columns(call.work.transaction, "task_ladder", ("next_at", "rung"), over)
    rest = {task: row for task, row in moved.items() if task not in set(over)}
    if not rest:
        return
    guide = await Guide.of(house.access, house.settings, call.now)
    tasks = await read_tasks(house, rest, now=call.now)
    known = {one.task: one for one in await lock_ladders(house.database, rest)}
    found = []
    for task, row in tasks.items():
        standing = known.get(task) or Standing(task, 0, call.now, Told())
        standing = _begun_anew(standing, rest[task], row, call.now)
        found.append(replace(standing, step=guide.step(row, standing)))
    await keep(house.database, found)


def _begun_anew(standing: Standing, changes: Row, task: Row, now: datetime) -> Standing:
    """Return where a changed task stands: what was told stays told, unless the task is wanted later by now.

    A late task that is put off reminds again as if it were new; one that was only announced is not announced again.
    """
    due = task["due_at"]
    is_put_off = "due_at" in changes and standing.told.began and due is not None and due > now
    if is_put_off or "policy" in changes:
        return Standing(standing.task, standing.round + 1, now, Told())
    return replace(standing, since=now) if "due_at" in changes and not standing.told.began else standing


async def read_tasks(house: TaskHouse, ids: Collection[int], *, now: datetime) -> dict[int, Row]:
    """Return what has to be known of tasks, by id; whoever they belong to."""
    rows = await fetch_records(
        house.database,
        house.model,
        house.model["task"],
        EVERYTHING,
        now=now,
        ids=sorted(ids),
        archived=True,
        paths=PATHS,
    )
    return {int(str(row["id"])): row for row in rows}


async def lock_ladders(database: Database, ids: Collection[int]) -> list[Standing]:
    """Return where tasks stand, held until the transaction ends: nobody tells a rung meanwhile."""
    query = Ladder.select().where(Ladder.id.is_in(sorted(ids))).order_by(Ladder.id)
    if database.dialect.name == "postgres":
        query = query.lock_rows("UPDATE")
    return [standing_of(row) for row in await database.run(query)]


def standing_of(row: Row) -> Standing:
    """Return where a task stands by its row."""
    return Standing(row["id"], row["round"], row["since"], Told.parse(row["told"]))


async def keep(database: Database, standings: Collection[Standing]) -> None:
    """Write down where tasks stand."""
    rows = [
        (
            one.task,
            one.step.at if one.step else None,
            str(one.step.rung) if one.step else None,
            one.round,
            one.since,
            str(one.told),
        )
        for one in standings
    ]
    if rows:
        async with database.joined() as transaction:
            await upsert_columns(transaction, "task_ladder", COLUMNS, list(zip(*rows, strict=True)))
