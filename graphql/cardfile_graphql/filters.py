"""The inputs by which lists are filtered and ordered, made from the model."""

from collections.abc import Mapping

from cardfile.model.fields import Kind
from cardfile.model.kinds import EQUAL, KINDS, Operator
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.query.orders import is_orderable
from cardfile_graphql.naming import TypeNames, card_name, enum_value
from cardfile_graphql.scalars import SCALARS
from cardfile_graphql.wrapping import list_of, required
from graphql import (
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
)  # fmt: skip

__all__ = ["FilterTypes"]

MEANINGS: Mapping[Operator, str] = {
    Operator.EQ: "Equal to this.",
    Operator.IN: "Equal to one of these.",
    Operator.NOT_IN: "Equal to none of these, or empty.",
    Operator.CONTAINS: "Contains this text; case and accents make no difference.",
    Operator.STARTS_WITH: "Begins with this text; case and accents make no difference.",
    Operator.GT: "Greater than this.",
    Operator.GTE: "This or greater.",
    Operator.LT: "Less than this.",
    Operator.LTE: "This or less.",
    Operator.IS_NULL: "Empty (true) or filled in (false).",
    Operator.HAS: "Has one of these.",
    Operator.IS_ME: "You yourself (true), or anybody else or nobody (false).",
    Operator.PAST: "Before now, or before today (true); now or later (false).",
    Operator.TODAY: "On this day of your time zone (true), or on another (false).",
    Operator.IN_DAYS: "From so many days ahead to so many, both included: [0, 7]; null leaves an end open.",
    Operator.AGO_DAYS: "From so many days ago to so many, both included: [14, null] is 14 days ago or earlier.",
    Operator.WITHIN_DAYS: "Within the last so many days, today included.",
}
SCALAR_OF: Mapping[Kind, str] = {
    **{kind: spec.scalar for kind, spec in KINDS.items()},
    Kind.MONEY: "Decimal",
    Kind.CHOICE: "String",
    Kind.CHOICES: "String",
    Kind.PHONE: "String",
    Kind.EMAIL: "String",
    Kind.URL: "String",
}
NAME_OF: Mapping[Kind, str] = {
    Kind.TEXT: "StringFilter",
    Kind.LONG_TEXT: "TextFilter",
    Kind.INTEGER: "IntFilter",
    Kind.DECIMAL: "DecimalFilter",
    Kind.PERCENT: "DecimalFilter",
    Kind.MONEY: "DecimalFilter",
    Kind.BOOLEAN: "BooleanFilter",
    Kind.DATE: "DateFilter",
    Kind.DATETIME: "DateTimeFilter",
    Kind.CHOICE: "OptionFilter",
    Kind.CHOICES: "OptionsFilter",
    Kind.PHONE: "StringFilter",
    Kind.EMAIL: "StringFilter",
    Kind.URL: "StringFilter",
}


