"""Which database a URL means."""

from typing import Any
from urllib.parse import unquote, urlsplit

from cardfile.database.database import Database
from cardfile.database.postgres import PostgresDatabase
from cardfile.database.sqlite import SqliteDatabase
from cardfile.errors import SettingsError

__all__ = ["open_database"]

_FORMS = (
    "sqlite:///cardfile.db, sqlite:////var/lib/cardfile/cardfile.db or postgresql://user:password@host/name"
)


def open_database(url: str, **options: Any) -> Database:
    """Return the database that `url` means, not started.

    `options` are those of `SqliteDatabase` and `PostgresDatabase`. A wrong URL raises SettingsError.
    """
    # The URL itself is not told: it may hold a password.
    kind, separator, rest = url.partition("://")
    if not separator:
        raise SettingsError(f"the database URL is not a URL; write {_FORMS}")
    try:
        if kind == "sqlite":
            return SqliteDatabase(_file(rest), **options)
        if kind in ("postgresql", "postgres"):
            _require_name(url)
            return PostgresDatabase(url, **options)
    except TypeError as error:
        raise SettingsError(f"an option does not fit a {kind} database: {error}") from error
    raise SettingsError(f"the database URL begins with {kind!r}, which no database here does; write {_FORMS}")


def _file(rest: str) -> str:
    if not rest.startswith("/"):
        raise SettingsError("an SQLite URL has three slashes before a relative path: sqlite:///cardfile.db")
    if not rest[1:]:
        raise SettingsError(
            "an SQLite database in memory is not supported; name a file: sqlite:///cardfile.db"
        )
    return unquote(rest[1:])


def _require_name(url: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SettingsError(f"the PostgreSQL URL cannot be read: {error}; write {_FORMS}") from None
    if not parts.path.strip("/"):
        raise SettingsError(f"the PostgreSQL URL names no database; write {_FORMS}")
