"""kill -9 at every named point: nothing is lost, nothing is doubled."""

import os
import signal
from collections.abc import Sequence
from itertools import count

import pytest
from crash_fixtures import forge, house
from crash_house import CrashHouse, free_port, post
from crash_mill import complaints, doubles, is_settled

from cardfile.failpoints import FAILPOINTS

__all__ = ["forge", "house"]

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ROUNDS = (
    ("journal.rows_written", "journal.events_written", "unit.delivery_planned", "unit.before_commit"),
    ("unit.after_commit", "jobs.enqueued", "jobs.schedule_planned", "jobs.after_take_due"),
    ("jobs.after_queue_put", "jobs.dequeued", "jobs.after_lease", "jobs.before_release"),
    ("jobs.before_done", "jobs.after_done", "jobs.before_commit", "jobs.after_commit"),
    ("jobs.before_failure_kept", "jobs.between_hooks", "jobs.payload_kept", "jobs.worker_registered"),
    ("journal.bulk_portion_written", "files.content_kept"),
    ("import.portion_written", "import.portion_kept", "import.before_finish"),
)
"""The points that the mill passes; after each round a process that nobody kills brings everything to its end."""

ROOMS = ("journal.", "unit.", "jobs.", "import.", "files.")
"""The rooms whose points these are; the others try theirs themselves."""


async def test_a_process_killed_at_any_point_loses_and_doubles_nothing(house: CrashHouse) -> None:
    orders = count(1)
    for points in _chosen():
        for point in points:
            port = free_port()
            victim = house.start("serve", failpoint=point, port=port)
            order = {"order": next(orders), "list": point.startswith("import.")}
            await post(port, "/mill/orders", order, to=victim)
            assert await house.wait_for_death(victim) == -signal.SIGKILL, f"{point}: {house.log()}"
            assert await doubles(house.app) == [], point
        port = free_port()
        survivor = house.start("serve", port=port)
        assert await post(port, "/mill/orders", {"order": next(orders)})
        await house.wait_for_settling(is_settled)
        await house.check(complaints)
        house.kill(survivor)


def _chosen() -> Sequence[Sequence[str]]:
    """Return the rounds, or the one point that `CARDFILE_TEST_POINT` names."""
    point = os.environ.get("CARDFILE_TEST_POINT")
    return [(point,)] if point else ROUNDS


def test_every_point_of_the_mill_is_tried() -> None:
    tried = {point for points in ROUNDS for point in points}
    assert tried == {point for point in FAILPOINTS if point.startswith(ROOMS)}
