"""The tables of what happened with a client: contacts, and the view that puts them together with events."""

from typing import ClassVar

from piccolo.columns import (
    Boolean,
    ForeignKey,
    Integer,
    LazyTableReference,
    OnDelete,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from cardfile.access.tables import User
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record, Stored

__all__ = ["Interaction", "TimelineEntry"]

# By name, because clients stand above: a client's last contact is computed from his interactions.
_CLIENT = LazyTableReference("Client", module_path="cardfile.clients.tables")
_DEAL = LazyTableReference("Deal", module_path="cardfile.deals.tables")


class Interaction(Record, tablename="interaction"):
    """One contact with a client, or a note about him."""

    client: ForeignKey[Table] = ForeignKey(_CLIENT, null=False, on_delete=OnDelete.restrict)
    deal: ForeignKey[Table] = ForeignKey(_DEAL, null=True, default=None, on_delete=OnDelete.restrict)
    kind = Text(null=False, default=None)
    direction = Text(null=True, default=None)
    user = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False, default=None)
    duration_seconds = Integer(null=True, default=None)
    subject = Text(null=True, default=None)
    text = Text(null=True, default=None)
    channel = Text(null=True, default=None)
    external_id = Text(null=True, default=None)
    state = Text(null=True, default=None)
    is_contact = Boolean(null=False, default=False)

    keys: ClassVar = (
        IndexSpec(columns=("client", "at", "id")),
        IndexSpec(columns=("deal", "at", "id")),
        IndexSpec(columns=("user", "at"), living=True),
        IndexSpec(columns=("at", "id"), living=True),
        IndexSpec(columns=("channel", "external_id"), unique=True, living=True),
    )


class TimelineEntry(Stored, tablename="timeline_entry"):
    """A line of a client's history: a view over interactions and events."""

    client: ForeignKey[Table] = ForeignKey(_CLIENT, null=False, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False, default=None)
    kind = Text(null=False, default=None)
    direction = Text(null=True, default=None)
    title = Text(null=True, default=None)
    text = Text(null=True, default=None)
    actor = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    interaction = ForeignKey(Interaction, null=True, default=None, on_delete=OnDelete.restrict)
    event = Text(null=True, default=None)
    entity = Text(null=True, default=None)
