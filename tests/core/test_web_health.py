"""/health: a word for strangers, the whole picture for owners."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.jobs import Job, State
from cardfile.jobs.workers import Attendance

pytestmark = pytest.mark.anyio

Api = Callable[..., AsyncClient]


@pytest.fixture
async def worker(app: App) -> Attendance:
    """A worker that has just arrived."""
    attendance = Attendance(app, threads=3)
    await attendance.arrive()
    return attendance


async def put_in(app: App, **values: Any) -> int:
    job = await app.jobs.enqueue("forget_jobs", {})
    assert job is not None
    if values:
        await app.database.run(
            Job.update({getattr(Job, name): value for name, value in values.items()}).where(Job.id == job)
        )
    return job


async def status_of(api: Api) -> str:
    answer = await api().get("/health")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status"}
    return str(answer.json()["status"])


async def test_with_a_living_worker_and_nothing_late_all_is_well(api: Api, worker: Attendance) -> None:
    assert await status_of(api) == "ok"


async def test_without_a_worker_it_is_degraded(api: Api) -> None:
    assert await status_of(api) == "degraded"


async def test_a_worker_that_is_silent_is_none(api: Api, worker: Attendance, clock: MovableClock) -> None:
    clock.advance(timedelta(seconds=13))
    assert await status_of(api) == "degraded"
    await worker.beat()
    assert await status_of(api) == "ok"


async def test_a_job_that_waits_for_more_than_a_minute_degrades(
    app: App, api: Api, worker: Attendance, clock: MovableClock
) -> None:
    await put_in(app)
    clock.advance(timedelta(seconds=61))
    await worker.beat()
    assert await status_of(api) == "degraded"


async def test_a_dead_job_degrades(app: App, api: Api, worker: Attendance) -> None:
    await put_in(app, state=State.DEAD.value)
    assert await status_of(api) == "degraded"


async def test_a_queue_that_cannot_be_used_degrades(api: Api, worker: Attendance) -> None:
    await worker.beat(trouble="ConnectionError: refused")
    assert await status_of(api) == "degraded"


async def test_an_owner_is_told_everything(
    app: App, api: Api, make_user: Any, worker: Attendance, clock: MovableClock
) -> None:
    await put_in(app, state=State.DEAD.value)
    answer = await api(as_=await make_user("owner")).get("/health")
    told = answer.json()
    assert told["status"] == "degraded"
    assert told["faults"] == ["dead"]
    assert told["jobs"]["dead"] == 1
    assert told["queue"] == {"reachable": True, "troubles": []}
    (one,) = told["workers"]
    assert (one["threads"], one["living"]) == (3, True)


async def test_a_colleague_is_told_no_more_than_a_stranger(
    api: Api, make_user: Any, worker: Attendance
) -> None:
    answer = await api(as_=await make_user("manager")).get("/health")
    assert answer.json() == {"status": "ok"}


async def test_without_its_database_the_server_says_so(app: App, api: Api) -> None:
    client = api()
    await app.database.close()
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "degraded"})
