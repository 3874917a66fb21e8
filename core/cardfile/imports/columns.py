"""Cells become values: the mapping of a list, compiled to one closure for each column."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cardfile.errors import InvalidInput, Refused
from cardfile.imports.issues import CELL_ERROR, NOT_CALCULATED, Issue, issue_of
from cardfile.imports.name_book import SEVERAL, NameBook, Unclear
from cardfile.imports.targets import Place, PlaceKind
from cardfile.imports.wordy_numbers import wordy_number
from cardfile.journal.entries import Entry
from cardfile.journal.references import owner_path
from cardfile.journal.signatures import Values
from cardfile.model.fields import Field, Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.record_types import RecordType
from cardfile.spreadsheets.cells import NEVER_CALCULATED, Cell, CellError, Row, cell_address
from cardfile.values.cell import cell_text, shown
from cardfile.values.email import parse_emails
from cardfile.values.phone import parse_phones
from cardfile.values.text import clean

__all__ = ["CompiledColumn", "Key", "ReadRow", "compile_columns", "identifying_paths", "read_row"]

Key = tuple[str, str]
"""What a record is known by: the path of an entry list, and a value in it."""

Fill = Callable[["ReadRow", Cell], Sequence[Refused]]
"""Puts a cell's value into a row and returns what is to be noted about it; raises `Refused`."""

_NOTHING: Final = frozenset({"", "-", "–", "—", "--", "---"})
_NO_VALUE: Final = frozenset(
    {"нет", "н/д", "н/у", "нет данных", "не указан", "не указано", "не указана", "отсутствует", "неизвестно",
     "n/a", "na", "none", "null", "no data", "unknown", "?"}
)  # fmt: skip
_REPEATED: Final = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.BOOLEAN, Kind.INTEGER, Kind.DATE})
_KEPT_AT_MOST: Final = 20_000
_is_defused = re.compile(r"'\s*[=+\-@\t\r]").match
_pieces = re.compile(r"[,;|/\n]+").split
_words = re.compile(r"[,;|/\s]+").split
_tags = re.compile(r"\s*[,;|\n]+\s*").split

NO_OWNER: Final = "{value} is nobody known here: new records of all such rows go to {owner}."
SEVERAL_OWNERS: Final = (
    "{value} may mean several, so new records of all such rows go to {owner}: "
    "write the whole name or the e-mail."
)
UNSURE: Final = "{value} is kept, but no such phone number is known to exist: check it."


@dataclass(slots=True)
class ReadRow:
    """A row of a list as values: what is filled in, what it is known by, and what was noticed."""

    number: int
    values: Values = field(default_factory=Values)
    issues: list[Issue] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    tags: dict[str, list[str]] = field(default_factory=dict)
    record: int | None = None

    def note(self, error: Refused) -> None:
        """Note something about the row as a whole."""
        self.issues.extend(issue_of(self.number, one) for one in error.errors)


@dataclass(frozen=True, slots=True)
class CompiledColumn:
    """A column of the list and the closure that reads its cells."""

    index: int
    name: str
    fill: Fill
    is_text: bool


def compile_columns(
    record_type: RecordType,
    columns: Mapping[int, tuple[str, Place]],
    reading: Reading,
    books: Mapping[str, NameBook],
    *,
    heir: str | None = None,
) -> tuple[CompiledColumn, ...]:
    """Return the columns ready for reading; `columns` gives name and place by index.

    `books` are the names of the record types that fields refer to, by key; `heir` is the name of whoever gets
    new records of which the list names no owner.
    """
    compiled = []
    owner = owner_path(record_type)
    for index, (name, place) in sorted(columns.items()):
        fill = _fill_of(record_type, place, reading, books)
        if heir is not None and place.line is not None and place.line.path == owner:
            fill = _owner(fill, heir)
        is_text = place.line is not None and place.line.kind in (Kind.TEXT, Kind.LONG_TEXT)
        compiled.append(CompiledColumn(index, name, fill, is_text))
    return tuple(compiled)


