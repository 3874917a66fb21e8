"""What is done again and again: one job for each moment, whichever of several workers comes first."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from cardfile.failpoints import failpoint
from cardfile.jobs.tables import Job

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["floor", "plan_moment"]


async def plan_moment(app: "App", name: str, moment: datetime) -> None:
    """Put in the job of the kind `name` for `moment`, unless it is there."""
    payload, key = {"planned": moment.isoformat()}, f"{name}@{moment.isoformat()}"
    if await app.jobs.enqueue(name, payload, key=key) is None:
        latest = await _latest(app, name)
        if latest is not None and latest[1] != payload["planned"]:
            # The clock was set back: the moment has come before, and others after it. Whoever else plans it
            # anew sees the same latest one, and so takes the same key.
            await app.jobs.enqueue(name, payload, key=f"{key}#{latest[0]}")
    failpoint("jobs.schedule_planned")


async def _latest(app: "App", name: str) -> tuple[int, str] | None:
    """Return the id and the moment of the last job of a kind that was planned, whatever its moment."""
    rows = await app.database.run(
        Job.select(Job.id, Job.payload)
        .where(Job.kind == name, Job.key.is_not_null())
        .order_by(Job.id, ascending=False)
        .limit(1)
    )
    return (rows[0]["id"], str(orjson.loads(rows[0]["payload"]).get("planned"))) if rows else None


def floor(now: datetime, step: timedelta) -> datetime:
    """Return the latest multiple of `step` since the epoch that is not after `now`."""
    start = datetime(1970, 1, 1, tzinfo=now.tzinfo)
    return start + (now - start) // step * step
