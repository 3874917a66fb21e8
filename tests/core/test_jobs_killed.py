"""kill -9 in the middle of a job: nothing is lost, nothing happens twice."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.jobs import Job, JobKind, JobRun, State
from cardfile.plugins import Plugin
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

DEADLY = "CARDFILE_TEST_DEADLY"


async def _put_in_another_and_die(run: JobRun) -> None:
    await run.app.jobs.enqueue("mortal.note", {"from": run.job})
    if os.environ.get(DEADLY):
        os.kill(os.getpid(), signal.SIGKILL)


async def _die_before_anything(run: JobRun) -> None:
    if os.environ.get(DEADLY):
        os.kill(os.getpid(), signal.SIGKILL)
    await run.app.jobs.enqueue("mortal.note", {"from": run.job}, key=run.key)


async def _note(run: JobRun) -> None:
    """Leave nothing but the row itself."""


class Mortal(Plugin):
    name = "mortal"
    label = "Mortal"
    requires = "cardfile>=0.1"
    jobs = (
        JobKind("inside", _put_in_another_and_die),
        JobKind("outside", _die_before_anything, transactional=False),
        JobKind("note", _note),
    )


def build(database_url: str, folder: Path, clock: MovableClock) -> App:
    settings = Settings(database_url=database_url, data_dir=folder, plugins=())
    return App.build(settings, plugins=[Mortal], clock=clock)


async def main(database_url: str, folder: str) -> None:
    """Do what is due, as a process that will be killed on the way."""
    async with build(database_url, Path(folder), MovableClock()).running() as app:
        await app.jobs.run_due()


@pytest.mark.parametrize("kind", ["inside", "outside"])
async def test_a_process_killed_in_a_job_leaves_no_half_and_the_next_one_finishes(
    kind: str, database_url: str, tmp_path: Path
) -> None:
    clock = MovableClock()
    app = build(database_url, tmp_path, clock)
    await app.migrate()
    async with app.running():
        job = await app.jobs.enqueue(f"mortal.{kind}")
        program = (
            f"import asyncio, test_jobs_killed as t; asyncio.run(t.main({database_url!r}, {str(tmp_path)!r}))"
        )
        killed = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", program],
            env={**os.environ, DEADLY: "1", "PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
            timeout=60,
        )
        assert killed.returncode == -signal.SIGKILL
        effects = Job.select().where(Job.kind == "mortal.note")
        assert await app.database.run(effects) == []
        clock.advance(timedelta(minutes=6))
        await app.jobs.run_due()
        assert len(await app.database.run(effects)) == 1
        row = await app.database.run(Job.select().where(Job.id == job).first())
        assert row is not None
        assert (row["state"], row["attempts"]) == (State.DONE, 2)
