"""What the declarations come to once an app is built: record types with their lines and links."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardfile.database.tables import Record
from cardfile.errors import DeclarationError, NotFound
from cardfile.model.entities import Entity, Visibility
from cardfile.model.fields import Field, Kind
from cardfile.model.names import global_id, local_id, pascal, split_id
from cardfile.texts import Label

__all__ = ["CORE", "Card", "Line", "Link", "RecordType"]

CORE = "core"
"""The plugin name of the core's own declarations."""


@dataclass(frozen=True, slots=True)
class Line:
    """A field in its place: which column of which table holds it, and by which path it is known.

    `path` is `birthday` for a field of the entity and `fitness.goal` for a plugin's card field; `card` is the
    plugin whose card table holds the column, None for the entity's own table; `is_null` tells whether the
    column may be empty.
    """

    field: Field
    path: str
    column: str
    card: str | None
    plugin: str
    is_null: bool

    @property
    def key(self) -> str:
        """The field's own key, without the plugin."""
        return self.field.key

    @property
    def kind(self) -> Kind:
        """What the field holds."""
        return self.field.kind

    @property
    def currency_column(self) -> str:
        """The column beside a money column that keeps the ISO-4217 code."""
        return f"{self.column}_currency"


@dataclass(frozen=True, slots=True)
class Link:
    """The way from a record to others: `source` is this row's column, `column` the other's that equals it.

    To-one links have `column == "id"`; to-many links have `source == "id"`. `card` is the plugin whose card
    table holds `source`, None for the entity's own table. `group` is the plugin under whose name the link is
    shown, None for the entity's own. `implied` tells that whoever sees this record sees the linked ones, when
    he has the same scope on both. `entry` and `synonyms` are the relation's own.
    """

    path: str
    label: Label
    target: str
    source: str
    column: str
    card: str | None = None
    group: str | None = None
    order: tuple[str, ...] = ()
    where: Mapping[str, str | int | bool] = field(default_factory=dict)
    one: bool = False
    plain: bool = False
    implied: bool = False
    entry: Kind | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The link's own key, without the plugin."""
        return self.path.rpartition(".")[2]

    @property
    def is_many(self) -> bool:
        """Whether the link leads to a list."""
        return self.column != "id" and not self.one


@dataclass(frozen=True, slots=True)
class Card:
    """The table that keeps a plugin's fields of an entity: one row per record, with the record's id."""

    plugin: str
    table: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RecordType:
    """A noun with everything that core and plugins say about it."""

    key: str
    plugin: str
    entity: Entity
    visibility: Visibility
    lines: Mapping[str, Line]
    links: Mapping[str, Link]
    cards: Mapping[str, Card]
    default_order: tuple[str, ...]

    @property
    def records(self) -> type[Record]:
        """The table as commands write it; raises `DeclarationError` for one that only the house itself writes."""
        table = self.entity.table
        if not issubclass(table, Record):
            raise DeclarationError(f"{self.plugin}: derive the table {self.table!r} from Record")
        return table

    @property
    def table(self) -> str:
        """The table that holds the records."""
        return self.entity.table._meta.tablename

    @property
    def name(self) -> str:
        """The type's name in GraphQL."""
        return pascal(self.key)

    @property
    def prefix(self) -> str:
        """The beginning of the global ids of this type."""
        return self.key.replace(".", "_")

    @property
    def collection(self) -> str:
        """The name of the list of all records: `clients`, `fitness_visits`."""
        own = self.entity.collection
        return own if self.plugin == CORE else f"{self.plugin}_{own}"

    @property
    def is_archivable(self) -> bool:
        """Whether records can be laid aside, so that lists show only the live ones."""
        return "archived_at" in self.lines

    def global_id(self, record: int) -> str:
        """Return the id under which `record` is known outside."""
        return global_id(self.prefix, record)

    def local_id(self, value: object) -> int:
        """Return the record's number; raises `NotFound` when `value` is no id of this type."""
        return local_id(self.prefix, value)

    def local_id_or_none(self, value: object) -> int | None:
        """Return the record's number, None when `value` is no id of this type."""
        parts = split_id(value)
        return parts[1] if parts is not None and parts[0] == self.prefix else None

    def line(self, path: str) -> Line:
        """Return the line at `path`; raises `NotFound` that lists what there is."""
        try:
            return self.lines[path]
        except KeyError:
            known = ", ".join(sorted(self.lines))
            raise NotFound(
                "{entity} has no field {field}; it has: {known}.", entity=self.key, field=path, known=known
            ) from None

    def groups(self) -> tuple[str, ...]:
        """Return the plugins that add lines or links under their own name, in the order of loading."""
        found: dict[str, None] = {}
        for line in self.lines.values():
            if line.card:
                found[line.card] = None
        for link in self.links.values():
            if link.group:
                found[link.group] = None
        return tuple(found)

    def members(self, group: str | None) -> tuple[Line | Link, ...]:
        """Return what is shown on the record itself (None) or under the plugin `group`; a reference is a link."""
        links = [link for link in self.links.values() if link.group == group]
        linked = {link.path for link in links}
        lines = [line for line in self.lines.values() if line.card == group and line.path not in linked]
        return (*lines, *links)
