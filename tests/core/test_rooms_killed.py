"""kill -9 under deals, tasks, processes and documents: no reminder, task, number, event or document lost or doubled.

`CARDFILE_TEST_KILLS=200 pytest tests/core/test_rooms_killed.py` kills at every point, again and again, and that often
at random; `CARDFILE_TEST_SEED=…` repeats a storm as far as the machine lets itself be repeated.
"""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from itertools import count
from pathlib import Path
from time import monotonic

import pytest
from crash_audit import broken_promises, complaints, is_settled
from crash_faults import overlooked
from crash_fixtures import forge
from crash_house import CrashHouse, Forge, Storm, crash_house, free_port
from crash_trade import Trade, Trader, open_trade, settle_in

from cardfile.app import App
from cardfile.failpoints import FAILPOINTS

__all__ = ["forge"]

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

KILLS = int(os.environ.get("CARDFILE_TEST_KILLS", "6"))
SEED = int(os.environ.get("CARDFILE_TEST_SEED") or random.SystemRandom().randrange(10**6))
IS_LONG = KILLS >= 100
PAUSE = (0.2, 1.6)
"""How many seconds lie between two kills: deals are to get on, too, for what nobody does cannot be lost."""

ROOMS = ("tasks.", "deals.", "processes.", "documents.")
ROOM_POINTS = {point for point in FAILPOINTS if point.startswith(ROOMS)}
"""The points of the rooms that are looked at here; they are tried each time."""

UNPASSED = (
    "import.",
    "stages.",
    "files.content_kept",
    "jobs.before_failure_kept",
    "jobs.between_hooks",
    "jobs.payload_kept",
    "unit.delivery_planned",
)
"""Points that this story does not pass, for nothing is uploaded, nothing fails, no hook waits; others try them."""


@pytest.fixture
async def house(
    request: pytest.FixtureRequest, engine: str, database_url: str, forge: Forge, tmp_path: Path
) -> AsyncIterator[CrashHouse]:
    """An installation with the trade: SQLite with a queue in a file, or PostgreSQL with Redis."""
    queue_url = request.getfixturevalue("redis_url") if engine == "postgres" else None
    settle_in(tmp_path)
    async with crash_house(
        forge,
        tmp_path,
        database_url=database_url,
        queue_url=queue_url,
        plugins={"trade": Trade},
        also=("graphql", "documents"),
    ) as opened:
        yield opened


@pytest.fixture
async def trader(house: CrashHouse) -> Trader:
    """A manager of the trade."""
    return await open_trade(house.app)


async def _audit(house: CrashHouse, trader: Trader) -> float:
    """Wait until all is done, let nobody live, and look at everything; return how long was waited."""
    seconds = await house.wait_for_settling(is_settled)
    house.kill_all()

    async def promises(_: App) -> list[str]:
        # Nothing in the story goes wrong by itself: whatever failed was made to fail by somebody's death.
        log = (house.folder / "log.txt").read_text(encoding="utf-8", errors="replace")
        failures = [line for line in log.splitlines() if " failed in attempt " in line]
        return [*await broken_promises(trader), *trader.refusals, *failures]

    await house.check(complaints, promises)
    return seconds


async def test_a_process_killed_at_any_point_of_the_rooms_leaves_nothing_half_done(
    house: CrashHouse, trader: Trader, capsys: pytest.CaptureFixture[str]
) -> None:
    port, numbers, survived = free_port(), count(1), []
    course = asyncio.create_task(trader.run_course(port, next(numbers)))
    for point in _points():
        victim, began, end = (
            house.start("serve", failpoint=point, port=port),
            trader.courses,
            monotonic() + 60,
        )
        while victim.ended() is None and monotonic() < end and trader.courses < began + 3:
            if course.done():
                await course
                course = asyncio.create_task(trader.run_course(port, next(numbers)))
            await asyncio.sleep(0.02)
        if victim.ended() is None:
            survived.append(point)
        else:
            assert victim.ended() == -signal.SIGKILL, f"{point}: {house.log()}"
        house.kill(victim)
    house.start("serve", port=port)
    await course
    await _audit(house, trader)
    with capsys.disabled():
        print(f"\n{len(_points()) - len(survived)} died at their points; never passed: {survived}")  # noqa: T201
    assert not set(survived) & ROOM_POINTS


def _points() -> Sequence[str]:
    """Return the points of the rooms; in the long run all that are passed, and each several times."""
    if not IS_LONG:
        return sorted(ROOM_POINTS)
    passed = [point for point in FAILPOINTS if not point.startswith(UNPASSED)]
    return [*passed, *(f"{point}:{times}" for times in (2, 3, 5) for point in passed)]


async def test_a_storm_of_kills_leaves_every_deal_whole(
    house: CrashHouse, trader: Trader, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    turns = (1, 2, 4) if IS_LONG else (2,)
    for turn, workers in enumerate(turns):
        storm = Storm(house, workers, chance, trader.run_course, first=turn * 100_000, pause=PAUSE)
        await storm.rage(max(1, KILLS // len(turns)))
        seconds = await _audit(house, trader)
        with capsys.disabled():
            print(  # noqa: T201  The seed is what somebody needs who wants to see it again.
                f"\nseed {SEED}, {workers} workers: {KILLS // len(turns)} kills, {trader.courses} deals closed, "
                f"{trader.answers} answers, {trader.unanswered} requests unanswered, settled after {seconds:.1f} s"
            )


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_audit_sees_what_is_lost_and_what_is_doubled(house: CrashHouse, trader: Trader) -> None:
    port = free_port()
    house.start("serve", port=port)
    await trader.run_course(port, 6)
    await _audit(house, trader)
    assert await overlooked(house.app) == []


async def test_reminders_are_caught_up_when_the_queue_is_lost_again_and_again(
    house: CrashHouse, trader: Trader
) -> None:
    port = free_port()
    house.start("serve", "--no-worker", port=port)
    house.start("worker")
    courses = [asyncio.create_task(trader.run_course(port, number)) for number in range(1, 4)]
    while not all(course.done() for course in courses):
        house.lose_queue()
        await asyncio.sleep(0.2)
    await asyncio.gather(*courses)
    house.lose_queue()
    began = monotonic()
    await house.wait_for_settling(is_settled, seconds=30)
    assert monotonic() - began < 30
    await _audit(house, trader)
