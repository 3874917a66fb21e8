"""Where a table begins: the header under titles, dates of printing and blank lines, in one row or in two."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Final

from cardfile.spreadsheets.cells import Cell, MergedRange, Row, column_letters
from cardfile.spreadsheets.looks import Look, look_of, looks_of
from cardfile.values.text import clean, fold_key

__all__ = ["JOINT", "Header", "find_header", "fingerprint", "header_at"]

JOINT: Final = " › "
"""What stands between the two parts of a name in a header of two rows: `Contacts › Phone`."""

_SEARCHED: Final = 40
_LOWEST: Final = 30
"""The row number below which no header is looked for, unless many rows above are blank."""

_BELOW: Final = 20
_SHORT: Final = 60
_ENOUGH: Final = 1.0
_MOST_COLUMNS: Final = 300
_DATA_LOOKS: Final = frozenset({Look.PHONE, Look.EMAIL, Look.DATE, Look.URL, Look.NUMBER, Look.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: its last row's number, and by column index the name that stands there.

    It has `rows` rows, one or two. `row` is 0 for a table without a header; its columns then go by their letters
    and `is_made_up` is True. A name that occurs twice is told apart by a number behind it.
    """

    row: int
    names: dict[int, str]
    score: float = 0.0
    is_made_up: bool = False
    rows: int = 1

    @property
    def first_row(self) -> int:
        """The number of the row with which it begins."""
        return self.row - self.rows + 1

    def index_of(self, name: str) -> int | None:
        """Return the column that somebody means by its name or its letter, None when there is none."""
        by_name = {fold_key(known): index for index, known in self.names.items()}
        by_letter = {column_letters(index): index for index in self.names}
        return by_name.get(fold_key(name), by_letter.get(name.upper()))


def find_header(
    rows: Sequence[Row], *, words: Set[str] = frozenset(), merged: Sequence[MergedRange] = ()
) -> Header:
    """Return the header among the first thirty rows, of which `rows` are those that are not blank.

    `words` are the folded names (see `fold_key`) by which columns are known, `merged` the merged ranges of the
    sheet, if they are known. Where no row reads like a header, the table has none, and every row is data.
    """
    best, best_score = -1, _ENOUGH
    vocabulary = frozenset(word for name in words for word in name.split() if len(word) > 2)
    usual = _usual_width(rows)
    for place in range(min(len(rows), _SEARCHED)):
        if rows[place][0] > _LOWEST and place > _BELOW:
            break
        score = _score(rows, place, words, vocabulary, usual, best_score)
        if score > best_score:
            best, best_score = place, score
    if best < 0:
        columns = _columns_with_cells(rows)
        return Header(row=0, names={index: column_letters(index) for index in columns}, is_made_up=True)
    top, bottom = _whole_header(rows, best, merged)
    return header_at(rows, rows[bottom][0], height=bottom - top + 1, score=best_score, merged=merged)


def header_at(
    rows: Sequence[Row],
    number: int,
    *,
    height: int | None = None,
    score: float = 1.0,
    merged: Sequence[MergedRange] = (),
) -> Header:
    """Return the header of which row `number` is the last, as chosen by hand; raises `KeyError`.

    Unless its `height` is told, the row above belongs to it if the two are one header.
    """
    place = {row: at for at, (row, _) in enumerate(rows)}[number]
    if height is None:
        height = 2 if place and _are_one_header(rows[place - 1], rows[place], merged) else 1
    first = max(0, place - height + 1)
    texts = _joined(rows, first, place, merged) if height > 1 else _texts(rows[place][1], number, merged)
    names: dict[int, str] = {}
    seen: Counter[str] = Counter()
    for index in _columns_with_cells(rows[first:]):
        name = texts.get(index) or column_letters(index)
        seen[fold_key(name)] += 1
        times = seen[fold_key(name)]
        names[index] = name if times == 1 else f"{name} ({times})"
    return Header(row=number, names=names, score=score, rows=height)


def fingerprint(header: Header) -> str:
    """Return a key under which to remember the mapping of lists with these column names in any order."""
    names = sorted(fold_key(name) for name in header.names.values())
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]


def _texts(cells: Sequence[Cell], number: int, merged: Sequence[MergedRange]) -> dict[int, str]:
    """Return the texts of a row by column; a text that spans several columns stands in each of them."""
    texts = {index: clean(str(cell)) for index, cell in enumerate(cells) if cell is not None}
    for one in merged:
        if one.top <= number <= one.bottom and one.left in texts:
            for index in range(one.left + 1, min(one.right, _MOST_COLUMNS) + 1):
                texts.setdefault(index, texts[one.left])
    return {index: text for index, text in texts.items() if text}


def _joined(rows: Sequence[Row], top: int, bottom: int, merged: Sequence[MergedRange]) -> dict[int, str]:
    """Return the names of a header of two rows: each lower one with the upper one that spans it."""
    groups = _spans(rows[top][1], rows[bottom][1], rows[top][0], merged)
    upper, lower = _texts(rows[top][1], 0, ()), _texts(rows[bottom][1], 0, ())
    names = dict(upper)
    for index, text in lower.items():
        group = upper.get(groups[index]) if index in groups else upper.get(index)
        names[index] = f"{group}{JOINT}{text}" if group and fold_key(group) != fold_key(text) else text
    return names


