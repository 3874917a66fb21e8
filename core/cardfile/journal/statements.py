"""The statements that write rows: one row or a hundred thousand, by the shortest way that each engine has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Final, TypeVar

from cardfile.database.columns import ColumnType
from cardfile.database.encoding import instant_text
from cardfile.database.names import quoted
from cardfile.database.transaction import Transaction

__all__ = [
    "CHUNK",
    "chunks",
    "clear_columns",
    "insert_columns",
    "insert_rows",
    "kept_moment",
    "update_columns",
    "upsert_columns",
]

CHUNK: Final = 2_000
"""How many rows one statement takes: enough to be fast, few enough to leave the memory flat."""

FEW: Final = 8
"""Up to so many rows single statements are quicker than setting up a bulk one."""

MOST_TEXTS: Final = 1_000
"""How many texts of each kind of statement are kept."""

T = TypeVar("T")
Columns = Sequence[tuple[str, ColumnType]]
Cells = Sequence[Sequence[object]]
"""The values of many rows, column by column."""


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield the items in lists of `size`."""
    if isinstance(items, Sized) and len(items) <= size:
        if len(items):
            yield list(items)
        return
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def kept_moment(transaction: Transaction, moment: datetime) -> object:
    """Return a moment that many rows share as the database keeps it, lest it be turned anew for each of them."""
    return instant_text(moment) if transaction.database.dialect.name == "sqlite" else moment


async def insert_columns(
    transaction: Transaction, table: str, columns: Mapping[str, Sequence[object]]
) -> None:
    """Insert rows that are given as the values of each column."""
    if len(next(iter(columns.values()))) > FEW:
        await transaction.insert_columns(table, columns)
    else:
        await insert_rows(transaction, table, tuple(columns), list(zip(*columns.values(), strict=True)))


async def insert_rows(
    transaction: Transaction, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Insert a few rows of values in the order of `columns`, by one statement."""
    if rows:
        statement = _insertion(table, tuple(columns), len(rows))
        is_few = len(rows) <= FEW
        await transaction.execute(statement, [value for row in rows for value in row], quick=is_few)


@lru_cache(maxsize=MOST_TEXTS)
def _insertion(table: str, columns: tuple[str, ...], number: int) -> str:
    width = len(columns)
    places = ",".join(
        f"({','.join(f'${n}' for n in range(first, first + width))})"
        for first in range(1, number * width + 1, width)
    )
    return f"insert into {quoted(table)} ({_names(columns)}) values {places}"


async def upsert_columns(transaction: Transaction, table: str, columns: Columns, cells: Cells) -> None:
    """Insert rows, the first column being their id; of rows that exist the other columns are set."""
    if _takes_arrays(transaction, cells):
        source = f"select * from unnest({_arrays(transaction, columns)})"
        await transaction.execute(
            _upsertion(table, tuple(columns), source), [list(column) for column in cells]
        )
        return
    places = ",".join(f"${n}" for n in range(1, len(columns) + 1))
    await _each(transaction, _upsertion(table, tuple(columns), f"values ({places})"), cells)


@lru_cache(maxsize=MOST_TEXTS)
def _upsertion(table: str, columns: tuple[tuple[str, ColumnType], ...], source: str) -> str:
    names = [name for name, _ in columns]
    updates = ",".join(f"{quoted(name)}=excluded.{quoted(name)}" for name in names[1:])
    return f"insert into {quoted(table)} ({_names(names)}) {source} on conflict (id) do update set {updates}"


async def update_columns(
    transaction: Transaction,
    table: str,
    columns: Columns,
    cells: Cells,
    *,
    stamp: Sequence[tuple[str, object]],
) -> int:
    """Set columns of rows: `cells` are their ids, their expected versions, then the values of `columns`.

    `stamp` holds for all, and the version grows by one. Returns how many rows had the expected version; for many
    rows on SQLite, where the transaction is alone and the rows were just read, the number of rows itself.
    """
    number = len(cells[0])
    stamped = tuple(name for name, _ in stamp)
    constants = [value for _, value in stamp]
    if _takes_arrays(transaction, cells):
        keys = (("id", ColumnType.ID), ("version", ColumnType.INTEGER), *columns)
        stamps = _places(stamped, len(columns) + 3)
        sets = [f"{quoted(name)}=x.{quoted(name)}" for name, _ in columns]
        statement = (
            f"update {quoted(table)} t set {','.join([*sets, 'version=t.version+1', *stamps])} "
            f"from unnest({_arrays(transaction, keys)}) x({_names([name for name, _ in keys])}) "
            "where t.id=x.id and t.version=x.version"
        )
        return await transaction.execute(statement, [*map(list, cells), *constants])
    statement = _update(table, tuple(columns), stamped)
    return await _each(transaction, statement, [*cells, *([value] * number for value in constants)])


@lru_cache(maxsize=MOST_TEXTS)
def _update(table: str, columns: tuple[tuple[str, ColumnType], ...], stamped: tuple[str, ...]) -> str:
    sets = _places([name for name, _ in columns], 3)
    changes = ",".join([*sets, "version=version+1", *_places(stamped, len(columns) + 3)])
    return f"update {quoted(table)} set {changes} where id=$1 and version=$2"


async def clear_columns(
    transaction: Transaction, table: str, columns: Sequence[str], ids: Sequence[int]
) -> None:
    """Leave nothing in these columns of rows that have no version."""
    sets = ",".join(f"{quoted(name)}=null" for name in columns)
    any_of = transaction.database.dialect.any_of(1, "bigint")
    statement = f"update {quoted(table)} set {sets} where id {any_of}"
    await transaction.execute(statement, (list(ids),), quick=len(ids) <= FEW)


def _places(names: Sequence[str], first: int) -> list[str]:
    return [f"{quoted(name)}=${n}" for n, name in enumerate(names, start=first)]


def _takes_arrays(transaction: Transaction, cells: Cells) -> bool:
    return transaction.database.dialect.name == "postgres" and len(cells[0]) > FEW


def _arrays(transaction: Transaction, columns: Columns) -> str:
    dialect = transaction.database.dialect
    return ",".join(
        dialect.param(n, f"{column_type}[]") for n, (_, column_type) in enumerate(columns, start=1)
    )


def _names(columns: Iterable[str]) -> str:
    return ",".join(map(quoted, columns))


async def _each(transaction: Transaction, statement: str, cells: Cells) -> int:
    """Run a statement for each row; return how many rows were touched, for many of them how many were given."""
    if len(cells[0]) > FEW:
        await transaction.execute_columns(statement, cells)
        return len(cells[0])
    return sum([await transaction.execute(statement, row, quick=True) for row in zip(*cells, strict=True)])
