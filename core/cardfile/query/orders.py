"""The order of a list, the cursor of a row in it, and the condition for what comes after a cursor.

Every order ends with the id, so that no two rows are equal. Null is the smallest value on both databases. A
cursor holds the row's own order values: a row that moves never repeats on a later page.
"""

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b

import orjson

from cardfile.errors import InvalidInput
from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS
from cardfile.model.names import snake
from cardfile.model.record_types import Line, RecordType
from cardfile.query.given import Given
from cardfile.query.row import Row

__all__ = ["Order", "declared_order", "order_of"]

MAX_KEYS = 4


@dataclass(frozen=True, slots=True)
class Key:
    """One criterion; `line` is None for the id, which stands at the end."""

    line: Line | None
    is_descending: bool

    @property
    def type(self) -> str:
        """The type of the key's value as a parameter."""
        if self.line is None:
            return "bigint"
        return "text" if self.line.field.folded else str(KINDS[self.line.kind].column)

    @property
    def is_null(self) -> bool:
        """Whether the value may be null."""
        return self.line is not None and self.line.is_null

    def expression(self, row: Row) -> str:
        """Return the SQL by which rows are ordered."""
        return row.order_value(self.line) if self.line is not None else f"{row.alias}.id"


@dataclass(frozen=True, slots=True)
class Order:
    """The criteria of a list, the id last."""

    keys: tuple[Key, ...]

    @property
    def signature(self) -> str:
        """A few letters that tell this order from others, so that no cursor is used in a foreign list."""
        told = [(key.line.path if key.line else "id", key.is_descending) for key in self.keys]
        return blake2b(repr(told).encode(), digest_size=3).hexdigest()

    def reversed(self) -> "Order":
        """Return the same criteria the other way round."""
        return Order(tuple(Key(key.line, not key.is_descending) for key in self.keys))

    def clause(self, row: Row, expressions: Sequence[str] | None = None) -> str:
        """Return what stands after `order by`; `expressions` replace the keys' own."""
        dialect = row.statement.dialect
        values = expressions or [key.expression(row) for key in self.keys]
        terms = []
        for key, value in zip(self.keys, values, strict=True):
            if key.line is None and len(self.keys) == 1:
                # The primary key's own index has the database's order; in others the id is as any column.
                terms.append(f"{value} {'desc' if key.is_descending else 'asc'}")
            else:
                terms.append(dialect.descending(value) if key.is_descending else dialect.ascending(value))
        return ", ".join(terms)

    def cursor(self, row: Row, expressions: Sequence[str] | None = None) -> str:
        """Return the SQL of the cursor of a row, as JSON text."""
        dialect = row.statement.dialect
        values = expressions or [key.expression(row) for key in self.keys]
        pieces: list[str] = []
        for index, (key, value) in enumerate(zip(self.keys, values, strict=True)):
            pieces += ["','" if index else "'['", self._value_json(row, key, value)]
        pieces.append("']'")
        return dialect.concat([f"'\"{self.signature}'", dialect.hexadecimal(dialect.concat(pieces)), "'\"'"])

    @staticmethod
    def _value_json(row: Row, key: Key, value: str) -> str:
        dialect = row.statement.dialect
        if key.line is None:
            return f"cast({value} as text)"
        if key.line.field.folded:
            return f"coalesce({dialect.json_string(value)},'null')"
        match key.line.kind:
            case Kind.DATE:
                text = dialect.date(value)
            case Kind.DATETIME:
                text = dialect.instant(value)
            case Kind.BOOLEAN:
                text = dialect.boolean(value)
            case Kind.INTEGER | Kind.DECIMAL | Kind.PERCENT | Kind.MONEY:
                text = f"cast({value} as text)"
            case _:
                text = dialect.json_string(value)
        return f"coalesce({text},'null')"

    def after(self, row: Row, given: Given, *, path: str, signature: str) -> str:
        """Return the condition that a row comes after the cursor `given`.

        `path` names the argument in errors; `signature` is that of the order whose cursors are accepted.
        """
        nulls = given.look(_Nulls(signature, len(self.keys)))
        if nulls is None:
            raise InvalidInput("This cursor does not belong to this list in this order.", path=(path,))
        places = [
            None
            if is_null
            else row.statement.value(
                given, _Nth(signature, index, key, path), key.type, known_as=("cursor", index)
            )
            for index, (key, is_null) in enumerate(zip(self.keys, nulls, strict=True))
        ]
        return self._beyond(row, places, 0)

    def _beyond(self, row: Row, places: Sequence[str | None], index: int) -> str:
        rest = self.keys[index:]
        known = [place for place in places[index:] if place is not None]
        if (
            len(known) == len(rest)
            and not any(key.is_null for key in rest)
            and len({key.is_descending for key in rest}) == 1
        ):
            sign = "<" if rest[0].is_descending else ">"
            values = ", ".join(key.expression(row) for key in rest)
            return f"({values}) {sign} ({', '.join(known)})"
        key, place, value = self.keys[index], places[index], self.keys[index].expression(row)
        deeper = self._beyond(row, places, index + 1) if index + 1 < len(self.keys) else None
        if place is None:
            equal = f"{value} is null" + (f" and {deeper}" if deeper else "")
            return f"({equal})" if key.is_descending else f"({value} is not null or ({equal}))"
        beyond = f"{value} {'<' if key.is_descending else '>'} {place}"
        if key.is_descending and key.is_null:
            beyond = f"({beyond} or {value} is null)"
        return f"({beyond} or ({value} = {place} and {deeper}))" if deeper else f"({beyond})"


