"""The calendar that is there from the beginning."""

from typing import Final

from cardfile.calendars.hours import OFFICE
from cardfile.calendars.tables import Calendar
from cardfile.model.record_types import CORE
from cardfile.seeds.seeds import Seed
from cardfile.texts import Label, said

__all__ = ["calendar_seeds"]

NAME: Final[Label] = {"en": "Office hours", "ru": "Рабочая неделя"}


def calendar_seeds(locale: str) -> list[Seed]:
    """Return the default calendar: Monday to Friday from nine to six, in the zone of the installation."""
    values = {"name": said(NAME, locale), "zone": None, "week": OFFICE, "is_default": True}
    return [Seed(Calendar, CORE, "office", values)]
