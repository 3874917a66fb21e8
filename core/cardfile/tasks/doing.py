"""What becomes of tasks: done, cancelled, taken up again."""

from datetime import datetime
from typing import Annotated, Final

from cardfile.calendars import calendar_of
from cardfile.errors import Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.tasks.choices import TaskCause, TaskState
from cardfile.tasks.house import house_of
from cardfile.tasks.repeating import Repeat, next_due
from cardfile.tasks.setting import require_open
from cardfile.tasks.tables import Task

__all__ = ["cancel_task", "complete_task", "reopen_task"]

CARRIED_ON: Final = (
    "title", "kind", "details", "script", "client", "deal", "assignee", "author", "priority", "policy", "repeat",
)  # fmt: skip
"""What a task that comes again has of the one before it."""


@command("task.complete", label={"en": "Done", "ru": "Выполнить"})
async def complete_task(
    call: Call, task: Task, result: Annotated[str | None, "What came of it."] = None
) -> Task:
    """Say that a task is done, and what came of it; one that repeats is set again."""
    require_open(call, task)
    done = await call.write(
        task,
        state=TaskState.DONE.value,
        result=_text(result),
        done_at=call.now,
        done_by=call.actor.user,
    )
    call.record("task.completed", done)
    if done.repeat and done.due_at is not None:
        await _set_again(call, done, done.due_at)
    return done


@command("task.cancel", label={"en": "Cancel", "ru": "Отменить"})
async def cancel_task(call: Call, task: Task, reason: Annotated[str, "Why, for the history."]) -> Task:
    """Say that a task is not to be done any more; nobody is reminded of it, and it does not come again."""
    require_open(call, task)
    why = _text(reason)
    if why is None:
        raise Refused("A reason is needed.", path=("reason",))
    return await call.write(
        task, state=TaskState.CANCELLED.value, result=why, done_at=call.now, done_by=call.actor.user
    )


@command("task.reopen", label={"en": "Reopen", "ru": "Вернуть в работу"})
async def reopen_task(
    call: Call, task: Task, due_at: Annotated[datetime | None, "A new moment, if it has one."] = None
) -> Task:
    """Take a task up again that was done or cancelled; reminders go on where they were."""
    if task.state == TaskState.OPEN:
        raise Refused("{title} is open already.", title=call.told(task, "title"))
    due = {} if due_at is None else {"due_at": due_at}
    return await call.write(task, state=TaskState.OPEN.value, result=None, done_at=None, done_by=None, **due)


async def _set_again(call: Call, task: Task, was: datetime) -> None:
    works = await calendar_of(house_of(call), user=task.assignee)
    start = task.repeat_from or was
    due = next_due(Repeat.parse(str(task.repeat)), works, start=start, was=was, now=call.now)
    values = {path: getattr(task, path) for path in CARRIED_ON}
    await call.create(Task, {**values, "repeat_from": start, "due_at": due, "cause": TaskCause.REPEAT.value})


def _text(text: str | None) -> str | None:
    return text.strip() or None if text else None
