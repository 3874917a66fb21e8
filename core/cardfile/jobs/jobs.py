"""Jobs: rows that are done at least once, and whose effect in the database happens exactly once."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import orjson
from piccolo.query.mixins import OnConflictAction

from cardfile.errors import DeclarationError
from cardfile.failpoints import failpoint
from cardfile.jobs.running import keep_payload, run_job
from cardfile.jobs.schedules import floor, plan_moment
from cardfile.jobs.tables import Job
from cardfile.jobs.taking import take_due
from cardfile.model.record_types import CORE
from cardfile.plugins.job_kinds import JobKind, JobRun

if TYPE_CHECKING:
    from cardfile.app import App
    from cardfile.plugins.plugin import Plugin

__all__ = ["Jobs", "collect_kinds"]

BATCH: Final = 100


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
    """The jobs of one app: putting them in, finding what is due, doing it.

    `worker` is the number under which this process does jobs, None when it is no worker; `running` are the
    jobs that it is at.
    """

    def __init__(self, app: "App") -> None:
        self._app = app
        self.kinds = collect_kinds(app.plugins)
        self.called = asyncio.Event()
        self.worker: int | None = None
        self.running: list[int] = []
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
            failpoint("jobs.enqueued")
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
            planned = floor(now, kind.every)
            if self._planned.get(name) != planned:
                await plan_moment(self._app, name, planned)
                self._planned[name] = planned

    async def take_due(self, *, limit: int = BATCH) -> list[int]:
        """Return ids of jobs that are due, marked as lying in a queue, so that nobody takes them twice."""
        return await take_due(self._app, limit=limit)

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
        # Before it is taken up: what this process has taken up and is not at is given to others.
        self.running.append(job)
        try:
            return await run_job(self._app, job)
        finally:
            self.running.remove(job)

    async def keep_payload(self, run: JobRun, payload: Mapping[str, Any]) -> None:
        """Change what a running job has to do, so that its next attempt goes on where this one is.

        The job has come forward then: its attempts are counted anew.
        """
        await keep_payload(self._app, run, payload)
