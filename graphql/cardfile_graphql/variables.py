"""Variables of a request, coerced: plain ones at a glance, all others by graphql-core."""

from collections.abc import Callable, Mapping
from typing import Final

from graphql.execution.values import get_variable_values

from cardfile_graphql.errors import Code, RequestError
from graphql import (
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
)  # fmt: skip

__all__ = ["Signature"]

Variables = Mapping[str, object]

PLAIN: Final[Mapping[str, Callable[[object], bool]]] = {
    "ID": lambda value: type(value) is str,
    "String": lambda value: type(value) is str,
    "Boolean": lambda value: type(value) is bool,
    "Int": lambda value: type(value) is int and -(2**31) <= value < 2**31,
}
"""Scalars whose values come through as they are, and how to see that one is of the type."""


class Signature:
    """The variables that an operation declares.

    Most operations declare nothing but scalars. Then a value of the right type is its own coercion, and asking
    graphql-core, which looks at every type anew, would take longer than finding the plan.
    """

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        found = [_plain(one) for one in self._definitions]
        self._plain = [one for one in found if one is not None] if all(found) else None

    def coerce(self, given: Variables) -> Variables:
        """Return the values by name; raises `RequestError` for what does not fit."""
        plain = self._at_a_glance(given)
        if plain is not None:
            return plain
        coerced = get_variable_values(
            self._schema, self._definitions, dict(given), max_errors=10, hide_suggestions=True
        )
        if isinstance(coerced, list):
            raise RequestError.of_graphql(Code.BAD_USER_INPUT, coerced)
        return coerced.coerced

    def _at_a_glance(self, given: Variables) -> Variables | None:
        if self._plain is None:
            return None
        values: dict[str, object] = {}
        for name, fits in self._plain:
            # A null, a missing value and whatever else is unusual is graphql-core's to judge.
            if name not in given or not fits(given[name]):
                return None
            values[name] = given[name]
        return values


def _plain(definition: VariableDefinitionNode) -> tuple[str, Callable[[object], bool]] | None:
    type_ = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
    if not isinstance(type_, NamedTypeNode) or type_.name.value not in PLAIN:
        return None
    return definition.variable.name.value, PLAIN[type_.name.value]
