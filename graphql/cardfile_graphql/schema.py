"""The schema of one app: what is written by hand and what follows from the model, put together."""

from collections.abc import Mapping

import strawberry

from cardfile.app import App
from cardfile.deals.moves import Missing
from cardfile.model.names import camel, split_id
from cardfile_graphql import vocabulary
from cardfile_graphql.built import BuiltSchema
from cardfile_graphql.context import RequestContext, as_record
from cardfile_graphql.filters import FilterTypes
from cardfile_graphql.inputs import InputTypes
from cardfile_graphql.metadata import Metadata
from cardfile_graphql.mutations import Mutations
from cardfile_graphql.naming import TypeNames, mutation_name
from cardfile_graphql.outputs import Info, OutputTypes, RecordJson, by_response_key
from cardfile_graphql.reports import reports_field
from cardfile_graphql.results import ResultTypes
from cardfile_graphql.scalars import SCALARS
from cardfile_graphql.schema_map import RootKind, SchemaMap
from cardfile_graphql.wrapping import list_of, required
from cardfile_graphql.written_query import WrittenQuery
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
)  # fmt: skip

__all__ = ["build_schema"]

ID = SCALARS["ID"]


def build_schema(app: App) -> BuiltSchema:
    """Build the schema of an app; raises `DeclarationError` when two declarations want the same name."""
    names = TypeNames()
    for owned in ("Query", "Mutation", "Subscription"):
        names.take(owned, "core")
    written = _written()
    types: Mapping[str, GraphQLNamedType] = {
        name: type_
        for name, type_ in written.type_map.items()
        if not name.startswith("__") and name not in {"Query", *SCALARS}
    }
    for name in types:
        names.take(name, "core")
    filters = FilterTypes(app.model, names)
    results = ResultTypes(app.model, names, lambda one: outputs.record(one))  # noqa: PLW0108  # made below
    outputs = OutputTypes(app.model, names, filters, types, results.of)
    inputs = InputTypes(app.model, names)
    mutations = Mutations(app.model, names, outputs, inputs, types, results)
    schema_map = SchemaMap.of(app.model)
    query = GraphQLObjectType(
        "Query",
        {
            **_hand_written_roots(written),
            **_roots(app, outputs, schema_map),
            "reports": reports_field(app, names, inputs, results),
        },
        description="What may be read.",
    )
    mutation = GraphQLObjectType(
        "Mutation",
        {mutation_name(command.name): mutations.field(command) for command in app.commands},
        description="What may be done.",
    )
    conflict = types["VersionConflict"]
    if isinstance(conflict, GraphQLObjectType):
        conflict.fields["current"] = GraphQLField(
            outputs.node,
            resolve=_current,
            description="The record as it is now; null when you may not see it.",
        )
    lacking = types["MissingForStage"]
    if isinstance(lacking, GraphQLObjectType):
        lacking.fields["missing"] = GraphQLField(
            required(list_of(results.of(Missing, "deal.move", "core"))),
            resolve=lambda error, _info: error.lacking,
            description="All that the deal lacks.",
        )
    for name in ("PageInfo", "CardField"):  # read by selections like everything around them
        found = types[name]
        for field in found.fields.values() if isinstance(found, GraphQLObjectType) else ():
            field.resolve = by_response_key
    errors = [types[one.__name__] for one in vocabulary.ERRORS]
    records = [outputs.record(one) for one in app.model]
    schema = GraphQLSchema(query=query, mutation=mutation, types=[*errors, *records])
    return BuiltSchema(schema, schema_map, Metadata(app, inputs))


def _written() -> GraphQLSchema:
    """Return the hand-written part as a schema of its own, made anew for every app."""
    written = strawberry.Schema(
        query=WrittenQuery, types=[*vocabulary.ERRORS, vocabulary.CardField, vocabulary.PageInfo]
    )
    return written._schema  # Strawberry has no other way to graphql-core's schema


def _hand_written_roots(written: GraphQLSchema) -> Mapping[str, GraphQLField]:
    query = written.query_type
    return dict(query.fields) if query is not None else {}


def _roots(app: App, outputs: OutputTypes, schema_map: SchemaMap) -> dict[str, GraphQLField]:
    ids = required(list_of(ID))
    fields: dict[str, GraphQLField] = {}
    for name, root in schema_map.roots.items():
        match root.kind:
            case RootKind.NODE:
                field = GraphQLField(
                    outputs.node,
                    args={"id": GraphQLArgument(required(ID), description="The record's id.")},
                    description="Any record by its id; null when there is none that you may see.",
                )
            case RootKind.NODES:
                field = GraphQLField(
                    required(GraphQLList(outputs.node)),
                    args={"ids": GraphQLArgument(ids, description="At most 100 ids.")},
                    description="Records by their ids, in that order; null where there is none that you may see.",
                )
            case RootKind.LIST if root.type is not None:
                field = GraphQLField(
                    required(outputs.connection(root.type)),
                    args=outputs.arguments(root.type),
                    description=f"The {camel(root.type.entity.collection)} that you may see.",
                )
            case RootKind.RECORD if root.type is not None:
                field = GraphQLField(
                    outputs.record(root.type),
                    args={"id": GraphQLArgument(required(ID), description="The record's id.")},
                    description=f"One {root.type.name} by its id; null when there is none that you may see.",
                )
            case _:
                field = GraphQLField(outputs.record(app.model["user"]), description="You.")
        field.resolve = _read_root
        fields[name] = field
    return fields


async def _read_root(_parent: object, info: Info, **arguments: object) -> object:
    """Read one root of a document that the plain executor answers."""
    context: RequestContext = info.context
    selecting = context.selecting(info)
    key = str(info.path.key)
    found = (await context.read([selecting.root(key, info.field_nodes)], selecting.variables))[key]
    if info.field_name == "node":
        return _as_node(found, arguments["id"], context)
    if info.field_name == "nodes" and isinstance(found, list) and isinstance(ids := arguments["ids"], list):
        return [_as_node(one, id_, context) for one, id_ in zip(found, ids, strict=True)]
    return found


def _as_node(found: object, id_: object, context: RequestContext) -> RecordJson | None:
    parts = split_id(id_)
    record_type = context.app.model.by_prefix(parts[0]) if parts else None
    return as_record(found, record_type) if record_type is not None else None


async def _current(parent: object, info: Info) -> RecordJson | None:
    context: RequestContext = info.context
    prefix, _, number = str(getattr(parent, "record_id", "")).rpartition("_")
    record_type = context.app.model.by_prefix(prefix)
    if record_type is None:
        return None
    return await context.record(
        context.selecting(info), record_type, str(info.path.key), info.field_nodes, int(number)
    )
