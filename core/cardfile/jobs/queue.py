"""The bridge to Huey: it carries ids of jobs to worker threads; the job table knows everything else."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from huey import RedisHuey
from huey.api import Huey
from huey.consumer import Consumer, Scheduler, Worker
from huey.exceptions import ConfigurationError
from huey.registry import Message
from huey.serializer import Serializer

from cardfile.errors import CardfileError, SettingsError
from cardfile.failpoints import failpoint
from cardfile.jobs.pace import Pace
from cardfile.jobs.queue_file import QueueFile

if TYPE_CHECKING:
    from cardfile.settings import Settings

__all__ = ["Queue", "QueueAway", "require_queue"]

TASK: Final = "run_job"
POLL_SECONDS: Final = 0.5
REDIS_SECONDS: Final = 5.0


class _JsonSerializer(Serializer):  # type: ignore[misc]  # Huey ships no types
    """Messages as JSON: whoever can write to the queue must not be able to run code."""

    def _serialize(self, data: object) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


class _Bell:
    """Rung when something was put in, so that idle threads look at once; it knows of trouble, too."""

    def __init__(self) -> None:
        self.rung = 0
        self.trouble: str | None = None
        self._changed = threading.Condition()
        self._log = logging.getLogger("cardfile.jobs")

    def ring(self) -> None:
        with self._changed:
            self.rung += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.rung != heard, seconds)

    def tell(self, error: Exception | None) -> None:
        """Log where trouble begins and where it ends, and not each time that it is met."""
        told = None if error is None else f"{type(error).__name__}: {error}"
        with self._changed:  # Several threads meet the same trouble at once.
            if (told is None) != (self.trouble is None):
                self._log.warning("the queue cannot be used, waiting for it: %s", told) if told else (
                    self._log.warning("the queue can be used again")
                )
            self.trouble = told


class _Puller(Worker):  # type: ignore[misc]  # Huey ships no types
    """A worker that is woken up by a bell, and that lives through whatever happens to the queue."""

    bell: _Bell

    def loop(self, now: Any = None) -> None:
        """Take one message out and do what it says, or wait for the next."""
        heard = self.bell.rung
        try:
            task = self.huey.dequeue()
        except Exception as error:  # noqa: BLE001  Whatever the storage raises: the queue may come back.
            self.bell.tell(error)
            self.stop_flag.wait(POLL_SECONDS)
            return
        self.bell.tell(None)
        if task is not None:
            self.delay = self.default_delay
            try:
                self.huey.execute(task, now)
            except Exception as error:  # noqa: BLE001  What the storage was to note of it; the table has its own.
                self.bell.tell(error)
        elif not self.huey.storage.blocking:
            self.bell.wait(heard, self.delay)
            self.delay = min(self.delay * self.backoff, self.max_delay)


class _NoScheduler(Scheduler):  # type: ignore[misc]  # Huey ships no types
    """Huey's own schedule, which stays empty: the job table knows when what is due."""

    def loop(self, now: Any = None) -> None:
        """Wait for the end."""
        self.stop_flag.wait()


class _ThreadConsumer(Consumer):  # type: ignore[misc]  # Huey ships no types
    """A consumer that leaves signals to the process it lives in."""

    worker_class = _Puller
    scheduler_class = _NoScheduler

    def __init__(self, bell: _Bell, *arguments: Any, **options: Any) -> None:
        self._bell = bell
        super().__init__(*arguments, **options)

    def _create_worker(self) -> _Puller:
        made: _Puller = super()._create_worker()
        made.bell = self._bell
        return made

    def _set_signal_handlers(self) -> None:
        pass


async def require_queue(settings: "Settings") -> None:
    """Raise `SettingsError` when the queue cannot be used: better told at the start than waited for."""

    def look() -> None:
        storage = _open(settings).storage
        try:
            storage.queue_size()
        finally:
            storage.close()

    try:
        await asyncio.to_thread(look)
    except SettingsError:
        raise
    except Exception as error:
        raise SettingsError(
            f"The queue {_place(settings)} cannot be used ({error}): start it, or name another one in queue_url "
            "(CARDFILE_QUEUE_URL)."
        ) from error


