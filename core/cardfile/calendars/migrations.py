"""How the tables of calendars came to be."""

from typing import Final

from cardfile.calendars.tables import Calendar, CalendarTeam, Holiday
from cardfile.database.steps import CreateTable, Migration

__all__ = ["MIGRATIONS"]

MIGRATIONS: Final = (
    Migration("0001_calendars", (CreateTable(Calendar), CreateTable(Holiday), CreateTable(CalendarTeam))),
)
"""The migrations of calendars, first to last; they refer to the tables of access."""
