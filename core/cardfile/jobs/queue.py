"""The bridge to Huey: it carries ids of jobs to worker threads; the job table knows everything else."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from huey import RedisHuey, SqliteHuey
from huey.api import Huey
from huey.consumer import Consumer
from huey.exceptions import ConfigurationError
from huey.registry import Message
from huey.serializer import Serializer

from cardfile.errors import SettingsError

if TYPE_CHECKING:
    from cardfile.settings import Settings

__all__ = ["Queue"]

TASK = "run_job"
POLL_SECONDS = 0.5


class _JsonSerializer(Serializer):  # type: ignore[misc]  # Huey ships no types
    """Messages as JSON: whoever can write to the queue must not be able to run code."""

    def _serialize(self, data: object) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


class _ThreadConsumer(Consumer):  # type: ignore[misc]  # Huey ships no types
    """A consumer that leaves signals to the process it lives in."""

    def _set_signal_handlers(self) -> None:
        pass


class Queue:
    """A queue of job ids with threads that take them out: `run` is called on the event loop for each."""

    def __init__(self, settings: "Settings", run: Callable[[int], Coroutine[Any, Any, object]]) -> None:
        self._run = run
        self._loop = asyncio.get_running_loop()
        self._huey = _open(settings)
        self._task = self._huey.task(name=TASK)(self._work)
        self._consumer = _ThreadConsumer(
            self._huey,
            workers=settings.worker_threads,
            periodic=False,
            initial_delay=0.02,
            max_delay=POLL_SECONDS,
            check_worker_health=False,
        )

    async def start(self) -> None:
        """Start the threads."""
        await asyncio.to_thread(self._consumer.start)

    async def put(self, jobs: list[int]) -> None:
        """Hand over ids of jobs."""
        await asyncio.to_thread(lambda: [self._task(job) for job in jobs])

    async def stop(self) -> None:
        """Take nothing more out, wait for what is being done, and close."""
        await asyncio.to_thread(self._consumer.stop, graceful=True)
        await asyncio.to_thread(self._huey.storage.close)

    def _work(self, job: int) -> None:
        if threading.current_thread() is threading.main_thread():
            raise RuntimeError("a job is done by a worker's thread, never by the event loop's own")
        asyncio.run_coroutine_threadsafe(self._run(job), self._loop).result()


def _open(settings: "Settings") -> Huey:
    url = settings.queue_url
    options = {"serializer": _JsonSerializer(), "results": False, "immediate": False}
    if url is not None and not url.startswith("sqlite:///"):
        try:
            return RedisHuey("cardfile", url=url, **options)
        except ConfigurationError:
            raise SettingsError(
                "The setting queue_url names Redis, which needs its client: pip install 'cardfile[redis]'."
            ) from None
    path = settings.data_dir / "queue.db"
    if url is not None:
        path = Path(unquote(url.removeprefix("sqlite:///")))
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("cardfile", filename=str(path), **options)
