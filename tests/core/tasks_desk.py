"""A desk at which the tests of tasks work: set tasks, move the clock, see who was told what and when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clients_desk import Desk

from cardfile.clock import MovableClock
from cardfile.rights import Actor
from cardfile.tasks import send_portion

MINUTE = timedelta(minutes=1)


def at(text: str, zone: str = "UTC") -> datetime:
    """Return the instant at which the wall clock of a zone shows this."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True)
class TaskDesk(Desk):
    """A desk with a clock."""

    @property
    def clock(self) -> MovableClock:
        """The clock that the tests move."""
        assert isinstance(self.app.clock, MovableClock)
        return self.app.clock

    async def policy(self, key: str) -> int:
        """Return the id of a reminder policy."""
        (row,) = await self.rows("reminder_policy", {"key": {"eq": key}})
        return int(row["id"])

    async def task(self, title: str = "Call", *, by: Actor | None = None, **values: Any) -> int:
        """Set a task and return its id; `policy` may be a key, `due_in` a span."""
        due_in = values.pop("due_in", None)
        if isinstance(values.get("policy"), str):
            values["policy"] = await self.policy(values["policy"])
        made = await self.do("task.create", by=by, values={"title": title, **values}, due_in=due_in)
        return int(made.id)

    async def told(
        self, who: Actor | int | None = None, *, task: int | None = None, zone: str = "UTC"
    ) -> list[tuple[str, str]]:
        """Return the kinds and wall times of what somebody was told of tasks, in order."""
        user = who.user if isinstance(who, Actor) else who
        rows = await self.rows("notice", order=("at", "id"))
        return [
            (row["kind"], row["at"].astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"))
            for row in rows
            if (user is None or row["recipient"] == user) and (task is None or row["task"] == task)
        ]

    async def sweep(self) -> None:
        """Tell everything that is due now."""
        while await send_portion(self.app):
            pass

    async def pass_time(self, until: datetime, step: timedelta = MINUTE) -> None:
        """Let time pass step by step, telling what is due at each of them."""
        while self.clock.now() < until:
            self.clock.set(min(self.clock.now() + step, until))
            await self.sweep()