def read_row(row: Row, columns: Sequence[CompiledColumn]) -> ReadRow:
    """Return a row's values; what cannot be read is noted with its address and left empty."""
    number, cells = row
    read = ReadRow(number)
    width = len(cells)
    for column in columns:
        if column.index >= width:
            continue
        cell = cells[column.index]
        if type(cell) is str and cell[:1] == "'" and _is_defused(cell):
            cell = cell[1:]  # As a text table is written, lest a spreadsheet takes the text for a formula.
        if cell is None or (type(cell) is str and _is_nothing(cell, is_text=column.is_text)):
            continue
        if type(cell) is CellError:
            read.issues.append(_cell_error(number, column, cell))
            continue
        try:
            notes = column.fill(read, cell)
        except Refused as error:
            notes = error.errors
        for one in notes:
            read.issues.append(issue_of(number, one, index=column.index, column=column.name))
    for path, value in read.values.items():
        if type(value) is tuple and value and type(value[0]) is Entry:
            read.keys += [(path, one.value) for one in value]
    return read


def identifying_paths(record_type: RecordType) -> frozenset[str]:
    """Return the paths by one of which at least a record must be known: its title, names, what it is searched by."""
    names = {
        path
        for path, line in record_type.lines.items()
        if line.kind is Kind.TEXT and line.card is None and line.key.rpartition("_")[2] == "name"
    }
    title = {record_type.entity.title} if record_type.entity.title in record_type.lines else set()
    return frozenset(names | title | set(record_type.entity.search))


def _is_nothing(cell: str, *, is_text: bool) -> bool:
    text = cell.strip()
    return text in _NOTHING or (not is_text and len(text) < 15 and text.casefold() in _NO_VALUE)


def _cell_error(number: int, column: CompiledColumn, cell: CellError) -> Issue:
    address = cell_address(number, column.index)
    if cell == NEVER_CALCULATED:
        return Issue(address, "NEVER_CALCULATED", NOT_CALCULATED, {}, column.name)
    return Issue(address, "CELL_ERROR", CELL_ERROR, {"value": cell.text}, column.name)


def _fill_of(record_type: RecordType, place: Place, reading: Reading, books: Mapping[str, NameBook]) -> Fill:
    if place.kind is PlaceKind.ID:
        return _id(record_type)
    if place.kind is PlaceKind.TAGS:
        return _tag_words(place.path)
    if place.link is not None and place.link.entry is not None:
        if place.link.entry is Kind.PHONE:
            return _phones(place.path, reading)
        if place.link.entry is Kind.EMAIL:
            return _emails(place.path)
        return _entries(
            place.path, place.link.entry, Field(place.link.key, place.link.label, place.link.entry), reading
        )
    assert place.line is not None, "a place that is neither list nor id is a line"
    line = place.line
    if line.path in record_type.links:
        return _reference(line.path, books[record_type.links[line.path].target])
    if line.kind is Kind.LONG_TEXT:
        return _long_text(line.path, line.field, reading)
    if line.kind is Kind.CHOICES:
        return _choices(line.path, line.field, reading)
    if line.kind is Kind.INTEGER:
        return _integer(line.path, line.field, reading)
    return _value(line.path, line.kind, line.field, reading)


