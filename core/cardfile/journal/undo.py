"""Taking back what a batch has done: an import, a merge, a bulk change."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

import orjson

from cardfile.database.failures import ConstraintViolated
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.journal.changes import change_rows, read_entries_of
from cardfile.journal.commands import Command
from cardfile.journal.creation import Books, paths_of_column
from cardfile.journal.entries import kept_entries
from cardfile.journal.host import Host
from cardfile.journal.ledger import COLUMNS, Ledger
from cardfile.journal.plans import Plan
from cardfile.journal.statements import CHUNK, chunks, insert_rows
from cardfile.journal.units import Unit
from cardfile.journal.upkeep import Upkeep
from cardfile.model.fields import Kind
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING
from cardfile.values.money import Money

__all__ = ["Kept", "Reverted", "note_reverted", "records_of_batch", "revert_batch", "revert_records"]

BATCH: Final = "batch"
CLIENT: Final = "client"
REVERTED: Final = "batch.reverted"
AT_ONCE: Final = 10_000
"""How many rows are sorted by entities before others may use the event loop."""

GONE: Final = "It is gone."
CHANGED: Final = "It was changed since."
CLASHES: Final = "Another record has this value by now."


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays as it is in one record, and why."""

    entity: str
    record: int
    paths: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Reverted:
    """What was taken back: how many records have earlier values again, and how many new ones were archived.

    `batch` is the number of the taking back, which can be taken back in turn.
    """

    batch: int
    restored: int = 0
    archived: int = 0
    kept: tuple[Kept, ...] = ()


@dataclass(slots=True)
class _Was:
    """What a batch found and left in one record; `last` is its last event."""

    created: bool = False
    last: int = 0
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


async def revert_batch(work: Unit, batch: int) -> Reverted:
    """Take back a batch: new records are archived, changed fields get their earlier values.

    A new record with which people have worked since stays and is named in `kept`; so does a field that is no
    longer as the batch has left it, and a unique value that another record has by now. The taking back is a
    batch of its own. It is not asked whether the actor may do this to each record: the command that calls it
    says who may. Raises `InvalidInput` when the batch is unknown or was taken back before.
    """
    if await _is_reverted(work, batch):
        raise InvalidInput("This was taken back already.")
    own = await work.open_batch()
    if own == batch:
        raise InvalidInput("A batch cannot take itself back.")
    restored, archived, kept = 0, 0, list[Kept]()
    found = await records_of_batch(work.app, batch)
    for entity, ids in found.items():
        for part in chunks(ids, CHUNK):
            one = await revert_records(work, batch, entity, part)
            restored, archived = restored + one.restored, archived + one.archived
            kept += one.kept
    if not found:
        raise InvalidInput("There is nothing to take back under the number {batch}.", batch=batch)
    await note_reverted(work, batch)
    return Reverted(own, restored, archived, tuple(kept))


async def records_of_batch(app: Host, batch: int) -> dict[str, list[int]]:
    """Return the records that a batch made or changed, by entity, in the order in which they are taken back."""
    rows = await app.database.fetch(
        "select entity, record, min(id) from event where batch = $1 and entity <> $2 "
        "group by entity, record order by record",
        (batch, BATCH),
    )
    first: dict[str, int] = {}
    records: dict[str, list[int]] = {}
    for place, (told, record, event) in enumerate(rows):
        entity, number = str(told), int(str(event))
        first[entity] = min(number, first.get(entity, number))
        records.setdefault(entity, []).append(int(str(record)))
        if place % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
    # In the opposite order of making, so that what hangs on a record goes before it.
    return {entity: records[entity] for entity in sorted(first, key=first.__getitem__, reverse=True)}


async def revert_records(work: Unit, batch: int, entity: str, ids: Sequence[int]) -> Reverted:
    """Take back what a batch has done to some records of an entity: a part of what `revert_batch` does.

    Whoever takes a batch back by parts does so under one number, in the order of `records_of_batch`, and calls
    `note_reverted` in the last one.
    """
    own = await work.open_batch()
    plan, kept = work.app.commands.plans.get(entity), list[Kept]()
    if plan is None:
        return Reverted(own)
    restored, archived = await _revert(work, plan, batch, ids, kept)
    # Whatever commands of this unit of work knew of the records is out of date.
    work.images.clear()
    return Reverted(own, restored, archived, tuple(kept))


async def _is_reverted(work: Unit, batch: int) -> bool:
    """Tell whether a batch was taken back, and that not taken back in turn."""
    rows = await work.transaction.fetch(
        "select batch from event where entity = $1 and record = $2 and name = $3", (BATCH, batch, REVERTED)
    )
    for (marker,) in rows:
        if not await _is_reverted(work, int(str(marker))):
            return True
    return False


