"""Whole numbers as lists have them: `3 раза`, `3 times a week`; and ranges, which are no number at all."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from cardfile.errors import InvalidInput
from cardfile.model.fields import Field, labels_of
from cardfile.spreadsheets.cells import Cell
from cardfile.values.cell import shown
from cardfile.values.text import clean

__all__ = ["is_wordy_number", "wordy_number"]

_LONGEST: Final = 80

RANGE: Final = "{value} is a range, and {field} takes one number: the field is left as it is."
OTHER_PERIOD: Final = "{value} is not counted as {field} is: the field is left as it is."
TAKEN_FOR: Final = "{value} was read as {number}."

_numbered = re.compile(r"(?P<number>[0-9]{1,9})\s*(?P<words>[^\W\d_][^\d]*)").fullmatch
_range = re.compile(
    r"(?:от|с|from|between)?\s*[0-9]{1,9}\s*(?:[-–—‒−/…]|\.{2,3}|до|по|или|и|to|or|and)\s*[0-9]{1,9}(?:\s*[^\W\d_][^\d]*)?",
    re.IGNORECASE,
).fullmatch
# Words that only say that something is counted: nothing is lost with them.
_counting = re.compile(
    r"(?:раза?|р\.?|х|x|штук[аи]?|шт\.?|чел(?:овека?)?\.?|лет|года?|занят\w*|посещени\w*|тренировк\w*|визит\w*"
    r"|times?|pcs\.?|people|persons?|years?|visits?|sessions?|trainings?)",
    re.IGNORECASE,
).match
_PERIODS: Final[Mapping[str, Callable[[str], object]]] = {
    name: re.compile(words, re.IGNORECASE).search
    for name, words in {
        "day": r"\bдень\b|\bдн[яей]\w*|\bсут(?:ки|ок)\b|\bdays?\b|\bdaily\b",
        "week": r"\bнед\w*|\bweek\w*",
        "month": r"\bмес\w*|\bmonth\w*",
        "year": r"\bв год\b|\bежегодн\w*|\b(?:a|per) year\b|\byearly\b|\bannual\w*",
    }.items()
}


def is_wordy_number(cell: Cell) -> bool:
    """Tell whether a cell looks like a whole number with words, or like a range of such."""
    if not isinstance(cell, str) or len(cell) > _LONGEST:
        return False
    text = clean(cell)
    return (_numbered(text) or _range(text)) is not None


def wordy_number(cell: Cell, line: Field) -> tuple[int, InvalidInput | None] | None:
    """Return the number in a cell that is no plain number, and what to note about it; None when there is none.

    Raises `InvalidInput` for a range, and for a number by another period than the field's: `3 раза в месяц` is no
    number of visits a week.
    """
    if not isinstance(cell, str) or len(cell) > _LONGEST:
        return None
    text = clean(cell)
    if _range(text):
        raise InvalidInput(RANGE, value=shown(cell), field=line.label)
    found = _numbered(text)
    if found is None:
        return None
    told = set(_periods(text))
    if told and told != set(_periods(" ".join(labels_of(line)))):
        raise InvalidInput(OTHER_PERIOD, value=shown(cell), field=line.label)
    number = int(found["number"])
    if _counting(found["words"]):
        return number, None
    return number, InvalidInput(TAKEN_FOR, value=shown(cell), number=number)


def _periods(text: str) -> Iterator[str]:
    return (name for name, is_told in _PERIODS.items() if is_told(text))
