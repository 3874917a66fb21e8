"""A work calendar: when somebody works, in the wall time of his zone, and which instants that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from cardfile.calendars.hours import OFFICE, Day, Week, parse_week
from cardfile.values.wall_time import instant_of

__all__ = ["Segment", "WorkCalendar"]

Segment = tuple[datetime, datetime]
"""A stretch of working time: its first instant, and the first one after it, in UTC."""

MOST_DAYS: Final = 2_000
"""Of how many days a calendar remembers the instants."""


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
