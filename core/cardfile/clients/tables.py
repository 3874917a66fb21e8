"""The tables of clients and of what hangs on them."""

from typing import ClassVar

from piccolo.columns import BigInt, Boolean, Date, ForeignKey, Integer, OnDelete, Text, Timestamptz

from cardfile.access.tables import Team, User
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record

__all__ = [
    "Attribution",
    "Client",
    "ClientStanding",
    "ClientTag",
    "ContactPoint",
    "CustomField",
    "CustomValue",
    "Segment",
    "Tag",
]


class Client(Record, tablename="client"):
    """A person or a company that one deals with, from the first touch on."""

    kind = Text(null=False, default="person")
    name = Text(null=False, default=None)
    sort_name = Text(null=False, default="")
    last_name = Text(null=True, default=None)
    first_name = Text(null=True, default=None)
    middle_name = Text(null=True, default=None)
    gender = Text(null=True, default=None)
    birthday = Date(null=True, default=None)
    company = Text(null=True, default=None)
    position = Text(null=True, default=None)
    tax_number = Text(null=True, default=None)
    city = Text(null=True, default=None)
    address = Text(null=True, default=None)
    comment = Text(null=True, default=None)
    standing = Text(null=False, default="lead")
    standing_since = Timestamptz(null=True, default=None)
    standing_reason = Text(null=True, default=None)
    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    team = ForeignKey(Team, null=True, default=None, on_delete=OnDelete.restrict)
    source = Text(null=True, default=None)
    language = Text(null=True, default=None)
    zone = Text(null=True, default=None)
    preferred_channel = Text(null=True, default=None)
    last_contact_at = Timestamptz(null=True, default=None)
    merged_into: ForeignKey["Client"] = ForeignKey(
        "self", null=True, default=None, on_delete=OnDelete.restrict
    )
    search_text = Text(null=False, default="")

    keys: ClassVar = (
        IndexSpec(columns=("sort_name", "id"), living=True),
        IndexSpec(columns=("owner", "sort_name", "id"), living=True),
        IndexSpec(columns=("created_at", "id"), living=True),
        IndexSpec(columns=("owner", "created_at", "id"), living=True),
        IndexSpec(columns=("owner",)),
        IndexSpec(columns=("tax_number",), living=True),
        IndexSpec(columns=("merged_into",)),
    )


class ContactPoint(Record, tablename="contact_point"):
    """A way to reach a client; by its value callers and duplicates are found."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    kind = Text(null=False, default=None)
    value = Text(null=False, default=None)
    raw = Text(null=True, default=None)  # type: ignore[assignment]  # Piccolo's own `raw` is not used here
    label = Text(null=True, default=None)
    extension = Text(null=True, default=None)
    is_primary = Boolean(null=False, default=False)
    is_valid = Boolean(null=False, default=True)

    keys: ClassVar = (
        IndexSpec(columns=("client",)),
        IndexSpec(columns=("kind", "value"), living=True),
        IndexSpec(columns=("client", "kind", "value"), unique=True, living=True),
    )


class ClientStanding(Record, tablename="client_standing"):
    """One change of a client's standing."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    was = Text(null=True, default=None)
    became = Text(null=False, default=None)
    at = Timestamptz(null=False, default=None)
    reason = Text(null=True, default=None)

    keys: ClassVar = (IndexSpec(columns=("client", "at")),)


class Attribution(Record, tablename="attribution"):
    """Where a client came from: his first touch, or the last one before he became a client."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    touch = Text(null=False, default=None)
    at = Timestamptz(null=True, default=None)
    source = Text(null=True, default=None)
    medium = Text(null=True, default=None)
    campaign = Text(null=True, default=None)
    term = Text(null=True, default=None)
    content = Text(null=True, default=None)
    search_engine = Text(null=True, default=None)
    keyword = Text(null=True, default=None)
    click_id = Text(null=True, default=None)
    landing_page = Text(null=True, default=None)
    referrer = Text(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("client",)),
        IndexSpec(columns=("client", "touch"), unique=True, living=True),
    )


class Tag(Record, tablename="tag"):
    """A word by which clients are sorted; tags of one category belong together."""

    name = Text(null=False, default=None)
    sort_name = Text(null=False, default="")
    category = Text(null=False, default="")
    color = Text(null=True, default=None)

    keys: ClassVar = (IndexSpec(columns=("category", "sort_name"), unique=True, living=True),)


class ClientTag(Record, tablename="client_tag"):
    """A tag on a client."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    tag = ForeignKey(Tag, null=False, on_delete=OnDelete.restrict)

    keys: ClassVar = (
        IndexSpec(columns=("client",)),
        IndexSpec(columns=("tag",)),
        IndexSpec(columns=("client", "tag"), unique=True, living=True),
    )


class Segment(Record, tablename="segment"):
    """A filter with a name, so that a group of records can be met again."""

    name = Text(null=False, default=None)
    sort_name = Text(null=False, default="")
    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    shared = Boolean(null=False, default=False)
    entity = Text(null=False, default="client")
    filter = Text(null=False, default=None)

    keys: ClassVar = (IndexSpec(columns=("owner",)),)


class CustomField(Record, tablename="custom_field"):
    """A field that a business has added to its clients by itself."""

    label = Text(null=False, default=None)
    sort_name = Text(null=False, default="")
    kind = Text(null=False, default="text")
    position = Integer(null=False, default=100)

    keys: ClassVar = (IndexSpec(columns=("sort_name",), unique=True, living=True),)


class CustomValue(Record, tablename="custom_value"):
    """A client's value of a custom field; `number` is in millionths."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    field = ForeignKey(CustomField, null=False, on_delete=OnDelete.restrict)
    value = Text(null=False, default="")
    number = BigInt(null=True, default=None)
    day = Date(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("client",)),
        IndexSpec(columns=("client", "field"), unique=True, living=True),
        IndexSpec(columns=("field", "value"), living=True),
        IndexSpec(columns=("field", "number"), living=True),
        IndexSpec(columns=("field", "day"), living=True),
    )
