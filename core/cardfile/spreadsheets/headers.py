"""Where a table begins: the header row under titles, dates of printing and blank lines."""

import hashlib
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from cardfile.spreadsheets.cells import Cell, Row, column_letters
from cardfile.spreadsheets.looks import Look, look_of, looks_of
from cardfile.values.text import clean, fold_key

__all__ = ["Header", "find_header", "fingerprint", "header_at"]

_SEARCHED: Final = 30
_BELOW: Final = 20
_SHORT: Final = 60
_ENOUGH: Final = 1.0
_MOST_COLUMNS: Final = 300
_DATA_LOOKS: Final = frozenset({Look.PHONE, Look.EMAIL, Look.DATE, Look.URL, Look.NUMBER, Look.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: its row number, and by column index the name that stands there.

    `row` is 0 for a table without a header; its columns then go by their letters and `is_made_up` is True.
    A name that occurs twice is told apart by a number behind it.
    """

    row: int
    names: dict[int, str]
    score: float = 0.0
    is_made_up: bool = False


def find_header(rows: Sequence[Row], *, words: Set[str] = frozenset()) -> Header:
    """Return the header among the first thirty of `rows`, the first rows of a sheet that are not blank.

    `words` are the folded names (see `fold_key`) by which columns are known. Where no row reads like a
    header, the table has none, and every row is data.
    """
    best, best_score = -1, _ENOUGH
    for place in range(min(len(rows), _SEARCHED)):
        score = _score(rows, place, words)
        if score > best_score:
            best, best_score = place, score
    if best < 0:
        columns = _columns_with_cells(rows)
        return Header(row=0, names={index: column_letters(index) for index in columns}, is_made_up=True)
    return header_at(rows, rows[best][0], score=best_score)


def header_at(rows: Sequence[Row], number: int, *, score: float = 1.0) -> Header:
    """Return the header that stands in row `number` of `rows`, as chosen by hand; raises `KeyError`."""
    place = {row: at for at, (row, _) in enumerate(rows)}[number]
    cells = rows[place][1]
    names: dict[int, str] = {}
    seen: Counter[str] = Counter()
    for index in _columns_with_cells(rows[place:]):
        name = clean(str(cells[index])) if index < len(cells) and cells[index] is not None else ""
        name = name or column_letters(index)
        seen[fold_key(name)] += 1
        times = seen[fold_key(name)]
        names[index] = name if times == 1 else f"{name} ({times})"
    return Header(row=number, names=names, score=score)


def fingerprint(header: Header) -> str:
    """Return a key under which to remember the mapping of lists with these column names in any order."""
    names = sorted(fold_key(name) for name in header.names.values())
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]


def _columns_with_cells(rows: Sequence[Row]) -> list[int]:
    """Return the columns with a name in the first row or at least two values below, three hundred at most."""
    counts: Counter[int] = Counter()
    for place, (_, cells) in enumerate(rows):
        for index, cell in enumerate(cells):
            if cell is not None:
                counts[index] += 2 if place == 0 else 1
    few_rows = len(rows) < 3
    return sorted(index for index, count in counts.items() if count >= 2 or few_rows)[:_MOST_COLUMNS]


def _score(rows: Sequence[Row], place: int, words: Set[str]) -> float:
    """Return how much a row reads like a header: up to about 4, data stays below 1."""
    cells = [(index, cell) for index, cell in enumerate(rows[place][1]) if cell is not None]
    texts = [clean(cell) for _, cell in cells if isinstance(cell, str) and look_of(cell) is Look.TEXT]
    below = rows[place + 1 : place + 1 + _BELOW]
    if not texts or (len(texts) < 2 and _usual_width(rows) > 1):
        return 0.0
    keys = [fold_key(text) for text in texts]
    known = sum(key in words or key.replace(" ", "") in words for key in keys) / len(keys)
    tidy = sum(len(text) <= _SHORT for text in texts) / len(cells)
    unique = len(set(keys)) / len(keys)
    fullness = min(1.0, len(cells) / max(1, _usual_width(rows)))
    data_like = sum(look_of(cell) in _DATA_LOOKS for _, cell in cells) / len(cells)
    changes = _type_changes(cells, below)
    if not below and not known:
        return 0.0
    return tidy * unique * fullness * (0.9 + 1.5 * known + 1.5 * changes) - data_like


def _usual_width(rows: Sequence[Row]) -> int:
    """Return how many cells the rows of the table have: the median of the wider half."""
    widths = sorted(sum(cell is not None for cell in cells) for _, cells in rows[: _SEARCHED + _BELOW])
    return widths[len(widths) * 3 // 4] if widths else 0


def _type_changes(cells: Sequence[tuple[int, Cell]], below: Sequence[Row]) -> float:
    """Return the share of columns in which a text stands above phones, dates, numbers or the like."""
    if not below:
        return 0.0
    changed = 0
    for index, cell in cells:
        looks = looks_of(row[index] for _, row in below if index < len(row))
        data = sum(count for look, count in looks.items() if look in _DATA_LOOKS)
        changed += look_of(cell) is Look.TEXT and looks.total() > 0 and data > looks.total() / 2
    return changed / len(cells)
