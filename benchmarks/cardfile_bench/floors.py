"""The floors: one statement by hand for each screen and reader, behind the barest route.

The route takes what is asked for out of the request, as any route must: the client's id and the word that is
searched. Who asks is known to it beforehand, so the floor pays for no admission.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from cardfile_bench.floor_statements import statements
from cardfile_bench.rows import NOW
from cardfile_bench.screens import MANAGER, READERS
from cardfile_bench.spelling import Postgres, Spelling, Sqlite

__all__ = ["Floors", "open_floors"]

Take = Callable[[Mapping[str, Any]], object]
"""Takes one argument of a statement out of the variables of a request."""

ASKED = NOW + timedelta(seconds=1)
MONTH_AGO = ASKED - timedelta(days=30)


class Floors(ABC):
    """The floors of one database; `clients` holds, by reader, the client whose card is shown."""

    def __init__(self, spelling: Spelling, since: object, clients: Mapping[str, int]) -> None:
        self.clients = clients
        self._statements: dict[str, tuple[str, Sequence[Take]]] = {}
        for reader in READERS:
            is_mine = reader == "own"
            known: Mapping[str, Take] = {
                "client": lambda asked: int(str(asked["id"]).removeprefix("client_")),
                "since": lambda _asked: since,
                "word": lambda asked: asked["search"],
            }
            for name, (sql, takes) in statements(spelling, mine=is_mine).items():
                mine: tuple[Take, ...] = (_the_manager,) if is_mine else ()
                self._statements[f"{name}/{reader}"] = (sql, (*(known[one] for one in takes), *mine))

    def statement(self, name: str, asked: Mapping[str, Any]) -> tuple[str, list[object]]:
        """Return the statement of a screen and reader with its arguments, out of the variables of a request."""
        sql, takes = self._statements[name]
        return sql, [take(asked) for take in takes]

    @abstractmethod
    async def read(self, name: str, asked: Mapping[str, Any]) -> bytes:
        """Return the JSON of the screen and reader `list/own` for the variables `asked`."""


class _Sqlite(Floors):
    def __init__(self, connection: sqlite3.Connection, clients: Mapping[str, int]) -> None:
        super().__init__(Sqlite(), _instant(MONTH_AGO), clients)
        self._connection = connection

    async def read(self, name: str, asked: Mapping[str, Any]) -> bytes:
        sql, args = self.statement(name, asked)
        text: str = self._connection.execute(sql, args).fetchone()[0]
        return text.encode()


class _Postgres(Floors):
    def __init__(self, pool: Any, clients: Mapping[str, int]) -> None:
        super().__init__(Postgres(), MONTH_AGO, clients)
        self._pool = pool

    async def read(self, name: str, asked: Mapping[str, Any]) -> bytes:
        sql, args = self.statement(name, asked)
        async with self._pool.acquire() as connection:
            text: str = await connection.fetchval(sql, *args)
        return text.encode()


def _the_manager(_asked: Mapping[str, Any]) -> object:
    return MANAGER


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# A client with a full card: of the reader's own, and of anybody's.
_BUSIEST = """select c.id from client c join card_fitness_client f on f.id = c.id
where c.archived_at is null and f.membership_ends is not null {more}
order by f.visits_total desc, c.id limit 1"""


def _busiest() -> dict[str, str]:
    return {
        reader: _BUSIEST.format(more=f"and c.owner = {MANAGER}" if reader == "own" else "")
        for reader in READERS
    }


@asynccontextmanager
async def open_floors(url: str) -> AsyncIterator[Floors]:
    """Open connections of the floors' own, set up as the product's."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(
            url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=512
        )
        try:
            for pragma in ("query_only=on", "mmap_size=268435456", "cache_size=-16384", "temp_store=memory"):
                connection.execute(f"pragma {pragma}")
            clients = {reader: connection.execute(sql).fetchone()[0] for reader, sql in _busiest().items()}
            yield _Sqlite(connection, clients)
        finally:
            connection.close()
        return
    import asyncpg  # noqa: PLC0415  # an optional extra

    async def leave_as_it_is(_connection: object) -> None:
        pass

    pool = await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=10,
        statement_cache_size=512,
        max_cacheable_statement_size=256 * 1024,
        reset=leave_as_it_is,
        server_settings={"jit": "off", "timezone": "UTC"},
    )
    try:
        yield _Postgres(pool, {reader: await pool.fetchval(sql) for reader, sql in _busiest().items()})
    finally:
        await pool.close()
