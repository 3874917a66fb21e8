"""The statements that write rows: one row or a hundred thousand, by the shortest way that each engine has."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar

from cardfile.database.columns import ColumnType
from cardfile.database.encoding import instant_text
from cardfile.database.names import quoted
from cardfile.database.transaction import Transaction

__all__ = ["CHUNK", "chunks", "insert_rows", "kept_moment", "update_rows", "upsert_rows"]

CHUNK: Final = 2_000
"""How many rows one statement takes: enough to be fast, few enough to leave the memory flat."""

FEW: Final = 8
"""Up to so many rows single statements are quicker than setting up a bulk one."""

T = TypeVar("T")
Columns = Sequence[tuple[str, ColumnType]]
Row = Sequence[object]


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield the items in lists of `size`."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def kept_moment(transaction: Transaction, moment: datetime) -> object:
    """Return a moment that many rows share as the database keeps it, lest it be turned anew for each of them."""
    return instant_text(moment) if transaction.database.dialect.name == "sqlite" else moment


async def insert_rows(
    transaction: Transaction, table: str, columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert rows of values in the order of `columns`."""
    if len(rows) > FEW:
        await transaction.insert_many(table, columns, rows)
        return
    width = len(columns)
    places = ",".join(
        f"({','.join(f'${n}' for n in range(first, first + width))})"
        for first in range(1, len(rows) * width + 1, width)
    )
    if rows:
        statement = f"insert into {quoted(table)} ({_names(columns)}) values {places}"
        await transaction.execute(statement, [value for row in rows for value in row])


async def upsert_rows(transaction: Transaction, table: str, columns: Columns, rows: Sequence[Row]) -> None:
    """Insert rows, the first column being their id; of rows that exist the other columns are set."""
    names = [name for name, _ in columns]
    updates = ",".join(f"{quoted(name)}=excluded.{quoted(name)}" for name in names[1:])
    tail = f" on conflict (id) do update set {updates}"
    head = f"insert into {quoted(table)} ({_names(names)})"
    if _takes_arrays(transaction, rows):
        source = f"select * from unnest({_arrays(transaction, columns)})"
        await transaction.execute(f"{head} {source}{tail}", _by_columns(rows))
        return
    places = ",".join(f"${n}" for n in range(1, len(columns) + 1))
    await _each(transaction, f"{head} values ({places}){tail}", rows)


async def update_rows(
    transaction: Transaction,
    table: str,
    columns: Columns,
    rows: Sequence[Row],
    *,
    stamp: Sequence[tuple[str, object]],
) -> int:
    """Set columns of rows: each row is its id, its expected version, then its values; `stamp` holds for all.

    The version grows by one. Returns how many rows had the expected version; for many rows on SQLite, where
    the transaction is alone and the rows were just read, the number of rows itself.
    """
    stamps = [f"{quoted(name)}=${len(columns) + 3 + n}" for n, (name, _) in enumerate(stamp)]
    constants = [value for _, value in stamp]
    if _takes_arrays(transaction, rows):
        keys = (("id", ColumnType.ID), ("version", ColumnType.INTEGER), *columns)
        sets = [f"{quoted(name)}=x.{quoted(name)}" for name, _ in columns]
        statement = (
            f"update {quoted(table)} t set {','.join([*sets, 'version=t.version+1', *stamps])} "
            f"from unnest({_arrays(transaction, keys)}) x({_names([name for name, _ in keys])}) "
            "where t.id=x.id and t.version=x.version"
        )
        return await transaction.execute(statement, [*_by_columns(rows), *constants])
    sets = [f"{quoted(name)}=${n}" for n, (name, _) in enumerate(columns, start=3)]
    changes = ",".join([*sets, "version=version+1", *stamps])
    statement = f"update {quoted(table)} set {changes} where id=$1 and version=$2"
    whole = [(*row, *constants) for row in rows]
    if len(whole) > FEW:
        await transaction.execute_many(statement, whole)
        return len(whole)
    return sum([await transaction.execute(statement, row) for row in whole])


def _takes_arrays(transaction: Transaction, rows: Sequence[Row]) -> bool:
    return transaction.database.dialect.name == "postgres" and len(rows) > FEW


def _arrays(transaction: Transaction, columns: Columns) -> str:
    dialect = transaction.database.dialect
    return ",".join(
        dialect.param(n, f"{column_type}[]") for n, (_, column_type) in enumerate(columns, start=1)
    )


def _by_columns(rows: Sequence[Row]) -> list[object]:
    return [list(column) for column in zip(*rows, strict=True)]


def _names(columns: Iterable[str]) -> str:
    return ",".join(map(quoted, columns))


async def _each(transaction: Transaction, statement: str, rows: Sequence[Row]) -> None:
    if len(rows) > FEW:
        await transaction.execute_many(statement, rows)
        return
    for row in rows:
        await transaction.execute(statement, row)
