"""A limit of time that costs nothing where nothing has to wait."""

import asyncio
from collections.abc import Awaitable, Generator
from time import monotonic
from typing import Any

__all__ = ["Deadline"]

Steps = Generator[Any, Any, None]


class Deadline:
    """Awaited, it does `work` and raises `TimeoutError` when that takes longer than `seconds`.

    The event loop is asked for a timer when the work waits for the first time: what never waits is over before
    the loop could look at a timer, and most reads are such.
    """

    __slots__ = ("_began", "_is_lifted", "_seconds", "_timeout", "_work")

    def __init__(self, work: Awaitable[None], seconds: float) -> None:
        self._work, self._seconds = work, seconds
        self._began = monotonic()
        self._timeout: asyncio.Timeout | None = None
        self._is_lifted = False

    @property
    def has_passed(self) -> bool:
        """Whether a `TimeoutError` comes from this limit, and not from within the work."""
        return self._timeout is not None and self._timeout.expired()

    def lift(self) -> None:
        """Let the work go on as long as it likes."""
        self._is_lifted = True
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(None)

    def __await__(self) -> Steps:
        steps: Steps = self._work.__await__()
        try:
            awaited = next(steps)
        except StopIteration:
            return
        yield from self._wait(_Rest(awaited, steps)).__await__()

    async def _wait(self, rest: "_Rest") -> None:
        left = None if self._is_lifted else self._seconds - (monotonic() - self._began)
        async with asyncio.timeout(left) as self._timeout:
            await rest


class _Rest:
    """What is left of work whose first step has been made; that step came to wait for `awaited`."""

    __slots__ = ("_awaited", "_steps")

    def __init__(self, awaited: object, steps: Steps) -> None:
        self._awaited, self._steps = awaited, steps

    def __await__(self) -> Steps:
        awaited = self._awaited
        while True:
            failure: BaseException | None = None
            try:
                answer = yield awaited
            except BaseException as error:  # noqa: BLE001  # the work's to handle, above all its cancellation
                failure = error
            try:
                awaited = self._steps.send(answer) if failure is None else self._steps.throw(failure)
            except StopIteration:
                return