def _spans(
    upper: Sequence[Cell], lower: Sequence[Cell], number: int, merged: Sequence[MergedRange]
) -> dict[int, int]:
    """Return the columns of the lower row that an upper text spans, with the column where that text stands."""
    spans: dict[int, int] = {}
    for one in merged:
        if one.top <= number <= one.bottom and one.right > one.left:
            spans |= dict.fromkeys(range(one.left, min(one.right, _MOST_COLUMNS) + 1), one.left)
    if spans:
        return {index: left for index, left in spans.items() if _at(lower, index) is not None}
    left: int | None = None
    for index in range(max(len(upper), len(lower))):
        if _at(upper, index) is not None:
            left = index
        if _at(lower, index) is None:
            left = None
        elif left is not None and left != index:
            spans[index] = spans[left] = left
    return spans


def _whole_header(rows: Sequence[Row], place: int, merged: Sequence[MergedRange]) -> tuple[int, int]:
    """Return the places of the first and the last row of the header, of which the row at `place` is one."""
    for top in (place, place - 1):
        if 0 <= top < len(rows) - 1 and _are_one_header(rows[top], rows[top + 1], merged):
            return top, top + 1
    return place, place


def _are_one_header(above: Row, below: Row, merged: Sequence[MergedRange]) -> bool:
    """Tell whether two rows are one header: texts that span several columns, and the names of those columns."""
    if below[0] != above[0] + 1 or not (_is_of_texts(above[1]) and _is_of_texts(below[1])):
        return False
    spans = _spans(above[1], below[1], above[0], merged)
    upper = {index for index, cell in enumerate(above[1]) if cell is not None}
    lower = {index for index, cell in enumerate(below[1]) if cell is not None}
    groups = set(spans.values())
    alone = upper - lower
    if not spans or len(lower) < 2 or not lower & set(spans) or (upper & lower) - groups:
        return False
    if len(upper) < 2 or not (len(groups) > 1 or alone):
        return False  # A title spans the whole table; a header has names beside the group, or several groups.
    if alone or any(one.top <= above[0] <= one.bottom for one in merged):
        return True
    # Texts above a row of names may be titles, too; they are needed where names come twice.
    names = [fold_key(str(below[1][index])) for index in lower]
    return len(set(names)) < len(names)


def _is_of_texts(cells: Sequence[Cell]) -> bool:
    return all(cell is None or look_of(cell) is Look.TEXT for cell in cells)


def _at(cells: Sequence[Cell], index: int) -> Cell:
    return cells[index] if index < len(cells) else None


def _columns_with_cells(rows: Sequence[Row]) -> list[int]:
    """Return the columns up to the last with a name in the first row or two values below, three hundred at most."""
    counts: Counter[int] = Counter()
    for place, (_, cells) in enumerate(rows):
        for index, cell in enumerate(cells):
            if cell is not None:
                counts[index] += 2 if place == 0 else 1
    last = max((index for index, count in counts.items() if count >= 2), default=0)
    # A stray cell far to the right is no column; one between columns is.
    return sorted(index for index in counts if index <= last or len(rows) < 3)[:_MOST_COLUMNS]


def _score(
    rows: Sequence[Row], place: int, words: Set[str], vocabulary: Set[str], usual: int, enough: float
) -> float:
    """Return how much a row reads like a header: up to about 4, data stays below 1.

    One that could not come to more than `enough` is not looked at any closer.
    """
    cells = [(index, cell) for index, cell in enumerate(rows[place][1]) if cell is not None]
    texts = [clean(cell) for _, cell in cells if isinstance(cell, str) and look_of(cell) is Look.TEXT]
    below = rows[place + 1 : place + 1 + _BELOW]
    if not texts or (len(texts) < 2 and usual > 1):
        return 0.0
    keys = [fold_key(text) for text in texts]
    known = sum(_known(key, words, vocabulary) for key in keys) / len(keys)
    tidy = sum(len(text) <= _SHORT for text in texts) / len(cells)
    unique = len(set(keys)) / len(keys)
    fullness = min(1.0, len(cells) / max(1, usual))
    data_like = sum(look_of(cell) in _DATA_LOOKS for _, cell in cells) / len(cells)
    likely, against = tidy * unique * fullness, data_like + 0.01 * place
    if likely * (2.4 + 1.5 * known) - against <= enough or (not below and not known):
        return 0.0
    changes = _type_changes(cells, below)
    return likely * (0.9 + 1.5 * known + 1.5 * changes) - against - _data_above(rows, place, usual)


def _data_above(rows: Sequence[Row], place: int, usual: int) -> float:
    """Return how much less likely rows of data above make a header: titles have few cells, or plain ones."""
    above = 0.0
    for _, cells in rows[:place]:
        looks = looks_of(cells)
        above += looks.total() * 2 > usual and any(looks[look] for look in _DATA_LOOKS)
    return 0.6 * above


def _known(key: str, words: Set[str], vocabulary: Set[str]) -> float:
    """Return how well a heading is known: as a whole, or by one of its words."""
    if key in words or key.replace(" ", "") in words:
        return 1.0
    parts = key.split()
    return 0.5 if 0 < len(parts) < 6 and not vocabulary.isdisjoint(parts) else 0.0


def _usual_width(rows: Sequence[Row]) -> int:
    """Return how many cells the rows of the table have: the median of the wider half."""
    widths = sorted(sum(cell is not None for cell in cells) for _, cells in rows[: _SEARCHED + _BELOW])
    return widths[len(widths) * 3 // 4] if widths else 0


def _type_changes(cells: Iterable[tuple[int, Cell]], below: Sequence[Row]) -> float:
    """Return the share of columns in which a text stands above phones, dates, numbers or the like."""
    if not below:
        return 0.0
    changed = total = 0
    for index, cell in cells:
        total += 1
        looks = looks_of(row[index] for _, row in below if index < len(row))
        data = sum(count for look, count in looks.items() if look in _DATA_LOOKS)
        changed += look_of(cell) is Look.TEXT and looks.total() > 0 and data > looks.total() / 2
    return changed / total if total else 0.0
