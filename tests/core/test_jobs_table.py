"""Jobs: in with the change that causes them, done at least once, their effect exactly once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import DeclarationError
from cardfile.jobs import Job, JobKind, JobRun, State
from cardfile.plugins import Plugin

pytestmark = pytest.mark.anyio

done: list[JobRun] = []
CUT_OFF: dict[str, bool] = {}
MEANWHILE: list[Callable[[], Awaitable[None]]] = []


async def _note(run: JobRun) -> None:
    done.append(run)


async def _put_in_another(run: JobRun) -> None:
    await run.app.jobs.enqueue("chores.note", {"from": run.job})
    if CUT_OFF.pop("once", False):
        raise RuntimeError("the lamp went out")


async def _sleep_over(run: JobRun) -> None:
    if MEANWHILE:
        await MEANWHILE.pop()()


async def _fail(run: JobRun) -> None:
    raise RuntimeError("it is broken")


class Chores(Plugin):
    name = "chores"
    label = "Chores"
    requires = "cardfile>=0.1"
    jobs = (
        JobKind("note", _note),
        JobKind("call_out", _note, transactional=False),
        JobKind("sleep_over", _sleep_over, transactional=False),
        JobKind("put_in_another", _put_in_another),
        JobKind("fail", _fail, attempts=2),
        JobKind("sweep", _note, every=timedelta(hours=1)),
    )


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (Chores,)


@pytest.fixture(autouse=True)
def _nothing_done_yet() -> None:
    done.clear()
    CUT_OFF.clear()
    MEANWHILE.clear()


async def job(app: App, number: int | None) -> dict[str, Any]:
    row = await app.database.run(Job.select().where(Job.id == number).first())
    assert row is not None
    return row


def runs(kind: str = "") -> list[JobRun]:
    return [run for run in done if kind in run.key]


async def test_a_job_is_done_once(app: App) -> None:
    number = await app.jobs.enqueue("chores.note", {"client": 7}, key="welcome 7")
    await app.jobs.run_due()
    await app.jobs.run_due()
    assert [(run.payload, run.attempt) for run in runs("welcome")] == [({"client": 7}, 1)]
    assert (await job(app, number))["state"] == State.DONE


async def test_a_key_lets_a_job_in_once_even_after_it_was_done(app: App) -> None:
    assert await app.jobs.enqueue("chores.note", key="welcome 7") is not None
    assert await app.jobs.enqueue("chores.note", key="welcome 7") is None
    await app.jobs.run_due()
    assert await app.jobs.enqueue("chores.note", key="welcome 7") is None


async def test_a_job_goes_with_the_transaction_that_put_it_in(app: App) -> None:
    async def change_and_regret() -> None:
        async with app.database.transaction():
            await app.jobs.enqueue("chores.note", key="never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_and_regret()
    await app.jobs.run_due()
    assert runs("never") == []


async def test_a_job_waits_for_its_time(app: App, clock: MovableClock) -> None:
    await app.jobs.enqueue("chores.note", key="later", run_at=clock.now() + timedelta(days=1))
    await app.jobs.run_due()
    assert runs("later") == []
    clock.advance(timedelta(days=1))
    await app.jobs.run_due()
    assert len(runs("later")) == 1


async def test_the_effect_of_a_failed_attempt_is_undone_and_the_next_one_counts(
    app: App, clock: MovableClock
) -> None:
    CUT_OFF["once"] = True
    number = await app.jobs.enqueue("chores.put_in_another")
    await app.jobs.run_due()
    failed = await job(app, number)
    assert (failed["state"], failed["last_error"]) == (State.WAITING, "RuntimeError: the lamp went out")
    clock.advance(timedelta(minutes=1))
    await app.jobs.run_due()
    assert (await job(app, number))["state"] == State.DONE
    assert [run.payload for run in done if run.payload.get("from")] == [{"from": number}]


async def test_a_job_that_fails_again_and_again_is_dead_and_says_why(app: App, clock: MovableClock) -> None:
    number = await app.jobs.enqueue("chores.fail")
    for _ in range(3):
        await app.jobs.run_due()
        clock.advance(timedelta(hours=1))
    dead = await job(app, number)
    assert (dead["state"], dead["attempts"], dead["last_error"]) == (
        State.DEAD,
        2,
        "RuntimeError: it is broken",
    )


async def test_a_job_whose_worker_died_is_taken_up_when_the_lease_is_over(
    app: App, clock: MovableClock
) -> None:
    number = await app.jobs.enqueue("chores.note", key="orphan")
    # What a worker leaves behind that is killed between taking the job up and doing it.
    await app.database.run(
        Job.update(
            {
                Job.state: State.RUNNING.value,
                Job.attempts: 1,
                Job.lease_until: clock.now() + timedelta(minutes=5),
            }
        ).where(Job.id == number)
    )
    await app.jobs.run_due()
    assert runs("orphan") == []
    clock.advance(timedelta(minutes=6))
    await app.jobs.run_due()
    assert [run.attempt for run in runs("orphan")] == [2]


async def test_a_job_that_kills_every_worker_ends_dead(app: App, clock: MovableClock) -> None:
    number = await app.jobs.enqueue("chores.fail")
    await app.database.run(
        Job.update({Job.state: State.RUNNING.value, Job.attempts: 2, Job.lease_until: clock.now()}).where(
            Job.id == number
        )
    )
    clock.advance(timedelta(seconds=1))
    await app.jobs.run_due()
    assert (await job(app, number))["state"] == State.DEAD


async def test_many_workers_at_once_do_a_job_once(app: App) -> None:
    number = await app.jobs.enqueue("chores.note", key="contested")
    assert number is not None
    results = await asyncio.gather(*(app.jobs.run(number) for _ in range(8)))
    assert sorted(results) == [False] * 7 + [True]
    assert len(runs("contested")) == 1


async def test_a_worker_that_slept_over_its_lease_finds_the_job_done_by_another(
    app: App, clock: MovableClock
) -> None:
    number = await app.jobs.enqueue("chores.sleep_over")
    assert number is not None
    results: list[bool] = []

    async def meanwhile() -> None:
        clock.advance(timedelta(minutes=6))
        results.append(await app.jobs.run(number))

    MEANWHILE.append(meanwhile)
    results.append(await app.jobs.run(number))
    assert results == [True, False]
    assert (await job(app, number))["attempts"] == 2


async def test_a_job_outside_of_a_transaction_gets_a_key_for_others(app: App) -> None:
    number = await app.jobs.enqueue("chores.call_out")
    await app.jobs.run_due()
    assert f"job-{number}" in [run.key for run in done]


async def test_what_is_done_again_and_again_is_planned_once_for_each_moment(
    app: App, clock: MovableClock
) -> None:
    await app.jobs.run_due()
    await app.jobs.run_due()
    clock.advance(timedelta(hours=1))
    await app.jobs.run_due()
    assert [run.payload["planned"] for run in runs("sweep")] == [
        "2026-01-01T09:00:00+00:00",
        "2026-01-01T10:00:00+00:00",
    ]


async def test_a_job_of_a_plugin_that_is_away_waits_for_it(app: App, clock: MovableClock) -> None:
    number = await app.jobs.enqueue("chores.note", key="patient")
    kind = app.jobs.kinds.pop("chores.note")
    await app.jobs.run_due()
    assert (await job(app, number))["state"] == State.WAITING
    app.jobs.kinds["chores.note"] = kind
    clock.advance(timedelta(hours=1))
    await app.jobs.run_due()
    assert len(runs("patient")) == 1


async def test_an_unknown_kind_is_refused_with_those_that_there_are(app: App) -> None:
    with pytest.raises(DeclarationError, match=r"no job kind 'chores\.notes'.*chores\.note"):
        await app.jobs.enqueue("chores.notes")


async def test_jobs_done_long_ago_are_forgotten(app: App, clock: MovableClock) -> None:
    number = await app.jobs.enqueue("chores.note", key="old")
    await app.jobs.run_due()
    clock.advance(timedelta(days=31))
    await app.jobs.run_due()
    assert await app.database.run(Job.select().where(Job.id == number).first()) is None
