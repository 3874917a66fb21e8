"""What the journal knows about writing each record type, worked out once from the model."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field
from typing import Any, Final

from piccolo.columns import Column, Secret
from piccolo.columns.defaults.base import Default

from cardfile.database.columns import ColumnType
from cardfile.database.piccolo_bridge import column_type_of
from cardfile.errors import DeclarationError
from cardfile.model.aggregates import Aggregate
from cardfile.model.fields import Field, Kind
from cardfile.model.kinds import KINDS
from cardfile.model.model import Model
from cardfile.model.record_types import Line, Link, RecordType

__all__ = [
    "NOW",
    "SEARCH",
    "STAMPS",
    "CardPlan",
    "EntryPlan",
    "Plan",
    "SearchPart",
    "SearchedBy",
    "Slot",
    "Watcher",
    "build_plans",
]

SEARCH: Final = "search_text"
"""The column that keeps what a search looks through."""

STAMPS: Final = ("id", "created_at", "created_by", "updated_at", "updated_by", "version")
"""The columns of every record that the journal alone writes."""

NOW: Final = object()
"""Stands for the moment of the command among defaults."""

CLIENT: Final = "client"
"""The entity whose timeline events are found by."""

REFERENCES: Final = (Kind.USER, Kind.REFERENCE, Kind.FILE)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one value: its path, its column, its table (`card` is the plugin, None the record's own).

    `line` is None for a column that no field shows; such a value is written, but kept out of the journal.
    `is_money` tells that the value takes two columns: minor units and currency.
    """

    path: str
    column: str
    card: str | None
    type: ColumnType
    line: Line | None
    is_null: bool
    default: object
    is_secret: bool = False
    target: str | None = None
    is_money: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether events tell the value."""
        return self.line is not None and not self.is_secret

    def columns(self) -> tuple[tuple[str, ColumnType], ...]:
        """Return the columns that the value takes, with their types."""
        if self.is_money:
            return (self.column, ColumnType.BIGINT), (f"{self.column}_currency", ColumnType.TEXT)
        return ((self.column, self.type),)


@dataclass(frozen=True, slots=True)
class CardPlan:
    """A plugin's card table and the values in it."""

    plugin: str
    table: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """A list that is written as plain texts: which rows of which type it stands for.

    `field` is what one of its texts is parsed as.
    """

    link: Link
    field: Field
    kind: Kind
    target: str
    has_extension: bool


@dataclass(frozen=True, slots=True)
class SearchPart:
    """One field or entry list whose text is searched; of phones only the digits."""

    path: str
    is_entry: bool
    is_phone: bool


@dataclass(frozen=True, slots=True)
class Watcher:
    """A stored computed field of `host`, made of this type's rows, which point to it by `reference`."""

    host: str
    line: Line
    reference: str
    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class SearchedBy:
    """A type whose search text contains this type's rows, which point to it by `reference`."""

    host: str
    reference: str
    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """How records of one type are written.

    `slots` are all values by path; `folds` map a path to the column of its folded text; `to_client` is the
    way to the client on whose timeline the records appear (empty for clients, None when there is none);
    `paths` are the lines that are read before a record is changed, `blank` is an object without values; `money`
    says by path in which column of the record's own table a currency is kept, `beside` are the paths of what is kept
    elsewhere. In `shapes` what writing some of the
    fields touches is kept, once somebody has worked it out.
    """

    record_type: RecordType
    key: str
    table: str
    slots: Mapping[str, Slot]
    own: tuple[Slot, ...]
    cards: Mapping[str, CardPlan]
    entries: Mapping[str, EntryPlan]
    folds: Mapping[str, str]
    defaults: Mapping[str, object]
    computed: Mapping[str, object]
    constants: Mapping[str, object]
    search: tuple[SearchPart, ...]
    to_client: tuple[Link, ...] | None
    watchers: tuple[Watcher, ...]
    searched_by: tuple[SearchedBy, ...]
    columns: frozenset[str]
    money: Mapping[str, str]
    beside: frozenset[str]
    paths: frozenset[str]
    blank: Mapping[str, object]
    shapes: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)


