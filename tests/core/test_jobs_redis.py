"""A queue in Redis that is not there, goes away, and comes back."""

import asyncio
import logging
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest

from cardfile import JobKind, JobRun, Plugin
from cardfile.app import App
from cardfile.cli import main
from cardfile.jobs import working
from cardfile.settings import Settings

needs_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server here")
DONE: list[int] = []


async def note(run: JobRun) -> None:
    DONE.append(run.job)


class NotingPlugin(Plugin):
    """Notes which jobs were done."""

    name = "noting"
    label = "Noting"
    requires = "cardfile>=0.1,<0.2"
    jobs = (JobKind("note", note),)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def redis(port: int, folder: Path) -> Iterator[None]:
    """A Redis server while the block lasts."""
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield
    finally:
        server.kill()
        server.wait()


@pytest.mark.parametrize("command", ["worker", "serve"])
def test_a_worker_whose_queue_is_not_there_says_so_and_ends(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cardfile.toml").write_text("plugins = []\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(("migrate",))
    port = free_port()
    monkeypatch.setenv("CARDFILE_QUEUE_URL", f"redis://:secret@127.0.0.1:{port}/0")
    with pytest.raises(SystemExit) as end:
        main((command,))
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert f"The queue redis://127.0.0.1:{port}/0 cannot be used (" in error
    assert "start it, or name another one in queue_url" in error
    assert "secret" not in error
    assert "Traceback" not in error


@needs_redis
@pytest.mark.anyio
async def test_a_queue_that_goes_away_is_waited_for_and_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/house.db",
        data_dir=tmp_path,
        plugins=(),
        queue_url=f"redis://127.0.0.1:{port}/0",
    )
    app = App.build(settings, plugins=(NotingPlugin,))
    await app.migrate()
    caplog.set_level(logging.WARNING, "cardfile.jobs")
    DONE.clear()
    async with app.running(), AsyncExitStack() as work:
        with redis(port, tmp_path):
            await work.enter_async_context(working(app))
        await until(lambda: "the queue cannot be used, waiting for it" in caplog.text)
        job = await app.jobs.enqueue("noting.note")
        with redis(port, tmp_path):
            await until(lambda: job in DONE)
            await work.aclose()
    told = [one.getMessage() for one in caplog.records]
    assert sum("the queue cannot be used" in one for one in told) == 1
    assert sum("the queue can be used again" in one for one in told) == 1
    assert not any(one.exc_info for one in caplog.records), caplog.text


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110  what is waited for happens on threads and in the log
            await asyncio.sleep(0.02)
