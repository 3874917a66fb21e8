"""Jobs: rows that are done at least once, and whose effect in the database happens exactly once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
from piccolo.query.mixins import OnConflictAction

from cardfile.errors import DeclarationError
from cardfile.jobs.tables import Job, State
from cardfile.model.record_types import CORE
from cardfile.plugins.job_kinds import JobKind, JobRun

if TYPE_CHECKING:
    from cardfile.app import App
    from cardfile.plugins.plugin import Plugin

__all__ = ["Jobs", "collect_kinds"]

LONGEST_ERROR: Final = 2_000
LONGEST_DELAY: Final = timedelta(hours=6)
UNKNOWN_DELAY: Final = timedelta(hours=1)
IN_QUEUE: Final = timedelta(minutes=1)
BATCH: Final = 100


class _LeaseLost(Exception):
    """Somebody else took the job up, because our lease was over."""


def collect_kinds(plugins: Iterable["Plugin"]) -> dict[str, JobKind]:
    """Return the job kinds of all plugins by full name, `fitness.remind`; the core's have no prefix."""
    kinds: dict[str, JobKind] = {}
    for plugin in plugins:
        for kind in plugin.jobs:
            name = kind.name if plugin.name == CORE else f"{plugin.name}.{kind.name}"
            if name in kinds:
                raise DeclarationError(f"{plugin.name}: the job kind {name!r} is declared twice: rename one")
            kinds[name] = kind
    return kinds


