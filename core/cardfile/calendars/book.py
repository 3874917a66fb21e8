"""All work calendars in memory, and by which of them somebody works."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from piccolo.table import Table

from cardfile.access.access import Access
from cardfile.access.memory import all_rows
from cardfile.access.tables import Team, TeamMember, User, UserRole
from cardfile.calendars.hours import parse_day, parse_week
from cardfile.calendars.tables import Calendar, CalendarTeam, Holiday
from cardfile.calendars.work_calendar import WorkCalendar
from cardfile.clock import Clock
from cardfile.database.database import Database
from cardfile.settings import Settings

__all__ = ["CalendarBook", "Colleague", "Membership", "calendar_book", "calendar_of"]


class _Surroundings(Protocol):
    @property
    def settings(self) -> Settings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def access(self) -> Access: ...


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody's time in a team."""

    team: int
    since: datetime | None
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Tell whether he is in it now."""
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Colleague:
    """What work is given out by: where somebody is, who is above him, who stands in for him."""

    id: int
    name: str
    locale: str | None
    zone: str | None
    is_active: bool
    head: int | None
    stand_in: int | None
    stand_in_until: datetime | None
    teams: tuple[Membership, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarBook:
    """Calendars, teams and people as they were read last; nothing in it depends on the present moment."""

    calendars: Mapping[int, tuple[str | None, WorkCalendar]]
    default: int | None
    of_teams: Mapping[int, int]
    parents: Mapping[int, int | None]
    heads: Mapping[int, int | None]
    people: Mapping[int, Colleague]
    roles: Mapping[str, tuple[int, ...]]
    _kept: dict[tuple[int | None, str], WorkCalendar] = field(default_factory=dict, repr=False)

    def of_team(self, team: int | None, *, zone: str) -> WorkCalendar:
        """Return the calendar of a team, or of the nearest one above it that has one; `zone` if it names none."""
        found = next((self.of_teams[one] for one in self._upwards(team) if one in self.of_teams), None)
        return self._in_zone(self.default if found is None else found, zone, None)

    def of_user(self, user: int | None, *, now: datetime, zone: str) -> WorkCalendar:
        """Return the hours of somebody's team on the wall clock of his own zone, if he has one."""
        colleague = self.people.get(user) if user is not None else None
        if colleague is None:
            return self._in_zone(self.default, zone, None)
        teams = (above for one in colleague.teams if one.holds(now) for above in self._upwards(one.team))
        found = next((self.of_teams[team] for team in teams if team in self.of_teams), self.default)
        return self._in_zone(found, zone, colleague.zone)

    def head_of(self, user: int, *, now: datetime) -> int | None:
        """Return whoever is above somebody: his own head, else the head of his team or of one above it."""
        colleague = self.people.get(user)
        if colleague is None:
            return None
        teams = (above for one in colleague.teams if one.holds(now) for above in self._upwards(one.team))
        candidates = (colleague.head, *(self.heads.get(team) for team in teams))
        return next(
            (one for one in candidates if one is not None and one != user and self.is_active(one)), None
        )

    def is_active(self, user: int) -> bool:
        """Tell whether somebody works here."""
        return user in self.people and self.people[user].is_active

    def with_role(self, role: str) -> tuple[int, ...]:
        """Return who works here in a role, those first who have been here longest."""
        return tuple(user for user in self.roles.get(role, ()) if self.is_active(user))

    def stand_in_of(self, user: int, *, now: datetime) -> int | None:
        """Return who stands in for somebody now, None when nobody does."""
        one = self.people.get(user)
        if one is None or one.stand_in is None or one.stand_in == user or not self.is_active(one.stand_in):
            return None
        return one.stand_in if one.stand_in_until is None or now < one.stand_in_until else None

    def _upwards(self, team: int | None) -> Iterator[int]:
        """Yield a team and those above it."""
        seen: set[int] = set()
        while team is not None and team not in seen:
            seen.add(team)
            yield team
            team = self.parents.get(team)

    def _in_zone(self, number: int | None, zone: str, own: str | None) -> WorkCalendar:
        named, calendar = self.calendars.get(number or 0, (None, _OFFICE))
        wanted = own or named or zone
        found = self._kept.get((number, wanted))
        if found is None:
            found = self._kept[number, wanted] = calendar.in_zone(wanted)
        return found


_OFFICE: Final = WorkCalendar()


async def calendar_book(access: Access) -> CalendarBook:
    """Return calendars, teams and people as they are now; read anew only after somebody has changed them."""
    return await access.memory.recall(_load)


async def calendar_of(
    app: _Surroundings, *, user: int | None = None, team: int | None = None
) -> WorkCalendar:
    """Return by which calendar somebody, or a team, works now; without either the one for everybody else."""
    book = await calendar_book(app.access)
    zone = app.settings.zone
    if user is not None:
        return book.of_user(user, now=app.clock.now(), zone=zone)
    return book.of_team(team, zone=zone)


async def _load(database: Database) -> CalendarBook:
    otherwise: dict[int, dict[Any, Any]] = {}
    for row in await _rows(database, Holiday):
        otherwise.setdefault(row["calendar"], {})[row["day"]] = parse_day(row["hours"] or "")
    calendars = await _rows(database, Calendar)
    teams = await _rows(database, Team)
    memberships: dict[int, list[Membership]] = {}
    for row in await _rows(database, TeamMember):
        memberships.setdefault(row["member"], []).append(Membership(row["team"], row["since"], row["until"]))
    roles: dict[str, list[int]] = {}
    for row in await _rows(database, UserRole):
        roles.setdefault(row["role"], []).append(row["holder"])
    return CalendarBook(
        calendars={
            row["id"]: (
                row["zone"],
                WorkCalendar(week=parse_week(row["week"]), otherwise=otherwise.get(row["id"], {})),
            )
            for row in calendars
        },
        default=next((row["id"] for row in calendars if row["is_default"]), None),
        of_teams={row["team"]: row["calendar"] for row in await _rows(database, CalendarTeam)},
        parents={row["id"]: row["parent"] for row in teams},
        heads={row["id"]: row["head"] for row in teams},
        people={
            row["id"]: Colleague(
                row["id"],
                row["name"],
                row["locale"],
                row["zone"],
                row["is_active"],
                row["head"],
                row["stand_in"],
                row["stand_in_until"],
                tuple(memberships.get(row["id"], ())),
            )
            for row in await _rows(database, User)
        },
        roles={role: tuple(sorted(users)) for role, users in roles.items()},
    )


async def _rows(database: Database, table: type[Table]) -> list[dict[str, Any]]:
    return [row for row in await all_rows(database, table) if row["archived_at"] is None]