def build_plans(model: Model) -> Mapping[str, Plan]:
    """Return the plan of every record type that can be written; raises `DeclarationError`."""
    return {
        record_type.key: _plan(model, record_type)
        for record_type in model.types.values()
        if not record_type.entity.read_only
    }


def _plan(model: Model, record_type: RecordType) -> Plan:
    columns = {column._meta.name: column for column in record_type.entity.table._meta.columns}
    missing = [name for name in (*STAMPS, "archived_at") if name not in columns]
    if missing:
        raise DeclarationError(
            f"{record_type.plugin}: the table {record_type.table!r} has no {', '.join(missing)}: "
            "derive it from Record, or make its entity read_only=True"
        )
    own = tuple(_own_slots(record_type, columns))
    cards = {
        name: CardPlan(name, card.table, tuple(_card_slot(record_type, line) for line in card.lines))
        for name, card in record_type.cards.items()
    }
    slots = {slot.path: slot for slot in own}
    slots |= {slot.path: slot for card in cards.values() for slot in card.slots}
    computed = {
        path: 0 if slot.line.field.computed.aggregate in (Aggregate.COUNT, Aggregate.TOTAL) else None
        for path, slot in slots.items()
        if slot.line is not None and slot.line.field.computed is not None
    }
    return Plan(
        record_type=record_type,
        key=record_type.key,
        table=record_type.table,
        slots={path: slot for path, slot in slots.items() if path not in computed},
        own=own,
        cards=cards,
        entries=_entries(model, record_type),
        folds={
            line.path: line.field.folded
            for line in record_type.lines.values()
            if line.field.folded and line.card is None
        },
        defaults={path: slot.default for path, slot in slots.items() if slot.default is not MISSING},
        computed=computed,
        constants={slot.column: computed[slot.path] for slot in own if slot.path in computed},
        search=_search(record_type, columns),
        to_client=_to_client(model, record_type),
        watchers=tuple(_watchers(model, record_type)),
        searched_by=tuple(_searched_by(model, record_type)),
        columns=frozenset(columns),
        beside=frozenset((*slots, *record_type.lines, *record_type.links)) - frozenset(columns),
        money={slot.path: f"{slot.column}_currency" for slot in own if slot.is_money},
        blank={**dict.fromkeys(columns), "_exists_in_db": True, "_was_created": None},
        paths=frozenset(path for path, line in record_type.lines.items() if line.field.is_kept),
    )


def _own_slots(record_type: RecordType, columns: Mapping[str, Column]) -> Iterator[Slot]:
    lines = {line.column: line for line in record_type.lines.values() if line.card is None}
    money = {line.currency_column for line in lines.values() if line.kind is Kind.MONEY}
    folded = {line.field.folded for line in lines.values() if line.field.folded}
    for name, column in columns.items():
        if name in STAMPS or name in money or name in folded or name == SEARCH:
            continue
        line = lines.get(name)
        stored = column_type_of(column)
        if stored is None:
            raise DeclarationError(
                f"{record_type.plugin}: the column {record_type.table}.{name} is a {type(column).__name__}, "
                "which the databases keep differently: take Text, BigInt, Boolean, Date, Timestamptz or JSON"
            )
        yield Slot(
            path=line.path if line else name,
            column=name,
            card=None,
            type=stored,
            line=line,
            is_null=column._meta.null,
            default=_default(line, column),
            is_secret=isinstance(column, Secret),
            target=_target(record_type, line),
            is_money=line is not None and line.kind is Kind.MONEY,
        )


def _card_slot(record_type: RecordType, line: Line) -> Slot:
    default = line.field.default if line.field.default is not None else MISSING
    column_type = KINDS[line.kind].column
    target = _target(record_type, line)
    is_money = line.kind is Kind.MONEY
    return Slot(
        line.path, line.column, line.card, column_type, line, True, default, target=target, is_money=is_money
    )


