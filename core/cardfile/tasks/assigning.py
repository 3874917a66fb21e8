"""Giving tasks to others: one, several, or all of somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Annotated, Final

from cardfile.access.tables import User
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.tasks.choices import TaskState
from cardfile.tasks.setting import require_open
from cardfile.tasks.tables import Task

__all__ = ["Reassigned", "assign_task", "reassign_all_tasks", "reassign_tasks"]

MOST: Final = 5_000
PORTION: Final = 1_000


@dataclass(frozen=True, slots=True)
class Reassigned:
    """How many tasks were given to others."""

    count: int


@command("task.assign", label={"en": "Assign", "ru": "Передать"})
async def assign_task(call: Call, task: Task, to: Annotated[User, "Who does it from now on."]) -> Task:
    """Give a task to a colleague, who is told of it; reminders carry on with him."""
    require_open(call, task)
    _require_active(call, [to])
    return await call.write(task, assignee=to.id)


@command("task.reassign_many", label={"en": "Assign several", "ru": "Передать несколько"}, action="assign")
async def reassign_tasks(
    call: Call,
    tasks: Annotated[list[Task], "The tasks; those that are over stay where they are."],
    to: Annotated[list[User], "Who does them, in turn."],
) -> Reassigned:
    """Give tasks to one colleague, or evenly to several."""
    _require_active(call, to)
    if len(tasks) > MOST:
        raise InvalidInput("At most {most} tasks at once.", most=MOST, path=("taskIds",))
    return Reassigned(await _give(call, [one.id for one in tasks if one.state == TaskState.OPEN], to))


@command(
    "task.reassign_all",
    label={"en": "Assign all of a colleague", "ru": "Передать все задачи сотрудника"},
    action="assign",
)
async def reassign_all_tasks(
    call: Call,
    away_from: Annotated[User, "Whose open tasks."],
    to: Annotated[list[User], "Who does them, in turn."],
) -> Reassigned:
    """Give the open tasks of a colleague, as far as one may give them away, to one or evenly to several others."""
    _require_active(call, to)
    if any(one.id == away_from.id for one in to):
        raise InvalidInput("Nobody hands over to himself.", path=("toIds",))
    moved, last = 0, 0
    while True:
        rows = await call.run(
            Task.select(Task.id)
            .where(
                (Task.assignee == away_from.id)
                & (Task.state == TaskState.OPEN.value)
                & Task.archived_at.is_null()
                & (Task.id > last)
            )
            .order_by(Task.id)
            .limit(PORTION)
        )
        if not rows:
            return Reassigned(moved)
        last = rows[-1]["id"]
        within = await call.load(Task, [row["id"] for row in rows], action="assign")
        moved += await _give(call, [one.id for one in within], to)


async def _give(call: Call, tasks: Sequence[int], to: Sequence[User]) -> int:
    heirs = cycle(dict.fromkeys(one.id for one in to))
    changes = {task: {"assignee": next(heirs)} for task in tasks}
    return len((await call.bulk_write(Task, changes, action="assign")).changed)


def _require_active(call: Call, people: Sequence[User]) -> None:
    if not people:
        raise InvalidInput("Say to whom: at least one colleague is needed.", path=("toIds",))
    for one in people:
        if not one.is_active:
            raise Refused(
                "{name} does not work here any more: choose somebody else.", name=call.told(one, "name")
            )
