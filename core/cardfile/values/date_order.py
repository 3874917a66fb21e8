"""Whether the dates of a column have the day or the month first: only all of them together can tell."""

import re
from collections.abc import Iterable
from enum import StrEnum

__all__ = ["DateOrder", "date_order"]

_ambiguous = re.compile(r"\s*(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)", re.ASCII).match


class DateOrder(StrEnum):
    """What the dates of a column have in front."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    UNCLEAR = "unclear"
    """No date has a number above 12 where it would decide."""
    MIXED = "mixed"
    """Some dates can only have the day first, others only the month: each writer had a way of their own."""


def date_order(cells: Iterable[object]) -> DateOrder | None:
    """Return the order of the dates among `cells`; None if there is none that could be read in two ways.

    Only texts with slashes or hyphens are unclear: dots always stand behind a day, and dates of a spreadsheet's
    own have no order.
    """
    days_first = months_first = either = 0
    for cell in cells:
        if not isinstance(cell, str) or not (found := _ambiguous(cell)):
            continue
        first, second = int(found[1]), int(found[3])
        days_first += first > 12 >= second
        months_first += second > 12 >= first
        either += first <= 12 and second <= 12 and first != second
    if days_first and months_first:
        return DateOrder.MIXED
    if days_first:
        return DateOrder.DAY_FIRST
    if months_first:
        return DateOrder.MONTH_FIRST
    return DateOrder.UNCLEAR if either else None
