"""What the rows of one sheet go through, portion by portion: read, decided about, written.

A run, a check and a preview take the same way; only a run writes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cardfile.errors import NotAllowed
from cardfile.imports.columns import CompiledColumn, ReadRow, compile_columns, identifying_paths, read_row
from cardfile.imports.deciding import Decider, Decision
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import heir_of, importing_command
from cardfile.imports.matching import Matcher, earlier_imports
from cardfile.imports.name_book import read_books
from cardfile.imports.plan import SheetPlan
from cardfile.imports.tables import DuplicateMode
from cardfile.imports.targets import Place, PlaceKind, places_of
from cardfile.imports.writing import Writer
from cardfile.journal.host import reading_of
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.journal.units import Unit
from cardfile.model.record_types import RecordType
from cardfile.rights import Actor
from cardfile.spreadsheets.cells import Row

__all__ = ["Origin", "SheetWork", "WorkOptions"]

_AT_ONCE: Final = 200
"""How many rows are read from cells before others may use the event loop."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From which import, of which file, the rows come: what an earlier one made of the same rows is known."""

    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """What was chosen for the rows of a sheet; `assign_to` is who gets the new records that name nobody.

    With `remembers` the rows of all portions know of each other, as is needed where nothing is written;
    without it those of one portion do, for the database knows the others.
    """

    duplicates: DuplicateMode = DuplicateMode.SKIP
    assign_to: int | None = None
    origin: Origin | None = None
    remembers: bool = False


class SheetWork:
    """The way of the rows of one sheet; made by `SheetWork.of`."""

    def __init__(
        self,
        app: ImportHost,
        actor: Actor,
        plan: SheetPlan,
        options: WorkOptions,
        places: Mapping[int, tuple[str, Place]],
        columns: Sequence[CompiledColumn],
    ) -> None:
        self.record_type = app.model[plan.entity]
        self.places = {place.path: place for _, place in places.values()}
        self._app = app
        self._actor = actor
        self._plan = plan
        self._options = options
        self._columns = columns
        self._paths = {path for path, place in self.places.items() if place.kind is not PlaceKind.ID}
        self._identifying = identifying_paths(self.record_type)
        self._decider = self._new_decider()
        taggings = {path: place.tagging for path, place in self.places.items() if place.tagging is not None}
        self._writer = Writer(
            app,
            actor,
            self.record_type,
            self.record_type.records,
            importing_command(self.record_type),
            taggings,
            options.assign_to,
        )

    @classmethod
    async def of(cls, app: ImportHost, actor: Actor, plan: SheetPlan, options: WorkOptions) -> "SheetWork":
        """Return the way that the rows of a sheet go; raises `NotAllowed` for a field that may not be filled."""
        record_type = app.model[plan.entity]
        places = _places(app, actor, record_type, plan)
        books = await read_books(app, record_type, [place for _, place in places.values()], actor)
        heir = await heir_of(app, record_type, actor, options.assign_to)
        reading = reading_of(app, actor, app.clock.now())
        columns = compile_columns(record_type, places, reading, books, heir=heir)
        return cls(app, actor, plan, options, places, columns)

    async def read(self, rows: Sequence[Row]) -> list[ReadRow]:
        """Return rows as values; others may use the event loop meanwhile."""
        read: list[ReadRow] = []
        for start in range(0, len(rows), _AT_ONCE):
            read += [read_row(row, self._columns) for row in rows[start : start + _AT_ONCE]]
            await asyncio.sleep(0)
        return read

    async def decide(self, unit: Unit, rows: Sequence[ReadRow]) -> list[Decision]:
        """Return what is to become of rows, in their order; nothing is written."""
        origin, rights = self._options.origin, self._actor.rights
        earlier = (
            await earlier_imports(
                unit, rights, origin.sha256, self._plan.sheet, self.record_type.key, but=origin.number
            )
            if origin is not None
            else []
        )
        plan = self._app.commands.plans[self.record_type.key]
        matcher = Matcher(plan, rights, earlier=earlier, paths=self._paths)
        with_values = self._options.duplicates in (DuplicateMode.FILL, DuplicateMode.OVERWRITE)
        known = await matcher.look_up(unit, rows, with_values=with_values)
        if not self._options.remembers:
            self._decider = self._new_decider()
        return self._decider.decide(rows, known)

    async def write(self, work: UnitOfWork, decisions: Sequence[Decision]) -> None:
        """Do what was decided; a record that is refused makes its rows refused, and nothing else suffers."""
        await self._writer.write(work, decisions)

    def _new_decider(self) -> Decider:
        return Decider(self._options.duplicates, identifying=self._identifying)


def _places(
    app: ImportHost, actor: Actor, record_type: RecordType, plan: SheetPlan
) -> dict[int, tuple[str, Place]]:
    """Return name and place of each column that is not left out."""
    offered = places_of(app.model, record_type, actor.rights)
    names, found = plan.names, dict[int, tuple[str, Place]]()
    for index, path in plan.paths.items():
        if path not in offered:
            raise NotAllowed("You may not change {field}.", field=path)
        found[index] = (names[index], offered[path])
    return found
