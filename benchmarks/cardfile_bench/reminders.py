"""Reminders: very many due at once, told by two workers while a web process goes on reading and writing.

Each worker is `cardfile worker` in a process of its own. The web process is this one: it answers the request for
a page of tasks and the one that makes a client again and again: while the workers have nothing to do, before and
after, and beside their work, and what is waited for at the 95th percentile is compared.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Awaitable, Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, Final

import orjson

from cardfile.access import User
from cardfile.app import App
from cardfile.calendars import ALWAYS
from cardfile.clock import SystemClock
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING, Actor
from cardfile.web import make_asgi
from cardfile_bench.bulk import fresh
from cardfile_bench.databases import Engine, build_app, token_of
from cardfile_bench.results import Result
from cardfile_bench.sizes import Size

__all__ = ["measure_reminders"]

WORKERS: Final = 2
WITHIN: Final = 120.0
"""In how many seconds all of them are to be told."""

GOAL: Final = 1.2
"""How many times longer others may wait meanwhile."""

PATIENCE: Final = 4 * WITHIN
PEOPLE: Final = 50
PAUSE: Final = 0.02
LOOK: Final = 0.25
ALONE: Final = 60
"""How many times a round of other measurements the web process is measured alone, before and after."""

READ: Final = """
    {
      tasks(filter: {state: {eq: "open"}}, orderBy: [{field: DUE_AT}], first: 50) {
        nodes { id title dueAt kind assignee { name } client { name } }
      }
    }
"""
WRITE: Final = "mutation ($name: String!) { clientCreate(input: {name: $name}) { client { id } } }"


THERE: Final = "select count(*) from job_worker"
DUE: Final = "select count(*) from (select 1 from task_ladder where next_at <= $1 limit 1) still"


@dataclass(slots=True)
class _Waits:
    """How long the answers to reads and writes took, in seconds."""

    reads: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)


def measure_reminders(engine: Engine, size: Size, folder: Path) -> Iterator[Result]:
    """Yield how long two workers take, against the two minutes they may, and what others wait for meanwhile."""
    seconds, alone, beside = asyncio.run(_measured(engine, size, folder))
    more = {"tasks": str(size.reminders), "per_second": f"{size.reminders / seconds:.0f}"}
    yield Result("reminders", engine, seconds / WITHIN, WITHIN * 1e3, seconds * 1e3, more, goal=1.0)
    for name, before, meanwhile in (
        ("reminders_reads", alone.reads, beside.reads),
        ("reminders_writes", alone.writes, beside.writes),
    ):
        floor, ours = _p95(before), _p95(meanwhile)
        counted = {"alone": str(len(before)), "beside": str(len(meanwhile))}
        yield Result(name, engine, ours / floor, floor, ours, counted, goal=GOAL)


def _p95(waits: list[float]) -> float:
    """Return the 95th percentile in milliseconds."""
    return quantiles(waits, n=20)[-1] * 1e3


async def _measured(engine: Engine, size: Size, folder: Path) -> tuple[float, _Waits, _Waits]:
    async with fresh(engine, "reminders", folder) as url:
        app = build_app(url, folder, clock=SystemClock())
        async with app.running(), app.access.running():
            web = _Web(app, await token_of(app, await _fill(app, size.reminders)))
            alone, beside, pause = _Waits(), _Waits(), size.seconds * ALONE
            with ExitStack() as stack:
                for _ in range(WORKERS):
                    stack.enter_context(_worker(app))
                await web.answer(_Waits(), until=_become(app, WORKERS, THERE))
                await web.answer(alone, until=asyncio.sleep(pause))
                await _be_due(app)
                began = perf_counter()
                await web.answer(beside, until=_become(app, 0, DUE, app.clock.now()))
                seconds = perf_counter() - began
                await web.answer(alone, until=asyncio.sleep(pause))
            told = await app.database.fetch_value("select count(*) from notice")
            if told != size.reminders:
                raise RuntimeError(f"{told} notices were written for {size.reminders} tasks")
    return seconds, alone, beside


async def _become(app: App, wanted: object, sql: str, *args: object) -> None:
    """Wait until other processes have brought a value about."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if await app.database.fetch_value(sql, args) == wanted:
                return
            await asyncio.sleep(LOOK)


async def _be_due(app: App) -> None:
    """Let all tasks fall due, and the next look for reminders be now."""
    now = app.clock.now()
    async with app.database.transaction() as transaction:
        await transaction.execute("update task set due_at = $1", (now,))
        await transaction.execute("update task_ladder set next_at = $1", (now,))
        await app.jobs.enqueue("send_notices")


async def _fill(app: App, number: int) -> int:
    """Give people tasks that are all due at one moment, not yet; return somebody who may see all of them."""
    now = app.clock.now()
    due = now + timedelta(days=1)
    async with app.unit_of_work(Actor.system("benchmark")) as work:
        (office,) = await _records(app, "work_calendar", "name")
        await work.do("work_calendar.update", record=office["id"], values={"week": ALWAYS})
        people = []
        for one in range(PEOPLE):
            values = {"name": f"Person {one}", "login": f"person{one}@example.com"}
            made = await work.do("user.create", values=values, roles=["manager" if one else "owner"])
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
        await transaction.insert_many("task_ladder", ladder, [(one, due, "due.0", 0, now, "") for one in ids])
    return people[0]


async def _records(app: App, entity: str, path: str) -> list[dict[str, Any]]:
    return await fetch_records(
        app.database, app.model, app.model[entity], EVERYTHING, now=app.clock.now(), paths=(path,)
    )


class _Web:
    """A web process whose requests come without a network."""

    def __init__(self, app: App, token: str) -> None:
        self._asgi = make_asgi(app, lifespan=False)
        self._headers = [
            (b"content-type", b"application/json"),
            (b"authorization", f"Bearer {token}".encode()),
        ]
        self._made = 0

    async def answer(self, waits: _Waits, *, until: Awaitable[None]) -> None:
        """Read and write until something is over, and note how long each answer takes."""
        ending = asyncio.ensure_future(until)
        while not ending.done() or len(waits.reads) < 2:
            self._made += 1
            waits.reads.append(await self._ask(READ, {}))
            waits.writes.append(await self._ask(WRITE, {"name": f"Client {self._made}"}))
            await asyncio.sleep(PAUSE)
        await ending

    async def _ask(self, text: str, variables: dict[str, object]) -> float:
        sent = orjson.dumps({"query": text, "variables": variables})
        messages: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            messages.append(message)

        began = perf_counter()
        await self._asgi(self._scope(), receive, send)
        seconds = perf_counter() - began
        answer = orjson.loads(b"".join(one.get("body", b"") for one in messages))
        if not answer.get("data"):
            raise RuntimeError(f"the web process did not answer: {answer}")
        return seconds

    def _scope(self) -> MutableMapping[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "headers": self._headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }


@contextmanager
def _worker(app: App) -> Iterator[None]:
    """Run a worker as an installation does, and end it as one does."""
    environment = {
        "PYTHONPATH": ":".join(path for path in sys.path if path),
        "PATH": "/usr/bin:/bin",
        "CARDFILE_DATABASE_URL": app.settings.database_url,
        "CARDFILE_DATA_DIR": str(app.settings.data_dir),
        "CARDFILE_LOCALE": app.settings.locale,
        "CARDFILE_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "cardfile", "worker"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
