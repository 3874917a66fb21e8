"""What reports are asked with: a period, people, a pipeline; and what each of them says as a filter."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from cardfile.access.tables import Team, User
from cardfile.database.tables import Record
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.model.names import camel
from cardfile.pipelines.tables import Pipeline
from cardfile.reports.figures import Filter, all_of
from cardfile.values.wall_time import start_of_day

__all__ = [
    "BY_MANAGER",
    "OWNER",
    "PERIOD",
    "PIPELINE",
    "TEAM",
    "Period",
    "at",
    "in_days",
    "in_period",
    "of_people",
    "of_pipeline",
    "of_record",
    "period_of",
    "today",
]

LONGEST: Final = timedelta(days=3_660)
USUAL: Final = timedelta(days=364)
MOST_TEAMS: Final = 1_000

PERIOD: Final = "The days that count; the year that ends today when left out."
PIPELINE: Final = "Only deals of this pipeline."
OWNER: Final = "Only what this colleague is responsible for."
TEAM: Final = "Only what people of this team, and of those below it, are responsible for."
BY_MANAGER: Final = "Whether each manager gets a line of his own."


@dataclass(frozen=True, slots=True)
class Period:
    """Days from a first to a last one, both counted, by the reader's clock."""

    since: Annotated[date, "The first day."]
    until: Annotated[date, "The last day."]


def today(call: Call) -> date:
    """Return the day that it is for the reader."""
    return call.now.astimezone(ZoneInfo(call.work.reading.zone)).date()


def period_of(call: Call, period: Period | None) -> Period:
    """Return the period that was asked for, or the usual one; raises `InvalidInput`."""
    if period is None:
        until = today(call)
        return Period(until - USUAL, until)
    if period.since > period.until:
        raise InvalidInput("This period ends before it begins.", path=("period", "until"))
    if period.until - period.since > LONGEST or period.since.year < 1900 or period.until.year > 2200:
        raise InvalidInput("A period is of at most {most} years.", most=10, path=("period", "since"))
    return period


def at(moment: datetime) -> str:
    """Return an instant as filters write it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def in_period(call: Call, path: str, period: Period) -> Filter:
    """Return the filter of what has an instant, the one at `path`, within the period."""
    zone = call.work.reading.zone
    since = start_of_day(period.since, zone)
    until = start_of_day(period.until + timedelta(days=1), zone)
    return {camel(path): {"gte": at(since), "lt": at(until)}}


def in_days(path: str, period: Period) -> Filter:
    """Return the filter of what has a date, the one at `path`, within the period."""
    return {camel(path): {"gte": period.since.isoformat(), "lte": period.until.isoformat()}}


def of_record(call: Call, path: str, table: type[Record], record: Record | int | None) -> Filter:
    """Return the filter of what refers to a record, none when there is none."""
    if record is None:
        return {}
    key = record if isinstance(record, int) else record.id
    return {camel(path): {"id": {"eq": call.app.model.of_table(table).global_id(key)}}}


async def of_people(call: Call, path: str, owner: User | None, team: Team | None) -> Filter:
    """Return the filter of what a colleague, or people of a team or of one below it, have at `path`."""
    return all_of(of_record(call, path, User, owner), await _of_team(call, path, team))


async def _of_team(call: Call, path: str, team: Team | None) -> Filter:
    if team is None:
        return {}
    below: dict[object, list[int]] = {}
    for one in await call.find(Team, limit=MOST_TEAMS):
        below.setdefault(one.parent, []).append(one.id)
    found: dict[int, None] = {}
    waiting = [team.id]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found[here] = None
            waiting.extend(below.get(here, ()))
    ids = [call.app.model.of_table(Team).global_id(one) for one in sorted(found)]
    belongs = {
        "team": {"id": {"in": ids}},
        "and": [
            {"or": [{"since": {"isNull": True}}, {"since": {"past": True}}]},
            {"or": [{"until": {"isNull": True}}, {"until": {"past": False}}]},
        ],
    }
    person = call.app.model.of_table(User)
    heads = [one.head for one in await call.load(Team, sorted(found)) if isinstance(one.head, int)]
    is_head = {"id": {"in": [person.global_id(one) for one in sorted(set(heads))]}}
    return {camel(path): {"or": [{"memberships": {"some": belongs}}, is_head]}}


def of_pipeline(call: Call, pipeline: Pipeline | None) -> Filter:
    """Return the filter of deals of a pipeline."""
    return of_record(call, "pipeline", Pipeline, pipeline)
