"""The databases: the only place that knows SQLite from PostgreSQL."""

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
from cardfile.database.transaction import Isolation, Row, Transaction
from cardfile.database.urls import open_database

__all__ = [
    "POSTGRES",
    "SQLITE",
    "ColumnSpec",
    "ColumnType",
    "ConstraintKind",
    "ConstraintViolated",
    "Database",
    "DatabaseBusy",
    "Dialect",
    "IndexSpec",
    "Isolation",
    "OnDelete",
    "Row",
    "SerializationFailed",
    "StatementFailed",
    "TableSpec",
    "Transaction",
    "TransactionClosed",
    "open_database",
]