class Jobs:
    """The jobs of one app: putting them in, finding what is due, doing it."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._log = logging.getLogger("cardfile.jobs")
        self.kinds = collect_kinds(app.plugins)
        self.called = asyncio.Event()
        self._planned: dict[str, datetime] = {}

    async def enqueue(
        self,
        kind: str,
        payload: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        run_at: datetime | None = None,
    ) -> int | None:
        """Put in a job, in the transaction that this task is in; return its id.

        It is done after the commit, not before `run_at`. Returns None when a job with `key` exists already,
        done or not: nothing is put in then.
        """
        if kind not in self.kinds:
            raise DeclarationError(
                f"there is no job kind {kind!r}; there are: {', '.join(sorted(self.kinds))}"
            )
        now = self._app.clock.now()
        async with self._app.database.transaction() as transaction:
            (number,) = await transaction.reserve_ids("job")
            job = Job(
                id=number,
                kind=kind,
                payload=orjson.dumps(payload or {}).decode(),
                key=key,
                created_at=now,
                run_at=run_at or now,
            )
            rows = await self._app.database.run(
                Job.insert(job)
                .on_conflict(target=Job.key, action=OnConflictAction.do_nothing)
                .returning(Job.id)
            )
        return number if rows else None

    def call(self) -> None:
        """Tell the worker of this process that something may be due."""
        self.called.set()

    async def plan(self) -> None:
        """Put in the next job of every kind that is done again and again, once for each of its moments."""
        now = self._app.clock.now()
        for name, kind in self.kinds.items():
            if kind.every is None:
                continue
            planned = _floor(now, kind.every)
            if self._planned.get(name) != planned:
                # The key makes it one job, whichever of several workers comes first.
                await self.enqueue(
                    name, {"planned": planned.isoformat()}, key=f"{name}@{planned.isoformat()}"
                )
                self._planned[name] = planned

    async def take_due(self, *, limit: int = BATCH) -> list[int]:
        """Return ids of jobs that are due, marked as lying in a queue, so that nobody takes them twice."""
        now = self._app.clock.now()
        due = await self._app.database.run(
            Job.select(Job.id)
            .where(
                _is_open(), Job.run_at <= now, _is_over(Job.lease_until, now), _is_over(Job.handed_until, now)
            )
            .order_by(Job.run_at)
            .order_by(Job.id)
            .limit(limit)
        )
        if not due:
            return []
        taken = await self._app.database.run(
            Job.update({Job.handed_until: now + IN_QUEUE})
            .where(Job.id.is_in([row["id"] for row in due]), _is_open(), _is_over(Job.handed_until, now))
            .returning(Job.id)
        )
        return sorted(row["id"] for row in taken)

    async def run_due(self, *, limit: int = 1_000) -> int:
        """Do all that is due now, one after another, here; return how many jobs were done."""
        await self.plan()
        done = 0
        while limit > 0 and (ids := await self.take_due(limit=min(limit, BATCH))):
            for job in ids:
                done += await self.run(job)
            limit -= len(ids)
        return done

    async def run(self, job: int) -> bool:
        """Do one job if it is due and nobody else is at it; tell whether it was done.

        An error is kept in the row, and the job tried again later, with growing delays, until it is dead.
        """
        now = self._app.clock.now()
        row = await self._lease(job, now)
        if row is None:
            return False
        kind = self.kinds.get(row["kind"])
        if kind is None:
            await self._postpone_unknown(job, row["kind"], now)
            return False
        run = JobRun(
            app=self._app,
            job=job,
            payload=orjson.loads(row["payload"]),
            key=row["key"] or f"job-{job}",
            attempt=row["attempts"],
            now=now,
        )
        if run.attempt > kind.attempts:
            # Each of its attempts ended with the process: another one would only end this process too.
            await self._fail(kind, run, row["kind"], RuntimeError("every attempt was cut off"))
            return False
        try:
            await (self._run_inside if kind.transactional else self._run_outside)(kind, run)
        except _LeaseLost:
            self._log.warning("job %s (%s) was taken up by somebody else", job, row["kind"])
            return False
        except Exception as error:  # noqa: BLE001  Whatever a job does, the worker goes on.
            await self._fail(kind, run, row["kind"], error)
            return False
        return True

    async def keep_payload(self, run: JobRun, payload: Mapping[str, Any]) -> None:
        """Change what a running job has to do, so that its next attempt goes on where this one is."""
        await self._app.database.run(
            Job.update({Job.payload: orjson.dumps(payload).decode()}).where(*_ours(run))
        )

    async def _lease(self, job: int, now: datetime) -> dict[str, Any] | None:
        """Take the job up and return its row, or None when it is not due or somebody else is at it."""
        async with self._app.database.transaction():
            rows = await self._app.database.run(
                Job.select(Job.kind, Job.attempts).where(Job.id == job, _is_open(), Job.run_at <= now)
            )
            if not rows:
                return None
            kind = self.kinds.get(rows[0]["kind"])
            lease = kind.lease if kind else UNKNOWN_DELAY
            taken = await self._app.database.run(
                Job.update(
                    {
                        Job.state: State.RUNNING.value,
                        Job.attempts: rows[0]["attempts"] + 1,
                        Job.lease_until: now + lease,
                    }
                )
                .where(
                    Job.id == job,
                    _is_open(),
                    _is_over(Job.lease_until, now),
                    Job.attempts == rows[0]["attempts"],
                )
                .returning(Job.kind, Job.payload, Job.key, Job.attempts)
            )
            return taken[0] if taken else None

    async def _run_inside(self, kind: JobKind, run: JobRun) -> None:
        async with self._app.database.transaction():
            # First, so that whoever lost the lease waits here or finds it gone before having any effect.
            await self._mark_done(run)
            await kind.function(run)

    async def _run_outside(self, kind: JobKind, run: JobRun) -> None:
        async with self._renewing(kind, run):
            await kind.function(run)
        await self._mark_done(run)

    async def _mark_done(self, run: JobRun) -> None:
        now = self._app.clock.now()
        done = await self._app.database.run(
            Job.update(
                {
                    Job.state: State.DONE.value,
                    Job.lease_until: None,
                    Job.done_at: now,
                    Job.last_error: None,
                }
            )
            .where(*_ours(run))
            .returning(Job.id)
        )
        if not done:
            raise _LeaseLost

    @asynccontextmanager
    async def _renewing(self, kind: JobKind, run: JobRun) -> AsyncIterator[None]:
        """Keep the lease for as long as the job lasts."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(kind.lease.total_seconds() / 3)
                until = self._app.clock.now() + kind.lease
                await self._app.database.run(Job.update({Job.lease_until: until}).where(*_ours(run)))

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _fail(self, kind: JobKind, run: JobRun, name: str, error: Exception) -> None:
        now = self._app.clock.now()
        is_dead = run.attempt >= kind.attempts
        self._log.error(
            "job %s (%s) failed in attempt %s of %s%s",
            run.job,
            name,
            run.attempt,
            kind.attempts,
            ": it is dead" if is_dead else "",
            exc_info=error,
        )
        await self._app.database.run(
            Job.update(
                {
                    Job.state: (State.DEAD if is_dead else State.WAITING).value,
                    Job.run_at: now + _delay(run.attempt),
                    Job.lease_until: None,
                    Job.handed_until: None,
                    Job.last_error: f"{type(error).__name__}: {error}"[:LONGEST_ERROR],
                }
            ).where(*_ours(run))
        )

    async def _postpone_unknown(self, job: int, name: str, now: datetime) -> None:
        """Lay a job aside whose kind nobody knows: its plugin may be switched off for an hour only."""
        self._log.warning("job %s is of the kind %s, which no plugin has: it waits", job, name)
        await self._app.database.run(
            Job.update(
                {
                    Job.state: State.WAITING.value,
                    Job.run_at: now + UNKNOWN_DELAY,
                    Job.attempts: 0,
                    Job.lease_until: None,
                    Job.handed_until: None,
                    Job.last_error: f"no plugin has the job kind {name}",
                }
            ).where(Job.id == job, _is_open())
        )


def _is_open() -> Any:
    return Job.state.is_in([State.WAITING.value, State.RUNNING.value])


def _is_over(column: Any, now: datetime) -> Any:
    return column.is_null() | (column <= now)


def _ours(run: JobRun) -> Sequence[Any]:
    # The number of the attempt tells one lease from the next.
    return (Job.id == run.job, Job.state == State.RUNNING.value, Job.attempts == run.attempt)


def _delay(attempt: int) -> timedelta:
    return min(timedelta(seconds=10 << min(attempt - 1, 20)), LONGEST_DELAY)


def _floor(now: datetime, step: timedelta) -> datetime:
    """Return the latest multiple of `step` since the epoch that is not after `now`."""
    start = datetime(1970, 1, 1, tzinfo=now.tzinfo)
    return start + (now - start) // step * step
