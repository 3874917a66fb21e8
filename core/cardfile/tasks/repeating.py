"""Tasks that come again: every few days, weeks, months or working days."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cardfile.calendars import WorkCalendar, add, next_working_moment
from cardfile.declarations import Span
from cardfile.errors import InvalidInput
from cardfile.values.wall_time import instant_of

__all__ = ["Repeat", "next_due"]

_TEXT: Final = re.compile(r"\s*(\d{1,4})\s*(h|d|wd|w|mo)\s*")
MOST_STEPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Repeat:
    """How often a task comes again: `1d`, `2w`, `1mo`, or in working time `4h`, `5wd`."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Repeat":
        """Return the repetition written as `2w`; raises `InvalidInput`."""
        found = _TEXT.fullmatch(text)
        if found is None or not 0 < int(found[1]) <= 1_000:
            raise InvalidInput(
                "{value} is no repetition: write 1d (days), 2w (weeks), 1mo (months) or 5wd (working days).",
                value=text[:20],
            )
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


def next_due(
    repeat: Repeat, works: WorkCalendar, *, start: datetime, was: datetime, now: datetime
) -> datetime:
    """Return when a task is due again: the first repetition after it `was` due that is not over by `now`.

    Repetitions are counted from `start`, so that one on the 31st comes on the last day of a short month and on
    the 31st of the next long one; at the same wall time, moved on into working time.
    """
    after = max(was, now)
    if repeat.unit in ("h", "wd"):
        due = was
        for _ in range(MOST_STEPS):
            due = add(works, due, Span.parse(str(repeat)))
            if due > after:
                return due
        return add(works, now, Span.parse(str(repeat)))
    return next(
        moment for number in range(1, MOST_STEPS) if (moment := _nth(repeat, works, start, number)) > after
    )


def _nth(repeat: Repeat, works: WorkCalendar, start: datetime, number: int) -> datetime:
    local = works.local(start)
    day = local.date()
    match repeat.unit:
        case "mo":
            day = _months_later(day, repeat.amount * number)
        case "w":
            day += timedelta(weeks=repeat.amount * number)
        case _:
            day += timedelta(days=repeat.amount * number)
    within = timedelta(seconds=local.second, microseconds=local.microsecond)
    moment = instant_of(day, local.hour * 60 + local.minute, ZoneInfo(works.zone)) + within
    return next_working_moment(works, moment)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
