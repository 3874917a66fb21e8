"""The answers that reads must give, by naive resolvers over lists of rows: nothing of the query room is used.

The schema's text is built anew without any of our resolvers; graphql-core executes documents on it and asks the
oracle for every field of every record. Filters have two values, orders take null for the smallest, pages are cut
out of sorted lists. A cursor is told as the order values of its row.
"""

import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from reads_filters import Filters, OrderKey, Sorting
from reads_rows import Record, Rows, Value

from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.model import Model
from cardfile.model.names import camel, split_id
from cardfile.model.record_types import Line, RecordType
from cardfile.rights import Rights
from cardfile.texts import said
from cardfile.values.money import Money, minor_digits
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    build_schema,
    execute_sync,
)

__all__ = ["Oracle", "cursor_values"]

Arguments = Mapping[str, object]


@dataclass(frozen=True)
class Part:
    """What a plugin adds to a record."""

    record: Record
    plugin: str


class Oracle:
    """Knows every row, and answers documents for any reader."""

    def __init__(self, rows: Rows, sdl: str) -> None:
        self.rows = rows
        self.schema = build_schema(sdl, assume_valid=True)

    def answer(
        self, document: DocumentNode, variables: Mapping[str, object], rights: Rights, reading: Reading
    ) -> ExecutionResult:
        """Execute a document as the specification says."""
        asked = _Asked(self.rows, rights, reading)
        return execute_sync(
            self.schema,
            document,
            variable_values=dict(variables),
            field_resolver=asked.resolve,
            type_resolver=lambda value, *_: value.type.name if isinstance(value, Record) else None,
        )


class _Asked:
    def __init__(self, rows: Rows, rights: Rights, reading: Reading) -> None:
        self.rows = replace(rows, locale=reading.locale)
        self.model: Model = rows.model
        self.rights = rights
        self.reading = reading
        self.filters = Filters(self.rows, rights, reading)

    def resolve(self, source: object, info: "GraphQLResolveInfo[None]", **arguments: object) -> object:
        """Return the value of one field of one object."""
        name = info.field_name
        match source:
            case None:
                return self._root(name, arguments)
            case Record():
                return self._of_record(source, name, arguments)
            case Part(record, plugin):
                return self._member(record, plugin, name, arguments)
            case Mapping():
                found = source[name]
                return found() if callable(found) else found
        raise AssertionError(f"{type(source)} has no fields")

    def _root(self, name: str, arguments: Arguments) -> object:
        if name == "me":
            return self.rows.find("user", self.rights.user)
        if name == "node":
            return self._node(arguments["id"])
        if name == "nodes":
            ids = arguments["ids"]
            assert isinstance(ids, list)
            return [self._node(one) for one in ids]
        for kind in self.model:
            if name == camel(kind.collection):
                order = Sorting.named(kind, self.rights, kind.default_order)
                return self._page(self.rows.records[kind.key], kind, order, arguments)
            if name == camel(kind.prefix):
                return self._node(arguments["id"], kind)
        raise AssertionError(name)

    def _node(self, identity: object, only: RecordType | None = None) -> Record | None:
        parts = split_id(identity)
        kind = self.model.by_prefix(parts[0]) if parts else None
        if parts is None or kind is None or (only is not None and kind is not only):
            return None
        return self._seen(self.rows.find(kind.key, parts[1]))

    def _seen(self, record: Record | None) -> Record | None:
        return record if record is not None and self.rows.sees(self.rights, record) else None

    def _of_record(self, record: Record, name: str, arguments: Arguments) -> object:
        if name == "id":
            return record.type.global_id(record.id)
        if name == "cardFields":
            return self._card_fields(record, arguments["slot"])
        for plugin in record.type.groups():
            if name == camel(plugin):
                return Part(record, plugin)
        return self._member(record, None, name, arguments)

    def _member(self, record: Record, group: str | None, name: str, arguments: Arguments) -> object:
        member = next(one for one in record.type.members(group) if camel(one.key) == name)
        is_hidden = not self.rights.sees(record.type.key, member.path)
        if isinstance(member, Line):
            return None if is_hidden else self._shown(record, member)
        target = self.model[member.target]
        linked = [] if is_hidden else list(self.rows.linked(record, member))
        own = Sorting.own(self.model, self.rights, member)
        if member.is_many and not member.plain:
            return self._page(linked, target, own, arguments)
        seen = [one for one in linked if self._seen(one)]
        if member.column == "id":
            return seen[0] if seen else None
        live = sorted((one for one in seen if one.is_live), key=Sorting(self.rows, own).key)
        return live if member.plain else next(iter(live), None)

    def _shown(self, record: Record, line: Line) -> object:
        value = self.rows.value(record, line)
        match line.kind:
            case Kind.MONEY:
                currency = record.column(line.currency_column, line.card)
                if value is None or currency is None:
                    return None
                amount = Decimal(int(str(value))).scaleb(-minor_digits(str(currency)))
                return {"amount": format(amount, "f"), "currency": currency}
            case Kind.DECIMAL | Kind.PERCENT:
                scaled = None if value is None else Decimal(int(str(value))).scaleb(-line.field.scale)
                return None if scaled is None else format(scaled, "f")
            case Kind.CHOICE:
                return None if value is None else self._option(line, str(value))
            case Kind.CHOICES:
                return [self._option(line, key) for key in value] if isinstance(value, list) else None
        return value

    def _option(self, line: Line, key: str) -> Mapping[str, object]:
        for position, one in enumerate(line.field.options):
            if one.key == key:
                label = said(one.label, self.reading.locale)
                told = {"key": key, "label": label, "color": one.color}
                return {**told, "position": position, "plugin": line.plugin}
        return {"key": key, "label": key, "color": None, "position": None, "plugin": None}

    def _page(
        self, linked: Sequence[Record], kind: RecordType, own: Sequence[OrderKey], arguments: Arguments
    ) -> Mapping[str, object]:
        chosen = arguments.get("filter")
        assert chosen is None or isinstance(chosen, dict)
        speaks = chosen is not None and chosen.get("archivedAt") is not None
        search = arguments.get("search")
        assert search is None or isinstance(search, str)
        sorting = Sorting(self.rows, self._order(kind, arguments.get("orderBy")) or own)
        found = [
            one
            for one in linked
            if self._seen(one)
            and (speaks or one.is_live)
            and self.filters.holds(one, chosen)
            and self.filters.searched(one, search)
        ]
        found.sort(key=sorting.key)
        return _cut(found, sorting, arguments)

    def _order(self, kind: RecordType, asked: object) -> list[OrderKey]:
        keys: list[OrderKey] = []
        assert asked is None or isinstance(asked, list)
        for one in asked or ():
            paths = [path for path in ("id", *kind.lines) if path.replace(".", "_").upper() == one["field"]]
            if not self.rights.sees(kind.key, paths[0]):
                raise GraphQLError(f"hidden: {paths[0]}")
            keys.append((None if paths[0] == "id" else kind.line(paths[0]), one["direction"] == "DESC"))
        return keys

    def _card_fields(self, record: Record, slot: object) -> list[Mapping[str, object]]:
        lines = [line for line in record.type.lines.values() if slot in line.field.slots]
        seen = [line for line in lines if self.rights.sees(record.type.key, line.path)]
        return [self._card_field(record, line) for line in sorted(seen, key=lambda one: one.field.position)]

    def _card_field(self, record: Record, line: Line) -> Mapping[str, object]:
        value = self.rows.value(record, line)
        text = None if value is None else self._text(record, line, value)
        scheme = {Kind.PHONE: "tel:", Kind.EMAIL: "mailto:", Kind.URL: ""}.get(line.kind)
        return {
            "key": line.path,
            "label": said(line.field.label, self.reading.locale),
            "text": text,
            "kind": line.kind.value,
            "href": None if scheme is None or value is None else f"{scheme}{value}",
            "plugin": line.plugin,
        }

    def _text(self, record: Record, line: Line, value: Value) -> str | None:
        link = record.type.links.get(line.path)
        if link is not None:
            there = next(iter(self.rows.linked(record, link)), None)
            title = self.model[link.target].entity.title
            seen = self._seen(there)
            if seen is None:
                return None
            if not title or not self.rights.sees(seen.type.key, title):
                return seen.type.global_id(seen.id)
            return str(seen.values[title] or "")
        typed: object = value
        if line.kind is Kind.DATE:
            typed = date.fromisoformat(str(value))
        elif line.kind is Kind.DATETIME:
            typed = datetime.fromisoformat(str(value)).astimezone(UTC)
        elif line.kind is Kind.MONEY:
            currency = record.column(line.currency_column, line.card)
            if currency is None:
                return None
            typed = Money(int(str(value)), str(currency))
        return KINDS[line.kind].show(typed, line.field, self.reading)


