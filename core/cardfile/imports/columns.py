"""Cells become values: the mapping of a list, compiled to one closure for each column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cardfile.errors import Refused
from cardfile.imports.day_orders import in_order, telling_order
from cardfile.imports.fills import Fill, fill_of, for_heir
from cardfile.imports.issues import CELL_ERROR, NOT_CALCULATED, Issue, issue_of
from cardfile.imports.name_book import NameBook
from cardfile.imports.parts import MAIN, Part, has_contacts
from cardfile.imports.read_rows import ReadRow
from cardfile.imports.targets import Place, PlaceKind
from cardfile.journal.references import owner_path
from cardfile.model.fields import Kind
from cardfile.model.kinds import Reading
from cardfile.model.record_types import RecordType
from cardfile.spreadsheets.cells import NEVER_CALCULATED, CellError, Row, cell_address

__all__ = ["CompiledColumn", "compile_columns", "identifying_paths", "read_row"]

_NOTHING: Final = frozenset({"", "-", "–", "—", "--", "---"})
_NO_VALUE: Final = frozenset(
    {"нет", "н/д", "н/у", "нет данных", "не указан", "не указано", "не указана", "отсутствует", "неизвестно",
     "n/a", "na", "none", "null", "no data", "unknown", "?"}
)  # fmt: skip
_IN_WORDS: Final = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.BOOLEAN})
_is_defused = re.compile(r"'\s*[=+\-@\t\r]").match


@dataclass(frozen=True, slots=True)
class CompiledColumn:
    """A column of the list and the closure that reads its cells; with `has_words` “no” is a value in it."""

    index: int
    name: str
    fill: Fill
    has_words: bool


def compile_columns(
    parts: Mapping[str, Part],
    columns: Mapping[int, tuple[str, Place]],
    reading: Reading,
    books: Mapping[str, NameBook],
    *,
    heirs: Mapping[str, str],
    tells_all: bool = False,
    day_first: Mapping[int, bool | None] | None = None,
) -> tuple[CompiledColumn, ...]:
    """Return the columns ready for reading; `columns` gives name and place by index, `parts` those of the rows.

    `books` are the names of the record types that fields refer to, by key; `heirs` are the names of those who get
    new records of which the list names no owner, by part. With `tells_all` an unknown name is told in each row.
    `day_first` tells how the dates of a column are written, by index, as far as they show it themselves.
    """
    compiled = []
    # A column that narrows the names of another one, as a pipeline those of its stages, is read before it.
    for index, (name, place) in sorted(
        columns.items(), key=lambda one: (_is_narrowed(one[1][1], parts, books), one[0])
    ):
        part = parts[place.part]
        order = (day_first or {}).get(index)
        fill = fill_of(part, parts, place, in_order(reading, order), books, tells_all=tells_all, heading=name)
        if order is None:
            fill = telling_order(fill, place, reading)
        if place.part in heirs and place.own == owner_path(part.record_type):
            fill = for_heir(fill, heirs[place.part])
        if place.part != MAIN:
            fill = _of_part(fill, place.part)
        has_words = place.kind is PlaceKind.CUSTOM or (
            place.line is not None and place.line.kind in _IN_WORDS
        )
        compiled.append(CompiledColumn(index, name, fill, has_words))
    return tuple(compiled)


def _of_part(fill: Fill, name: str) -> Fill:
    return lambda row, cell: fill(row.part(name), cell)


def _is_narrowed(place: Place, parts: Mapping[str, Part], books: Mapping[str, NameBook]) -> bool:
    """Tell whether the names of a place are told apart by another column."""
    link = parts[place.part].record_type.links.get(place.own)
    book = books.get(link.target) if link is not None else None
    return book is not None and book.within is not None


def read_row(row: Row, columns: Sequence[CompiledColumn]) -> ReadRow:
    """Return a row's values; what cannot be read is noted with its address and left empty."""
    number, cells = row
    read = ReadRow(number)
    width = len(cells)
    for column in columns:
        index = column.index
        cell = cells[index] if index < width else None
        if cell is None:
            continue
        if type(cell) is str:
            # As a text table is written, lest a spreadsheet takes the text for a formula.
            if cell[:1] == "'" and _is_defused(cell):
                cell = cell[1:]
            if _is_empty(cell) if column.has_words else _is_nothing(cell):
                continue
        if type(cell) is CellError:
            read.issues.append(_cell_error(number, column, cell))
            read.is_flawed = True
            continue
        try:
            notes = column.fill(read, cell)
        except Refused as error:
            notes, read.is_flawed = error.errors, True
        for one in notes:
            read.issues.append(issue_of(number, one, index=column.index, column=column.name))
    return read


def identifying_paths(record_type: RecordType) -> frozenset[str]:
    """Return the paths by one of which at least a record must be known.

    Of people and firms these are names and contacts; of anything else whatever is told of it.
    """
    if not has_contacts(record_type):
        return frozenset({*record_type.lines, *record_type.links})
    names = {
        path
        for path, line in record_type.lines.items()
        if line.kind is Kind.TEXT and line.card is None and line.key.rpartition("_")[2] == "name"
    }
    title = {record_type.entity.title} if record_type.entity.title in record_type.lines else set()
    return frozenset(names | title | set(record_type.entity.search))


@lru_cache(maxsize=16_384)  # the words of a column come again and again
def _is_nothing(cell: str) -> bool:
    text = cell.strip()
    return text in _NOTHING or (len(text) < 15 and text.casefold() in _NO_VALUE)


def _is_empty(cell: str) -> bool:
    return cell.strip() in _NOTHING


def _cell_error(number: int, column: CompiledColumn, cell: CellError) -> Issue:
    address = cell_address(number, column.index)
    if cell == NEVER_CALCULATED:
        return Issue(address, "NEVER_CALCULATED", NOT_CALCULATED, {}, column.name)
    return Issue(address, "CELL_ERROR", CELL_ERROR, {"value": cell.text}, column.name)
