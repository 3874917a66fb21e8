"""How the tables of clients and of their history came to be."""

from cardfile.clients.tables import (
    Attribution,
    Client,
    ClientStanding,
    ClientTag,
    ContactPoint,
    Segment,
    Tag,
)
from cardfile.database.steps import CreateTable, Migration
from cardfile.timeline.tables import Interaction

__all__ = ["MIGRATIONS"]

MIGRATIONS = (
    Migration(
        "0001_clients",
        tuple(
            CreateTable(table)
            for table in (
                Client,
                ContactPoint,
                ClientStanding,
                Attribution,
                Tag,
                ClientTag,
                Segment,
                Interaction,
            )
        ),
    ),
)
"""The migrations of clients and timeline, in their order; they refer to the tables of access and journal."""
