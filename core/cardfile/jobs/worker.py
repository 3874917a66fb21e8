"""The worker: finds what is due and has it done, in the server's process or in one of its own."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from cardfile.jobs.queue import Queue

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["working"]

POLL_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 5.0


@asynccontextmanager
async def working(app: "App") -> AsyncIterator[None]:
    """Have the jobs of a running app done while the block lasts; on the way out, wait for what has begun."""
    queue = Queue(app.settings, app.jobs.run)
    await queue.start()
    planner = asyncio.create_task(_plan(app, queue), name="cardfile-planner")
    try:
        yield
    finally:
        planner.cancel()
        await asyncio.gather(planner, return_exceptions=True)
        await queue.stop()


async def _plan(app: "App", queue: Queue) -> None:
    """Hand over what is due, whenever somebody calls and at least every second."""
    log = logging.getLogger("cardfile.jobs")
    while True:
        pause = POLL_SECONDS
        app.jobs.called.clear()
        try:
            await app.jobs.plan()
            while jobs := await app.jobs.take_due():
                await queue.put(jobs)
        except Exception:
            log.exception(
                "the jobs that are due could not be handed over; trying again in %s s", RETRY_SECONDS
            )
            pause = RETRY_SECONDS
        try:
            await asyncio.wait_for(app.jobs.called.wait(), pause)
        except TimeoutError:
            continue
