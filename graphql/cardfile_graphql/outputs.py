"""The types of answers, made from the model: records, plugins' cards, pages of lists."""

from collections.abc import Callable, Mapping
from typing import Any

from cardfile.model.batch_fields import BatchField
from cardfile.model.fields import Field, Kind
from cardfile.model.kinds import KINDS
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.query.pages import DEFAULT_SIZE, LARGEST_SIZE
from cardfile.texts import said
from cardfile_graphql.filters import FilterTypes
from cardfile_graphql.naming import TypeNames, card_name
from cardfile_graphql.scalars import SCALARS
from cardfile_graphql.wrapping import list_of, required
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
)  # fmt: skip

__all__ = ["Info", "OutputTypes", "RecordJson", "by_response_key"]

Info = GraphQLResolveInfo[Any]
"""What graphql-core tells a resolver."""

ID = SCALARS["ID"]
BATCH_SCALARS: Mapping[type, str] = {str: "String", int: "Int", bool: "Boolean"}
BOOLEAN, INT, STRING = SCALARS["Boolean"], SCALARS["Int"], SCALARS["String"]


class RecordJson(dict[str, object]):
    """A record as it was read for an answer, by response key; `type_name` tells an interface what it is."""

    type_name: str = ""


def by_response_key(parent: object, info: Info) -> object:
    """Return what a selection already read for this place of the answer."""
    return parent.get(info.path.key) if isinstance(parent, Mapping) else None


def _type_of(value: object, _info: Info, _type: object) -> str:
    return getattr(value, "type_name", "")


def hint_of(field: Field) -> str:
    """Return a field's description: its label and, if it has one, its hint."""
    hint = said(field.hint, "en")
    return f"{said(field.label, 'en')}. {hint}".strip() if hint else said(field.label, "en")


