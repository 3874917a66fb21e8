"""Cells that say something as lists do: contacts of two kinds at once, tax numbers, addresses, birthdays."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from cardfile.errors import InvalidInput, Refused
from cardfile.imports.contact_cells import parted_contacts
from cardfile.imports.read_rows import ReadRow
from cardfile.model.fields import Field
from cardfile.model.kinds import Reading
from cardfile.spreadsheets.cells import Cell
from cardfile.values.cell import cell_text
from cardfile.values.dates import parse_date
from cardfile.values.requisites import parse_inn
from cardfile.values.text import clean

__all__ = [
    "BIRTHDAY",
    "TAX_NUMBER",
    "birthdays",
    "gathered",
    "tax_numbers",
    "with_both_contacts",
    "with_stray_phones",
]

Fill = Callable[[ReadRow, Cell], Sequence[Refused]]
Parse = Callable[[object, Field, Reading], object]

BIRTHDAY: Final = "birthday"
TAX_NUMBER: Final = "tax_number"
_INN_LENGTHS: Final = range(9, 13)
_PHONE_DIGITS: Final = 10
_lone_email = re.compile(r"[\w.+%-]+@[\w.-]+\.[^\W\d_]{2,}").fullmatch


def with_both_contacts(phones: Fill, emails: Fill) -> Fill:
    """Read cells that hold phones, e-mails, or both beside each other."""

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        if not isinstance(cell, str) or "@" not in cell:
            return phones(row, cell)
        parted = parted_contacts(cell)
        if not parted.emails:
            return phones(row, cell)
        notes = [*emails(row, ", ".join(parted.emails))]
        if parted.rest:
            try:
                notes += phones(row, parted.rest)
            except Refused as error:  # One bad number must not take the address with it.
                notes += error.errors
        return notes

    return fill


def with_stray_phones(phones: Fill, emails: Fill) -> Fill:
    """Read cells for e-mails of which some hold phones, alone or beside them."""
    both = with_both_contacts(phones, emails)

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        if isinstance(cell, str) and _lone_email(cell):
            return emails(row, cell)
        if isinstance(cell, str) and (not _has_number(cell) or not _has_number(parted_contacts(cell).rest)):
            return emails(row, cell)
        return both(row, cell)

    return fill


def _has_number(text: str) -> bool:
    """Tell whether there are digits enough for a phone."""
    return sum(map(str.isdigit, text)) >= _PHONE_DIGITS


def tax_numbers(path: str, parse: Parse, line: Field, reading: Reading) -> Fill:
    """Read tax numbers: the zeros that a spreadsheet loses are put back where the check digit then holds.

    What is no number of this country is kept as it is, and told if it looks like one.
    """

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        text = clean(cell_text(cell))
        digits = sum(map(str.isdigit, text))
        if reading.region == "RU" and digits in _INN_LENGTHS and digits == len(text):
            try:
                row.values[path] = parse_inn(text)
            except InvalidInput as error:
                row.values[path] = parse(text, line, reading)
                return error.errors
        else:
            row.values[path] = parse(text, line, reading)
        return ()

    return fill


def birthdays(path: str, reading: Reading) -> Fill:
    """Read birthdays: a year of two digits lies in the past."""

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        row.values[path] = parse_date(cell, today=reading.today, day_first=reading.day_first, past=True)
        return ()

    return fill


def gathered(path: str, parse: Parse, line: Field, reading: Reading, heading: str) -> Fill:
    """Read a text that stands in several columns, such as a street, a house and a flat, into one.

    A cell without words says what it is only with its heading.
    """
    title = clean(heading).lower().rstrip(".:")

    def fill(row: ReadRow, cell: Cell) -> Sequence[Refused]:
        before = row.values.get(path)
        if not before:
            row.values[path] = parse(cell_text(cell), line, reading)
            return ()
        text = clean(cell_text(cell))
        if not any(len(word) > 2 and word.isalpha() for word in text.replace("-", " ").split()):
            text = f"{title} {text}"
        row.values[path] = parse(f"{before}, {text}", line, reading)
        return ()

    return fill
