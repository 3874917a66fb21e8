"""Imports: a long list into a large base, against the same rows read by calamine and written by hand.

The floor reads the list with calamine and writes exactly the rows that the product wrote, ready made, by the
fastest means of the driver, in one transaction: it understands nothing and looks nobody up.
"""

import asyncio
import gc
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any, Final

import phonenumbers
from python_calamine import CalamineWorkbook

from cardfile.app import App
from cardfile.imports import do_stage
from cardfile.journal.garbage import spare_what_stays
from cardfile.rights import Actor
from cardfile.values.dates import parse_date
from cardfile.values.email import parse_emails
from cardfile.values.phone import parse_phones
from cardfile_bench import spending
from cardfile_bench.databases import Engine, build_app
from cardfile_bench.import_base import copy_of_base, make_base, make_lists
from cardfile_bench.import_watch import Watch, watching
from cardfile_bench.results import Result
from cardfile_bench.sizes import Size

__all__ = ["measure_imports"]

WRITTEN: Final = ("client", "card_fitness_client", "contact_point", "event", "sheet_import_row")
ROUNDS: Final = 3
KEYS: Final = 1_000
PHONES: Final = 20_000
TODAY: Final = date(2026, 11, 1)
Rows = Mapping[str, tuple[Sequence[str], Sequence[Sequence[object]]]]


class _Times(dict[str, list[float]]):
    """Seconds of CPU by what was done."""

    def note(self, name: str, seconds: float) -> None:
        """Note how long something took."""
        self.setdefault(name, []).append(seconds)

    def ratio(self, name: str, floor: str) -> float:
        """Return how many times the floor something took, by the medians."""
        return median(self[name]) / median(self[floor])

    def result(self, name: str, engine: Engine, goal: float, floor: str, **more: str) -> Result:
        """Return the line of something that was measured."""
        floor_ms, ours_ms = median(self[floor]) * 1e3, median(self[name]) * 1e3
        return Result(name, engine, self.ratio(name, floor), floor_ms, ours_ms, more, goal)


def measure_imports(engine: Engine, size: Size, folder: Path) -> Iterator[Result]:
    """Yield what bringing in, trying out, bringing in again and taking back a long list costs."""
    base = asyncio.run(make_base(engine, size.import_base, folder))
    book, table = make_lists(size.import_rows, size.import_base, folder)
    times, watches = _Times(), list[Watch]()
    for _ in range(min(ROUNDS, size.rounds)):
        rows = asyncio.run(_product(engine, base, folder, book, table, times, watches))
        asyncio.run(_by_hand(engine, base, folder, book, rows, times))
    asyncio.run(_without_us(base, book, times))
    told = {"rows": str(size.import_rows), "base": str(size.import_base)}
    wall = median(times["wall"]) / median(times["floor_wall"])
    speed = size.import_rows / median(times["wall"])
    yield times.result(
        "import_run", engine, 2.5, "floor", **told, wall_ratio=f"{wall:.2f}", rows_per_s=f"{speed:.0f}"
    )
    yield times.result("import_again", engine, 0.6, "import_run", **told)
    yield times.result("import_undo", engine, 1.0, "import_run", **told)
    yield times.result("import_check", engine, 1.5, "reading", **told)
    yield times.result("import_preview", engine, 1.3, "first_row", **told)
    yield _limit("import_preview_csv", engine, median(times["import_preview_csv"]) * 1e3, 200, "ms")
    memory = max(one.more_mb for one in watches)
    yield _limit("import_memory", engine, memory, 300, "mb")
    yield _limit(
        "import_stalls", engine, Watch.ms([one for w in watches for one in w.stalls], 0.99), 50, "p99_ms"
    )
    if engine == "sqlite":
        held = [one for watch in watches for one in watch.held]
        yield _limit(
            "import_lock_held",
            engine,
            Watch.ms(held, 1.0),
            150,
            "max_ms",
            p50_ms=f"{Watch.ms(held, 0.5):.0f}",
        )
        waits = [one for watch in watches for one in watch.waits]
        yield _limit(
            "import_writers_wait",
            engine,
            Watch.ms(waits, 1.0),
            150,
            "max_ms",
            p99_ms=f"{Watch.ms(waits, 0.99):.0f}",
        )
        yield times.result("phones", engine, 0.15, "phonenumbers", numbers=str(PHONES))


