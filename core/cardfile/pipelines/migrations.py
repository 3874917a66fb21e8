"""How the tables of pipelines came to be."""

from typing import Final

from cardfile.database.steps import CreateTable, Migration
from cardfile.pipelines.tables import Goal, Pipeline, Stage, StageDocument, StageNotice, StageRule

__all__ = ["MIGRATIONS"]

_TABLES: Final = (Pipeline, Stage, Goal, StageRule, StageNotice, StageDocument)

MIGRATIONS: Final = (Migration("0001_pipelines", tuple(CreateTable(table) for table in _TABLES)),)
"""The migrations of pipelines, first to last."""
