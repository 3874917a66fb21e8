"""One closure for each place: it reads a cell and puts what it says into the row."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cardfile.clients.custom_fields import custom_text
from cardfile.errors import InvalidInput, Refused
from cardfile.imports import card_cells, targets
from cardfile.imports.card_cells import (
    birthdays,
    gathered,
    tax_numbers,
    with_both_contacts,
    with_stray_phones,
)
from cardfile.imports.custom import read_custom
from cardfile.imports.name_book import SEVERAL, NameBook, Unclear
from cardfile.imports.parts import MAIN, Part, Side
from cardfile.imports.read_rows import ReadRow
from cardfile.imports.targets import Place, PlaceKind
from cardfile.imports.wordy_numbers import wordy_number
from cardfile.journal.entries import Entry
from cardfile.model.fields import Field, Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.record_types import Line, RecordType
from cardfile.spreadsheets.cells import Cell
from cardfile.values.cell import cell_text, shown
from cardfile.values.email import parse_emails
from cardfile.values.phone import parse_phones
from cardfile.values.text import clean

__all__ = ["Fill", "fill_of", "for_heir"]

Fill = Callable[[ReadRow, Cell], Sequence[Refused]]
"""Puts a cell's value into a row and returns what is to be noted about it; raises `Refused`."""

_REPEATED: Final = frozenset({Kind.TEXT, Kind.CHOICE, Kind.CHOICES, Kind.BOOLEAN, Kind.INTEGER, Kind.DATE})
_KEPT_AT_MOST: Final = 20_000
_pieces = re.compile(r"[,;|/\n]+").split
_words = re.compile(r"[,;|/\s]+").split
_tags = re.compile(r"\s*[,;|\n]+\s*").split

NO_OWNER: Final = "{value} is nobody known here: new records of all such rows go to {owner}."
SEVERAL_OWNERS: Final = (
    "{value} may mean several, so new records of all such rows go to {owner}: "
    "write the whole name or the e-mail."
)
TWO_NAMES: Final = "{value} was left out, for the row gives {other} as the name already."
UNSURE: Final = "{value} is kept, but no such phone number is known to exist: check it."


def fill_of(
    part: Part,
    parts: Mapping[str, Part],
    place: Place,
    reading: Reading,
    books: Mapping[str, NameBook],
    *,
    tells_all: bool,
    heading: str = "",
) -> Fill:
    """Return what reads the cells of a column under `heading` that goes to `place`."""
    record_type = part.record_type
    if place.kind is PlaceKind.ID:
        return _id(record_type)
    if place.kind is PlaceKind.TAGS:
        return _tag_words(place.own)
    if place.kind is PlaceKind.CUSTOM:
        return _custom(place, reading)
    if place.link is not None and place.link.entry is not None:
        if place.link.entry in (Kind.PHONE, Kind.EMAIL):
            return _contacts(place, reading)
        return _entries(
            place.own, place.link.entry, Field(place.link.key, place.link.label, place.link.entry), reading
        )
    assert place.line is not None, "a place that is neither list nor id is a line"
    line = place.line
    if line.path in record_type.links:
        link = record_type.links[line.path]
        above = parts.get(part.links.get(line.path, MAIN))
        if above is not None and above.side is Side.ABOVE and part.links.get(line.path):
            return _named_part(above)
        if link.target not in books:
            return _name(line.path)
        return _reference(line.path, books[link.target], tells_all=tells_all)
    if line.kind is Kind.LONG_TEXT:
        return _long_text(line.path, line.field, reading)
    if line.kind is Kind.CHOICES:
        return _choices(line.path, line.field, reading)
    if line.kind is Kind.INTEGER:
        return _integer(line.path, line.field, reading)
    return _of_card(line, reading, heading) or _value(line.path, line.kind, line.field, reading)


def _of_card(line: Line, reading: Reading, heading: str) -> Fill | None:
    """Return what reads a line that lists write in ways of their own, None for any other."""
    parse = KINDS[line.kind].parse
    match line.path, line.kind:
        case (card_cells.TAX_NUMBER, Kind.TEXT):
            return tax_numbers(line.path, parse, line.field, reading)
        case (targets.ADDRESS, Kind.TEXT):
            return gathered(line.path, parse, line.field, reading, heading)
        case (card_cells.BIRTHDAY, Kind.DATE):
            return birthdays(line.path, reading)
    return None


def _custom(place: Place, reading: Reading) -> Fill:
    told = read_custom(place.path)
    assert told is not None, "the place of a custom field has its path"
    kind, _ = told

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        row.values[place.own] = custom_text(kind, cell, reading)["value"]
        return ()

    return fill


def _named_part(above: Part) -> Fill:
    """Let a reference to another part of the row name that part: it is found, or made if there is none."""
    record_type = above.record_type
    title = record_type.entity.title

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        text, part = clean(cell_text(cell)), row.part(above.name)
        number = record_type.local_id_or_none(text)
        if number is not None:
            part.record = number
        elif title not in record_type.lines:
            raise InvalidInput("{value} is no code of a record here.", value=shown(cell))
        elif part.values.setdefault(title, text) != text:
            raise InvalidInput(TWO_NAMES, value=shown(text), other=shown(part.values[title]))
        return ()

    return fill


def _name(path: str) -> Fill:
    """Keep a name for later, when those of a whole portion are looked up together."""

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        row.names[path] = clean(cell_text(cell))
        return ()

    return fill


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
    known: dict[str | tuple[type, Cell], object] = {}

    def fill_known(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        key = cell if type(cell) is str else (type(cell), cell)
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


def _reference(path: str, book: NameBook, *, tells_all: bool) -> Fill:
    unknown: set[str] = set()

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        text = clean(cell_text(cell))
        if text in unknown and not tells_all:
            return ()  # Told once for each value: a list may name somebody who left ten thousand times.
        try:
            within = row.values.get(book.within) if book.within is not None else None
            row.values[path] = book.find(text, within=within)
        except Unclear:
            unknown.add(text)
            raise
        return ()

    return fill


def for_heir(fill: Fill, heir: str) -> Fill:
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


def _contacts(place: Place, reading: Reading) -> Fill:
    assert place.link is not None, "contacts are kept in a list"
    paths = place.contacts
    if Kind.PHONE not in paths or Kind.EMAIL not in paths:
        return _phones(place.own, reading) if place.link.entry is Kind.PHONE else _emails(place.own)
    phones, emails = _phones(paths[Kind.PHONE], reading), _emails(paths[Kind.EMAIL])
    with_others = with_both_contacts if place.link.entry is Kind.PHONE else with_stray_phones
    return with_others(phones, emails)


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
        if len(phones) == 1 and path not in row.values:
            (one,) = phones
            row.values[path] = (
                Entry(one.e164, str(one.raw)[:200], is_primary=True, extension=one.extension),
            )
            return notes if one.valid else [*notes, InvalidInput(UNSURE, value=one.e164)]
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
        if len(emails) == 1 and path not in row.values:
            row.values[path] = (Entry(emails[0], str(cell)[:1_000], is_primary=True),)
        else:
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
    if not before and len(found) == 1:
        (one,) = found
        row.values[path] = (Entry(one.value, one.raw, one.label, is_primary=True, extension=one.extension),)
        return
    entries: dict[str, Entry] = {}
    for one in (*before, *found):
        entries.setdefault(one.value, one)
    first, *others = entries.values()
    main = Entry(first.value, first.raw, first.label, is_primary=True, extension=first.extension)
    row.values[path] = (main, *others)
