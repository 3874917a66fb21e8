"""What a command holds while it runs: who asks, when, and the only ways to read and to write."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from cardfile.database.piccolo_bridge import PiccoloQuery
from cardfile.database.tables import Record
from cardfile.errors import DeclarationError, NotFound, Refused
from cardfile.failpoints import failpoint
from cardfile.journal.changes import change_rows, needed_paths
from cardfile.journal.commands import Command
from cardfile.journal.creation import Books, create_rows
from cardfile.journal.deeds import Written
from cardfile.journal.garbage import collecting_later
from cardfile.journal.host import Hooks, Host
from cardfile.journal.ledger import Ledger
from cardfile.journal.plans import Plan
from cardfile.journal.records import bring_up_to_date, record_of
from cardfile.journal.signatures import Values
from cardfile.journal.statements import chunks
from cardfile.journal.units import Image, Unit
from cardfile.journal.upkeep import Upkeep
from cardfile.query.rows import count_records, fetch_records
from cardfile.rights import EVERYTHING, Actor, Rights
from cardfile.settings import Settings
from cardfile.texts import Texts

__all__ = ["Call"]

R = TypeVar("R", bound=Record)
Answer = TypeVar("Answer")
Filter = Mapping[str, object]
Rows = Mapping[int, Mapping[str, object]]
NONE: Rows = MappingProxyType({})


class Call:
    """One command in the making.

    Reads see what the actor may see, unless `rights` says otherwise. Writes are the command's own: they may
    touch what the actor may not, for the command was permitted as a whole. Everything written for one record
    becomes one event. Once a write has been refused by the database the unit of work cannot go on.

    A call that only reads (its command says so, or its unit has no transaction) raises `DeclarationError` where
    something is to be written. `prepared` is what the command's preparation returned.
    """

    def __init__(self, work: Unit, command: Command, *, prepared: object = None) -> None:
        self.work = work
        self.command = command
        self.prepared = prepared
        self.now: datetime = work.now
        self.writes = command.writes and work.held is not None
        self._kept = Books(Ledger(work, command), Upkeep(work)) if self.writes else None

    @property
    def app(self) -> Host:
        """The app."""
        return self.work.app

    @property
    def actor(self) -> Actor:
        """Who does it."""
        return self.work.actor

    @property
    def rights(self) -> Rights:
        """What the actor may see and do."""
        return self.work.actor.rights

    @property
    def via(self) -> str:
        """Through which door the command came."""
        return self.work.via

    @property
    def locale(self) -> str:
        """The actor's language."""
        return self.work.actor.locale

    @property
    def texts(self) -> Texts:
        """The speaker of the actor's language."""
        return self.app.texts(self.locale)

    @property
    def settings(self) -> Settings:
        """What the installation has set."""
        return self.app.settings

    @property
    def hooks(self) -> Hooks:
        """The plugins' part."""
        return self.app.hooks

    @property
    def has_written(self) -> bool:
        """Whether anything was written or recorded yet."""
        return self._kept is not None and not self._kept.ledger.is_empty

    @property
    def _books(self) -> Books:
        if self._kept is not None:
            return self._kept
        if self.command.writes:
            raise DeclarationError(
                f"{self.command.name!r} is being prepared, and nothing is written then: write in the command"
            )
        raise DeclarationError(
            f"the command {self.command.name!r} says that it only reads, and writes: leave out writes=False"
        )

    def plan(self, table: type[Record]) -> Plan:
        """Return how records of `table` are written."""
        return self.work.app.commands.plan_of(table)

    async def get(
        self,
        table: type[R],
        record: int,
        *,
        rights: Rights | None = None,
        action: str = "read",
        lock: bool = False,
    ) -> R:
        """Return one record, archived or not; raises `NotFound` when the actor may not see it."""
        found = await self.load(table, [record], rights=rights, action=action, lock=lock)
        if not found:
            raise NotFound(
                "There is no such record: {id}.", id=self.app.model.of_table(table).global_id(record)
            )
        return found[0]

    async def load(
        self,
        table: type[R],
        ids: Collection[int],
        *,
        rights: Rights | None = None,
        action: str = "read",
        lock: bool = False,
    ) -> list[R]:
        """Return those records to which the actor may do `action`, archived or not, in the order of `ids`."""
        plan = self.plan(table)
        rows = await self._fetch(plan, rights, ids=ids, action=action, lock=lock, archived=True)
        found = {row["id"]: self._known(table, plan, row, locked=lock) for row in rows}
        return [found[record] for record in ids if record in found]

    async def find(
        self,
        table: type[R],
        *,
        filter: Filter | None = None,  # the word of the API
        order: Sequence[str] = (),
        limit: int = 50,
        rights: Rights | None = None,
        archived: bool = False,
        lock: bool = False,
    ) -> list[R]:
        """Return the records under a filter; archived ones are left out unless asked for."""
        plan = self.plan(table)
        rows = await self._fetch(
            plan, rights, filter=filter, order=order, limit=limit, archived=archived, lock=lock
        )
        return [self._known(table, plan, row, locked=lock) for row in rows]

    async def count(
        self,
        table: type[Record],
        *,
        filter: Filter | None = None,  # the word of the API
        rights: Rights | None = None,
    ) -> int:
        """Return how many live records there are under a filter."""
        record_type = self.app.model.of_table(table)
        return await count_records(
            self.app.database,
            self.app.model,
            record_type,
            rights or self.rights,
            now=self.now,
            filter=filter,
            reading=self.work.reading,
        )

    def told(self, record: Record, path: str, /) -> object:
        """Return a value of a record for a sentence to the actor: its id where the value is hidden from him."""
        record_type = self.app.model.of_table(type(record))
        is_shown = self.rights.sees(record_type.key, path)
        return getattr(record, path) if is_shown else record_type.global_id(record.id)

    async def values(self, record: Record) -> Mapping[str, object]:
        """Return all values of a record by path, cards included, as they are now."""
        return (await self._image(self.plan(type(record)), record)).values

    async def create(self, table: type[R], values: Mapping[str, object], /) -> R:
        """Make a record and return it."""
        plan = self.plan(table)
        row = Values(self.app.commands.forms[plan.key].take(values, self.work.reading))
        (record,) = await create_rows(self, self.work, self._books, plan, [row])
        stamps = {
            "id": record,
            "version": 1,
            "created_at": self.now,
            "created_by": self.actor.user,
            "updated_at": self.now,
            "archived_at": None,
        }
        empty = dict.fromkeys(path for path in plan.slots if plan.slots[path].is_kept)
        made = self._known(table, plan, {**empty, **plan.computed, **row, **stamps})
        await self._keeping(plan.key, {record: row})
        return made

    async def write(self, record: R, values: Mapping[str, object] | None = None, /, **changes: object) -> R:
        """Change a record and return it; what is not different is not written.

        Raises `VersionConflict` when somebody else has changed the record since it was read.
        """
        await self._change(record, {**(values or {}), **changes} if changes else values or {})
        return record

    async def archive(self, record: R, /) -> R:
        """Lay a record aside; one that is archived already stays as it is."""
        plan = self.plan(type(record))
        if (await self._image(plan, record)).values.get("archived_at") is None:
            await self.hooks.each("record_archiving", call=self, entity=plan.key, record=record)
            await self._change(record, {"archived_at": self.now}, ask=False)
        return record

    async def restore(self, record: R, /) -> R:
        """Bring an archived record back."""
        await self._change(record, {"archived_at": None}, ask=False)
        return record

    def record(self, name: str, record: Record, /, **data: object) -> None:
        """Let the event of `record` be called `name` and hold `data`, even if nothing of it changes."""
        self._books.ledger.named(self.plan(type(record)), record.id, name, data or None)

    async def bulk_create(self, table: type[Record], rows: Iterable[Mapping[str, object]]) -> list[int]:
        """Make many records and return their ids in order; hooks see them in portions."""
        plan = self.plan(table)
        form = self.app.commands.forms[plan.key]
        ids: list[int] = []
        for part in chunks(rows):
            with collecting_later():
                taken: list[dict[str, object]] = []
                try:
                    taken.extend(form.take_all(part, self.work.reading))
                except Refused as error:
                    raise error.at(len(ids) + len(taken)) from None
                made = await create_rows(self, self.work, self._books, plan, taken)
            await self._keeping(plan.key, dict(zip(made, taken, strict=True)))
            ids += made
            failpoint("journal.bulk_portion_written")
        return ids

    async def bulk_write(
        self,
        table: type[Record],
        changes: Mapping[int, Mapping[str, object]],
        *,
        rights: Rights | None = None,
        action: str = "edit",
        ask: bool = True,
    ) -> Written:
        """Change many records, each in its own way, and return which ones are different now.

        Raises `NotFound` when one of them is out of the actor's reach for `action`.
        """
        plan = self.plan(table)
        form = self.app.commands.forms[plan.key]
        changed: set[int] = set()
        for part in chunks(changes):
            with collecting_later():
                given = form.take_all([changes[record] for record in part], self.work.reading)
                taken = dict(zip(part, given, strict=True))
                images = self.work.images.get(plan.key, {})
                held = rights is EVERYTHING and all(one in images and images[one].locked for one in part)
                if held:
                    befores = {record: images[record].values for record in part}
                else:
                    paths = needed_paths(plan, taken) if images.keys().isdisjoint(part) else plan.paths
                    rows = await self._fetch(
                        plan, rights, ids=part, action=action, lock=True, archived=True, paths=paths
                    )
                    befores = {record: row for row in rows if isinstance(record := row["id"], int)}
                missing = next((record for record in part if record not in befores), None)
                if missing is not None:
                    raise NotFound("There is no such record: {id}.", id=plan.record_type.global_id(missing))
                complete = None if held else partial(self._complete, plan, befores)
                different = await change_rows(
                    self, self.work, self._books, plan, befores, taken, ask=ask, complete=complete
                )
                changed |= different.keys()
                self._refresh(plan, befores, changed)
            await self._keeping(plan.key, changed=different)
        return Written(frozenset(changed), frozenset(changes.keys() - changed))

    async def _complete(
        self, plan: Plan, befores: Mapping[int, dict[str, object]], ids: Collection[int]
    ) -> None:
        # Everything, for the rows were found in reach already, and are locked.
        for row in await self._fetch(plan, EVERYTHING, ids=ids, archived=True):
            befores[int(str(row["id"]))].update(row)

    async def run(self, query: PiccoloQuery[Answer]) -> Answer:
        """Run a Piccolo query in this transaction; for reads, and for tables that are no records."""
        return await self.app.database.run(query)

    async def finish(self) -> None:
        """Bring what depends on the writes up to date, and write the events."""
        if self._kept is not None:
            await self._kept.upkeep.settle()
            await self._kept.ledger.write()

    def be_about(self, record: Record) -> None:
        """Let the event of `record` carry the command's own name."""
        self._books.ledger.add_subject(self.plan(type(record)).key, record.id)

    async def _fetch(
        self,
        plan: Plan,
        rights: Rights | None,
        *,
        ids: Collection[int] | None = None,
        action: str = "read",
        filter: Filter | None = None,  # the word of the API
        order: Sequence[str] = (),
        limit: int | None = None,
        lock: bool = False,
        archived: bool = False,
        paths: Collection[str] | None = None,
    ) -> list[dict[str, object]]:
        return await fetch_records(
            self.app.database,
            self.app.model,
            plan.record_type,
            rights or self.rights,
            now=self.now,
            action=action,
            ids=ids,
            filter=filter,
            order=("id",) if ids is not None else order,
            limit=limit,
            lock=lock,
            archived=archived,
            paths=plan.paths if paths is None else paths,
            reading=self.work.reading,
        )

    async def _change(self, record: Record, given: Mapping[str, object], *, ask: bool = True) -> None:
        plan = self.plan(type(record))
        image = await self._image(plan, record)
        taken = self.app.commands.forms[plan.key].take(given, self.work.reading)
        befores = {record.id: image.values}
        different = await change_rows(
            self, self.work, self._books, plan, befores, {record.id: taken}, ask=ask
        )
        bring_up_to_date(plan, record, image.values)
        await self._keeping(plan.key, changed=different)

    async def _keeping(self, entity: str, created: Rows = NONE, changed: Rows = NONE) -> None:
        if created or changed:
            told = {"call": self, "entity": entity, "created": created, "changed": changed}
            await self.hooks.each("records_keeping", **told)

    def _known(self, table: type[R], plan: Plan, row: dict[str, object], *, locked: bool = False) -> R:
        """Return the object of a row: the one that this unit of work knows already, brought up to date."""
        images = self.work.images.setdefault(plan.key, {})
        key = int(str(row["id"]))
        image = images.get(key)
        if image is None:
            image = images[key] = Image(row, record_of(plan, row))
        else:
            image.values = row
            bring_up_to_date(plan, image.record, row)
        image.locked = image.locked or locked
        if not isinstance(image.record, table):
            raise TypeError(f"{plan.table} holds no {table.__name__}")
        return image.record

    def _refresh(self, plan: Plan, rows: Mapping[int, dict[str, object]], changed: Collection[int]) -> None:
        images = self.work.images.get(plan.key, {})
        for key in images.keys() & rows.keys() & set(changed):
            images[key].values = rows[key]
            bring_up_to_date(plan, images[key].record, rows[key])

    async def _image(self, plan: Plan, record: Record) -> Image:
        image = self.work.images.get(plan.key, {}).get(record.id)
        if image is None:
            # The command holds the record, so it was seen; a nested unit of work may have changed it since.
            rows = await self._fetch(plan, EVERYTHING, ids=[record.id], lock=self.writes, archived=True)
            if not rows:
                raise NotFound("There is no such record: {id}.", id=plan.record_type.global_id(record.id))
            image = Image(rows[0], record)
            self.work.images.setdefault(plan.key, {})[record.id] = image
        return image
