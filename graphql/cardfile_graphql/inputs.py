"""The inputs of mutations, made from commands and from what may be written into a record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import cast

from cardfile.journal.commands import Command
from cardfile.journal.signatures import Parameter, ParameterKind, RecordId
from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.model.record_types import Line, RecordType
from cardfile_graphql.naming import TypeNames, card_name, mutation_name, own_type_name, type_name_of
from cardfile_graphql.outputs import hint_of
from cardfile_graphql.scalars import SCALARS
from cardfile_graphql.wrapping import list_of, required
from graphql import (
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
)  # fmt: skip

__all__ = ["InputTypes", "input_name"]

SCALAR_OF: Mapping[type, str] = {
    str: "String", bool: "Boolean", int: "Int", date: "Date", datetime: "DateTime", Decimal: "Decimal",
    RecordId: "ID",
}  # fmt: skip
REFERENCES = (Kind.USER, Kind.REFERENCE, Kind.FILE)


def input_name(line: Line) -> str:
    """Return the name of a line in inputs: `birthday`, and `ownerId` for a reference."""
    return camel(line.key) + ("Id" if line.kind in REFERENCES else "")


@dataclass(frozen=True, slots=True)
class Writable:
    """A place of an input: under which name it stands, and under which name the command knows it."""

    name: str
    key: str
    field: GraphQLInputField
    group: str | None = None


class InputTypes:
    """Input types by command, each made once."""

    def __init__(self, model: Model, names: TypeNames) -> None:
        self.model = model
        self.names = names
        self._cards: dict[str, GraphQLInputObjectType] = {}
        self._enums: dict[str, GraphQLEnumType] = {}
        self._members: dict[str, GraphQLInputObjectType] = {}
        self._money: GraphQLInputObjectType | None = None

    def of(self, command: Command) -> GraphQLInputObjectType:
        """Return the input of a command's mutation."""
        name = self.names.take(type_name_of(command.name, "Input"), command.plugin)
        fields: dict[str, GraphQLInputField] = {}
        for parameter in command.parameters:
            if parameter.kind is ParameterKind.VALUES:
                fields.update(
                    {one.name: one.field for one in self.writables(self.model[command.entity], command)}
                )
            else:
                fields[parameter.input_name] = self._parameter(parameter, command)
        if command.subject is not None and not command.subject.is_list:
            fields["expectedVersion"] = GraphQLInputField(
                SCALARS["Int"],
                description="Refuse when the record has another version by now; without it the last one wins.",
            )
        fields["clientMutationId"] = GraphQLInputField(SCALARS["String"], description="Given back unchanged.")
        return GraphQLInputObjectType(name, fields, description=f"What {mutation_name(command.name)} takes.")

    def writables(self, record_type: RecordType, command: Command) -> Iterator[Writable]:
        """Yield the places of a record that an input may fill."""
        for line in record_type.lines.values():
            if line.card is None and line.field.is_editable:
                is_needed = (
                    command.is_creation
                    and command.is_derived
                    and line.field.required
                    and line.field.default is None
                )
                yield Writable(
                    input_name(line), line.path, self._line(line, needed=is_needed and not line.is_null)
                )
        for link in record_type.links.values():
            if link.entry is not None and link.group is None:
                type_ = list_of(SCALARS["String"])
                yield Writable(
                    camel(link.key), link.key, GraphQLInputField(type_, description="As people write them.")
                )
        for plugin in record_type.groups():
            card = self.card(record_type, plugin)
            if card is not None:
                field = GraphQLInputField(card, description=f"What {plugin} adds.")
                yield Writable(camel(plugin), plugin, field, plugin)

    def card(self, record_type: RecordType, plugin: str) -> GraphQLInputObjectType | None:
        """Return the input of a plugin's card, None when nothing of it may be written."""
        key = f"{record_type.key}:{plugin}"
        lines = [
            line for line in record_type.lines.values() if line.card == plugin and line.field.is_editable
        ]
        if not lines:
            return None
        if key not in self._cards:
            self._cards[key] = GraphQLInputObjectType(
                self.names.take(f"{card_name(record_type, plugin)}Input", plugin),
                {input_name(line): self._line(line, needed=False) for line in lines},
                description=f"What {plugin} adds to {record_type.name}.",
            )
        return self._cards[key]

    def type_of_line(self, line: Line) -> GraphQLInputType:
        """Return the type in which a line's value is given."""
        if line.kind is Kind.MONEY:
            return self.money()
        if line.kind is Kind.CHOICES:
            return list_of(SCALARS["String"])
        return SCALARS["String"] if line.kind is Kind.CHOICE else SCALARS[KINDS[line.kind].scalar]

    def _line(self, line: Line, *, needed: bool) -> GraphQLInputField:
        type_ = self.type_of_line(line)
        return GraphQLInputField(required(type_) if needed else type_, description=hint_of(line.field))

    def money(self) -> GraphQLInputObjectType:
        """Return the input of a sum of money."""
        if self._money is None:
            self._money = GraphQLInputObjectType(
                self.names.take("MoneyInput", "core"),
                {
                    "amount": GraphQLInputField(
                        required(SCALARS["Decimal"]), description="The sum in whole units."
                    ),
                    "currency": GraphQLInputField(
                        SCALARS["CurrencyCode"], description="The house's own currency unless told."
                    ),
                },
                description="A sum of money.",
            )
        return self._money

    def type_of_parameter(self, parameter: Parameter, command: Command) -> GraphQLInputType:
        """Return the type in which a parameter of a command or of a report is given; of a list that of an item."""
        return self._type(parameter, command)

    def _parameter(self, parameter: Parameter, command: Command) -> GraphQLInputField:
        type_ = self._type(parameter, command)
        if parameter.is_list:
            type_ = list_of(type_)
        description = parameter.description or self._description(parameter)
        return GraphQLInputField(required(type_) if parameter.is_required else type_, description=description)

    def _description(self, parameter: Parameter) -> str:
        """Return what the signature alone tells of a parameter."""
        if parameter.kind is not ParameterKind.RECORD:
            return _worded(parameter.name)
        name = self.model.of_table(parameter.type).name
        if parameter.is_list:
            return f"Records of {name}, by their ids."
        return (
            f"The {name} to which it is done, by its id." if parameter.is_subject else f"A {name}, by its id."
        )

    def _type(self, parameter: Parameter, command: Command) -> GraphQLInputType:
        match parameter.kind:
            case ParameterKind.RECORD:
                return SCALARS["ID"]
            case ParameterKind.CHOICE:
                return self._enum(cast("type[StrEnum]", parameter.type), command)
            case ParameterKind.INPUT:
                return self._input(parameter, command)
            case ParameterKind.DATA:
                return SCALARS["JSON"]
            case _:
                return SCALARS[SCALAR_OF[parameter.type]]

    def _enum(self, cls: type[StrEnum], command: Command) -> GraphQLEnumType:
        name = own_type_name(command.name, cls)
        if name not in self._enums:
            values = {one.name: GraphQLEnumValue(one.value, description=_worded(one.value)) for one in cls}
            description = (cls.__doc__ or cls.__name__).partition("\n")[0]
            self._enums[name] = GraphQLEnumType(
                self.names.take(name, command.plugin), values, description=description
            )
        return self._enums[name]

    def _input(self, parameter: Parameter, command: Command) -> GraphQLInputObjectType:
        cls = parameter.type
        name = f"{own_type_name(command.name, cls)}Input"
        if name not in self._members:
            fields = {one.input_name: self._parameter(one, command) for one in parameter.members}
            description = (cls.__doc__ or cls.__name__).partition("\n")[0]
            self._members[name] = GraphQLInputObjectType(
                self.names.take(name, command.plugin), fields, description=description
            )
        return self._members[name]


def _worded(key: str) -> str:
    """Return `external_id` as `External id.`: what a key tells of itself."""
    return key.replace("_", " ").capitalize() + "."
