"""Work calendars: when people work, and what that makes of two hours from now."""

from cardfile.calendars.arithmetic import add, is_working, next_working_moment, subtract, working_between
from cardfile.calendars.book import CalendarBook, calendar_book, calendar_of
from cardfile.calendars.entities import ENTITIES
from cardfile.calendars.grants import GRANTS
from cardfile.calendars.hours import ALWAYS, OFFICE, parse_day, parse_week
from cardfile.calendars.migrations import MIGRATIONS
from cardfile.calendars.rules import CalendarRules
from cardfile.calendars.shipping import calendar_seeds
from cardfile.calendars.tables import Calendar, CalendarTeam, Holiday
from cardfile.calendars.work_calendar import WorkCalendar

__all__ = [
    "ALWAYS",
    "ENTITIES",
    "GRANTS",
    "MIGRATIONS",
    "OFFICE",
    "Calendar",
    "CalendarBook",
    "CalendarRules",
    "CalendarTeam",
    "Holiday",
    "WorkCalendar",
    "add",
    "calendar_book",
    "calendar_of",
    "calendar_seeds",
    "is_working",
    "next_working_moment",
    "parse_day",
    "parse_week",
    "subtract",
    "working_between",
]
