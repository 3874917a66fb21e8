"""API tokens: made, limited, revoked."""

from dataclasses import dataclass
from datetime import datetime

from cardfile.access.freshness import Freshness
from cardfile.access.keys import TOKEN, digest, new_key
from cardfile.access.rows import add_row
from cardfile.access.tables import ApiToken
from cardfile.access.token_scopes import TokenScopes
from cardfile.clock import Clock
from cardfile.database.database import Database

__all__ = ["IssuedToken", "Tokens"]


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token that was made: `key` is its secret, shown this once."""

    key: str
    token: int
    user: int
    expires_at: datetime | None


class Tokens:
    """The API tokens of people."""

    def __init__(self, database: Database, freshness: Freshness, clock: Clock) -> None:
        self._database, self._freshness, self._clock = database, freshness, clock

    async def issue(
        self, user: int, name: str, scopes: TokenScopes, *, expires_at: datetime | None = None
    ) -> IssuedToken:
        """Make a token that acts for `user` within `scopes`, until `expires_at` if it is given."""
        key = new_key(TOKEN)
        values = {
            "holder": user,
            "name": name,
            "token_hash": digest(key),
            "scopes": str(scopes),
            "expires_at": expires_at,
        }
        made = await add_row(self._database, ApiToken, values, now=self._clock.now(), by=user)
        return IssuedToken(key, made, user, expires_at)

    async def revoke(self, token: int) -> None:
        """End a token; it opens nothing from now on."""
        async with self._database.transaction():
            await self._database.run(
                ApiToken.update({ApiToken.revoked_at: self._clock.now()}).where(
                    (ApiToken.id == token) & ApiToken.revoked_at.is_null()
                )
            )
            await self._freshness.changed()
