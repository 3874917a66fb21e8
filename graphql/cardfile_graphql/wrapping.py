"""Non-null and list types: graphql-core types them more narrowly than types that are made at run time can be."""

from typing import Any

from graphql import GraphQLList, GraphQLNonNull

__all__ = ["list_of", "required"]


def required(type_: Any) -> GraphQLNonNull[Any]:
    """Return the type without null."""
    return type_ if isinstance(type_, GraphQLNonNull) else GraphQLNonNull(type_)


def list_of(type_: Any) -> GraphQLList[Any]:
    """Return the list of that type, none of whose items is null."""
    return GraphQLList(required(type_))
