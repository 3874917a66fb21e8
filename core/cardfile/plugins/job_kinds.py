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
    """One attempt at a job: what to do, and how often it has been tried, this time included."""

    app: "App"
    job: int
    payload: Mapping[str, Any]
    key: str
    attempt: int
    now: datetime


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: `name` is unique within its plugin, `function` does one job.

    With `transactional` (the default) the function runs inside the transaction that marks the job done: its
    effect in the database happens exactly once, and it must not use the network. Otherwise it runs outside,
    may use the network, and must bear being repeated, for which `run.key` is the key to give to others.
    `lease` is for how long nobody else takes the job up; `every` plans a job of this kind again and again.
    """

    name: str
    function: Callable[[JobRun], Awaitable[None]]
    transactional: bool = True
    lease: timedelta = timedelta(minutes=5)
    attempts: int = 8
    every: timedelta | None = None

    def __post_init__(self) -> None:
        if not all(KEY.fullmatch(part) for part in self.name.split(".")):
            raise DeclarationError(
                f"job kind {self.name!r}: a name is lower case words joined by underscores ('send_reminder')"
            )
        if self.attempts < 1 or self.lease <= timedelta(0):
            raise DeclarationError(f"job kind {self.name!r}: it needs at least one attempt and a lease")
