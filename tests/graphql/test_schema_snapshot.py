"""The schema that clients build upon: what the repository shows, what is described, how things are called."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cardfile import App, Settings
from cardfile_graphql import build_schema
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
)  # fmt: skip

SHOWN = Path(__file__).parents[2] / "docs" / "schema.graphql"
CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")
PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")
UPPER = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


@pytest.fixture(scope="module")
def app() -> App:
    """Everything that the repository holds: all that `cardfile schema` prints here."""
    return App.build(Settings(plugins=("documents", "fitness", "graphql", "windows")))


@pytest.fixture(scope="module")
def schema(app: App) -> GraphQLSchema:
    return build_schema(app).schema


@pytest.fixture(scope="module")
def types(schema: GraphQLSchema) -> Mapping[str, GraphQLNamedType]:
    return {name: one for name, one in schema.type_map.items() if not name.startswith("__")}


def described(types: Mapping[str, GraphQLNamedType]) -> Iterator[tuple[str, str | None]]:
    """Yield every type, field, argument, input field and enum value with its description."""
    for name, type_ in types.items():
        yield name, type_.description
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{key}", value.description) for key, value in type_.values.items())
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{name}.{key}", field.description) for key, field in type_.fields.items())
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for key, field in type_.fields.items():
                yield f"{name}.{key}", field.description
                yield from ((f"{name}.{key}({arg})", one.description) for arg, one in field.args.items())


def objects(types: Mapping[str, GraphQLNamedType], ending: str) -> dict[str, GraphQLObjectType]:
    """Return the object types whose names end so."""
    return {
        name: one
        for name, one in types.items()
        if isinstance(one, GraphQLObjectType) and name.endswith(ending)
    }


def test_the_repository_shows_the_schema_as_it_is(app: App) -> None:
    shown = SHOWN.read_text(encoding="utf-8")
    is_current = shown.strip() == build_schema(app).sdl().strip()
    assert is_current, (
        "the schema has changed: look at the difference after cardfile schema -o docs/schema.graphql"
    )


def test_everything_has_a_description_that_is_a_sentence(types: Mapping[str, GraphQLNamedType]) -> None:
    poor = [name for name, text in described(types) if not text or not text.strip() or not text[0].isupper()]
    assert poor == []


def test_names_are_written_as_graphql_people_write_them(types: Mapping[str, GraphQLNamedType]) -> None:
    wrong = [name for name in types if not PASCAL.fullmatch(name)]
    for name, type_ in types.items():
        if isinstance(type_, GraphQLEnumType):
            wrong += [f"{name}.{key}" for key in type_.values if not UPPER.fullmatch(key)]
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            wrong += [f"{name}.{key}" for key in type_.fields if not CAMEL.fullmatch(key)]
            wrong += [
                f"{name}.{key}({arg})"
                for key, field in type_.fields.items()
                for arg in field.args
                if not CAMEL.fullmatch(arg)
            ]
        elif isinstance(type_, GraphQLInputObjectType):
            wrong += [f"{name}.{key}" for key in type_.fields if not CAMEL.fullmatch(key)]
    assert wrong == []


def test_inputs_are_called_what_they_are_for(types: Mapping[str, GraphQLNamedType]) -> None:
    inputs = [name for name, one in types.items() if isinstance(one, GraphQLInputObjectType)]
    assert [name for name in inputs if not name.endswith(("Input", "Filter", "Order"))] == []


def test_queries_do_not_say_that_they_get(schema: GraphQLSchema) -> None:
    assert schema.query_type is not None
    assert [name for name in schema.query_type.fields if re.match(r"(get|list|query|fetch)[A-Z]", name)] == []


def test_a_page_has_the_shape_that_relay_knows(types: Mapping[str, GraphQLNamedType]) -> None:
    connections = objects(types, "Connection")
    assert connections
    for name, one in connections.items():
        record = name.removesuffix("Connection")
        assert {key: str(field.type) for key, field in one.fields.items()} == {
            "edges": f"[{record}Edge!]!",
            "nodes": f"[{record}!]!",
            "pageInfo": "PageInfo!",
            "totalCount": "Int!",
        }
        edge = types[f"{record}Edge"]
        assert isinstance(edge, GraphQLObjectType)
        assert {key: str(field.type) for key, field in edge.fields.items()} == {
            "cursor": "String!",
            "node": f"{record}!",
        }
    page_info = types["PageInfo"]
    assert isinstance(page_info, GraphQLObjectType)
    assert {key: str(field.type) for key, field in page_info.fields.items()} == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


def test_every_page_can_be_walked_both_ways(types: Mapping[str, GraphQLNamedType]) -> None:
    lists = {
        f"{name}.{key}": field.args.keys()
        for name, one in types.items()
        if isinstance(one, GraphQLObjectType)
        for key, field in one.fields.items()
        if str(field.type).endswith("Connection!")
    }
    assert lists
    wanted = {"first", "after", "last", "before", "filter", "orderBy"}
    assert [name for name, given in lists.items() if not wanted <= given] == []


def test_every_record_is_a_node(types: Mapping[str, GraphQLNamedType]) -> None:
    node = types["Node"]
    records = [types[name.removesuffix("Connection")] for name in objects(types, "Connection")]
    assert [
        one.name for one in records if isinstance(one, GraphQLObjectType) and node not in one.interfaces
    ] == []


def test_every_mutation_takes_one_input_and_gives_a_payload(schema: GraphQLSchema) -> None:
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        ending = name[:1].upper() + name[1:]
        assert {key: str(one.type) for key, one in field.args.items()} == {"input": f"{ending}Input!"}
        assert str(field.type) == f"{ending}Payload!"
        payload = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        assert isinstance(payload, GraphQLObjectType)
        told = {key: str(one.type) for key, one in payload.fields.items()}
        assert told.pop("userErrors") == "[UserError!]!"
        assert told.pop("clientMutationId") == "String"
        # What was done is null when there are errors.
        assert [key for key, type_ in told.items() if type_.endswith("!")] == [], name
        assert len(told) <= 1, name
