"""How the table of exports came to be."""

from typing import Final

from cardfile.database.steps import CreateTable, Migration
from cardfile.exports.tables import Export

__all__ = ["MIGRATIONS"]

MIGRATIONS: Final = (Migration("0001_exports", (CreateTable(Export),)),)
"""The migrations of exports, first to last; they refer to the tables of people and imports."""
