"""The worker: real threads, a real queue file, and jobs that are found however they were forgotten."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import huey.storage
import pytest

from cardfile.app import App
from cardfile.clock import SystemClock
from cardfile.errors import SettingsError
from cardfile.jobs import Job, JobKind, JobRun, working
from cardfile.jobs.queue import Queue
from cardfile.plugins import Plugin
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio


class Bell:
    """Collects what was done, and lets a test wait for it."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.called = asyncio.Event()

    async def wait_for(self, number: int) -> None:
        async with asyncio.timeout(60):
            while len(self.rung) < number:
                self.called.clear()
                await self.called.wait()


BELLS: list[Bell] = []


async def _ring(run: JobRun) -> None:
    BELLS[-1].rung.append(run.payload["tone"])
    BELLS[-1].called.set()


class Belfry(Plugin):
    name = "belfry"
    label = "Belfry"
    requires = "cardfile>=0.1"
    jobs = (JobKind("ring", _ring, transactional=False),)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (Belfry,)


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@pytest.fixture
def engine() -> str:
    """The engine does not matter to the queue: one is enough."""
    return "sqlite"


@pytest.fixture
async def bell() -> Bell:
    BELLS.append(Bell())
    return BELLS[-1]


async def test_a_job_is_done_soon_after_the_worker_is_called(app: App, bell: Bell) -> None:
    async with working(app):
        await app.jobs.enqueue("belfry.ring", {"tone": "c"})
        app.jobs.call()
        await bell.wait_for(1)
    assert bell.rung == ["c"]


async def test_what_was_put_in_before_the_start_is_done(app: App, bell: Bell) -> None:
    for tone in "ceg":
        await app.jobs.enqueue("belfry.ring", {"tone": tone})
    async with working(app):
        await bell.wait_for(3)
    assert sorted(bell.rung) == ["c", "e", "g"]


async def test_the_worker_finishes_what_it_has_begun_before_it_stops(app: App, bell: Bell) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def long(run: JobRun) -> None:
        begun.set()
        await may_end.wait()
        bell.rung.append("end")

    app.jobs.kinds["belfry.ring"] = JobKind("ring", long, transactional=False)
    await app.jobs.enqueue("belfry.ring", {"tone": "c"})

    async def work() -> None:
        async with working(app):
            await begun.wait()

    worker = asyncio.create_task(work())
    await begun.wait()
    may_end.set()
    await worker
    assert bell.rung == ["end"]


async def test_a_queue_that_is_lost_loses_no_job(app: App, bell: Bell) -> None:
    """The job lay in a queue that nobody has any more; the table hands it over again."""
    job = await app.jobs.enqueue("belfry.ring", {"tone": "c"})
    assert job in await app.jobs.take_due()
    await app.database.run(Job.update({Job.handed_until: app.clock.now()}, force=True))
    async with working(app):
        await bell.wait_for(1)
    assert bell.rung == ["c"]


async def test_the_queue_carries_json_and_nothing_that_could_run(app: App, tmp_path: Path) -> None:
    queue = Queue(Settings(data_dir=tmp_path), app.jobs.run)
    await queue.put([42])
    with closing(sqlite3.connect(tmp_path / "queue.db")) as file:
        ((message,),) = file.execute("select data from task")
    assert json.loads(message)[6] == [42]


async def test_redis_without_its_client_is_told_with_the_remedy(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huey.storage, "Redis", None)
    monkeypatch.setattr(huey.storage, "ConnectionPool", None)
    with pytest.raises(SettingsError, match=r"pip install 'cardfile\[redis\]'"):
        Queue(Settings(queue_url="redis://127.0.0.1:1/0"), app.jobs.run)
