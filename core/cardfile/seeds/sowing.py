"""Sowing: rows are made as declarations ship them, and what people have changed since stays theirs.

Each field is merged by itself out of three values: what was shipped before, what is shipped now, and what the row
holds. A row that still holds what was shipped before takes the new value; any other one has been edited, and
keeps its own. The merge is the one of `noupdate` data in business software, made field by field.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import orjson

from cardfile.database.database import Database
from cardfile.errors import DeclarationError
from cardfile.journal.calls import Call
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.model.model import Model
from cardfile.seeds.seeds import Seed, SeedRef
from cardfile.seeds.tables import Seeded, Sowing

__all__ = ["Row", "Sown", "is_sown", "seeded_rows", "seeded_tables", "sow"]

ONLY: Final = 1
"""The id of the one row of `sowing`."""

Row = dict[str, Any]
"""A row of a seeded table by column."""


@dataclass(slots=True)
class Sown:
    """What sowing did, as `entity key` of the seeds."""

    made: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)

    def lines(self) -> tuple[str, ...]:
        """Return what was done, a line for each kind of deed; what is new is only counted."""
        kinds = Counter(name.partition(" ")[0] for name in self.made)
        told = (
            ("shipped", [f"{kind} ({number})" for kind, number in kinds.items()]),
            ("brought up to date", self.changed),
            ("archived, for nothing ships it any more", self.archived),
            ("restored, for it is shipped again", self.restored),
        )
        return tuple(f"{deed}: {', '.join(names)}" for deed, names in told if names)


async def is_sown(database: Database, seeds: Sequence[Seed]) -> bool:
    """Tell whether exactly these seeds were sown last."""
    row = await database.run(Sowing.select(Sowing.digest).where(Sowing.id == ONLY).first())
    return row is not None and row["digest"] == _digest(seeds)


async def sow(work: UnitOfWork, seeds: Sequence[Seed]) -> Sown:
    """Bring all seeded rows to what is shipped now, except where people have edited them.

    What is shipped no more is archived, records that refer to it keep it; what is shipped again is restored,
    unless it was a person who archived it. A seed may refer only to seeds before it.
    """
    sowing = _Sowing(work)
    if not await is_sown(work.app.database, seeds):
        await sowing.read()
        for seed in seeds:
            await sowing.sow(seed)
        await sowing.archive_dropped()
        await _remember(work, seeds)
    return sowing.sown


def seeded_tables(model: Model) -> tuple[type[Seeded], ...]:
    """Return the tables of the model that hold seeds, in the order of their declaration."""
    tables = (one.entity.table for one in model.types.values())
    return tuple(table for table in tables if issubclass(table, Seeded))


async def seeded_rows(database: Database, table: type[Seeded]) -> list[Row]:
    """Return the rows of a table that came from declarations, archived or not; they are as few as those."""
    return await database.run(table.select().where(table.seed.is_not_null()).order_by(table.id))


class _Sowing:
    """One sowing: the rows that there are, and what is done to them."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.sown = Sown()
        self._rows: dict[type[Seeded], dict[tuple[str, str], Row]] = {}
        self._calls: dict[type[Seeded], Call] = {}
        self._seen: set[tuple[type[Seeded], str, str]] = set()

    async def read(self) -> None:
        """Read what was sown until now."""
        for table in seeded_tables(self.work.app.model):
            rows = await seeded_rows(self.work.app.database, table)
            self._rows[table] = {(row["plugin"], row["seed"]): row for row in rows}

    async def sow(self, seed: Seed) -> None:
        """Make the row of a seed, or bring it up to date."""
        key = (seed.table, seed.plugin, seed.seed)
        if key in self._seen:
            raise DeclarationError(
                f"{seed.plugin}: two declarations come to the same row {seed.seed!r}: rename one"
            )
        self._seen.add(key)
        values = {path: self._resolved(seed, value) for path, value in seed.values.items()}
        row = self._rows[seed.table].get((seed.plugin, seed.seed))
        if row is None:
            await self._make(seed, values)
        else:
            await self._merge(seed, row, values)

    async def archive_dropped(self) -> None:
        """Lay aside what no declaration ships any more."""
        for table, rows in self._rows.items():
            for (plugin, seed), row in rows.items():
                if (table, plugin, seed) in self._seen or row["archived_at"] is not None:
                    continue
                record, call = await self._load(table, row["id"]), self._call(table)
                await call.write(record, {"is_dropped": True})
                await call.archive(record)
                self.sown.archived.append(self._name(table, seed))
                await self._finish(table)

    def _resolved(self, seed: Seed, value: object) -> object:
        if not isinstance(value, SeedRef):
            return value
        row = self._rows[value.table].get((value.plugin, value.seed))
        if row is None or (value.table, value.plugin, value.seed) not in self._seen:
            raise DeclarationError(
                f"{seed.plugin}: {seed.seed!r} refers to {value.seed!r} of {value.plugin}, which is not shipped: "
                "correct the name, or declare it"
            )
        return row["id"]

    async def _make(self, seed: Seed, values: Mapping[str, object]) -> None:
        shipped = orjson.dumps(values).decode()
        made = await self._call(seed.table).create(
            seed.table, {**values, "plugin": seed.plugin, "seed": seed.seed, "shipped": shipped}
        )
        self._rows[seed.table][seed.plugin, seed.seed] = {"id": made.id}
        self.sown.made.append(self._name(seed.table, seed.seed))
        await self._finish(seed.table)

    async def _merge(self, seed: Seed, row: Row, values: Mapping[str, object]) -> None:
        was = orjson.loads(row["shipped"])
        taken = {
            path: value
            for path, value in values.items()
            if row[path] != value and (path not in was or row[path] == was[path])
        }
        is_back = bool(row["is_dropped"])
        if was == values and not taken and not is_back:
            return
        call, record = self._call(seed.table), await self._load(seed.table, row["id"])
        if is_back:
            await call.restore(record)
            self.sown.restored.append(self._name(seed.table, seed.seed))
        elif taken:
            self.sown.changed.append(self._name(seed.table, seed.seed))
        await call.write(record, {**taken, "shipped": orjson.dumps(values).decode(), "is_dropped": False})
        await self._finish(seed.table)

    async def _load(self, table: type[Seeded], record: int) -> Seeded:
        return await self._call(table).get(table, record, lock=True)

    def _call(self, table: type[Seeded]) -> Call:
        if table not in self._calls:
            key = self.work.app.model.of_table(table).key
            self._calls[table] = Call(self.work, self.work.app.commands[f"{key}.update"])
        return self._calls[table]

    async def _finish(self, table: type[Seeded]) -> None:
        await self._calls.pop(table).finish()

    def _name(self, table: type[Seeded], seed: str) -> str:
        return f"{self.work.app.model.of_table(table).key} {seed}"


async def _remember(work: UnitOfWork, seeds: Sequence[Seed]) -> None:
    database, digest = work.app.database, _digest(seeds)
    kept = await database.run(
        Sowing.update({Sowing.digest: digest}).where(Sowing.id == ONLY).returning(Sowing.id)
    )
    if not kept:
        await database.run(Sowing.insert(Sowing(id=ONLY, digest=digest)))


def _digest(seeds: Sequence[Seed]) -> str:
    told = [
        (
            _name_of(one.table),
            one.plugin,
            one.seed,
            [(path, _told(value)) for path, value in one.values.items()],
        )
        for one in seeds
    ]
    return sha256(orjson.dumps(told)).hexdigest()


def _told(value: object) -> object:
    return (_name_of(value.table), value.plugin, value.seed) if isinstance(value, SeedRef) else value


def _name_of(table: type[Seeded]) -> str:
    return str(table._meta.tablename)
