"""How the tables of the edition came to be."""

from cardfile.database import CreateTable, Migration
from cardfile_windows.tables import (
    Crew,
    CrewMember,
    Estimate,
    EstimateLine,
    Installation,
    Installer,
    Measurement,
    Opening,
    WarrantyClaim,
)

__all__ = ["MIGRATIONS"]

_TABLES = (
    Measurement,
    Opening,
    Estimate,
    EstimateLine,
    Crew,
    CrewMember,
    Installation,
    Installer,
    WarrantyClaim,
)

MIGRATIONS = (Migration("0001_windows", tuple(CreateTable(table) for table in _TABLES)),)
"""The migrations of the edition, first to last."""