def _target(record_type: RecordType, line: Line | None) -> str | None:
    if line is None or line.kind not in REFERENCES:
        return None
    return record_type.links[line.path].target


def _default(line: Line | None, column: Column) -> object:
    if line is not None and line.field.default is not None:
        return line.field.default
    default = column.get_default_value()
    if isinstance(default, Default):
        return NOW
    if default is None or (column._meta.null and default == ""):
        return MISSING
    return default


def _entries(model: Model, record_type: RecordType) -> Mapping[str, EntryPlan]:
    found = {}
    for path, link in record_type.links.items():
        if link.entry is None:
            continue
        columns = {column._meta.name for column in model[link.target].entity.table._meta.columns}
        missing = [name for name in ("value", "raw", "label", "is_primary") if name not in columns]
        if missing:
            raise DeclarationError(
                f"{record_type.plugin}: the list {record_type.key}.{path} is written as texts, so "
                f"{model[link.target].table} needs the columns {', '.join(missing)}"
            )
        field = Field(link.key, link.label, link.entry)
        found[path] = EntryPlan(link, field, link.entry, link.target, "extension" in columns)
    return found


def _search(record_type: RecordType, columns: Mapping[str, Column]) -> tuple[SearchPart, ...]:
    wanted = record_type.entity.search
    if wanted and SEARCH not in columns:
        raise DeclarationError(
            f"{record_type.plugin}: entity {record_type.key!r} is searched, so its table needs the column "
            f"{SEARCH} (Text, default='')"
        )
    parts = []
    for path in wanted:
        line, link = record_type.lines.get(path), record_type.links.get(path)
        if line is not None and line.card is None and line.field.computed is None:
            parts.append(SearchPart(path, is_entry=False, is_phone=line.kind is Kind.PHONE))
        elif link is not None and link.entry is not None:
            parts.append(SearchPart(path, is_entry=True, is_phone=link.entry is Kind.PHONE))
        else:
            raise DeclarationError(
                f"{record_type.plugin}: entity {record_type.key!r} is searched by {path!r}, which is neither "
                "a field of its own nor a list with entry=…"
            )
    return tuple(parts)


def _to_client(model: Model, record_type: RecordType) -> tuple[Link, ...] | None:
    """Return the way to the client: the record itself, its `client`, or on along what it hangs on."""
    way: list[Link] = []
    here, seen = record_type, {record_type.key}
    while here.key != CLIENT:
        link = _hanging(here)
        if link is None or link.target in seen or link.card is not None:
            return None
        way.append(link)
        seen.add(link.target)
        here = model[link.target]
    return tuple(way)


def _hanging(record_type: RecordType) -> Link | None:
    references = [link for link in record_type.links.values() if link.column == "id"]
    for link in references:
        if link.target == CLIENT and link.path == CLIENT:
            return link
    reference = getattr(record_type.visibility, "reference", None)
    return record_type.links.get(reference) if reference else None


def _watchers(model: Model, record_type: RecordType) -> Iterator[Watcher]:
    for host in model.types.values():
        for line in host.lines.values():
            computed = line.field.computed
            if computed is None or not line.field.stored or computed.table is not record_type.entity.table:
                continue
            # The first reference, as the query takes it when it computes the same field.
            links = (link for link in record_type.links.values() if link.column == "id")
            reference = next(link.path for link in links if link.target == host.key)
            paths = {reference, "archived_at", *(key for key, _ in computed.where)}
            if computed.field:
                paths.add(computed.field)
            yield Watcher(host.key, line, reference, frozenset(paths))


def _searched_by(model: Model, record_type: RecordType) -> Iterator[SearchedBy]:
    for host in model.types.values():
        for path in host.entity.search:
            link = host.links.get(path)
            if link is not None and link.entry is not None and link.target == record_type.key:
                paths = {"value", "archived_at", link.column, *link.where}
                yield SearchedBy(host.key, link.column, frozenset(paths))
