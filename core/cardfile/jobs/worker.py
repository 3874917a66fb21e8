"""The worker: finds what is due and has it done, in the server's process or in one of its own."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from cardfile.errors import CardfileError
from cardfile.jobs.queue import Queue, QueueAway
from cardfile.jobs.taking import mend_after_clock, next_due
from cardfile.jobs.workers import BEATS, Attendance

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["working"]

POLL_SECONDS: Final = 0.5
RETRY_SECONDS: Final = 2.0
BUSY_SECONDS: Final = 0.02
"""For how long nobody looks again after a look: every commit calls, and one look serves many of them."""

FULL_SECONDS: Final = 0.05
"""When to look again whether the queue has room."""

BATCH: Final = 100
LEAP_SECONDS: Final = 2.0
"""By how much the clock must be set back for us to look for what waits too long now."""

_LOG: Final = logging.getLogger("cardfile.jobs")


@asynccontextmanager
async def working(app: "App") -> AsyncIterator[None]:
    """Have the jobs of a running app done while the block lasts; on the way out, wait for what has begun.

    A queue that cannot be used is waited for, and told of once.
    """
    queue = Queue(app.settings, app.jobs.run)
    attendance = Attendance(app, threads=app.settings.worker_threads)
    await attendance.arrive()
    await queue.start()
    planner = _Planner(app, queue)
    beat = app.settings.worker_patience / BEATS

    async def tell_of_us() -> None:
        await attendance.beat(trouble=queue.trouble)

    tasks = [
        asyncio.create_task(_again_and_again(planner.look, "plan jobs"), name="cardfile-planner"),
        asyncio.create_task(
            _again_and_again(tell_of_us, "tell the others that this worker lives", pause=beat),
            name="cardfile-attendance",
        ),
    ]
    try:
        yield
    finally:
        tasks[0].cancel()
        await asyncio.gather(tasks[0], return_exceptions=True)
        # What has begun may last: until it is done the others are told that we live.
        await queue.stop()
        tasks[1].cancel()
        await asyncio.gather(tasks[1], return_exceptions=True)
        await attendance.leave()


async def _again_and_again(deed: Callable[[], Awaitable[None]], what: str, *, pause: float = 0.0) -> None:
    is_troubled = False
    while True:
        try:
            await deed()
        except QueueAway:
            await asyncio.sleep(max(pause, RETRY_SECONDS))
            continue
        except Exception as error:  # noqa: BLE001  Database and queue may come back: the worker goes on.
            _LOG.log(
                logging.DEBUG if is_troubled else logging.ERROR,
                "could not %s (%s); trying again every %s s",
                what,
                error,
                max(pause, RETRY_SECONDS),
                exc_info=not (is_troubled or isinstance(error, CardfileError)),
            )
            is_troubled = True
            await asyncio.sleep(max(pause, RETRY_SECONDS))
            continue
        if is_troubled:
            _LOG.info("can %s again", what)
            is_troubled = False
        await asyncio.sleep(pause)


class _Planner:
    """Hands over what is due, whenever somebody calls, and when the next job falls due."""

    def __init__(self, app: "App", queue: Queue) -> None:
        self._app = app
        self._queue = queue
        self._ahead: float | None = None

    async def look(self) -> None:
        """Look once, and wait for a reason to look again."""
        jobs = self._app.jobs
        jobs.called.clear()
        await self._mind_the_clock()
        await jobs.plan()
        pause = await self._hand_over()
        await asyncio.sleep(BUSY_SECONDS)
        try:
            async with asyncio.timeout(pause):
                await jobs.called.wait()
        except TimeoutError:
            return

    async def _hand_over(self) -> float:
        """Hand over what the queue has room for; return for how many seconds nothing more is to be done."""
        app = self._app
        while (room := await self._queue.room()) > 0:
            jobs = await app.jobs.take_due(limit=min(room, BATCH))
            if not jobs:
                due = await next_due(app)
                left = (due - app.clock.now()).total_seconds() if due is not None else POLL_SECONDS
                return min(max(left - BUSY_SECONDS, 0.0), POLL_SECONDS)
            await self._queue.put(jobs)
        return FULL_SECONDS

    async def _mind_the_clock(self) -> None:
        """Look for what waits too long, at the start and whenever the clock was set back."""
        ahead = self._app.clock.now().timestamp() - monotonic()
        if self._ahead is None or ahead < self._ahead - LEAP_SECONDS:
            await mend_after_clock(self._app)
        self._ahead = ahead
