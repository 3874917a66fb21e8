"""The tables of tasks: what is to be done, how one is reminded of it, and what people were told."""

from typing import ClassVar

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz

from cardfile.access.tables import User
from cardfile.clients.tables import Client
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record, Stored
from cardfile.deals.tables import Deal
from cardfile.pipelines.tables import Stage
from cardfile.seeds.tables import SEED_KEY, Seeded

__all__ = ["Ladder", "Notice", "Policy", "Task", "Template"]


class Policy(Seeded, tablename="reminder_policy"):
    """How a task that is not done reminds of itself; spans are kept as they are written, `1d, 1h`."""

    key = Text(null=False, default=None)
    label = Text(null=False, default=None)
    before = Text(null=True, default=None)
    at_due = Boolean(null=False, default=True)
    every = Text(null=True, default=None)
    most = Integer(null=False, default=20)
    head_after = Text(null=True, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (SEED_KEY, IndexSpec(columns=("key",), unique=True, living=True))


class Template(Seeded, tablename="task_template"):
    """A task that a stage sets for every deal that enters it."""

    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.restrict)
    key = Text(null=False, default=None)
    title = Text(null=False, default=None)
    kind = Text(null=False, default="task")
    due = Text(null=False, default=None)
    assignee = Text(null=False, default="owner")
    choose = Text(null=False, default="least_loaded")
    person = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    policy = ForeignKey(Policy, null=True, default=None, on_delete=OnDelete.restrict)
    script = Text(null=True, default=None)
    blocks = Boolean(null=False, default=False)
    position = Integer(null=False, default=100)

    keys: ClassVar = (
        SEED_KEY,
        IndexSpec(columns=("stage", "key"), unique=True, living=True),
        IndexSpec(columns=("policy",)),
    )


class Task(Record, tablename="task"):
    """Something to be done by somebody, by a moment if there is one.

    `awaits` is true while it is open and has such a moment. `role` is the key of the role for whose people a
    stage has set it: whoever gets the task takes part in the deal in that role. `repeat_from` is the moment from
    which the repetitions are counted, lest a month of 28 days move all later ones.
    """

    title = Text(null=False, default=None)
    kind = Text(null=False, default="task")
    details = Text(null=True, default=None)
    script = Text(null=True, default=None)
    client = ForeignKey(Client, null=True, default=None, on_delete=OnDelete.restrict)
    deal = ForeignKey(Deal, null=True, default=None, on_delete=OnDelete.restrict)
    assignee = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    author = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    due_at = Timestamptz(null=True, default=None)
    priority = Text(null=False, default="normal")
    state = Text(null=False, default="open")
    awaits = Boolean(null=False, default=False)
    result = Text(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    done_by = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    policy = ForeignKey(Policy, null=True, default=None, on_delete=OnDelete.restrict)
    template = ForeignKey(Template, null=True, default=None, on_delete=OnDelete.restrict)
    cause = Text(null=False, default="manual")
    role = Text(null=True, default=None)
    blocks = Boolean(null=False, default=False)
    repeat = Text(null=True, default=None)
    repeat_from = Timestamptz(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("assignee", "state", "due_at", "id"), living=True),
        IndexSpec(columns=("state", "due_at", "id"), living=True),
        IndexSpec(columns=("assignee", "done_at", "id"), living=True),
        IndexSpec(columns=("client", "awaits", "due_at", "id")),
        IndexSpec(columns=("deal", "awaits", "due_at", "id")),
        IndexSpec(columns=("author", "id")),
        IndexSpec(columns=("template",)),
        IndexSpec(columns=("policy",)),
    )


class Notice(Record, tablename="notice"):
    """Something that one person is told: in his list now, by channels when there are some.

    `key` says what it is about; nobody is told twice about one key.
    """

    recipient = ForeignKey(User, null=False, default=None, on_delete=OnDelete.restrict)
    kind = Text(null=False, default=None)
    title = Text(null=False, default=None)
    text = Text(null=True, default=None)
    task = ForeignKey(Task, null=True, default=None, on_delete=OnDelete.restrict)
    deal = ForeignKey(Deal, null=True, default=None, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False, default=None)
    read_at = Timestamptz(null=True, default=None)
    key = Text(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("key", "recipient"), unique=True),
        IndexSpec(columns=("recipient", "read_at", "at", "id"), living=True),
        IndexSpec(columns=("recipient", "at", "id"), living=True),
        IndexSpec(columns=("task",)),
        IndexSpec(columns=("deal",)),
    )


class Ladder(Stored, tablename="task_ladder"):
    """Where a task stands on the ladder of its reminders; the row has the task's id.

    It is no part of the task's history: a reminder does not change the task, nor its version. `next_at` is when
    the rung `rung` is to be told, None when nothing is left; `since` when this `round` of the ladder was begun,
    and `told` what was told in it.
    """

    next_at = Timestamptz(null=True, default=None)
    rung = Text(null=True, default=None)
    round = Integer(null=False, default=0)
    since = Timestamptz(null=False, default=None)
    told = Text(null=False, default="")

    keys: ClassVar = (IndexSpec(columns=("next_at", "id")),)
