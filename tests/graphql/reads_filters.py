"""What a filter, an order and a search mean, said a second time over rows in Python."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cmp_to_key
from zoneinfo import ZoneInfo

from reads_rows import Record, Rows, Value, instant

from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.model import Model
from cardfile.model.names import camel, split_id
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.rights import Rights, Scope
from cardfile.values.text import fold
from graphql import GraphQLError

__all__ = ["Filters", "OrderKey", "Sorting", "is_closed"]

Data = Mapping[str, object]
OrderKey = tuple[Line | None, bool]
"""A line (None is the id), and whether the order descends."""


def is_closed(rights: Rights, key: str) -> bool:
    """Tell whether the reader may see no record of the entity at all."""
    return rights.scope(key, "read") is Scope.NONE and key not in rights.shared


class Filters:
    """Filters as one reader may use them. A condition that says nothing is None."""

    def __init__(self, rows: Rows, rights: Rights, reading: Reading) -> None:
        self.rows = rows
        self.rights = rights
        self.reading = reading

    def holds(self, record: Record, data: Data | None) -> bool:
        """Tell whether the record satisfies the filter."""
        return self._object(record, data, None) is not False

    def _object(self, record: Record, data: Data | None, group: str | None) -> bool | None:
        found = [self._member(record, key, part, group) for key, part in (data or {}).items()]
        told = [one for one in found if one is not None]
        return all(told) if told else None

    def _member(self, record: Record, key: str, part: object, group: str | None) -> bool | None:
        if part is None:
            return None
        if key in {"and", "or"}:
            assert isinstance(part, list)
            found = [self._object(record, one, group) for one in part]
            if key == "or":
                return any(one is not False for one in found)
            told = [one for one in found if one is not None]
            return all(told) if told else None
        assert isinstance(part, dict)
        if key == "not":
            inside = self._object(record, part, group)
            return None if inside is None else not inside
        if group is None and key == "id":
            return self._identity(record.id, record.type, part)
        if group is None and key in (groups := {camel(name): name for name in record.type.groups()}):
            return self._object(record, part, groups[key])
        member = next(one for one in record.type.members(group) if camel(one.key) == key)
        path = member.path
        if not self.rights.sees(record.type.key, path):
            raise GraphQLError(f"hidden: {path}")
        if isinstance(member, Link):
            return self._link(record, member, part)
        return self._line(self.rows.value(record, member), member, part)

    def _identity(self, number: int | None, target: RecordType, part: Data) -> bool | None:
        def restore(text: object) -> Value:
            parts = split_id(text)
            return parts[1] if parts and parts[0] == target.prefix else -1

        return self._compare(number, part, restore)

    def _link(self, record: Record, link: Link, part: Data) -> bool | None:
        if is_closed(self.rights, link.target):
            raise GraphQLError(f"closed: {link.target}")
        seen = [one for one in self.rows.linked(record, link) if self.rows.sees(self.rights, one)]
        if link.column == "id":
            return self._to_one(seen[0] if seen else None, self.rows.model[link.target], part)
        live = [one for one in seen if one.is_live]
        if link.one:
            first = sorted(live, key=Sorting(self.rows, Sorting.own(self.rows.model, self.rights, link)).key)[
                :1
            ]
            return self._to_one(first[0] if first else None, self.rows.model[link.target], part)
        found = []
        for quantifier, inner in part.items():
            if inner is not None:
                assert isinstance(inner, dict)
                some = any(self.holds(one, inner) for one in live)
                found.append(some if quantifier == "some" else not some)
        return all(found) if found else None

    def _to_one(self, there: Record | None, target: RecordType, part: Data) -> bool | None:
        """Return whether the linked record is like this; its id is null when there is none that the reader sees."""
        identity = part.get("id")
        rest = {key: one for key, one in part.items() if key != "id"}
        told = []
        if identity is not None:
            assert isinstance(identity, dict)
            told.append(self._identity(there.id if there else None, target, identity))
        if self.says_something(rest):
            told.append(there is not None and self.holds(there, rest))
        known = [one for one in told if one is not None]
        return all(known) if known else None

    def says_something(self, part: object) -> bool:
        """Tell whether there is a condition somewhere in a filter."""
        if not isinstance(part, dict):
            return False
        for key, one in part.items():
            if one is None:
                continue
            if key == "or" and one == []:
                return True
            if key in {"and", "or"} and isinstance(one, list):
                if (key == "or" and one) or any(self.says_something(item) for item in one):
                    return True
            elif (
                key == "eq"
                or not isinstance(one, dict)
                or key in {"some", "none"}
                or self.says_something(one)
            ):
                return True
        return "eq" in part

    def _line(self, value: Value, line: Line, part: Data) -> bool | None:
        spec = KINDS[line.kind]
        convert: Callable[[object], Value]
        if line.kind is Kind.CHOICE or line.kind is Kind.CHOICES:
            convert = str
        elif line.kind is Kind.MONEY:
            # Sums are compared in minor units, whatever the currency.
            convert = lambda given: int(Decimal(str(given)) * 100)  # noqa: E731
        else:
            convert = lambda given: _canonical(spec.parse(given, line.field, self.reading))  # noqa: E731
        plain = {name: one for name, one in part.items() if name not in RELATIVE}
        told = [self._compare(value, plain, convert)]
        told += [
            self._is_near(value, line, name, given)
            for name, given in part.items()
            if name in RELATIVE and given is not None
        ]
        known = [one for one in told if one is not None]
        return all(known) if known else None

    def _is_near(self, value: Value, line: Line, name: str, given: object) -> bool:
        """Tell whether a date or an instant lies where a condition relative to the present wants it."""
        if value is None:
            return False
        zone = ZoneInfo(self.reading.zone)
        today = self.rows.now.astimezone(zone).date()
        if line.kind is Kind.DATETIME:
            day = datetime.fromisoformat(str(value)).astimezone(zone).date()
            is_past = str(value) < instant(self.rows.now)
        else:
            day = date.fromisoformat(str(value))
            is_past = day < today
        ahead = (day - today).days
        match name, given:
            case "past", bool():
                return is_past == given
            case "today", bool():
                return (ahead == 0) == given
            case "withinDays", int():
                return -given <= ahead <= 0
            case _, [int() | None as low, int() | None as high]:
                near = ahead if name == "inDays" else -ahead
                return (low is None or near >= low) and (high is None or near <= high)
        raise AssertionError(f"{name}: {given}")

    def _compare(self, value: Value, part: Data, convert: Callable[[object], Value]) -> bool | None:
        found = []
        for operator, given in part.items():
            if given is None:
                if operator == "eq":
                    found.append(value is None)
                continue
            match operator:
                case "isNull":
                    found.append((value is None) == given)
                case "in" | "notIn":
                    assert isinstance(given, list)
                    among = value is not None and value in [convert(one) for one in given]
                    found.append(among == (operator == "in"))
                case "isMe":
                    found.append((value == self.rights.user and value is not None) == given)
                case "has":
                    assert isinstance(given, list)
                    found.append(isinstance(value, list) and not {*value}.isdisjoint(given))
                case "contains":
                    found.append(value is not None and fold(str(given)) in fold(str(value)))
                case "startsWith":
                    found.append(value is not None and fold(str(value)).startswith(fold(str(given))))
                case _:
                    other = convert(given)
                    found.append(value is not None and COMPARISONS[operator](_sign(value, other)))
        return all(found) if found else None

    def searched(self, record: Record, text: str | None) -> bool:
        """Tell whether every word of a search occurs in the record, in what the reader may see of it."""
        words = _words(fold(text or ""))
        searched = record.type.entity.search
        if all(self._is_open(record.type, member) for member in searched):
            kept = [str(record.values.get("search_text"))]
        else:
            seen = [one for one in searched if self.rights.sees(record.type.key, one)]
            lines = [record.type.lines[one] for one in seen if one in record.type.lines]
            kept = [fold(str(self.rows.value(record, line) or "")) for line in lines]
        return all(any(word in one for one in kept) for word in words)

    def _is_open(self, kind: RecordType, member: str) -> bool:
        """Tell whether the reader sees a member of a search in every record that he sees."""
        if not self.rights.sees(kind.key, member):
            return False
        if member in kind.lines:
            return True
        target = kind.links[member].target
        there, here = (self.rights.scope(key, "read") for key in (target, kind.key))
        hides_some = any(
            (link := self.rows.model[entity].links.get(path)) and link.entry and link.target == target
            for entity, path in self.rights.hidden
        )
        return (
            self.rights.sees(target, "value") and there >= here and there is not Scope.NONE and not hides_some
        )


RELATIVE = frozenset(("past", "today", "inDays", "agoDays", "withinDays"))
PHONE_MARKS = frozenset(" \t\u00a0()+-./")
COMPARISONS: Mapping[str, Callable[[int], bool]] = {
    "eq": lambda sign: sign == 0,
    "gt": lambda sign: sign > 0,
    "gte": lambda sign: sign >= 0,
    "lt": lambda sign: sign < 0,
    "lte": lambda sign: sign <= 0,
}


def _canonical(value: object) -> Value:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    assert value is None or isinstance(value, str | int)
    return value


def _words(text: str) -> list[str]:
    """Return the words of a search; a phone counts as one however it is typed, and as it is kept."""
    whole = _phone(text)
    return [whole] if len(whole) >= 5 else [_phone(word) or word for word in text.split()[:8]]


def _phone(text: str) -> str:
    digits = "".join(letter for letter in text if letter not in PHONE_MARKS)
    if not digits.isdecimal() or len(digits) > 15:
        return ""
    is_national = digits[0] == "8" or (len(digits) == 11 and digits[0] == "7")
    return digits[1:] if len(digits) >= 5 and is_national else digits


def _sign(value: Value, other: Value) -> int:
    """Compare two values of one column; null is the smallest."""
    if value is None or other is None:
        return (value is not None) - (other is not None)
    return (value > other) - (value < other)  # type: ignore[operator]  # of one column, so of one type


class Sorting:
    """An order of records: criteria, the id last."""

    def __init__(self, rows: Rows, keys: Sequence[OrderKey]) -> None:
        self.rows = rows
        self.keys = [*keys]
        ends = [index for index, (line, _) in enumerate(self.keys) if line is None]
        if ends:
            self.keys = self.keys[: ends[0] + 1]
        else:
            self.keys.append((None, self.keys[-1][1] if self.keys else False))
        self.key = cmp_to_key(self._compare_records)

    @staticmethod
    def named(kind: RecordType, rights: Rights, names: Sequence[str]) -> list[OrderKey]:
        """Return declared criteria that are not hidden: names, with a minus for descending."""
        paths = [(name.removeprefix("-"), name.startswith("-")) for name in names]
        seen = [(path, down) for path, down in paths if rights.sees(kind.key, path)]
        return [(None if path == "id" else kind.line(path), down) for path, down in seen]

    @staticmethod
    def own(model: Model, rights: Rights, link: Link) -> list[OrderKey]:
        """Return the order of a link's list."""
        target = model[link.target]
        return Sorting.named(target, rights, link.order or target.default_order)

    def values(self, record: Record) -> list[Value]:
        """Return what the record is ordered by: what its cursor holds."""
        return [record.id if line is None else self._value(record, line) for line, _ in self.keys]

    def _value(self, record: Record, line: Line) -> Value:
        return record.values[line.field.folded] if line.field.folded else self.rows.value(record, line)

    def _compare_records(self, one: Record, other: Record) -> int:
        return self.compare(self.values(one), self.values(other))

    def compare(self, values: Sequence[Value], others: Sequence[Value]) -> int:
        """Return -1 when the first values stand before the others, 1 when after, 0 when they are equal."""
        for (_, is_descending), value, other in zip(self.keys, values, others, strict=True):
            if sign := _sign(value, other):
                return -sign if is_descending else sign
        return 0
