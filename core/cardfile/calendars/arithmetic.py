"""Adding spans of time to instants, as people who keep hours do: pure arithmetic, no database.

Minutes and hours are of working time. Days are days of the calendar: the same wall time so many days later,
moved on into working time. Working days are days on which one works at all.

`add` gives the earliest instant that fits and `subtract` the latest, so that for a span of hours
`working_between(calendar, moment, add(calendar, moment, span))` is the span.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cardfile.calendars.work_calendar import Segment, WorkCalendar
from cardfile.declarations import Span, Unit
from cardfile.errors import InvalidInput
from cardfile.values.wall_time import instant_of

__all__ = ["add", "is_working", "next_working_moment", "subtract", "working_between"]

ZERO: Final = timedelta(0)
ONE_DAY: Final = timedelta(days=1)
FARTHEST: Final = 40 * 366
"""After how many days without an answer one gives up: the longest span, of hours, at a common week's pace."""


def add(calendar: WorkCalendar, moment: datetime, span: Span) -> datetime:
    """Return the working moment that lies `span` after `moment`; raises `InvalidInput` beyond forty years."""
    match span.unit:
        case Unit.DAY:
            return next_working_moment(calendar, _days_from(calendar, moment, span.amount))
        case Unit.WORKING_DAY:
            return _add_working_days(calendar, moment, span.amount)
        case _:
            return _add_hours(calendar, moment, span.length)


def subtract(calendar: WorkCalendar, moment: datetime, span: Span) -> datetime:
    """Return the instant that lies `span` before `moment`: for what must be done before something is due.

    Of minutes and hours it is the latest one from which so much working time is left. Of days it is the same
    wall time so many days earlier, whether one works then or not; of working days so many earlier ones of them.
    """
    match span.unit:
        case Unit.DAY:
            return _days_from(calendar, moment, -span.amount)
        case Unit.WORKING_DAY:
            return _subtract_working_days(calendar, moment, span.amount)
        case _:
            return _subtract_hours(calendar, moment, span.length)


def working_between(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    """Return how much working time passes from `start` to `end`; negative when `end` is earlier."""
    if end < start:
        return -working_between(calendar, end, start)
    last = calendar.local(end).date()
    total = ZERO
    for since, until in _forwards(calendar, start):
        if since >= end or calendar.local(since).date() > last:
            break
        total += max(min(until, end) - max(since, start), ZERO)
    return total


def next_working_moment(calendar: WorkCalendar, moment: datetime) -> datetime:
    """Return `moment` if one works then, else the instant at which work begins again."""
    for since, until in _forwards(calendar, moment):
        if until > moment:
            return max(since, moment)
    raise _too_far()


def is_working(calendar: WorkCalendar, moment: datetime) -> bool:
    """Tell whether one works at an instant."""
    return next_working_moment(calendar, moment) == moment


def _add_hours(calendar: WorkCalendar, moment: datetime, length: timedelta) -> datetime:
    if not length:
        return next_working_moment(calendar, moment)
    left = length
    for since, until in _forwards(calendar, moment):
        begins = max(since, moment)
        if until - begins >= left:
            return begins + left
        left -= max(until - begins, ZERO)
    raise _too_far()


def _subtract_hours(calendar: WorkCalendar, moment: datetime, length: timedelta) -> datetime:
    if not length:
        return moment
    left = length
    for since, until in _backwards(calendar, moment):
        ends = min(until, moment)
        if ends - since >= left:
            return ends - left
        left -= max(ends - since, ZERO)
    raise _too_far()


def _days_from(calendar: WorkCalendar, moment: datetime, days: int) -> datetime:
    """Return the instant of the same wall time so many days later, or earlier."""
    if not days:
        return moment
    return _at_wall_time(calendar, moment, calendar.local(moment).date() + timedelta(days=days))


def _at_wall_time(calendar: WorkCalendar, moment: datetime, day: date) -> datetime:
    local = calendar.local(moment)
    within = timedelta(seconds=local.second, microseconds=local.microsecond)
    return instant_of(day, local.hour * 60 + local.minute, ZoneInfo(calendar.zone)) + within


def _add_working_days(calendar: WorkCalendar, moment: datetime, days: int) -> datetime:
    moment = next_working_moment(calendar, moment)
    day = _working_day(calendar, moment, days, ONE_DAY)
    return next_working_moment(calendar, _at_wall_time(calendar, moment, day)) if days else moment


def _subtract_working_days(calendar: WorkCalendar, moment: datetime, days: int) -> datetime:
    if not days:
        return moment
    return _at_wall_time(calendar, moment, _working_day(calendar, moment, days, -ONE_DAY))


def _working_day(calendar: WorkCalendar, moment: datetime, days: int, step: timedelta) -> date:
    day = calendar.local(moment).date()
    looked_at = 0
    while days:
        day += step
        days -= bool(calendar.segments(day))
        looked_at += 1
        if looked_at > FARTHEST:
            raise _too_far()
    return day


def _forwards(calendar: WorkCalendar, moment: datetime) -> Iterator[Segment]:
    """Yield the stretches of working time from the day of `moment` on."""
    # One day earlier: where the clocks go back at midnight the first hours of a day come after its last ones.
    day = calendar.local(moment).date() - ONE_DAY
    for _ in range(FARTHEST):
        yield from calendar.segments(day)
        day += ONE_DAY


def _backwards(calendar: WorkCalendar, moment: datetime) -> Iterator[Segment]:
    """Yield the stretches of working time from the day of `moment` back."""
    day = calendar.local(moment.astimezone(UTC)).date() + ONE_DAY
    for _ in range(FARTHEST):
        yield from reversed(calendar.segments(day))
        day -= ONE_DAY


def _too_far() -> InvalidInput:
    return InvalidInput("This lies more than forty years away: check the span and the work calendar.")
