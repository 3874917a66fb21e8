"""What was decided about a portion is done: records made and changed, words put on them, in one transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from cardfile.database.tables import Record
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.imports.deciding import Decision, Existing, Pending
from cardfile.imports.host import ImportHost
from cardfile.imports.tables import Outcome
from cardfile.imports.tagging import put_words
from cardfile.imports.targets import Tagging
from cardfile.journal.calls import Call
from cardfile.journal.commands import Command
from cardfile.journal.references import check_creation, check_owner, default_owner
from cardfile.journal.signatures import Values
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.model.entities import Owned
from cardfile.model.record_types import RecordType
from cardfile.rights import Actor, Scope

__all__ = ["Writer"]

About = TypeVar("About", Pending, Existing)

MUST_BE_FILLED: Final = "{field} must be filled in."
MAY_NOT_CREATE: Final = "You may not make new records of this kind."


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the portions of one import; `table` holds the records, `assign_to` is who gets the new ones."""

    app: ImportHost
    actor: Actor
    record_type: RecordType
    table: type[Record]
    command: Command
    taggings: Mapping[str, Tagging]
    assign_to: int | None

    async def write(self, work: UnitOfWork, decisions: Sequence[Decision]) -> None:
        """Do what was decided; a record that is refused makes its rows refused, and nothing else suffers."""
        made: dict[int, Pending] = {}
        changed: dict[int, Existing] = {}
        for one in decisions:
            if isinstance(one.about, Pending):
                made.setdefault(id(one.about), one.about)
            elif isinstance(one.about, Existing):
                changed.setdefault(id(one.about), one.about)
        await self._make(work, list(made.values()))
        await self._change([one for one in changed.values() if one.changes])
        await self._put_words(work, [*made.values(), *changed.values()])
        for one in decisions:
            _settle(one)

    async def _make(self, work: UnitOfWork, made: Sequence[Pending]) -> None:
        if not made:
            return
        owner = self._owner
        for one in made:
            if owner is not None and self.assign_to is not None:
                one.values.setdefault(owner, self.assign_to)
            default_owner(self.record_type, one.values, self.actor)
        for one, missing in ((one, self._missing(one.values)) for one in made):
            if missing is not None:
                one.refused = missing
        if self.actor.rights.scope(self.record_type.key, "create") is Scope.NONE:
            for one in made:
                one.refused = NotAllowed(MAY_NOT_CREATE)
        else:
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

    async def _change(self, changed: Sequence[Existing]) -> None:
        owner, rights = self._owner, self.actor.rights
        scope = rights.scope(self.record_type.key, "assign") or rights.scope(self.record_type.key, "edit")
        for one in changed:
            if owner is not None and one.refused is None:
                one.refused = check_owner(self.record_type, one.changes, self.actor, scope, before=one.values)

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

    @property
    def _owner(self) -> str | None:
        visibility = self.record_type.visibility
        return visibility.owner if isinstance(visibility, Owned) else None

    def _missing(self, values: Values) -> Refused | None:
        for path, line in self.record_type.lines.items():
            is_needed = line.field.required and line.field.is_editable and line.field.default is None
            if is_needed and values.get(path) in (None, "", ()):
                return InvalidInput(MUST_BE_FILLED, field=line.field.label)
        return None


def _settle(one: Decision) -> None:
    """Let the row tell what came of it in the end."""
    about = one.about
    if about is None:
        return
    if about.refused is not None and not (isinstance(about, Existing) and one.outcome is Outcome.UNCHANGED):
        one.outcome = Outcome.REFUSED
        one.row.note(about.refused)
        if isinstance(about, Existing):
            one.record, one.about = about.record, None
    elif isinstance(about, Existing) and about.tagged and one.row.tags and one.outcome is Outcome.UNCHANGED:
        one.outcome = Outcome.UPDATED
