"""Setting tasks, and moving what is due."""

from datetime import datetime
from typing import Annotated

from cardfile.calendars import add, calendar_of
from cardfile.declarations import Span
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import Values, command
from cardfile.tasks.choices import TaskState
from cardfile.tasks.house import house_of
from cardfile.tasks.tables import Task

__all__ = ["create_task", "postpone_task", "require_open"]


@command("task.create", label={"en": "New task", "ru": "Новая задача"})
async def create_task(
    call: Call,
    values: Values,
    due_in: Annotated[
        str | None, "When it is due, from now: 15m or 2h of working time, 3d, 1wd; instead of due_at."
    ] = None,
) -> Task:
    """Set a task, which is the caller's own unless somebody else is named, and his deal's client's."""
    if due_in is not None:
        if values.get("due_at") is not None:
            raise InvalidInput("Say when it is due in one way only.", path=("dueIn",))
        assignee = values.get("assignee")
        values["due_at"] = await _moment(
            call, due_in, call.now, assignee if isinstance(assignee, int) else None, "dueIn"
        )
    return await call.create(Task, values)


@command("task.postpone", label={"en": "Postpone", "ru": "Перенести срок"})
async def postpone_task(
    call: Call,
    task: Task,
    due_at: Annotated[datetime | None, "The new moment."] = None,
    due_in: Annotated[str | None, "Or how much later than now: 2h of working time, 3d, 1wd."] = None,
    reason: Annotated[str | None, "Why, for the history."] = None,
) -> Task:
    """Let a task be due at another moment, later or earlier; reminders that were not sent yet move with it."""
    require_open(call, task)
    if (due_at is None) == (due_in is None):
        raise InvalidInput("Say when it is due in one way only.", path=("dueAt",))
    if due_in is not None:
        due_at = await _moment(call, due_in, call.now, task.assignee, "dueIn")
    was = task.due_at
    moved = await call.write(task, due_at=due_at)
    call.record("task.postponed", moved, was=was, reason=reason)
    return moved


def require_open(call: Call, task: Task) -> None:
    """Refuse what can be done with open tasks only."""
    if task.state != TaskState.OPEN:
        raise Refused("{title} is over: reopen it first.", title=call.told(task, "title"))


async def _moment(call: Call, text: str, start: datetime, assignee: int | None, path: str) -> datetime:
    try:
        span = Span.parse(text)
    except InvalidInput as error:
        raise error.at(path) from None
    user = assignee if assignee is not None else call.actor.user
    return add(await calendar_of(house_of(call), user=user), start, span)
