"""How the tables of documents came to be."""

from typing import Final

from cardfile.database import CreateTable, Migration
from cardfile_documents.tables import Counter, Document, Template

__all__ = ["MIGRATIONS"]

MIGRATIONS: Final = (
    Migration("0001_documents", (CreateTable(Template), CreateTable(Document), CreateTable(Counter))),
)
"""The migrations of the plugin, in their order."""
