"""A work calendar: when somebody works, in the wall time of his zone, and which instants that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cardfile.calendars.hours import OFFICE, Day, Week, parse_week

__all__ = ["Segment", "WorkCalendar", "instant_of", "start_of_day"]

Segment = tuple[datetime, datetime]
"""A stretch of working time: its first instant, and the first one after it, in UTC."""

MOST_DAYS: Final = 2_000
"""Of how many days a calendar remembers the instants."""

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When one works: the hours of a week, and days that are otherwise, an empty day being a day off.

    Hours are of the wall clock in `zone`: nine in the morning stays nine when the clocks are changed, and a
    night in which they are has an hour more or less of working time for whoever works through it.
    """

    zone: str = "UTC"
    week: Week = field(default_factory=lambda: parse_week(OFFICE))
    otherwise: Mapping[date, Day] = field(default_factory=dict)
    _known: dict[date, tuple[Segment, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise ValueError("a week has seven days, and work on at least one of them")

    def in_zone(self, zone: str) -> "WorkCalendar":
        """Return the same hours on the wall clock of another zone."""
        return self if zone == self.zone else replace(self, zone=zone)

    def hours_of(self, day: date) -> Day:
        """Return the hours of a day, none when nobody works on it."""
        found = self.otherwise.get(day)
        return self.week[day.weekday()] if found is None else found

    def segments(self, day: date) -> tuple[Segment, ...]:
        """Return the stretches of working time of a day as instants, ascending."""
        found = self._known.get(day)
        if found is None:
            if len(self._known) >= MOST_DAYS:
                self._known.clear()
            found = self._known[day] = tuple(self._segments(day))
        return found

    def _segments(self, day: date) -> Iterator[Segment]:
        zone = ZoneInfo(self.zone)
        for since, until in self.hours_of(day):
            first, last = instant_of(day, since, zone), instant_of(day, until, zone)
            if first < last:  # else the clocks leapt over it
                yield first, last

    def local(self, moment: datetime) -> datetime:
        """Return what the wall clock shows at an instant."""
        return moment.astimezone(ZoneInfo(self.zone))


def instant_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the instant at which the wall clock shows `minute` of a day, 24:00 being the next midnight.

    Of an hour that comes twice it is the first one; for one that is leapt over it is the instant of the leap:
    so a later wall time is never an earlier instant.
    """
    # Adding to an aware datetime moves its wall clock, whatever happens to the offset in between.
    before = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    instant = before.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == before.replace(tzinfo=None):
        return instant
    # It does not exist: one looks for the leap between the two readings, the earlier offset and the later one.
    low, high = before.replace(fold=1).astimezone(UTC), instant
    there = low.astimezone(zone).utcoffset()
    while high - low > MINUTE:
        middle = low + (high - low) / 2
        middle -= timedelta(seconds=middle.second, microseconds=middle.microsecond)
        if middle.astimezone(zone).utcoffset() == there:
            low = middle
        else:
            high = middle
    return high


def start_of_day(day: date, zone: str) -> datetime:
    """Return the first instant of a day in a zone."""
    return instant_of(day, 0, ZoneInfo(zone))
