"""Reminders: very many due at once, told by two workers while a web process goes on reading and writing.

Each worker is a process of its own. The web process is this one: it reads a page of tasks and makes a client again
and again, first alone and then beside the workers, and what it waits for at the 95th percentile is compared.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, Final

from cardfile.access import User
from cardfile.app import App
from cardfile.calendars import ALWAYS
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING, Actor
from cardfile_bench.bulk import fresh
from cardfile_bench.databases import Engine, build_app
from cardfile_bench.processes import start
from cardfile_bench.results import Result
from cardfile_bench.sizes import Size

__all__ = ["measure_reminders"]

WORKERS: Final = 2
WITHIN: Final = 120.0
"""In how many seconds all of them are to be told."""

PEOPLE: Final = 50
PAUSE: Final = 0.02
ALONE: Final = 3.0
"""For how many seconds the web process is measured alone."""


def measure_reminders(engine: Engine, size: Size, folder: Path) -> Iterator[Result]:
    """Yield how long two workers take, against the two minutes they may, and what others wait for meanwhile."""
    seconds, waits = asyncio.run(_measured(engine, size, folder))
    told = {name: f"{wait:.1f}ms" for name, wait in waits.items()}
    more = {"tasks": str(size.reminders), "per_second": f"{size.reminders / seconds:.0f}", **told}
    yield Result("reminders", engine, seconds / WITHIN, WITHIN * 1e3, seconds * 1e3, more, goal=1.0)


async def _measured(engine: Engine, size: Size, folder: Path) -> tuple[float, dict[str, float]]:
    async with fresh(engine, "reminders", folder) as url:
        app = build_app(url, folder)
        async with app.running():
            await _fill(app, size.reminders)
            alone = await _web(app, until=asyncio.sleep(min(ALONE, size.seconds * 12)))
            began = perf_counter()
            async with _workers(url, folder) as working:
                beside = await _web(app, until=working)
                seconds = perf_counter() - began
            told = await app.database.fetch_value("select count(*) from notice")
            if told != size.reminders:
                raise RuntimeError(f"{told} notices were written for {size.reminders} tasks")
    waits = {
        "read_alone": alone[0],
        "read_beside": beside[0],
        "write_alone": alone[1],
        "write_beside": beside[1],
    }
    return seconds, waits


async def _fill(app: App, number: int) -> None:
    """Give people tasks that are all due now."""
    now = app.clock.now()
    due = now - timedelta(minutes=1)
    async with app.unit_of_work(Actor.system("benchmark")) as work:
        (office,) = await _records(app, "work_calendar", "name")
        await work.do("work_calendar.update", record=office["id"], values={"week": ALWAYS})
        people = []
        for one in range(PEOPLE):
            values = {"name": f"Person {one}", "login": f"person{one}@example.com"}
            made = await work.do("user.create", values=values, roles=["manager"])
            assert isinstance(made, User)
            people.append(made.id)
    (policy,) = [row["id"] for row in await _records(app, "reminder_policy", "key") if row["key"] == "normal"]
    async with app.database.transaction() as transaction:
        ids = await transaction.reserve_ids("task", number)
        columns = ("id", "title", "assignee", "due_at", "policy", "awaits", "created_at", "updated_at")
        await transaction.insert_many(
            "task",
            columns,
            [(one, f"Call {one}", people[one % PEOPLE], due, policy, True, due, due) for one in ids],
        )
        ladder = ("id", "next_at", "rung", "round", "since", "told")
        begun = due - timedelta(hours=1)
        await transaction.insert_many(
            "task_ladder", ladder, [(one, due, "due.0", 0, begun, "") for one in ids]
        )


async def _records(app: App, entity: str, path: str) -> list[dict[str, Any]]:
    return await fetch_records(
        app.database, app.model, app.model[entity], EVERYTHING, now=app.clock.now(), paths=(path,)
    )


async def _web(app: App, *, until: Any) -> tuple[float, float]:
    """Read and write until something is over; return the 95th percentiles in milliseconds."""
    ending = asyncio.ensure_future(until)
    reads: list[float] = []
    writes: list[float] = []
    while not ending.done() or len(reads) < 4:
        began = perf_counter()
        await fetch_records(
            app.database,
            app.model,
            app.model["task"],
            EVERYTHING,
            now=app.clock.now(),
            filter={"state": {"eq": "open"}, "dueAt": {"past": True}},
            order=("due_at", "id"),
            limit=50,
        )
        reads.append(perf_counter() - began)
        began = perf_counter()
        async with app.unit_of_work(Actor.system("benchmark")) as work:
            await work.do("client.create", values={"name": f"Client {len(writes)}"})
        writes.append(perf_counter() - began)
        await asyncio.sleep(PAUSE)
    await ending
    return quantiles(reads, n=20)[-1] * 1e3, quantiles(writes, n=20)[-1] * 1e3


@asynccontextmanager
async def _workers(url: str, folder: Path) -> AsyncIterator[Any]:
    """Run the workers, and give what ends when all of them are ready."""
    with (
        start("reminder_worker", url, str(folder)) as first,
        start("reminder_worker", url, str(folder)) as second,
    ):

        async def working() -> None:
            told = await asyncio.gather(
                *(asyncio.to_thread(one.stdout.readline) for one in (first, second) if one.stdout is not None)
            )
            if len(told) != WORKERS or not all(json.loads(line or "null") is not None for line in told):
                raise RuntimeError("a worker ended before its work; its own words are above")

        yield working()
