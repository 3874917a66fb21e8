"""What must be true of a record type before an app starts; every refusal names plugin, key and remedy."""

from collections.abc import Container, Mapping

from cardfile.declarations.keys import KEY
from cardfile.errors import DeclarationError
from cardfile.model.aggregates import Aggregate, Computed
from cardfile.model.entities import Everyone, Owned, Personal, Through
from cardfile.model.fields import Kind
from cardfile.model.owned import check_owned
from cardfile.model.record_types import Line, RecordType

__all__ = ["check_record_type"]


def check_record_type(record_type: RecordType, types: Mapping[str, RecordType]) -> None:
    """Raise `DeclarationError` when something about `record_type` cannot be."""
    columns = {column._meta.name for column in record_type.entity.table._meta.columns}
    _check_visibility(record_type, columns)
    if isinstance(record_type.visibility, Owned):
        check_owned(record_type, record_type.visibility, types)
    _check_about(record_type, columns)
    _check_search(record_type, columns)
    _check_order(record_type)
    _check_groups(record_type)
    _check_batch_fields(record_type)
    _check_recognition(record_type)
    for line in record_type.lines.values():
        where = f"{line.plugin}: {record_type.key}.{line.path}"
        if line.field.folded and line.field.folded not in columns:
            raise DeclarationError(
                f"{where} is folded into {line.field.folded!r}, which is no column of {record_type.table}"
            )
        if line.field.worded and line.field.worded not in columns:
            raise DeclarationError(
                f"{where} is worded by {line.field.worded!r}, which is no column of {record_type.table}"
            )
        for moment in (line.field.past, line.field.past_at):
            if moment is not None and (line.card is not None or moment not in columns):
                raise DeclarationError(
                    f"{where} tells whether the moment in {moment!r} has passed, or what had by then, "
                    f"which is no column of {record_type.table}"
                )
        if line.field.computed is not None:
            _check_computed(where, record_type, line, line.field.computed, types)


def _check_visibility(record_type: RecordType, columns: Container[str]) -> None:
    told = f"{record_type.plugin}: entity {record_type.key!r}"
    match record_type.visibility:
        case Owned(owner) | Personal(owner):
            column = owner
        case Through(reference):
            column = reference
            if reference not in record_type.links:
                raise DeclarationError(
                    f"{told} is seen through {reference!r}, which is none of its references: "
                    f"declare Field({reference!r}, …, Kind.REFERENCE, to='…')"
                )
        case Everyone():
            return
    if column not in columns:
        raise DeclarationError(f"{told} is seen by its column {column!r}, which its table lacks")


def _check_about(record_type: RecordType, columns: Container[str]) -> None:
    about = record_type.entity.about
    if about and about not in columns:
        raise DeclarationError(
            f"{record_type.plugin}: entity {record_type.key!r} is about {about!r}, which is no column of its table"
        )


def _check_search(record_type: RecordType, columns: Container[str]) -> None:
    told = f"{record_type.plugin}: entity {record_type.key!r}"
    searched = record_type.entity.search
    if searched and "search_text" not in columns:
        raise DeclarationError(
            f"{told} is searched, so its table needs a column search_text (Text, default '')"
        )
    for name in searched:
        link = record_type.links.get(name)
        if name not in record_type.lines and (link is None or link.entry is None):
            raise DeclarationError(
                f"{told} is searched by {name!r}, which is neither a field nor an entry list"
            )


def _check_order(record_type: RecordType) -> None:
    for name in record_type.default_order:
        path = name.removeprefix("-")
        if path != "id" and path not in record_type.lines:
            known = ", ".join(sorted(record_type.lines))
            raise DeclarationError(
                f"{record_type.plugin}: entity {record_type.key!r} is ordered by {path!r}, "
                f"which is none of its fields: {known}"
            )


def _check_batch_fields(record_type: RecordType) -> None:
    told = f"{record_type.plugin}: entity {record_type.key!r}"
    taken = {*record_type.lines, *record_type.links, *record_type.groups(), "id", "card_fields"}
    for one in record_type.entity.batch_fields:
        if one.key in taken:
            raise DeclarationError(
                f"{told} has a field {one.key!r} already: give the batch field another key"
            )
        taken.add(one.key)
        for path in one.tells:
            if path not in record_type.lines:
                raise DeclarationError(
                    f"{told}: its batch field {one.key!r} tells {path!r}, which is none of its fields"
                )


def _check_recognition(record_type: RecordType) -> None:
    entity = record_type.entity
    for name in (*entity.known_by, *(path for paths in entity.alike for path in paths)):
        if name not in record_type.lines:
            raise DeclarationError(
                f"{record_type.plugin}: entity {record_type.key!r} is recognised by {name!r}, "
                f"which is none of its fields: {', '.join(sorted(record_type.lines))}"
            )


def _check_groups(record_type: RecordType) -> None:
    for group in record_type.groups():
        if group in record_type.lines or group in record_type.links:
            raise DeclarationError(
                f"{group}: {record_type.key!r} has a field called {group!r} already: "
                "the plugin needs another name"
            )
        if not KEY.fullmatch(group):
            raise DeclarationError(f"{group}: a plugin's name is lower case words joined by underscores")


def _check_computed(
    where: str, record_type: RecordType, line: Line, computed: Computed, types: Mapping[str, RecordType]
) -> None:
    if line.kind is Kind.MONEY:
        raise DeclarationError(
            f"{where} is a computed sum of money: it may be of several currencies, and has none of its own; "
            "keep it in a field that your plugin writes, or tell it in a report, which splits sums by currency"
        )
    source = next((one for one in types.values() if one.entity.table is computed.table), None)
    if source is None:
        raise DeclarationError(
            f"{where} is computed from the table {computed.table._meta.tablename!r}: "
            "add its entity to the plugin's entities"
        )
    if not any(link.target == record_type.key and link.column == "id" for link in source.links.values()):
        raise DeclarationError(
            f"{where} is computed from {source.key!r}, which has no reference to {record_type.key!r}"
        )
    for key in (computed.field, computed.when, *(name for name, _ in computed.where)):
        if key is not None and key not in source.lines:
            known = ", ".join(sorted(source.lines))
            raise DeclarationError(
                f"{where} looks at {source.key}.{key}, which is no field; there are: {known}"
            )
    if computed.last is not None and computed.when is None:
        raise DeclarationError(
            f"{where} counts the last days, but {source.key!r} has no date to count by: add one, or give when="
        )
    if line.field.stored and computed.last is not None:
        raise DeclarationError(
            f"{where} counts the last {computed.last.days} days: "
            "such a number ages by itself, so it cannot be stored"
        )
    if computed.aggregate is Aggregate.COUNT and line.kind is not Kind.INTEGER:
        raise DeclarationError(f"{where} is a count: its kind is integer, not {line.kind}")
