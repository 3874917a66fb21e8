"""Which column of a list is which field: proposed from names and from what the cells look like."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from rapidfuzz import fuzz

from cardfile.imports.wordy_numbers import is_wordy_number
from cardfile.spreadsheets.cells import Cell, Row
from cardfile.spreadsheets.headers import Header
from cardfile.spreadsheets.looks import Look, looks_of, share_of
from cardfile.values.text import fold_key

__all__ = ["ColumnMatch", "Guess", "Reason", "Target", "known_words", "propose_mapping"]

_SURE_ENOUGH: Final = 0.7
_SHOWN: Final = 3
_SAMPLES: Final = 5
_ALIKE: Final = 86.0
_SHORT_WORD: Final = 4

_LOOKS_OF_KIND: Final[Mapping[str, Look]] = {
    "phone": Look.PHONE,
    "email": Look.EMAIL,
    "date": Look.DATE,
    "datetime": Look.DATE,
    "url": Look.URL,
}
"""The kinds whose values can be told by their looks."""

_BY_LOOKS_ALONE: Final = frozenset({"phone", "email"})
"""The kinds that a column takes without a fitting name: a date could be any date."""

_NEVER_IN: Final[Mapping[str, frozenset[Look]]] = {
    "phone": frozenset({Look.EMAIL, Look.DATE, Look.URL}),
    "email": frozenset({Look.PHONE, Look.DATE, Look.NUMBER}),
    "date": frozenset({Look.PHONE, Look.EMAIL, Look.URL, Look.TEXT}),
    "datetime": frozenset({Look.PHONE, Look.EMAIL, Look.URL, Look.TEXT}),
    "integer": frozenset({Look.EMAIL, Look.URL, Look.TEXT, Look.DATE}),
    "decimal": frozenset({Look.EMAIL, Look.URL, Look.TEXT, Look.DATE}),
    "money": frozenset({Look.EMAIL, Look.URL, Look.DATE}),
    "percent": frozenset({Look.EMAIL, Look.URL, Look.TEXT, Look.DATE}),
}
"""Looks that contradict a kind: a column full of them is not it, whatever its name says."""


class Reason(StrEnum):
    """Why a column was taken for a field."""

    CHOSEN = "chosen"
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    PART_OF_NAME = "part_of_name"
    LOOKS = "looks"


@dataclass(frozen=True)
class Target:
    """A field that a column may go to: its path, its names, its kind.

    `path` is `("name",)`, `("phones",)` or `("fitness", "goal")`; `kind` is a kind of the model by its value.
    With `takes_several` any number of columns may go there.
    """

    path: tuple[str, ...]
    labels: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    kind: str = "text"
    takes_several: bool = False

    @cached_property
    def keys(self) -> frozenset[str]:
        """The folded names, with and without their spaces, the path's own last word among them."""
        keys = {fold_key(name) for name in (*self.labels, *self.synonyms, self.path[-1])} - {""}
        return frozenset(keys | {key.replace(" ", "") for key in keys})