def _limit(name: str, engine: Engine, found: float, most: float, unit: str, **more: str) -> Result:
    """Return the line of something that has a limit instead of a floor: the ratio is to the limit."""
    return Result(name, engine, found / most, most, found, {"unit": unit, **more}, 1.0)


def _spent(url: str) -> float:
    """Return the CPU time of this process, of its children that have ended, and of the database."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spending.spent(url) + children.ru_utime + children.ru_stime


async def _product(
    engine: Engine,
    base: str,
    folder: Path,
    book: Path,
    table: Path,
    times: _Times,
    watches: list[Watch],
) -> Rows:
    """Let the product import, and return which rows it wrote."""
    async with copy_of_base(engine, base, "ours", folder) as url:
        app = build_app(url, folder)
        async with app.running():
            spare_what_stays()  # as every process does that works for long
            highest = {
                name: int(str(await app.database.fetch_value(f"select coalesce(max(id), 0) from {name}")))
                for name in WRITTEN
            }
            file, text = await _upload(app, book), await _upload(app, table)
            for name, one in (("import_preview", file), ("import_preview_csv", text)):
                began = monotonic() if name.endswith("csv") else _spent(url)
                await app.do(Actor.system("benchmark"), "import.preview", file=one)
                times.note(name, (monotonic() if name.endswith("csv") else _spent(url)) - began)
            await _stages(app, url, file, times, "import_check", pause=True)
            async with watching(url, app.database) as watch:
                began = monotonic()
                number = await _stages(app, url, file, times, "import_run")
                times.note("wall", monotonic() - began)
            watches.append(watch)
            rows = {name: await _written(app, name, highest[name]) for name in WRITTEN}
            again = await _stages(app, url, file, times, "import_again")
            made = await app.database.fetch_value(
                "select rows_created from sheet_import where id = $1", (again,)
            )
            if made != 0:
                raise RuntimeError(f"the second import made {made} records")
            await _stages(app, url, number, times, "import_undo", does="import.undo")
            left = "select count(*) from client where id > $1 and archived_at is null"
            if await app.database.fetch_value(left, (highest["client"],)):
                raise RuntimeError("taking the import back has left records")
        return rows


async def _upload(app: App, path: Path) -> int:
    content = await asyncio.to_thread(path.read_bytes)

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return (await app.access.files.put(pieces(), name=path.name, owner=None, limit=200_000_000)).id


async def _stages(
    app: App,
    url: str,
    about: int,
    times: _Times,
    name: str,
    *,
    does: str = "import.start",
    pause: bool = False,
) -> int:
    """Do a command and the stages that are due after it, and note what these cost."""
    actor = Actor.system("benchmark")
    gc.collect()
    began = _spent(url)
    given: Mapping[str, Any] = {"done": about} if does == "import.undo" else {"file": about, "pause": pause}
    made: Any = await app.do(actor, does, **given)
    number = about if does == "import.undo" else int(made.id)
    if pause:
        await do_stage(app, number)
        await app.do(actor, "import.check", started=number)
        began = _spent(url)
    await do_stage(app, number)
    times.note(name, _spent(url) - began)
    if pause:
        await app.do(actor, "import.cancel", started=number)
    return number


async def _written(app: App, table: str, after: int) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    found = await app.database.fetch_dicts(f"select * from {table} where id > $1 order by id", (after,))
    return (tuple(found[0]), [tuple(row.values()) for row in found]) if found else ((), [])


async def _by_hand(engine: Engine, base: str, folder: Path, book: Path, rows: Rows, times: _Times) -> None:
    """Read the list by calamine and write the same rows by the fastest means that the driver has."""
    async with copy_of_base(engine, base, "floor", folder) as url:
        write = _sqlite_by_hand if engine == "sqlite" else _postgres_by_hand
        await write(url, book, rows, times)


def _read(book: Path) -> int:
    workbook = CalamineWorkbook.from_path(book)
    return sum(1 for _ in workbook.get_sheet_by_index(0).iter_rows())


async def _sqlite_by_hand(url: str, book: Path, rows: Rows, times: _Times) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        for pragma in ("synchronous=normal", "mmap_size=268435456", "cache_size=-16384"):
            connection.execute(f"pragma {pragma}")
        began, since = spending.begin(url), monotonic()
        _read(book)
        connection.execute("pragma foreign_keys=on")
        connection.execute("begin immediate")
        connection.execute("pragma defer_foreign_keys=on")
        for table, (columns, new) in rows.items():
            listed, places = ", ".join(f'"{one}"' for one in columns), ", ".join("?" * len(columns))
            connection.executemany(f"insert into {table} ({listed}) values ({places})", new)
            if table == "event":
                _make_import(connection, rows)
        connection.execute("commit")
        times.note("floor", spending.spent(url) - began)
        times.note("floor_wall", monotonic() - since)
    finally:
        connection.close()


def _make_import(connection: sqlite3.Connection, rows: Rows) -> None:
    """Make the import to which the rows of the list belong."""
    number = _import_of(rows)
    connection.execute(f"insert into sheet_import ({IMPORT}) values ({number}, {IMPORT_VALUES})")


IMPORT: Final = "id, created_at, updated_at, file_name, sha256, sheet"
IMPORT_VALUES: Final = "'2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '', '', ''"


def _import_of(rows: Rows) -> object:
    columns, kept = rows["sheet_import_row"]
    return kept[0][list(columns).index("origin")]


async def _postgres_by_hand(url: str, book: Path, rows: Rows, times: _Times) -> None:
    import asyncpg  # noqa: PLC0415  # an optional extra

    connection: Any = await asyncpg.connect(url, server_settings={"jit": "off", "timezone": "UTC"})
    try:
        began, since = spending.begin(url), monotonic()
        _read(book)
        async with connection.transaction():
            for table, (columns, new) in rows.items():
                if table == "sheet_import_row":
                    values = IMPORT_VALUES.replace("'2026", "timestamptz '2026")
                    await connection.execute(
                        f"insert into sheet_import ({IMPORT}) values ({_import_of(rows)}, {values})"
                    )
                await connection.copy_records_to_table(table, columns=list(columns), records=new)
        times.note("floor", spending.spent(url) - began)
        times.note("floor_wall", monotonic() - since)
    finally:
        await connection.close()


async def _without_us(base: str, book: Path, times: _Times) -> None:
    """Measure what reading, normalising and looking up cost by hand, and phones by the library alone."""
    for _ in range(ROUNDS):
        began = spending.begin(base)
        rows = iter(CalamineWorkbook.from_path(book).get_sheet_by_index(0).iter_rows())
        next(rows)
        times.note("first_row", spending.spent(base) - began)
        keys: list[str] = []
        for _, phone, email, born, *_ in rows:
            keys += [one.e164 for one in parse_phones(phone)] if phone else []
            keys += parse_emails(email) if email else []
            if born:
                parse_date(born, today=TODAY)
        await (_look_up_sqlite if base.startswith("sqlite") else _look_up_postgres)(base, keys, times, began)
    numbers = [f"8-926-{n // 10_000:03}-{n // 100 % 100:02}-{n % 100:02}" for n in range(PHONES)]
    for _ in range(ROUNDS):
        began = spending.begin("")
        for one in numbers:
            found = phonenumbers.parse(one, "RU")
            phonenumbers.is_valid_number(found)
            phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
        times.note("phonenumbers", spending.spent("") - began)
        began = spending.begin("")
        for one in numbers:
            parse_phones(one)
        times.note("phones", spending.spent("") - began)


KNOWN: Final = "select client, value from contact_point where archived_at is null and kind = $1 and value "


async def _look_up_sqlite(base: str, keys: Sequence[str], times: _Times, began: float) -> None:
    connection = sqlite3.connect(f"file:{base.removeprefix('sqlite:///')}?mode=ro", uri=True)
    try:
        for start in range(0, len(keys), KEYS):
            some = sorted(keys[start : start + KEYS])
            for kind in ("phone", "email"):
                places = ", ".join("?" * len(some))
                connection.execute(f"{KNOWN.replace('$1', '?')} in ({places})", (kind, *some)).fetchall()
    finally:
        connection.close()
    times.note("reading", spending.spent(base) - began)


async def _look_up_postgres(base: str, keys: Sequence[str], times: _Times, began: float) -> None:
    import asyncpg  # noqa: PLC0415  # an optional extra

    connection: Any = await asyncpg.connect(base, server_settings={"jit": "off"})
    try:
        for start in range(0, len(keys), KEYS):
            some = sorted(keys[start : start + KEYS])
            for kind in ("phone", "email"):
                await connection.fetch(f"{KNOWN} = any($2)", kind, some)
        times.note("reading", spending.spent(base) - began)
    finally:
        await connection.close()
