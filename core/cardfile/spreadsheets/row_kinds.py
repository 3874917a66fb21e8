"""What each row of a sheet is: data, or something around it that must be counted and left out."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final
from unicodedata import combining

from cardfile.spreadsheets.cells import Cell, Row
from cardfile.spreadsheets.headers import JOINT, Header
from cardfile.spreadsheets.looks import Look, look_of, looks_of
from cardfile.values.names import reads_like_name
from cardfile.values.text import clean, fold_key

__all__ = ["RowKind", "RowSorter"]


class RowKind(StrEnum):
    """The kinds of rows; every row of a sheet is exactly one of them."""

    DATA = "data"
    ABOVE = "above"
    """A title or another row above the header."""
    HEADER = "header"
    REPEATED_HEADER = "repeated_header"
    TOTAL = "total"
    ASIDE = "aside"
    """A single text that is no data: the name of a group, a signature, a date of printing."""
    BLANK = "blank"


_total = re.compile(
    r"(?:итого|итог|всего|подытог|промежуточн\w+ итог\w*|общий итог|сумма|(?:grand |sub[ -]?)?totals?|sum)"
    r"(?:\s+(?:по|за|на|в|для|for|by|of|in)\b.*"
    r"|\s+(?:клиент|запис|строк|человек|сумм|оплат|client|row|record|amount|member)\w*)?"
    r"\s*[:=–—-]*\s*[\d\s.,]*",
    re.IGNORECASE,
)
# Most rows have no cell that begins like this, and need no closer look.
_may_be_total = re.compile(
    r"[\s\u200b\ufeff]*(?:итог|всего|подытог|промежут|общ|сумм|grand|sub|total|sum)", re.IGNORECASE
).match
# Nobody is called so: "Группа: пенсионеры", "Исполнитель:", "Дата печати: 1.11.2026".
_caption = re.compile(r"[^\W\d_][\w .\-/]{0,40}:[^@:/]*")
_WIDE: Final = 3
"""From how many filled cells on a row says enough of a client."""

_VERY_WIDE: Final = 5
"""From how many filled cells on no client has a lone one, whatever he is called."""

_UNITS: Final = frozenset({"руб", "руб.", "р.", "₽", "шт", "шт.", "чел", "чел.", "-", "–", "—", "x", "х"})
_NUMERIC: Final = frozenset({Look.NUMBER, Look.EMPTY, Look.ERROR})
_DATA_LOOKS: Final = frozenset({Look.NUMBER, Look.DATE, Look.PHONE, Look.EMAIL, Look.URL})


class RowSorter:
    """Tells the kind of each row and counts them; blank rows are the gaps between the numbers.

    `counts` adds up to the number of the last row that was seen.
    """

    def __init__(self, header: Header, sample: Sequence[Row]) -> None:
        self.counts: Counter[RowKind] = Counter()
        self._header = header
        # A header of two rows is repeated by its lower row, or by both.
        self._keys = {
            index: {fold_key(part) for part in (name, *name.split(JOINT))}
            for index, name in header.names.items()
        }
        self._last = 0
        widths = [len(cells) - cells.count(None) for number, cells in sample if number > header.row]
        wide = sum(width >= _WIDE for width in widths)
        # Lone cells among rows like these stand for no client of whom only a name is known.
        self._is_wide = wide > 1 and wide * 4 >= sum(width > 1 for width in widths) * 3
        middle = sorted(widths)[len(widths) // 2] if widths else 0
        # Lone cells are what the columns are to be told from.
        below = [
            cells for number, cells in sample if number > header.row and len(cells) > cells.count(None) + 1
        ]
        self._data_columns = {
            index
            for index in header.names
            if _is_data_column([cells[index] for cells in below if index < len(cells)])
        }
        self._letters = {
            index: {word[0] for word in fold_key(name).split()} for index, name in header.names.items()
        }
        # Where clients are not called as people and firms usually are, a lone cell may be such a name, too.
        self._are_odd_names = {
            index
            for index in header.names
            if middle < _VERY_WIDE and _are_odd([cells[index] for cells in below if index < len(cells)])
        }

    def sort(self, rows: Iterable[Row]) -> Iterable[tuple[RowKind, Row]]:
        """Yield the rows with their kinds."""
        for row in rows:
            number, cells = row
            self.counts[RowKind.BLANK] += number - self._last - 1
            self._last = number
            kind = self._kind(number, cells)
            self.counts[kind] += 1
            yield kind, row

    def _kind(self, number: int, cells: Sequence[Cell]) -> RowKind:
        if number < self._header.first_row:
            return RowKind.ABOVE
        if number <= self._header.row:
            return RowKind.HEADER
        filled = [(index, cell) for index, cell in enumerate(cells) if cell is not None]
        if not self._header.is_made_up and (
            (self._begins_like_header(filled) and self._repeats_header(filled)) or _numbers_columns(filled)
        ):
            return RowKind.REPEATED_HEADER
        if _is_total(filled):
            return RowKind.TOTAL
        if len(filled) == 1 and len(self._header.names) > 2:
            index, cell = filled[0]
            if look_of(cell) is Look.TEXT and self._is_aside(index, clean(str(cell))):
                return RowKind.ASIDE
        return RowKind.DATA

    def _is_aside(self, index: int, text: str) -> bool:
        """Tell whether a text that stands alone in its row is no data: a caption, a signature, a group's name."""
        if index in self._data_columns or _is_caption(text):
            return True
        # Ten digits may be a phone; and of somebody who is called so only the name may be known.
        if not self._is_wide or index in self._are_odd_names or sum(map(str.isdigit, text)) >= 10:
            return False
        return not reads_like_name(text)

    def _begins_like_header(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        """Tell by first letters whether a row may repeat the header, for hardly any does."""
        different = 0
        for index, cell in filled:
            letter = _first_letter(cell[:2]) if isinstance(cell, str) else None
            if letter is None or (letter and letter not in self._letters.get(index, "")):
                different += 1
                if different * 5 > len(filled):
                    return False
        return True

    def _repeats_header(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        texts = [(index, cell) for index, cell in filled if isinstance(cell, str)]
        if len(texts) < 2 or len(texts) * 3 < len(self._keys):
            return False
        different = len(filled) - len(texts)
        for index, cell in texts:
            different += fold_key(cell) not in self._keys.get(index, ())
            if different * 5 > len(filled):
                return False
        return True


@lru_cache(maxsize=4096)
def _first_letter(beginning: str) -> str:
    """Return the first letter of a text as `fold_key` has it, by its first two characters; empty if it may be any."""
    if not beginning[:1].isalnum() or any(map(combining, beginning)):
        return ""
    return fold_key(beginning[0])[:1]


def _numbers_columns(filled: Sequence[tuple[int, Cell]]) -> bool:
    """Tell whether a row holds 1, 2, 3 and so on, as forms have it under their headers."""
    if len(filled) < 3:
        return False
    return all(str(cell).strip() == str(number) for number, (_, cell) in enumerate(filled, 1))


def _is_data_column(cells: Iterable[Cell]) -> bool:
    looks = looks_of(cells)
    return looks.total() > 1 and sum(looks[look] for look in _DATA_LOOKS) * 2 > looks.total()


def _are_odd(cells: Sequence[Cell]) -> bool:
    """Tell whether the texts of a column are no usual names."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    return len(texts) > 2 and sum(map(reads_like_name, texts)) * 2 < len(texts)


def _is_caption(text: str) -> bool:
    # Ten digits may be a phone, and whoever has one is a client.
    return _caption.fullmatch(clean(text)) is not None and sum(map(str.isdigit, text)) < 10


def _is_total(filled: Sequence[tuple[int, Cell]]) -> bool:
    """Tell whether a row sums up others: one text, a word for a sum, and nothing but numbers besides.

    A client may be called Total Fitness, but he has a phone, an e-mail or another text in his row.
    """
    if not any(isinstance(cell, str) and _may_be_total(cell) for _, cell in filled):
        return False
    looks = [(cell, look_of(cell)) for _, cell in filled]
    texts = [clean(str(cell)) for cell, look in looks if look is Look.TEXT]
    named = [text for text in texts if text.lower() not in _UNITS]
    if len(named) != 1 or not _total.fullmatch(named[0]):
        return False
    return all(look in _NUMERIC or look is Look.TEXT for _, look in looks)
