"""What an import is measured on: a base of many clients, made by the database itself, and the list that comes in."""

import random
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook

from cardfile.database import table_spec
from cardfile.values.text import fold
from cardfile_bench.databases import Engine, at_server, build_app, remove_file, server_url
from cardfile_bench.rows import FIRST, LAST

__all__ = ["copy_of_base", "make_base", "make_lists"]

TABLES: Final = ("client", "card_fitness_client", "contact_point", "event")
HEADER: Final = (
    "ФИО", "Телефон", "E-mail", "Дата рождения", "Пол", "Город", "Компания", "Источник", "Цель",
    "Номер договора", "Комментарий", "Должность",
)  # fmt: skip
KNOWN: Final = 10
"""Every so manieth row of the list is somebody who is in the base already."""
CITIES: Final = ("Москва", "Казань", "Пермь", "Тула", "Санкт-Петербург", "Новосибирск", "Екатеринбург")
SOURCES: Final = ("сайт", "звонок", "рекомендация", "выставка", "Instagram")
GOALS: Final = ("похудение", "сила", "здоровье")
SEED: Final = 20261122

_NUMBER: Final = "substr(cast(10000000 + i as text), 2)"
_STAMPS: Final = "'2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 1"
_SERIES: Final = {
    "sqlite": "(with recursive s(i) as (select 1 union all select i + 1 from s where i < {n}) select i from s)",
    "postgres": "(select i::bigint as i from generate_series(1, {n}) s(i))",
}


def _statements(engine: Engine, clients: int) -> Iterator[str]:
    """Yield what makes the base: each client with a phone, two of three with an e-mail, and their journal."""
    people = f"from {_SERIES[engine].format(n=clients)} s join bench_name b on b.k = i % 1000"
    stamps = ("id", "created_at", "updated_at", "version")
    client = (
        *stamps,
        "kind",
        "name",
        "sort_name",
        "last_name",
        "first_name",
        "city",
        "standing",
        "search_text",
    )
    yield (
        f"insert into client ({', '.join(client)}) select i, {_STAMPS}, 'person', b.name, b.folded, b.last, "
        f"b.first, 'Москва', 'lead', b.folded || ' 7916' || {_NUMBER} {people}"
    )
    contact = (*stamps, "client", "kind", "value", "raw", "is_primary", "is_valid")
    true = "1" if engine == "sqlite" else "true"
    yield (
        f"insert into contact_point ({', '.join(contact)}) select i, {_STAMPS}, i, 'phone', "
        f"'+7916' || {_NUMBER}, '8916' || {_NUMBER}, {true}, {true} {people}"
    )
    yield (
        f"insert into contact_point ({', '.join(contact)}) select {clients} + i, {_STAMPS}, i, 'email', "
        f"'klient' || i || '@mail.example', 'klient' || i || '@mail.example', {true}, {true} {people} "
        "where i % 3 > 0"
    )
    yield f"insert into card_fitness_client (id, goal) select i, 'health' {people} where i % 2 = 0"
    event = (
        "id",
        "at",
        "actor_name",
        "via",
        "batch",
        "name",
        "entity",
        "record",
        "client",
        "after",
        "version",
    )
    yield (
        f"insert into event ({', '.join(event)}) select 1000 + i, '2026-01-01T00:00:00.000000Z', 'System', "
        "'import', 1001, 'client.created', 'client', i, i, "
        f"{_json(_AFTER, engine)}, 1 {people}"
    )


_AFTER: Final = (
    f"""'{{"name":"' || b.name || '","phones":[{{"value":"+7916' || {_NUMBER} || '","is_primary":true}}]}}'"""
)


def _json(text: str, engine: Engine) -> str:
    return f"cast({text} as jsonb)" if engine == "postgres" else text


def _names() -> list[tuple[object, ...]]:
    chance = random.Random(SEED)
    names: list[tuple[object, ...]] = []
    for k in range(1000):
        last, first = chance.choice(LAST), chance.choice(FIRST)
        names.append((k, f"{last} {first}", last, first, fold(f"{last} {first}")))
    return names


def _mark(app: Any, clients: int) -> str:
    told = [str(clients), Path(__file__).read_text(encoding="utf-8")]
    # Other tables may have changed since: whoever copies the base migrates the copy.
    told += [repr(table_spec(app.model[key].entity.table)) for key in ("client", "contact_point")]
    return sha256("".join(told).encode()).hexdigest()


async def make_base(engine: Engine, clients: int, folder: Path) -> str:
    """Return the URL of a base of so many clients, which is made unless it is there; it is only copied from."""
    name = f"cardfile_bench_import_{clients}"
    file = (folder / f"import_{clients}.db").absolute()
    url = f"sqlite:///{file}" if engine == "sqlite" else f"{server_url()}/{name}"
    app = build_app(url, folder)
    if await _is_made(engine, file, name, _mark(app, clients)):
        return url
    if engine == "sqlite":
        remove_file(file)
    else:
        async with at_server() as server:
            await server.execute(f'drop database if exists "{name}" with (force)')
            await server.execute(f'create database "{name}" template template0')
    await app.migrate()
    async with app.running(), app.database.transaction() as transaction:
        for table in TABLES[:1] + TABLES[2:]:
            await transaction.reserve_ids(table, 2 * clients + 2_000)
    if engine == "sqlite":
        _fill_sqlite(file, clients, _mark(app, clients))
    else:
        await _fill_postgres(url, clients, _mark(app, clients))
    return url


