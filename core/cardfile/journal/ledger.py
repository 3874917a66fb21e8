"""What one command has done up to now, record by record, until it is written as events."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cardfile.database.names import quoted
from cardfile.failpoints import failpoint
from cardfile.journal.commands import Command
from cardfile.journal.events import Change, change_of, dump
from cardfile.journal.garbage import collecting_later
from cardfile.journal.plans import Plan
from cardfile.journal.statements import CHUNK, chunks, insert_columns, kept_moment
from cardfile.journal.units import Unit

__all__ = ["UNKNOWN", "Ledger", "Mark", "Marked"]

UNKNOWN: Final = -1
"""Stands for a client who is to be looked up when the events are written."""

COLUMNS: Final = (
    "id", "at", "actor", "actor_name", "via", "batch", "cause",
    "name", "entity", "record", "client", "before", "after", "data", "version",
)  # fmt: skip

_NAMES: Final = {
    Change.CREATED: "created",
    Change.CHANGED: "updated",
    Change.ARCHIVED: "archived",
    Change.RESTORED: "restored",
}


Marked = tuple[int, dict[str, object], dict[str, object], int]
"""A changed record: its id, the earlier and the later values of the changed paths, its version now."""


class Mark:
    """What happened to one record: earlier and later values of the changed paths."""

    __slots__ = ("after", "before", "client", "is_merged", "names", "version")

    def __init__(
        self,
        before: dict[str, object] | None,
        after: dict[str, object] | None,
        version: int | None,
        client: int | None,
    ) -> None:
        self.before = before
        self.after = after
        self.version = version
        self.client = client
        self.names: list[tuple[str, Mapping[str, object] | None]] | None = None
        self.is_merged = False

    def add(self, before: Mapping[str, object], after: Mapping[str, object], version: int | None) -> None:
        """Merge a further change of the same record into the mark."""
        if self.after is None:
            self.before, self.after = dict(before), dict(after)
        else:
            if self.before is not None:
                for path, value in before.items():
                    self.before.setdefault(path, value)
            self.after.update(after)
        self.version = version
        self.is_merged = True

    def settle(self) -> bool:
        """Drop what came back to its earlier value; tell whether anything is left to tell."""
        if self.is_merged and self.before is not None and self.after is not None:
            for path in [path for path, value in self.after.items() if self.before.get(path) == value]:
                del self.after[path], self.before[path]
            if not self.after:
                self.before = self.after = None
        return self.after is not None or self.names is not None


class Ledger:
    """Collects the marks of one command and writes one event for each record."""

    def __init__(self, unit: Unit, command: Command) -> None:
        self._unit = unit
        self._command = command
        self._marks: dict[str, dict[int, Mark]] = {}
        self._subjects: set[tuple[str, int]] = set()

    @property
    def is_empty(self) -> bool:
        """Whether the command has done nothing yet."""
        return not self._marks

    def add_subject(self, entity: str, record: int) -> None:
        """Let the event of this record carry the command's own name."""
        self._subjects.add((entity, record))

    def created(
        self, plan: Plan, ids: Sequence[int], rows: Sequence[dict[str, object]], clients: Iterable[int | None]
    ) -> None:
        """Mark new records with all their values."""
        marks = self._marks.setdefault(plan.key, {})
        for record, row, client in zip(ids, rows, clients, strict=False):
            marks[record] = Mark(None, row, 1, client)

    def changed(self, plan: Plan, changes: Iterable[Marked]) -> None:
        """Mark changes of records."""
        marks = self._marks.setdefault(plan.key, {})
        to_client = plan.to_client
        for record, before, after, version in changes:
            mark = marks.get(record)
            if mark is None:
                marks[record] = Mark(before, after, version, record if to_client == () else UNKNOWN)
            else:
                mark.add(before, after, version)

    def named(self, plan: Plan, record: int, name: str, data: Mapping[str, object] | None) -> None:
        """Give the event of a record a name and data of the command's own."""
        mark = self._marks.setdefault(plan.key, {}).setdefault(record, Mark(None, None, None, UNKNOWN))
        mark.names = [*(mark.names or ()), (name, data)]

    async def write(self) -> None:
        """Write the events of everything marked, and forget it."""
        failpoint("journal.rows_written")
        plans = self._unit.app.commands.plans
        rows: list[tuple[object, ...]] = []
        for entity, marks in self._marks.items():
            for part in chunks(marks.items(), CHUNK):
                with collecting_later():
                    kept = [one for one in part if not one[1].is_merged or one[1].settle()]
                    await self._look_up_clients(plans[entity], kept)
                    found = list(self._rows(plans[entity], kept))
                    # Few rows of several entities go together, for each statement has its price.
                    if len(rows) + len(found) > CHUNK:
                        await self._insert(rows)
                        rows = []
                    rows += found
        with collecting_later():
            await self._insert(rows)
        self._marks = {}
        failpoint("journal.events_written")

    async def _insert(self, rows: Sequence[tuple[object, ...]]) -> None:
        if not rows:
            return
        unit, number = self._unit, len(rows)
        ids = await unit.transaction.reserve_ids("event", number)
        if unit.batch is None:
            unit.batch = ids[0]
        actor, now = unit.actor, kept_moment(unit.transaction, unit.now)
        shared = (now, actor.user, actor.name, unit.via, unit.batch, unit.cause)
        columns = (ids, *([value] * number for value in shared), *zip(*rows, strict=True))
        await insert_columns(unit.transaction, "event", dict(zip(COLUMNS, columns, strict=True)))
        unit.events += number

    def _rows(self, plan: Plan, kept: Sequence[tuple[int, Mark]]) -> Iterator[tuple[object, ...]]:
        key, subjects = plan.key, self._subjects
        is_creation = self._command.is_creation and self._command.entity == key
        names = {change: f"{key}.{told}" for change, told in _NAMES.items()}
        for record, mark in kept:
            before = dump(mark.before) if mark.before is not None else None
            after = dump(mark.after) if mark.after is not None else None
            if mark.names is None:
                change = change_of(mark.before, mark.after)
                is_own = (subjects and (key, record) in subjects) or (
                    is_creation and change is Change.CREATED
                )
                name = self._command.event if is_own or change is None else names[change]
                yield (name, key, record, mark.client, before, after, None, mark.version)
                continue
            for name, data in mark.names:
                told = dump(data) if data else None
                yield (name, key, record, mark.client, before, after, told, mark.version)
                before = after = None

    async def _look_up_clients(self, plan: Plan, kept: Sequence[tuple[int, Mark]]) -> None:
        missing = []
        for record, mark in kept:
            if mark.client == UNKNOWN:
                mark.client = self._known_client(plan, record, mark)
                if mark.client == UNKNOWN:
                    missing.append(record)
        if not missing:
            return
        found = await clients_of(self._unit, plan, missing)
        for record, mark in kept:
            if mark.client == UNKNOWN:
                mark.client = found.get(record)

    def _known_client(self, plan: Plan, record: int, mark: Mark) -> int | None:
        """Return the client of a record as far as this unit of work knows the way to him, else `UNKNOWN`."""
        images, entity, here = self._unit.images, plan.key, record
        values: Mapping[str, object] | None = mark.after if mark.before is None else None
        for link in plan.to_client or ():
            image = images.get(entity, {}).get(here)
            known = image.values if image is not None else values
            if known is None or link.path not in known:
                return UNKNOWN
            found = known[link.path]
            if not isinstance(found, int):
                return None
            entity, here, values = link.target, found, None
        return here if plan.to_client is not None else None


async def clients_of(unit: Unit, plan: Plan, ids: Sequence[int]) -> Mapping[int, int]:
    """Return the client on whose timeline each record stands; records without one are left out."""
    if plan.to_client is None:
        return {}
    if not plan.to_client:
        return {record: record for record in ids}
    database = unit.app.database
    here, joins = "t0", ""
    for number, link in enumerate(plan.to_client[:-1], start=1):
        table = unit.app.model[link.target].table
        joins += f" join {quoted(table)} t{number} on t{number}.id = {here}.{quoted(link.source)}"
        here = f"t{number}"
    client = f"{here}.{quoted(plan.to_client[-1].source)}"
    rows = await database.fetch(
        f"select t0.id, {client} from {quoted(plan.table)} t0{joins} "
        f"where t0.id {database.dialect.any_of(1, 'bigint')} and {client} is not null",
        (list(ids),),
    )
    return {int(str(record)): int(str(found)) for record, found in rows}
