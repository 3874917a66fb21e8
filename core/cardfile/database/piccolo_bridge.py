"""Piccolo's query builder on our connections: it builds the statement, we run it.

A table gets an engine of its own that sends each statement to the database whose transaction, or whose
`run`, the task is in. No `piccolo_conf` module is needed, and no engine of Piccolo's is started.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, NoReturn, Protocol, TypeVar

from piccolo.columns import (
    JSON,
    JSONB,
    BigInt,
    Boolean,
    Bytea,
    Column,
    Date,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.engine.base import Engine
from piccolo.query.functions.aggregate import Max, Min
from piccolo.querystring import QueryString
from piccolo.table import Table

from cardfile.database.columns import ColumnType
from cardfile.database.encoding import SQLITE_DECODERS
from cardfile.database.transaction import OPEN, Keeper
from cardfile.errors import DatabaseError

__all__ = ["PiccoloQuery", "TableEngine", "column_type_of", "run_query"]

Answer_co = TypeVar("Answer_co", covariant=True)
Answer = TypeVar("Answer")
Rows = list[dict[str, object]]


class PiccoloQuery(Protocol[Answer_co]):
    """What Piccolo builds and we run: a select, its `.first()`, an insert, an update and so on."""

    async def run(self, node: str | None = None, in_pool: bool = True) -> Answer_co:  # noqa: FBT001, FBT002  # Piccolo's
        """Run it on the engine of its table, which is ours."""
        ...


_RUNNING: ContextVar[tuple[Keeper, object] | None] = ContextVar("cardfile_running_query", default=None)

# The more special types first: a ForeignKey's own value is whatever it refers to, and our ids are BIGINT.
_TYPES: tuple[tuple[type[Column], ColumnType], ...] = (
    (ForeignKey, ColumnType.ID),
    (Varchar, ColumnType.TEXT),
    (Text, ColumnType.TEXT),
    (BigInt, ColumnType.BIGINT),
    (Integer, ColumnType.INTEGER),
    (Boolean, ColumnType.BOOLEAN),
    (Date, ColumnType.DATE),
    (Timestamptz, ColumnType.INSTANT),
    (JSONB, ColumnType.JSON),
    (JSON, ColumnType.JSON),
    (Bytea, ColumnType.BYTES),
)


def column_type_of(column: Column) -> ColumnType | None:
    """Return how we store a Piccolo column, None when we do not."""
    return next((ours for theirs, ours in _TYPES if isinstance(column, theirs)), None)


async def run_query(keeper: Keeper, query: PiccoloQuery[Answer]) -> Answer:
    """Run a Piccolo query on the connections of `keeper`."""
    token = _RUNNING.set((keeper, query))
    try:
        return await query.run()
    finally:
        _RUNNING.reset(token)


class TableEngine(Engine[Any]):
    """What `Table._meta.db` is: the way from one table's queries to whichever database is current.

    Current is the database that `run` was called on, else that of the innermost open transaction.
    """

    # Neither __init__ of the original, which asks a server for its version, nor its notion of transactions.
    def __init__(self, table: type[Table]) -> None:
        self._table = table

    @property
    def engine_type(self) -> str:  # type: ignore[override]  # theirs is an attribute set once
        """Which dialect Piccolo compiles for."""
        # Conditions of an insert are checked while it is built, before anybody knows where it will run.
        keeper = _current()
        return keeper.dialect.name if keeper else "sqlite"

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Rows:  # noqa: FBT001, FBT002  # Piccolo's
        """Run one compiled statement; what is not a SELECT runs in a transaction."""
        keeper = _current()
        if keeper is None:
            raise DatabaseError(
                f"a query of {self._table.__name__} has no database to go to: "
                "run it inside a transaction, or by `await database.run(query)`"
            )
        # Numbered places serve both databases.
        sql, args = querystring.compile_string(engine_type="postgres")
        if sql.startswith("SELECT"):
            rows = await keeper.fetch_dicts(sql, args)
        else:
            async with keeper.joined() as transaction:
                rows = await transaction.fetch_dicts(sql, args)
        return self._decoded(rows) if keeper.dialect.name == "sqlite" else rows

    def _decoded(self, rows: Rows) -> Rows:
        if not rows:
            return rows
        running = _RUNNING.get()
        aliases = dict(_aliases(running[1])) if running else {}
        for name in rows[0]:
            column = aliases.get(name) or self._column(name)
            kind = column_type_of(column) if column is not None else None
            decode = SQLITE_DECODERS.get(kind) if kind is not None else None
            if decode is None:
                continue
            for row in rows:
                value = row[name]
                if isinstance(value, str | int):
                    row[name] = decode(value)
        return rows

    def _column(self, name: str) -> Column | None:
        try:
            return self._table._meta.get_column_by_name(name, match_db_column_name=True)
        except ValueError:
            return None

    def transform_response_to_dicts(self, results: Rows) -> Rows:
        """Return the rows, which are dicts already."""
        return results

    async def get_version(self) -> float:
        """Return the oldest SQLite version that can do all that Piccolo asks about."""
        return self.get_version_sync()

    def get_version_sync(self) -> float:
        """Return the oldest SQLite version that can do all that Piccolo asks about."""
        return 3.35

    async def prep_database(self) -> None:
        """Do nothing: our databases prepare themselves."""

    async def batch(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: lists have limits here."""
        raise self._refusal("batch", "a limit and a condition on the id")

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> NoReturn:  # noqa: FBT001, FBT002  # Piccolo's
        """Refuse: tables are made by migrations."""
        raise self._refusal("create, alter or drop", "a migration")

    def transaction(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: transactions are the database's."""
        raise self._refusal("transaction", "database.transaction()")

    def atomic(self) -> NoReturn:
        """Refuse: transactions are the database's."""
        raise self._refusal("atomic", "database.transaction()")

    def _refusal(self, what: str, instead: str) -> DatabaseError:
        return DatabaseError(f"Piccolo's {what} is not used on {self._table.__name__}; use {instead}")


def _current() -> Keeper | None:
    running = _RUNNING.get()
    if running is not None:
        return running[0]
    transactions = OPEN.get()
    return transactions[-1].database if transactions else None


def _aliases(query: object) -> Iterator[tuple[str, Column]]:
    """Yield what a query calls its columns, where that is not the column's own name."""
    inner = getattr(query, "query", None)
    while inner is not None and "query" in vars(query):
        query, inner = inner, getattr(inner, "query", None)
    delegate = getattr(query, "columns_delegate", None)
    returning = getattr(getattr(query, "returning_delegate", None), "_returning", None)
    for selected in (*getattr(delegate, "selected_columns", ()), *getattr(returning, "columns", ())):
        alias = getattr(selected, "_alias", None)
        if alias and isinstance(selected, Column):
            yield alias, selected
        elif alias and isinstance(selected, Max | Min) and selected.columns:
            yield alias, selected.columns[0]
