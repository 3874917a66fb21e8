"""The parts of a row: the records of several entities that one row of a list makes or finds.

A row of deals also tells of the client of each; a row of clients may tell of a deal, a task, a membership of
theirs. Parts are worked off in the order of their references, so that a record is there before what refers to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cardfile.model.entities import Everyone
from cardfile.model.model import Model
from cardfile.model.record_types import Link, RecordType
from cardfile.rights import Rights, Scope

__all__ = ["MAIN", "Part", "Side", "has_contacts", "may_be_part", "parts_of"]

MAIN: Final = ""
"""The name of the part that is the sheet's own entity."""

_PEOPLE: Final = ("user", "team")


class Side(StrEnum):
    """Where a part stands to the sheet's own entity: above it, so that the entity refers to it, or below it."""

    ABOVE = "above"
    MAIN = "main"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a row: its name (`client`, `fitness_membership`; `MAIN` is empty), its type, where it stands.

    `links` maps its references that other parts of the row may fill to the names of those parts, `fixed` are the
    values that all of its records have.
    """

    name: str
    record_type: RecordType
    side: Side
    links: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)


def parts_of(model: Model, record_type: RecordType, rights: Rights) -> tuple[Part, ...]:
    """Return all parts that rows of `record_type` may have for this person, in the order of their references."""
    above = dict[str, RecordType]()
    _climb(model, record_type, rights, above)
    below = {
        one.prefix: one
        for one in model
        if one.key not in {record_type.key, *(there.key for there in above.values())}
        and _makes(one, rights)
        and any(link.target == record_type.key for link in _references(one, rights))
    }
    sides = [
        *((name, one, Side.ABOVE) for name, one in above.items()),
        (MAIN, record_type, Side.MAIN),
        *((name, one, Side.BELOW) for name, one in _in_order(below, rights)),
    ]
    found: list[Part] = []
    for name, one, side in sides:
        earlier = {part.record_type.key: part.name for part in found}
        links: dict[str, str] = {}
        for link in _references(one, rights):
            # Of two references to the same type the first is meant: a deal's client, not its contact person.
            if link.target in earlier and earlier[link.target] not in links.values():
                links[link.path] = earlier[link.target]
        found.append(Part(name, one, side, links))
    return tuple(found)


def may_be_part(record_type: RecordType) -> bool:
    """Tell whether records of a type may be a part of a row: what is the same for everybody is named only."""
    return record_type.entity.importable and not isinstance(record_type.visibility, Everyone)


def has_contacts(record_type: RecordType) -> bool:
    """Tell whether records of a type are known by phones or e-mails."""
    return any(link.entry is not None for link in record_type.links.values())


def _climb(model: Model, record_type: RecordType, rights: Rights, found: dict[str, RecordType]) -> None:
    """Find what a type refers to, and what that refers to; what is referred to comes first."""
    for link in _references(record_type, rights):
        target = model[link.target]
        is_new = target.key != record_type.key and target.prefix not in found
        if is_new and may_be_part(target) and rights.scope(target.key, "read") is not Scope.NONE:
            _climb(model, target, rights, found)
            found.setdefault(target.prefix, target)


def _makes(record_type: RecordType, rights: Rights) -> bool:
    scopes = (rights.scope(record_type.key, action) for action in ("import", "create"))
    return may_be_part(record_type) and all(scope is not Scope.NONE for scope in scopes)


def _in_order(found: Mapping[str, RecordType], rights: Rights) -> Iterator[tuple[str, RecordType]]:
    """Yield types so that what is referred to comes before what refers to it."""
    waiting = dict(found)
    while waiting:
        keys = {one.key for one in waiting.values()}
        free = [
            name
            for name, one in waiting.items()
            if not any(link.target in keys - {one.key} for link in _references(one, rights))
        ]
        # Types that refer to each other come as they are declared: each other's records are then not linked.
        for name in free or list(waiting):
            yield name, waiting.pop(name)


def _references(record_type: RecordType, rights: Rights) -> Iterator[Link]:
    """Yield the references of a type that an import may fill."""
    for link in record_type.links.values():
        if link.column != "id" or link.path not in record_type.lines or link.target in _PEOPLE:
            continue
        line = record_type.lines[link.path]
        if line.field.is_editable and line.card is None and rights.edits(record_type.key, link.path):
            yield link
