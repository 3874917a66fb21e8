"""After hooks: every event is brought to the plugins that listen, after its commit, at least once."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from cardfile.failpoints import failpoint
from cardfile.jobs.tables import Job, State
from cardfile.journal.events import Change, Event, fetch_events
from cardfile.journal.tables import EventRow
from cardfile.plugins.hookspecs import (
    SPECS,
    Colour,
    colour_of,
    command_done,
    record_archived,
    record_changed,
    record_created,
)
from cardfile.plugins.job_kinds import JobKind, JobRun

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["JOBS", "plan_delivery"]

DELIVER: Final = "deliver_events"
DELIVER_AGAIN: Final = "deliver_again"
PAGE: Final = 200
KEPT: Final = timedelta(days=30)

AFTER: Final = tuple(name for name, spec in SPECS.items() if colour_of(spec) is Colour.AFTER)

HOOK_OF: Final = {
    Change.CREATED: record_created.__name__,
    Change.CHANGED: record_changed.__name__,
    Change.ARCHIVED: record_archived.__name__,
    Change.RESTORED: record_changed.__name__,
}


class Written(Protocol):
    """What is to be known of a unit of work: how many events it wrote, and under which batch."""

    @property
    def batch(self) -> int | None:
        """The batch of its events."""
        ...

    @property
    def events(self) -> int:
        """How many events it wrote."""
        ...


async def plan_delivery(app: "App", unit: Written) -> None:
    """Put in the job that brings the events of a unit of work to plugins, in the unit's own transaction.

    The order of events is kept within a unit of work, not between units.
    """
    if not unit.events or unit.batch is None or not any(app.hooks.has(name) for name in AFTER):
        return
    # An import writes many units under one batch, one after another: only the events of this one are new.
    until, after = [await _event_from_the_end(app, unit.batch, place) for place in (0, unit.events)]
    await app.jobs.enqueue(DELIVER, {"batch": unit.batch, "after": after, "until": until})
    failpoint("unit.delivery_planned")


async def _event_from_the_end(app: "App", batch: int, place: int) -> int:
    """Return the id of an event of a batch, counted from the last one, 0 when there are not so many."""
    query = EventRow.select(EventRow.id).where(EventRow.batch == batch)
    rows = await app.database.run(query.order_by(EventRow.id, ascending=False).offset(place).limit(1))
    return int(rows[0]["id"]) if rows else 0


async def _deliver(run: JobRun) -> None:
    batch, after, until = (run.payload[name] for name in ("batch", "after", "until"))
    while events := await fetch_events(run.app.database, batch=batch, after=after, limit=PAGE):
        for event in events:
            after = event.id
            if event.id <= until:
                await _deliver_event(run.app, event)
        # Where to go on, if this process ends here.
        await run.app.jobs.keep_payload(run, {"batch": batch, "after": after, "until": until})
        if after >= until:
            break


async def _deliver_event(app: "App", event: Event) -> None:
    for hook in _hooks_of(event):
        for plugin in app.hooks.listeners(hook):
            if not await app.hooks.notify_one(plugin, hook, app=app, event=event):
                payload = {"event": event.id, "plugin": plugin, "hook": hook}
                await app.jobs.enqueue(DELIVER_AGAIN, payload, key=f"after:{event.id}:{plugin}:{hook}")
            failpoint("jobs.between_hooks")


def _hooks_of(event: Event) -> tuple[str, ...]:
    change = event.change
    return (command_done.__name__,) if change is None else (HOOK_OF[change], command_done.__name__)


async def _deliver_again(run: JobRun) -> None:
    plugin, hook = run.payload["plugin"], run.payload["hook"]
    if plugin not in run.app.hooks.listeners(hook):
        return
    for event in await fetch_events(run.app.database, ids=[run.payload["event"]]):
        if not await run.app.hooks.notify_one(plugin, hook, app=run.app, event=event):
            raise RuntimeError(f"the plugin {plugin} failed in its hook {hook} on event {event.id}")


async def _forget(run: JobRun) -> None:
    """Forget jobs that came to their end long ago: nobody asks about them, and their keys have had their time.

    Dead ones are kept for longer, for somebody should look why they died.
    """
    over = [State.DONE.value, State.CANCELLED.value]
    await run.app.database.run(Job.delete().where(Job.state.is_in(over), Job.done_at < run.now - KEPT))
    dead = run.now - timedelta(days=run.app.settings.keep.dead_jobs_days)
    await run.app.database.run(Job.delete().where(Job.state == State.DEAD.value, Job.run_at < dead))


JOBS: Final = (
    JobKind(DELIVER, _deliver, transactional=False),
    JobKind(DELIVER_AGAIN, _deliver_again, transactional=False),
    JobKind("forget_jobs", _forget, every=timedelta(days=1)),
)
"""The job kinds of the core."""
