"""Signing in and out: limits, audit, sessions."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from piccolo.columns.combination import And, Where

from cardfile.access.freshness import Freshness
from cardfile.access.keys import SESSION, digest, new_key
from cardfile.access.passwords import Passwords
from cardfile.access.rows import add_row
from cardfile.access.tables import Credential, Session, SignInAttempt, User
from cardfile.clock import Clock
from cardfile.database.database import Database
from cardfile.errors import InvalidInput, RateLimited, Unauthenticated

__all__ = ["SignIn", "SignInLimits", "SignedIn", "fold_login"]

TOO_MANY: Final = "Too many attempts to sign in. Try again in {minutes} min."
WRONG: Final = "The name or the password is wrong."


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How many failures are borne within `window`: per account since its last success, and per address."""

    per_account: int = 10
    per_address: int = 50
    window: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has begun: `key` is its secret, shown this once."""

    key: str
    session: int
    user: int
    expires_at: datetime


def fold_login(login: str) -> str:
    """Return a login e-mail as it is kept and compared: trimmed, in small letters, accents as they are."""
    return _plain(login.strip().casefold(), 254)


def _plain(text: str, longest: int) -> str:
    """Return text from outside without what a database does not take: control characters, half characters."""
    return "".join(each for each in text[:longest] if each.isprintable())


class SignIn:
    """The way in by password. Every attempt is a row, which the limits count and an audit reads."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        freshness: Freshness,
        clock: Clock,
        *,
        limits: SignInLimits | None = None,
        session_days: int = 14,
    ) -> None:
        self._database, self._passwords = database, passwords
        self._freshness, self._clock = freshness, clock
        self._limits = limits or SignInLimits()
        self._lasts = timedelta(days=session_days)
        self._one_by_one = asyncio.Lock()

    async def sign_in(
        self, login: str, password: str, *, address: str = "", agent: str = "", former: str | None = None
    ) -> SignedIn:
        """Begin a session, under a new secret whatever was shown before; `former` is ended.

        Raises `Unauthenticated` alike for an unknown name, a wrong password and somebody who is not active,
        and `RateLimited` without looking at the password.
        """
        login, now = fold_login(login), self._clock.now()
        address, agent = _plain(address, 64), _plain(agent, 200)
        # Noted as failed before anything is counted, so that attempts at the same moment count each other.
        async with self._one_by_one:
            attempt = await self._note(login, address=address, agent=agent, now=now)
            of_account, of_address = SignInAttempt.login == login, SignInAttempt.address == address
            wait = max(
                await self._wait(attempt, of_account, self._limits.per_account, now, is_forgiving=True),
                await self._wait(attempt, of_address, self._limits.per_address, now),
            )
        if wait > timedelta(0):
            await self._conclude(attempt, "refused")
            seconds = int(wait.total_seconds()) + 1
            raise RateLimited(TOO_MANY, retry_after=seconds, minutes=-(-seconds // 60))
        user, kept = await self._credential(login)
        if not await self._passwords.matches(password, kept) or user is None:
            raise Unauthenticated(WRONG)
        async with self._database.transaction():
            await self._conclude(attempt, "succeeded", user=user)
            if former:
                await self.sign_out(former)
            return await self.open_session(user, address=address, agent=agent)

    async def open_session(self, user: int, *, address: str = "", agent: str = "") -> SignedIn:
        """Begin a session of somebody who was recognised by other means: a console, a single sign-on."""
        key, now = new_key(SESSION), self._clock.now()
        expires_at = now + self._lasts
        values = {
            "holder": user,
            "token_hash": digest(key),
            "began_at": now,
            "expires_at": expires_at,
            "last_used_at": now,
            "address": _plain(address, 64),
            "agent": _plain(agent, 200),
        }
        made = await add_row(self._database, Session, values, now=now)
        return SignedIn(key, made, user, expires_at)

    async def sign_out(self, key: str) -> None:
        """End the session whose secret is `key`; a secret that opens nothing ends nothing."""
        async with self._database.transaction():
            ended = await self._database.run(
                Session.update({Session.revoked_at: self._clock.now()})
                .where((Session.token_hash == digest(key)) & Session.revoked_at.is_null())
                .returning(Session.id)
            )
            if ended:
                await self._freshness.changed()

    async def sign_out_everywhere(self, user: int) -> None:
        """End all sessions of a user."""
        async with self._database.transaction():
            await self._database.run(
                Session.update({Session.revoked_at: self._clock.now()}).where(
                    (Session.holder == user) & Session.revoked_at.is_null()
                )
            )
            await self._freshness.changed()

    async def change_password(self, user: int, *, old: str, new: str) -> None:
        """Replace a password, given the old one; all sessions of the user end. Raises `Unauthenticated`."""
        row = await self._database.run(
            Credential.select(Credential.password_hash).where(Credential.holder == user).first()
        )
        if not await self._passwords.matches(old, row["password_hash"] if row else None):
            raise Unauthenticated("The old password is wrong.", path=("old",))
        if old == new:
            raise InvalidInput("The new password is the old one.", path=("new",))
        await self.set_password(user, new)

    async def set_password(self, user: int, password: str) -> None:
        """Give a user a password without asking for the old one; all his sessions end."""
        hashed = await self._passwords.hash(password)
        await self.keep_password(user, hashed)

    async def keep_password(self, user: int, hashed: str) -> None:
        """Keep the hash of a user's new password; all his sessions end."""
        now = self._clock.now()
        async with self._database.transaction():
            changed = await self._database.run(
                Credential.update({Credential.password_hash: hashed, Credential.changed_at: now})
                .where(Credential.holder == user)
                .returning(Credential.id)
            )
            if not changed:
                new = {"holder": user, "password_hash": hashed, "changed_at": now}
                await add_row(self._database, Credential, new, now=now)
            await self.sign_out_everywhere(user)

    async def _note(self, login: str, *, address: str, agent: str, now: datetime) -> int:
        values = {"login": login, "address": address, "agent": agent, "outcome": "failed"}
        return await add_row(self._database, SignInAttempt, values, now=now)

    async def _conclude(self, attempt: int, outcome: str, *, user: int | None = None) -> None:
        await self._database.run(
            SignInAttempt.update({SignInAttempt.outcome: outcome, SignInAttempt.holder: user}).where(
                SignInAttempt.id == attempt
            )
        )

    async def _wait(
        self, attempt: int, about: Where | And, most: int, now: datetime, *, is_forgiving: bool = False
    ) -> timedelta:
        """Return for how long attempts are refused: until the oldest of the last `most` is forgotten."""
        begin = now - self._limits.window
        where = about & (SignInAttempt.created_at > begin) & (SignInAttempt.id < attempt)
        if is_forgiving:
            # A success shows that the person knows the password: what failed before it counts no more.
            success = await self._database.run(
                SignInAttempt.select(SignInAttempt.id)
                .where(where & (SignInAttempt.outcome == "succeeded"))
                .order_by(SignInAttempt.id, ascending=False)
                .first()
            )
            if success:
                where &= SignInAttempt.id > success["id"]
        rows = await self._database.run(
            SignInAttempt.select(SignInAttempt.created_at)
            .where(where & (SignInAttempt.outcome == "failed"))
            .order_by(SignInAttempt.id, ascending=False)
            .limit(most)
        )
        if len(rows) < most:
            return timedelta(0)
        oldest: datetime = rows[-1]["created_at"]
        return oldest + self._limits.window - now

    async def _credential(self, login: str) -> tuple[int | None, str | None]:
        """Return an active user and his hash; for nobody it asks the same questions."""
        person = await self._database.run(
            User.select(User.id)
            .where((User.login == login) & (User.is_active == True) & User.archived_at.is_null())  # noqa: E712  # SQL
            .first()
        )
        user = person["id"] if person else 0
        kept = await self._database.run(
            Credential.select(Credential.password_hash).where(Credential.holder == user).first()
        )
        return (user or None), (kept["password_hash"] if kept else None)
