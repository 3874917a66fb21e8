"""Moves of deals through rules, tasks, history and journal, against the same SQL statements issued by hand.

The database is copied before anything moves. The product moves deals of the one, as a manager whose they are, and
every statement that it sends is noted, with its values. The floor then sends the very same ones to the copy, by the
bare driver, one transaction for each of the product's: it reads, locks, reserves and writes what the product does, in
the same order, with texts and values ready made, and looks at none of the answers. At the end both databases hold the
same rows. So the ratio is what the product's own work costs; how many statements it needs is told beside it, for a
statement more would make the floor higher as well.

`moves_many` is one command for two hundred deals.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from cardfile.app import App
from cardfile.clients import Client
from cardfile.deals import Deal
from cardfile.declarations import Filled, Pipeline, Stage, TaskTemplate, hours, minutes
from cardfile.journal import Call, command
from cardfile.pipelines import pipeline_book
from cardfile.plugins import Plugin
from cardfile.rights import Actor
from cardfile_bench.bulk import fresh
from cardfile_bench.databases import Engine, at_server, build_app, remove_file, server_url
from cardfile_bench.results import Result
from cardfile_bench.sizes import Size
from cardfile_bench.spending import begin, spent
from cardfile_bench.statements import Repeater, Statement, noting, repeating

__all__ = ["measure_moves"]

GOAL: Final = 3.0
MANY_ROUNDS: Final = 3

WAY: Final = Pipeline(
    "bench",
    "Bench",
    stages=(
        Stage(
            "call",
            "Call",
            probability=10,
            expected_days=2,
            tasks=(TaskTemplate("Call", due=minutes(15)),),
            leave=(Filled("amount"), Filled("client.phones")),
        ),
        Stage(
            "offer",
            "Offer",
            probability=40,
            expected_days=5,
            tasks=(TaskTemplate("Send an offer", due=hours(4)),),
        ),
        Stage("won", "Won", outcome="won"),
        Stage("lost", "Lost", outcome="lost"),
    ),
)

_OF_DEALS: Final = "deal between $1 and $2"
_WHERE: Final[Mapping[str, str]] = {
    "deal": "id between $1 and $2",
    "deal_stage_history": _OF_DEALS,
    "task": _OF_DEALS,
    "task_ladder": f"id in (select id from task where {_OF_DEALS})",
    "event": "batch in (select batch from event where name = 'deal.moved' and record between $1 and $2)",
}
"""The rows of deals by table."""


@command("deal.fill", label="Fill", owner_only=True)
async def _fill(call: Call, number: int, owner: int, stage: int) -> None:
    """Create deals with clients of their own."""
    clients = await call.bulk_create(
        Client,
        [{"name": f"Client {one}", "phones": [f"+7916{one:07}"], "owner": owner} for one in range(number)],
    )
    common = {"stage": stage, "owner": owner, "amount": {"amount": "1000", "currency": "RUB"}}
    await call.bulk_create(
        Deal, [{"title": f"Deal {client}", "client": client, **common} for client in clients]
    )


class MovesPlugin(Plugin):
    """The way that deals of the benchmark go."""

    name = "moves"
    label = "Moves"
    requires = "cardfile>=0"
    pipelines = (WAY,)
    commands = (_fill,)


@dataclass(slots=True)
class _Times:
    """Seconds of CPU time of the two sides by round, and seconds by the clock that the product took."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    wall: float = 0.0
    statements: int = 0

    def result(self, name: str, engine: Engine, deals: int) -> Result:
        """Return it as a line, told for one deal."""
        ratio = median(ours / floor for ours, floor in zip(self.ours, self.floor, strict=True))
        more = {
            "deals": str(deals),
            "statements": str(self.statements),
            "per_second": f"{deals * len(self.ours) / self.wall:.0f}",
        }
        floor_ms, ours_ms = (median(one) / deals * 1e3 for one in (self.floor, self.ours))
        return Result(name, engine, ratio, floor_ms, ours_ms, more, goal=GOAL)


def measure_moves(engine: Engine, size: Size, folder: Path) -> Iterator[Result]:
    """Yield what a move costs, alone and with many others, against its statements by hand."""
    times = asyncio.run(_measured(engine, size, folder))
    yield times["moves"].result("moves", engine, size.moves)
    yield times["moves_many"].result("moves_many", engine, size.moves_many)


