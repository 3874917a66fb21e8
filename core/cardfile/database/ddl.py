"""Statements that make tables, columns, indexes and views: ours, for both databases."""

from collections.abc import Mapping

from cardfile.database.columns import ColumnSpec, ColumnType, IndexSpec, TableSpec
from cardfile.database.dialect import Dialect, literal
from cardfile.database.names import quoted, require_name
from cardfile.errors import DeclarationError

__all__ = [
    "add_column",
    "create_index",
    "create_sequence",
    "create_table",
    "create_view",
    "drop_index",
    "rebuild",
]


def create_table(table: TableSpec, dialect: Dialect) -> tuple[str, ...]:
    """Return the statements that make a table with its indexes."""
    lines = ", ".join(_line(column, dialect) for column in table.columns)
    # Strict, because SQLite would otherwise keep a text in a column of integers.
    ending = " strict" if dialect.name == "sqlite" else ""
    return (
        f"create table {quoted(table.name)} ({lines}){ending}",
        *(create_index(table.name, index, dialect) for index in table.indexes),
    )


def create_sequence(table: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the statements that make what `reserve_ids` of that table counts with."""
    if dialect.name == "sqlite":
        return (
            "create table if not exists cardfile_sequence "
            "(name text primary key not null, next integer not null) strict, without rowid",
        )
    sequence = require_name(f"{table}_id_seq", what="sequence")
    return (f"create sequence {quoted(sequence)} owned by {quoted(table)}.id",)


def add_column(table: str, column: ColumnSpec, dialect: Dialect) -> tuple[str, ...]:
    """Return the statement that adds a column to a table, which may have rows.

    A column that is not null must have a default: add it nullable, fill it by RunData, then Rebuild.
    """
    if not column.null and column.default is None:
        raise DeclarationError(
            f"column {column.name!r} cannot be added to {table!r} as not null without a default, since "
            "its rows have no value yet: add it with null=True, fill it by RunData, then Rebuild the table"
        )
    return (f"alter table {quoted(table)} add column {_line(column, dialect)}",)


def create_index(table: str, index: IndexSpec, dialect: Dialect) -> str:
    """Return the statement that makes an index, in which null is the smallest value."""
    parts = ", ".join(
        dialect.descending(quoted(column[1:]))
        if column.startswith("-")
        else dialect.ascending(quoted(column))
        for column in index.columns
    )
    unique = "unique " if index.unique else ""
    living = " where archived_at is null" if index.living else ""
    return f"create {unique}index {quoted(index.name_on(table))} on {quoted(table)} ({parts}){living}"


def drop_index(table: str, index: IndexSpec) -> str:
    """Return the statement that removes an index."""
    return f"drop index {quoted(index.name_on(table))}"


def create_view(name: str, select: str) -> tuple[str, ...]:
    """Return the statements that make a view, in place of the one of that name if there is one."""
    return (f"drop view if exists {quoted(name)}", f"create view {quoted(name)} as {select}")


def rebuild(
    before: TableSpec, after: TableSpec, using: Mapping[str, str], dialect: Dialect
) -> tuple[str, ...]:
    """Return the statements that give a table with rows another shape.

    `using` gives expressions over the old columns for columns that do not simply keep their value.
    """
    return (_copied if dialect.name == "sqlite" else _altered)(before, after, using, dialect)


def _line(column: ColumnSpec, dialect: Dialect) -> str:
    parts = [quoted(column.name), dialect.column_type(column.type)]
    if column.name == "id":
        parts.append("primary key")
    if not column.null:
        parts.append("not null")
    if column.default is not None:
        parts.append(f"default {_constant(column, dialect)}")
    if column.type is ColumnType.JSON and dialect.name == "sqlite":
        parts.append(f"check ({quoted(column.name)} is null or json_valid({quoted(column.name)}))")
    if column.references is not None:
        parts.append(_reference(column))
    return " ".join(parts)


def _reference(column: ColumnSpec) -> str:
    assert column.references is not None
    return f"references {quoted(column.references)} (id) on delete {column.on_delete}"


def _constant(column: ColumnSpec, dialect: Dialect) -> str:
    if isinstance(column.default, bool):
        return str(int(column.default) if dialect.name == "sqlite" else column.default).lower()
    return literal(column.default) if isinstance(column.default, str) else str(column.default)


def _copied(
    before: TableSpec, after: TableSpec, using: Mapping[str, str], dialect: Dialect
) -> tuple[str, ...]:
    """SQLite cannot change a column: copy the rows to a new table and put it in the old one's place."""
    waiting = f"{after.name}__new"
    old = {column.name for column in before.columns}
    filled = {
        column.name: using.get(column.name, quoted(column.name))
        for column in after.columns
        if column.name in using or column.name in old
    }
    lines = ", ".join(_line(column, dialect) for column in after.columns)
    return (
        f"create table {quoted(waiting)} ({lines}) strict",
        f"insert into {quoted(waiting)} ({', '.join(map(quoted, filled))}) "
        f"select {', '.join(filled.values())} from {quoted(before.name)}",
        f"drop table {quoted(before.name)}",
        f"alter table {quoted(waiting)} rename to {quoted(after.name)}",
        *(create_index(after.name, index, dialect) for index in after.indexes),
    )


def _altered(
    before: TableSpec, after: TableSpec, using: Mapping[str, str], dialect: Dialect
) -> tuple[str, ...]:
    table = quoted(after.name)
    old = {column.name: column for column in before.columns}
    statements = [drop_index(before.name, index) for index in before.indexes if index not in after.indexes]
    for column in after.columns:
        statements += _column_changes(table, old.get(column.name), column, using.get(column.name), dialect)
    kept = {column.name for column in after.columns}
    statements += [f"alter table {table} drop column {quoted(name)}" for name in old if name not in kept]
    statements += [
        create_index(after.name, index, dialect) for index in after.indexes if index not in before.indexes
    ]
    return tuple(statements)


def _column_changes(
    table: str, before: ColumnSpec | None, after: ColumnSpec, using: str | None, dialect: Dialect
) -> list[str]:
    name = quoted(after.name)
    change = f"alter table {table} alter column {name}"
    kind = dialect.column_type(after.type)
    statements: list[str] = []
    if before is None:
        statements.append(f"alter table {table} add column {name} {kind}")
        if using is not None:
            statements.append(f"update {table} set {name} = {using}")
        elif after.default is not None:
            statements.append(f"update {table} set {name} = {_constant(after, dialect)}")
    elif before.type is not after.type:
        if before.default is not None:
            statements.append(f"{change} drop default")
        statements.append(f"{change} type {kind} using {using or f'{name}::{kind.split()[0]}'}")
    elif using is not None:
        statements.append(f"update {table} set {name} = {using}")
    if after.default is not None:
        statements.append(f"{change} set default {_constant(after, dialect)}")
    elif before is not None and before.default is not None:
        statements.append(f"{change} drop default")
    was_null = before is None or before.null
    if was_null != after.null:
        statements.append(f"{change} {'drop' if after.null else 'set'} not null")
    if before is None or (before.references, before.on_delete) != (after.references, after.on_delete):
        constraint = quoted(f"{table.strip(chr(34))}_{after.name}_fkey")
        if before is not None and before.references is not None:
            statements.append(f"alter table {table} drop constraint {constraint}")
        if after.references is not None:
            statements.append(
                f"alter table {table} add constraint {constraint} foreign key ({name}) {_reference(after)}"
            )
    return statements
