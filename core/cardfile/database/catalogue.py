"""What tables and columns a database has."""

from cardfile.database.transaction import Keeper, Transaction

__all__ = ["column_names", "has_table"]


async def has_table(where: Keeper | Transaction, name: str) -> bool:
    """Tell whether the database has a table of that name."""
    if _dialect(where) == "sqlite":
        found = await where.fetch("select 1 from sqlite_master where type = 'table' and name = $1", (name,))
    else:
        found = await where.fetch(
            "select 1 from pg_tables where schemaname = current_schema() and tablename = $1", (name,)
        )
    return bool(found)


async def column_names(where: Keeper | Transaction, table: str) -> tuple[str, ...]:
    """Return the names of a table's columns, none when there is no such table."""
    if _dialect(where) == "sqlite":
        rows = await where.fetch("select name from pragma_table_info($1) order by cid", (table,))
    else:
        rows = await where.fetch(
            "select column_name::text from information_schema.columns "
            "where table_schema = current_schema() and table_name = $1 order by ordinal_position",
            (table,),
        )
    return tuple(str(name) for (name,) in rows)


def _dialect(where: Keeper | Transaction) -> str:
    return (where.database if isinstance(where, Transaction) else where).dialect.name
