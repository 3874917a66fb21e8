"""A plugin whose every order must leave the same marks exactly once, whatever dies on the way.

An order makes a client and a job in one unit of work. The job leaves a mark and puts in others, that work inside
and outside of transactions, fail at first, write in bulk and keep files; the hook after the client's making puts
in one more. `complaints` says what is missing or there twice.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from piccolo.columns import Text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cardfile import Client, CreateTable, Migration, Plugin, hookimpl
from cardfile.access.file_table import File
from cardfile.app import App
from cardfile.database import Stored
from cardfile.declarations import Route
from cardfile.jobs import Job, JobKind, JobRun, State
from cardfile.journal import Call, Event
from cardfile.journal.tables import EventRow
from cardfile.rights import Actor

SYSTEM = Actor.system("mill")
STUMBLES = 2
LIST_ROWS = 4
BULK_ROWS = 3


class Mark(Stored, tablename="mill_mark"):
    """What a job leaves: nothing keeps it from being there twice but the job's own care."""

    name = Text(default=None)


async def leave_mark(app: App, name: str) -> None:
    async with app.database.transaction() as transaction:
        (number,) = await transaction.reserve_ids("mill_mark")
        await app.database.run(Mark.insert(Mark(id=number, name=name)))


async def _grind(run: JobRun) -> None:
    order = run.payload["order"]
    await leave_mark(run.app, f"grind {order}")
    for kind in ("bag", "ship", "stumble", "stock", "store"):
        await run.app.jobs.enqueue(f"mill.{kind}", {"order": order})


async def _mark(run: JobRun) -> None:
    await leave_mark(run.app, run.payload.get("mark") or f"bag {run.payload['order']}")


async def _ship(run: JobRun) -> None:
    """Do what is done at least once; the key of the job makes it once."""
    await run.app.jobs.enqueue("mill.mark", {"mark": f"ship {run.payload['order']}"}, key=f"mark {run.key}")


async def _stumble(run: JobRun) -> None:
    if run.attempt < STUMBLES:
        raise RuntimeError("the stone slipped")
    await leave_mark(run.app, f"stumble {run.payload['order']}")


async def _stock(run: JobRun) -> None:
    order = run.payload["order"]
    async with run.app.unit_of_work(SYSTEM) as work:
        call = Call(work, run.app.commands["client.create"])
        await call.bulk_create(Client, [{"name": f"Stock {order} {n}"} for n in range(BULK_ROWS)])
        await call.finish()


async def _store(run: JobRun) -> None:
    order = run.payload["order"]
    mark = {"mark": f"store {order}"}

    async def pieces() -> AsyncIterator[bytes]:
        yield f"flour of order {order}".encode()

    await run.app.access.files.put(pieces(), name=f"order {order}.txt", owner=None, limit=1_000)
    await run.app.jobs.enqueue("mill.mark", mark, key=f"mark {run.key}")


async def _tick(run: JobRun) -> None:
    await leave_mark(run.app, f"tick {run.payload['planned']}")


async def take_order(app: App, order: int, *, with_list: bool = False) -> None:
    """Take an order, whole or not at all."""

    async def pieces() -> AsyncIterator[bytes]:
        rows = [f"List {order} {n};+7916{order:04d}{n:03d}" for n in range(LIST_ROWS)]
        yield "\n".join(["Name;Phone", *rows]).encode()

    file = None
    if with_list:
        file = await app.access.files.put(pieces(), name="list.csv", owner=None, limit=10_000)
    async with app.unit_of_work(SYSTEM) as work:
        await work.do("client.create", values={"name": f"Order {order}"})
        await app.jobs.enqueue("mill.grind", {"order": order})
        if file is not None:
            await work.do("import.start", file=file.id, mapping={"A": "name", "B": "phone"})


async def _orders(request: Request) -> Response:
    asked = await request.json()
    await take_order(request.scope["app"], asked["order"], with_list=asked.get("list", False))
    return JSONResponse({"order": asked["order"]})


