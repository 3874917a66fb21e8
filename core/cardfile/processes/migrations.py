"""How the tables of processes came to be."""

from typing import Final

from cardfile.database.steps import CreateTable, Migration
from cardfile.processes.tables import Process, ProcessRun, ProcessStep, RunStep

__all__ = ["MIGRATIONS"]

_TABLES: Final = (Process, ProcessStep, ProcessRun, RunStep)

MIGRATIONS: Final = (Migration("0001_processes", tuple(CreateTable(table) for table in _TABLES)),)
"""The migrations of processes, first to last."""
