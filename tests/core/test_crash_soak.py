"""Random kills under load, with one, two and four workers: nothing is lost, nothing is doubled.

`CARDFILE_TEST_KILLS=200 pytest tests/core/test_crash_soak.py` kills as often as that;
`CARDFILE_TEST_SEED=…` repeats a storm as far as the machine lets itself be repeated.
"""

import os
import random

import pytest
from crash_fixtures import forge, house
from crash_house import CrashHouse, Storm, post
from crash_mill import complaints, is_settled, taken_orders

__all__ = ["forge", "house"]

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

KILLS = int(os.environ.get("CARDFILE_TEST_KILLS", "12"))
SEED = int(os.environ.get("CARDFILE_TEST_SEED") or random.SystemRandom().randrange(10**6))


async def _order(port: int, number: int) -> bool:
    return await post(port, "/mill/orders", {"order": number})


async def test_a_storm_of_kills_loses_and_doubles_nothing(
    house: CrashHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    for turn, workers in enumerate((1, 2, 4)):
        storm = Storm(house, workers, chance, _order, first=turn * 100_000)
        await storm.rage(max(1, KILLS // 3))
        seconds = await house.wait_for_settling(is_settled)
        with capsys.disabled():
            print(  # noqa: T201  The seed is what somebody needs who wants to see it again.
                f"\nseed {SEED}, {workers} workers: {KILLS // 3} kills, {len(storm.kept)} orders answered, "
                f"settled after {seconds:.1f} s"
            )
        assert storm.kept <= await taken_orders(house.app), f"an answered order is lost; seed {SEED}"
        await house.check(complaints)
        house.kill_all()
