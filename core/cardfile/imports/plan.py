"""What is to be made of a file: its sheets, their headers, and where each column goes. Kept as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import orjson

__all__ = ["ColumnPlan", "ImportPlan", "SheetPlan"]


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """A column of a sheet: its index from 0, its name in the header, and the place that it goes to.

    Places of the sheet's own entity are plain (`phones`, `fitness.goal`, `id`), those of other parts have the
    part's name before a colon (`deal:amount`). A column without a `path` is left out. `day_first` tells how its
    dates are written, as far as they show it themselves.
    """

    index: int
    name: str
    path: str | None
    day_first: bool | None = None


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet of which each row of data makes or finds a record of `entity`.

    `header_row` is the last row of the header, 0 when there is none; the header has `header_rows` rows, 1 or 2.
    """

    sheet: str
    header_row: int
    header_rows: int
    entity: str
    columns: tuple[ColumnPlan, ...]

    @property
    def names(self) -> dict[int, str]:
        """The names of the columns by their index."""
        return {one.index: one.name for one in self.columns}

    @property
    def paths(self) -> dict[int, str]:
        """The path that each column goes to, by its index; columns that are left out are not there."""
        return {one.index: one.path for one in self.columns if one.path is not None}


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The sheets that are brought in, in the order in which they are worked off."""

    sheets: tuple[SheetPlan, ...]

    def to_text(self) -> str:
        """Return the plan as an import keeps it."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the plan that an import keeps."""
        return cls(tuple(_sheet(told) for told in orjson.loads(text)["sheets"]))


def _sheet(told: dict[str, Any]) -> SheetPlan:
    columns: Sequence[dict[str, Any]] = told.pop("columns")
    return SheetPlan(**told, columns=tuple(ColumnPlan(**one) for one in columns))
