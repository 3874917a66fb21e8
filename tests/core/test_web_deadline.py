"""The limit of time of a request: none for what never waits, exact for what does."""

import asyncio

import pytest

from cardfile.web.deadline import Deadline

pytestmark = pytest.mark.anyio


class _Work:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.gate = asyncio.Event()

    async def at_once(self) -> None:
        self.told.append("done")

    async def wait(self) -> None:
        try:
            await asyncio.sleep(0)
            await self.gate.wait()
        except asyncio.CancelledError:
            self.told.append("cancelled")
            raise
        self.told.append("done")


async def test_work_that_never_waits_is_done_without_a_timer() -> None:
    work = _Work()
    deadline = Deadline(work.at_once(), 0)
    await deadline
    assert work.told == ["done"]
    assert not deadline.has_passed


async def test_work_that_waits_too_long_is_cancelled_and_told_as_a_timeout() -> None:
    work = _Work()
    deadline = Deadline(work.wait(), 0.01)
    with pytest.raises(TimeoutError):
        await deadline
    assert deadline.has_passed
    assert work.told == ["cancelled"]


async def test_a_timeout_from_within_the_work_is_not_the_limits() -> None:
    async def refuse() -> None:
        await asyncio.sleep(0)
        raise TimeoutError

    deadline = Deadline(refuse(), 60)
    with pytest.raises(TimeoutError):
        await deadline
    assert not deadline.has_passed


@pytest.mark.parametrize("is_early", [True, False])
async def test_a_lifted_limit_stops_nothing(is_early: bool) -> None:  # noqa: FBT001
    work = _Work()
    deadline = Deadline(work.wait(), 0.01)
    if is_early:
        deadline.lift()
    running = asyncio.ensure_future(_awaited(deadline))
    await asyncio.sleep(0)
    deadline.lift()
    asyncio.get_running_loop().call_later(0.03, work.gate.set)
    await running
    assert work.told == ["done"]
    assert not deadline.has_passed


async def test_whoever_cancels_the_request_cancels_its_work() -> None:
    work = _Work()
    running = asyncio.ensure_future(_awaited(Deadline(work.wait(), 60)))
    for _ in range(3):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.told == ["cancelled"]


async def _awaited(deadline: Deadline) -> None:
    await deadline
