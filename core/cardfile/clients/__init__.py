"""Clients: people and companies, how to reach them, where they stand, and what hangs on them."""

from cardfile.clients.choices import Standing
from cardfile.clients.entities import ENTITIES, attributions, clients, contact_points, segments, tags
from cardfile.clients.migrations import MIGRATIONS
from cardfile.clients.tables import (
    Attribution,
    Client,
    ClientStanding,
    ClientTag,
    ContactPoint,
    Segment,
    Tag,
)

__all__ = [
    "ENTITIES",
    "MIGRATIONS",
    "Attribution",
    "Client",
    "ClientStanding",
    "ClientTag",
    "ContactPoint",
    "Segment",
    "Standing",
    "Tag",
    "attributions",
    "clients",
    "contact_points",
    "segments",
    "tags",
]
