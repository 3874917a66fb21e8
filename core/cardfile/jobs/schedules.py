"""What is done again and again: one job for each moment, whichever of several workers comes first."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import orjson

from cardfile.failpoints import failpoint
from cardfile.jobs.tables import Job

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["floor", "plan_moment"]

LOOK_BACK: Final = 3
"""How many moments count as just planned: ids of those that are planned at the same time may be in any order."""

LOOK_THROUGH: Final = 50
"""Among how many jobs of a kind they are looked for: some may have been put in by other ways than a plan."""


async def plan_moment(app: "App", name: str, moment: datetime) -> None:
    """Put in the job of the kind `name` for `moment`, unless it is there."""
    payload, key = {"planned": moment.isoformat()}, f"{name}@{moment.isoformat()}"
    if await app.jobs.enqueue(name, payload, key=key) is None:
        last = await _last_planned(app, name)
        latest = max((planned for _, planned in last), default=moment)
        is_there = any(planned == moment for _, planned in last)
        # Others were quicker, and have planned later moments meanwhile.
        is_over = moment < latest <= app.clock.now()
        if last and not is_there and not is_over:
            # The clock was set back: the moment has come before, and others after it. Whoever else plans it
            # anew sees the same last one, and so takes the same key.
            await app.jobs.enqueue(name, payload, key=f"{key}#{last[0][0]}")
    failpoint("jobs.schedule_planned")


async def _last_planned(app: "App", name: str) -> list[tuple[int, datetime]]:
    """Return ids and moments of the jobs of a kind that were planned last, whatever their moments."""
    rows = await app.database.run(
        Job.select(Job.id, Job.payload)
        .where(Job.kind == name, Job.key.is_not_null())
        .order_by(Job.id, ascending=False)
        .limit(LOOK_THROUGH)
    )
    told = [(row["id"], orjson.loads(row["payload"]).get("planned")) for row in rows]
    planned = [(job, datetime.fromisoformat(moment)) for job, moment in told if moment]
    return planned[:LOOK_BACK]


def floor(now: datetime, step: timedelta) -> datetime:
    """Return the latest multiple of `step` since the epoch that is not after `now`."""
    start = datetime(1970, 1, 1, tzinfo=now.tzinfo)
    return start + (now - start) // step * step
