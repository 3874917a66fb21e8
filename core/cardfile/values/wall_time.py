"""From the wall clock of a zone to instants, through the nights in which it is changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["instant_of", "start_of_day"]

MINUTE: Final = timedelta(minutes=1)


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
