"""What is read often and changes seldom: pipelines, calendars, whatever is small and asked for by every command."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from piccolo.table import Table

from cardfile.access.freshness import Freshness
from cardfile.database.database import Database

__all__ = ["Load", "Memory", "all_rows"]

T = TypeVar("T")
Load = Callable[[Database], Awaitable[T]]
"""Reads something from the database; one function of a module, for it is also what the memory knows it by."""


async def all_rows(database: Database, table: type[Table], *order: str) -> list[dict[str, Any]]:
    """Return all rows of a small table, archived ones too, in the order of some columns and then of their ids.

    All of them: whoever keeps a table in memory takes what is not there for something that does not exist.
    """
    columns = [table._meta.get_column_by_name(name) for name in (*order, "id")]
    return await database.run(table.select().order_by(*columns))


class Memory:
    """Keeps what functions have read until access, or anything that calls `Access.changed`, changes."""

    def __init__(self, database: Database, freshness: Freshness) -> None:
        self._database, self._freshness = database, freshness
        self._kept: dict[Load[Any], tuple[int, Any]] = {}

    async def recall(self, load: Load[T]) -> T:
        """Return what `load` has read, anew when something has changed since."""
        fresh = self._freshness
        number = fresh.last if fresh.is_fresh else await fresh.number()
        known = self._kept.get(load)
        if known is not None and known[0] == number:
            found: T = known[1]
            return found
        found = await load(self._database)
        # In a transaction that has changed nothing of it, one reads what is committed, or newer than the number:
        # then it is read once more. Commands write, so that most reads are of this kind.
        if fresh.is_settled or not fresh.is_inside:
            self._kept[load] = (number, found)
        return found
