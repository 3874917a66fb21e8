"""How the tables of tasks came to be."""

from typing import Final

from cardfile.database.steps import CreateTable, Migration
from cardfile.tasks.tables import Ladder, Notice, Policy, Task, Template

__all__ = ["MIGRATIONS"]

_TABLES: Final = (Policy, Template, Task, Notice, Ladder)

MIGRATIONS: Final = (Migration("0001_tasks", tuple(CreateTable(table) for table in _TABLES)),)
"""The migrations of tasks, first to last; they refer to the tables of clients, deals and pipelines."""
