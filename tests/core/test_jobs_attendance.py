"""Workers: who dies leaves his jobs to others, and no clock makes anybody look dead."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.jobs import Job, JobKind, JobRun, State, WorkerRow
from cardfile.jobs.schedules import plan_moment
from cardfile.jobs.taking import mend_after_clock
from cardfile.jobs.workers import BEATS, Attendance
from cardfile.plugins import Plugin
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

DONE: list[str] = []
MEANWHILE: list[Callable[[], Any]] = []


async def _note(run: JobRun) -> None:
    DONE.append(run.key)
    if MEANWHILE:
        await MEANWHILE.pop()()


class Crew(Plugin):
    name = "crew"
    label = "Crew"
    requires = "cardfile>=0.1"
    jobs = (
        JobKind("row", _note),
        JobKind("call", _note, transactional=False),
        JobKind("watch", _note, every=timedelta(hours=1)),
    )


class Boat:
    """An app of its own on the shared database, as another process would have it, and its attendance."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.attendance = Attendance(app, threads=1)


@pytest.fixture(autouse=True)
def _nothing_done_yet() -> None:
    DONE.clear()
    MEANWHILE.clear()


@pytest.fixture
async def boats(database_url: str, tmp_path: Path, clock: MovableClock) -> AsyncIterator[tuple[Boat, Boat]]:
    """Two workers on one database."""
    settings = Settings(database_url=database_url, database_pool=3, data_dir=tmp_path, plugins=())
    async with AsyncExitStack() as stack:
        found: list[Boat] = []
        for _ in range(2):
            app = App.build(settings, plugins=[Crew], clock=clock)
            if not found:
                await app.migrate()
            await stack.enter_async_context(app.running())
            boat = Boat(app)
            await boat.attendance.arrive()
            found.append(boat)
        await found[0].app.jobs.run_due()
        DONE.clear()
        yield found[0], found[1]


async def begin(boat: Boat, kind: str = "crew.row") -> int:
    """Leave a job as a worker leaves it that is killed after taking it up."""
    job = await boat.app.jobs.enqueue(kind, {}, key="orphan")
    assert job is not None
    await boat.app.database.run(
        Job.update(
            {
                Job.state: State.RUNNING.value,
                Job.attempts: 1,
                Job.leases: 1,
                Job.worker: boat.app.jobs.worker,
            }
        ).where(Job.id == job)
    )
    return job


async def state_of(boat: Boat, job: int) -> str:
    row = await boat.app.database.run(Job.select(Job.state).where(Job.id == job).first())
    assert row is not None
    return str(row["state"])


async def test_what_a_dead_worker_had_is_done_by_another(boats: tuple[Boat, Boat]) -> None:
    dead, living = boats
    job = await begin(dead)
    for _ in range(BEATS):
        await living.attendance.beat()
        assert await living.app.jobs.take_due() == []
    await living.attendance.beat()
    assert await living.app.jobs.run_due() == 1
    assert (await state_of(living, job), DONE) == (State.DONE, ["orphan"])


async def test_a_worker_that_lives_keeps_what_it_does_however_long_it_lasts(
    boats: tuple[Boat, Boat], clock: MovableClock
) -> None:
    busy, idle = boats
    job = await begin(busy)
    busy.app.jobs.running.append(job)
    for _ in range(3 * BEATS):
        clock.advance(timedelta(minutes=10))
        await busy.attendance.beat()
        await idle.attendance.beat()
    assert job not in await idle.app.jobs.take_due()
    assert await state_of(idle, job) == State.RUNNING


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_clock_that_leaps_a_day_makes_nobody_look_dead(
    boats: tuple[Boat, Boat], clock: MovableClock, days: int
) -> None:
    """The job is being done when the clock leaps: the other worker leaves it alone, and it is done once."""
    busy, idle = boats
    job = await busy.app.jobs.enqueue("crew.call", {}, key="long")
    assert job is not None

    async def leap() -> None:
        clock.advance(timedelta(days=days))
        for _ in range(2 * BEATS):
            await busy.attendance.beat()
            await mend_after_clock(idle.app)
            await idle.attendance.beat()
            assert job not in await idle.app.jobs.take_due()
        assert not await idle.app.jobs.run(job)

    MEANWHILE.append(leap)
    assert await busy.app.jobs.run(job)
    assert DONE.count("long") == 1


