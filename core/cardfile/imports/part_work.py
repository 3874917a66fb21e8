"""What one part of the rows of a sheet goes through: linked to other parts, looked up, decided about, written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from cardfile.errors import InvalidInput
from cardfile.imports.columns import identifying_paths
from cardfile.imports.deciding import Decider, Decision
from cardfile.imports.earlier import EarlierRows
from cardfile.imports.host import ImportHost
from cardfile.imports.keys import Keys, keys_of
from cardfile.imports.linking import NameLinks, title_in
from cardfile.imports.matching import Matcher
from cardfile.imports.parts import MAIN, Part, Side
from cardfile.imports.pending import Pending
from cardfile.imports.read_rows import ReadRow
from cardfile.imports.tables import DuplicateMode, Outcome
from cardfile.imports.targets import Place, PlaceKind
from cardfile.imports.writing import Writer
from cardfile.journal.references import owner_path
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.journal.units import Unit
from cardfile.model.entities import Owned, Through
from cardfile.model.record_types import RecordType
from cardfile.rights import Actor

__all__ = ["PartWork"]

LEFT_OUT = "{entity}: what the row says of it was left out, for it has neither a name nor anything else to be known by."
"""Said of a client of whom a row of deals tells the city alone."""

_UPDATING = (DuplicateMode.FILL, DuplicateMode.OVERWRITE)


@dataclass(slots=True)
class PartWork:
    """The way of one part of the rows."""

    part: Part
    keys: Keys
    matcher: Matcher
    decider: Decider
    writer: Writer
    names: NameLinks
    identifying: frozenset[str]
    is_updating: bool
    needed_links: frozenset[str]
    is_strict: bool

    @classmethod
    def of(
        cls,
        app: ImportHost,
        actor: Actor,
        part: Part,
        places: Mapping[str, Place],
        mode: DuplicateMode,
        *,
        assign_to: int | None,
        chosen: Sequence[str],
        is_strict: bool,
    ) -> "PartWork":
        """Return the way of a part whose columns go to `places`; by `chosen` its records are recognised."""
        record_type, plan = part.record_type, app.commands.plans[part.record_type.key]
        own = [place for place in places.values() if place.part == part.name]
        given = (
            {place.own for place in own if place.kind is not PlaceKind.ID}
            | part.links.keys()
            | part.fixed.keys()
        )
        title = record_type.entity.title
        if part.side is Side.ABOVE and title in record_type.lines:
            given.add(title)
        keys = keys_of(plan, actor.rights, given, chosen)
        asked_title = title if part.side is Side.ABOVE and title in record_type.lines else None
        paths = given | _asked_of_owners(record_type)
        identifying = identifying_paths(record_type)
        taggings = {place.own: place.tagging for place in own if place.tagging is not None}
        return cls(
            part,
            keys,
            Matcher(plan, actor.rights, keys, paths=paths, title=asked_title),
            Decider(mode, part, keys, identifying=identifying),
            Writer.of(app, actor, part, taggings, assign_to),
            NameLinks(app, actor, record_type),
            identifying,
            mode in _UPDATING,
            frozenset(path for path in part.links if record_type.lines[path].field.required),
            is_strict,
        )

    @property
    def name(self) -> str:
        """The name of the part."""
        return self.part.name

    def forget(self) -> None:
        """Forget the rows of earlier portions, for the database knows of them now."""
        self.decider.forget()

    def take_back(self) -> None:
        """Let nothing have been decided about the rows of the portion, so that they can be decided about anew.

        Names of nobody are told once more then: that they were told stood with the rows.
        """
        self.decider.take_back()
        self.names.told.clear()

    @property
    def rests_on(self) -> frozenset[str]:
        """The entities on whose records it depends what is decided."""
        record_type = self.part.record_type
        entries = (one.target for one in self.writer.app.commands.plans[record_type.key].entries.values())
        return frozenset(
            {
                record_type.key,
                *(one.target for one in record_type.links.values() if one.column == "id"),
                *entries,
            }
        )

    @property
    def has_linked_keys(self) -> bool:
        """Whether a key of the part holds a reference, so that it is known only when that is."""
        links = self.part.record_type.links
        return any(path in links for fields in self.keys.sure for path in fields.paths)

    def find_keys(self, rows: Iterable[ReadRow]) -> None:
        """Let rows know by what this part of them is known."""
        for whole in rows:
            row = whole if self.name == MAIN else whole.others.get(self.name)
            if row is not None:
                row.keys = self.keys.in_values(row.values)

    async def decide(
        self,
        unit: Unit,
        rows: Sequence[ReadRow],
        decided: Mapping[str, Sequence[Decision | None]],
        earlier: EarlierRows,
    ) -> list[Decision | None]:
        """Return what is to become of this part of rows, None where a row has no such part.

        `decided` is what is to become of the parts before it, to which its records refer.
        """
        found: list[Decision | None] = [None] * len(rows)
        todo: list[tuple[int, ReadRow]] = []
        for place, whole in enumerate(rows):
            row = whole if self.name == MAIN else self._present(whole)
            if row is None:
                continue
            if self.is_strict and self.name == MAIN and whole.is_flawed:
                found[place] = Decision(row, Outcome.REFUSED, part=self.part)
                continue
            stopped = self._link(row, decided, place) if self.part.links else None
            if stopped is None:
                todo.append((place, row))
            elif self.part.side is not Side.BELOW:
                found[place] = Decision(row, stopped.own, part=self.part)
        await self.names.find(unit, [row for _, row in todo])
        if self.has_linked_keys:
            for _, row in todo:
                row.keys = self.keys.in_values(row.values)
        known = await self.matcher.look_up(
            unit,
            [row for _, row in todo],
            partial(earlier.records, self.name),
            with_values=self.is_updating,
        )
        decisions = self.decider.decide([row for _, row in todo], known)
        self._require(decisions)
        for (place, _), one in zip(todo, decisions, strict=True):
            found[place] = one
        return found

    async def write(self, work: UnitOfWork, decisions: Sequence[Decision]) -> None:
        """Do what was decided about this part of rows."""
        await self.writer.write(work, decisions)

    def _present(self, whole: ReadRow) -> ReadRow | None:
        """Return what a row says of this part, None when that is nothing, or nobody could be known by it."""
        row = whole.others.get(self.name)
        if row is None or row.is_empty:
            return None
        is_told = row.record is not None or row.choice is not None
        if self.part.side is Side.ABOVE and not is_told and self.identifying.isdisjoint(row.values):
            row.note(InvalidInput(LEFT_OUT, entity=self.part.record_type.entity.label))
            return None
        if self.part.side is Side.ABOVE and (title := title_in(self.part.record_type, row.values)):
            row.values[self.part.record_type.entity.title] = title
        row.values.update(self.part.fixed)
        return row

    def _link(
        self, row: ReadRow, decided: Mapping[str, Sequence[Decision | None]], place: int
    ) -> Decision | None:
        """Let a part refer to others of its row; return one of which nothing comes and without which it cannot be."""
        for path, name in self.part.links.items():
            other = decided[name][place] if name in decided else None
            if other is None or path in row.values or path in row.names:
                continue
            if other.is_stopped:
                if path in self.needed_links or other.own is Outcome.REVIEW:
                    return other
                continue
            about = other.about
            if isinstance(about, Pending):
                row.values[path] = about
            elif other.record is not None:
                row.values[path] = other.record
        return None

    def _require(self, decisions: Sequence[Decision]) -> None:
        """Refuse new records of which a row does not say what has to be said."""
        asked: dict[int, bool] = {}
        for one in decisions:
            about = one.about
            if not isinstance(about, Pending):
                continue
            if id(about) not in asked:
                about.refused = self.writer.missing(about.values)
                asked[id(about)] = True
            if about.refused is not None:
                one.refuse(about.refused)
                one.about = None


def _asked_of_owners(record_type: RecordType) -> set[str]:
    """Return the fields by which it is told whether somebody may give a record away or take it."""
    visibility = record_type.visibility
    paths = {path for path in (owner_path(record_type),) if path is not None}
    if isinstance(visibility, Owned):
        paths |= {one.partition(".")[0] for one in visibility.also}
    if isinstance(visibility, Through):
        paths.add(visibility.reference)
    return paths & record_type.lines.keys()
