"""What a column is to us, whichever database keeps it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from cardfile.database.names import require_name
from cardfile.errors import DeclarationError

__all__ = ["ColumnSpec", "ColumnType", "IndexSpec", "OnDelete", "TableSpec"]

OnDelete = Literal["restrict", "no action", "set null"]
"""What happens to a row when the row that it refers to is deleted; cascading is not offered."""


class ColumnType(StrEnum):
    """How a value is stored; `Dialect.column_type` says what each database calls it."""

    ID = "id"
    INTEGER = "integer"
    BIGINT = "bigint"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    JSON = "json"
    BYTES = "bytes"

    def __repr__(self) -> str:
        """Return it as it is written in Python: a migration keeps the repr of a table."""
        return f"ColumnType.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """One column. `default` is a constant that the database fills in, None for no default.

    `references` names a table whose `id` the column holds, and then `on_delete` must be stated.
    """

    name: str
    type: ColumnType
    null: bool = False
    default: str | int | bool | None = None
    references: str | None = None
    on_delete: OnDelete | None = None

    def __post_init__(self) -> None:
        """Refuse what no database could do, or what would lose data."""
        require_name(self.name, what="column")
        if (self.references is None) != (self.on_delete is None):
            raise DeclarationError(
                f"column {self.name!r}: references and on_delete belong together; "
                "state on_delete as 'restrict', 'no action' or 'set null'"
            )
        if self.references is not None and self.type not in (ColumnType.ID, ColumnType.BIGINT):
            raise DeclarationError(f"column {self.name!r} refers to {self.references!r}, so it must be an ID")
        if self.on_delete == "set null" and not self.null:
            raise DeclarationError(f"column {self.name!r}: on_delete='set null' needs null=True")
        self._check_default()

    def _check_default(self) -> None:
        if self.default is None:
            return
        fitting: type = _DEFAULTS.get(self.type, object)
        if type(self.default) is not fitting:
            raise DeclarationError(
                f"column {self.name!r} of type {self.type}: {self.default!r} cannot be its default; "
                "only constants of text, integer and boolean columns can (JSON as its text)"
            )


_DEFAULTS: dict[ColumnType, type] = {
    ColumnType.INTEGER: int,
    ColumnType.BIGINT: int,
    ColumnType.TEXT: str,
    ColumnType.BOOLEAN: bool,
    ColumnType.JSON: str,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSpec:
    """An index over `columns`; a minus in front of a name (`"-created_at"`) means descending.

    A `unique` index counts only rows that are not archived when `living=True`: such a table must have
    the column `archived_at`.
    """

    columns: tuple[str, ...]
    unique: bool = False
    living: bool = False
    name: str | None = None

    def __post_init__(self) -> None:
        """Refuse an index of nothing."""
        if not self.columns:
            raise DeclarationError("an index needs at least one column")
        for column in self.columns:
            require_name(column.removeprefix("-"), what="column")

    def name_on(self, table: str) -> str:
        """Return the index's own name, or the one made from its table and columns."""
        made = f"{table}_{'_'.join(column.removeprefix('-') for column in self.columns)}"
        return self.name or f"{made}{'_living' if self.living else ''}_{'key' if self.unique else 'idx'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """A table as it was at some moment: what a migration creates, whatever becomes of the class."""

    name: str
    columns: tuple[ColumnSpec, ...]
    indexes: tuple[IndexSpec, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a table without `id`, or with a column twice."""
        require_name(self.name, what="table")
        names = [column.name for column in self.columns]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise DeclarationError(f"table {self.name!r} has the column {doubled[0]!r} twice")
        if "id" not in names:
            raise DeclarationError(f"table {self.name!r} has no column 'id'; its columns are {names}")
        for index in self.indexes:
            wanted = {column.removeprefix("-") for column in index.columns}
            wanted |= {"archived_at"} if index.living else set()
            if missing := sorted(wanted - set(names)):
                raise DeclarationError(
                    f"table {self.name!r} has no column {missing[0]!r} "
                    f"for its index {index.name_on(self.name)!r}"
                )

    def column(self, name: str) -> ColumnSpec:
        """Return the column of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise DeclarationError(
            f"table {self.name!r} has no column {name!r}; it has {[column.name for column in self.columns]}"
        )