class Mill(Plugin):
    name = "mill"
    label = "Mill"
    requires = "cardfile>=0.1"
    # Whoever is killed while doing a job has made an attempt, and these are killed again and again.
    jobs = (
        JobKind("grind", _grind, attempts=100),
        JobKind("bag", _mark, attempts=100),
        JobKind("mark", _mark, attempts=100),
        JobKind("ship", _ship, transactional=False, attempts=100),
        JobKind("stumble", _stumble, attempts=100, retry_after=timedelta(milliseconds=100)),
        JobKind("stock", _stock, attempts=100),
        JobKind("store", _store, transactional=False, attempts=100),
        JobKind("tick", _tick, attempts=100, every=timedelta(seconds=1)),
    )
    migrations = (Migration("0001_marks", (CreateTable(Mark),)),)

    def routes(self, app: App) -> Sequence[Route]:
        return (Route(path="/mill/orders", endpoint=_orders, access="open", methods=("POST",)),)

    @hookimpl
    async def record_created(self, app: App, event: Event) -> None:
        if event.entity == "client":
            await app.jobs.enqueue("mill.mark", {"mark": f"greet {event.record}"}, key=f"greet {event.id}")


async def is_settled(app: App) -> bool:
    """Tell whether everything was done that is not planned again and again."""
    open_states = [State.WAITING.value, State.RUNNING.value]
    rows = await app.database.run(
        Job.select(Job.id).where(Job.state.is_in(open_states), Job.kind != "mill.tick").limit(1)
    )
    return not rows


async def doubles(app: App) -> list[str]:
    """Return what is there twice: at no moment may anything be."""
    marks = await app.database.run(Mark.select(Mark.name))
    found = Counter(str(row["name"]) for row in marks)
    clients = await app.database.run(Client.select(Client.name))
    found.update(f"client {row['name']}" for row in clients)
    made = await app.database.run(
        EventRow.select(EventRow.record).where(EventRow.entity == "client", EventRow.name == "client.created")
    )
    found.update(f"event of client {row['record']}" for row in made)
    return [f"{name} is there {times} times" for name, times in found.items() if times > 1]


async def complaints(app: App) -> list[str]:
    """Return what is there twice, and what is missing of the orders that were taken."""
    database = app.database
    marks = {str(row["name"]) for row in await database.run(Mark.select(Mark.name))}
    clients = {
        row["id"]: str(row["name"]) for row in await database.run(Client.select(Client.id, Client.name))
    }
    orders = [name.removeprefix("Order ") for name in clients.values() if name.startswith("Order ")]
    expected = {f"greet {client}" for client in clients}
    names = set(clients.values())
    wanted_names: set[str] = set()
    for order in orders:
        expected |= {f"{what} {order}" for what in ("grind", "bag", "ship", "stumble", "store")}
        wanted_names |= {f"Stock {order} {n}" for n in range(BULK_ROWS)}
        if any(name.startswith(f"List {order} ") for name in names):
            wanted_names |= {f"List {order} {n}" for n in range(LIST_ROWS)}
    events = await database.run(
        EventRow.select(EventRow.record).where(EventRow.entity == "client", EventRow.name == "client.created")
    )
    told = {row["record"] for row in events}
    files = {row["name"] for row in await database.run(File.select(File.name))}
    dead = await database.run(
        Job.select(Job.id, Job.kind, Job.last_error).where(Job.state == State.DEAD.value)
    )
    others = {mark for mark in marks if not mark.startswith("tick ")}
    return [
        *await doubles(app),
        *(f"the mark {one!r} is missing" for one in sorted(expected - others)),
        *(f"the mark {one!r} belongs to nothing" for one in sorted(others - expected)),
        *(f"the client {one!r} is missing" for one in sorted(wanted_names - names)),
        *(f"the event of client {client} is missing" for client in sorted(clients.keys() - told)),
        *(f"the file of order {one} is missing" for one in orders if f"order {one}.txt" not in files),
        *(f"job {row['id']} ({row['kind']}) is dead: {row['last_error']}" for row in dead),
    ]


async def taken_orders(app: App) -> set[int]:
    """Return the orders that were taken."""
    rows = await app.database.run(Client.select(Client.name))
    names = [str(row["name"]) for row in rows]
    return {int(name.removeprefix("Order ")) for name in names if name.startswith("Order ")}
