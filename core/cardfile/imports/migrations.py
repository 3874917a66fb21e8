"""How the tables of imports came to be."""

from typing import Final

from cardfile.database.steps import CreateTable, Migration
from cardfile.imports.tables import Import, ImportRow

__all__ = ["MIGRATIONS"]

MIGRATIONS: Final = (Migration("0001_imports", (CreateTable(Import), CreateTable(ImportRow))),)
"""The migrations of imports, first to last."""
