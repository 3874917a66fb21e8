"""Jobs as people look at them: how many there are, what became of one, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from piccolo.query.functions.aggregate import Count

from cardfile.errors import NotFound, Refused
from cardfile.jobs.tables import Job, State, WorkerRow
from cardfile.jobs.taking import unlocked

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = [
    "Picture",
    "Seen",
    "Tally",
    "cancel_job",
    "count_jobs",
    "dead_jobs",
    "find_job",
    "list_jobs",
    "look_at_jobs",
    "retry_jobs",
]

OVERDUE: Final = timedelta(minutes=1)
"""By how much the oldest job may be late before something is wrong."""

ENDED: Final = (State.DONE.value, State.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many jobs of a kind are in a state."""

    kind: str
    state: State
    jobs: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A worker as it was seen last; `is_living` unless it has been silent for longer than it may."""

    name: str
    threads: int
    started_at: datetime
    seen_at: datetime
    is_living: bool
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Picture:
    """How the jobs of an installation stand: who works, how late the oldest one is, how many are dead."""

    workers: Sequence[Seen]
    late: timedelta
    dead: int

    @property
    def faults(self) -> tuple[str, ...]:
        """What somebody should look at: no_worker, queue, late, dead."""
        living = [one for one in self.workers if one.is_living]
        return tuple(
            name
            for name, holds in (
                ("no_worker", not living),
                ("queue", any(one.trouble for one in living)),
                ("late", self.late > OVERDUE),
                ("dead", self.dead > 0),
            )
            if holds
        )


async def look_at_jobs(app: "App") -> Picture:
    """Return how the jobs stand now."""
    now = app.clock.now()
    database = app.database
    patience = timedelta(seconds=app.settings.worker_patience)
    workers = await database.run(WorkerRow.select().order_by(WorkerRow.id).limit(1_000))
    oldest = await database.run(
        Job.select(Job.run_at)
        .where(Job.state == State.WAITING.value, Job.run_at <= now)
        .order_by(Job.run_at)
        .limit(1)
    )
    return Picture(
        workers=[
            Seen(
                name=one["name"],
                threads=one["threads"],
                started_at=one["started_at"],
                seen_at=one["seen_at"],
                is_living=abs(now - one["seen_at"]) <= patience,
                trouble=one["trouble"],
            )
            for one in workers
        ],
        late=now - oldest[0]["run_at"] if oldest else timedelta(0),
        dead=int(await database.run(Job.count().where(Job.state == State.DEAD.value))),
    )


async def count_jobs(app: "App") -> list[Tally]:
    """Return how many jobs there are of each kind in each state."""
    rows = await app.database.run(
        Job.select(Job.kind, Job.state, Count()).group_by(Job.kind, Job.state).order_by(Job.kind, Job.state)
    )
    return [Tally(row["kind"], State(row["state"]), int(row["count"])) for row in rows]


async def list_jobs(
    app: "App", *, state: State | None = None, kind: str | None = None, limit: int
) -> list[dict[str, Any]]:
    """Return the jobs in a state and of a kind, the last ones first."""
    query = Job.select().order_by(Job.id, ascending=False).limit(limit)
    for given, column in ((state.value if state else None, Job.state), (kind, Job.kind)):
        query = query.where(column == given) if given is not None else query
    rows: list[dict[str, Any]] = await app.database.run(query)
    return rows


async def dead_jobs(app: "App", *, kind: str, limit: int = 10_000) -> list[int]:
    """Return the ids of the dead jobs of a kind; raises `NotFound` for a kind that never was."""
    rows = await app.database.run(
        Job.select(Job.id)
        .where(Job.kind == kind, Job.state == State.DEAD.value)
        .order_by(Job.id)
        .limit(limit)
    )
    if not rows and kind not in app.jobs.kinds:
        raise NotFound("There is no job kind {kind}.", kind=kind)
    return [row["id"] for row in rows]


async def find_job(app: "App", job: int) -> dict[str, Any]:
    """Return the row of a job; raises `NotFound`."""
    row: dict[str, Any] | None = await app.database.run(Job.select().where(Job.id == job).first())
    if row is None:
        raise NotFound("There is no job {job}.", job=job)
    return row


async def retry_jobs(app: "App", jobs: Sequence[int]) -> int:
    """Let jobs that are dead, cancelled or waiting be done now, with all their attempts; return how many.

    Raises `Refused` for a job that is done or being done.
    """
    now = app.clock.now()
    async with app.database.transaction():
        if other := await _first_other(app, jobs, (State.DEAD, State.CANCELLED, State.WAITING)):
            raise Refused(
                "Job {job} is {state}: only one that waits, is dead or is cancelled can be tried again.",
                job=other["id"],
                state=other["state"],
            )
        await app.database.run(
            Job.update(
                {
                    Job.state: State.WAITING.value,
                    Job.attempts: 0,
                    Job.run_at: now,
                    Job.handed_until: None,
                    Job.done_at: None,
                }
            ).where(Job.id.is_in(list(jobs)))
        )
    app.jobs.call()
    return len(jobs)


async def cancel_job(app: "App", job: int) -> None:
    """Let a job never be done; its key stays taken. Raises `Refused` when it is done or being done."""
    async with app.database.transaction():
        if other := await _first_other(app, [job], (State.DEAD, State.WAITING)):
            raise Refused(
                "Job {job} is {state}: only one that waits or is dead can be cancelled.",
                job=other["id"],
                state=other["state"],
            )
        await app.database.run(
            Job.update({Job.state: State.CANCELLED.value, Job.done_at: app.clock.now()}).where(Job.id == job)
        )


async def _first_other(app: "App", jobs: Sequence[int], states: Sequence[State]) -> dict[str, Any] | None:
    """Return the first of the jobs that is in none of the states; the others stay as they are for now."""
    fitting = Job.select(Job.id).where(
        Job.id.is_in(list(jobs)), Job.state.is_in([one.value for one in states])
    )
    found = {row["id"] for row in await app.database.run(unlocked(app, fitting))}
    other = next((job for job in jobs if job not in found), None)
    return None if other is None else await find_job(app, other)