async def test_a_worker_that_was_stopped_and_goes_on_has_no_second_effect(boats: tuple[Boat, Boat]) -> None:
    stopped, other = boats
    job = await stopped.app.jobs.enqueue("crew.call", {}, key="stopped")
    assert job is not None
    results: list[bool] = []

    async def meanwhile() -> None:
        for _ in range(BEATS + 1):
            await other.attendance.beat()
        results.append(await other.app.jobs.run(job))

    MEANWHILE.append(meanwhile)
    results.append(await stopped.app.jobs.run(job))
    assert results == [True, False]
    before = stopped.app.jobs.worker
    await stopped.attendance.beat()
    assert stopped.app.jobs.worker != before


async def test_a_job_whose_end_could_not_be_written_is_released_by_its_own_worker(
    boats: tuple[Boat, Boat],
) -> None:
    worker, _ = boats
    job = await begin(worker)
    await worker.attendance.beat()
    assert await state_of(worker, job) == State.WAITING


async def test_two_workers_that_look_at_once_take_each_job_once(boats: tuple[Boat, Boat]) -> None:
    one, other = boats
    for number in range(6):
        await one.app.jobs.enqueue("crew.row", {}, key=f"row {number}")
    first, second = await one.app.jobs.take_due(limit=3), await other.app.jobs.take_due(limit=10)
    assert len(first) == 3
    assert len({*first, *second}) == len(first) + len(second) == 6
    assert [await one.app.jobs.run(job) for job in first] == [True] * 3
    assert [await one.app.jobs.run(job) for job in first] == [False] * 3


async def test_what_lay_in_a_lost_queue_is_handed_over_again_within_the_patience(
    boats: tuple[Boat, Boat], clock: MovableClock
) -> None:
    one, other = boats
    await one.app.jobs.enqueue("crew.row", {}, key="lost")
    taken = await one.app.jobs.take_due()
    clock.advance(timedelta(seconds=11))
    assert await other.app.jobs.take_due() == []
    clock.advance(timedelta(seconds=1))
    assert await other.app.jobs.take_due() == taken


async def test_who_leaves_is_gone_at_once(boats: tuple[Boat, Boat]) -> None:
    one, other = boats
    await one.attendance.leave()
    left = await other.app.database.run(WorkerRow.select(WorkerRow.id))
    assert [row["id"] for row in left] == [other.app.jobs.worker]


async def test_what_was_to_be_done_at_once_does_not_wait_for_the_clock_to_come_back(
    boats: tuple[Boat, Boat], clock: MovableClock
) -> None:
    one, _ = boats
    handed = await one.app.jobs.enqueue("crew.row", {}, key="handed")
    await one.app.jobs.take_due()
    at_once = await one.app.jobs.enqueue("crew.row", {}, key="at once")
    at_nine = await one.app.jobs.enqueue(
        "crew.row", {}, key="at nine", run_at=clock.now() + timedelta(minutes=5)
    )
    clock.advance(-timedelta(days=1))
    await mend_after_clock(one.app)
    due = await one.app.jobs.take_due()
    assert {handed, at_once} <= {*due}
    assert at_nine not in due


async def test_schedules_go_on_when_the_clock_was_set_back(
    boats: tuple[Boat, Boat], clock: MovableClock
) -> None:
    one, other = boats
    for _ in range(3):
        clock.advance(timedelta(hours=1))
        await one.app.jobs.run_due()
    before = len(DONE)
    clock.advance(-timedelta(hours=9))
    for _ in range(3):
        await one.app.jobs.plan()
        await other.app.jobs.plan()
        await one.app.jobs.run_due()
        await other.app.jobs.run_due()
        clock.advance(timedelta(hours=1))
    assert len(DONE) - before == 3


async def test_a_planner_that_was_held_up_plans_nothing_that_others_have_planned_since(
    boats: tuple[Boat, Boat], clock: MovableClock
) -> None:
    slow, quick = boats
    missed = clock.now()
    for _ in range(5):
        clock.advance(timedelta(hours=1))
        await quick.app.jobs.run_due()
    before = len(DONE)
    await plan_moment(slow.app, "crew.watch", missed)
    await plan_moment(slow.app, "crew.watch", missed + timedelta(hours=4))
    await quick.app.jobs.run_due()
    assert len(DONE) == before