def _integer(path: str, line: Field, reading: Reading) -> Fill:
    fill = _value(path, Kind.INTEGER, line, reading)
    told: set[Cell] = set()

    def fill_wordy(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        try:
            return fill(row, cell)
        except InvalidInput:
            found = wordy_number(cell, line)
            if found is None:
                raise
        number, note = found
        fill(row, number)
        if note is None or cell in told:
            return ()
        told.add(cell)  # Told once for each way to write it.
        return (note,)

    return fill_wordy


def _value(path: str, kind: Kind, line: Field, reading: Reading) -> Fill:
    parse = KINDS[kind].parse
    if kind not in _REPEATED:

        def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
            row.values[path] = parse(cell, line, reading)
            return ()

        return fill
    known: dict[tuple[type, Cell], object] = {}

    def fill_known(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        key = (type(cell), cell)
        if key not in known:
            if len(known) >= _KEPT_AT_MOST:
                known.clear()
            known[key] = parse(cell, line, reading)
        row.values[path] = known[key]
        return ()

    return fill_known


def _long_text(path: str, line: Field, reading: Reading) -> Fill:
    parse = KINDS[Kind.LONG_TEXT].parse

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        before = row.values.get(path)
        text = cell if isinstance(cell, str | int | float) else str(cell)
        row.values[path] = parse(f"{before}\n{text}" if before else text, line, reading)
        return ()

    return fill


def _choices(path: str, line: Field, reading: Reading) -> Fill:
    parse = KINDS[Kind.CHOICES].parse

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        before, chosen = row.values.get(path, ()), parse(cell, line, reading)
        assert isinstance(before, tuple)
        assert isinstance(chosen, tuple)
        row.values[path] = tuple(dict.fromkeys((*before, *chosen)))
        return ()

    return fill


def _reference(path: str, book: NameBook) -> Fill:
    unknown: set[str] = set()

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        text = clean(cell_text(cell))
        if text in unknown:
            return ()  # Told once for each value: a list may name somebody who left ten thousand times.
        try:
            row.values[path] = book.find(text)
        except Unclear:
            unknown.add(text)
            raise
        return ()

    return fill


def _owner(fill: Fill, heir: str) -> Fill:
    """Let it be told who gets a record whose owner in the list is nobody known."""

    def fill_owner(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        try:
            return fill(row, cell)
        except Unclear as error:
            template = SEVERAL_OWNERS if error.template == SEVERAL else NO_OWNER
            raise InvalidInput(template, value=error.values["value"], owner=heir) from None

    return fill_owner


def _id(record_type: RecordType) -> Fill:
    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        number = record_type.local_id_or_none(clean(str(cell)))
        if number is None:
            raise InvalidInput("{value} is no code of a record here.", value=shown(cell))
        row.record = number
        return ()

    return fill


def _tag_words(path: str) -> Fill:
    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        words = [clean(word)[:100] for word in _tags(cell_text(cell))]
        row.tags.setdefault(path, []).extend(word for word in words if word)
        return ()

    return fill


def _phones(path: str, reading: Reading) -> Fill:
    region = reading.region

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        notes: list[Refused] = []
        try:
            phones = parse_phones(cell, region=region)
        except InvalidInput as error:
            pieces = _pieces(cell) if isinstance(cell, str) else []
            if len(pieces) < 2:
                raise
            phones = ()
            # One bad number must not take its neighbours with it.
            for piece in pieces:
                try:
                    phones += parse_phones(piece, region=region)
                except InvalidInput as wrong:
                    notes.append(wrong)
            if not phones:
                raise error from None
        found = [Entry(one.e164, str(one.raw)[:200], extension=one.extension) for one in phones]
        notes += [InvalidInput(UNSURE, value=one.e164) for one in phones if not one.valid]
        _add(row, path, found)
        return notes

    return fill


def _emails(path: str) -> Fill:
    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        notes: list[Refused] = []
        try:
            emails = parse_emails(cell)
        except InvalidInput as error:
            emails = ()
            for piece in _words(str(cell)):
                try:
                    emails += parse_emails(piece)
                except InvalidInput as wrong:
                    notes.append(wrong)
            if not emails:
                raise error from None
        _add(row, path, [Entry(one, str(cell)[:1_000]) for one in emails])
        return notes

    return fill


def _entries(path: str, kind: Kind, line: Field, reading: Reading) -> Fill:
    parse = KINDS[kind].parse

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        value = parse(cell, line, reading)
        _add(row, path, [Entry(str(value), str(cell)[:1_000])])
        return ()

    return fill


def _add(row: ReadRow, path: str, found: Sequence[Entry]) -> None:
    before = row.values.get(path, ())
    assert isinstance(before, tuple), "entries are tuples"
    entries: dict[str, Entry] = {}
    for one in (*before, *found):
        entries.setdefault(one.value, one)
    first, *others = entries.values()
    main = Entry(first.value, first.raw, first.label, is_primary=True, extension=first.extension)
    row.values[path] = (main, *others)
