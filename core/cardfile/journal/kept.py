"""What a taking back left as it is, told to the person who took it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cardfile.database.tables import Record
from cardfile.journal.calls import Call
from cardfile.journal.undo import Kept

__all__ = ["MOST_KEPT", "KeptAsIs", "kept_as_is"]

MOST_KEPT: Final = 200
"""How many records are told one by one."""


@dataclass(frozen=True, slots=True)
class KeptAsIs:
    """A record that an undo left as it is, in part or in whole, because somebody has changed it since."""

    entity: str
    id: str
    name: str
    fields: list[str]
    why: str


async def kept_as_is(call: Call, kept: Sequence[Kept]) -> list[KeptAsIs]:
    """Return the first of what was kept, in the caller's language; what he may not see has no name."""
    model = call.app.model
    told = [one for one in kept if one.entity in model][:MOST_KEPT]
    names = {entity: await _names(call, entity, told) for entity in {one.entity for one in told}}
    return [
        KeptAsIs(
            one.entity,
            model[one.entity].global_id(one.record),
            names[one.entity].get(one.record, ""),
            list(one.paths),
            call.texts.say(one.why),
        )
        for one in told
    ]


async def _names(call: Call, entity: str, kept: Sequence[Kept]) -> Mapping[int, str]:
    record_type = call.app.model[entity]
    title, table = record_type.entity.title or "name", record_type.entity.table
    if title not in record_type.lines or not call.rights.sees(entity, title) or not issubclass(table, Record):
        return {}
    found = await call.load(table, sorted({one.record for one in kept if one.entity == entity}))
    return {one.id: str(getattr(one, title) or "") for one in found}
