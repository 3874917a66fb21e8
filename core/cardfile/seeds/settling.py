"""Settling differences: a plugin ships one thing, people have made another of it; somebody decides."""

from collections.abc import Mapping

import orjson

from cardfile.errors import NotFound
from cardfile.journal.calls import Call
from cardfile.journal.host import Host
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.model.record_types import RecordType
from cardfile.seeds.seeds import Difference
from cardfile.seeds.sowing import Row, seeded_rows, seeded_tables
from cardfile.seeds.tables import Seeded

__all__ = ["differences", "keep_difference", "take_difference"]


async def differences(app: Host) -> tuple[Difference, ...]:
    """Return where live rows are not what their plugins ship, and nobody has decided to keep them so."""
    found = []
    for table in seeded_tables(app.model):
        record_type = app.model.of_table(table)
        for row in await seeded_rows(app.database, table):
            if row["archived_at"] is None:
                found += _of(record_type, row)
    return tuple(found)


async def take_difference(work: UnitOfWork, entity: str, seed: str, path: str) -> Difference:
    """Let a field be again what the plugin ships; raises `NotFound` when it is so already."""
    table, row, one = await _found(work.app, entity, seed, path)
    shipped = orjson.loads(row["shipped"])
    await _write(work, table, one.record, {path: shipped[path]})
    return one


async def keep_difference(work: UnitOfWork, entity: str, seed: str, path: str) -> Difference:
    """Let a field stay as people have made it, and tell of it again only when something else is shipped."""
    table, row, one = await _found(work.app, entity, seed, path)
    kept = {**_kept(row), path: orjson.loads(row["shipped"])[path]}
    await _write(work, table, one.record, {"kept": orjson.dumps(kept).decode()})
    return one


def _of(record_type: RecordType, row: Row) -> list[Difference]:
    shipped, kept = orjson.loads(row["shipped"]), _kept(row)
    title = record_type.entity.title
    name = str(row.get(title) or row["seed"]) if title else str(row["seed"])
    return [
        Difference(
            record_type.key, row["id"], name, row["plugin"], row["seed"], path, _text(value), _text(row[path])
        )
        for path, value in shipped.items()
        if row[path] != value and (path not in kept or kept[path] != value)
    ]


async def _found(app: Host, entity: str, seed: str, path: str) -> tuple[type[Seeded], Row, Difference]:
    for table in seeded_tables(app.model):
        record_type = app.model.of_table(table)
        if record_type.key != entity:
            continue
        for row in await seeded_rows(app.database, table):
            if row["seed"] != seed:
                continue
            for one in _of(record_type, row):
                if one.path == path:
                    return table, row, one
    raise NotFound(
        "There is no difference to settle in {field} of {entity} {seed}: cardfile check lists them.",
        field=path,
        entity=entity,
        seed=seed,
    )


async def _write(work: UnitOfWork, table: type[Seeded], record: int, values: Mapping[str, object]) -> None:
    call = Call(work, work.app.commands[f"{work.app.model.of_table(table).key}.update"])
    await call.write(await call.get(table, record, lock=True), values)
    await call.finish()


def _kept(row: Row) -> dict[str, object]:
    kept: dict[str, object] = orjson.loads(row["kept"]) if row["kept"] else {}
    return kept


def _text(value: object) -> str:
    return "nothing" if value is None or value == "" else str(value)
