"""Events: what happened, with the earlier and the later values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from cardfile.database.database import Database
from cardfile.journal.tables import EventRow

__all__ = ["Change", "Event", "dump", "fetch_events", "fetch_history"]


class Change(StrEnum):
    """What an event did to its record."""

    CREATED = "created"
    CHANGED = "changed"
    ARCHIVED = "archived"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Event:
    """What one command did to one record; `id` is its place in the journal.

    `before` and `after` hold the changed fields by path: dates and instants as ISO texts, money as
    `{"minor": …, "currency": …}`, entry lists as lists of their parts. Of a new record `before` is None; when
    nothing of the record changed, both are. `data` is what the command itself added.
    """

    id: int
    at: datetime
    actor: int | None
    actor_name: str
    via: str
    batch: int
    cause: int | None
    name: str
    entity: str
    record: int
    client: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    data: Mapping[str, Any] | None
    version: int | None

    @property
    def change(self) -> Change | None:
        """What the event did to its record, None when it changed nothing of it."""
        return change_of(self.before, self.after)


def change_of(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Change | None:
    """Return what was done by what stood before and what after."""
    if after is None:
        return None
    if before is None:
        return Change.CREATED
    if "archived_at" not in after:
        return Change.CHANGED
    return Change.ARCHIVED if after["archived_at"] else Change.RESTORED


def dump(values: Mapping[str, object]) -> str:
    """Return values as the JSON text that an event keeps."""
    return orjson.dumps(values, default=str, option=orjson.OPT_UTC_Z).decode()


async def fetch_events(
    database: Database,
    *,
    after: int = 0,
    ids: Collection[int] | None = None,
    batch: int | None = None,
    limit: int = 500,
) -> list[Event]:
    """Return events in the order of the journal: those after one, those with these ids, those of a batch."""
    query = EventRow.select().where(EventRow.id > after).order_by(EventRow.id).limit(limit)
    if ids is not None:
        if not ids:
            return []
        query = query.where(EventRow.id.is_in(list(ids)))
    if batch is not None:
        query = query.where(EventRow.batch == batch)
    return _events(await database.run(query))


async def fetch_history(
    database: Database, entity: str, record: int, *, name: str | None = None, limit: int = 50
) -> list[Event]:
    """Return what happened to a record, the latest first; `name` leaves out all other events."""
    query = EventRow.select().where(EventRow.entity == entity, EventRow.record == record)
    if name is not None:
        query = query.where(EventRow.name == name)
    return _events(await database.run(query.order_by(EventRow.id, ascending=False).limit(limit)))


def _events(rows: Sequence[dict[str, Any]]) -> list[Event]:
    for row in rows:
        for key in ("before", "after", "data"):
            if row[key] is not None:
                row[key] = orjson.loads(row[key])
    return [Event(**row) for row in rows]
