"""Conditions that are relative to the present: past, today, in so many days, so many days ago.

A day is one of the reader's zone. What is relative is worked out anew for each request, so that a plan, a saved
segment or a rule means today whenever it is asked.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from cardfile.database.columns import ColumnType
from cardfile.errors import InvalidInput
from cardfile.model.fields import Kind
from cardfile.model.kinds import Operator
from cardfile.query.binds import Statement
from cardfile.query.given import Given

__all__ = ["RELATIVE", "relative"]

RELATIVE: Final = frozenset(
    (Operator.PAST, Operator.TODAY, Operator.IN_DAYS, Operator.AGO_DAYS, Operator.WITHIN_DAYS)
)
FARTHEST: Final = 40_000
"""A hundred years: more days than anybody asks for, and few enough for every calendar."""


def relative(statement: Statement, kind: Kind, value: str, operator: Operator, given: Given) -> str | None:
    """Return the condition on a date or an instant, None when nothing is asked; raises `InvalidInput`."""
    if given.is_null:
        return None
    days = _Days(statement, value, is_instant=kind is Kind.DATETIME)
    match operator:
        case Operator.PAST:
            return days.past() if given.look(_as_boolean) else days.not_past()
        case Operator.TODAY:
            today = days.between((None, 0), (None, 0))
            return today if given.look(_as_boolean) else f"not {today}"
        case Operator.WITHIN_DAYS:
            return days.between((given, -1), (None, 0))
    low, high = _bounds(given)
    if operator is Operator.IN_DAYS:
        return days.between((low, 1) if low else None, (high, 1) if high else None)
    return days.between((high, -1) if high else None, (low, -1) if low else None)


Bound = tuple[Given | None, int]
"""A number of days as it was given, None for none, and its sign."""


class _Days:
    """Conditions on one value."""

    def __init__(self, statement: Statement, value: str, *, is_instant: bool) -> None:
        self.statement, self.value, self.is_instant = statement, value, is_instant

    def past(self) -> str:
        """Return that the value lies before now, or before today."""
        return f"{self.value} < {self._now()}"

    def not_past(self) -> str:
        """Return that the value lies ahead, or is today."""
        return f"{self.value} >= {self._now()}"

    def between(self, low: Bound | None, high: Bound | None) -> str:
        """Return that the value lies on one of these days, both included."""
        found = [f"{self.value} >= {self._day(low, 0)}"] if low else []
        if high and self.is_instant:
            found.append(f"{self.value} < {self._day(high, 1)}")
        elif high:
            found.append(f"{self.value} <= {self._day(high, 0)}")
        return f"({' and '.join(found)})" if found else f"({self.value} is not null)"

    def _now(self) -> str:
        return self.statement.now() if self.is_instant else self._day((None, 0), 0)

    def _day(self, bound: Bound, later: int) -> str:
        given, sign = bound
        type_ = ColumnType.INSTANT if self.is_instant else ColumnType.DATE
        return self.statement.day(given, _offset(sign, later), str(type_), known_as=(sign, later))


def _offset(sign: int, later: int) -> Callable[[object], timedelta]:
    def offset(value: object) -> timedelta:
        if value is None:
            value = 0
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > FARTHEST:
            raise InvalidInput("A whole number of days is needed here, not {value}.", value=repr(value)[:40])
        return timedelta(days=sign * value + later)

    return offset


def _bounds(given: Given) -> tuple[Given | None, Given | None]:
    items = given.items()
    if items is None or len(items) != 2:
        raise InvalidInput(
            "Two numbers of days are needed here, from and to, such as {example}.", example="[0, 7]"
        )
    low, high = (None if one.is_null else one for one in items)
    return low, high


def _as_boolean(value: object) -> bool:
    return bool(value)
