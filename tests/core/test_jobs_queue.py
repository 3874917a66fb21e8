"""Queues that are deleted, spoiled, emptied or away: what lay in them is done all the same."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from crash_house import free_port

from cardfile.app import App
from cardfile.clock import SystemClock
from cardfile.jobs import JobKind, JobRun, working
from cardfile.jobs.desk import look_at_jobs
from cardfile.plugins import Plugin
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

RUNG: list[tuple[str, float]] = []


async def _ring(run: JobRun) -> None:
    RUNG.append((run.payload["tone"], asyncio.get_running_loop().time()))


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
    """The database does not matter to the queue: one is enough."""
    return "sqlite"


@pytest.fixture(autouse=True)
def _silence() -> None:
    RUNG.clear()


@pytest.fixture
def queue_url(request: pytest.FixtureRequest) -> str | None:
    """A file, unless the test asks for a server of Redis."""
    if "redis_server" not in request.fixturenames:
        return None
    server: RedisServer = request.getfixturevalue("redis_server")
    return f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, queue_url: str | None) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path / "data",
        plugins=(),
        queue_url=queue_url,
        worker_patience=1,
    )


class RedisServer:
    """A server of Redis of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            ["redis-server", *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._process.stdout is not None
        while "Ready to accept connections" not in self._process.stdout.readline():
            assert self._process.poll() is None, "redis-server does not start"

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    pytest.importorskip("redis")
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


async def ring(app: App, tone: str, *, after: float = 0.0) -> int | None:
    run_at = app.clock.now() + timedelta(seconds=after) if after else None
    job = await app.jobs.enqueue("belfry.ring", {"tone": tone}, run_at=run_at)
    app.jobs.call()
    return job


async def heard(*tones: str, seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while [tone for tone, _ in RUNG] != list(tones):  # noqa: ASYNC110  The threads ring no bell.
            await asyncio.sleep(0.01)


def delete(path: Path) -> None:
    path.unlink()


def delete_with_its_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def spoil(path: Path) -> None:
    path.write_bytes(b"this is no database at all" * 1_000)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("deed", [delete, delete_with_its_folder, spoil, empty])
async def test_a_queue_file_may_be_lost_under_a_running_worker(
    app: App, tmp_path: Path, deed: Callable[[Path], None]
) -> None:
    async with working(app):
        await ring(app, "before")
        await heard("before")
        deed(tmp_path / "data" / "queue.db")
        await ring(app, "after")
        await heard("before", "after")
        await ring(app, "later")
        await heard("before", "after", "later", seconds=1)


async def test_what_lay_in_a_lost_file_is_done(app: App, tmp_path: Path) -> None:
    job = await ring(app, "lost")
    assert job in await app.jobs.take_due()
    async with working(app):
        await heard("lost")


async def test_a_job_begins_within_a_second_of_its_time(app: App) -> None:
    async with working(app):
        due = asyncio.get_running_loop().time() + 1.3
        await ring(app, "noon", after=1.3)
        await heard("noon")
    ((_, at),) = RUNG
    assert 0 <= at - due < 1


async def troubled(app: App) -> None:
    """Wait until the worker has told that it cannot use its queue."""
    async with asyncio.timeout(30):
        while not [one for one in (await look_at_jobs(app)).workers if one.trouble]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_server_that_is_away_and_comes_back_empty_loses_nothing(
    redis_server: RedisServer, app: App
) -> None:
    async with working(app):
        await ring(app, "before")
        await heard("before")
        redis_server.stop()
        await ring(app, "meanwhile")
        await troubled(app)
        redis_server.start()
        await heard("before", "meanwhile")
        await ring(app, "after")
        await heard("before", "meanwhile", "after", seconds=5)


async def test_a_worker_starts_while_its_server_is_away(redis_server: RedisServer, app: App) -> None:
    redis_server.stop()
    async with working(app):
        await ring(app, "early")
        await troubled(app)
        redis_server.start()
        await heard("early")
