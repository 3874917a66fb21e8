"""How the tables of the club came to be."""

from cardfile.database import CreateTable, Migration
from cardfile_fitness.tables import Freeze, Membership, Plan, Visit

__all__ = ["MIGRATIONS"]

MIGRATIONS = (
    Migration("0001_club", tuple(CreateTable(table) for table in (Plan, Membership, Freeze, Visit))),
)
"""The migrations of the plugin, in their order."""
