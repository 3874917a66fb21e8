"""Random arguments for lists: filters of values that occur in the data, orders, searches, pages, cursors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from reads_filters import is_closed
from reads_rows import Rows

from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.rights import Rights
from graphql import GraphQLArgument, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema

__all__ = ["ABSENT", "Cursors", "Inputs", "Maker", "Name", "Variable"]

ABSENT: Final = object()
"""Stands for a variable that is not given."""

Maker = Callable[[Random], object]
Cursors = Mapping[tuple[str, tuple[str, ...]], Sequence[str]]
"""Cursors by the key of a record type and an order, criteria as `name` and `-name`."""

JUNK = ("Елк", "ё", "О'", '"', "zebra", "\\", "%", "", "ЪЪ", "👩", "person1@example.com", "8 916 000-00-01")
WORDS = (*JUNK, "анна", "user", "9160000002", "lodz", "ünï", "  ", "89160000003 анна")
IDS = ("client_0", "client_999999", "user_1", "nonsense", "", "probe_box_3", "client_-1")


@dataclass(frozen=True)
class Name:
    """A word that is written without quotes: a value of an enumeration."""

    text: str


@dataclass(frozen=True)
class Variable:
    """A variable in the place of a value."""

    kind: str
    maker: Maker
    default: object = ABSENT


@dataclass
class Inputs:
    """Makes arguments that a reader with `rights` may use."""

    model: Model
    schema: GraphQLSchema
    rows: Rows
    rights: Rights
    cursors: Cursors

    def identity(self, r: Random, name: str, declared: Mapping[str, GraphQLArgument]) -> dict[str, object]:
        """Return the argument of `node`, `nodes` or of the query for one record."""
        kind = next((one for one in self.model if camel(one.prefix) == name), None)
        if "ids" in declared:
            if r.random() < 0.3:
                return {"ids": [self._as_variable(r, "ID!", lambda r: self._id(r, kind)) for _ in range(2)]}
            return {
                "ids": self._maybe(r, "[ID!]!", lambda r: [self._id(r, kind) for _ in range(r.randint(0, 4))])
            }
        return {"id": self._maybe(r, "ID!", lambda r: self._id(r, kind))}

    def slot(self, r: Random) -> dict[str, object]:
        """Return the argument of `cardFields`."""
        slots = ("card", "list", "header", "nowhere")
        return {} if r.random() < 0.5 else {"slot": self._maybe(r, "String", lambda r: r.choice(slots))}

    def page(
        self, r: Random, type_: GraphQLObjectType, name: str, *, is_crowded: bool, most: int
    ) -> tuple[dict[str, object], int]:
        """Return the arguments of a list, and how many records it may give."""
        kind, own = self._list(type_, name)
        given: dict[str, object] = {}
        if r.random() < 0.5:
            given["filter"] = self._maybe_null(
                r,
                f"{kind.name}Filter",
                lambda r: self._filter(r, kind, None, 3),
                lambda r: self._filter(r, kind, r, 3),
            )
        order, criteria = self._order(r, kind, own)
        given |= order
        if kind.entity.search and r.random() < 0.3:
            given["search"] = self._maybe(r, "String", lambda r: r.choice((*WORDS, None)))
        sizes = (1, 2, 1, 0) if is_crowded else (0, 1, 2, 3, min(5, most), most)
        known = self.cursors.get((kind.key, criteria), ()) if criteria is not None else ()
        window = r.random()
        if window < 0.6 or is_crowded or not known:
            given["first"] = self._maybe(r, "Int", lambda r: r.choice(sizes))
            if known and r.random() < 0.4:
                given["after"] = self._maybe(r, "String", lambda r: r.choice((*known, None)))
            if r.random() < 0.1:
                given["last"] = None
        elif window < 0.9:
            given["last"] = self._maybe(r, "Int", lambda r: r.choice(sizes))
            if r.random() < 0.5:
                given["before"] = self._maybe(r, "String", lambda r: r.choice((*known, None)))
            if r.random() < 0.1:
                given["first"] = None
        elif most > 10:
            given[r.choice(("after", "before"))] = self._maybe(r, "String", lambda r: r.choice(known))
        items = [*given.items()]
        r.shuffle(items)
        return dict(items), max(sizes) if "first" in given or "last" in given else 50

    def _list(self, type_: GraphQLObjectType, name: str) -> tuple[RecordType, tuple[str, ...]]:
        if type_.name == "Query":
            kind = next(one for one in self.model if camel(one.collection) == name)
            return kind, self._seen(kind, kind.default_order)
        for holder in self.model:
            for link in holder.links.values():
                if camel(link.key) == name and type_.name in {
                    holder.name,
                    *(f"{group.title().replace('_', '')}{holder.name}Card" for group in holder.groups()),
                }:
                    target = self.model[link.target]
                    return target, self._seen(target, link.order or target.default_order)
        raise AssertionError(f"{type_.name}.{name}")

    def _seen(self, kind: RecordType, order: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in order if self.rights.sees(kind.key, name.removeprefix("-")))

    def orders(self, kind: RecordType) -> list[str]:
        """Return the names by which the lists of a type may be ordered."""
        lines = [line for line in kind.lines.values() if self.rights.sees(kind.key, line.path)]
        return ["id", *(line.path for line in lines if self._is_orderable(line))]

    @staticmethod
    def _is_orderable(line: Line) -> bool:
        stated = line.field.orderable
        return KINDS[line.kind].is_orderable if stated is None else stated

    def _order(
        self, r: Random, kind: RecordType, own: tuple[str, ...]
    ) -> tuple[dict[str, object], tuple[str, ...] | None]:
        if r.random() < 0.45:
            return {}, own
        if r.random() < 0.15:
            return {"orderBy": r.choice((None, []))}, own
        known = [criteria for key, criteria in self.cursors if key == kind.key and self._may(kind, criteria)]
        if known and r.random() < 0.5:
            criteria = r.choice(known)
            told: object = [self._criterion(name, r) for name in criteria]
            if r.random() < 0.3:
                plain = [_plain(one) for one in told] if isinstance(told, list) else []
                told = Variable(f"[{kind.name}Order!]", lambda _r: plain)
            return {"orderBy": told}, criteria

        def make(r: Random) -> list[object]:
            names = r.sample(self.orders(kind), r.randint(1, min(3, len(self.orders(kind)))))
            return [_plain(self._criterion(r.choice(("", "-")) + name, r)) for name in names]

        def write(r: Random) -> list[object]:
            names = r.sample(self.orders(kind), r.randint(1, min(3, len(self.orders(kind)))))
            return [self._criterion(r.choice(("", "-")) + name, r) for name in names]

        return {"orderBy": self._maybe_null(r, f"[{kind.name}Order!]", make, write)}, None

    def _may(self, kind: RecordType, criteria: tuple[str, ...]) -> bool:
        return all(self.rights.sees(kind.key, name.removeprefix("-")) for name in criteria)

    @staticmethod
    def _criterion(name: str, r: Random) -> dict[str, object]:
        told: dict[str, object] = {"field": Name(name.removeprefix("-").replace(".", "_").upper())}
        if name.startswith("-"):
            told["direction"] = Name("DESC")
        elif r.random() < 0.3:
            told["direction"] = Name("ASC")
        return told

    def _as_variable(self, r: Random, kind: str, maker: Maker) -> Variable:
        if kind.endswith("!"):
            return Variable(kind, maker)
        default = maker(r) if r.random() < 0.25 else ABSENT
        if isinstance(default, dict | list) and kind not in {"[ID!]", "[String!]"}:
            default = ABSENT
        return Variable(kind, lambda r: r.choice((None, ABSENT)) if r.random() < 0.2 else maker(r), default)

    def _maybe(self, r: Random, kind: str, maker: Maker) -> object:
        if r.random() < 0.5:
            return self._as_variable(r, kind, maker)
        return maker(r)

    def _maybe_null(self, r: Random, kind: str, plain: Maker, written: Maker) -> object:
        chance = r.random()
        if chance < 0.35:
            return self._as_variable(r, kind, plain)
        return None if chance < 0.4 else written(r)

    def _id(self, r: Random, kind: RecordType | None) -> str:
        if r.random() < 0.2:
            return r.choice(IDS)
        chosen = kind if kind is not None and r.random() < 0.9 else r.choice([*self.model])
        records = self.rows.records[chosen.key]
        return chosen.global_id(r.choice(records).id) if records else "client_1"

    def _filter(self, r: Random, kind: RecordType, writing: Random | None, depth: int) -> dict[str, object]:
        """Return a filter; with `writing` it is one to be written down, so variables may stand in it."""
        made: dict[str, object] = {}
        for _ in range(r.randint(0, 3) if r.random() < 0.1 else r.randint(1, 2)):
            chance = r.random()
            if chance < 0.2 and depth > 0:
                key = r.choice(("and", "or"))
                inner = [self._filter(r, kind, writing, depth - 1) for _ in range(r.randint(0, 2))]
                made[key] = None if r.random() < 0.08 else inner
            elif chance < 0.3 and depth > 0:
                made["not"] = self._filter(r, kind, writing, depth - 1)
            elif chance < 0.38:
                made["id"] = self._operators(r, self._id_type(kind), lambda r: self._id(r, kind), writing)
            elif chance < 0.55 and kind.groups():
                group = r.choice(kind.groups())
                made[camel(group)] = self._members(r, kind, group, writing, depth)
            else:
                made |= self._members(r, kind, None, writing, depth)
        return made

    def _members(
        self, r: Random, kind: RecordType, group: str | None, writing: Random | None, depth: int
    ) -> dict[str, object]:
        told = [one for one in kind.members(group) if self.rights.sees(kind.key, one.path)]
        told = [
            one
            for one in told
            if not (isinstance(one, Link) and (depth == 0 or is_closed(self.rights, one.target)))
        ]
        made: dict[str, object] = {}
        for member in r.sample(told, min(len(told), r.choice((1, 1, 2)))):
            made[camel(member.key)] = self._member(r, kind, member, writing, depth)
        return made

    def _member(
        self, r: Random, kind: RecordType, member: Line | Link, writing: Random | None, depth: int
    ) -> object:
        if r.random() < 0.05:
            return None
        if isinstance(member, Link):
            target = self.model[member.target]

            def inside(r: Random) -> dict[str, object]:
                return self._filter(r, target, None, depth - 1)

            if not member.is_many:
                if writing is not None and r.random() < 0.2:
                    return self._as_variable(r, f"{target.name}Filter", inside)
                return self._filter(r, target, writing, depth - 1)
            inner = None if r.random() < 0.05 else self._filter(r, target, writing, depth - 1)
            return {r.choice(("some", "none")): inner}
        return self._operators(
            r, self._filter_type(kind, member), lambda r: self._value(r, kind, member), writing
        )

    def _id_type(self, kind: RecordType) -> str:
        return str(self._input(f"{kind.name}Filter").fields["id"].type)

    def _filter_type(self, kind: RecordType, line: Line) -> str:
        name = f"{kind.name}Filter"
        if line.card is not None:
            name = str(self._input(name).fields[camel(line.card)].type)
        return str(self._input(name).fields[camel(line.key)].type)

    def _input(self, name: str) -> GraphQLInputObjectType:
        found = self.schema.type_map[name]
        assert isinstance(found, GraphQLInputObjectType)
        return found

    def _operators(self, r: Random, type_name: str, value: Maker, writing: Random | None) -> object:
        def make(r: Random) -> dict[str, object]:
            return {name: one(r) for name, one in self._chosen(r, type_name, value).items()}

        if writing is not None and r.random() < 0.25:
            return self._as_variable(r, type_name, make)
        if writing is None or r.random() < 0.5:
            return make(r)
        types = self._input(type_name).fields
        made: dict[str, object] = {}
        for name, one in self._chosen(r, type_name, value).items():
            kind = str(types[name].type)
            if kind.startswith("[") and kind != "[Int]" and r.random() < 0.4:
                made[name] = [self._as_variable(r, kind[1:-1], value), value(r)]
            else:
                made[name] = self._maybe(r, kind, one)
        return made

    def _chosen(self, r: Random, type_name: str, value: Maker) -> dict[str, Maker]:
        operators = [*self._input(type_name).fields]
        makers: dict[str, Maker] = {}
        for name in r.sample(operators, min(len(operators), r.choice((1, 1, 1, 2)))):
            maker = _operand(name, value)
            makers[name] = _nullable(maker) if r.random() < 0.1 else maker
        return makers

    def _value(self, r: Random, kind: RecordType, line: Line) -> object:
        """Return a value of the field as a client writes it, mostly one that occurs."""
        records = self.rows.records[kind.key]
        for _ in range(4):
            found = self.rows.value(r.choice(records), line) if records else None
            if found is None:
                continue
            match line.kind:
                case Kind.MONEY:
                    return f"{int(str(found)) / 100:.2f}"
                case Kind.DECIMAL | Kind.PERCENT:
                    scale = line.field.scale
                    return f"{int(str(found)) / 10**scale:.{scale}f}"
                case Kind.CHOICES:
                    return found[0] if isinstance(found, list) and found else "by_air"
            return found
        return SPARE[line.kind]


SPARE: Mapping[Kind, object] = {
    **dict.fromkeys((Kind.TEXT, Kind.LONG_TEXT, Kind.CHOICE, Kind.CHOICES), "spare"),
    **dict.fromkeys((Kind.DECIMAL, Kind.MONEY, Kind.PERCENT), "5"),
    Kind.INTEGER: 5,
    Kind.BOOLEAN: True,
    Kind.DATE: "2025-12-02",
    Kind.DATETIME: "2025-12-31T23:59:59Z",
    Kind.PHONE: "+79160000001",
    Kind.EMAIL: "person1@example.com",
    Kind.URL: "https://example.com/1",
}


def _operand(operator: str, value: Maker) -> Maker:
    match operator:
        case "isNull" | "past" | "today" | "isMe":
            return lambda r: r.random() < 0.5
        case "withinDays":
            return lambda r: r.choice((0, 1, 30, 400, 3_000))
        case "inDays" | "agoDays":
            return lambda r: [r.choice((None, -30, 0, 14)), r.choice((None, 0, 60, 3_000))]
        case "in" | "notIn" | "has":
            return lambda r: [value(r) for _ in range(r.randint(0, 3))]
        case "contains" | "startsWith":
            return lambda r: _piece(r, value, operator)
    return value


def _nullable(maker: Maker) -> Maker:
    return lambda r: None if r.random() < 0.5 else maker(r)


def _piece(r: Random, value: Maker, name: str) -> object:
    if r.random() < 0.3:
        return r.choice(JUNK)
    text = str(value(r))
    start = 0 if name == "startsWith" else r.randint(0, max(0, len(text) - 2))
    return text[start : start + r.randint(1, 4)].swapcase()


def _plain(one: object) -> object:
    """Return an order as a variable holds it."""
    return (
        {key: value.text if isinstance(value, Name) else value for key, value in one.items()}
        if isinstance(one, dict)
        else one
    )
