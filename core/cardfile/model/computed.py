"""Fields that are read from related rows: the latest visit, the number of visits in a month."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cardfile.model.entities import Entity, FieldOf

__all__ = ["Aggregate", "Computed", "count", "days", "earliest", "latest", "total"]


class Aggregate(StrEnum):
    """What is made of the related rows."""

    LATEST = "max"
    EARLIEST = "min"
    TOTAL = "sum"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Computed:
    """An aggregate over the live rows of `entity` that belong to the record.

    `field` is the column aggregated (None counts rows); `last` keeps only rows whose `when` field lies within
    that span before now; `where` maps fields to the one value that they must have.
    """

    aggregate: Aggregate
    entity: Entity
    field: str | None = None
    last: timedelta | None = None
    when: str | None = None
    where: tuple[tuple[str, str | int | bool], ...] = ()


def latest(field: FieldOf, **where: str | int | bool) -> Computed:
    """Return the greatest value of `field` among the related rows."""
    return Computed(Aggregate.LATEST, field.entity, field.key, where=tuple(where.items()))


def earliest(field: FieldOf, **where: str | int | bool) -> Computed:
    """Return the least value of `field` among the related rows."""
    return Computed(Aggregate.EARLIEST, field.entity, field.key, where=tuple(where.items()))


def total(field: FieldOf, **where: str | int | bool) -> Computed:
    """Return the sum of `field` over the related rows, 0 when there are none."""
    return Computed(Aggregate.TOTAL, field.entity, field.key, where=tuple(where.items()))


def count(
    entity: Entity, *, last: timedelta | None = None, when: FieldOf | None = None, **where: str | int | bool
) -> Computed:
    """Return how many related rows there are; with `last`, only those whose `when` lies in that span before now.

    `when` is by default the first date or datetime field of the entity.
    """
    return Computed(
        Aggregate.COUNT, entity, last=last, when=when.key if when else None, where=tuple(where.items())
    )


def days(number: int) -> timedelta:
    """Return a span of `number` days."""
    return timedelta(days=number)
