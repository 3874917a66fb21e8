"""Whether what a value refers to exists, and whether this person may refer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from cardfile.errors import NotAllowed, NotFound, Refused
from cardfile.journal.forms import Form
from cardfile.journal.host import Host
from cardfile.journal.units import Unit
from cardfile.model.entities import PARTICIPANT, Owned, Personal, Through
from cardfile.model.record_types import RecordType
from cardfile.query.rows import visible_ids
from cardfile.rights import Actor, Rights, Scope

__all__ = [
    "check_creation",
    "check_moves",
    "check_owner",
    "check_references",
    "default_owner",
    "hangs_on",
    "reaching",
]

Rows = Sequence[Mapping[str, object]]


async def check_references(unit: Unit, form: Form, rows: Rows) -> Mapping[int, list[Refused]]:
    """Return what is refused, by the row's index: targets that do not exist or that the actor may not see.

    One query for each type that is referred to. What a record refers to already is no exception: whoever does
    not see it could find out by trying.
    """
    wanted: dict[str, set[int]] = {}
    places: list[tuple[int, str, str, int]] = []
    for index, row in enumerate(rows):
        for path, target in form.references:
            value = row.get(path)
            if isinstance(value, int):
                wanted.setdefault(target, set()).add(value)
                places.append((index, path, target, value))
    if not places:
        return {}
    host = unit.app
    found = {target: await _visible(unit, host.model[target], ids) for target, ids in wanted.items()}
    refused: dict[int, list[Refused]] = {}
    for index, path, target, value in places:
        if value not in found[target]:
            error = NotFound(
                "There is no such record: {id}.",
                id=host.model[target].global_id(value),
                path=tuple(path.split(".")),
            )
            refused.setdefault(index, []).append(error)
    return refused


async def _visible(unit: Unit, target: RecordType, ids: set[int]) -> set[int]:
    return await visible_ids(
        unit.app.database, unit.app.model, target, unit.actor.rights, sorted(ids), now=unit.now
    )


def owner_path(record_type: RecordType) -> str | None:
    """Return the path of the field that says whose a record is."""
    match record_type.visibility:
        case Owned(owner) | Personal(owner):
            return owner
    return None


def default_owner(record_type: RecordType, row: dict[str, object], actor: Actor) -> None:
    """Let a new record that nobody was given belong to whoever makes it."""
    path = owner_path(record_type)
    if path is not None and path not in row and actor.user is not None:
        row[path] = actor.user


_NOT_YOURS: Final = "You may not give this to somebody outside of your own reach."


def check_owner(
    record_type: RecordType,
    row: Mapping[str, object],
    actor: Actor,
    scope: Scope,
    *,
    before: Mapping[str, object] | None = None,
) -> Refused | None:
    """Return why the actor may not let the record belong to whom it says, None when he may.

    `before` are the record's values so far: nobody gives away, or takes, what he was only lent. That holds for
    the fields that make somebody an owner beside the first one, too.
    """
    path = owner_path(record_type)
    if path is None or scope is Scope.ALL:
        return None
    allowed = _near(actor.rights, scope)
    if path in row and (row[path] not in allowed or (before is not None and before.get(path) not in allowed)):
        return NotAllowed(_NOT_YOURS, path=(path,))
    besides = _besides(record_type)
    has_it = before is None or any(before.get(one) in allowed for one in (path, *besides))
    for one in besides:
        if one in row and (not has_it or row[one] not in (None, *allowed)):
            return NotAllowed(_NOT_YOURS, path=(one,))
    return None


def _near(rights: Rights, scope: Scope) -> tuple[int, ...]:
    return rights.own if scope is Scope.OWN else rights.team if scope is Scope.TEAM else ()


def _besides(record_type: RecordType) -> list[str]:
    """Return the fields of the record itself that make somebody an owner beside the first one."""
    visibility = record_type.visibility
    return [path for path in visibility.also if "." not in path] if isinstance(visibility, Owned) else []


async def check_creation(unit: Unit, record_type: RecordType, rows: Rows) -> Mapping[int, Refused]:
    """Return why the actor may not make these records, by the row's index.

    They must belong to, or hang on, what is in his reach.
    """
    actor = unit.actor
    scope = actor.rights.scope(record_type.key, "create")
    if scope is Scope.ALL:
        return {}
    if not isinstance(record_type.visibility, Through):
        found = ((index, check_owner(record_type, row, actor, scope)) for index, row in enumerate(rows))
        return {index: refused for index, refused in found if refused is not None}
    return await _check_places(unit, record_type, dict(enumerate(rows)), "create")


async def check_moves(
    unit: Unit,
    record_type: RecordType,
    rows: Mapping[int, Mapping[str, object]],
    action: str,
    *,
    befores: Rows,
) -> Mapping[int, Refused]:
    """Return why records may not come to hang on others, by index; `rows` hold what changes in each.

    Who takes part in a record is changed by whoever reaches it himself; and nobody makes himself an owner of
    what he was only lent by letting it refer to something of his own.
    """
    if isinstance(record_type.visibility, Owned):
        return await _check_references_of_owners(unit, record_type, rows, action, befores=befores)
    if not isinstance(record_type.visibility, Through):
        return {}
    path = record_type.visibility.reference
    moved = {index: row for index, row in rows.items() if path in row}
    refused = dict(await _check_places(unit, record_type, moved, action)) if moved else {}
    if _says_who_takes_part(unit.app.model[record_type.links[path].target], record_type):
        changed = {index: befores[index] for index, row in rows.items() if PARTICIPANT in row}
        refused |= await _check_places(unit, record_type, changed, action) if changed else {}
    return refused


def _says_who_takes_part(parent: RecordType, record_type: RecordType) -> bool:
    visibility = parent.visibility
    if not isinstance(visibility, Owned) or visibility.participants is None:
        return False
    return parent.links[visibility.participants].target == record_type.key


async def _check_references_of_owners(
    unit: Unit,
    record_type: RecordType,
    rows: Mapping[int, Mapping[str, object]],
    action: str,
    *,
    befores: Rows,
) -> Mapping[int, Refused]:
    visibility, rights, host = record_type.visibility, unit.actor.rights, unit.app
    scope = rights.scope(record_type.key, action)
    if not isinstance(visibility, Owned) or scope is Scope.ALL:
        return {}
    refused: dict[int, Refused] = {}
    allowed, own = _near(rights, scope), (visibility.owner, *_besides(record_type))
    for path in dict.fromkeys(one.partition(".")[0] for one in visibility.also if "." in one):
        moved = {
            index: row
            for index, row in rows.items()
            if path in row and not any(befores[index].get(one) in allowed for one in own)
        }
        if not moved:
            continue
        parent = host.model[record_type.links[path].target]
        asked = {value for index, row in moved.items() for value in (row[path], befores[index].get(path))}
        ids = sorted(value for value in asked if isinstance(value, int))
        reach, deed = reaching(rights, parent, record_type, action)
        near = await visible_ids(host.database, host.model, parent, reach, ids, now=unit.now, action=deed)
        for index, row in moved.items():
            if row[path] in near and befores[index].get(path) not in near:
                refused.setdefault(index, NotAllowed(_NOT_YOURS, path=(path,)))
    return refused


async def _check_places(
    unit: Unit, record_type: RecordType, rows: Mapping[int, Mapping[str, object]], action: str
) -> Mapping[int, Refused]:
    if not isinstance(record_type.visibility, Through):
        return {}
    host: Host = unit.app
    path = record_type.visibility.reference
    parent = host.model[record_type.links[path].target]
    parents = {value for row in rows.values() if isinstance(value := row.get(path), int)}
    rights, deed = reaching(unit.actor.rights, parent, record_type, action)
    near = await visible_ids(
        host.database, host.model, parent, rights, sorted(parents), now=unit.now, action=deed
    )
    return {
        index: NotAllowed(_NOT_YOURS, path=(path,))
        for index, row in rows.items()
        if row.get(path) not in near
    }


def hangs_on(record_type: RecordType, other: RecordType) -> bool:
    """Tell whether records of `record_type` hang on records of `other`, be they seen with them or on their own."""
    visibility = record_type.visibility
    path = visibility.reference if isinstance(visibility, Through) else record_type.entity.on
    link = record_type.links.get(path) if path else None
    return link is not None and link.target == other.key


def reaching(rights: Rights, parent: RecordType, record_type: RecordType, action: str) -> tuple[Rights, str]:
    """Return rights and an action by which `parent` is reached as far as `record_type` is by `action`."""
    deed = f"{action}.{record_type.key}"
    scope = rights.scope(record_type.key, action)
    return replace(rights, scopes={**rights.scopes, (parent.key, deed): scope}), deed
