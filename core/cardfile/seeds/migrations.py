"""How the memory of sowing came to be."""

from typing import Final

from cardfile.database.steps import CreateTable, Migration
from cardfile.seeds.tables import Sowing

__all__ = ["MIGRATIONS"]

MIGRATIONS: Final = (Migration("0001_sowing", (CreateTable(Sowing),)),)
"""The migrations of seeds, first to last."""
