"""Who is who: from rows of people, teams, roles, shares and substitutions to rights."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cardfile.access.freshness import Freshness
from cardfile.access.role_book import RoleBook
from cardfile.access.tables import Share, Team, TeamMember, User, UserRole
from cardfile.database.database import Database
from cardfile.rights import Rights

__all__ = ["Directory", "Standing"]

MOST_KEPT: Final = 10_000
"""Of how many people the standing is kept in memory."""

MOST_SHARES: Final = 50_000
"""How many shares of one person, the latest ones, are looked at to learn which entities they concern."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is and what he may do, until `holds_until` (None: until something is changed)."""

    user: int
    name: str
    login: str
    locale: str | None
    zone: str | None
    roles: tuple[str, ...]
    rights: Rights
    holds_until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Tell whether no membership, share or substitution has begun or ended since."""
        return self.holds_until is None or now < self.holds_until


class Directory:
    """The standing of every active user, kept in memory until something about access changes."""

    def __init__(self, database: Database, roles: RoleBook, freshness: Freshness) -> None:
        self._database = database
        self.roles = roles
        self._freshness = freshness
        self._kept: dict[int, Standing] = {}
        self._number = -1

    async def standing(self, user: int, now: datetime) -> Standing | None:
        """Return the standing of a user, None when there is no such user or he is not active."""
        if self._freshness.is_inside:
            return await self._work_out(user, now)
        number = await self._freshness.number()
        if number != self._number or len(self._kept) >= MOST_KEPT:
            self._kept, self._number = {}, number
        found = self._kept.get(user)
        if found is not None and found.holds(now):
            return found
        made = await self._work_out(user, now)
        # What was read while the number moved on is kept by nobody: it may be of either side.
        if made is not None and self._number == number:
            self._kept[user] = made
        return made

    async def rights(self, user: int, now: datetime) -> Rights | None:
        """Return the rights of a user, None when there is no such user or he is not active."""
        standing = await self.standing(user, now)
        return standing.rights if standing else None

    async def _work_out(self, user: int, now: datetime) -> Standing | None:
        person = await self._database.run(
            User.select(User.id, User.name, User.login, User.locale, User.zone)
            .where((User.id == user) & (User.is_active == True) & User.archived_at.is_null())  # noqa: E712  # SQL
            .first()
        )
        if person is None:
            return None
        span = _Span(now)
        own = (user, *await self._absent(user, span))
        teams, colleagues = await self._teams(user, span)
        keys = await self._role_keys(user)
        union = self.roles.union(keys)
        rights = Rights(
            user=user,
            scopes=union.scopes,
            own=own,
            team=tuple(sorted({*own, *colleagues})),
            teams=teams,
            hidden=union.hidden,
            locked=union.locked,
            shared=await self._shared(own, teams, span),
        )
        return Standing(
            user,
            person["name"],
            person["login"],
            person["locale"],
            person["zone"],
            keys,
            rights,
            span.holds_until,
        )

    async def _role_keys(self, user: int) -> tuple[str, ...]:
        rows = await self._database.run(
            UserRole.select(UserRole.role)
            .where((UserRole.holder == user) & UserRole.archived_at.is_null())
            .order_by(UserRole.id)
        )
        return tuple(dict.fromkeys(row["role"] for row in rows))

    async def _absent(self, user: int, span: "_Span") -> list[int]:
        """Return whom the user stands in for now."""
        rows = await self._database.run(
            User.select(User.id, User.stand_in_until)
            .where((User.stand_in == user) & User.archived_at.is_null())
            .order_by(User.id)
        )
        return [row["id"] for row in rows if span.covers(None, row["stand_in_until"]) and row["id"] != user]

    async def _teams(self, user: int, span: "_Span") -> tuple[tuple[int, ...], list[int]]:
        """Return the teams that the user is in, heads or is above; and who is in them or heads one below."""
        rows = await self._database.run(
            Team.select(Team.id, Team.parent, Team.head).where(Team.archived_at.is_null())
        )
        mine = await self._database.run(
            TeamMember.select(TeamMember.team, TeamMember.since, TeamMember.until).where(
                (TeamMember.member == user) & TeamMember.archived_at.is_null()
            )
        )
        first = {row["team"] for row in mine if span.covers(row["since"], row["until"])}
        first |= {row["id"] for row in rows if row["head"] == user}
        first &= {row["id"] for row in rows}
        teams = tuple(sorted(_with_teams_below(first, rows)))
        heads = [row["head"] for row in rows if row["id"] in teams and row["id"] not in first and row["head"]]
        if not teams:
            return (), []
        members = await self._database.run(
            TeamMember.select(TeamMember.member, TeamMember.since, TeamMember.until).where(
                TeamMember.team.is_in(list(teams)) & TeamMember.archived_at.is_null()
            )
        )
        now_in = [row["member"] for row in members if span.covers(row["since"], row["until"])]
        return teams, [*now_in, *heads]

    async def _shared(self, own: Sequence[int], teams: Sequence[int], span: "_Span") -> frozenset[str]:
        is_mine = Share.to_user.is_in(list(own))
        rows = await self._database.run(
            Share.select(Share.entity, Share.until)
            .where(
                (is_mine | Share.to_team.is_in(list(teams)) if teams else is_mine)
                & Share.archived_at.is_null()
                & (Share.until.is_null() | (Share.until > span.now))
            )
            .order_by(Share.id, ascending=False)
            .limit(MOST_SHARES)
        )
        return frozenset(row["entity"] for row in rows if span.covers(None, row["until"]))


def _with_teams_below(first: Iterable[int], rows: Iterable[Mapping[str, object]]) -> set[int]:
    below: dict[object, list[int]] = {}
    for row in rows:
        below.setdefault(row["parent"], []).append(int(str(row["id"])))
    found: set[int] = set()
    waiting = list(first)
    while waiting:
        team = waiting.pop()
        if team not in found:
            found.add(team)
            waiting.extend(below.get(team, ()))
    return found


class _Span:
    """Asks whether spans of time cover now, and remembers the next moment at which an answer changes."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.holds_until: datetime | None = None

    def covers(self, since: datetime | None, until: datetime | None) -> bool:
        """Tell whether now is at or after `since` and before `until`."""
        for moment in self._ahead(since, until):
            if self.holds_until is None or moment < self.holds_until:
                self.holds_until = moment
        return (since is None or since <= self.now) and (until is None or self.now < until)

    def _ahead(self, *moments: datetime | None) -> Iterator[datetime]:
        return (moment for moment in moments if moment is not None and moment > self.now)
