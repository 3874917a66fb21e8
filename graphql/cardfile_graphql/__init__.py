"""GraphQL over the model of Cardfile: types and inputs made from it, reads compiled to SQL."""

from cardfile_graphql.built import BuiltSchema
from cardfile_graphql.engine import Answer, Engine, Request
from cardfile_graphql.plugin import GraphQLPlugin
from cardfile_graphql.schema import build_schema

__all__ = ["Answer", "BuiltSchema", "Engine", "GraphQLPlugin", "Request", "build_schema"]
