"""What SQLite refuses, told in our words."""

import sqlite3

from cardfile.database.failures import ConstraintKind, ConstraintViolated, StatementFailed
from cardfile.errors import DatabaseError

__all__ = ["REFUSALS", "code_of", "failure_of"]

REFUSALS = (sqlite3.Error, OverflowError, UnicodeEncodeError)
"""What the driver raises; for values that it cannot put into a statement it is no sqlite3.Error."""

_CONSTRAINTS: tuple[tuple[str, ConstraintKind], ...] = (
    ("UNIQUE constraint failed: ", "unique"),
    ("NOT NULL constraint failed: ", "not_null"),
    ("FOREIGN KEY constraint failed", "foreign_key"),
    ("CHECK constraint failed", "check"),
)


def failure_of(error: Exception, sql: str) -> DatabaseError:
    """Tell an error of the driver in our words."""
    said = str(error)
    message = f"{said} — in: {sql:.500}"
    if isinstance(error, sqlite3.IntegrityError):
        for beginning, kind in _CONSTRAINTS:
            if said.startswith(beginning):
                places = said.removeprefix(beginning) if kind in ("unique", "not_null") else ""
                named = [place.split(".") for place in places.split(", ") if "." in place]
                return ConstraintViolated(
                    message,
                    kind=kind,
                    table=named[0][0] if named else "",
                    columns=tuple(column for _, column in named),
                )
    return StatementFailed(message)


def code_of(error: Exception) -> int:
    """Return SQLite's number for the kind of an error, 0 when it is none of its own."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
