"""Who may take which job: what is due is handed over once, and done by one worker at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cardfile.failpoints import failpoint
from cardfile.jobs.tables import Job, State

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = [
    "LONGEST_DELAY",
    "OPEN",
    "mend_after_clock",
    "next_due",
    "release",
    "take_due",
    "take_up",
    "unlocked",
]

LONGEST_DELAY: Final = timedelta(hours=6)
"""For how long at most a job that failed waits for its next attempt."""

OPEN: Final = (State.WAITING.value, State.RUNNING.value)

A_MINUTE: Final = timedelta(minutes=1)

Query = TypeVar("Query", bound=Any)


def unlocked(app: "App", query: Query) -> Query:
    """Return a select of rows that are to be changed: it passes over those that others are changing.

    On SQLite whoever is in a transaction is alone.
    """
    if app.database.dialect.name == "sqlite":
        return query
    locking: Query = query.lock_rows("UPDATE", skip_locked=True)
    return locking


async def take_due(app: "App", *, limit: int) -> list[int]:
    """Return ids of jobs that are due, marked as lying in a queue, so that nobody takes them twice."""
    now = app.clock.now()
    await _release_unattended(app, now)
    due = (
        Job.select(Job.id)
        .where(
            Job.state == State.WAITING.value,
            Job.run_at <= now,
            Job.handed_until.is_null() | (Job.handed_until <= now),
        )
        .order_by(Job.run_at)
        .order_by(Job.id)
        .limit(limit)
    )
    # Most looks find nothing, and a look alone holds up nobody.
    if not await app.database.run(due):
        return []
    async with app.database.transaction():
        taken = [row["id"] for row in await app.database.run(unlocked(app, due))]
        if taken:
            until = now + timedelta(seconds=app.settings.worker_patience)
            await app.database.run(
                Job.update({Job.handed_until: until}).where(
                    Job.id.is_in(taken), Job.state == State.WAITING.value
                )
            )
    failpoint("jobs.after_take_due")
    return taken


async def next_due(app: "App") -> datetime | None:
    """Return when the next job falls due that is not due yet."""
    rows = await app.database.run(
        Job.select(Job.run_at)
        .where(Job.state == State.WAITING.value, Job.run_at > app.clock.now())
        .order_by(Job.run_at)
        .limit(1)
    )
    found: datetime | None = rows[0]["run_at"] if rows else None
    return found


async def take_up(app: "App", job: int, *, worker: int | None, now: datetime) -> dict[str, Any] | None:
    """Take a job up and return its row, or None when it is not due or somebody is at it."""
    fitting = (
        Job.id == job,
        Job.run_at <= now,
        (Job.state == State.WAITING.value)
        | (
            (Job.state == State.RUNNING.value)
            & Job.worker.is_null()
            & (Job.lease_until.is_null() | (Job.lease_until <= now))
        ),
    )
    lease = None if worker is not None else now + await _lease_of(app, job)
    async with app.database.transaction():
        # Whoever is at the job may hold its row until he is done, and is not waited for.
        if not await _is_free(app, fitting):
            return None
        taken = await app.database.run(
            Job.update(
                {
                    Job.state: State.RUNNING.value,
                    Job.attempts: Job.attempts + 1,
                    Job.leases: Job.leases + 1,
                    Job.worker: worker,
                    Job.lease_until: lease,
                }
            )
            .where(*fitting)
            .returning(Job.kind, Job.payload, Job.key, Job.attempts, Job.leases)
        )
    failpoint("jobs.after_lease")
    found: dict[str, Any] | None = taken[0] if taken else None
    return found


async def _is_free(app: "App", fitting: Sequence[Any]) -> bool:
    if app.database.dialect.name == "sqlite":
        return True
    return bool(await app.database.run(unlocked(app, Job.select(Job.id).where(*fitting))))


async def _lease_of(app: "App", job: int) -> timedelta:
    """Return for how long a job is somebody's who is no worker."""
    rows = await app.database.run(Job.select(Job.kind).where(Job.id == job))
    kind = app.jobs.kinds.get(rows[0]["kind"]) if rows else None
    return kind.lease if kind is not None else A_MINUTE


async def release(app: "App", jobs: Iterable[int], *, worker: int | None) -> None:
    """Let others take up jobs that `worker` began and does not do any more."""
    async with app.database.transaction():
        lost = Job.select(Job.id).where(
            Job.id.is_in(list(jobs)),
            Job.state == State.RUNNING.value,
            Job.worker.is_null() if worker is None else Job.worker == worker,
        )
        ids = [row["id"] for row in await app.database.run(unlocked(app, lost))]
        if not ids:
            return
        await app.database.run(
            Job.update(
                {
                    Job.state: State.WAITING.value,
                    Job.worker: None,
                    Job.lease_until: None,
                    Job.handed_until: None,
                }
            ).where(Job.id.is_in(ids))
        )
        failpoint("jobs.before_release")


async def _release_unattended(app: "App", now: datetime) -> None:
    over = await app.database.run(
        Job.select(Job.id).where(
            Job.state == State.RUNNING.value, Job.worker.is_null(), Job.lease_until <= now
        )
    )
    if over:
        await release(app, [row["id"] for row in over], worker=None)


async def mend_after_clock(app: "App") -> None:
    """Shorten what waits for a moment that was near before the clock was set back, and is far away now.

    What shall be done at a moment that somebody named stays where it is; what was to be done at once, or
    again after a failure, does not wait for a day.
    """
    now = app.clock.now()
    patience = timedelta(seconds=app.settings.worker_patience)
    longest = max((kind.lease for kind in app.jobs.kinds.values()), default=patience)
    is_waiting, is_running = Job.state == State.WAITING.value, Job.state == State.RUNNING.value
    at_once = (Job.created_at > now + A_MINUTE) & (Job.run_at <= Job.created_at)
    failed = (Job.attempts > 0) & (Job.run_at > now + LONGEST_DELAY)
    async with app.database.transaction():
        await app.database.run(
            Job.update({Job.handed_until: None}).where(is_waiting, Job.handed_until > now + patience)
        )
        await app.database.run(Job.update({Job.run_at: now}).where(is_waiting, at_once | failed))
        await app.database.run(
            Job.update({Job.run_at: now}).where(is_running, Job.run_at > now)  # it had been due already
        )
        await app.database.run(
            Job.update({Job.lease_until: now + longest}).where(is_running, Job.lease_until > now + longest)
        )
