"""Records as Python values, for commands, imports and exports: the same visibility, filters and orders as anywhere."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime

import orjson

from cardfile.database.columns import ColumnType
from cardfile.database.database import Database
from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.model import Model
from cardfile.model.record_types import Line, RecordType
from cardfile.query.binds import Moment, Statement
from cardfile.query.conditions import filtered, speaks_of_archive
from cardfile.query.given import literal
from cardfile.query.orders import order_of
from cardfile.query.row import Row
from cardfile.query.searching import searched
from cardfile.query.visibility import visible
from cardfile.rights import Rights
from cardfile.values.money import Money

__all__ = ["count_records", "fetch_records", "iterate_records", "stored_value", "visible_ids"]

Record = dict[str, object]
Filter = Mapping[str, object]

PORTION = 2_000


async def fetch_records(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    *,
    now: datetime,
    action: str = "read",
    ids: Collection[int] | None = None,
    filter: Filter | None = None,  # the word of the API
    search: str | None = None,
    order: Sequence[str] = (),
    limit: int | None = None,
    lock: bool = False,
    archived: bool = False,
    paths: Collection[str] | None = None,
    after: int | None = None,
    reading: Reading | None = None,
) -> list[Record]:
    """Return the records that this person may do `action` to, each a dict from line paths (and `id`) to stored values.

    `ids` are taken as they are; `filter` and `order` are the filter language's; archived records are left out
    unless `archived` or the filter speaks of them. `lock` keeps the rows for this transaction. `paths` limits
    what is read; `after` leaves out ids up to that one. Hidden fields are not told apart here: commands see
    them, answers do not show them.
    """
    query = _Query(database, model, record_type, rights, reading or Reading(now.date()))
    query.restrict(action=action, ids=ids, filter=filter, search=search, archived=archived, after=after)
    lines = [line for path, line in record_type.lines.items() if paths is None or path in paths]
    columns = [f"{query.row.alias}.id"]
    for line in lines:
        columns.append(query.row.value(line))
        if line.kind is Kind.MONEY:
            columns.append(query.row.named(line.currency_column, line.card))
    asked = literal(list(order)) if order else None
    clause = order_of(query.row, asked).clause(query.row)
    sql = f"select {', '.join(columns)} from {query.row.source()} where {query.where()} order by {clause}"
    if limit is not None:
        sql += f" limit {int(limit)}"
    if lock and database.dialect.name == "postgres":
        sql += f" for update of {query.row.alias}"
    rows = await database.fetch(sql, query.arguments(now, ids))
    return _records(rows, lines)


async def count_records(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    *,
    now: datetime,
    action: str = "read",
    filter: Filter | None = None,  # the word of the API
    search: str | None = None,
    archived: bool = False,
    reading: Reading | None = None,
) -> int:
    """Return how many records there are for this person under `filter`."""
    query = _Query(database, model, record_type, rights, reading or Reading(now.date()))
    query.restrict(action=action, ids=None, filter=filter, search=search, archived=archived)
    sql = f"select count(*) from {query.row.source()} where {query.where()}"
    return int(str(await database.fetch_value(sql, query.arguments(now, None)) or 0))


async def visible_ids(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    ids: Collection[int],
    *,
    now: datetime,
    action: str = "read",
) -> set[int]:
    """Return those of `ids` to which this person may do `action`."""
    if not ids:
        return set()
    query = _Query(database, model, record_type, rights, Reading(now.date()))
    query.restrict(action=action, ids=ids, filter=None, search=None, archived=True)
    rows = await database.fetch(
        f"select {query.row.alias}.id from {query.row.source()} where {query.where()}",
        query.arguments(now, ids),
    )
    return {int(str(row[0])) for row in rows}


async def iterate_records(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    *,
    now: datetime,
    action: str = "read",
    filter: Filter | None = None,  # the word of the API
    search: str | None = None,
    paths: Collection[str] | None = None,
    reading: Reading | None = None,
) -> AsyncIterator[list[Record]]:
    """Yield all live records under `filter` in portions by rising id, so that memory stays flat."""
    after = 0
    while True:
        portion = await fetch_records(
            database, model, record_type, rights,
            now=now, action=action, filter=filter, search=search, order=("id",), limit=PORTION,
            paths=paths, reading=reading, after=after,
        )  # fmt: skip
        if not portion:
            return
        yield portion
        after = int(str(portion[-1]["id"]))


class _Query:
    """One select over a record type in the making."""

    def __init__(
        self, database: Database, model: Model, record_type: RecordType, rights: Rights, reading: Reading
    ) -> None:
        self.statement = Statement(model, database.dialect, rights, reading)
        self.rights = rights
        self.row = Row(self.statement, record_type)
        self.conditions: list[str] = []

    def restrict(
        self,
        *,
        action: str,
        ids: Collection[int] | None,
        filter: Filter | None,  # the word of the API
        search: str | None,
        archived: bool,
        after: int | None = None,
    ) -> None:
        """Add the conditions under which a row is part of the answer."""
        row, dialect = self.row, self.statement.dialect
        if ids is not None:
            self.conditions.append(f"{row.alias}.id {dialect.any_of(self.statement.keys(), 'bigint')}")
        if after is not None:
            self.conditions.append(f"{row.alias}.id > {int(after)}")
        given = literal(filter) if filter is not None else None
        if not archived and ids is None and row.type.is_archivable and not speaks_of_archive(given):
            self.conditions.append(f"{row.alias}.archived_at is null")
        more = [visible(self.statement, row.type, row.alias, action=action)]
        if given is not None:
            more.append(filtered(row, given))
        if search:
            more.append(searched(row, literal(search)))
        self.conditions += [condition for condition in more if condition]

    def where(self) -> str:
        """Return all conditions together."""
        return " and ".join(self.conditions) or "1 = 1"

    def arguments(self, now: datetime, ids: Collection[int] | None) -> list[object]:
        """Return the parameters' values."""
        moment = Moment(self.rights, now, {}, list(ids or ()))
        return [bind(moment) for bind in self.statement.binds]


def _records(rows: Sequence[Sequence[object]], lines: Sequence[Line]) -> list[Record]:
    """Return rows of the database as records, a column at a time, for there may be thousands of them."""
    if not rows:
        return []
    stored = zip(*rows, strict=True)
    columns: list[Sequence[object]] = [next(stored)]
    for line in lines:
        convert = _FROM_STORAGE.get(KINDS[line.kind].column)
        column: Sequence[object] = next(stored)
        if line.kind is Kind.MONEY:
            column = [_money(*pair) for pair in zip(column, next(stored), strict=True)]
        elif convert is not None:
            column = [None if value is None else convert(value) for value in column]
        columns.append(column)
    paths = ("id", *(line.path for line in lines))
    return [dict(zip(paths, values, strict=True)) for values in zip(*columns, strict=True)]


def _money(minor: object, currency: object) -> Money | None:
    return None if minor is None or currency is None else Money(int(str(minor)), str(currency))


def stored_value(kind: Kind, value: object) -> object:
    """Return what a database column of this kind holds as the Python value that `parse` of the kind gives."""
    if value is None:
        return None
    convert = _FROM_STORAGE.get(KINDS[kind].column)
    return convert(value) if convert is not None else value


def _instant(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _date(value: object) -> object:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _json(value: object) -> object:
    return tuple(orjson.loads(str(value)))


_FROM_STORAGE: Mapping[ColumnType, Callable[[object], object]] = {
    ColumnType.BOOLEAN: bool,
    ColumnType.DATE: _date,
    ColumnType.INSTANT: _instant,
    ColumnType.JSON: _json,
}