async def _is_made(engine: Engine, file: Path, name: str, mark: str) -> bool:
    if engine == "sqlite":
        try:
            connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        except sqlite3.Error:
            return False
        try:
            return bool(connection.execute("select mark from bench_import").fetchone() == (mark,))
        except sqlite3.Error:
            return False
        finally:
            connection.close()
    async with at_server() as server:
        # As a comment, it is read without a connection to the base, which may only be copied without any.
        told = "select shobj_description(oid, 'pg_database') from pg_database where datname = $1"
        return bool(await server.fetchval(told, name) == mark)


def _fill_sqlite(file: Path, clients: int, mark: str) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        for pragma in ("journal_mode=off", "synchronous=off", "cache_size=-400000", "temp_store=memory"):
            connection.execute(f"pragma {pragma}")
        kept = connection.execute(
            "select name, sql from sqlite_master where type = 'index' and sql is not null "
            f"and tbl_name in ({', '.join(map(repr, TABLES))})"
        ).fetchall()
        connection.execute("begin")
        for index, _ in kept:
            connection.execute(f'drop index "{index}"')
        connection.execute("create temp table bench_name (k integer primary key, name, last, first, folded)")
        connection.executemany("insert into bench_name values (?, ?, ?, ?, ?)", _names())
        for sql in _statements("sqlite", clients):
            connection.execute(sql)
        for _, sql in kept:
            connection.execute(sql)
        connection.execute("create table bench_import (mark text)")
        connection.execute("insert into bench_import values (?)", (mark,))
        connection.execute("commit")
        connection.execute("analyze")
        connection.execute("pragma journal_mode=wal")
    finally:
        connection.close()


async def _fill_postgres(url: str, clients: int, mark: str) -> None:
    import asyncpg  # noqa: PLC0415  # an optional extra

    connection: Any = await asyncpg.connect(url)
    try:
        # References are right as they are made, and to look each of them up would take minutes.
        await connection.execute("set session_replication_role = replica")
        await connection.execute("set maintenance_work_mem = '512MB'")
        kept = await connection.fetch(
            "select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as sql from pg_index "
            "where not indisprimary and indrelid::regclass::text = any($1)",
            list(TABLES),
        )
        async with connection.transaction():
            for one in kept:
                await connection.execute(f"drop index {one['name']}")
            await connection.execute(
                "create temp table bench_name (k integer primary key, name text, last text, first text, folded text)"
            )
            await connection.copy_records_to_table("bench_name", records=_names())
            for sql in _statements("postgres", clients):
                await connection.execute(re.sub(r"'(\d{4}-\d\d-\d\dT[\d:.]+Z)'", r"timestamptz '\1'", sql))
            for one in kept:
                await connection.execute(one["sql"])
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
    async with at_server() as server:
        await server.execute(f"comment on database {url.rpartition('/')[2]} is '{mark}'")


@asynccontextmanager
async def copy_of_base(engine: Engine, base: str, name: str, folder: Path) -> AsyncIterator[str]:
    """Give the URL of a copy of a base, migrated, and remove it afterwards."""
    if engine == "sqlite":
        file = (folder / f"import_{name}.db").absolute()
        remove_file(file)
        shutil.copyfile(base.removeprefix("sqlite:///"), file)
        try:
            await build_app(f"sqlite:///{file}", folder).migrate()
            yield f"sqlite:///{file}"
        finally:
            remove_file(file)
        return
    database, template = f"cardfile_bench_import_{name}", base.rpartition("/")[2]
    async with at_server() as server:
        await server.execute(f'drop database if exists "{database}" with (force)')
        await server.execute(f'create database "{database}" template "{template}" strategy file_copy')
    try:
        await build_app(f"{server_url()}/{database}", folder).migrate()
        yield f"{server_url()}/{database}"
    finally:
        async with at_server() as server:
            await server.execute(f'drop database if exists "{database}" with (force)')


def list_rows(number: int, clients: int) -> Iterator[Sequence[object]]:
    """Yield the rows of a list as an office keeps it, every tenth of them somebody of the base."""
    chance = random.Random(SEED)
    born = date(1950, 1, 1)
    for row in range(number):
        known = row % KNOWN == 0
        digits = f"916{chance.randint(1, clients):07}" if known else f"926{row:07}"
        last, first = chance.choice(LAST), chance.choice(FIRST)
        phone: object = (
            f"8-{digits[:3]}-{digits[3:6]}-{digits[6:8]}-{digits[8:]}" if row % 3 else float(f"7{digits}")
        )
        day = born + timedelta(days=chance.randint(0, 20_000))
        yield (
            f"{last} {first}", phone, None if known or row % 2 else f"Gost{row}@mail.example",
            day if row % 4 else day.strftime("%d.%m.%Y"), chance.choice(("м", "ж")), chance.choice(CITIES),
            f"Компания {row % 500}" if row % 5 == 0 else None, chance.choice(SOURCES), chance.choice(GOALS),
            f"Д-{row:06}", f"Пришёл по акции {row % 50}" if row % 3 == 0 else None,
            "директор" if row % 7 == 0 else None,
        )  # fmt: skip


def make_lists(number: int, clients: int, folder: Path) -> tuple[Path, Path]:
    """Return a list as a workbook and as a text table, which are made unless they are there."""
    mark = sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    book, table = (folder / f"list_{number}_{clients}_{mark}.{kind}" for kind in ("xlsx", "csv"))
    if not book.exists() or not table.exists():
        rows = list(list_rows(number, clients))
        written = Workbook(write_only=True)
        sheet = written.create_sheet("Клиенты")
        for row in (HEADER, *rows):
            sheet.append(row)
        written.save(book)
        lines = [";".join("" if cell is None else _shown(cell) for cell in row) for row in (HEADER, *rows)]
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return book, table


def _shown(cell: object) -> str:
    return f"{cell:.0f}" if isinstance(cell, float) else str(cell)
