"""How caches of rights learn that something has changed, here or in another process."""

from time import monotonic
from typing import Final

from cardfile.access.tables import AccessVersion
from cardfile.database.database import Database
from cardfile.database.transaction import OPEN

__all__ = ["Freshness"]

OFTEN: Final = 1.0
"""After how many seconds the number is read again: so long may another process see old rights."""

LONGEST_TRANSACTION: Final = 120.0
"""For how many seconds a change of our own is waited for; one that takes longer is seen within `OFTEN`."""


class Freshness:
    """The number in `access_version`, read at most once a second, and at once after a change of our own.

    `changed` must be called in the transaction that changes people, teams, roles, shares, sessions or tokens.
    Until that transaction commits others see the old number, so it is read anew for every question until the
    new number shows.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._number = -1
        self._read_at = float("-inf")
        self._awaited = -1
        self._awaited_until = float("-inf")

    @property
    def last(self) -> int:
        """The number that was read last."""
        return self._number

    @property
    def is_fresh(self) -> bool:
        """Whether the number that was read last may still be trusted."""
        now = monotonic()
        if now - self._read_at >= OFTEN:
            return False
        return self._number >= self._awaited or now >= self._awaited_until

    @property
    def is_inside(self) -> bool:
        """Whether the running task is in a transaction: what it sees may be undone, so nobody keeps it."""
        return any(one.database is self._database and not one.closed for one in OPEN.get())

    async def number(self) -> int:
        """Return the number, read anew when the last one is old or a change of ours is on its way."""
        if not self.is_fresh:
            # Set first: those who ask while we read go on with what they have, for a moment.
            self._read_at = monotonic()
            self._number = max(self._number, await self._read())
        return self._number

    async def changed(self) -> None:
        """Raise the number, in the open transaction."""
        query = AccessVersion.update({AccessVersion.number: AccessVersion.number + 1}, force=True)
        rows = await self._database.run(query.returning(AccessVersion.number))
        self._awaited = max(self._awaited, *(int(row["number"]) for row in rows))
        self._awaited_until = monotonic() + LONGEST_TRANSACTION

    async def _read(self) -> int:
        row = await self._database.run(AccessVersion.select(AccessVersion.number).first())
        return int(row["number"]) if row else 0
