"""What can go wrong between us and the database, told alike for both engines.

DatabaseError
├── DatabaseBusy              others held the database for longer than we may wait
├── TransactionClosed         a transaction was used after its end, or after one of its statements failed
└── StatementFailed           the database refused a statement
    ├── ConstraintViolated    a unique, foreign key, not null or check constraint says no
    └── SerializationFailed   two transactions got in each other's way: run the whole one again
"""

from typing import Literal

from cardfile.errors import DatabaseError

__all__ = [
    "ConstraintKind",
    "ConstraintViolated",
    "DatabaseBusy",
    "SerializationFailed",
    "StatementFailed",
    "TransactionClosed",
]

ConstraintKind = Literal["unique", "foreign_key", "not_null", "check"]


class DatabaseBusy(DatabaseError):
    """Others held the database for longer than we may wait."""


class TransactionClosed(DatabaseError):
    """A transaction was used after its end, or after one of its statements failed."""


class StatementFailed(DatabaseError):
    """The database refused a statement."""


class SerializationFailed(StatementFailed):
    """Two transactions got in each other's way; running the whole transaction again is the remedy."""


class ConstraintViolated(StatementFailed):
    """A constraint says no; `table` and `columns` say which one, as far as the database tells.

    SQLite tells neither for a foreign key; both tell them for unique and not null.
    """

    def __init__(
        self, message: str, *, kind: ConstraintKind, table: str = "", columns: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.table = table
        self.columns = columns
