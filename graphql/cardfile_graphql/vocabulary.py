"""The types that are written by hand: what every answer is made of, whatever the model holds.

They are ordinary Strawberry types. What follows from the model's declarations is built beside them with
graphql-core's own types, because a type made at run time through Strawberry can silently swallow another one
of the same name, and its inputs lose fields that are added later.
"""

import strawberry

__all__ = [
    "ERRORS",
    "Action",
    "CardField",
    "FieldDescriptor",
    "FieldOption",
    "InvalidInput",
    "MissingForStage",
    "NotAllowed",
    "NotFound",
    "OtherRefusal",
    "PageInfo",
    "RecordType",
    "UserError",
    "VersionConflict",
]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="Whether more records follow.")
    has_previous_page: bool = strawberry.field(description="Whether records come before.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first record of the page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last record of the page.")


@strawberry.interface(description="Why something could not be done, told as data.")
class UserError:
    """An expected error of a mutation."""

    message: str = strawberry.field(description="A sentence for the person, in his language.")
    code: str = strawberry.field(description="A stable word for programs.")
    path: list[str] = strawberry.field(description="The way to the part of the input that is at fault.")


@strawberry.type(description="A value of the input is wrong.")
class InvalidInput(UserError):
    """A wrong value."""


@strawberry.type(description="There is no such record, or none that you may see.")
class NotFound(UserError):
    """A missing or hidden record."""


@strawberry.type(description="You may see the record, but not do this to it.")
class NotAllowed(UserError):
    """A missing right."""


@strawberry.type(description="Somebody changed the record after the version that you expected.")
class VersionConflict(UserError):
    """A lost update that was prevented."""

    current_version: int = strawberry.field(description="The version that the record has now.")
    record_id: strawberry.Private[str] = ""


@strawberry.type(description="A deal lacks what the stage that it leaves or enters asks for.")
class MissingForStage(UserError):
    """What is missing for a move; its list is added where the schema is built."""

    lacking: strawberry.Private[list[object]]


@strawberry.type(description="A rule of the business refused it.")
class OtherRefusal(UserError):
    """Any other expected error."""


ERRORS = (InvalidInput, NotFound, NotAllowed, VersionConflict, MissingForStage, OtherRefusal)
"""The concrete types of expected errors."""


@strawberry.type(
    description="A line of a record's card, with its value as text, so that any interface can draw it."
)
class CardField:
    """A field of a record for a generic card."""

    key: str = strawberry.field(description="The field's path: birthday, fitness.goal.")
    label: str = strawberry.field(description="What people call it.")
    text: str | None = strawberry.field(
        description="The value as text in the reader's language; null when empty."
    )
    kind: str = strawberry.field(description="What the field holds: text, date, money …")
    href: str | None = strawberry.field(description="A link to follow: tel:, mailto:, a web address.")
    plugin: str = strawberry.field(description="Who declared the field: core, or a plugin.")


@strawberry.type(description="One of the values that a choice may have.")
class FieldOption:
    """An option of a choice field."""

    key: str = strawberry.field(description="The stable key.")
    label: str = strawberry.field(description="What people call it.")
    color: str | None = strawberry.field(description="Its colour, if it has one.")


@strawberry.type(description="All that a form, a table or an importer has to know of a field.")
class FieldDescriptor:
    """The metadata of a field."""

    key: str = strawberry.field(description="The field's path: birthday, fitness.goal.")
    label: str = strawberry.field(description="What people call it.")
    hint: str | None = strawberry.field(description="What helps to fill it in.")
    kind: str = strawberry.field(description="What the field holds: text, date, money …")
    selection: str = strawberry.field(description="The GraphQL selection that reads it.")
    input_path: list[str] | None = strawberry.field(
        description="Where it is in inputs; null when it cannot be given."
    )
    input_type: str | None = strawberry.field(
        description="The GraphQL type of the input; null when it cannot be given."
    )
    required: bool = strawberry.field(description="Whether a record must have it.")
    read_only: bool = strawberry.field(description="Whether you cannot change it.")
    options: list[FieldOption] | None = strawberry.field(
        description="The values to choose from; null for other kinds."
    )
    filter_path: list[str] | None = strawberry.field(
        description="Where it is in filters; null when it cannot filter."
    )
    order_field: str | None = strawberry.field(description="Its name in orders; null when it cannot order.")
    slots: list[str] = strawberry.field(description="Where an interface shows it: card, list, header.")
    group: str | None = strawberry.field(description="The heading under which it stands.")
    position: int = strawberry.field(description="Its place among the others.")
    plugin: str = strawberry.field(description="Who declared the field: core, or a plugin.")


@strawberry.type(description="Something that you may do to records of a type.")
class Action:
    """A command's metadata."""

    key: str = strawberry.field(description="The command: client.merge.")
    label: str = strawberry.field(description="What people call it.")
    mutation: str = strawberry.field(description="The mutation that does it.")
    description: str = strawberry.field(description="What it does.")
    plugin: str = strawberry.field(description="Who declared it: core, or a plugin.")


@strawberry.type(description="A noun of the trade: what it is called, its fields, and what you may do to it.")
class RecordType:
    """The metadata of an entity."""

    name: str = strawberry.field(description="The GraphQL type.")
    key: str = strawberry.field(description="The key: client, fitness.visit.")
    label: str = strawberry.field(description="What people call one.")
    label_plural: str = strawberry.field(description="What people call many.")
    collection: str = strawberry.field(description="The query that lists them.")
    plugin: str = strawberry.field(description="Who declared it: core, or a plugin.")
    fields: list[FieldDescriptor] = strawberry.field(description="The fields that you may see.")
    actions: list[Action] = strawberry.field(description="What you may do.")
