"""The state of a unit: what the commands share that are done together, for one actor."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime

from cardfile.database.tables import Record
from cardfile.database.transaction import Transaction
from cardfile.errors import DatabaseError, DeclarationError
from cardfile.journal.host import Host
from cardfile.model.kinds import Reading
from cardfile.rights import Actor

__all__ = ["Image", "Unit"]


@dataclass(slots=True)
class Image:
    """A record as this unit of work knows it: its values by path, and the object that commands hold.

    Nobody else can change what is `locked` before the unit of work ends.
    """

    values: dict[str, object]
    record: Record
    locked: bool = False


@dataclass(slots=True)
class Unit(ABC):
    """What all commands share that are done together; `held` is their transaction, if there is one.

    `batch` is the number under which everything that is done here can be taken back; it is known from the
    first event on, or from `open_batch()`.
    """

    app: Host
    actor: Actor
    via: str
    now: datetime
    reading: Reading
    held: Transaction | None = None
    batch: int | None = None
    cause: int | None = None
    images: dict[str, dict[int, Image]] = field(default_factory=dict)
    events: int = 0
    _broken: BaseException | None = None

    @property
    def transaction(self) -> Transaction:
        """The transaction; raises `DeclarationError` where only reading is done."""
        if self.held is None:
            raise DeclarationError("this is done without a transaction: only a command that writes has one")
        return self.held

    @abstractmethod
    async def do(self, name: str, /, *, expected_version: int | None = None, **arguments: object) -> object:
        """Do a command and return what it returns."""

    async def open_batch(self) -> int:
        """Return the batch's number before anything is done, so that it can be kept elsewhere."""
        if self.batch is None:
            (self.batch,) = await self.transaction.reserve_ids("event", 1)
        return self.batch

    def join(self, inner: "Unit") -> None:
        """Take over what a nested unit of work leaves: its batch, and how many events it wrote."""
        self.batch = self.batch if self.batch is not None else inner.batch
        self.events += inner.events

    def break_off(self, error: BaseException) -> None:
        """Remember that a command failed after it had begun to write: nothing may be kept."""
        self._broken = self._broken or error

    def require_whole(self) -> None:
        """Raise when a command failed halfway and was not undone by a nested unit of work."""
        if self._broken is not None:
            raise DatabaseError(
                f"a command failed halfway ({self._broken}) and its unit of work went on: "
                "put commands that may fail into a nested unit of work"
            ) from self._broken
