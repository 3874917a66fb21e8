"""The tables of processes: their steps as they are shipped and edited, and the runs on clients and deals."""

from typing import ClassVar

from piccolo.columns import ForeignKey, Integer, OnDelete, Text, Timestamptz

from cardfile.access.tables import User
from cardfile.clients.tables import Client
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record
from cardfile.deals.tables import Deal
from cardfile.seeds.tables import SEED_KEY, Seeded
from cardfile.tasks.tables import Task

__all__ = ["Process", "ProcessRun", "ProcessStep", "RunStep"]


class Process(Seeded, tablename="process"):
    """Steps that are gone through on a client or a deal; `begins` is the filter of new records that begin it."""

    key = Text(null=False, default=None)
    label = Text(null=False, default=None)
    subject = Text(null=False, default="deal")
    begins = Text(null=True, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (SEED_KEY, IndexSpec(columns=("key",), unique=True, living=True))


class ProcessStep(Seeded, tablename="process_step"):
    """One of the steps; `after` holds keys of steps with commas between them, None for the step before it."""

    process = ForeignKey(Process, null=False, on_delete=OnDelete.restrict)
    key = Text(null=False, default=None)
    label = Text(null=False, default=None)
    kind = Text(null=False, default="task")
    after = Text(null=True, default=None)
    condition = Text(null=True, default=None)
    assignee = Text(null=False, default="owner")
    choose = Text(null=False, default="least_loaded")
    due = Text(null=True, default=None)
    reminders = Text(null=False, default="normal")
    text = Text(null=True, default=None)
    document = Text(null=True, default=None)
    until = Text(null=True, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (
        SEED_KEY,
        IndexSpec(columns=("process", "position", "id")),
        IndexSpec(columns=("process", "key"), unique=True, living=True),
    )


class ProcessRun(Record, tablename="process_run"):
    """A process under way on one client or deal, or over."""

    process = ForeignKey(Process, null=False, on_delete=OnDelete.restrict)
    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    deal = ForeignKey(Deal, null=True, default=None, on_delete=OnDelete.restrict)
    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    state = Text(null=False, default="running")
    started_at = Timestamptz(null=False, default=None)
    ended_at = Timestamptz(null=True, default=None)
    reason = Text(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("client", "state", "id")),
        IndexSpec(columns=("deal", "state", "id")),
        IndexSpec(columns=("owner", "state", "id")),
        IndexSpec(columns=("process", "state", "id")),
    )


class RunStep(Record, tablename="process_run_step"):
    """A step of a run; what it is called is kept as it was when the run began."""

    process_run = ForeignKey(ProcessRun, null=False, on_delete=OnDelete.restrict)
    step = ForeignKey(ProcessStep, null=False, on_delete=OnDelete.restrict)
    key = Text(null=False, default=None)
    label = Text(null=False, default=None)
    kind = Text(null=False, default="task")
    state = Text(null=False, default="waiting")
    position = Integer(null=False, default=100)
    began_at = Timestamptz(null=True, default=None)
    due_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    task = ForeignKey(Task, null=True, default=None, on_delete=OnDelete.restrict)

    keys: ClassVar = (
        IndexSpec(columns=("process_run", "position", "id")),
        IndexSpec(columns=("task",)),
        IndexSpec(columns=("state", "kind", "due_at", "id")),
        IndexSpec(columns=("step",)),
    )
