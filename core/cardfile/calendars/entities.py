"""Work calendars, their holidays, and the teams that work by them."""

from typing import Final

from cardfile.calendars.tables import Calendar, CalendarTeam, Holiday
from cardfile.model.entities import Entity, Everyone, Through
from cardfile.model.fields import Field, Kind

__all__ = ["ENTITIES", "calendar_teams", "calendars", "holidays"]

calendars = Entity(
    Calendar,
    label={"en": "Work calendar", "ru": "Рабочий календарь"},
    plural={"en": "Work calendars", "ru": "Рабочие календари"},
    description="When people work: by it tasks are due and remind.",
    fields=(
        Field("name", {"en": "Name", "ru": "Название"}, Kind.TEXT, required=True, max_length=100),
        Field(
            "week",
            {"en": "Week", "ru": "Неделя"},
            Kind.TEXT,
            required=True,
            max_length=500,
            hint={
                "en": "mon-fri 09:00-13:00, 14:00-18:00; sat 10:00-14:00",
                "ru": "пн-пт 09:00-13:00, 14:00-18:00; сб 10:00-14:00",
            },
        ),
        Field(
            "zone",
            {"en": "Time zone", "ru": "Часовой пояс"},
            Kind.TEXT,
            max_length=64,
            hint={
                "en": "Of the installation when empty; people with a zone of their own keep theirs",
                "ru": "Пусто — как у всей системы; у сотрудника со своим поясом действует его пояс",
            },
        ),
        Field("is_default", {"en": "For everybody else", "ru": "Для остальных"}, Kind.BOOLEAN, default=False),
    ),
    visibility=Everyone(),
    unique=("name",),
    order=("name", "id"),
    title="name",
)

holidays = Entity(
    Holiday,
    label={"en": "Special day", "ru": "Особый день"},
    plural={"en": "Special days", "ru": "Особые дни"},
    collection="holidays",
    description="A day off, or one with hours of its own, such as a working Saturday.",
    fields=(
        Field(
            "calendar",
            {"en": "Calendar", "ru": "Календарь"},
            Kind.REFERENCE,
            to="work_calendar",
            required=True,
        ),
        Field("day", {"en": "Day", "ru": "День"}, Kind.DATE, required=True),
        Field("name", {"en": "Name", "ru": "Название"}, Kind.TEXT, max_length=100),
        Field(
            "hours",
            {"en": "Hours", "ru": "Часы"},
            Kind.TEXT,
            max_length=200,
            hint={"en": "09:00-17:00; a day off when empty", "ru": "09:00-17:00; пусто — выходной"},
        ),
    ),
    on="work_calendar",
    visibility=Through("calendar"),
    unique=(("calendar", "day"),),
    order=("day", "id"),
    title="name",
)

calendar_teams = Entity(
    CalendarTeam,
    label={"en": "Team of a calendar", "ru": "Команда календаря"},
    plural={"en": "Teams of calendars", "ru": "Команды календарей"},
    collection="work_calendar_teams",
    description="A team that works by a calendar; teams below it without one of their own do too.",
    fields=(
        Field(
            "calendar",
            {"en": "Calendar", "ru": "Календарь"},
            Kind.REFERENCE,
            to="work_calendar",
            required=True,
        ),
        Field("team", {"en": "Team", "ru": "Команда"}, Kind.REFERENCE, to="team", required=True),
    ),
    on="work_calendar",
    visibility=Through("calendar"),
    unique=("team",),
    order=("id",),
)

ENTITIES: Final = (calendars, holidays, calendar_teams)
"""The entities of this room."""
