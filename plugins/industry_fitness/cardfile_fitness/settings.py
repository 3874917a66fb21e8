"""What a club may set, in the section `[fitness]`."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from cardfile.journal import Call

__all__ = ["FitnessSettings", "club_day", "club_settings"]


class FitnessSettings(BaseModel):
    """The rules of one club.

    `second_entry_minutes` is the time after an entry in which another one is taken for a mistake.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    second_entry_minutes: int = Field(default=30, ge=0, le=24 * 60)


def club_settings(call: Call) -> FitnessSettings:
    """Return the club's settings."""
    return call.settings.section("fitness", FitnessSettings)


def club_day(call: Call, moment: datetime | None = None) -> date:
    """Return the calendar day of `moment` (by default now) in the club's own time zone."""
    return (moment or call.now).astimezone(ZoneInfo(call.settings.zone)).date()