@dataclass(frozen=True, slots=True)
class _Nulls:
    """Sees which values of a cursor are null; None for what is no cursor of this order."""

    signature: str
    length: int

    def __call__(self, value: object) -> tuple[bool, ...] | None:
        values = _decoded(value, self.signature)
        return (
            tuple(one is None for one in values)
            if values is not None and len(values) == self.length
            else None
        )


@dataclass(frozen=True, slots=True)
class _Nth:
    """Takes one value out of a cursor."""

    signature: str
    index: int
    key: Key
    path: str

    def __call__(self, value: object) -> object:
        values = _decoded(value, self.signature) or []
        found = values[self.index]
        try:
            return _restored(found, self.key)
        except (ValueError, TypeError):
            raise InvalidInput(
                "This cursor does not belong to this list in this order.", path=(self.path,)
            ) from None


def _restored(found: object, key: Key) -> object:
    kind = key.line.kind if key.line is not None and not key.line.field.folded else None
    if kind is Kind.DATE:
        return date.fromisoformat(_text(found))
    if kind is Kind.DATETIME:
        return datetime.fromisoformat(_text(found))
    if kind is Kind.BOOLEAN:
        if not isinstance(found, bool):
            raise TypeError
        return found
    if key.type in {"bigint", "integer", "id"}:
        if not isinstance(found, int) or isinstance(found, bool) or abs(found) >= 2**63:
            raise TypeError
        return found
    return _text(found)


def _text(found: object) -> str:
    if not isinstance(found, str) or "\x00" in found:
        raise TypeError
    return found


def _decoded(cursor: object, signature: str) -> list[object] | None:
    if not isinstance(cursor, str) or not cursor.startswith(signature) or len(cursor) > 10_000:
        return None
    try:
        values = orjson.loads(binascii.unhexlify(cursor[len(signature) :]))
    except ValueError:
        return None
    return values if isinstance(values, list) else None


def order_of(row: Row, given: Given | None) -> Order:
    """Return the order that was asked for, or the entity's own; raises `InvalidInput` for a field that cannot order."""
    asked = _asked(row, given.items()) if given is not None and not given.is_null else None
    return _ended(asked) if asked else declared_order(row, row.type.default_order)


def declared_order(row: Row, names: Sequence[str]) -> Order:
    """Return an order that the model declares, without what is hidden from this reader.

    Places and cursors would tell him what the answer does not show.
    """
    keys = [_default_key(row.type, name) for name in names]
    return _ended([key for key in keys if key.line is None or not row.is_hidden(key.line.path)])


def _ended(keys: Sequence[Key]) -> Order:
    for index, key in enumerate(keys):
        if key.line is None:  # nothing can be ordered further once the id has spoken
            return Order(tuple(keys[: index + 1]))
    return Order((*keys, Key(None, bool(keys) and keys[-1].is_descending)))


def _default_key(record_type: RecordType, name: str) -> Key:
    path = name.removeprefix("-")
    return Key(None if path == "id" else record_type.line(path), name.startswith("-"))


def _asked(row: Row, items: Sequence[Given] | None) -> list[Key]:
    found: list[Key] = []
    for index, item in enumerate(items or ()):
        one, where = item.plain(), ("orderBy", index)
        if isinstance(one, str):
            name, is_descending = one.removeprefix("-"), one.startswith("-")
        elif isinstance(one, Mapping):
            name, is_descending = str(one.get("field")), str(one.get("direction") or "ASC") == "DESC"
        else:
            raise InvalidInput("An order is a field with a direction.", path=where)
        found.append(Key(_orderable(row, name, where), is_descending))
    if len(found) > MAX_KEYS:
        raise InvalidInput("A list is ordered by at most {most} fields.", most=MAX_KEYS, path=("orderBy",))
    return found


def _orderable(row: Row, name: str, where: tuple[str, int]) -> Line | None:
    path = ".".join(snake(part) for part in name.split("."))
    if path == "id":
        return None
    line = row.type.lines.get(path)
    if line is None or row.is_hidden(path) or not is_orderable(line):
        raise InvalidInput(
            "{entity} cannot be ordered by {field}.",
            entity=row.type.name,
            field=name,
            path=(*where, "field"),
        )
    return line


def is_orderable(line: Line) -> bool:
    """Tell whether lists may be ordered by the line."""
    allowed = line.field.orderable
    return KINDS[line.kind].is_orderable if allowed is None else allowed
