"""The table of events: audit log, timeline, outbox and undo log in one."""

from typing import ClassVar

from piccolo.columns import JSON, BigInt, Integer, Text, Timestamptz

from cardfile.database.columns import IndexSpec
from cardfile.database.steps import CreateTable, Migration
from cardfile.database.tables import Stored

__all__ = ["MIGRATIONS", "EventRow"]


class EventRow(Stored, tablename="event"):
    """What happened to one record by one command; `id` is the sequence, in the order of writing.

    `actor` is null for the system, whose reason is in `actor_name`. `batch` is shared by all that was done in
    one unit of work (or import); `cause` is the event that led to this one. `client` is the client on whose
    timeline it stands. `before` and `after` hold the changed paths; of a new record `before` is null. `data`
    is what the command itself added. `version` is the record's version afterwards.
    """

    at = Timestamptz(default=None)
    actor = BigInt(null=True, default=None)
    actor_name = Text(default=None)
    via = Text(default=None)
    batch = BigInt(default=None)
    cause = BigInt(null=True, default=None)
    name = Text(default=None)
    entity = Text(default=None)
    record = BigInt(default=None)
    client = BigInt(null=True, default=None)
    before = JSON(null=True, default=None)
    after = JSON(null=True, default=None)
    data = JSON(null=True, default=None)
    version = Integer(null=True, default=None)

    keys: ClassVar[tuple[IndexSpec, ...]] = (
        IndexSpec(columns=("client", "-at", "id")),
        IndexSpec(columns=("batch",)),
        IndexSpec(columns=("entity", "record", "id")),
    )


MIGRATIONS = (Migration("0001_events", (CreateTable(EventRow),)),)
"""The migrations of the journal, for the core's list."""
