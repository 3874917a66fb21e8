"""Spans of time as people say them: a quarter of an hour, two working days, a month.

A span is no number of seconds: a day is as long as the calendar has it in the zone at hand, and working time
passes only while somebody works. Who adds a span to a moment asks the work calendar.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from cardfile.errors import DeclarationError, InvalidInput

__all__ = ["Span", "Unit", "days", "hours", "minutes", "working_days"]


class Unit(StrEnum):
    """What a span is counted in, by the letters that stand behind its number in `15m`."""

    MINUTE = "m"
    HOUR = "h"
    DAY = "d"
    WORKING_DAY = "wd"


LONGEST: Final = timedelta(days=3_660)
_TEXT: Final = re.compile(r"\s*(\d{1,7})\s*(m|h|d|wd)\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: `amount` of a unit, at most ten years. Its text is `15m`, `2h`, `30d`, `1wd`."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0 or self.length > LONGEST:
            raise DeclarationError(
                f"a span of {self.amount}{self.unit}: a span lasts from nothing to ten years"
            )

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Return the span written as `15m`, `2h`, `30d` or `1wd`; raises `InvalidInput`."""
        found = _TEXT.fullmatch(text)
        try:
            if found is None:
                raise ValueError
            return cls(int(found[1]), Unit(found[2]))
        except (ValueError, OverflowError, DeclarationError):
            raise InvalidInput(
                "{value} is no span of time: write 15m, 2h, 30d (days) or 1wd (working days).",
                value=text[:40],
            ) from None

    @property
    def length(self) -> timedelta:
        """How long the span is where every day has 24 hours and all of them count."""
        match self.unit:
            case Unit.MINUTE:
                return timedelta(minutes=self.amount)
            case Unit.HOUR:
                return timedelta(hours=self.amount)
            case _:
                return timedelta(days=self.amount)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


def minutes(number: int) -> Span:
    """Return a span of `number` minutes; of working time where a work calendar applies."""
    return Span(number, Unit.MINUTE)


def hours(number: int) -> Span:
    """Return a span of `number` hours; of working time where a work calendar applies."""
    return Span(number, Unit.HOUR)


def days(number: int) -> Span:
    """Return a span of `number` days of the calendar, whether one works on them or not."""
    return Span(number, Unit.DAY)


def working_days(number: int) -> Span:
    """Return a span of `number` days on which one works."""
    return Span(number, Unit.WORKING_DAY)
