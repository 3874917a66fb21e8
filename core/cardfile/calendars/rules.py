"""What holds for work calendars, whoever edits them, and how everybody learns of changes."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Final

from cardfile.access.guards import access_of, require_zone
from cardfile.calendars.hours import parse_day, parse_week, write_day, write_week
from cardfile.calendars.tables import Calendar
from cardfile.errors import InvalidInput, NotAllowed
from cardfile.journal.calls import Call
from cardfile.plugins.hookspecs import Befores
from cardfile.rights import EVERYTHING

__all__ = ["CalendarRules"]

Values = MutableMapping[str, object]

WATCHED: Final = frozenset(("work_calendar", "holiday", "work_calendar_team"))


class CalendarRules:
    """What the plugin of the core inherits: hours can be read, and one calendar at most is the default."""

    async def records_creating(self, call: Call, entity: str, rows: Sequence[Values]) -> None:
        """Check and tidy what is new."""
        if entity in WATCHED:
            for values in rows:
                await _complete(call, entity, values)
            await access_of(call).changed()

    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, Values]
    ) -> None:
        """Check and tidy what is changed."""
        if entity in WATCHED:
            for record, values in changes.items():
                await _complete(call, entity, values, record)
            await access_of(call).changed()

    async def record_archiving(self, call: Call, entity: str, record: object) -> None:
        """Keep the default calendar, and let everybody learn of what goes."""
        if entity not in WATCHED:
            return
        if isinstance(record, Calendar) and record.is_default and not call.rights.unlimited:
            raise NotAllowed("This is the calendar for everybody else: make another one the default first.")
        await access_of(call).changed()


async def _complete(call: Call, entity: str, values: Values, record: int | None = None) -> None:
    for path, tidy in _TIDY.get(entity, {}).items():
        text = values.get(path)
        if isinstance(text, str) and text:
            try:
                values[path] = tidy(text)
            except InvalidInput as error:
                raise error.at(path) from None
    if entity == "work_calendar":
        require_zone(values.get("zone"))
        if values.get("is_default"):
            await _be_the_only_default(call, record)


async def _be_the_only_default(call: Call, record: int | None) -> None:
    others = await call.find(Calendar, filter={"is_default": {"eq": True}}, rights=EVERYTHING)
    changes = {one.id: {"is_default": False} for one in others if one.id != record}
    await call.bulk_write(Calendar, changes, rights=EVERYTHING)


def _week(text: str) -> str:
    return write_week(parse_week(text))


def _day(text: str) -> str:
    return write_day(parse_day(text))


_TIDY: Final = {"work_calendar": {"week": _week}, "holiday": {"hours": _day}}
