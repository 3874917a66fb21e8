"""Everything about access that an app has: who is who, how one gets in, how rights are kept fresh."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

from cardfile.access.admission import Admission
from cardfile.access.directory import Directory
from cardfile.access.file_store import FileStore
from cardfile.access.files import Files
from cardfile.access.freshness import Freshness
from cardfile.access.memory import Memory
from cardfile.access.passwords import Passwords
from cardfile.access.role_book import RoleBook
from cardfile.access.sign_in import SignIn, SignInLimits
from cardfile.access.tokens import Tokens
from cardfile.clock import Clock
from cardfile.database.database import Database
from cardfile.rights import Actor
from cardfile.settings import Settings

__all__ = ["Access"]

STEP: Final = 60.0
"""After how many seconds the last use of sessions and tokens is written down."""


class Surroundings(Protocol):
    """What access needs of the app."""

    @property
    def settings(self) -> Settings:
        """The installation's settings."""
        ...

    @property
    def database(self) -> Database:
        """The database."""
        ...

    @property
    def roles(self) -> RoleBook:
        """The roles."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock."""
        ...


class Access:
    """The access of one app."""

    def __init__(self, app: Surroundings) -> None:
        settings, database, clock = app.settings, app.database, app.clock
        self.roles = app.roles
        self.freshness = Freshness(database)
        self.memory = Memory(database, self.freshness)
        self.directory = Directory(database, app.roles, self.freshness)
        self.admission = Admission(
            database, self.directory, self.freshness, clock, locale=settings.locale, zone=settings.zone
        )
        self.passwords = Passwords()
        self.sign_in = SignIn(
            database,
            self.passwords,
            self.freshness,
            clock,
            limits=SignInLimits(settings.limits.sign_ins_per_account, settings.limits.sign_ins_per_address),
            session_days=settings.session_days,
        )
        self.tokens = Tokens(database, self.freshness, clock)
        self.files = Files(database, FileStore(settings.data_dir / "files"), clock)

    async def resolve_session(self, key: str) -> Actor | None:
        """Return who is signed in with the session secret `key`, None when nobody is."""
        return await self.admission.resolve_session(key)

    async def resolve_token(self, key: str) -> Actor | None:
        """Return for whom the API token `key` acts, with the rights that it leaves; None when it is dead."""
        return await self.admission.resolve_token(key)

    async def resolve(self, key: str) -> Actor | None:
        """Return who shows `key`, whichever of the two it is."""
        return await self.admission.resolve(key)

    async def actor(self, user: int, *, via: str = "api") -> Actor | None:
        """Return a user as an actor, None when there is none or he is not active."""
        return await self.admission.actor(user, via=via)

    async def changed(self) -> None:
        """Make caches of rights forget what they know; to be called in the transaction of a change."""
        await self.freshness.changed()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write down the last use of sessions and tokens from time to time, and once more at the end."""
        writer = asyncio.create_task(self._keep_writing())
        try:
            yield
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer
            await self.admission.flush()

    async def _keep_writing(self) -> None:
        while True:
            await asyncio.sleep(STEP)
            try:
                await self.admission.flush()
            except Exception:
                # Whatever the database or its driver says, the next minute writes newer times.
                logging.getLogger("cardfile").warning(
                    "the last use of sessions could not be noted", exc_info=True
                )