async def _measured(engine: Engine, size: Size, folder: Path) -> Mapping[str, _Times]:
    rounds, many_rounds = size.rounds + 1, min(MANY_ROUNDS, size.rounds) + 1
    number = rounds * size.moves + many_rounds * size.moves_many
    times = {"moves": _Times(), "moves_many": _Times()}
    async with fresh(engine, "moves", folder) as url:
        app = build_app(url, folder, MovesPlugin)
        await app.migrate()
        async with app.running():
            manager, deals = await _prepare(app, number)
        async with _copied(engine, url) as copy, repeating(copy) as by_hand, app.running():
            actor = await app.access.actor(manager)
            if actor is None:
                raise RuntimeError("the manager of the benchmark may not work")
            desk = _Desk(app, actor, by_hand, noting(app.database), url, copy)
            for one in range(rounds):
                # The first round of each warms up what both keep: statements, plans, books.
                part = deals[one * size.moves : (one + 1) * size.moves]
                await desk.take_turns(part, times["moves"] if one else _Times(), is_many=False)
            rest = deals[rounds * size.moves :]
            for one in range(many_rounds):
                part = rest[one * size.moves_many : (one + 1) * size.moves_many]
                await desk.take_turns(part, times["moves_many"] if one else _Times(), is_many=True)
            await _require_equal(app, copy, folder, deals)
    return times


async def _prepare(app: App, number: int) -> tuple[int, Sequence[int]]:
    """Make a manager with deals in the first stage; the statistics of the tables are up to date afterwards."""
    stage = (await pipeline_book(app.access)).stage_by_key("bench/call").id
    async with app.unit_of_work(Actor.system("benchmark")) as work:
        values = {"name": "Anna", "login": "anna@example.com"}
        manager: int = getattr(await work.do("user.create", values=values, roles=["manager"]), "id")  # noqa: B009
        await work.do("moves.deal.fill", number=number, owner=manager, stage=stage)
    deals = [int(str(row[0])) for row in await app.database.fetch("select id from deal order by id")]
    if app.database.dialect.name == "postgres":
        await app.database.fetch("vacuum analyze")
    else:
        async with app.database.transaction() as transaction:
            await transaction.execute("analyze")
    return manager, deals


@asynccontextmanager
async def _copied(engine: Engine, url: str) -> AsyncIterator[str]:
    """Give a copy of a database that nobody is in."""
    if engine == "sqlite":
        file = Path(url.removeprefix("sqlite:///"))
        copy = file.with_name("moves_floor.db")
        remove_file(copy)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("pragma journal_mode=wal")
        try:
            yield f"sqlite:///{copy}"
        finally:
            remove_file(copy)
        return
    name = url.rpartition("/")[2]
    async with at_server() as server:
        await server.execute(f'drop database if exists "{name}_floor" with (force)')
        await server.execute(f'create database "{name}_floor" template "{name}"')
    try:
        yield f"{server_url()}/{name}_floor"
    finally:
        async with at_server() as server:
            await server.execute(f'drop database if exists "{name}_floor" with (force)')


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where deals are moved in both ways."""

    app: App
    actor: Actor
    by_hand: Repeater
    deeds: list[list[Statement]]
    url: str
    copy: str

    async def take_turns(self, deals: Sequence[int], times: _Times, *, is_many: bool) -> None:
        """Move deals, one by one or all at once, by the product, and then do its statements by hand."""
        to = (await pipeline_book(self.app.access)).stage_by_key("bench/offer").id
        self.deeds.clear()
        began, clock = begin(self.url), perf_counter()
        if is_many:
            async with self.app.unit_of_work(self.actor) as work:
                await work.do("deal.move_many", deals=deals, to=to)
        else:
            for deal in deals:
                async with self.app.unit_of_work(self.actor) as work:
                    await work.do("deal.move", deal=deal, to=to)
        times.wall += perf_counter() - clock
        times.ours.append(spent(self.url) - began)
        times.statements = len(self.deeds[0])
        prepared = [self.by_hand.prepared(one) for one in self.deeds]
        began = begin(self.copy)
        for one in prepared:
            await self.by_hand.repeat(one)
        times.floor.append(spent(self.copy) - began)


async def _require_equal(app: App, copy: str, folder: Path, deals: Sequence[int]) -> None:
    """Raise unless the floor has left behind what the product has."""
    other, ends = build_app(copy, folder, MovesPlugin), (deals[0], deals[-1])
    await other.database.start()
    try:
        for table, where in _WHERE.items():
            sql = f"select * from {table} where {where} order by id"
            if await app.database.fetch(sql, ends) != await other.database.fetch(sql, ends):
                raise RuntimeError(
                    f"moves by hand have left other rows of {table} behind than the product has"
                )
    finally:
        await other.database.close()
