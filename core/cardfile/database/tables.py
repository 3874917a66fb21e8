"""Piccolo tables as we declare them, and how we read their columns."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar

from piccolo.columns import BigInt, Column, ForeignKey, Integer, OnDelete, Timestamptz
from piccolo.table import Table

from cardfile.database import columns
from cardfile.database.columns import ColumnSpec, ColumnType, IndexSpec, TableSpec
from cardfile.database.piccolo_bridge import TableEngine, column_type_of
from cardfile.errors import DeclarationError

__all__ = ["Record", "Stored", "table_columns", "table_spec"]


class Stored(Table):
    """A table of ours: its `id` is given by us, and its queries go to the database that is current.

    `keys` are its indexes beyond those that a column states by `index=True` or `unique=True`.
    """

    id = BigInt(primary_key=True, default=None)

    keys: ClassVar[tuple[IndexSpec, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """Let the queries of every subclass go through our bridge."""
        super().__init_subclass__(**options)
        cls._meta.db = TableEngine(cls)


class Record(Stored):
    """A table whose rows people make, change and archive; users are named by id, None is the system."""

    created_at = Timestamptz(default=None)
    created_by = BigInt(null=True, default=None)
    updated_at = Timestamptz(default=None)
    updated_by = BigInt(null=True, default=None)
    version = Integer(default=1)
    archived_at = Timestamptz(null=True, default=None)


_REMEDIES: Mapping[str, str] = {
    "Serial": "BigInt(primary_key=True, default=None), as Stored has it; ids come from reserve_ids",
    "BigSerial": "BigInt(primary_key=True, default=None), as Stored has it; ids come from reserve_ids",
    "Numeric": "BigInt of the value times 10**scale: SQLite keeps decimals as floats",
    "Decimal": "BigInt of the value times 10**scale: SQLite keeps decimals as floats",
    "Real": "BigInt of the value times 10**scale: floats are not exact",
    "Float": "BigInt of the value times 10**scale: floats are not exact",
    "DoublePrecision": "BigInt of the value times 10**scale: floats are not exact",
    "Timestamp": "Timestamptz(default=None)",
    "Time": "Integer of minutes",
    "Interval": "Integer of seconds",
    "UUID": "BigInt, or Varchar for ids of others",
    "Array": "JSON, or a table of its own",
}

_ON_DELETE: Mapping[OnDelete, columns.OnDelete] = {
    OnDelete.restrict: "restrict",
    OnDelete.no_action: "no action",
    OnDelete.set_null: "set null",
}


def table_columns(table: type[Table]) -> tuple[ColumnSpec, ...]:
    """Return the columns of a Piccolo table as we store them.

    Raises DeclarationError for what the two databases would keep differently, or what would lose data.
    """
    return tuple(_column_spec(table, column) for column in table._meta.columns)


def table_spec(table: type[Table]) -> TableSpec:
    """Return a Piccolo table with its indexes as it is now; its repr is what a migration keeps."""
    indexes = [
        IndexSpec(columns=(_name(column),), unique=column._meta.unique)
        for column in table._meta.columns
        if (column._meta.index or column._meta.unique) and not column._meta.primary_key
    ]
    return TableSpec(
        name=table._meta.tablename,
        columns=table_columns(table),
        indexes=(*indexes, *getattr(table, "keys", ())),
    )


def _name(column: Column) -> str:
    return column._meta.db_column_name or column._meta.name


def _column_spec(table: type[Table], column: Column) -> ColumnSpec:
    kind = column_type_of(column)
    if kind is None:
        name = type(column).__name__
        raise _refusal(table, column, f"{name} is not stored; use {_REMEDIES.get(name, 'another type')}")
    if column._meta.primary_key:
        if kind is not ColumnType.BIGINT or _name(column) != "id":
            raise _refusal(table, column, "the primary key is `id = BigInt(primary_key=True, default=None)`")
        return ColumnSpec(name="id", type=ColumnType.ID)
    return ColumnSpec(
        name=_name(column),
        type=kind,
        null=column._meta.null,
        default=_default(table, column),
        references=_references(column),
        on_delete=_on_delete(table, column),
    )


def _default(table: type[Table], column: Column) -> str | int | bool | None:
    default = column._meta.params.get("default")
    if isinstance(default, Enum):
        default = default.value
    if default is not None and not isinstance(default, str | int):
        # Piccolo would evaluate it once and keep the result in the table's definition for ever.
        raise _refusal(
            table,
            column,
            f"{default!r} cannot be the default; state default=None and give the value in Python",
        )
    return default


def _references(column: Column) -> str | None:
    if not isinstance(column, ForeignKey):
        return None
    return column._foreign_key_meta.resolved_references._meta.tablename


def _on_delete(table: type[Table], column: Column) -> columns.OnDelete | None:
    if not isinstance(column, ForeignKey):
        return None
    stated = column._foreign_key_meta.on_delete
    if stated not in _ON_DELETE:
        # CASCADE is what Piccolo takes when nothing is said, so we cannot tell it from a decision.
        raise _refusal(
            table,
            column,
            f"on_delete is {stated.value}, which Piccolo also takes when nothing is said; "
            "use OnDelete.restrict, OnDelete.no_action or OnDelete.set_null",
        )
    return _ON_DELETE[stated]


def _refusal(table: type[Table], column: Column, why: str) -> DeclarationError:
    return DeclarationError(f"table {table.__name__}, column {_name(column)!r}: {why}")
