"""Faults that are put into the books of the trade, so that nobody trusts an audit which sees nothing."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from crash_audit import complaints
from piccolo.columns import Column

from cardfile.access.file_table import File
from cardfile.app import App
from cardfile.database import Stored
from cardfile.deals import Attachment, Deal, DealGoal
from cardfile.deals.tables import StageChange
from cardfile.jobs import Job
from cardfile.journal.tables import EventRow
from cardfile.processes.tables import ProcessRun, RunStep
from cardfile.tasks.tables import Ladder, Notice, Task
from cardfile_documents.tables import Counter, Document

LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)

LOST: Final[tuple[tuple[type[Stored], Any], ...]] = (
    (Notice, Notice.kind == "due"),
    (Notice, Notice.kind == "escalated"),
    (Notice, Notice.kind == "stage"),
    (Notice, Notice.kind == "message"),
    (Ladder, Ladder.id > 0),
    (Job, Job.key.like("processes.look:%")),
    (EventRow, EventRow.name == "deal.moved"),
    (EventRow, EventRow.name == "deal.won"),
    (EventRow, EventRow.name == "deal.goal_reached"),
    (EventRow, EventRow.name == "deal.woken"),
    (EventRow, EventRow.name == "task.completed"),
    (EventRow, EventRow.entity == "attachment"),
    (EventRow, EventRow.entity == "notice"),
    (DealGoal, DealGoal.id > 0),
    (Attachment, Attachment.id > 0),
)
"""Rows that are taken away."""

CHANGED: Final[tuple[tuple[type[Stored], Column, Any, Any], ...]] = (
    (Ladder, Ladder.next_at, LONG_AGO, Ladder.id > 0),
    (Ladder, Ladder.told, "", Ladder.id > 0),
    (Job, Job.state, "dead", Job.kind == "documents.render"),
    (Deal, Deal.version, 99, Deal.id > 0),
    (Deal, Deal.wake_at, LONG_AGO, Deal.id > 0),
    (StageChange, StageChange.left_at, LONG_AGO, StageChange.was.is_null()),
    (Task, Task.state, "open", Task.title == "Call them"),
    (Task, Task.template, None, Task.title == "Call them"),
    (Task, Task.repeat, None, Task.state == "done"),
    (RunStep, RunStep.state, "active", RunStep.key == "sign"),
    (RunStep, RunStep.key, "sign", RunStep.key == "ask"),
    (ProcessRun, ProcessRun.state, "running", ProcessRun.state == "done"),
    (Document, Document.serial, 7, Document.kind == "act"),
    (Document, Document.kind, "contract", Document.kind == "act"),
    (Document, Document.file_state, "rendering", Document.kind == "act"),
    (Counter, Counter.last, 7, Counter.kind == "act"),
    (File, File.sha256, "0" * 64, File.id > 0),
)
"""Values that are made others."""


class _Undone(Exception):
    """What was done is taken back."""


async def overlooked(app: App) -> list[str]:
    """Return the faults that the audit does not see; each is put in, looked at and taken back."""
    unseen = []
    faults: list[tuple[str, Any]] = [
        (f"{table.__name__} lost where {where}", table.delete().where(where)) for table, where in LOST
    ]
    faults += [
        (f"{column} = {value} where {where}", table.update({column: value}).where(where))
        for table, column, value, where in CHANGED
    ]
    for name, query in faults:
        with suppress(_Undone):
            async with app.database.transaction():
                await app.database.run(query)
                if not await complaints(app):
                    unseen.append(name)
                raise _Undone
    return unseen
