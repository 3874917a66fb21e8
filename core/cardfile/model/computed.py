"""Fields that are read from related rows: the latest visit, the number of visits in a month."""

from datetime import timedelta

from cardfile.declarations.spans import Span
from cardfile.model.aggregates import Aggregate, Computed
from cardfile.model.entities import Entity, FieldOf
from cardfile.model.fields import Kind

__all__ = ["count", "earliest", "latest", "total"]

_MOMENTS = (Kind.DATE, Kind.DATETIME)


def latest(field: FieldOf, **where: str | int | bool) -> Computed:
    """Return the greatest value of `field` among the related rows."""
    return Computed(Aggregate.LATEST, field.entity.table, field.key, where=tuple(where.items()))


def earliest(field: FieldOf, **where: str | int | bool) -> Computed:
    """Return the least value of `field` among the related rows."""
    return Computed(Aggregate.EARLIEST, field.entity.table, field.key, where=tuple(where.items()))


def total(field: FieldOf, **where: str | int | bool) -> Computed:
    """Return the sum of `field` over the related rows, 0 when there are none."""
    return Computed(Aggregate.TOTAL, field.entity.table, field.key, where=tuple(where.items()))


def count(
    entity: Entity,
    *,
    last: timedelta | Span | None = None,
    when: FieldOf | None = None,
    **where: str | int | bool,
) -> Computed:
    """Return how many related rows there are; with `last`, only those whose `when` lies in that span before now.

    `when` is by default the first date or datetime field of the entity.
    """
    first = when.key if when else next((one.key for one in entity.fields if one.kind in _MOMENTS), None)
    span = last.length if isinstance(last, Span) else last
    return Computed(Aggregate.COUNT, entity.table, last=span, when=first, where=tuple(where.items()))
