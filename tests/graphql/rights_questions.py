"""Documents that ask for everything that a schema offers, made from the schema itself."""

from collections.abc import Iterator

from rights_house import RightsHouse, portions, root

from cardfile.model.record_types import RecordType
from graphql import (
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_required_argument,
)  # fmt: skip

__all__ = ["about_me", "about_the_model", "everything", "questions_about"]

PAGE = "(first: 8)"
GIVEN = {"stage": '"stage_1"'}
"""What is given to fields that ask for something."""

PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
MANY = 6


def everything(house: RightsHouse) -> list[str]:
    """Return documents that ask for all fields of all records, their lists, counts, cursors and cards."""
    asked = [text for one in house.types for text in questions_about(house, one)]
    return [*asked, about_me(house), about_the_model()]


def questions_about(house: RightsHouse, one: RecordType) -> list[str]:
    """Return the documents about one type: its list both ways, each record whole, a few fields at a time."""
    schema = house.built.schema
    fields = list(_fields(schema, _object(schema, one.name)))
    listed = [
        f"{{ found: {root(one)}(first: 40) {{ totalCount nodes {{ id {' '.join(some)} }} }} }}"
        for some in portions(fields, MANY)
    ]
    paged = f"first: 3) {{ totalCount {PAGE_INFO} edges {{ cursor node {{ id }} }} }}"
    ends = f"{{ a: {root(one)}({paged} b: {root(one)}({paged.replace('first', 'last')} }}"
    archived = (
        f"{{ c: {root(one)}(filter: {{ archivedAt: {{ isNull: false }} }}) {{ totalCount nodes {{ id }} }} }}"
    )
    return [*listed, ends, *([archived] if one.is_archivable else [])]


def about_me(house: RightsHouse) -> str:
    """Return the question who I am."""
    schema = house.built.schema
    return f"{{ me {{ id {' '.join(_fields(schema, _object(schema, 'User')))} }} }}"


def about_the_model() -> str:
    """Return the question what there is."""
    return (
        "{ recordTypes { name key label labelPlural collection plugin actions { key label mutation } "
        "fields { key label kind selection inputPath inputType required readOnly filterPath orderField } } }"
    )


def _object(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    found = schema.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def _fields(schema: GraphQLSchema, holder: GraphQLObjectType) -> Iterator[str]:
    """Yield a selection for each field of a record, or of what a plugin adds to it."""
    for plain, field in holder.fields.items():
        type_ = get_named_type(field.type)
        if plain == "id":
            continue
        given = [f"{key}: {GIVEN[key]}" for key, one in field.args.items() if is_required_argument(one)]
        name = f"{plain}({', '.join(given)})" if given else plain
        if name == "cardFields":
            yield from (
                f'{slot}: cardFields(slot: "{slot}") {{ key label text kind href plugin }}'
                for slot in ("card", "list", "header")
            )
        elif not isinstance(type_, GraphQLObjectType):
            yield name
        elif type_.name.endswith("Connection"):
            yield f"{name}{PAGE} {{ totalCount {PAGE_INFO} edges {{ cursor }} nodes {{ {_leaves(type_)} }} }}"
        elif type_.extensions.get("record_type") is not None:
            yield f"{name} {{ {_shallow(type_)} }}"
        elif "id" not in type_.fields and _is_part(type_):
            yield from (f"{name} {{ {inner} }}" for inner in _fields(schema, type_))
        else:
            yield f"{name} {{ {' '.join(type_.fields)} }}"


def _is_part(type_: GraphQLObjectType) -> bool:
    """Tell whether the type is what a plugin adds, and no composed value such as money."""
    return type_.name not in {"Money", "Option"}


def _leaves(connection: GraphQLObjectType) -> str:
    return _shallow(get_named_type(connection.fields["nodes"].type))


def _shallow(type_: GraphQLNamedType) -> str:
    assert isinstance(type_, GraphQLObjectType)
    record_type = type_.extensions["record_type"]
    assert isinstance(record_type, RecordType)
    title = record_type.entity.title
    return f"id {title}" if title and "_" not in title else "id"
