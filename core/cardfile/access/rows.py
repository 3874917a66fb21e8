"""Rows that the house keeps for itself: sessions, attempts, passwords, files on disk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cardfile.database.database import Database
from cardfile.database.tables import Record, Stored

__all__ = ["add_row"]


async def add_row(
    database: Database,
    table: type[Stored],
    values: Mapping[str, object],
    *,
    now: datetime,
    by: int | None = None,
) -> int:
    """Insert a row under a new id and return the id; such rows have no history in the journal."""
    row: dict[str, Any] = dict(values)
    if issubclass(table, Record):
        row |= {"created_at": now, "updated_at": now, "created_by": by, "updated_by": by}
    async with database.transaction() as transaction:
        (made,) = await transaction.reserve_ids(table._meta.tablename, 1)
        await database.run(table.insert(table(**row, id=made)))
    return made
