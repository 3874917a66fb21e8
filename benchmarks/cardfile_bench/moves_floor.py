"""The floor of moves: the rows that they need and write, by hand, in one transaction for each move."""

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["CHANGED", "NEW", "MoverByHand", "Written", "moving_by_hand"]

Row = Sequence[object]

CHANGED: Final[Mapping[str, Mapping[str, str]]] = {
    "deal": {
        "stage": "bigint",
        "stage_since": "timestamptz",
        "probability": "integer",
        "stuck_at": "timestamptz",
        "version": "integer",
        "updated_at": "timestamptz",
        "updated_by": "bigint",
    },
    "deal_stage_history": {
        "left_at": "timestamptz",
        "working_seconds": "bigint",
        "version": "integer",
        "updated_at": "timestamptz",
        "updated_by": "bigint",
    },
    "task": {
        "state": "text",
        "awaits": "boolean",
        "result": "text",
        "done_at": "timestamptz",
        "done_by": "bigint",
        "version": "integer",
        "updated_at": "timestamptz",
        "updated_by": "bigint",
    },
    "task_ladder": {"next_at": "timestamptz", "rung": "text"},
}
"""What moves change in rows that are there: the columns with their types."""

NEW: Final = ("deal_stage_history", "task", "task_ladder", "event")
"""Where moves put new rows."""

# What is read, of which column, and whether it is locked.
_READS: Final = (
    (
        "select id, owner, client, stage, stage_since, amount, amount_currency, version, archived_at"
        " from deal where {}",
        "id",
        "deals",
        True,
    ),
    (
        "select client from contact_point where {} and kind = 'phone' and archived_at is null",
        "client",
        "clients",
        False,
    ),
    (
        "select id, deal, entered_at, owner, version from deal_stage_history"
        " where {} and left_at is null and archived_at is null",
        "deal",
        "deals",
        True,
    ),
    (
        "select id, deal, template, state, awaits, result, done_at, done_by, version from task"
        " where {} and state = 'open' and template is not null and archived_at is null",
        "deal",
        "deals",
        True,
    ),
)


@dataclass(frozen=True, slots=True)
class Written:
    """What one deed has written: `changed` rows begin with their id, `new` ones have all columns of `columns`."""

    deals: Sequence[int]
    clients: Sequence[int]
    changed: Mapping[str, Sequence[Row]]
    new: Mapping[str, Sequence[Row]]
    columns: Mapping[str, Sequence[str]]


class MoverByHand(ABC):
    """Writes what moves have written elsewhere."""

    @abstractmethod
    async def move(self, written: Written) -> None:
        """Do in one transaction what one deed has done."""


class _Sqlite(MoverByHand):
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def move(self, written: Written) -> None:
        connection, is_one = self._connection, len(written.deals) == 1
        connection.execute("begin immediate")
        for sql, column, kind, _ in _READS:
            ids: Sequence[int] = getattr(written, kind)
            where = f"{column} = ?1" if is_one else f"{column} in (select value from json_each(?1))"
            connection.execute(sql.format(where), (ids[0] if is_one else json.dumps(ids),)).fetchall()
        for table, rows in written.changed.items():
            sets = ", ".join(f"{column}=?{place}" for place, column in enumerate(CHANGED[table], 2))
            connection.executemany(f"update {table} set {sets} where id=?1", rows)
        for table, rows in written.new.items():
            columns = written.columns[table]
            listed, places = ", ".join(f'"{one}"' for one in columns), ", ".join("?" * len(columns))
            connection.executemany(f"insert into {table} ({listed}) values ({places})", rows)
        connection.execute("commit")


class _Postgres(MoverByHand):
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def move(self, written: Written) -> None:
        connection, is_one = self._connection, len(written.deals) == 1
        async with connection.transaction():
            for sql, column, kind, is_locked in _READS:
                ids: Sequence[int] = getattr(written, kind)
                where = f"{column} = $1" if is_one else f"{column} = any($1::bigint[])"
                lock = " for update" if is_locked else ""
                await connection.fetch(sql.format(where) + lock, ids[0] if is_one else ids)
            for table, rows in written.changed.items():
                if is_one:
                    sets = ", ".join(f"{column}=${place}" for place, column in enumerate(CHANGED[table], 2))
                    await connection.execute(f"update {table} set {sets} where id=$1", *rows[0])
                else:
                    await connection.execute(_update_many(table), *map(list, zip(*rows, strict=True)))
            for table, rows in written.new.items():
                columns = written.columns[table]
                if is_one:
                    listed = ", ".join(f'"{one}"' for one in columns)
                    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
                    insert = f"insert into {table} ({listed}) values ({places})"
                    if len(rows) == 1:
                        await connection.execute(insert, *rows[0])
                    else:
                        await connection.executemany(insert, rows)
                else:
                    await connection.copy_records_to_table(table, columns=list(columns), records=rows)


def _update_many(table: str) -> str:
    columns = CHANGED[table]
    arrays = ["$1::bigint[]", *(f"${place}::{kind}[]" for place, kind in enumerate(columns.values(), 2))]
    sets = ", ".join(f"{column}=n.{column}" for column in columns)
    source = f"unnest({', '.join(arrays)}) as n(id, {', '.join(columns)})"
    return f"update {table} t set {sets} from {source} where t.id = n.id"


@asynccontextmanager
async def moving_by_hand(url: str) -> AsyncIterator[MoverByHand]:
    """Open a connection that is set up as the product's."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(
            url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=512
        )
        try:
            for pragma in (
                "synchronous=normal",
                "foreign_keys=on",
                "mmap_size=268435456",
                "cache_size=-16384",
            ):
                connection.execute(f"pragma {pragma}")
            yield _Sqlite(connection)
        finally:
            connection.close()
        return
    import asyncpg  # noqa: PLC0415  # an optional extra

    opened: Any = await asyncpg.connect(
        url, statement_cache_size=512, server_settings={"jit": "off", "timezone": "UTC"}
    )
    try:
        yield _Postgres(opened)
    finally:
        await opened.close()
