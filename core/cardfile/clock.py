"""Where time comes from: the only module that may ask the machine for it."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "MovableClock", "SystemClock"]


class Clock(Protocol):
    """A source of the current instant."""

    def now(self) -> datetime:
        """Return the current instant, aware and in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current instant, aware and in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until it is moved: for tests and for made-up histories."""

    def __init__(self, start: str | datetime = "2026-01-01T09:00:00+00:00") -> None:
        self._now = _instant(start)

    def now(self) -> datetime:
        """Return the instant at which the clock stands."""
        return self._now

    def set(self, moment: str | date | datetime) -> None:
        """Move the clock to `moment`; a bare date means its midnight, a naive time means UTC."""
        self._now = _instant(moment)

    def advance(self, step: timedelta) -> None:
        """Move the clock on by `step`."""
        self._now += step


def _instant(moment: str | date | datetime) -> datetime:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    elif not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
