"""JSON made by the database: constant text and SQL values joined in order."""

import orjson

from cardfile.database.dialect import Dialect, literal

__all__ = ["JsonText"]


class JsonText:
    """A concatenation in the making; neighbouring constants become one literal."""

    __slots__ = ("_dialect", "_first", "_parts", "_pending")

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._parts: list[str] = []
        self._pending = ""
        self._first: list[bool] = []

    def open(self, bracket: str) -> None:
        """Begin an object or a list."""
        self._pending += bracket
        self._first.append(True)

    def item(self) -> None:
        """Begin the next item of a list."""
        if self._first[-1]:
            self._first[-1] = False
        else:
            self._pending += ","

    def key(self, key: str) -> None:
        """Begin the next member of an object."""
        self.item()
        self._pending += orjson.dumps(key).decode() + ":"

    def close(self, bracket: str) -> None:
        """End an object or a list."""
        self._pending += bracket
        self._first.pop()

    def constant(self, json: str) -> None:
        """Add text that is known beforehand."""
        self._pending += json

    def value(self, sql: str, *, joined: bool = False) -> None:
        """Add the text of an SQL expression; `joined` means that it is a number to be taken as text."""
        if self._pending:
            self._parts.append(literal(self._pending))
            self._pending = ""
        self._parts.append(self._dialect.joinable(sql) if joined else sql)

    def quoted(self, sql: str) -> None:
        """Add an SQL text that may stand between quotation marks as it is."""
        self.constant('"')
        self.value(sql)
        self.constant('"')

    def sql(self) -> str:
        """Return the whole as one SQL expression."""
        parts = [*self._parts, literal(self._pending)] if self._pending else self._parts
        return parts[0] if len(parts) == 1 else self._dialect.concat(parts)
