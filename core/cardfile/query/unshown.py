"""Columns that no field shows: what a record keeps for the house alone."""

from piccolo.columns import Column

from cardfile.database.database import Database
from cardfile.database.tables import Record

__all__ = ["read_unshown"]


async def read_unshown(
    database: Database, table: type[Record], column: Column, records: list[int]
) -> dict[int, object]:
    """Return what `column` holds in those of `records` that there are, by id.

    Nobody's rights are asked, so it is for what nobody is shown: work that goes on later, and the like.
    """
    rows = await database.run(table.select(table.id, column).where(table.id.is_in(records)))
    name = column._meta.name
    return {int(row["id"]): row[name] for row in rows}
