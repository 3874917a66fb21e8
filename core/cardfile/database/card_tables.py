"""The tables of plugins' card fields, kept in step with what the plugins declare."""

from collections.abc import Sequence
from dataclasses import dataclass

from cardfile.database import ddl
from cardfile.database.catalogue import column_names, has_table
from cardfile.database.columns import ColumnSpec, ColumnType, IndexSpec, TableSpec
from cardfile.database.names import require_name
from cardfile.database.transaction import Keeper, Transaction
from cardfile.errors import DeclarationError, MigrationError

__all__ = ["CardTable", "missing_card_columns", "sync_card_tables"]

_COLUMNS_TABLE = "cardfile_card_column"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTable:
    """The fields that one plugin puts on the cards of one record table: one row per record, with its `id`.

    A column must be nullable or have a default, since rows exist before it does.
    """

    name: str
    record_table: str
    columns: tuple[ColumnSpec, ...]
    indexes: tuple[IndexSpec, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a table that could not be grown column by column."""
        require_name(self.record_table, what="table")
        for column in self.columns:
            if column.name == "id":
                raise DeclarationError(f"card table {self.name!r}: `id` is the record's own and not declared")
            if not column.null and column.default is None:
                raise DeclarationError(
                    f"card table {self.name!r}, column {column.name!r}: state null=True or a default, "
                    "for there are records already when the column comes"
                )
        self.as_spec()

    def as_spec(self) -> TableSpec:
        """Return the whole table, its `id` included."""
        owner = ColumnSpec(name="id", type=ColumnType.ID, references=self.record_table, on_delete="restrict")
        return TableSpec(name=self.name, columns=(owner, *self.columns), indexes=self.indexes)


async def sync_card_tables(transaction: Transaction, wanted: Sequence[CardTable]) -> tuple[str, ...]:
    """Make what is missing of the wanted tables, columns and indexes, and return its names.

    Nothing is ever taken away: a column that nobody declares any more keeps its data. A column whose type
    changed raises MigrationError.
    """
    if not await has_table(transaction, _COLUMNS_TABLE):
        await transaction.execute(
            f"create table {_COLUMNS_TABLE} (table_name text not null, column_name text not null, "
            "type text not null, primary key (table_name, column_name))"
        )
    types = await _known_types(transaction)
    made: list[str] = []
    for table in wanted:
        _refuse_changed_types(table, types)
        made += await _grow(transaction, table, types)
    return tuple(made)


async def missing_card_columns(database: Keeper, wanted: Sequence[CardTable]) -> tuple[str, ...]:
    """Return the columns, as `table.column`, that `sync_card_tables` would make; it changes nothing."""
    missing: list[str] = []
    types = await _known_types(database) if await has_table(database, _COLUMNS_TABLE) else {}
    for table in wanted:
        _refuse_changed_types(table, types)
        there = await column_names(database, table.name)
        missing += [
            f"{table.name}.{column.name}" for column in table.as_spec().columns if column.name not in there
        ]
    return tuple(missing)


async def _known_types(where: Keeper | Transaction) -> dict[tuple[str, str], str]:
    rows = await where.fetch(f"select table_name, column_name, type from {_COLUMNS_TABLE}")
    return {(str(table), str(column)): str(kind) for table, column, kind in rows}


def _refuse_changed_types(table: CardTable, types: dict[tuple[str, str], str]) -> None:
    for column in table.columns:
        known = types.get((table.name, column.name))
        if known is not None and known != column.type:
            raise MigrationError(
                f"card table {table.name!r}, column {column.name!r}: the database keeps {known} there and "
                f"the plugin now declares {column.type}; declare the field under another key and carry the "
                "values over by a data step, or declare the old kind again"
            )


async def _grow(transaction: Transaction, table: CardTable, types: dict[tuple[str, str], str]) -> list[str]:
    dialect = transaction.database.dialect
    spec = table.as_spec()
    there = await column_names(transaction, table.name)
    made = [column for column in table.columns if column.name not in there]
    if not there:
        bare = TableSpec(name=spec.name, columns=spec.columns)
        statements = ddl.create_table(bare, dialect)
    else:
        statements = tuple(
            statement for column in made for statement in ddl.add_column(table.name, column, dialect)
        )
    for statement in statements:
        await transaction.execute(statement)
    for index in table.indexes:
        statement = ddl.create_index(table.name, index, dialect)
        await transaction.execute(statement.replace("index ", "index if not exists ", 1))
    new = [column for column in table.columns if (table.name, column.name) not in types]
    await transaction.execute_many(
        f"insert into {_COLUMNS_TABLE} (table_name, column_name, type) values ($1, $2, $3)",
        [(table.name, column.name, str(column.type)) for column in new],
    )
    return [*([] if there else [table.name]), *(f"{table.name}.{column.name}" for column in made)]
