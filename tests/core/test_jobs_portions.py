"""Jobs with very much to do: how much of the time they take, and when they hurry."""

from datetime import timedelta

import pytest

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.jobs import portions
from cardfile.jobs.portions import HURRY, rest_after

FAR = 10 * HURRY


def test_a_job_works_its_share_of_the_time() -> None:
    rest = rest_after(0.01, share=0.125)
    assert 0.01 / (0.01 + rest) == pytest.approx(0.125)
    assert rest_after(0.01, share=0.125, left=FAR) == rest
    assert rest_after(0.01, share=1) == 0


def test_whoever_must_be_done_soon_rests_less_and_who_is_late_not_at_all() -> None:
    rests = [rest_after(1, share=0.2, left=HURRY * part) for part in (1, 0.5, 0.25, 0, -1)]
    assert rests == pytest.approx([4, 2, 1, 0, 0])


@pytest.mark.anyio
async def test_portions_come_until_the_job_leaves(app: App, clock: MovableClock) -> None:
    done = 0
    async for _ in portions(app, by=clock.now() - timedelta(seconds=1)):
        done += 1
        if done == 3:
            break
    assert done == 3