async def _revert(
    work: Unit, plan: Plan, batch: int, ids: Sequence[int], kept: list[Kept]
) -> tuple[int, int]:
    dialect = work.app.database.dialect
    rows = await work.transaction.fetch(
        # The batch may be much larger than this portion of it: the sum hides it from the choice of an index.
        f"select record, before, after, id from event where entity = $1 and record {dialect.any_of(2, 'bigint')} "
        "and batch + 0 = $3 order by record, id",
        (plan.key, list(ids), batch),
    )
    found: dict[int, _Was] = {}
    for record, before, after, event in rows:
        if after is not None:
            was = found.setdefault(int(str(record)), _Was())
            was.last = int(str(event))
            _remember(was, before, orjson.loads(str(after)))
    befores = await _now(work, plan, found)
    touched = await _touched(work, plan, batch, found, befores)
    changes: dict[int, dict[str, object]] = {}
    created: set[int] = set()
    for record, was in found.items():
        row = befores.get(record)
        if row is None:
            kept.append(Kept(plan.key, record, tuple(sorted(was.before)), GONE))
        elif not was.created:
            stays = tuple(sorted(path for path in was.before if _is_changed(plan, path, row, was)))
            if stays:
                kept.append(Kept(plan.key, record, stays, CHANGED))
            earlier = {path: value for path, value in was.before.items() if path not in stays}
            changes[record] = {path: _value(plan, path, value) for path, value in earlier.items()}
        elif record in touched:
            kept.append(Kept(plan.key, record, tuple(sorted(touched[record])), CHANGED))
        elif row["archived_at"] is None:
            lists = {path: () for path in plan.entries if was.after.get(path)}
            changes[record] = {"archived_at": work.now, **lists}
            created.add(record)
    writing = _Writing(work, plan, befores, kept)
    done = await writing.write(changes)
    archived = len(created & done)
    return len(done) - archived, archived


async def _touched(
    work: Unit, plan: Plan, batch: int, found: Mapping[int, _Was], befores: Mapping[int, dict[str, object]]
) -> dict[int, set[str]]:
    """Return which of the records that a batch made people have worked with since, and what they changed.

    A client is worked with, too, when something else is noted about him: a deal, a task, an interaction. What was
    taken back meanwhile does not count.
    """
    created = {record: was.last for record, was in found.items() if was.created and record in befores}
    if not created:
        return {}
    among = work.app.database.dialect.any_of(1, "bigint")
    since = "batch + 0 not in ($3, $4) and actor is not null and after is not null order by id"
    given = (list(created), plan.key, batch, work.batch)
    changed: dict[int, dict[str, object]] = {}
    for told, event, after in await work.transaction.fetch(
        f"select record, id, after from event where entity = $2 and record {among} and {since}", given
    ):
        if int(str(event)) > created[int(str(told))]:
            changed.setdefault(int(str(told)), {}).update(orjson.loads(str(after)))
    await read_entries_of(work, plan, {record: befores[record] for record in changed}, changed)
    touched: dict[int, set[str]] = {}
    for record, paths in changed.items():
        for path in paths.keys() - {"archived_at"}:
            if _is_changed(plan, path, befores[record], found[record]):
                touched.setdefault(record, set()).add(path)
    if plan.key != CLIENT:
        return touched
    living: dict[tuple[int, str, int], bool] = {}
    for client, entity, told, event, after in await work.transaction.fetch(
        f"select client, entity, record, id, after from event where client {among} and entity <> $2 and {since}",
        given,
    ):
        if int(str(event)) > created[int(str(client))]:
            key = int(str(client)), str(entity), int(str(told))
            living[key] = orjson.loads(str(after)).get("archived_at") is None
    for (client, *_), is_living in living.items():
        if is_living:
            touched.setdefault(client, set())
    return touched