class FilterTypes:
    """Filter and order inputs by record type, each made once."""

    def __init__(self, model: Model, names: TypeNames) -> None:
        self.model = model
        self.names = names
        self.direction = GraphQLEnumType(
            names.take("OrderDirection", "core"),
            {
                "ASC": GraphQLEnumValue("ASC", description="From small to large."),
                "DESC": GraphQLEnumValue("DESC", description="From large to small."),
            },
            description="The direction of an order; empty counts as the smallest.",
        )
        self._kinds: dict[str, GraphQLInputObjectType] = {}
        self._filters: dict[str, GraphQLInputObjectType] = {}
        self._orders: dict[str, GraphQLInputObjectType] = {}
        self.ids = self._of_operators("IDFilter", "ID", EQUAL)
        self.people = self._of_operators("UserIDFilter", "ID", (*EQUAL, Operator.IS_ME))

    def filter(self, record_type: RecordType) -> GraphQLInputObjectType:
        """Return the filter of a record type."""
        made = self._filters.get(record_type.key)
        if made is None:
            name = self.names.take(f"{record_type.name}Filter", record_type.plugin)
            made = GraphQLInputObjectType(
                name,
                lambda: self._members(record_type, None, made),
                description=f"Which records of {record_type.name} are meant; all conditions must hold.",
            )
            self._filters[record_type.key] = made
        return made

    def _members(
        self, record_type: RecordType, group: str | None, own: GraphQLInputType | None
    ) -> dict[str, GraphQLInputField]:
        members: dict[str, GraphQLInputField] = {}
        if group is None:
            ids = self.people if record_type.key == "user" else self.ids
            members["id"] = GraphQLInputField(ids, description="The record's own id.")
        for member in record_type.members(group):
            made = self._link(member) if isinstance(member, Link) else self._line(member)
            if made is not None:
                members[camel(member.key)] = made
        if group is None:
            for plugin in record_type.groups():
                members[camel(plugin)] = GraphQLInputField(
                    self._group(record_type, plugin), description=f"Conditions on what {plugin} adds."
                )
            if own is not None:
                several = list_of(own)
                members["and"] = GraphQLInputField(several, description="All of these hold.")
                members["or"] = GraphQLInputField(several, description="At least one of these holds.")
                members["not"] = GraphQLInputField(own, description="This does not hold.")
        return members

    def _group(self, record_type: RecordType, plugin: str) -> GraphQLInputObjectType:
        key = f"{record_type.key}:{plugin}"
        made = self._filters.get(key)
        if made is None:
            made = self._filters[key] = GraphQLInputObjectType(
                self.names.take(f"{card_name(record_type, plugin)}Filter", plugin),
                lambda: self._members(record_type, plugin, None),
                description=f"Conditions on what {plugin} adds to {record_type.name}.",
            )
        return made

    def _link(self, link: Link) -> GraphQLInputField:
        target = self.model[link.target]
        if not link.is_many:
            return GraphQLInputField(
                self.filter(target), description=f"Conditions on the linked {target.name}."
            )
        return GraphQLInputField(
            self._list(target), description=f"Conditions on the linked {target.name} records."
        )

    def _list(self, target: RecordType) -> GraphQLInputObjectType:
        key = f"{target.key}[]"
        made = self._filters.get(key)
        if made is None:
            inner = self.filter(target)
            made = self._filters[key] = GraphQLInputObjectType(
                self.names.take(f"{target.name}ListFilter", target.plugin),
                {
                    "some": GraphQLInputField(
                        inner, description="At least one live record of the list is like this."
                    ),
                    "none": GraphQLInputField(inner, description="No live record of the list is like this."),
                },
                description=f"Conditions on a list of {target.name} records.",
            )
        return made

    def _line(self, line: Line) -> GraphQLInputField | None:
        name = NAME_OF.get(line.kind)
        if name is None:
            return None
        made = self._kinds.get(name)
        if made is None:
            made = self._of_operators(name, SCALAR_OF[line.kind], tuple(KINDS[line.kind].operators))
            self._kinds[name] = made
        return GraphQLInputField(made, description=f"Conditions on {line.path}.")

    def _of_operators(
        self, name: str, scalar: str, operators: tuple[Operator, ...]
    ) -> GraphQLInputObjectType:
        value = SCALARS[scalar]
        several = list_of(value)
        types: Mapping[Operator, GraphQLInputType] = {
            Operator.IN: several,
            Operator.NOT_IN: several,
            Operator.HAS: several,
            Operator.IS_NULL: SCALARS["Boolean"],
            Operator.IS_ME: SCALARS["Boolean"],
            Operator.PAST: SCALARS["Boolean"],
            Operator.TODAY: SCALARS["Boolean"],
            Operator.IN_DAYS: GraphQLList(SCALARS["Int"]),
            Operator.AGO_DAYS: GraphQLList(SCALARS["Int"]),
            Operator.WITHIN_DAYS: SCALARS["Int"],
        }
        return GraphQLInputObjectType(
            self.names.take(name, "core"),
            {one: GraphQLInputField(types.get(one, value), description=MEANINGS[one]) for one in operators},
            description="Conditions on a value; all of them must hold.",
        )

    def order(self, record_type: RecordType) -> GraphQLInputObjectType:
        """Return the order input of a record type."""
        made = self._orders.get(record_type.key)
        if made is None:
            lines = [line for line in record_type.lines.values() if is_orderable(line)]
            values = {"ID": GraphQLEnumValue("id", description="By the id, which is the order of creation.")}
            for line in lines:
                values[enum_value(line.path)] = GraphQLEnumValue(line.path, description=f"By {line.path}.")
            field = GraphQLEnumType(
                self.names.take(f"{record_type.name}OrderField", record_type.plugin),
                values,
                description=f"By what lists of {record_type.name} can be ordered.",
            )
            made = self._orders[record_type.key] = GraphQLInputObjectType(
                self.names.take(f"{record_type.name}Order", record_type.plugin),
                {
                    "field": GraphQLInputField(required(field), description="By what to order."),
                    "direction": GraphQLInputField(
                        required(self.direction),
                        default_value="ASC",
                        description="Which way.",
                    ),
                },
                description=f"An order of {record_type.name} records.",
            )
        return made
