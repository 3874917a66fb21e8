"""Rows that the house keeps for itself: sessions, attempts, passwords, files on disk."""

from datetime import datetime

from cardfile.database.database import Database
from cardfile.database.tables import Record, Stored

__all__ = ["add_row"]


async def add_row(database: Database, row: Stored, *, now: datetime, by: int | None = None) -> int:
    """Insert a row under a new id and return the id; such rows have no history in the journal."""
    async with database.transaction() as transaction:
        (made,) = await transaction.reserve_ids(type(row)._meta.tablename, 1)
        row.id = made
        if isinstance(row, Record):
            row.created_at = row.updated_at = now
            row.created_by = row.updated_by = by
        await database.run(type(row).insert(row))
    return made