def _cut(found: Sequence[Record], sorting: Sorting, arguments: Arguments) -> Mapping[str, object]:
    """Return the page that first, after, last and before cut out of a sorted list."""
    given = {
        name: one for name in ("first", "after", "last", "before") if (one := arguments.get(name)) is not None
    }
    if given.keys() & {"first", "after"} and given.keys() & {"last", "before"}:
        raise GraphQLError("both ways")
    is_backward = bool(given.keys() & {"last", "before"})
    size = given.get("last" if is_backward else "first", 50)
    cursor = given.get("before" if is_backward else "after")
    if not isinstance(size, int) or not 0 <= size <= 200:
        raise GraphQLError("size")
    within = list(found)
    if cursor is not None:
        here = cursor_values(cursor)
        wanted = 1 if not is_backward else -1
        within = [one for one in found if sorting.compare(sorting.values(one), here) == wanted]
    shown = within[max(0, len(within) - size) :] if is_backward else within[:size]
    cursors = [f"cursor:{json.dumps(sorting.values(one))}" for one in shown]
    more = len(within) > size
    return {
        "nodes": shown,
        "edges": [{"node": one, "cursor": told} for one, told in zip(shown, cursors, strict=True)],
        "totalCount": len(found),
        "pageInfo": {
            "hasNextPage": cursor is not None if is_backward else more,
            "hasPreviousPage": more if is_backward else cursor is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def cursor_values(cursor: object) -> list[Value]:
    """Return the order values inside a cursor: six letters that name its order, then JSON as hexadecimal digits."""
    values: list[Value] = json.loads(binascii.unhexlify(str(cursor)[6:]))
    return values
