"""Who is at the door: from the secret of a session or an API token to an actor, by a look into memory."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from cardfile.access.directory import Directory, Standing
from cardfile.access.freshness import Freshness
from cardfile.access.keys import SESSION, TOKEN, digest
from cardfile.access.tables import ApiToken, Session
from cardfile.access.token_scopes import TokenScopes
from cardfile.clock import Clock
from cardfile.database.database import Database
from cardfile.rights import Actor, Rights

__all__ = ["Admission", "Pass"]

MOST_KEPT: Final = 20_000
"""How many secrets are kept in memory."""

LONGEST_KEY: Final = 200
"""No secret of ours is longer, so that longer texts are not even hashed."""

STEP: Final = timedelta(minutes=1)
"""How often the last use of a session or token is noted at most."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Somebody who was let in; `table` and `row` are where his last use is noted.

    It is good as long as `number` is the last one of the freshness: nothing about access has changed since.
    """

    number: int
    actor: Actor
    table: type[Session] | type[ApiToken]
    row: int
    expires_at: datetime | None
    standing: Standing

    def holds(self, now: datetime) -> bool:
        """Tell whether time alone has not made it void."""
        return (self.expires_at is None or now < self.expires_at) and self.standing.holds(now)


class Admission:
    """Lets in whoever shows a live secret; what it keeps is dropped when anything about access changes.

    The last use of each secret is noted in memory and written by `flush`, so that reading never waits for a
    writer.
    """

    def __init__(
        self,
        database: Database,
        directory: Directory,
        freshness: Freshness,
        clock: Clock,
        *,
        locale: str = "en",
        zone: str = "UTC",
    ) -> None:
        self._database, self._directory = database, directory
        self._freshness, self._clock = freshness, clock
        self._locale, self._zone = locale, zone
        self._kept: dict[str, Pass] = {}
        self._number = -1
        self._used: dict[tuple[type[Session] | type[ApiToken], int], datetime] = {}
        self._unwritten: dict[tuple[type[Session] | type[ApiToken], int], datetime] = {}

    def pass_of(self, key: str) -> Pass | None:
        """Return what was kept of whoever showed `key`; None does not mean that it opens nothing."""
        return self._kept.get(digest(key)) if len(key) <= LONGEST_KEY else None

    def honours(self, shown: Pass) -> bool:
        """Tell whether a pass is good for sure without asking the database, and note that it was used."""
        fresh = self._freshness
        if shown.number != fresh.last or not fresh.is_fresh:
            return False
        now = self._clock.now()
        if not shown.holds(now):
            return False
        self._note_use(shown, now)
        return True

    async def resolve(self, key: str) -> Actor | None:
        """Return who shows `key`, a session's or an API token's secret; None when it opens nothing."""
        if key.startswith(TOKEN):
            return await self.resolve_token(key)
        return await self.resolve_session(key)

    async def resolve_session(self, key: str) -> Actor | None:
        """Return who is signed in with the session secret `key`, None when nobody is."""
        return await self._admit(key, SESSION, self._session)

    async def resolve_token(self, key: str) -> Actor | None:
        """Return for whom the API token `key` acts, with the rights that it leaves; None when it is dead."""
        return await self._admit(key, TOKEN, self._token)

    async def actor(self, user: int, *, via: str = "api") -> Actor | None:
        """Return a user as an actor, None when there is none or he is not active."""
        standing = await self._directory.standing(user, self._clock.now())
        return self._actor(standing, via=via) if standing else None

    async def flush(self) -> None:
        """Write down when secrets were used last."""
        unwritten, self._unwritten = self._unwritten, {}
        if not unwritten:
            return
        async with self._database.transaction():
            for (table, row), moment in unwritten.items():
                await self._database.run(table.update({table.last_used_at: moment}).where(table.id == row))

    async def _admit(
        self, key: str, prefix: str, find: Callable[[str, datetime, int], Awaitable[Pass | None]]
    ) -> Actor | None:
        if not key.startswith(prefix) or len(key) > LONGEST_KEY:
            return None
        now = self._clock.now()
        fresh = self._freshness
        number = fresh.last if fresh.is_fresh else await fresh.number()
        if number != self._number or len(self._kept) >= MOST_KEPT:
            self._kept, self._number = {}, number
        kept_as = digest(key)
        entry = self._kept.get(kept_as)
        if entry is None or not entry.holds(now):
            entry = await find(kept_as, now, number)
            if entry is None:
                self._kept.pop(kept_as, None)
                return None
            if self._number == number and not fresh.is_inside:
                self._kept[kept_as] = entry
        self._note_use(entry, now)
        return entry.actor

    async def _session(self, kept_as: str, now: datetime, number: int) -> Pass | None:
        row = await self._database.run(
            Session.select(Session.id, Session.holder, Session.expires_at)
            .where((Session.token_hash == kept_as) & Session.revoked_at.is_null())
            .first()
        )
        standing = await self._live(row, now)
        if row is None or standing is None:
            return None
        actor = self._actor(standing, session=row["id"])
        return Pass(number, actor, Session, row["id"], row["expires_at"], standing)

    async def _token(self, kept_as: str, now: datetime, number: int) -> Pass | None:
        row = await self._database.run(
            ApiToken.select(ApiToken.id, ApiToken.holder, ApiToken.expires_at, ApiToken.scopes)
            .where((ApiToken.token_hash == kept_as) & ApiToken.revoked_at.is_null())
            .first()
        )
        standing = await self._live(row, now)
        if row is None or standing is None:
            return None
        cut = TokenScopes.read(row["scopes"]).cut(standing.rights)
        rights = replace(cut, hidden=self._directory.roles.concealed(cut.scopes, cut.hidden))
        actor = self._actor(standing, rights=rights, token=row["id"])
        return Pass(number, actor, ApiToken, row["id"], row["expires_at"], standing)

    async def _live(self, row: Mapping[str, Any] | None, now: datetime) -> Standing | None:
        if row is None or (row["expires_at"] is not None and row["expires_at"] <= now):
            return None
        return await self._directory.standing(row["holder"], now)

    def _actor(
        self,
        standing: Standing,
        *,
        via: str = "api",
        rights: Rights | None = None,
        session: int | None = None,
        token: int | None = None,
    ) -> Actor:
        return Actor(
            rights=rights or standing.rights,
            name=standing.name,
            user=standing.user,
            locale=standing.locale or self._locale,
            zone=standing.zone or self._zone,
            via=via,
            session=session,
            token=token,
        )

    def _note_use(self, shown: Pass, now: datetime) -> None:
        where = (shown.table, shown.row)
        last = self._used.get(where)
        if last is None or now - last >= STEP:
            if len(self._used) >= MOST_KEPT:
                self._used.clear()
            self._used[where] = self._unwritten[where] = now
