"""What the cells of a column tell about it, whatever its heading says."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Final

from cardfile.errors import InvalidInput
from cardfile.imports.wordy_numbers import is_wordy_number
from cardfile.spreadsheets.cells import Cell
from cardfile.spreadsheets.looks import Look, look_of, share_of
from cardfile.values.booleans import parse_boolean
from cardfile.values.choices import ChoiceIndex
from cardfile.values.names import NamePiece, looks_like_company, piece_of_name
from cardfile.values.requisites import parse_inn
from cardfile.values.text import clean

__all__ = ["Evidence", "Sense", "evidence_of"]

_MOST: Final = 120
_NO_VALUE: Final = frozenset(
    {"", "-", "–", "—", "нет", "н/д", "n/a", "none", "null", "нет данных", "?", "не указан"}
)
_MANY_WORDS: Final = 40

_address = re.compile(
    r"(?<![^\W\d_])(?:ул|улица|д|дом|кв|пр|просп|проспект|пер|переулок|мкр|г|обл|ш|шоссе|наб|вул|буд|st|street|ave|avenue"
    r"|road|rd|lane|ln|drive|dr|str|blvd)(?:\.|\s|$)",
    re.IGNORECASE,
).search
_money = re.compile(r"[₽$€£]|руб|(?<!\w)р\.|тг|грн|₸|₴", re.IGNORECASE).search


class Sense(StrEnum):
    """What the texts of a column may be."""

    PERSON = "person"
    GIVEN_NAME = "given_name"
    SURNAME = "surname"
    PATRONYMIC = "patronymic"
    WORD = "word"
    """One word with a capital."""

    WORDS = "words"
    """Two or three words with capitals, as names are written."""

    COMPANY = "company"
    TAX_NUMBER = "tax_number"
    ADDRESS = "address"


@dataclass
class Evidence:
    """The first filled cells of a column and what they look like; shares are between 0 and 1."""

    cells: Sequence[Cell]
    looks: Counter[Look] = field(default_factory=Counter)

    @property
    def filled(self) -> int:
        """How many cells were looked at."""
        return len(self.cells)

    def share(self, look: Look) -> float:
        """Return which part of the cells has a look."""
        return share_of(look, self.looks)

    @cached_property
    def texts(self) -> list[str]:
        """The cells that are texts, cleaned."""
        return [clean(cell) for cell in self.cells if isinstance(cell, str)]

    @cached_property
    def senses(self) -> Mapping[Sense, float]:
        """Which part of the cells reads like what."""
        counts: Counter[Sense] = Counter()
        for cell in self.cells:
            if isinstance(cell, str):
                counts.update(_senses_of(clean(cell)))
            elif _is_tax_number(cell):
                counts[Sense.TAX_NUMBER] += 1
        return {sense: counts[sense] / max(1, self.filled) for sense in Sense}

    @cached_property
    def wordy(self) -> float:
        """Which part of the cells are whole numbers with words, or ranges of them."""
        return self._part(is_wordy_number)

    @cached_property
    def yes_or_no(self) -> float:
        """Which part of the cells says yes or no."""
        return self._part(_is_boolean)

    @cached_property
    def money(self) -> float:
        """Which part of the cells has the sign of a currency."""
        return self._part(lambda cell: isinstance(cell, str) and _money(cell) is not None)

    @cached_property
    def distinct(self) -> int:
        """How many different cells there are."""
        return len({str(cell).strip().casefold() for cell in self.cells})

    @cached_property
    def is_numbering(self) -> bool:
        """Whether the cells are 1, 2, 3 and so on."""
        numbers = [_whole(cell) for cell in self.cells]
        if len(numbers) < 2 or None in numbers:
            return False
        steps = [two - one for one, two in pairwise(number or 0 for number in numbers)]
        # Numbering may begin anew, as it does with each group.
        return numbers[0] in (0, 1, 2) and sum(step == 1 or step < 0 for step in steps) >= 0.9 * len(steps)

    @cached_property
    def length(self) -> float:
        """How many signs a text has on average."""
        return sum(map(len, self.texts)) / len(self.texts) if self.texts else 0.0

    def known_choices(self, choices: ChoiceIndex) -> float:
        """Return which part of the cells names one of `choices`."""
        return self._part(lambda cell: bool(choices.find(clean(str(cell)))))

    def _part(self, fits: Callable[[Cell], bool]) -> float:
        return sum(map(fits, self.cells)) / self.filled if self.cells else 0.0


def evidence_of(cells: Sequence[Cell]) -> Evidence:
    """Return what the cells of a column tell; words for nothing tell nothing."""
    said: list[Cell] = []
    for cell in cells:
        if cell is None or (isinstance(cell, str) and cell.strip().casefold() in _NO_VALUE):
            continue
        said.append(cell)
        if len(said) == _MOST:
            break
    return Evidence(said, Counter(map(look_of, said)))


def _senses_of(text: str) -> list[Sense]:
    if not text or len(text) > 200:
        return []
    if looks_like_company(text):
        return [Sense.COMPANY]
    if text.replace(" ", "").isdigit():
        return [Sense.TAX_NUMBER] if _is_tax_number(text) else []
    found = [Sense.ADDRESS] if _address(text) and any(map(str.isdigit, text)) else []
    words = text.split()
    if len(words) < 4 and all(word.isalpha() and word[0].isupper() for word in words):
        found.append(Sense.WORD if len(words) == 1 else Sense.WORDS)
    match piece_of_name(text):
        case NamePiece.WHOLE:
            found.append(Sense.PERSON)
        case NamePiece.GIVEN:
            found.append(Sense.GIVEN_NAME)
        case NamePiece.PATRONYMIC:
            found.append(Sense.PATRONYMIC)
        case NamePiece.SURNAME:
            found.append(Sense.SURNAME)
    return found


def _is_tax_number(cell: Cell) -> bool:
    try:
        parse_inn(cell)
    except InvalidInput:
        return False
    return True


def _is_boolean(cell: Cell) -> bool:
    try:
        parse_boolean(cell)
    except InvalidInput:
        return False
    return True


def _whole(cell: Cell) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if cell == int(cell) else None
    text = cell.strip().rstrip(".)") if isinstance(cell, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
