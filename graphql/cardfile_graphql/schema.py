"""The schema of one app: what is written by hand and what follows from the model, put together."""

from collections.abc import Mapping

import strawberry
from strawberry.schema.config import StrawberryConfig

from cardfile.app import App
from cardfile.model.names import camel, split_id
from cardfile_graphql import vocabulary
from cardfile_graphql.context import RequestContext, as_record
from cardfile_graphql.filters import FilterTypes
from cardfile_graphql.inputs import InputTypes
from cardfile_graphql.metadata import Metadata
from cardfile_graphql.mutations import Mutations
from cardfile_graphql.naming import TypeNames, mutation_name
from cardfile_graphql.outputs import OutputTypes, RecordJson, by_response_key
from cardfile_graphql.scalars import SCALARS
from cardfile_graphql.schema_map import RootKind, SchemaMap
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    lexicographic_sort_schema,
    print_schema,
)  # fmt: skip

__all__ = ["BuiltSchema", "build_schema"]

ID = SCALARS["ID"]


class BuiltSchema:
    """A schema with the map that tells what its names stand for."""

    def __init__(self, schema: GraphQLSchema, names: SchemaMap) -> None:
        self.schema = schema
        self.map = names

    def sdl(self) -> str:
        """Return the schema as text, sorted, so that two versions can be compared."""
        return print_schema(lexicographic_sort_schema(self.schema)) + "\n"


def build_schema(app: App) -> BuiltSchema:
    """Build the schema of an app; raises `DeclarationError` when two declarations want the same name."""
    names = TypeNames()
    for owned in ("Query", "Mutation", "Subscription"):
        names.take(owned, "core")
    holder: list[Metadata] = []
    written = _written(holder)
    types: Mapping[str, GraphQLNamedType] = {
        name: type_
        for name, type_ in written.type_map.items()
        if not name.startswith("__") and name not in {"Query", *SCALARS}
    }
    for name in types:
        names.take(name, "core")
    filters = FilterTypes(app.model, names)
    outputs = OutputTypes(app.model, names, filters, types)
    inputs = InputTypes(app.model, names)
    holder.append(Metadata(app, inputs))
    mutations = Mutations(app.model, names, outputs, inputs, types)
    schema_map = SchemaMap.of(app.model)
    query = GraphQLObjectType(
        "Query",
        {**_hand_written_roots(written), **_roots(app, outputs, schema_map)},
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
    for name in ("PageInfo", "CardField"):  # read by selections like everything around them
        found = types[name]
        for field in found.fields.values() if isinstance(found, GraphQLObjectType) else ():
            field.resolve = by_response_key
    errors = [types[one.__name__] for one in vocabulary.ERRORS]
    records = [outputs.record(one) for one in app.model]
    schema = GraphQLSchema(query=query, mutation=mutation, types=[*errors, *records])
    return BuiltSchema(schema, schema_map)


def _written(holder: list[Metadata]) -> GraphQLSchema:
    """Return the hand-written part as a schema of its own; `holder` gets its metadata once the inputs are made."""

    @strawberry.type(description="What may be read.")
    class Query:
        @strawberry.field(
            description="The nouns of this installation with their fields and actions, as you may see them."
        )
        def record_types(self, info: strawberry.Info) -> list[vocabulary.RecordType]:
            context: RequestContext = info.context
            return holder[0].record_types(context.actor.rights, context.locale)

        @strawberry.field(
            description="One noun of this installation; null when there is none of that name that you may see."
        )
        def record_type(self, info: strawberry.Info, name: str) -> vocabulary.RecordType | None:
            context: RequestContext = info.context
            found = holder[0].record_types(context.actor.rights, context.locale)
            return next((one for one in found if name in {one.name, one.key}), None)

    written = strawberry.Schema(
        query=Query,
        types=[*vocabulary.ERRORS, vocabulary.CardField, vocabulary.PageInfo],
        config=StrawberryConfig(auto_camel_case=True),
    )
    return written._schema


def _hand_written_roots(written: GraphQLSchema) -> Mapping[str, GraphQLField]:
    query = written.query_type
    return dict(query.fields) if query is not None else {}


def _roots(app: App, outputs: OutputTypes, schema_map: SchemaMap) -> dict[str, GraphQLField]:
    ids = GraphQLNonNull(GraphQLList(GraphQLNonNull(ID)))
    fields: dict[str, GraphQLField] = {}
    for name, root in schema_map.roots.items():
        match root.kind:
            case RootKind.NODE:
                field = GraphQLField(
                    outputs.node,
                    args={"id": GraphQLArgument(GraphQLNonNull(ID), description="The record's id.")},
                    description="Any record by its id; null when there is none that you may see.",
                )
            case RootKind.NODES:
                field = GraphQLField(
                    GraphQLNonNull(GraphQLList(outputs.node)),
                    args={"ids": GraphQLArgument(ids, description="At most 100 ids.")},
                    description="Records by their ids, in that order; null where there is none that you may see.",
                )
            case RootKind.LIST if root.type is not None:
                field = GraphQLField(
                    GraphQLNonNull(outputs.connection(root.type)),
                    args=outputs.arguments(root.type),
                    description=f"The {camel(root.type.entity.collection)} that you may see.",
                )
            case RootKind.RECORD if root.type is not None:
                field = GraphQLField(
                    outputs.record(root.type),
                    args={"id": GraphQLArgument(GraphQLNonNull(ID), description="The record's id.")},
                    description=f"One {root.type.name} by its id; null when there is none that you may see.",
                )
            case _:
                field = GraphQLField(outputs.record(app.model["user"]), description="You.")
        field.resolve = _read_root
        fields[name] = field
    return fields


async def _read_root(_parent: object, info: GraphQLResolveInfo, **arguments: object) -> object:
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


async def _current(parent: object, info: GraphQLResolveInfo) -> RecordJson | None:
    context: RequestContext = info.context
    prefix, _, number = str(getattr(parent, "record_id", "")).rpartition("_")
    record_type = context.app.model.by_prefix(prefix)
    if record_type is None:
        return None
    return await context.record(
        context.selecting(info), record_type, str(info.path.key), info.field_nodes, int(number)
    )
