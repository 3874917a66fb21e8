"""What a plugin says about its jobs: a name, and the function that does them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cardfile.declarations.keys import KEY
from cardfile.errors import DeclarationError

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["JobKind", "JobRun"]


@dataclass(frozen=True, slots=True)
class JobRun:
    """One attempt at a job: what to do, and how often it has been tried, this time included.

    `lease` tells this attempt from any other at the same job.
    """

    app: "App"
    job: int
    payload: Mapping[str, Any]
    key: str
    attempt: int
    now: datetime
    lease: int = 0


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: `name` is unique within its plugin, `function` does one job.

    With `transactional` (the default) the function runs inside the transaction that marks the job done: its
    effect in the database happens exactly once, and it must not use the network. Otherwise it runs outside,
    may use the network, and must bear being repeated, for which `run.key` is the key to give to others.
    What fails is tried again after `retry_after`, then after twice as long, up to `attempts` times. What a worker
    does is taken up by others when the worker dies, what was begun without a worker when its `lease` is over.

    `every` plans a job of this kind for every multiple of it, counted from 1970 in UTC: once for each such
    moment, however many workers there are; moments that pass while nobody works are left out. When the clock
    is set back moments come again, and so do their jobs: such a job looks for what is due, it does not count.
    """

    name: str
    function: Callable[[JobRun], Awaitable[None]]
    transactional: bool = True
    lease: timedelta = timedelta(minutes=5)
    attempts: int = 8
    retry_after: timedelta = timedelta(seconds=10)
    every: timedelta | None = None

    def __post_init__(self) -> None:
        if not all(KEY.fullmatch(part) for part in self.name.split(".")):
            raise DeclarationError(
                f"job kind {self.name!r}: a name is lower case words joined by underscores ('send_reminder')"
            )
        if self.attempts < 1 or self.lease <= timedelta(0):
            raise DeclarationError(f"job kind {self.name!r}: it needs at least one attempt and a lease")
        if self.retry_after <= timedelta(0) or (self.every is not None and self.every < timedelta(seconds=1)):
            raise DeclarationError(
                f"job kind {self.name!r}: retry_after is longer than nothing, every is a second or more"
            )