class QueueAway(CardfileError):
    """The queue cannot be used for the moment; it was told already."""


class Queue:
    """A queue of job ids with threads that take them out: `run` is called on the event loop for each."""

    def __init__(self, settings: "Settings", run: Callable[[int], Coroutine[Any, Any, object]]) -> None:
        self._run = run
        self._loop = asyncio.get_running_loop()
        self._bell = _Bell()
        self._pace = Pace(threads=settings.worker_threads, patience=settings.worker_patience)
        self._huey = _open(settings)
        self._task = self._huey.task(name=TASK)(self._work)
        self._consumer = _ThreadConsumer(
            self._bell,
            self._huey,
            workers=settings.worker_threads,
            periodic=False,
            initial_delay=0.02,
            max_delay=POLL_SECONDS,
            check_worker_health=False,
        )

    @property
    def trouble(self) -> str | None:
        """Why the queue could not be used when last it was tried, None when it could."""
        return self._bell.trouble

    async def start(self) -> None:
        """Start the threads."""
        await asyncio.to_thread(self._consumer.start)

    async def room(self) -> int:
        """Return how many more ids the queue takes."""
        return self._pace.limit() - int(await self._try(self._huey.storage.queue_size))

    async def put(self, jobs: Sequence[int]) -> None:
        """Hand over ids of jobs."""
        messages = [self._huey.serialize_task(self._task.s(job)) for job in jobs]

        def put_in() -> None:
            for message in messages:
                self._huey.storage.enqueue(message)
            self._bell.ring()

        await self._try(put_in)
        failpoint("jobs.after_queue_put")

    async def stop(self) -> None:
        """Take nothing more out, wait for what is being done, and close."""
        self._consumer.stop_flag.set()
        self._bell.ring()
        await asyncio.to_thread(self._consumer.stop, graceful=True)
        await asyncio.to_thread(self._huey.storage.close)

    async def _try(self, deed: Callable[[], Any]) -> Any:
        try:
            done = await asyncio.to_thread(deed)
        except Exception as error:
            self._bell.tell(error)
            raise QueueAway(str(error)) from error
        self._bell.tell(None)
        return done

    def _work(self, job: int) -> None:
        if threading.current_thread() is threading.main_thread():
            raise RuntimeError("a job is done by a worker's thread, never by the event loop's own")
        failpoint("jobs.dequeued")
        asyncio.run_coroutine_threadsafe(self._run(job), self._loop).result()
        self._pace.note()


def _place(settings: "Settings") -> str:
    """Return where the queue is, without a password that its URL may hold."""
    if settings.queue_url is None:
        return str(settings.data_dir / "queue.db")
    scheme, _, rest = settings.queue_url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _open(settings: "Settings") -> Huey:
    url, name = settings.queue_url, settings.queue_name
    options = {"serializer": _JsonSerializer(), "results": False, "immediate": False}
    if url is not None and not url.startswith("sqlite:///"):
        try:
            return RedisHuey(name, connection_pool=_connections(url), **options)
        except (ConfigurationError, ImportError):
            raise SettingsError(
                "The setting queue_url names Redis, which needs its client: pip install 'cardfile[redis]'."
            ) from None
    path = settings.data_dir / "queue.db"
    if url is not None:
        path = Path(unquote(url.removeprefix("sqlite:///")))
    path.parent.mkdir(parents=True, exist_ok=True)
    return Huey(name, storage_class=QueueFile, filename=str(path), **options)


def _connections(url: str) -> Any:
    # Optional, like the extra that brings it.
    from redis import ConnectionPool  # noqa: PLC0415

    # A server that does not answer at all is trouble too; threads that wait for a message do so for a second.
    return ConnectionPool.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
