"""What must be true of those who own a record or take part in it, before an app starts."""

from collections.abc import Mapping

from cardfile.database.tables import table_spec
from cardfile.errors import DeclarationError
from cardfile.model.entities import PARTICIPANT, Owned
from cardfile.model.fields import Kind
from cardfile.model.record_types import RecordType

__all__ = ["check_owned"]


def check_owned(record_type: RecordType, visibility: Owned, types: Mapping[str, RecordType]) -> None:
    """Raise `DeclarationError` when a way to own or share in records of `record_type` leads nowhere."""
    told = f"{record_type.plugin}: entity {record_type.key!r}"
    for path in visibility.also:
        where = f"{told} is also owned by {path!r}"
        if "." in path:
            _check_path(where, record_type, path, types)
        else:
            _check_user_field(where, record_type, path)
    if visibility.participants is not None:
        _check_participants(told, record_type, visibility.participants, types)
        if "read" not in visibility.participating:
            raise DeclarationError(
                f"{told} lets participants do {', '.join(visibility.participating) or 'nothing'}, but not read: "
                "nobody acts on what he does not see, so write participating=('read', …)"
            )


def _check_user_field(where: str, record_type: RecordType, path: str) -> None:
    line = record_type.lines.get(path)
    if line is None or line.card is not None or line.kind is not Kind.USER:
        known = [one.path for one in record_type.lines.values() if one.kind is Kind.USER and one.card is None]
        raise DeclarationError(
            f"{where}, which is no USER field of {record_type.table}; there are: {', '.join(known) or 'none'}"
        )


def _check_path(where: str, record_type: RecordType, path: str, types: Mapping[str, RecordType]) -> None:
    reference, _, owner = path.partition(".")
    link = record_type.links.get(reference)
    if link is None or link.column != "id" or link.card is not None or "." in owner:
        raise DeclarationError(
            f"{where}, but {reference!r} is no reference of its own: declare "
            f"Field({reference!r}, …, Kind.REFERENCE, to='…'), and write one step, 'reference.owner'"
        )
    target = types[link.target]
    visibility = target.visibility
    owners = [visibility.owner, *visibility.also] if isinstance(visibility, Owned) else []
    if owner not in owners:
        known = ", ".join(one for one in owners if "." not in one) or "nobody"
        raise DeclarationError(
            f"{where}, but {target.key!r} is not owned by {owner!r}: whoever sees the one by it must see the "
            f"other too; {target.key!r} is owned by: {known}"
        )
    _check_index(where, record_type, link.source)


def _check_participants(
    told: str, record_type: RecordType, path: str, types: Mapping[str, RecordType]
) -> None:
    where = f"{told} has participants in {path!r}"
    link = record_type.links.get(path)
    if link is None or link.column == "id" or link.one:
        known = ", ".join(sorted(_lists(record_type)))
        raise DeclarationError(f"{where}, which is none of its lists; there are: {known or 'none'}")
    target = types[link.target]
    line = target.lines.get(PARTICIPANT)
    if line is None or line.card is not None or line.kind is not Kind.USER:
        raise DeclarationError(
            f"{where}, but {target.key!r} does not say who takes part: "
            f"declare Field({PARTICIPANT!r}, …, Kind.USER) on it, with its column"
        )
    _check_index(where, target, link.column)


def _lists(record_type: RecordType) -> list[str]:
    return [link.path for link in record_type.links.values() if link.is_many]


def _check_index(where: str, record_type: RecordType, column: str) -> None:
    """Refuse a column by which rows would have to be looked for one by one; a view has no indexes of its own."""
    indexes = table_spec(record_type.entity.table).indexes
    if record_type.entity.read_only or any(one.columns[0].removeprefix("-") == column for one in indexes):
        return
    raise DeclarationError(
        f"{where}, but no index of {record_type.table} begins with {column!r}: "
        f"add IndexSpec(columns=({column!r},)) to its keys, and to a migration"
    )
