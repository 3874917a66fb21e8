"""How caches of rights learn that something has changed, here or in another process."""

from time import monotonic
from typing import Final

from cardfile.access.tables import AccessVersion
from cardfile.database.database import Database
from cardfile.database.transaction import OPEN, Transaction

__all__ = ["Freshness"]

OFTEN: Final = 1.0
"""After how many seconds the number is read again: so long may another process see old rights."""


class Freshness:
    """The number in `access_version`, read at most once a second, and at once after a change of our own.

    `changed` must be called in the transaction that changes people, teams, roles, shares, sessions or tokens.
    Until that transaction has ended others see the old number, so it is read anew for every question until then,
    and once more after it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._number = -1
        self._read_at = float("-inf")
        self._changing: list[Transaction] = []

    @property
    def last(self) -> int:
        """The number that was read last."""
        return self._number

    @property
    def is_fresh(self) -> bool:
        """Whether the number that was read last may still be trusted."""
        return not self._changing and monotonic() - self._read_at < OFTEN

    @property
    def is_settled(self) -> bool:
        """Whether no transaction of this process holds a change that may still be undone."""
        return all(one.ended for one in self._changing)

    @property
    def is_inside(self) -> bool:
        """Whether the running task is in a transaction: what it sees may be undone, so nobody keeps it."""
        return any(one.database is self._database and not one.closed for one in OPEN.get())

    async def number(self) -> int:
        """Return the number, read anew when the last one is old or a change of ours is on its way."""
        if not self.is_fresh:
            # Set first: those who ask while we read go on with what they have, for a moment.
            self._read_at = monotonic()
            ended = [one for one in self._changing if one.ended]
            self._number = max(self._number, await self._read())
            self._changing = [one for one in self._changing if one not in ended]
        return self._number

    async def changed(self) -> None:
        """Raise the number, in the open transaction."""
        await self._database.run(
            AccessVersion.update({AccessVersion.number: AccessVersion.number + 1}, force=True)
        )
        current = next((one for one in reversed(OPEN.get()) if one.database is self._database), None)
        if current is None:
            self._read_at = float("-inf")
        elif current not in self._changing:
            self._changing.append(current)

    async def _read(self) -> int:
        row = await self._database.run(AccessVersion.select(AccessVersion.number).first())
        return int(row["number"]) if row else 0
