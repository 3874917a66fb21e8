"""Who is at work: workers tell that they live, and take over from those that do not."""

import logging
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from cardfile.errors import DatabaseError
from cardfile.failpoints import failpoint
from cardfile.jobs.tables import Job, State, WorkerRow
from cardfile.jobs.taking import release

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["BEATS", "Attendance"]

BEATS: Final = 4
"""How many beats of others a worker may miss before it counts as dead."""

LONGEST_NAME: Final = 200


class Attendance:
    """The row of one worker, and its eye on the others.

    Time is counted in one's own beats that reached the database, not by clocks: a database that nobody can write
    to, a clock that is moved and a machine that slept make nobody look dead.
    """

    def __init__(self, app: "App", *, threads: int) -> None:
        self._app = app
        self._threads = threads
        self._silent: dict[int, tuple[int, int]] = {}

    async def arrive(self) -> None:
        """Register as a worker: from now on jobs are taken up under this number."""
        app = self._app
        now = app.clock.now()
        async with app.database.transaction() as transaction:
            (number,) = await transaction.reserve_ids("job_worker")
            row = WorkerRow(
                id=number,
                name=f"{socket.gethostname()}:{os.getpid()}"[:LONGEST_NAME],
                threads=self._threads,
                started_at=now,
                seen_at=now,
            )
            await app.database.run(WorkerRow.insert(row))
        app.jobs.worker = number
        failpoint("jobs.worker_registered")

    async def beat(self, *, trouble: str | None = None) -> None:
        """Tell that this worker lives, and release what nobody does any more."""
        app = self._app
        seen = await app.database.run(
            WorkerRow.update(
                {
                    WorkerRow.beats: WorkerRow.beats + 1,
                    WorkerRow.seen_at: app.clock.now(),
                    WorkerRow.trouble: trouble,
                }
            )
            .where(WorkerRow.id == app.jobs.worker)
            .returning(WorkerRow.id)
        )
        if not seen:
            # The others took us for dead, when the process had been stopped for a while, say.
            await self.arrive()
        await self._bury_the_dead()
        await self._release_the_lost()

    async def leave(self) -> None:
        """Sign off; the worker does nothing any more."""
        worker, self._app.jobs.worker = self._app.jobs.worker, None
        # Without a database the others will notice.
        with suppress(DatabaseError):
            await self._app.database.run(WorkerRow.delete().where(WorkerRow.id == worker))

    async def _bury_the_dead(self) -> None:
        app = self._app
        others = await app.database.run(
            WorkerRow.select(WorkerRow.id, WorkerRow.name, WorkerRow.beats).where(
                WorkerRow.id != app.jobs.worker
            )
        )
        silent: dict[int, tuple[int, int]] = {}
        for row in others:
            beats, missed = self._silent.get(row["id"], (-1, 0))
            missed = missed + 1 if beats == row["beats"] else 0
            silent[row["id"]] = (row["beats"], missed)
            if missed >= BEATS:
                await app.database.run(
                    WorkerRow.delete().where(WorkerRow.id == row["id"], WorkerRow.beats == row["beats"])
                )
                logging.getLogger("cardfile.jobs").warning(
                    "the worker %s is silent: its jobs are given to others", row["name"]
                )
        self._silent = silent

    async def _release_the_lost(self) -> None:
        """Release what is begun and done by nobody: by no worker that lives, or by us and not in our hands."""
        app = self._app
        # In this order: whoever takes a job up after the first look has registered before the second.
        begun = await app.database.run(
            Job.select(Job.id, Job.worker).where(Job.state == State.RUNNING.value, Job.worker.is_not_null())
        )
        if not begun:
            return
        living = {row["id"] for row in await app.database.run(WorkerRow.select(WorkerRow.id))}
        lost: dict[int, list[int]] = {}
        for row in begun:
            is_ours = row["worker"] == app.jobs.worker
            if row["worker"] not in living or (is_ours and row["id"] not in app.jobs.running):
                lost.setdefault(row["worker"], []).append(row["id"])
        for worker, jobs in lost.items():
            await release(app, jobs, worker=worker)
