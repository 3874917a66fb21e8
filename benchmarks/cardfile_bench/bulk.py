"""Bulk writes: many clients with cards, contacts and journal, against the same rows written by hand.

The floor writes exactly the rows that the product wrote, its texts for search and its events ready made, by the
fastest means of the driver: `executemany` on SQLite; COPY and `update … from unnest(…)` on PostgreSQL. A journal
tells what was there before a change, and the text for search is made of a name and all contacts: so the floor of
the update reads, once, the changed columns and what that text is made of, of the very clients that change; on
PostgreSQL it locks them, for else what the journal tells need not be true. It parses, checks and compares nothing.
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

from cardfile.app import App
from cardfile.clients import Client
from cardfile.journal import Call, command
from cardfile.plugins import Plugin
from cardfile.rights import Actor
from cardfile_bench.databases import Engine, at_server, build_app, remove_file, server_url
from cardfile_bench.results import Result
from cardfile_bench.sizes import Size
from cardfile_bench.spending import begin, spent

__all__ = ["fresh", "measure_bulk"]

CREATED: Final = ("client", "card_fitness_client", "contact_point", "event")
CHANGED: Final[Mapping[str, Sequence[str]]] = {
    "client": ("city", "search_text", "version", "updated_at", "updated_by"),
    "card_fitness_client": ("goal",),
}
BEFORE: Final[Mapping[str, Sequence[str]]] = {
    "client": ("id", "name", "city", "version"),
    "card_fitness_client": ("id", "goal"),
    "contact_point": ("client", "kind", "value", "label", "is_primary"),
}
CITIES: Final = ("Москва", "Казань", "Пермь", "Тула")
GOALS: Final = ("health", "strength", "weight")
ROUNDS: Final = 3


@dataclass(slots=True)
class _Rows:
    """The rows that one deed has written: new ones by table, and changed columns by table."""

    new: dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]] = field(default_factory=dict)
    changed: dict[str, Sequence[Sequence[object]]] = field(default_factory=dict)


def measure_bulk(engine: Engine, size: Size, folder: Path) -> Iterator[Result]:
    """Yield what creating and changing many clients costs, against the same rows by hand."""
    ours: dict[str, list[float]] = {"bulk_create": [], "bulk_update": []}
    floor: dict[str, list[float]] = {"bulk_create": [], "bulk_update": []}
    for _ in range(min(ROUNDS, size.rounds)):
        rows = asyncio.run(_product(engine, size, folder, ours))
        asyncio.run(_by_hand(engine, folder, rows, floor))
    for name, times in ours.items():
        ratio = median(mine / theirs for mine, theirs in zip(times, floor[name], strict=True))
        more = {"clients": str(size.bulk)}
        yield Result(name, engine, ratio, median(floor[name]) * 1e3, median(times) * 1e3, more, goal=2.0)


def _new_client(number: int) -> Mapping[str, object]:
    return {
        "name": f"Иванова Анна {number}",
        "city": CITIES[number % len(CITIES)],
        "source": "list",
        "phones": [f"+7916{number:07}"],
        "fitness": {"goal": GOALS[number % len(GOALS)], "contract_number": f"Д-{number}"},
    }


def _change(number: int) -> Mapping[str, object]:
    return {
        "city": CITIES[(number + 1) % len(CITIES)],
        "emails": [f"anna{number}@mail.example"],
        "fitness": {"goal": GOALS[(number + 1) % len(GOALS)]},
    }


def _plugin(number: int) -> type[Plugin]:
    """Return a plugin whose commands write clients that are thought out beforehand."""
    new = [_new_client(one) for one in range(number)]
    changes = {one + 1: _change(one) for one in range(number)}

    @command("client.fill", label="Fill", owner_only=True)
    async def fill(call: Call) -> None:
        """Create many clients."""
        await call.bulk_create(Client, new)

    @command("client.move", label="Move", owner_only=True)
    async def move(call: Call) -> None:
        """Change many clients."""
        await call.bulk_write(Client, changes)

    class BulkPlugin(Plugin):
        """Commands of the benchmark."""

        name = "bulk"
        label = "Bulk"
        requires = "cardfile>=0"
        commands = (fill, move)

    return BulkPlugin


@asynccontextmanager
async def fresh(engine: Engine, name: str, folder: Path) -> AsyncIterator[str]:
    """Give an empty migrated database, and drop it afterwards."""
    if engine == "sqlite":
        file = (folder / f"bulk_{name}.db").absolute()
        remove_file(file)
        await build_app(f"sqlite:///{file}", folder).migrate()
        try:
            yield f"sqlite:///{file}"
        finally:
            remove_file(file)
        return
    database = f"cardfile_bench_{name}"
    async with at_server() as server:
        await server.execute(f'drop database if exists "{database}" with (force)')
        await server.execute(f'create database "{database}" template template0')
    url = f"{server_url()}/{database}"
    await build_app(url, folder).migrate()
    try:
        yield url
    finally:
        async with at_server() as server:
            await server.execute(f'drop database if exists "{database}" with (force)')


async def _product(
    engine: Engine, size: Size, folder: Path, times: dict[str, list[float]]
) -> Mapping[str, _Rows]:
    """Let the product write, and return which rows it wrote."""
    async with fresh(engine, "ours", folder) as url:
        app = build_app(url, folder, _plugin(size.bulk))
        actor = Actor.system("benchmark")
        written: dict[str, _Rows] = {}
        async with app.running():
            for name, deed in (("bulk_create", "bulk.client.fill"), ("bulk_update", "bulk.client.move")):
                highest = {table: await _highest(app, table) for table in CREATED}
                began = begin(url)
                async with app.unit_of_work(actor) as work:
                    await work.do(deed)
                times[name].append(spent(url) - began)
                written[name] = await _written(app, highest, is_change=name == "bulk_update")
        if len(written["bulk_update"].changed["client"]) != size.bulk:
            raise RuntimeError("the product did not change every client")
        return written


async def _highest(app: App, table: str) -> int:
    return int(str(await app.database.fetch_value(f"select coalesce(max(id), 0) from {table}")))


async def _written(app: App, highest: Mapping[str, int], *, is_change: bool) -> _Rows:
    found = _Rows()
    for table in CREATED:
        dicts = await app.database.fetch_dicts(f"select * from {table} where id > $1", (highest[table],))
        if dicts:
            found.new[table] = (tuple(dicts[0]), [tuple(row.values()) for row in dicts])
    if is_change:
        for table, columns in CHANGED.items():
            found.changed[table] = await app.database.fetch(f"select id, {', '.join(columns)} from {table}")
    return found


async def _by_hand(
    engine: Engine,
    folder: Path,
    rows: Mapping[str, _Rows],
    times: dict[str, list[float]],
) -> None:
    """Write the same rows by the fastest means that the driver has."""
    async with fresh(engine, "floor", folder) as url:
        if engine == "sqlite":
            _sqlite_by_hand(url, rows, times)
        else:
            await _postgres_by_hand(url, rows, times)


def _sqlite_by_hand(url: str, rows: Mapping[str, _Rows], times: dict[str, list[float]]) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        for pragma in ("synchronous=normal", "foreign_keys=on", "mmap_size=268435456", "cache_size=-16384"):
            connection.execute(f"pragma {pragma}")
        for name, written in rows.items():
            began = begin(url)
            connection.execute("begin immediate")
            for table, columns in BEFORE.items() if written.changed else ():
                chosen = f"{columns[0]} in (select value from json_each(?1))"
                ids = json.dumps([row[0] for row in written.changed["client"]])
                connection.execute(
                    f"select {', '.join(columns)} from {table} where {chosen}", (ids,)
                ).fetchall()
            for table, changed in written.changed.items():
                settings = ", ".join(f"{column}=?{place}" for place, column in enumerate(CHANGED[table], 2))
                connection.executemany(f"update {table} set {settings} where id=?1", changed)
            for table, (columns, new) in written.new.items():
                places = ", ".join("?" * len(columns))
                listed = ", ".join(f'"{one}"' for one in columns)
                connection.executemany(f"insert into {table} ({listed}) values ({places})", new)
            connection.execute("commit")
            times[name].append(spent(url) - began)
    finally:
        connection.close()


async def _postgres_by_hand(url: str, rows: Mapping[str, _Rows], times: dict[str, list[float]]) -> None:
    import asyncpg  # noqa: PLC0415  # an optional extra

    connection: Any = await asyncpg.connect(url, server_settings={"jit": "off", "timezone": "UTC"})
    try:
        for name, written in rows.items():
            began = begin(url)
            async with connection.transaction():
                for table, columns in BEFORE.items() if written.changed else ():
                    ids = [row[0] for row in written.changed["client"]]
                    lock = " for update" if table == "client" else ""
                    read = f"select {', '.join(columns)} from {table} where {columns[0]} = any($1::bigint[])"
                    await connection.fetch(read + lock, ids)
                for table, changed in written.changed.items():
                    await connection.execute(_update_sql(table), *map(list, zip(*changed, strict=True)))
                for table, (columns, new) in written.new.items():
                    await connection.copy_records_to_table(table, columns=list(columns), records=new)
            times[name].append(spent(url) - began)
    finally:
        await connection.close()


_TYPES: Final = {"version": "integer", "updated_at": "timestamptz", "updated_by": "bigint"}


def _update_sql(table: str) -> str:
    columns = CHANGED[table]
    arrays = ["$1::bigint[]"]
    arrays += [f"${place}::{_TYPES.get(column, 'text')}[]" for place, column in enumerate(columns, 2)]
    settings = ", ".join(f"{column}=n.{column}" for column in columns)
    return (
        f"update {table} t set {settings} from unnest({', '.join(arrays)}) as n(id, {', '.join(columns)})"
        " where t.id = n.id"
    )