class OutputTypes:
    """Object types by record type, each made once; `result` gives those of what Python makes."""

    def __init__(
        self,
        model: Model,
        names: TypeNames,
        filters: FilterTypes,
        written: Mapping[str, GraphQLNamedType],
        result: Callable[[type, str, str], GraphQLOutputType],
    ) -> None:
        self.model = model
        self.result = result
        self.names = names
        self.filters = filters
        self.written = written
        self.node = GraphQLInterfaceType(
            names.take("Node", "core"),
            {"id": GraphQLField(required(ID), description="The id, unique across all types.")},
            resolve_type=_type_of,
            description="Anything that has an id.",
        )
        self.money = self._composed(
            "Money",
            "A sum of money.",
            {
                "amount": (required(SCALARS["Decimal"]), "The sum in whole units of the currency."),
                "currency": (required(SCALARS["CurrencyCode"]), "The currency."),
            },
        )
        self.option = self._composed(
            "Option",
            "One of a list of values that plugins and administrators extend: known by its key.",
            {
                "key": (required(STRING), "The stable key."),
                "label": (required(STRING), "What people call it, in the reader's language."),
                "color": (STRING, "Its colour, if it has one."),
                "position": (INT, "Its place in the list."),
                "plugin": (STRING, "Who declared it: core, or a plugin."),
            },
        )
        self._objects: dict[str, GraphQLObjectType] = {}
        self._connections: dict[str, GraphQLObjectType] = {}

    def _composed(
        self, name: str, description: str, members: Mapping[str, tuple[GraphQLOutputType, str]]
    ) -> GraphQLObjectType:
        fields = {
            key: GraphQLField(type_, resolve=by_response_key, description=text)
            for key, (type_, text) in members.items()
        }
        return GraphQLObjectType(self.names.take(name, "core"), fields, description=description)

    def record(self, record_type: RecordType) -> GraphQLObjectType:
        """Return the type of a record."""
        made = self._objects.get(record_type.key)
        if made is None:
            entity = record_type.entity
            made = self._objects[record_type.key] = GraphQLObjectType(
                self.names.take(record_type.name, record_type.plugin),
                lambda: self._record_fields(record_type),
                interfaces=[self.node],
                description=entity.description or said(entity.label, "en"),
                extensions={"record_type": record_type},
            )
        return made

    def _record_fields(self, record_type: RecordType) -> dict[str, GraphQLField]:
        fields = {"id": self._field(required(ID), "The id, unique across all types.")}
        for member in record_type.members(None):
            fields[camel(member.key)] = self._member(member)
        for plugin in record_type.groups():
            fields[camel(plugin)] = self._field(
                required(self._group(record_type, plugin)), f"What {plugin} adds to the record."
            )
        for made in record_type.entity.batch_fields:
            fields[camel(made.key)] = self._batch_field(record_type, made)
        card_field = self.written["CardField"]
        fields["cardFields"] = self._field(
            required(list_of(card_field)),
            "The lines of the card with their values as text.",
            {
                "slot": GraphQLArgument(
                    STRING, default_value="card", description="Which lines: card, list or header."
                )
            },
        )
        return fields

    def _batch_field(self, record_type: RecordType, made: BatchField) -> GraphQLField:
        """Return the field of what Python makes; null where it makes nothing."""
        arguments = {
            camel(one.name): GraphQLArgument(
                required(ID if one.to is not None else SCALARS[BATCH_SCALARS[one.kind]]),
                description=one.description,
            )
            for one in made.arguments
        }
        type_ = self.result(made.result, f"{record_type.key}.{made.key}", record_type.plugin)
        return self._field(type_, said(made.label, "en"), arguments)

    def _group(self, record_type: RecordType, plugin: str) -> GraphQLObjectType:
        key = f"{record_type.key}:{plugin}"
        made = self._objects.get(key)
        if made is None:
            made = self._objects[key] = GraphQLObjectType(
                self.names.take(card_name(record_type, plugin), plugin),
                lambda: {camel(member.key): self._member(member) for member in record_type.members(plugin)},
                description=f"What {plugin} adds to {record_type.name}.",
            )
        return made

    @staticmethod
    def _field(
        type_: GraphQLOutputType, description: str, arguments: Mapping[str, GraphQLArgument] | None = None
    ) -> GraphQLField:
        def resolve(parent: object, info: Info, **_arguments: object) -> object:
            return by_response_key(parent, info)

        return GraphQLField(type_, args=dict(arguments or {}), resolve=resolve, description=description)

    def _member(self, member: Line | Link) -> GraphQLField:
        return self._link(member) if isinstance(member, Link) else self._line(member)

    def _line(self, line: Line) -> GraphQLField:
        description = hint_of(line.field)
        type_: GraphQLOutputType
        if line.kind is Kind.MONEY:
            type_ = self.money
        elif line.kind is Kind.CHOICE:
            type_ = self.option
        elif line.kind is Kind.CHOICES:
            type_ = list_of(self.option)
        else:
            type_ = SCALARS[KINDS[line.kind].scalar]
            # What a role may hide is nullable, whatever the column; the version is never hidden.
            if line.path == "version":
                return self._field(required(INT), description)
        return self._field(type_, description)

    def _link(self, link: Link) -> GraphQLField:
        target, label = self.model[link.target], said(link.label, "en")
        if not link.is_many:
            return self._field(
                self.record(target), f"{label}; null when there is none, or none that you may see."
            )
        if link.plain:
            return self._field(required(list_of(self.record(target))), label)
        return self._field(required(self.connection(target)), label, self.arguments(target))

    def arguments(self, target: RecordType) -> dict[str, GraphQLArgument]:
        """Return the arguments of a list of `target`."""
        order = list_of(self.filters.order(target))
        told: dict[str, tuple[GraphQLInputType, str]] = {
            "first": (
                INT,
                f"How many from the beginning: {DEFAULT_SIZE} unless told, at most {LARGEST_SIZE}.",
            ),
            "after": (STRING, "Only what comes after this cursor."),
            "last": (INT, f"How many from the end, at most {LARGEST_SIZE}."),
            "before": (STRING, "Only what comes before this cursor."),
            "filter": (
                self.filters.filter(target),
                "Which records are meant; live ones unless it speaks of archivedAt.",
            ),
            "orderBy": (order, "The order; the id decides between equals."),
        }
        if target.entity.search:
            told["search"] = (STRING, "Words that must all occur in the record.")
        return {name: GraphQLArgument(type_, description=text) for name, (type_, text) in told.items()}

    def connection(self, target: RecordType) -> GraphQLObjectType:
        """Return the type of a page of records."""
        made = self._connections.get(target.key)
        if made is None:
            made = self._connections[target.key] = GraphQLObjectType(
                self.names.take(f"{target.name}Connection", target.plugin),
                lambda: self._connection_fields(target),
                description=f"A page of {target.name} records.",
            )
        return made

    def _connection_fields(self, target: RecordType) -> dict[str, GraphQLField]:
        record = required(self.record(target))
        edge = GraphQLObjectType(
            self.names.take(f"{target.name}Edge", target.plugin),
            {
                "cursor": self._field(required(STRING), "The place of the record in the list."),
                "node": self._field(record, "The record."),
            },
            description=f"A {target.name} record in a list.",
        )
        page_info = self.written["PageInfo"]
        return {
            "edges": self._field(required(list_of(edge)), "The records with their cursors."),
            "nodes": self._field(required(GraphQLList(record)), "The records."),
            "pageInfo": self._field(required(page_info), "Where the page stands in the list."),
            "totalCount": self._field(required(INT), "How many records the whole list has."),
        }
