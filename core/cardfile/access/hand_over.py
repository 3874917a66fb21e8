"""Handing over what belongs to somebody who leaves: counted first, then moved in one piece."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Annotated, Final

from piccolo.columns.combination import And, Where

from cardfile.access.guards import require_in_person
from cardfile.access.tables import User
from cardfile.database.database import Database
from cardfile.database.tables import Record
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.model.entities import Owned
from cardfile.model.model import Model
from cardfile.model.record_types import RecordType
from cardfile.rights import EVERYTHING

__all__ = ["HAND_OVER", "HandedOver", "HandedOverLine", "hand_over_preview"]

STAYING: Final = ("user", "share", "file", "sales_plan")
"""Entities that belong to somebody and stay his: his entry, what he shared or uploaded, what he was to win."""

PORTION: Final = 5_000


@dataclass(frozen=True, slots=True)
class HandedOverLine:
    """How many records of one entity."""

    entity: str
    count: int


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was handed over, or would be."""

    total: int
    lines: list[HandedOverLine]


async def hand_over_preview(database: Database, model: Model, user: int) -> HandedOver:
    """Return how many live records of every entity belong to `user`, so that they can be shown first."""
    lines = []
    for record_type, column in _owned(model):
        table = record_type.records
        count = await database.run(table.count().where(_live(table, column, user)))
        if count:
            lines.append(HandedOverLine(record_type.key, count))
    return HandedOver(sum(line.count for line in lines), lines)


@command(
    "user.preview_hand_over",
    label={"en": "Count what to hand over", "ru": "Подсчитать к передаче"},
    action="hand_over",
    owner_only=True,
    writes=False,
)
async def preview(call: Call, user: User) -> HandedOver:
    """Count what a hand-over would move; nothing is changed."""
    return await hand_over_preview(call.app.database, call.app.model, user.id)


@command("user.hand_over", label={"en": "Hand over", "ru": "Передать дела"}, owner_only=True)
async def hand_over(call: Call, user: User, to: Annotated[list[User], "Who gets it, in turn."]) -> HandedOver:
    """Move everything live that belongs to a colleague to others, evenly in turn, as one batch."""
    require_in_person(call)
    if not to:
        raise InvalidInput("Say to whom: at least one colleague is needed.", path=("toIds",))
    for one in to:
        if one.id == user.id:
            raise InvalidInput("Nobody hands over to himself.", path=("toIds",))
        if not one.is_active:
            raise InvalidInput(
                "{name} does not work here any more.", name=call.told(one, "name"), path=("toIds",)
            )
    heirs = cycle(dict.fromkeys(one.id for one in to))
    lines = []
    for record_type, column in _owned(call.app.model):
        moved = await _move(call, record_type.records, column, user.id, heirs)
        if moved:
            lines.append(HandedOverLine(record_type.key, moved))
    done = HandedOver(sum(line.count for line in lines), lines)
    call.record("user.handed_over", user, to=[one.id for one in to], total=done.total)
    return done


async def _move(call: Call, table: type[Record], column: str, user: int, heirs: Iterator[int]) -> int:
    moved, last = 0, 0
    while True:
        rows = await call.run(
            table.select(table.id)
            .where(_live(table, column, user) & (table.id > last))
            .order_by(table.id)
            .limit(PORTION)
        )
        if not rows:
            return moved
        changes = {row["id"]: {column: next(heirs)} for row in rows}
        await call.bulk_write(table, changes, rights=EVERYTHING)
        moved, last = moved + len(changes), rows[-1]["id"]


def _owned(model: Model) -> Iterator[tuple[RecordType, str]]:
    for record_type in model.types.values():
        is_ours = record_type.key in STAYING or record_type.entity.read_only
        if isinstance(record_type.visibility, Owned) and not is_ours:
            yield record_type, record_type.visibility.owner


def _live(table: type[Record], column: str, user: int) -> Where | And:
    condition = table._meta.get_column_by_name(column) == user
    return condition & table.archived_at.is_null()


HAND_OVER = (preview, hand_over)
"""The commands of handing over, for the core's declaration."""
