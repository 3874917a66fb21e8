"""Whether what a value refers to exists, and whether this person may refer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from cardfile.errors import NotAllowed, NotFound, Refused
from cardfile.journal.forms import Form
from cardfile.journal.host import Host
from cardfile.journal.units import Unit
from cardfile.model.entities import Owned, Personal, Through
from cardfile.model.record_types import RecordType
from cardfile.query.rows import visible_ids
from cardfile.rights import Actor, Scope

__all__ = ["check_creation", "check_owner", "check_references", "default_owner"]

Rows = Sequence[Mapping[str, object]]


async def check_references(
    unit: Unit, form: Form, rows: Rows, *, befores: Rows | None = None
) -> Mapping[int, list[Refused]]:
    """Return what is refused, by the row's index: targets that do not exist or that the actor may not see.

    One query for each type that is referred to. What a record refers to already (`befores`) is not asked.
    """
    wanted: dict[str, set[int]] = {}
    places: list[tuple[int, str, str, int]] = []
    for index, row in enumerate(rows):
        for path, target in form.references:
            value = row.get(path)
            if isinstance(value, int) and (befores is None or befores[index].get(path) != value):
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
    record_type: RecordType, row: Mapping[str, object], actor: Actor, scope: Scope
) -> Refused | None:
    """Return why the actor may not let the record belong to whom it says, None when he may."""
    path = owner_path(record_type)
    if path is None or path not in row or scope is Scope.ALL:
        return None
    allowed = actor.rights.own if scope is Scope.OWN else actor.rights.team if scope is Scope.TEAM else ()
    return None if row[path] in allowed else NotAllowed(_NOT_YOURS, path=(path,))


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
    path = record_type.visibility.reference
    parents = {value for row in rows if isinstance(value := row.get(path), int)}
    parent = unit.app.model[record_type.links[path].target]
    # The parent as far as this permission reaches, whatever the actor may otherwise do with it.
    action = f"create.{record_type.key}"
    rights = replace(actor.rights, scopes={**actor.rights.scopes, (parent.key, action): scope})
    host: Host = unit.app
    near = await visible_ids(
        host.database, host.model, parent, rights, sorted(parents), now=unit.now, action=action
    )
    return {
        index: NotAllowed(_NOT_YOURS, path=(path,))
        for index, row in enumerate(rows)
        if row.get(path) not in near
    }
