"""What is to be done with each row: make a record, change one, or leave things as they are. No I/O."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.imports.columns import Key, ReadRow
from cardfile.imports.issues import issue_of
from cardfile.imports.matching import Known
from cardfile.imports.tables import DuplicateMode, Outcome
from cardfile.journal.entries import Entry
from cardfile.journal.signatures import Values
from cardfile.spreadsheets.cells import Row
from cardfile.values.cell import shown

__all__ = ["Decider", "Decision", "Existing", "Pending", "skipped"]

CONFLICT: Final = "The contacts of this row belong to several records, so it is not clear whose row it is."
ELSEWHERE: Final = "The same contact is known already, with somebody else."
NOT_YOURS: Final = "This record is known already, and you may not change it."
SAME_AS_ROW: Final = "The same contact stands in row {row}."
NOBODY: Final = "The row has neither a name nor a phone nor an e-mail."
GROUP: Final = (
    "{value} stands alone in its row and was taken for the name of a group: nothing was made of it."
)
GONE: Final = "There is no live record with the code of this row."


@dataclass(slots=True)
class Pending:
    """A record to be made; `record` is its id once it is there, `refused` why it could not be made."""

    values: Values
    first_row: int
    tags: dict[str, list[str]] = field(default_factory=dict)
    record: int | None = None
    refused: Refused | None = None


@dataclass(slots=True)
class Existing:
    """A record to be changed, and how; `refused` is why it could not be."""

    record: int
    values: Mapping[str, object]
    changes: dict[str, object] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    tagged: bool = False
    refused: Refused | None = None


@dataclass(slots=True)
class Decision:
    """What becomes of a row, and the record that it is about."""

    row: ReadRow
    outcome: Outcome
    about: Pending | Existing | None = None
    record: int | None = None

    @property
    def client(self) -> int | None:
        """The id of the record that the row is about, as far as it may be told."""
        return self.record if self.about is None else self.about.record


def skipped(row: Row) -> Decision:
    """Return what becomes of a row that was taken for the name of a group: nothing, and it is told."""
    number, cells = row
    index, cell = next((index, cell) for index, cell in enumerate(cells) if cell is not None)
    note = issue_of(number, InvalidInput(GROUP, value=shown(cell)), index=index)
    return Decision(ReadRow(number, issues=[note]), Outcome.SKIPPED)


class Decider:
    """Decides row by row, in the order of the list; what earlier rows of the portion do counts already.

    `seen` remembers by key which rows of the list are about which record; in a run it is emptied after each
    portion, for the database knows by then, while a dry run keeps it.
    """

    def __init__(
        self,
        mode: DuplicateMode,
        *,
        identifying: frozenset[str],
        seen: MutableMapping[Key, Pending | Existing] | None = None,
    ) -> None:
        self._mode = mode
        self._identifying = identifying
        self.seen: MutableMapping[Key, Pending | Existing] = {} if seen is None else seen
        self._existing: dict[int, Existing] = {}

    def decide(self, rows: Sequence[ReadRow], known: Known) -> list[Decision]:
        """Return a decision for every row."""
        self._existing = {}
        return [self._decide(row, known) for row in rows]

    def _decide(self, row: ReadRow, known: Known) -> Decision:
        if row.record is None and self._identifying.isdisjoint(row.values):
            row.note(InvalidInput(NOBODY))
            return Decision(row, Outcome.REFUSED)
        if row.record is not None:
            if row.record not in known.alive or row.record not in known.readable:
                row.note(InvalidInput(GONE))
                return Decision(row, Outcome.REFUSED)
            return self._known_record(row, row.record, known)
        if self._mode is DuplicateMode.CREATE:
            return self._new(row)
        records = {record for key in row.keys for record in known.holders.get(key, ())}
        if not records and row.number in known.earlier:
            records = {known.earlier[row.number]}
        above = {id(about): about for key in row.keys if (about := self.seen.get(key)) is not None}
        pending = [one for one in above.values() if isinstance(one, Pending)]
        records |= {one.record for one in above.values() if isinstance(one, Existing)}
        if len(records) + len(pending) > 1:
            row.note(InvalidInput(CONFLICT))
            return Decision(row, Outcome.DUPLICATE)
        if records:
            return self._known_record(row, next(iter(records)), known)
        if pending:
            return self._again(row, pending[0])
        return self._new(row)

    def _new(self, row: ReadRow) -> Decision:
        made = Pending(Values(row.values), row.number, {path: [*words] for path, words in row.tags.items()})
        self._remember(row, made)
        return Decision(row, Outcome.CREATED, made)

    def _again(self, row: ReadRow, made: Pending) -> Decision:
        """Decide about a row whose record is made by a row above it."""
        if self._mode is DuplicateMode.SKIP:
            row.note(InvalidInput(SAME_AS_ROW, row=made.first_row))
            return Decision(row, Outcome.DUPLICATE, made)
        changes = self._changes(made.values, row.values)
        made.values.update(changes)
        is_changed = bool(changes) | _add_tags(made.tags, row.tags)
        self._remember(row, made)
        return Decision(row, Outcome.UPDATED if is_changed else Outcome.UNCHANGED, made)

    def _known_record(self, row: ReadRow, record: int, known: Known) -> Decision:
        if record not in known.readable:
            # Whose it is, and what is known of it, is not told.
            row.note(InvalidInput(ELSEWHERE))
            return Decision(row, Outcome.DUPLICATE)
        by_code = row.record is not None and self._mode is DuplicateMode.CREATE
        if self._mode is DuplicateMode.SKIP or by_code:
            return Decision(row, Outcome.DUPLICATE, record=record)
        if record not in known.editable:
            row.note(NotAllowed(NOT_YOURS))
            return Decision(row, Outcome.DUPLICATE, record=record)
        about = self._existing.setdefault(record, Existing(record, known.values.get(record, {})))
        changes = self._changes({**about.values, **about.changes}, row.values)
        about.changes.update(changes)
        _add_tags(about.tags, row.tags)
        self._remember(row, about)
        return Decision(row, Outcome.UPDATED if changes else Outcome.UNCHANGED, about)

    def _remember(self, row: ReadRow, about: Pending | Existing) -> None:
        for key in row.keys:
            self.seen.setdefault(key, about)

    def _changes(self, now: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
        """Return what the row changes: lists grow, empty fields are filled, full ones only overwritten if asked."""
        changes: dict[str, object] = {}
        for path, value in given.items():
            old = now.get(path)
            if isinstance(value, tuple) and value and isinstance(value[0], Entry):
                if grown := _grown(old, value):
                    changes[path] = grown
            elif self._mode is DuplicateMode.FILL:
                if old in (None, "", ()) and value not in (None, "", ()):
                    changes[path] = value
            elif old != value and value not in (None, "", ()):
                changes[path] = value
        return changes


def _grown(old: object, new: Sequence[object]) -> tuple[Entry, ...]:
    """Return a list with the entries that it lacks behind those that it has; nothing when it lacks none."""
    before = tuple(one for one in old if isinstance(one, Entry)) if isinstance(old, tuple) else ()
    values = {one.value for one in before}
    added = [one for one in new if isinstance(one, Entry) and one.value not in values]
    if not added:
        return ()
    if not before:
        return tuple(replace(one, is_primary=place == 0) for place, one in enumerate(added))
    return (*before, *(replace(one, is_primary=False) for one in added))


def _add_tags(tags: dict[str, list[str]], more: Mapping[str, Sequence[str]]) -> bool:
    """Put words to a record's words; tell whether there was a new one."""
    is_new = False
    for path, words in more.items():
        there = tags.setdefault(path, [])
        fresh = [word for word in words if word not in there]
        there += fresh
        is_new = is_new or bool(fresh)
    return is_new
