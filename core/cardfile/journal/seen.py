"""Rows as they are seen at one moment, to be compared with how they are at another."""

from collections.abc import Collection, Mapping, Sequence

from cardfile.database.database import Database
from cardfile.database.names import quoted

__all__ = ["kept_rows"]


async def kept_rows(
    database: Database, tables: Sequence[str], ids: Collection[int]
) -> Mapping[int, tuple[object, ...]]:
    """Return all columns of rows as the database keeps them, by id.

    The tables share their ids; a row that the later ones lack has empty columns there.
    """
    source = quoted(tables[0]) + "".join(f" left join {quoted(one)} using (id)" for one in tables[1:])
    sql = f"select * from {source} where id {database.dialect.any_of(1, 'bigint')}"
    return {int(str(row[0])): row for row in await database.fetch(sql, (list(ids),))}
