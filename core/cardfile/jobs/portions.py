"""How a job with very much to do leaves room to others: it works in portions, and rests between them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["portions", "rest_after"]

HURRY: Final = timedelta(seconds=40)
"""For how long before the moment by which a job is to be done its rests grow shorter."""


async def portions(app: "App", *, by: datetime | None = None) -> AsyncIterator[None]:
    """Yield once for each portion of a job, and rest before the next one; leave the loop when nothing is left.

    Portions take `worker_share` of the time, so that whoever waits for an answer finds processors and database
    free most of the time: a portion is a transaction of a few milliseconds. Who must be done `by` a moment rests
    less and less as it comes near, and not at all after it.
    """
    while True:
        began = monotonic()
        yield
        left = None if by is None else by - app.clock.now()
        await asyncio.sleep(rest_after(monotonic() - began, share=app.settings.worker_share, left=left))


def rest_after(seconds: float, *, share: float, left: timedelta | None = None) -> float:
    """Return for how many seconds one rests after so many seconds of work, with so much time left for the job."""
    rest = seconds * (1 / share - 1)
    return rest if left is None else rest * min(max(left / HURRY, 0.0), 1.0)
