"""What the rows of one sheet go through, portion by portion: read, decided about, written.

A run, a check and a preview take the same way; only a run writes.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from cardfile.errors import NotAllowed
from cardfile.imports.columns import CompiledColumn, compile_columns, read_row
from cardfile.imports.custom_parts import custom_parts
from cardfile.imports.deciding import Decision
from cardfile.imports.earlier import EarlierRows, Origin, earlier_sheets, records_of_import
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import heir_of
from cardfile.imports.name_book import read_books
from cardfile.imports.part_work import PartWork
from cardfile.imports.parts import MAIN, Part, Side, parts_of
from cardfile.imports.plan import SheetPlan
from cardfile.imports.read_rows import ReadRow
from cardfile.imports.tables import DuplicateMode
from cardfile.imports.targets import Place, PlaceKind, places_of
from cardfile.journal.host import reading_of
from cardfile.journal.references import owner_path
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.journal.units import Unit
from cardfile.model.record_types import RecordType
from cardfile.rights import Actor
from cardfile.spreadsheets.cells import Row

__all__ = ["Origin", "SheetWork", "WorkOptions"]

_AT_ONCE: Final = 200
"""How many rows are read from cells before others may use the event loop."""


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """What was chosen for the rows of a sheet; `assign_to` is who gets the new records that name nobody.

    `keys` are the paths by which records are recognised, in place of the usual ones. With `remembers` the rows of
    all portions know of each other, as is needed where nothing is written; without it those of one portion do, for
    the database knows the others. `strict` refuses rows of which a cell cannot be read.
    """

    duplicates: DuplicateMode = DuplicateMode.SKIP
    assign_to: int | None = None
    origin: Origin | None = None
    remembers: bool = False
    keys: tuple[str, ...] = ()
    strict: bool = False


class SheetWork:
    """The way of the rows of one sheet; made by `SheetWork.of`."""

    def __init__(
        self,
        plan: SheetPlan,
        options: WorkOptions,
        actor: Actor,
        places: Mapping[str, Place],
        compiling: Callable[[], Sequence[CompiledColumn]],
        parts: Sequence[PartWork],
    ) -> None:
        self.record_type: RecordType = next(one.part.record_type for one in parts if one.name == MAIN)
        self.places = places
        self._plan = plan
        self._options = options
        self._actor = actor
        self._compile = compiling
        self._columns = compiling()
        self._parts = parts
        self._earlier: Mapping[int, Sequence[int]] | None = None

    @classmethod
    async def of(cls, app: ImportHost, actor: Actor, plan: SheetPlan, options: WorkOptions) -> "SheetWork":
        """Return the way that the rows of a sheet go.

        Raises `NotAllowed` for a field that may not be filled, `InvalidInput` for a key by which nobody is known.
        """
        record_type = app.model[plan.entity]
        places = _places(app, actor, plan)
        offered = {one.name: one for one in parts_of(app.model, record_type, actor.rights)}
        custom = {place.part for _, place in places.values() if place.kind is PlaceKind.CUSTOM}
        offered |= await custom_parts(app, custom)
        used = list(places.values())
        filled = {MAIN, *(place.part for _, place in used)}
        filled |= {
            offered[place.part].links[place.own]
            for _, place in used
            if place.own in offered[place.part].links
            and offered[offered[place.part].links[place.own]].side is Side.ABOVE
        }
        parts = {name: _among(part, filled) for name, part in offered.items() if name in filled}
        books = await read_books(app, parts, [place for _, place in used], actor)
        heirs = {
            name: heir
            for name, part in parts.items()
            if (heir := await heir_of(app, part.record_type, actor, options.assign_to)) is not None
        }
        reading = reading_of(app, actor, app.clock.now())
        compiling = partial(
            compile_columns,
            parts,
            places,
            reading,
            books,
            heirs=heirs,
            tells_all=options.strict,
            day_first={one.index: one.day_first for one in plan.columns},
        )
        by_path = {place.path: place for _, place in used} | _other_contacts(app, actor, plan, used)
        works = [
            PartWork.of(
                app,
                actor,
                part,
                by_path,
                options.duplicates,
                assign_to=options.assign_to,
                chosen=_keys_of(options.keys, part, by_path),
                is_strict=options.strict,
            )
            for part in parts.values()
        ]
        return cls(plan, options, actor, by_path, compiling, works)

    async def read(self, rows: Sequence[Row]) -> list[ReadRow]:
        """Return rows as values; others may use the event loop meanwhile."""
        read: list[ReadRow] = []
        for start in range(0, len(rows), _AT_ONCE):
            some = [read_row(row, self._columns) for row in rows[start : start + _AT_ONCE]]
            for part in self._parts:
                part.find_keys(some)
            read += some
            await asyncio.sleep(0)
        return read

    @property
    def rests_on(self) -> frozenset[str]:
        """The entities on whose records it depends what becomes of rows."""
        return frozenset[str]().union(*(one.rests_on for one in self._parts))

    def take_back(self) -> None:
        """Let the rows of the portion be neither read nor decided about, for this has to be done anew."""
        self._columns = self._compile()
        for part in self._parts:
            part.take_back()

    async def decide(self, unit: Unit, rows: Sequence[ReadRow]) -> list[Decision]:
        """Return what is to become of rows, in their order; nothing is written."""
        if self._earlier is None:
            self._earlier = await earlier_sheets(unit, self._actor.rights, self._options.origin, self._plan)
            await self._remember_own(unit)
        earlier = EarlierRows(unit, self._earlier)
        if not self._options.remembers:
            for part in self._parts:
                part.forget()
        self._share_owners(rows)
        decided: dict[str, list[Decision | None]] = {}
        for part in self._parts:
            decided[part.name] = await part.decide(unit, rows, decided, earlier)
        main = decided.pop(MAIN)
        found: list[Decision] = []
        for place, one in enumerate(main):
            assert one is not None, "every row has a main part"
            one.parts = [other for some in decided.values() if (other := some[place]) is not None]
            if not one.is_stopped:
                for each in one.all_parts():
                    if each.about is not None:
                        each.about.wanted = True
            found.append(one)
        return found

    async def write(self, work: UnitOfWork, decisions: Sequence[Decision]) -> None:
        """Do what was decided; a record that is refused makes its rows refused, and nothing else suffers."""
        for part in self._parts:
            await part.write(
                work, [each for one in decisions for each in one.all_parts() if each.part is part.part]
            )

    async def _remember_own(self, unit: Unit) -> None:
        """Let rows that come later mean no records that this import has made of others before it was cut off."""
        parts = [one for one in self._parts if one.keys.alike]
        if not parts:
            return
        own = await records_of_import(unit, self._options.origin)
        for one in parts:
            one.decider.claimed |= own.get(one.part.record_type.key, set())

    def _share_owners(self, rows: Sequence[ReadRow]) -> None:
        """Let all that a row makes belong to whom the row names as the owner of one part."""
        if len(self._parts) == 1:
            return
        paths = [(one.name, path) for one in self._parts if (path := owner_path(one.part.record_type))]
        for row in rows:
            parts = {name: row if name == MAIN else row.others.get(name) for name, _ in paths}
            named = (
                part.values[path] for name, path in paths if (part := parts[name]) and path in part.values
            )
            owner = next(named, None)
            if owner is None:
                continue
            for name, path in paths:
                part = parts[name]
                if part is not None and not part.is_empty:
                    part.values.setdefault(path, owner)


def _places(app: ImportHost, actor: Actor, plan: SheetPlan) -> dict[int, tuple[str, Place]]:
    """Return name and place of each column that is not left out."""
    offered = places_of(app.model, app.model[plan.entity], actor.rights)
    names, found = plan.names, dict[int, tuple[str, Place]]()
    for index, path in plan.paths.items():
        if path not in offered:
            raise NotAllowed("You may not change {field}.", field=path)
        found[index] = (names[index], offered[path])
    return found


def _other_contacts(
    app: ImportHost, actor: Actor, plan: SheetPlan, used: Sequence[tuple[str, Place]]
) -> dict[str, Place]:
    """Return the lists of contacts that cells may fill besides their own: e-mails stand beside phones."""
    lists = {(place.part, own) for _, place in used for own in place.contacts.values()}
    if not lists:
        return {}
    offered = places_of(app.model, app.model[plan.entity], actor.rights)
    return {path: place for path, place in offered.items() if (place.part, place.own) in lists}


def _among(part: Part, filled: set[str]) -> Part:
    """Return a part with the links to those parts only that the rows have."""
    links = {path: name for path, name in part.links.items() if name in filled}
    return replace(part, links=links)


def _keys_of(chosen: Sequence[str], part: Part, places: Mapping[str, Place]) -> tuple[str, ...]:
    """Return those of the chosen keys that are fields of a part: `name`, and `client:name` of a part `client`.

    They are chosen for sheets that have such columns; any other one keeps to the usual keys.
    """
    split = [path.rpartition(":") for path in chosen if not places.keys().isdisjoint(chosen)]
    return tuple(own for name, _, own in split if name == part.name)