@dataclass(frozen=True, slots=True)
class Guess:
    """A field that a column could be; `confidence` is between 0 and 1."""

    path: tuple[str, ...]
    confidence: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column of a list, the field it was taken for, if any, and what else it could be, likeliest first."""

    index: int
    name: str
    match: Guess | None
    others: tuple[Guess, ...]
    samples: tuple[str, ...]
    looks: Mapping[Look, int]


def known_words(targets: Sequence[Target]) -> frozenset[str]:
    """Return the folded names of all targets: by them a header row is known."""
    return frozenset().union(*(target.keys for target in targets))


def propose_mapping(
    header: Header,
    sample: Sequence[Row],
    targets: Sequence[Target],
    *,
    chosen: Mapping[int, tuple[str, ...] | None] | None = None,
) -> tuple[ColumnMatch, ...]:
    """Return what each column of `header` is, judged by its name and a `sample` of data rows below it.

    `chosen` gives fields by column index, or None for a column that is to be left out; it wins over every
    guess. A target that takes one column gets the likeliest one. Raises `KeyError` for a chosen path that
    no target has.
    """
    by_path = {target.path: target for target in targets}
    wishes = {index: by_path[path].path if path else None for index, path in (chosen or {}).items()}
    below = [cells for number, cells in sample if number > header.row]
    columns = {
        index: [cells[index] for cells in below if index < len(cells) and cells[index] is not None]
        for index in header.names
    }
    looks = {index: looks_of(cells) for index, cells in columns.items()}
    guesses = {
        index: _guesses("" if header.is_made_up else name, looks[index], targets, _wordy(columns[index]))
        for index, name in header.names.items()
    }
    taken = _assign(guesses, wishes, {target.path for target in targets if target.takes_several})
    return tuple(
        ColumnMatch(
            index=index,
            name=name,
            match=taken.get(index),
            others=tuple(guess for guess in guesses[index] if guess != taken.get(index))[:_SHOWN],
            samples=tuple(str(cell) for cell in columns[index][:_SAMPLES]),
            looks=looks[index],
        )
        for index, name in header.names.items()
    )


def _assign(
    guesses: Mapping[int, Sequence[Guess]],
    wishes: Mapping[int, tuple[str, ...] | None],
    several: set[tuple[str, ...]],
) -> dict[int, Guess]:
    taken = {index: Guess(path, 1.0, Reason.CHOSEN) for index, path in wishes.items() if path}
    gone = {guess.path for guess in taken.values()} - several
    # The surest first; among equals the leftmost column, as people put what matters first.
    offers = sorted(
        ((-guess.confidence, index, guess) for index, offered in guesses.items() for guess in offered),
        key=lambda offer: offer[:2],
    )
    for _, index, guess in offers:
        if index in wishes or index in taken or guess.path in gone or guess.confidence < _SURE_ENOUGH:
            continue
        taken[index] = guess
        if guess.path not in several:
            gone.add(guess.path)
    return taken


def _wordy(cells: Sequence[Cell]) -> float:
    """Return which part of the cells are whole numbers with words, or ranges of them."""
    return sum(map(is_wordy_number, cells)) / len(cells) if cells else 0.0


def _guesses(name: str, looks: Counter[Look], targets: Sequence[Target], wordy: float) -> list[Guess]:
    key = fold_key(name)
    found: list[Guess] = []
    for target in targets:
        confidence, reason = max(
            _by_name(key, target),
            _by_name(_without_number(key), target, worth=0.97),
            key=lambda pair: pair[0],
        )
        against = sum(share_of(look, looks) for look in _NEVER_IN.get(target.kind, ()))
        if target.kind == "integer":
            against -= wordy
        confidence *= 1.0 - 0.6 * against if against > 0.5 else 1.0
        by_looks = _by_looks(target, looks)
        if by_looks > confidence:
            confidence, reason = by_looks, Reason.LOOKS
        if confidence > 0.3:
            found.append(Guess(target.path, round(confidence, 3), reason))
    return sorted(found, key=lambda guess: -guess.confidence)


def _without_number(key: str) -> str:
    """Return the name of a second phone, `phone 2` or `phone2`, as that of the first."""
    return re.sub(r"\s*\d+$", "", key)


def _by_name(key: str, target: Target, *, worth: float = 1.0) -> tuple[float, Reason]:
    if not key:
        return 0.0, Reason.SAME_NAME
    if key in target.keys or key.replace(" ", "") in target.keys:
        return worth, Reason.SAME_NAME
    words = set(key.split())
    alike = part = 0.0
    for known in target.keys:
        if min(len(key), len(known)) > _SHORT_WORD:
            alike = max(alike, fuzz.ratio(key, known), fuzz.token_sort_ratio(key, known))
        known_in_name = set(known.split())
        if known_in_name <= words and len(known) >= _SHORT_WORD - 1:
            part = max(part, len(known.replace(" ", "")) / len(key.replace(" ", "")))
    by_part = (0.6 + 0.3 * part) * worth if part else 0.0
    by_likeness = 0.95 * worth * alike / 100 if alike >= _ALIKE else 0.0
    if by_likeness >= by_part:
        return by_likeness, Reason.SIMILAR_NAME
    return by_part, Reason.PART_OF_NAME


def _by_looks(target: Target, looks: Counter[Look]) -> float:
    look = _LOOKS_OF_KIND.get(target.kind)
    if look is None or looks.total() == 0:
        return 0.0
    share = share_of(look, looks)
    if share < 0.6:
        return 0.0
    # A phone in a column of numbers is a phone; a date may be any of the dates that a card has.
    return (0.6 + 0.25 * share) if target.kind in _BY_LOOKS_ALONE else 0.5 * share
