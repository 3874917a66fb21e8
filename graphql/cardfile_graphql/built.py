"""A schema that was built, with what its names stand for."""

from dataclasses import dataclass

from cardfile_graphql.metadata import Metadata
from cardfile_graphql.schema_map import SchemaMap
from graphql import GraphQLSchema, lexicographic_sort_schema, print_schema

__all__ = ["BuiltSchema"]


@dataclass(frozen=True, slots=True)
class BuiltSchema:
    """The schema of one app, the map from its names to the model, and what it tells of itself."""

    schema: GraphQLSchema
    map: SchemaMap
    metadata: Metadata

    def sdl(self) -> str:
        """Return the schema as text, sorted, so that two versions can be compared."""
        return print_schema(lexicographic_sort_schema(self.schema)) + "\n"
