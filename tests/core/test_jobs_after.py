"""After hooks: what was committed reaches every plugin that listens, and what was not reaches none."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.database import Record
from cardfile.jobs import Job, State
from cardfile.journal import Event
from cardfile.plugins import Hooks, Plugin, hookimpl
from cardfile.rights import Actor

pytestmark = pytest.mark.anyio

HEARD: list[str] = []
FAULTS: list[str] = []
SYSTEM = Actor.system("test")

Make = Callable[..., Awaitable[int]]


class Listener(Plugin):
    name = "listener"
    label = "Listener"
    requires = "cardfile>=0.1"

    @hookimpl
    async def record_created(self, event: Event) -> None:
        HEARD.append(f"created {event.entity}")

    @hookimpl
    async def record_changed(self, app: App, event: Event) -> None:
        assert event.entity in app.model
        HEARD.append(f"changed {', '.join(event.after or ())}")

    @hookimpl
    async def record_archived(self, event: Event) -> None:
        HEARD.append("archived")


class Broken(Plugin):
    name = "broken"
    label = "Broken"
    requires = "cardfile>=0.1"

    @hookimpl
    async def record_created(self, event: Event) -> None:
        if FAULTS:
            raise RuntimeError(FAULTS.pop())
        HEARD.append("broken heard too")


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (Listener, Broken)


@pytest.fixture(autouse=True)
async def _silence(app: App) -> None:
    """Let what the migration brought in be told first."""
    FAULTS.clear()
    await app.jobs.run_due()
    HEARD.clear()


async def test_a_new_a_changed_and_an_archived_record_are_told(app: App, make_client: Make) -> None:
    client = await make_client("Ann")
    async with app.unit_of_work(SYSTEM) as work:
        await work.do("client.update", record=client, values={"position": "Captain"})
    async with app.unit_of_work(SYSTEM) as work:
        await work.do("client.archive", record=client)
    assert HEARD == []
    await app.jobs.run_due()
    assert HEARD == ["broken heard too", "created client", "changed position", "archived"]


async def test_what_was_undone_is_told_to_nobody(app: App) -> None:
    async def make_and_regret() -> None:
        async with app.unit_of_work(SYSTEM) as work:
            await work.do("client.create", values={"name": "Ann"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await make_and_regret()
    await app.jobs.run_due()
    assert HEARD == []


async def test_a_unit_inside_another_is_told_once(app: App) -> None:
    async with app.unit_of_work(SYSTEM) as work:
        await work.do("client.create", values={"name": "Ann"})
        async with app.unit_of_work(SYSTEM) as inner:
            await inner.do("client.create", values={"name": "Boris"})
    await app.jobs.run_due()
    assert HEARD.count("created client") == 2


async def test_many_units_under_one_batch_are_told_once_each(app: App) -> None:
    async with app.unit_of_work(SYSTEM) as work:
        await work.do("client.create", values={"name": "Ann"})
        batch = work.batch
    for name in ("Boris", "Clara"):
        async with app.unit_of_work(SYSTEM, batch=batch) as work:
            await work.do("client.create", values={"name": name})
    await app.jobs.run_due()
    assert HEARD.count("created client") == 3


async def test_a_listener_that_fails_is_told_again_and_the_others_are_not(
    app: App, clock: MovableClock, make_client: Make
) -> None:
    FAULTS.append("the line is busy")
    await make_client("Ann")
    await app.jobs.run_due()
    await app.jobs.run_due()
    assert HEARD == ["created client", "broken heard too"]


async def test_a_listener_that_fails_for_ever_ends_as_a_dead_job_that_names_it(
    app: App, clock: MovableClock, make_client: Make
) -> None:
    FAULTS.extend(["the line is dead"] * 50)
    await make_client("Ann")
    for _ in range(12):
        await app.jobs.run_due()
        clock.advance(timedelta(hours=7))
    dead = await app.database.run(Job.select().where(Job.state == State.DEAD.value))
    assert len(dead) == 1
    assert "the plugin broken failed in its hook record_created" in dead[0]["last_error"]
    assert HEARD == ["created client"]


async def test_a_delivery_that_was_cut_off_goes_on_where_it_was(
    app: App, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardfile.jobs.after.PAGE", 1)
    async with app.unit_of_work(SYSTEM) as work:
        for name in ("Ann", "Boris", "Clara"):
            await work.do("client.create", values={"name": name})
    (job,) = await app.database.run(
        Job.select().where(Job.kind == "deliver_events", Job.state == State.WAITING.value)
    )
    keep_payload = app.jobs.keep_payload

    async def keep_and_die(*args: object) -> None:
        await keep_payload(*args)  # type: ignore[arg-type]  # passed on as they come
        raise KeyboardInterrupt

    monkeypatch.setattr(app.jobs, "keep_payload", keep_and_die)
    with pytest.raises(KeyboardInterrupt):
        await app.jobs.run(job["id"])
    assert HEARD.count("created client") == 1
    monkeypatch.setattr(app.jobs, "keep_payload", keep_payload)
    clock.advance(timedelta(minutes=6))
    await app.jobs.run_due()
    assert HEARD.count("created client") == 3


async def test_without_a_listener_nothing_is_put_in(app: App, make_user: Make) -> None:
    class Deaf(Plugin):
        name = "deaf"
        label = "Deaf"
        requires = "cardfile>=0.1"

    app.hooks = Hooks([Deaf()])
    async with app.unit_of_work(SYSTEM) as work:
        made = await work.do("client.create", values={"name": "Ann"})
    assert isinstance(made, Record)
    waiting = Job.select().where(Job.kind == "deliver_events", Job.state == State.WAITING.value)
    assert await app.database.run(waiting) == []
