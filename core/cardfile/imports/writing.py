"""What was decided about a part of the rows is done: records made and changed, words put on them."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from cardfile.database.tables import Record
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.imports.decisions import Decision
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import importing_command
from cardfile.imports.keys import EMPTY
from cardfile.imports.parts import Part
from cardfile.imports.pending import Existing, Pending
from cardfile.imports.tables import Outcome
from cardfile.imports.tagging import put_words
from cardfile.imports.targets import Tagging
from cardfile.journal.calls import Call
from cardfile.journal.commands import Command
from cardfile.journal.references import check_creation, check_moves, check_owner, default_owner, owner_path
from cardfile.journal.signatures import Values
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.model.record_types import RecordType
from cardfile.rights import Actor, Scope
from cardfile.texts import Label

__all__ = ["Writer"]

About = TypeVar("About", Pending, Existing)

MUST_BE_FILLED: Final = "{field} must be filled in."
MAY_NOT_CREATE: Final = "You may not make new records of this kind."
NOT_MADE: Final = "{field} could not be made, so this was left out, too."


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one part of the rows; `table` holds the records, `assign_to` is who gets the new ones.

    `links` are the references that other parts of a row may fill, `needed` the labels of what a list has to say.
    """

    app: ImportHost
    actor: Actor
    record_type: RecordType
    table: type[Record]
    command: Command
    taggings: Mapping[str, Tagging]
    assign_to: int | None
    links: Collection[str]
    needed: Mapping[str, Label]
    may_create: bool

    @classmethod
    def of(
        cls,
        app: ImportHost,
        actor: Actor,
        part: Part,
        taggings: Mapping[str, Tagging],
        assign_to: int | None,
    ) -> "Writer":
        """Return who writes a part."""
        record_type = part.record_type
        scopes = (actor.rights.scope(record_type.key, action) for action in ("create", "import"))
        needed = {
            path: line.field.label
            for path, line in record_type.lines.items()
            if line.field.required
            and line.field.is_editable
            and line.field.default is None
            and not line.field.completed
        }
        return cls(
            app,
            actor,
            record_type,
            record_type.records,
            importing_command(record_type),
            taggings,
            assign_to,
            part.links,
            needed,
            may_create=all(scope is not Scope.NONE for scope in scopes),
        )

    def missing(self, values: Mapping[str, object]) -> Refused | None:
        """Return why no record can be made of a row's values, as far as they tell; None when nothing is missing."""
        if not self.may_create:
            return NotAllowed(MAY_NOT_CREATE)
        for path, label in self.needed.items():
            if values.get(path) in EMPTY:
                return InvalidInput(MUST_BE_FILLED, field=label)
        return None

    async def write(self, work: UnitOfWork, decisions: Sequence[Decision]) -> None:
        """Do what was decided; a record that is refused makes its rows refused, and nothing else suffers."""
        made: dict[int, Pending] = {}
        changed: dict[int, Existing] = {}
        for one in decisions:
            if one.about is None or not one.about.wanted:
                continue
            if isinstance(one.about, Pending):
                made.setdefault(id(one.about), one.about)
            else:
                changed.setdefault(id(one.about), one.about)
        abouts: list[Pending | Existing] = [*made.values(), *changed.values()]
        for about in abouts:
            self._link(about)
        await self._make(work, [one for one in made.values() if one.refused is None])
        await self._change(work, [one for one in changed.values() if one.changes and one.refused is None])
        await self._put_words(work, abouts)
        for one in decisions:
            _settle(one)

    def _link(self, about: Pending | Existing) -> None:
        """Put the ids of records that were made meanwhile in the place of those records."""
        values = about.values if isinstance(about, Pending) else about.changes
        for path in self.links:
            other = values.get(path)
            if not isinstance(other, Pending):
                continue
            line = self.record_type.lines[path]
            if other.record is not None:
                values[path] = other.record
            elif line.field.required:
                about.refused = InvalidInput(NOT_MADE, field=line.field.label)
            else:
                del values[path]

    async def _make(self, work: UnitOfWork, made: Sequence[Pending]) -> None:
        if not made:
            return
        owner = owner_path(self.record_type)
        for one in made:
            if owner is not None and self.assign_to is not None:
                one.values.setdefault(owner, self.assign_to)
            default_owner(self.record_type, one.values, self.actor)
        rows = [one.values for one in made]
        for index, refused in (await check_creation(work, self.record_type, rows)).items():
            made[index].refused = refused
        await self._create([one for one in made if one.refused is None])

    async def _create(self, made: Sequence[Pending]) -> None:
        """Make records; of those that hooks or the database refuse, each is told why by itself."""

        async def do(call: Call, some: Sequence[Pending]) -> None:
            # Copies: hooks complete what they are given, and it may have to be given again.
            ids = await call.bulk_create(self.table, [Values(one.values) for one in some])
            for one, record in zip(some, ids, strict=True):
                one.record = record

        await self._in_parts(made, do)

    async def _change(self, work: UnitOfWork, changed: Sequence[Existing]) -> None:
        rights, owner = self.actor.rights, owner_path(self.record_type)
        scope = rights.scope(self.record_type.key, "assign") or rights.scope(self.record_type.key, "edit")
        for one in changed:
            if owner is not None:
                one.refused = check_owner(self.record_type, one.changes, self.actor, scope, before=one.values)
        moved = {place: one.changes for place, one in enumerate(changed) if one.refused is None}
        befores = [one.values for one in changed]
        for place, refused in (
            await check_moves(work, self.record_type, moved, "edit", befores=befores)
        ).items():
            changed[place].refused = refused

        async def do(call: Call, some: Sequence[Existing]) -> None:
            await call.bulk_write(self.table, {one.record: Values(one.changes) for one in some})

        await self._in_parts([one for one in changed if one.refused is None], do)

    async def _in_parts(
        self, items: Sequence[About], do: Callable[[Call, Sequence[About]], Awaitable[None]]
    ) -> None:
        """Do something with all items at once or, when it is refused, with ever smaller parts of them."""
        if not items:
            return
        try:
            async with self.app.unit_of_work(self.actor, via="import") as inner:
                call = Call(inner, self.command)
                await do(call, items)
                await call.finish()
        except Refused as error:
            if len(items) == 1:
                (one,) = items
                one.refused = error
                if isinstance(one, Pending):
                    one.record = None
                return
            middle = len(items) // 2
            await self._in_parts(items[:middle], do)
            await self._in_parts(items[middle:], do)

    async def _put_words(self, work: UnitOfWork, written: Sequence[Pending | Existing]) -> None:
        for path, tagging in self.taggings.items():
            words = {
                one.record: one.tags[path]
                for one in written
                if one.refused is None and one.record is not None and one.tags.get(path)
            }
            if not words:
                continue
            call = Call(work, self.command)
            tagged = await put_words(call, tagging, words)
            await call.finish()
            for one in written:
                if isinstance(one, Existing):
                    one.tagged = one.tagged or one.record in tagged


def _settle(one: Decision) -> None:
    """Let the row tell what came of it in the end."""
    about = one.about
    if about is None or not about.wanted:
        return
    if about.refused is not None and not (isinstance(about, Existing) and one.own is Outcome.UNCHANGED):
        one.refuse(about.refused)
        if isinstance(about, Existing):
            one.found, one.about = about.record, None
    elif isinstance(about, Existing) and about.tagged and one.row.tags and one.own is Outcome.UNCHANGED:
        one.own = Outcome.UPDATED
