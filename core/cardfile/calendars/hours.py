"""Hours as people write them: `09:00-13:00, 14:00-18:00` for a day, `mon-fri 09:00-18:00; sat 10:00-14:00` for seven.

Days may be written in Russian as well.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from cardfile.errors import InvalidInput

__all__ = ["ALWAYS", "OFFICE", "Day", "Week", "parse_day", "parse_week", "write_day", "write_week"]

Day = tuple[tuple[int, int], ...]
"""The working hours of a day: from and to in minutes after midnight, ascending and apart from each other."""

Week = tuple[Day, ...]
"""Seven days, Monday first."""

WHOLE_DAY: Final = 24 * 60
NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OTHER_NAMES: Final = dict(zip(("пн", "вт", "ср", "чт", "пт", "сб", "вс"), NAMES, strict=True))
_HOURS: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})")
_DAYS: Final = re.compile(r"([^\W\d]{2,3})\s*(?:[-\u2013]\s*([^\W\d]{2,3}))?")
_PART: Final = re.compile(r"([^\d:]+?)\s+(\d.*)")

OFFICE: Final = "mon-fri 09:00-18:00"
"""The week of the calendar that is there from the beginning."""

ALWAYS: Final = "mon-sun 00:00-24:00"
"""The week of those who are there day and night."""


def parse_day(text: str) -> Day:
    """Return the hours of a day, none for an empty text; raises `InvalidInput`."""
    hours = sorted(_interval(part) for part in text.split(",") if part.strip())
    for (_, until), (since, _) in pairwise(hours):
        if since < until:
            raise InvalidInput("The hours {value} overlap.", value=text[:100])
    return tuple(hours)


def parse_week(text: str) -> Week:
    """Return the seven days of a week; raises `InvalidInput` that says how a week is written."""
    days: list[Day] = [()] * 7
    for part in text.split(";"):
        if not part.strip():
            continue
        found = _PART.fullmatch(part.strip())
        if found is None:
            raise _unreadable(part)
        hours = parse_day(found[2])
        for number in _numbers(found[1]):
            if days[number]:
                raise InvalidInput("The day {value} is written twice.", value=NAMES[number])
            days[number] = hours
    if not any(days):
        raise InvalidInput("A week needs at least one working hour, such as {example}.", example=OFFICE)
    return tuple(days)


def write_day(day: Day) -> str:
    """Return the hours of a day as a text that `parse_day` reads."""
    return ", ".join(f"{_clock(since)}-{_clock(until)}" for since, until in day)


def write_week(week: Week) -> str:
    """Return a week as a text that `parse_week` reads, equal days together."""
    parts: list[tuple[int, int, Day]] = []
    for number, day in enumerate(week):
        if parts and parts[-1][1] == number - 1 and parts[-1][2] == day:
            parts[-1] = (parts[-1][0], number, day)
        else:
            parts.append((number, number, day))
    return "; ".join(
        f"{NAMES[first]}{'-' + NAMES[last] if last > first else ''} {write_day(day)}"
        for first, last, day in parts
        if day
    )


def _interval(part: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(part.strip())
    if found is None:
        raise InvalidInput("{value} are no hours: write them like 09:00-18:00.", value=part.strip()[:40])
    since, until = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if int(found[2]) > 59 or int(found[4]) > 59 or not since < until <= WHOLE_DAY:
        raise InvalidInput(
            "{value} are no hours of one day: they begin before they end, and end at 24:00 at the latest.",
            value=part.strip()[:40],
        )
    return since, until


def _numbers(text: str) -> Iterable[int]:
    for part in text.split(","):
        found = _DAYS.fullmatch(part.strip())
        if found is None:
            raise _unreadable(text)
        first, last = (_number(name) if name else None for name in found.groups())
        if first is None or (last is not None and last < first):
            raise _unreadable(text)
        yield from range(first, (first if last is None else last) + 1)


def _number(name: str) -> int:
    name = name.lower()
    name = _OTHER_NAMES.get(name, name)
    if name not in NAMES:
        raise InvalidInput("{value} is no day of the week: write mon, tue, … sun.", value=name[:20])
    return NAMES.index(name)


def _unreadable(part: str) -> InvalidInput:
    return InvalidInput(
        "{value} is no week: write days and hours, such as mon-fri 09:00-18:00; sat 10:00-14:00.",
        value=part.strip()[:60],
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
