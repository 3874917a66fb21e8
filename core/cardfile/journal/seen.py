"""Rows as they are seen at one moment, to be compared with how they are at another."""

from collections.abc import Collection, Mapping, Sequence

from cardfile.database.database import Database
from cardfile.database.names import quoted

__all__ = ["kept_rows", "latest_event", "was_told_of"]


async def kept_rows(
    database: Database, tables: Sequence[str], ids: Collection[int]
) -> Mapping[int, tuple[object, ...]]:
    """Return all columns of rows as the database keeps them, by id.

    The tables share their ids; a row that the later ones lack has empty columns there.
    """
    source = quoted(tables[0]) + "".join(f" left join {quoted(one)} using (id)" for one in tables[1:])
    sql = f"select * from {source} where id {database.dialect.any_of(1, 'bigint')}"
    return {int(str(row[0])): row for row in await database.fetch(sql, (list(ids),))}


async def latest_event(database: Database) -> int:
    """Return the number of the latest event, 0 when nothing has ever happened."""
    return int(str(await database.fetch_value("select coalesce(max(id), 0) from event")))


async def was_told_of(database: Database, entities: Collection[str], *, after: int) -> bool:
    """Tell whether something has happened to records of some entities after an event.

    Certain only where transactions write one after the other, as on SQLite: elsewhere one may still be under way
    of which the event comes before.
    """
    any_of = database.dialect.any_of(2, "text")
    sql = f"select 1 from event where id > $1 and entity {any_of} limit 1"
    return bool(await database.fetch(sql, (after, sorted(entities))))
