"""Doing one job: taken up, done, marked as done together with its effect, or kept with its error."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from cardfile.failpoints import failpoint
from cardfile.jobs.tables import Job, State
from cardfile.jobs.taking import LONGEST_DELAY, OPEN, take_up
from cardfile.plugins.job_kinds import JobKind, JobRun

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["keep_payload", "run_job"]

LONGEST_ERROR: Final = 2_000
UNKNOWN_DELAY: Final = timedelta(hours=1)

_LOG: Final = logging.getLogger("cardfile.jobs")


class _LeaseLost(Exception):
    """Somebody else took the job up, because our lease was over."""


async def run_job(app: "App", job: int) -> bool:
    """Do one job if it is due and nobody else is at it; tell whether it was done."""
    now = app.clock.now()
    row = await take_up(app, job, worker=app.jobs.worker, now=now)
    if row is None:
        return False
    kind = app.jobs.kinds.get(row["kind"])
    if kind is None:
        await _postpone_unknown(app, job, row["kind"], now)
        return False
    run = JobRun(
        app=app,
        job=job,
        payload=orjson.loads(row["payload"]),
        key=row["key"] or f"job-{job}",
        attempt=row["attempts"],
        now=now,
        lease=row["leases"],
    )
    if run.attempt > kind.attempts:
        # Each of its attempts ended with the process: another one would only end this process too.
        await _fail(kind, run, row["kind"], RuntimeError("every attempt was cut off"))
        return False
    try:
        await (_run_inside if kind.transactional else _run_outside)(kind, run)
    except _LeaseLost:
        _LOG.warning("job %s (%s) was taken up by somebody else", job, row["kind"])
        return False
    except Exception as error:  # noqa: BLE001  Whatever a job does, the worker goes on.
        await _fail(kind, run, row["kind"], error)
        return False
    failpoint("jobs.after_commit")
    return True


async def keep_payload(app: "App", run: JobRun, payload: Mapping[str, Any]) -> None:
    """Change what a running job has to do, and count its attempts anew."""
    kept: dict[Any, Any] = {Job.payload: orjson.dumps(payload).decode(), Job.attempts: 0}
    await app.database.run(Job.update(kept).where(*_ours(run)))
    failpoint("jobs.payload_kept")


async def _run_inside(kind: JobKind, run: JobRun) -> None:
    async with run.app.database.transaction():
        # First, so that whoever lost the lease waits here or finds it gone before having any effect.
        await _mark_done(run)
        await kind.function(run)
        failpoint("jobs.before_commit")


async def _run_outside(kind: JobKind, run: JobRun) -> None:
    async with _renewing(kind, run):
        await kind.function(run)
    failpoint("jobs.before_done")
    async with run.app.database.transaction():
        await _mark_done(run)


async def _mark_done(run: JobRun) -> None:
    done = await run.app.database.run(
        Job.update(
            {
                Job.state: State.DONE.value,
                Job.worker: None,
                Job.lease_until: None,
                Job.handed_until: None,
                Job.done_at: run.app.clock.now(),
                Job.last_error: None,
            }
        )
        .where(*_ours(run))
        .returning(Job.id)
    )
    if not done:
        raise _LeaseLost
    failpoint("jobs.after_done")


@asynccontextmanager
async def _renewing(kind: JobKind, run: JobRun) -> AsyncIterator[None]:
    """Keep the lease of a job that is done without a worker for as long as it lasts; a worker's needs none."""
    if run.app.jobs.worker is not None:
        yield
        return

    async def renew() -> None:
        while True:
            await asyncio.sleep(kind.lease.total_seconds() / 3)
            until = run.app.clock.now() + kind.lease
            await run.app.database.run(Job.update({Job.lease_until: until}).where(*_ours(run)))

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def _fail(kind: JobKind, run: JobRun, name: str, error: Exception) -> None:
    now = run.app.clock.now()
    # Not `run.attempt`: they are counted anew when a job comes forward.
    rows = await run.app.database.run(Job.select(Job.attempts).where(*_ours(run)))
    attempts = max(1, rows[0]["attempts"]) if rows else run.attempt
    is_dead = attempts >= kind.attempts
    _LOG.error(
        "job %s (%s) failed in attempt %s of %s%s",
        run.job,
        name,
        attempts,
        kind.attempts,
        ": it is dead" if is_dead else "",
        exc_info=error,
    )
    failpoint("jobs.before_failure_kept")
    await run.app.database.run(
        Job.update(
            {
                Job.state: (State.DEAD if is_dead else State.WAITING).value,
                Job.run_at: now + _delay(kind, attempts),
                Job.worker: None,
                Job.lease_until: None,
                Job.handed_until: None,
                Job.last_error: f"{type(error).__name__}: {error}"[:LONGEST_ERROR],
            }
        ).where(*_ours(run))
    )


async def _postpone_unknown(app: "App", job: int, name: str, now: datetime) -> None:
    """Lay a job aside whose kind nobody knows: its plugin may be switched off for an hour only."""
    _LOG.warning("job %s is of the kind %s, which no plugin has: it waits", job, name)
    await app.database.run(
        Job.update(
            {
                Job.state: State.WAITING.value,
                Job.run_at: now + UNKNOWN_DELAY,
                Job.attempts: 0,
                Job.worker: None,
                Job.lease_until: None,
                Job.handed_until: None,
                Job.last_error: f"no plugin has the job kind {name}",
            }
        ).where(Job.id == job, Job.state.is_in(list(OPEN)))
    )


def _ours(run: JobRun) -> Sequence[Any]:
    return (Job.id == run.job, Job.state == State.RUNNING.value, Job.leases == run.lease)


def _delay(kind: JobKind, attempt: int) -> timedelta:
    return min(kind.retry_after * (1 << min(attempt - 1, 20)), LONGEST_DELAY)
