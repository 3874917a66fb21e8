"""The model: everything that the core and the plugins declare, put together and checked once at the start."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from piccolo.columns import Column, ForeignKey

from cardfile.errors import DeclarationError
from cardfile.model.checks import check_record_type
from cardfile.model.entities import Entity, Relation, Through
from cardfile.model.fields import CardField, Field, Kind
from cardfile.model.record_types import CORE, Card, Line, Link, RecordType
from cardfile.texts import Label

__all__ = ["Declared", "Happening", "Model", "build_model"]

COMMON = (
    Field(
        "created_at",
        {"en": "Created at", "ru": "Создано"},
        Kind.DATETIME,
        read_only=True,
        transfer=False,
        slots=(),
    ),
    Field(
        "created_by",
        {"en": "Created by", "ru": "Кем создано"},
        Kind.USER,
        read_only=True,
        transfer=False,
        slots=(),
    ),
    Field(
        "updated_at",
        {"en": "Updated at", "ru": "Изменено"},
        Kind.DATETIME,
        read_only=True,
        transfer=False,
        slots=(),
    ),
    Field(
        "version", {"en": "Version", "ru": "Версия"}, Kind.INTEGER, read_only=True, transfer=False, slots=()
    ),
    Field(
        "archived_at",
        {"en": "Archived at", "ru": "В архиве с"},
        Kind.DATETIME,
        read_only=True,
        transfer=False,
        slots=(),
    ),
)
REFERENCES = {Kind.USER: "user", Kind.FILE: "file"}


@dataclass(frozen=True, slots=True)
class Declared:
    """What one plugin (or the core) says that there is."""

    plugin: str
    entities: Sequence[Entity] = ()
    card_fields: Sequence[CardField] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """What people call an event, and the record type to whose records it happens."""

    entity: str
    label: Label


@dataclass(frozen=True, slots=True)
class Model:
    """All record types by key, in the order of their declaration; and the events of clients by name.

    In `looks` the room of reading keeps what it has compiled of all this.
    """

    types: Mapping[str, RecordType]
    happenings: Mapping[str, Happening] = dataclass_field(default_factory=dict)
    looks: dict[Any, Any] = dataclass_field(default_factory=dict, init=False, compare=False, repr=False)
    _by_table: dict[type, RecordType] = dataclass_field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "_by_table", {one.entity.table: one for one in reversed([*self.types.values()])}
        )

    def __getitem__(self, key: str) -> RecordType:
        return self.types[key]

    def __contains__(self, key: str) -> bool:
        return key in self.types

    def __iter__(self) -> Iterator[RecordType]:
        return iter(self.types.values())

    def of_table(self, table: type) -> RecordType:
        """Return the record type whose records `table` holds."""
        found = self._by_table.get(table)
        if found is None:
            raise DeclarationError(
                f"no entity is declared for the table {table.__name__}: add it to the plugin's entities"
            )
        return found

    def by_prefix(self, prefix: str) -> RecordType | None:
        """Return the record type whose global ids begin with `prefix`."""
        for one in self.types.values():
            if one.prefix == prefix:
                return one
        return None


def build_model(declared: Iterable[Declared]) -> Model:
    """Put all declarations together; raises `DeclarationError` that names plugin, key and remedy."""
    return _Builder(tuple(declared)).build()


def _key_of(plugin: str, entity: Entity) -> str:
    name = entity.key or entity.table._meta.tablename
    return name if plugin == CORE else f"{plugin}.{name.removeprefix(plugin + '_')}"


class _Builder:
    def __init__(self, declared: tuple[Declared, ...]) -> None:
        self.declared = declared
        self.entities: dict[str, tuple[str, Entity]] = {}
        self.lines: dict[str, dict[str, Line]] = {}
        self.links: dict[str, dict[str, Link]] = {}
        self.cards: dict[str, dict[str, list[Line]]] = {}

    def build(self) -> Model:
        self._collect_entities()
        for key, (plugin, entity) in self.entities.items():
            self._add_own_lines(key, plugin, entity)
        for one in self.declared:
            for field in one.card_fields:
                self._add_card_field(one.plugin, field)
        for key, (plugin, entity) in self.entities.items():
            self._add_lists(key, plugin, entity)
            for relation in entity.relations:
                self._add_relation(key, plugin, relation)
        types = {key: self._finish(key) for key in self.entities}
        for record_type in types.values():
            check_record_type(record_type, types)
        return Model(types)

    def _collect_entities(self) -> None:
        tables: dict[str, str] = {}
        for one in self.declared:
            for entity in one.entities:
                key, table = _key_of(one.plugin, entity), entity.table._meta.tablename
                if key in self.entities:
                    raise DeclarationError(
                        f"{one.plugin}: the entity {key!r} exists already: give one of them another key="
                    )
                if table in tables:
                    raise DeclarationError(
                        f"{one.plugin}: the table {table!r} belongs to {tables[table]} already: rename the table"
                    )
                if one.plugin != CORE and not table.startswith(one.plugin + "_"):
                    raise DeclarationError(
                        f"{one.plugin}: the table {table!r} must be called {one.plugin}_{table!s}, "
                        "so that plugins never clash"
                    )
                tables[table] = one.plugin
                self.entities[key] = (one.plugin, entity)
                self.lines[key], self.links[key], self.cards[key] = {}, {}, {}

    def _resolve(self, plugin: str, name: str, what: str) -> str:
        """Return the full key of an entity that a plugin calls by its short or full name."""
        for key in (f"{plugin}.{name}", name):
            if key in self.entities:
                return key
        known = ", ".join(sorted(self.entities))
        raise DeclarationError(
            f"{plugin}: {what} speaks of an entity {name!r} that does not exist; there are: {known}"
        )

    def _add_own_lines(self, key: str, plugin: str, entity: Entity) -> None:
        columns = {column._meta.name: column for column in entity.table._meta.columns}
        fields = list(entity.fields)
        declared = {field.key for field in fields}
        if entity.on and entity.on not in declared and entity.on in columns:
            target = self._resolve(plugin, entity.on, f"entity {key!r}")
            fields.insert(
                0, Field(entity.on, self.entities[target][1].label, Kind.REFERENCE, to=target, required=True)
            )
        fields += [field for field in COMMON if field.key in columns and field.key not in declared]
        for field in fields:
            if not field.is_kept:
                line = Line(field, field.key, field.key, None, plugin, field.past is None)
            else:
                column = columns.get(field.key)
                if column is None:
                    raise DeclarationError(
                        f"{plugin}: entity {key!r} has the field {field.key!r}, but its table "
                        f"{entity.table._meta.tablename!r} has no such column: add it, or remove the field"
                    )
                self._check_money(plugin, key, field, columns)
                line = Line(field, field.key, field.key, None, plugin, column._meta.null)
            self.lines[key][field.key] = line
            self._add_reference(key, plugin, line)

    @staticmethod
    def _check_money(plugin: str, key: str, field: Field, columns: Mapping[str, Column]) -> None:
        if field.kind is Kind.MONEY and f"{field.key}_currency" not in columns:
            raise DeclarationError(
                f"{plugin}: {key}.{field.key} is money: its table needs a column {field.key}_currency "
                "beside it (Varchar(3))"
            )

    def _add_reference(self, key: str, plugin: str, line: Line) -> None:
        field = line.field
        name = REFERENCES.get(field.kind) or (field.to if field.kind is Kind.REFERENCE else None)
        if name is None:
            return
        target = self._resolve(plugin, name, f"field {line.path!r} of {key!r}")
        self.links[key][line.path] = Link(
            line.path, field.label, target, source=line.column, column="id", card=line.card, group=line.card
        )

    def _add_card_field(self, plugin: str, field: CardField) -> None:
        host = self._resolve(plugin, field.on, f"card field {field.key!r}")
        path = f"{plugin}.{field.key}"
        if path in self.lines[host]:
            raise DeclarationError(
                f"{plugin}: the card field {field.key!r} on {host!r} is declared twice: rename one"
            )
        line = Line(field, path, field.key, plugin, plugin, True)
        self.lines[host][path] = line
        self.cards[host].setdefault(plugin, []).append(line)
        self._add_reference(host, plugin, line)

    def _add_lists(self, key: str, plugin: str, entity: Entity) -> None:
        if not entity.on:
            return
        host = self._resolve(plugin, entity.on, f"entity {key!r}")
        column = self._reference_column(plugin, key, entity, host)
        group = plugin if plugin != self.entities[host][0] else None
        path = f"{group}.{entity.collection}" if group else entity.collection
        implied = isinstance(entity.visibility, Through) and entity.visibility.reference == column
        self._put_link(
            host,
            plugin,
            Link(
                path,
                entity.plural,
                key,
                source="id",
                column=column,
                group=group,
                order=entity.order,
                implied=implied,
            ),
        )

    def _reference_column(self, plugin: str, key: str, entity: Entity, host: str) -> str:
        table = self.entities[host][1].table
        names = [
            column._meta.name
            for column in entity.table._meta.columns
            if isinstance(column, ForeignKey) and column._foreign_key_meta.resolved_references is table
        ]
        short = host.rpartition(".")[2]
        if short in names:
            return short
        if len(names) == 1:
            return names[0]
        raise DeclarationError(
            f"{plugin}: entity {key!r} hangs on {host!r}, so its table needs one ForeignKey to {table.__name__} "
            f"called {short!r}; it has: {', '.join(names) or 'none'}"
        )

    def _add_relation(self, key: str, plugin: str, relation: Relation) -> None:
        target = self._resolve(plugin, relation.target, f"relation {relation.key!r} of {key!r}")
        columns = {column._meta.name for column in self.entities[target][1].table._meta.columns}
        for column in (relation.via, *relation.where):
            if column not in columns:
                raise DeclarationError(
                    f"{plugin}: relation {relation.key!r} of {key!r} goes through {target}.{column}, "
                    f"which is no column; there are: {', '.join(sorted(columns))}"
                )
        there = self.entities[target][1]
        implied = isinstance(there.visibility, Through) and there.visibility.reference == relation.via
        link = Link(
            relation.key, relation.label, target, source="id", column=relation.via, order=relation.order or there.order,
            where=relation.where, one=relation.one, plain=relation.plain, implied=implied, entry=relation.entry,
            synonyms=relation.synonyms,
        )  # fmt: skip
        self._put_link(key, plugin, link)

    def _put_link(self, key: str, plugin: str, link: Link) -> None:
        if link.path in self.links[key] or link.path in self.lines[key]:
            raise DeclarationError(
                f"{plugin}: {key!r} has a field {link.path!r} already: give the list another collection="
            )
        self.links[key][link.path] = link

    def _finish(self, key: str) -> RecordType:
        plugin, entity = self.entities[key]
        short = key.replace(".", "_")
        cards = {
            name: Card(
                name,
                f"card_{name}_{short}",
                tuple(line for line in lines if line.field.is_kept),
            )
            for name, lines in self.cards[key].items()
        }
        if entity.visibility is None:
            raise DeclarationError(f"{plugin}: entity {key!r} says nothing about who may see it")
        return RecordType(
            key,
            plugin,
            entity,
            entity.visibility,
            self.lines[key],
            self.links[key],
            cards,
            entity.order or ("id",),
        )
