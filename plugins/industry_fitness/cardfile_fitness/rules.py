"""What holds for memberships and visits that a list brings in: it seldom says all that selling one would."""

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date, timedelta
from typing import Final

from cardfile.errors import InvalidInput
from cardfile.journal import Call
from cardfile.plugins import hookimpl
from cardfile_fitness.entities import Status, Via
from cardfile_fitness.settings import club_day
from cardfile_fitness.tables import Plan

__all__ = ["ClubRules"]

Values = MutableMapping[str, object]

MEMBERSHIP: Final = "fitness.membership"
VISIT: Final = "fitness.visit"


class ClubRules:
    """Part of the plugin: memberships know when they begin and end, and what they are in by that."""

    @hookimpl
    async def records_creating(self, call: Call, entity: str, rows: Sequence[Values]) -> None:
        """Complete memberships and visits that a list brings in."""
        if call.via != "import":
            return
        if entity == MEMBERSHIP:
            await _complete_memberships(call, rows)
        elif entity == VISIT:
            for row in rows:
                if row.get("via") == Via.MANUAL:
                    row["via"] = Via.IMPORT.value


async def _complete_memberships(call: Call, rows: Sequence[Values]) -> None:
    wanted = sorted({plan for row in rows if isinstance(plan := row.get("plan"), int)})
    plans = {one.id: one for one in await call.load(Plan, wanted)}
    today = club_day(call)
    for row in rows:
        chosen = row.get("plan")
        plan = plans.get(chosen) if isinstance(chosen, int) else None
        starts, ends = _days(row, plan, today)
        row["starts_on"], row["ends_on"] = starts, ends
        if ends < starts:
            raise InvalidInput("A membership ends after it begins.", path=("ends_on",))
        if row.get("status") == Status.WAITING:
            row["status"] = _status(row, starts, ends, today).value
        if row["status"] == Status.ACTIVE and row.get("activated_on") is None:
            row["activated_on"] = starts


def _days(row: Mapping[str, object], plan: Plan | None, today: date) -> tuple[date, date]:
    """Return the first and the last day: one follows from the other by the length of the plan."""
    starts, ends = row.get("starts_on"), row.get("ends_on")
    length = timedelta(days=max(1, plan.duration_days) - 1) if plan is not None else None
    if isinstance(starts, date) and isinstance(ends, date):
        return starts, ends
    if isinstance(starts, date) and length is not None:
        return starts, starts + length
    if isinstance(ends, date) and length is not None:
        return ends - length, ends
    if length is not None:
        return today, today + length
    raise InvalidInput("The days of a membership are missing, and so is its plan.", path=("starts_on",))


def _status(row: Mapping[str, object], starts: date, ends: date, today: date) -> Status:
    """Return what a membership is in whose list does not say it."""
    if row.get("visits_left") == 0:
        return Status.USED_UP
    if ends < today:
        return Status.ENDED
    return Status.ACTIVE if starts < today else Status.WAITING
