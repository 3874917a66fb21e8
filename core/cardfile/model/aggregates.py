"""What a computed field is made of."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from piccolo.table import Table

__all__ = ["Aggregate", "Computed"]


class Aggregate(StrEnum):
    """What is made of the related rows."""

    LATEST = "max"
    EARLIEST = "min"
    TOTAL = "sum"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Computed:
    """An aggregate over the live rows of `table` that belong to the record.

    `field` is the column aggregated (None counts rows); `last` keeps only rows whose `when` field lies within
    that span before now; `where` maps fields to the one value that they must have.
    """

    aggregate: Aggregate
    table: type[Table]
    field: str | None = None
    last: timedelta | None = None
    when: str | None = None
    where: tuple[tuple[str, str | int | bool], ...] = ()
