"""Mutations made from nothing but the declarations of commands: every input that they need, and every id in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rights_house import RightsHouse

from cardfile.journal import Command, ParameterKind
from cardfile.model.fields import Kind
from cardfile.model.names import camel
from cardfile_graphql.inputs import input_name
from cardfile_graphql.naming import mutation_name, type_name_of
from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_required_input_field,
)

__all__ = ["Deed", "Place", "deeds"]

MISSING = 999_999
SCALARS: Mapping[str, object] = {
    "String": "text",
    "Int": 1,
    "Boolean": True,
    "Float": 1.5,
    "Decimal": "1",
    "Date": "2026-02-01",
    "DateTime": "2026-02-01T10:00:00Z",
    "Email": "new@example.com",
    "Phone": "+79165550009",
    "URL": "https://example.com/",
    "CurrencyCode": "RUB",
    "JSON": {},
}
TEXTS_THAT_ARE_IDS = {("share.create", "record"): "client"}
"""Parameters that take an id of any type as a text."""

ALSO = {"share.create": (("toUserId",),)}
"""Optional inputs without which a command does not even look at the others."""


@dataclass(frozen=True)
class Place:
    """Where an input takes the id of a record: the way into the input, and of which type the record is."""

    path: tuple[str, ...]
    target: str
    is_list: bool = False


@dataclass(frozen=True)
class Deed:
    """A command as its mutation."""

    house: RightsHouse
    command: Command

    @property
    def type(self) -> GraphQLInputObjectType:
        """The input type."""
        found = self.house.built.schema.type_map[type_name_of(self.command.name, "Input")]
        assert isinstance(found, GraphQLInputObjectType)
        return found

    @property
    def text(self) -> str:
        """The document."""
        payload = self.house.built.schema.type_map[type_name_of(self.command.name, "Payload")]
        fields: Mapping[str, Any] = getattr(payload, "fields", {})
        told = [
            f"{name} {{ {'id' if name != 'result' else '__typename'} }}"
            for name in fields
            if name not in {"userErrors", "clientMutationId"}
        ]
        told.append("userErrors { __typename message code path }")
        name = mutation_name(self.command.name)
        return f"mutation($input: {self.type.name}!) {{ done: {name}(input: $input) {{ {' '.join(told)} }} }}"

    def places(self) -> Iterator[Place]:
        """Yield every place for an id."""
        model = self.house.app.model
        for one in self.command.parameters:
            if one.kind is ParameterKind.RECORD:
                yield Place((one.input_name,), model.of_table(one.type).key, one.is_list)
            elif (target := TEXTS_THAT_ARE_IDS.get((self.command.name, one.name))) is not None:
                yield Place((one.input_name,), target)
            elif one.kind is ParameterKind.VALUES:
                record_type = model[self.command.entity]
                for path, line in record_type.lines.items():
                    if path in record_type.links and line.field.is_editable:
                        name = (camel(line.card), input_name(line)) if line.card else (input_name(line),)
                        yield Place(name, record_type.links[path].target)

    def input(self, ids: Mapping[str, int]) -> dict[str, Any]:
        """Return an input with all that is needed; `ids` say which record of each type stands in it."""
        given = {
            name: self._sample(field.type)
            for name, field in self.type.fields.items()
            if is_required_input_field(field) or self._is_wanted(name, field)
        }
        given.update(self._options(given))
        for place in self.places():
            if (
                place.path[0] in given or place.path in ALSO.get(self.command.name, ())
            ) and place.target in ids:
                self.put(given, place, ids[place.target])
        return given

    def _options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return right choices for the fields that have some."""
        if self.command.values is None:
            return {}
        lines = self.house.app.model[self.command.entity].lines.values()
        return {
            input_name(line): [line.field.options[0].key]
            if line.kind is Kind.CHOICES
            else line.field.options[0].key
            for line in lines
            if line.field.options and input_name(line) in given
        }

    def put(self, given: dict[str, Any], place: Place, record: int) -> None:
        """Let a record stand in a place of an input."""
        global_id = self.house.app.model[place.target].global_id(record)
        holder = given
        for step in place.path[:-1]:
            holder = holder.setdefault(step, {})
        holder[place.path[-1]] = [global_id] if place.is_list else global_id

    def _is_wanted(self, name: str, field: GraphQLInputField) -> bool:
        """Tell whether the command cannot do without a field that the input leaves open."""
        record_type = self.house.app.model[self.command.entity]
        needed = {input_name(line) for line in record_type.lines.values() if line.field.required}
        title = camel(record_type.entity.title) if record_type.entity.title else ""
        return self.command.values is not None and self.command.is_creation and name in {*needed, title}

    def _sample(self, type_: GraphQLInputType) -> object:
        if isinstance(type_, GraphQLNonNull):
            return self._sample(type_.of_type)
        if isinstance(type_, GraphQLList):
            return [self._sample(type_.of_type)]
        named = get_named_type(type_)
        if isinstance(named, GraphQLEnumType):
            return next(iter(named.values))
        if isinstance(named, GraphQLInputObjectType):
            return {
                name: self._sample(field.type)
                for name, field in named.fields.items()
                if is_required_input_field(field)
            }
        return SCALARS.get(named.name, "x_0")


def deeds(house: RightsHouse) -> list[Deed]:
    """Return all commands as their mutations."""
    return [Deed(house, command) for command in house.app.commands]
