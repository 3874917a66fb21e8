"""The tables of work calendars."""

from typing import ClassVar

from piccolo.columns import Boolean, Date, ForeignKey, OnDelete, Text

from cardfile.access.tables import Team
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record
from cardfile.seeds.tables import SEED_KEY, Seeded

__all__ = ["Calendar", "CalendarTeam", "Holiday"]


class Calendar(Seeded, tablename="work_calendar"):
    """When people work: hours by days of the week, on the wall clock of a zone, None for the installation's."""

    name = Text(null=False, default=None)
    zone = Text(null=True, default=None)
    week = Text(null=False, default=None)
    is_default = Boolean(null=False, default=False)

    keys: ClassVar = (SEED_KEY, IndexSpec(columns=("name",), unique=True, living=True))


class Holiday(Record, tablename="holiday"):
    """A day on which the hours are others than those of its day of the week; without hours a day off."""

    calendar = ForeignKey(Calendar, null=False, on_delete=OnDelete.restrict)
    day = Date(null=False, default=None)
    name = Text(null=True, default=None)
    hours = Text(null=True, default=None)

    keys: ClassVar = (IndexSpec(columns=("calendar", "day"), unique=True, living=True),)


class CalendarTeam(Record, tablename="work_calendar_team"):
    """A team that works by a calendar."""

    calendar = ForeignKey(Calendar, null=False, on_delete=OnDelete.restrict)
    team = ForeignKey(Team, null=False, on_delete=OnDelete.restrict)

    keys: ClassVar = (
        IndexSpec(columns=("calendar",)),
        IndexSpec(columns=("team",), unique=True, living=True),
    )
