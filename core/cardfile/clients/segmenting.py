"""Segments: filters that are kept under a name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from cardfile.clients.tables import Segment
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.query import count_records, fetch_records

__all__ = ["SegmentMembers", "members_of_segment", "save_segment", "update_segment"]

MOST_FILTER = 20_000
MOST_MEMBERS = 200
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class SegmentMembers:
    """A page of those whom a segment's filter finds for the reader: opaque ids, and how many there are."""

    ids: list[str]
    total: int


@command("segment.create", label={"en": "Save a segment", "ru": "Сохранить сегмент"})
async def save_segment(
    call: Call,
    *,
    name: Annotated[str, "What people call it."],
    filter: Annotated[Mapping[str, object], "The filter to keep, as lists take it."],
    entity: Annotated[str, "The key of what it filters."] = "client",
    shared: Annotated[bool, "Whether colleagues may use it."] = False,
) -> Segment:
    """Keep a filter of the filter language under a name, for oneself or (`shared`) for everybody.

    Raises `InvalidInput` when the caller could not use the filter himself.
    """
    return await call.create(
        Segment,
        {
            "name": _named(name),
            "entity": entity,
            "filter": await _checked(call, entity, filter),
            "shared": shared,
            "owner": call.actor.user,
        },
    )


@command("segment.update", label={"en": "Change a segment", "ru": "Изменить сегмент"}, action="edit")
async def update_segment(
    call: Call,
    segment: Segment,
    *,
    name: Annotated[str | None, "What people call it."] = None,
    filter: Annotated[Mapping[str, object] | None, "The filter to keep, as lists take it."] = None,
    shared: Annotated[bool | None, "Whether colleagues may use it."] = None,
) -> Segment:
    """Change name, filter or sharing of a segment."""
    changes: dict[str, object] = {}
    if name is not None:
        changes["name"] = _named(name)
    if filter is not None:
        changes["filter"] = await _checked(call, segment.entity, filter)
    if shared is not None:
        changes["shared"] = shared
    return await call.write(segment, changes)


@command(
    "segment.list_members",
    label={"en": "Members of a segment", "ru": "Кто в сегменте"},
    action="read",
    writes=False,
)
async def members_of_segment(
    call: Call,
    segment: Segment,
    limit: Annotated[int, "How many at most."] = 50,
    after: Annotated[str | None, "The id after which to go on."] = None,
) -> SegmentMembers:
    """Return who is in a segment now, among those that the caller may see, in the order of their ids."""
    if not 1 <= limit <= MOST_MEMBERS:
        raise InvalidInput("Ask for 1 to {most} members at once.", most=MOST_MEMBERS, path=("limit",))
    record_type = call.app.model[segment.entity]
    database, model = call.app.database, call.app.model
    wanted = json.loads(segment.filter)
    rows = await fetch_records(
        database,
        model,
        record_type,
        call.rights,
        now=call.now,
        filter=wanted,
        order=("id",),
        limit=limit,
        after=record_type.local_id(after) if after else None,
        paths=(),
    )
    total = await count_records(database, model, record_type, call.rights, now=call.now, filter=wanted)
    return SegmentMembers([record_type.global_id(int(str(row["id"]))) for row in rows], total)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput("A segment needs a name.", path=("name",))
    if len(name) > LONGEST_NAME:
        raise InvalidInput("A name has at most {most} characters.", most=LONGEST_NAME, path=("name",))
    return name


async def _checked(call: Call, entity: str, wanted: Mapping[str, object]) -> str:
    """Return the filter as JSON after having tried it with the caller's own rights."""
    if entity not in call.app.model:
        raise Refused("There is no kind of record called {name}.", name=entity[:100], path=("entity",))
    text = json.dumps(wanted, ensure_ascii=False, sort_keys=True)
    if len(text) > MOST_FILTER:
        raise InvalidInput("This filter is too long to be kept.", path=("filter",))
    try:
        await fetch_records(
            call.app.database,
            call.app.model,
            call.app.model[entity],
            call.rights,
            now=call.now,
            filter=wanted,
            limit=1,
            paths=(),
        )
    except InvalidInput as error:
        raise error.at("filter") from None
    return text