@dataclass(slots=True)
class _Writing:
    """Writes earlier values into records of one type, but for those that would clash with another record by now."""

    work: Unit
    plan: Plan
    befores: Mapping[int, dict[str, object]]
    kept: list[Kept]
    done: set[int] = field(default_factory=set)
    written: dict[int, Mapping[str, object]] = field(default_factory=dict)

    async def write(self, changes: Mapping[int, Mapping[str, object]]) -> set[int]:
        """Write, and return the records that are different now; what clashes stays and is named."""
        books = Books(Ledger(self.work, _command(self.plan)), Upkeep(self.work))
        waiting: Mapping[int, Mapping[str, object]] = changes
        while waiting:
            clashing = await self._try(books, waiting)
            if len(clashing) == len(waiting):
                # Nobody who goes back makes room for another.
                clashing = {record: self._without(record, change) for record, change in clashing.items()}
            waiting = {record: change.values for record, change in clashing.items() if change.values}
        await books.upkeep.settle()
        await books.ledger.write()
        await self._tell()
        return self.done

    async def _tell(self) -> None:
        """Let the plugins act on what was taken back."""
        hooks = self.work.app.hooks
        if self.written and hooks.has("records_reverting"):
            call = Call(self.work, _command(self.plan))
            told = {"call": call, "entity": self.plan.key, "changed": self.written}
            await hooks.each("records_reverting", **told)
            await call.finish()

    async def _try(
        self, books: Books, changes: Mapping[int, Mapping[str, object]]
    ) -> Mapping[int, "_Clashing"]:
        """Write what can be written, and return what clashes: sought by halves, for mostly nothing does."""
        work = self.work
        try:
            async with work.app.database.transaction():
                done = await change_rows(None, work, books, self.plan, self.befores, changes, ask=False)
        except (InvalidInput, ConstraintViolated) as error:
            cause = error if isinstance(error, ConstraintViolated) else error.__cause__
            if not isinstance(cause, ConstraintViolated) or cause.kind != "unique":
                raise
            if len(changes) == 1:
                return {record: _Clashing(values, cause) for record, values in changes.items()}
        else:
            self.done |= done.keys()
            self.written.update(done)
            return {}
        items = list(changes.items())
        first, second = dict(items[: len(items) // 2]), dict(items[len(items) // 2 :])
        return {**await self._try(books, first), **await self._try(books, second)}

    def _without(self, record: int, change: "_Clashing") -> "_Clashing":
        """Leave out the values that clash: those of the unique columns, else the return from the archive."""
        found = [path for column in change.clash.columns for path in paths_of_column(self.plan, column)]
        stays = [path for path in found if path in change.values] or [
            path for path in ("archived_at",) if path in change.values
        ]
        stays = stays or list(change.values)
        self.kept.append(Kept(self.plan.key, record, tuple(sorted(stays)), CLASHES))
        return replace(
            change, values={path: value for path, value in change.values.items() if path not in stays}
        )


@dataclass(frozen=True, slots=True)
class _Clashing:
    """Earlier values of a record that cannot be written, and what the database says of it."""

    values: Mapping[str, object]
    clash: ConstraintViolated


def _remember(was: _Was, before: object, after: Mapping[str, Any]) -> None:
    was.after.update(after)
    if before is None:
        was.created = True
        return
    for path, value in orjson.loads(str(before)).items():
        was.before.setdefault(path, value)


def _is_changed(plan: Plan, path: str, row: Mapping[str, object], was: _Was) -> bool:
    """Tell whether a field is no longer as the batch has left it."""
    now, left = row.get(path), _value(plan, path, was.after.get(path))
    if isinstance(now, tuple) and path in plan.entries and isinstance(left, tuple):
        return set(now) != set(left)
    return now != left


async def _now(work: Unit, plan: Plan, found: Mapping[int, _Was]) -> dict[int, dict[str, object]]:
    rows = await fetch_records(
        work.app.database,
        work.app.model,
        plan.record_type,
        EVERYTHING,
        now=work.now,
        ids=list(found),
        order=("id",),
        lock=True,
        archived=True,
        paths=plan.paths,
        reading=work.reading,
    )
    befores = {int(str(row["id"])): row for row in rows}
    await read_entries_of(work, plan, befores, {record: found[record].before for record in befores})
    return befores


def _command(plan: Plan) -> Command:
    async def take_back() -> None:
        return None

    return Command(
        name=f"{plan.key}.revert",
        entity=plan.key,
        action="edit",
        label={"en": "Take back", "ru": "Отменить"},
        function=take_back,
        parameters=(),
        result=None,
        event=f"{plan.key}.reverted",
    )


def _value(plan: Plan, path: str, told: Any) -> object:
    """Return the value that an event keeps as the one that a record keeps."""
    if path in plan.entries:
        return kept_entries(told)
    slot = plan.slots.get(path)
    if told is None or slot is None or slot.line is None:
        return told
    match slot.line.kind:
        case Kind.DATE:
            return date.fromisoformat(told)
        case Kind.DATETIME:
            return datetime.fromisoformat(told)
        case Kind.MONEY:
            return Money(told["minor"], told["currency"])
        case Kind.CHOICES:
            return tuple(told)
    return told


async def note_reverted(work: Unit, batch: int) -> None:
    """Remember in the journal that a batch was taken back, under the number of this unit's own batch."""
    (event,) = await work.transaction.reserve_ids("event", 1)
    row = {
        "id": event,
        "at": work.now,
        "actor": work.actor.user,
        "actor_name": work.actor.name,
        "via": work.via,
        "batch": work.batch,
        "name": REVERTED,
        "entity": BATCH,
        "record": batch,
    }
    await insert_rows(work.transaction, "event", COLUMNS, [tuple(row.get(name) for name in COLUMNS)])
    work.events += 1
