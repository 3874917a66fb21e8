"""What a migration is made of: typed steps that know their statements on both databases."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from hashlib import sha256

from piccolo.table import Table

from cardfile.database import ddl
from cardfile.database.columns import ColumnSpec, IndexSpec, TableSpec
from cardfile.database.dialect import Dialect
from cardfile.database.tables import table_spec
from cardfile.database.transaction import Transaction
from cardfile.errors import DeclarationError

__all__ = [
    "AddColumn",
    "AddIndex",
    "CreateTable",
    "CreateView",
    "Migration",
    "Rebuild",
    "RunData",
    "RunSQL",
    "Step",
]


class Step(ABC):
    """One change of the database; it runs in the migration's transaction."""

    async def run(self, transaction: Transaction) -> None:
        """Make the change."""
        for statement in self.statements(transaction.database.dialect):
            await transaction.execute(statement)

    @abstractmethod
    def statements(self, dialect: Dialect) -> Sequence[str]:
        """Return the statements of the change."""


@dataclass(frozen=True, slots=True)
class CreateTable(Step):
    """Makes a table with its indexes and what its ids are counted with.

    Give it a TableSpec. A Piccolo class will do until the class changes, for then the migration has changed
    too and is refused: replace the class by the TableSpec that `table_spec` printed before the change.
    """

    table: TableSpec | type[Table]

    def __post_init__(self) -> None:
        """Take the class as it is now."""
        if not isinstance(self.table, TableSpec):
            object.__setattr__(self, "table", table_spec(self.table))

    def statements(self, dialect: Dialect) -> Sequence[str]:
        """Return CREATE TABLE, its indexes and its sequence."""
        assert isinstance(self.table, TableSpec)
        return (*ddl.create_table(self.table, dialect), *ddl.create_sequence(self.table.name, dialect))


@dataclass(frozen=True, slots=True)
class AddColumn(Step):
    """Adds a column, which must be nullable or have a default."""

    table: str
    column: ColumnSpec

    def statements(self, dialect: Dialect) -> Sequence[str]:
        """Return ALTER TABLE."""
        return ddl.add_column(self.table, self.column, dialect)


@dataclass(frozen=True, slots=True)
class AddIndex(Step):
    """Makes an index on a table, which may have rows."""

    table: str
    index: IndexSpec

    def statements(self, dialect: Dialect) -> Sequence[str]:
        """Return CREATE INDEX."""
        return (ddl.create_index(self.table, self.index, dialect),)


@dataclass(frozen=True, slots=True)
class CreateView(Step):
    """Makes a view, in place of an older one of its name; `postgres` where its select differs."""

    name: str
    select: str
    postgres: str | None = None

    def statements(self, dialect: Dialect) -> Sequence[str]:
        """Return DROP VIEW and CREATE VIEW."""
        differs = dialect.name == "postgres" and self.postgres is not None
        return ddl.create_view(self.name, (self.postgres or "") if differs else self.select)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSQL(Step):
    """Runs statements of one's own, stated for each database; an empty tuple means nothing to do there."""

    sqlite: str | tuple[str, ...]
    postgres: str | tuple[str, ...]

    def statements(self, dialect: Dialect) -> Sequence[str]:
        """Return the statements for the database at hand."""
        stated = self.sqlite if dialect.name == "sqlite" else self.postgres
        return (stated,) if isinstance(stated, str) else stated


@dataclass(frozen=True, slots=True)
class Rebuild(Step):
    """Gives a table with rows another shape: types, nulls, defaults, references, columns taken away.

    `before` is the table as it is, `after` as it shall be; `using` gives SQL expressions over the old columns
    for columns whose value does not simply stay.
    """

    before: TableSpec
    after: TableSpec
    using: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a renaming, and values for columns that there are not."""
        if self.before.name != self.after.name:
            raise DeclarationError(f"a rebuild cannot rename {self.before.name!r} to {self.after.name!r}")
        for name in self.using:
            self.after.column(name)

    def statements(self, dialect: Dialect) -> Sequence[str]:
        """Return what changes the table in place, or copies it."""
        return ddl.rebuild(self.before, self.after, self.using, dialect)


@dataclass(frozen=True, slots=True)
class RunData(Step):
    """Runs a function that changes rows; only its name is part of the migration's checksum."""

    function: Callable[[Transaction], Awaitable[None]]

    async def run(self, transaction: Transaction) -> None:
        """Call the function."""
        await self.function(transaction)

    def statements(self, dialect: Dialect) -> Sequence[str]:
        """Return nothing: what the function does is known when it runs."""
        return ()


@dataclass(frozen=True, slots=True)
class Migration:
    """Steps that belong together; once it ran, a migration is never edited: write another one."""

    id: str
    steps: tuple[Step, ...]
    _checksum: str = field(init=False, default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse an id that could not be told in a sentence."""
        if not re.fullmatch(r"[0-9a-z_]{1,63}", self.id):
            raise DeclarationError(
                f"{self.id!r} cannot be the id of a migration: "
                "lower-case Latin letters, digits and underscores, at most 63"
            )

    @property
    def checksum(self) -> str:
        """What the migration does, as sixteen hexadecimal digits; it is the same on both databases."""
        if not self._checksum:  # A start asks several times, and there are hundreds of columns to tell.
            meaning = json.dumps([_meaning(step) for step in self.steps], sort_keys=True, ensure_ascii=False)
            object.__setattr__(self, "_checksum", sha256(meaning.encode()).hexdigest()[:16])
        return self._checksum


def _meaning(value: object) -> object:
    """Return a declaration as JSON, without what it leaves at the default.

    So a declaration may be given new options later, and the checksums of old migrations stay.
    """
    if is_dataclass(value) and not isinstance(value, type):
        stated = {
            each.name: _meaning(getattr(value, each.name))
            for each in fields(value)
            if each.default is MISSING or getattr(value, each.name) != each.default
        }
        return {"": type(value).__name__, **stated}
    if isinstance(value, tuple | list):
        return [_meaning(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _meaning(item) for key, item in value.items()}
    return getattr(value, "__qualname__", value)
