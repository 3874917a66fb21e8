"""What is to be done with each part of a row: make a record, change one, or leave things as they are. No I/O."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Final

from cardfile.errors import InvalidInput, NotAllowed
from cardfile.imports.decisions import Decision
from cardfile.imports.issues import Issue, issue_of
from cardfile.imports.keys import EMPTY, Key, Keys
from cardfile.imports.matching import Known
from cardfile.imports.parts import Part, Side
from cardfile.imports.pending import Existing, Pending
from cardfile.imports.read_rows import NEW, ReadRow
from cardfile.imports.tables import DuplicateMode, Outcome
from cardfile.journal.entries import Entry
from cardfile.journal.signatures import Values
from cardfile.model.entities import Everyone
from cardfile.spreadsheets.cells import Row
from cardfile.values.cell import shown
from cardfile.values.text import fold

__all__ = ["Decider", "Decision", "skipped"]

CONFLICT: Final = "What this row is known by belongs to several records, so it is not clear whose row it is."
NAMESAKES: Final = "{value} is the name of several records, so it is not clear which one is meant."
ELSEWHERE: Final = "The same contact is known already, with somebody else."
NOT_YOURS: Final = "This record is known already, and you may not change it."
SAME_AS_ROW: Final = "The same contact stands in row {row}."
SAME_RECORD: Final = "Row {row} is about the same record."
NOBODY: Final = "The row has neither a name nor a phone nor an e-mail."
NOTHING: Final = "The row says nothing about {entity}."
GROUP: Final = (
    "{value} stands alone in its row and was taken for the name of a group: nothing was made of it."
)
GONE: Final = "There is no live record with the code of this row."
ARCHIVED: Final = (
    "{record} in the archive has the same contact, and a new record was made: restore it if it is the same."
)
ARCHIVED_CODE: Final = "ARCHIVED"


def skipped(row: Row) -> Decision:
    """Return what becomes of a row that was taken for the name of a group: nothing, and it is told."""
    number, cells = row
    index, cell = next((index, cell) for index, cell in enumerate(cells) if cell is not None)
    note = issue_of(number, InvalidInput(GROUP, value=shown(cell)), index=index)
    return Decision(ReadRow(number, issues=[note]), Outcome.SKIPPED)


class Decider:
    """Decides about one part of the rows, in the order of the list; what earlier rows do counts already.

    `seen` remembers by key which rows of the list are about which record; in a run it is emptied after each
    portion, for the database knows by then, while a dry run keeps it. Records that are known by what is alike only
    are meant by one row of the list each: `claimed` remembers those of earlier portions.
    """

    def __init__(self, mode: DuplicateMode, part: Part, keys: Keys, *, identifying: frozenset[str]) -> None:
        self._mode = mode
        self._part = part
        self._keys = keys
        self._identifying = identifying
        self._is_above = part.side is Side.ABOVE
        # A catalogue has one entry of a name, and nobody has only one deal.
        self._is_catalogue = isinstance(part.record_type.visibility, Everyone)
        self.seen: MutableMapping[Key, Pending | Existing] = {}
        self.claimed: set[int] = set()
        self._claiming: set[int] = set()
        self._made: list[Pending] = []
        self._named: dict[str, list[Pending]] = {}
        self._words: dict[Key, list[Pending]] = {}
        self._existing: dict[int, Existing] = {}

    def forget(self) -> None:
        """Forget the rows of the portion, for the database knows of them now."""
        self.claimed.update(self._claiming, (one.record for one in self._made if one.record is not None))
        self.take_back()

    def take_back(self) -> None:
        """Let nothing have been decided about the rows of the portion."""
        self.seen, self._made, self._named, self._words = {}, [], {}, {}
        self._claiming = set()

    def decide(self, rows: Sequence[ReadRow], known: Known) -> list[Decision]:
        """Return a decision for every row."""
        self._existing = {}
        if self._keys.alike:
            self._claiming.update(known.earlier.values(), *known.holders.values())
        found = []
        for row in rows:
            one = self._decide(row, known)
            one.part = self._part
            found.append(one)
        return found

    def _decide(self, row: ReadRow, known: Known) -> Decision:
        if row.choice is not None:
            return self._new(row) if row.choice == NEW else self._coded(row, row.choice, known)
        if row.record is None and self._identifying.isdisjoint(row.values):
            row.note(self._nobody())
            return Decision(row, Outcome.REFUSED)
        if row.record is not None:
            return self._coded(row, row.record, known)
        if self._mode is DuplicateMode.CREATE and not self._is_above:
            return self._new(row)
        records = {record for key in row.keys for record in known.holders.get(key, ())}
        if not records and row.number in known.earlier:
            records = {known.earlier[row.number]}
        above = {id(about): about for key in row.keys if (about := self.seen.get(key)) is not None}
        pending = [one for one in above.values() if isinstance(one, Pending)]
        records |= {one.record for one in above.values() if isinstance(one, Existing)}
        if not records and not pending:
            return self._alike(row, known)
        if len(records) + len(pending) > 1:
            row.note(InvalidInput(CONFLICT))
            return Decision(row, Outcome.REVIEW, among=(*sorted(records), *pending))
        if records:
            return self._known_record(row, next(iter(records)), known)
        return self._again(row, pending[0])

    def _nobody(self) -> InvalidInput:
        if self._part.side is Side.MAIN and self._part.record_type.key == "client":
            return InvalidInput(NOBODY)
        return InvalidInput(NOTHING, entity=self._part.record_type.entity.label)

    def _coded(self, row: ReadRow, record: int, known: Known) -> Decision:
        if record not in known.alive or record not in known.readable:
            row.note(InvalidInput(GONE))
            return Decision(row, Outcome.REFUSED)
        return self._known_record(row, record, known)

    def _alike(self, row: ReadRow, known: Known) -> Decision:
        """Decide about a row that has no key, or one that nobody has."""
        for key in self._alike_keys(row):
            for record in known.alike.get(key, ()):
                is_claimed = record in self.claimed or record in self._claiming
                if (self._is_catalogue or not is_claimed) and not self._contradicts(row, known.told[record]):
                    self._claiming.add(record)
                    return self._known_record(row, record, known)
            for made in self._words.get(key, ()):
                if not self._contradicts(row, made.values):
                    return self._again(row, made)
        if self._is_above and not row.keys and (title := row.values.get(self._part.record_type.entity.title)):
            return self._titled(row, str(title), known)
        return self._new(row, known)

    def _alike_keys(self, row: ReadRow) -> list[Key]:
        found = (fields.in_values(row.values) for fields in self._keys.alike)
        return [key for key in found if key is not None]

    def _contradicts(self, row: ReadRow, told: Mapping[str, object]) -> bool:
        """Tell whether a record has another value of a key than the row."""
        for fields in self._keys.sure:
            here, there = fields.in_values(row.values), fields.in_values(told)
            if here is not None and there is not None and here != there:
                return True
        return False

    def _titled(self, row: ReadRow, title: str, known: Known) -> Decision:
        """Decide about somebody of whom a row tells nothing but the name."""
        records, pending = known.titled.get(fold(title), ()), self._named.get(fold(title), [])
        if len(records) + len(pending) > 1:
            row.note(InvalidInput(NAMESAKES, value=shown(title)))
            return Decision(row, Outcome.REVIEW, among=(*records, *pending))
        if records:
            return self._known_record(row, records[0], known)
        return self._again(row, pending[0]) if pending else self._new(row, known)

    def _new(self, row: ReadRow, known: Known | None = None) -> Decision:
        made = Pending(Values(row.values), row.number, {path: [*words] for path, words in row.tags.items()})
        self._remember(row, made)
        if self._keys.alike:
            self._made.append(made)
        if self._is_catalogue:
            for key in self._alike_keys(row):
                self._words.setdefault(key, []).append(made)
        if self._is_above and (title := row.values.get(self._part.record_type.entity.title)):
            self._named.setdefault(fold(str(title)), []).append(made)
        if known is not None and known.archived:
            self._tell_of_archived(row, known)
        return Decision(row, Outcome.CREATED, made)

    def _tell_of_archived(self, row: ReadRow, known: Known) -> None:
        found = next((known.archived[key] for key in row.keys if key in known.archived), ())
        for record in found[:1]:
            told = {"record": self._part.record_type.global_id(record)}
            row.issues.append(Issue(str(row.number), ARCHIVED_CODE, ARCHIVED, told))

    def _again(self, row: ReadRow, made: Pending) -> Decision:
        """Decide about a row whose record is made by a row above it."""
        if self._is_left:
            if not self._is_above:
                is_contact = any(key[0] in self._keys.contacts for key in row.keys)
                row.note(InvalidInput(SAME_AS_ROW if is_contact else SAME_RECORD, row=made.first_row))
            return Decision(row, Outcome.UNCHANGED if self._is_above else Outcome.DUPLICATE, made)
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
        if self._is_left or by_code:
            return Decision(row, Outcome.UNCHANGED if self._is_above else Outcome.DUPLICATE, found=record)
        if record not in known.editable:
            if self._is_above:
                return Decision(row, Outcome.UNCHANGED, found=record)
            row.note(NotAllowed(NOT_YOURS))
            return Decision(row, Outcome.DUPLICATE, found=record)
        about = self._existing.setdefault(record, Existing(record, known.values.get(record, {})))
        changes = self._changes({**about.values, **about.changes}, row.values)
        about.changes.update(changes)
        _add_tags(about.tags, row.tags)
        self._remember(row, about)
        return Decision(row, Outcome.UPDATED if changes else Outcome.UNCHANGED, about)

    @property
    def _is_left(self) -> bool:
        """Whether records that are there already are left as they are."""
        return self._mode is DuplicateMode.SKIP or (self._mode is DuplicateMode.CREATE and self._is_above)

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
                if old in EMPTY and value not in EMPTY:
                    changes[path] = value
            elif old != value and value not in EMPTY:
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
