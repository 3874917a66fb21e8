"""The databases: the only place that knows SQLite from PostgreSQL."""

from cardfile.database.card_tables import CardTable, sync_card_tables
from cardfile.database.columns import ColumnSpec, ColumnType, IndexSpec, OnDelete, TableSpec
from cardfile.database.database import Database
from cardfile.database.dialect import POSTGRES, SQLITE, Dialect
from cardfile.database.failures import (
    ConstraintKind,
    ConstraintViolated,
    DatabaseBusy,
    SerializationFailed,
    StatementFailed,
    TransactionClosed,
)
from cardfile.database.migrations import PluginMigrations, check_migrated, migrate, pending
from cardfile.database.steps import (
    AddColumn,
    AddIndex,
    CreateTable,
    CreateView,
    Migration,
    Rebuild,
    RunData,
    RunSQL,
    Step,
)
from cardfile.database.tables import Record, Stored, table_columns, table_spec
from cardfile.database.transaction import Isolation, Row, Transaction
from cardfile.database.urls import open_database

__all__ = [
    "POSTGRES",
    "SQLITE",
    "AddColumn",
    "AddIndex",
    "CardTable",
    "ColumnSpec",
    "ColumnType",
    "ConstraintKind",
    "ConstraintViolated",
    "CreateTable",
    "CreateView",
    "Database",
    "DatabaseBusy",
    "Dialect",
    "IndexSpec",
    "Isolation",
    "Migration",
    "OnDelete",
    "PluginMigrations",
    "Rebuild",
    "Record",
    "Row",
    "RunData",
    "RunSQL",
    "SerializationFailed",
    "StatementFailed",
    "Step",
    "Stored",
    "TableSpec",
    "Transaction",
    "TransactionClosed",
    "check_migrated",
    "migrate",
    "open_database",
    "pending",
    "sync_card_tables",
    "table_columns",
    "table_spec",
]
