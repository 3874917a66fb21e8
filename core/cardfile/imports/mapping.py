"""Which column of a list is which field: proposed from names and from what the cells look like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from cardfile.imports.evidence import Evidence, Sense, evidence_of
from cardfile.imports.headings import Closeness, Lexicon, Way, is_alien, name_key, words_in
from cardfile.imports.meanings import Meaning, meaning_of, speaks_for
from cardfile.imports.naming import settle_names
from cardfile.imports.proposals import Proposal, propose_field
from cardfile.spreadsheets.cells import Row, column_letters
from cardfile.spreadsheets.headers import Header
from cardfile.spreadsheets.looks import Look
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter
from cardfile.values.choices import ChoiceIndex

__all__ = ["ColumnMatch", "Guess", "Reason", "Target", "known_words", "propose_mapping"]

_SURE_ENOUGH: Final = 0.7
_SHOWN: Final = 3
_SAMPLES: Final = 5

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

_NUMBERS: Final = frozenset({"integer", "decimal", "money", "percent"})

_NEVER_IN: Final[Mapping[str, frozenset[Look]]] = {
    "phone": frozenset({Look.EMAIL, Look.DATE, Look.URL}),
    "email": frozenset({Look.PHONE, Look.DATE, Look.NUMBER}),
    "date": frozenset({Look.PHONE, Look.EMAIL, Look.URL, Look.TEXT}),
    "datetime": frozenset({Look.PHONE, Look.EMAIL, Look.URL, Look.TEXT}),
    "integer": frozenset({Look.EMAIL, Look.URL, Look.TEXT, Look.DATE}),
    "decimal": frozenset({Look.EMAIL, Look.URL, Look.TEXT, Look.DATE}),
    "money": frozenset({Look.EMAIL, Look.URL, Look.DATE}),
    "percent": frozenset({Look.EMAIL, Look.URL, Look.TEXT, Look.DATE}),
    "user": frozenset({Look.PHONE, Look.DATE, Look.URL, Look.NUMBER, Look.BOOLEAN}),
}
"""Looks that contradict a kind: a column full of them is not it, whatever its name says."""

_NO_TEXT: Final = frozenset({Look.PHONE, Look.EMAIL, Look.DATE, Look.URL, Look.NUMBER, Look.BOOLEAN})
_NEVER_MEANT: Final[Mapping[Meaning, frozenset[Look]]] = {
    **dict.fromkeys(
        (
            Meaning.NAME,
            Meaning.LAST_NAME,
            Meaning.FIRST_NAME,
            Meaning.MIDDLE_NAME,
            Meaning.COMPANY,
            Meaning.CITY,
        ),
        _NO_TEXT,
    ),
    Meaning.ADDRESS: frozenset({Look.PHONE, Look.EMAIL, Look.DATE, Look.URL}),
    Meaning.TAX_NUMBER: frozenset({Look.EMAIL, Look.DATE, Look.URL, Look.TEXT}),
}

_SERIALS: Final = range(7_000, 60_000)
"""What dates from 1919 to 2064 are as numbers in Excel."""


class Reason(StrEnum):
    """Why a column was taken for a field."""

    CHOSEN = "chosen"
    REMEMBERED = "remembered"
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    PART_OF_NAME = "part_of_name"
    LOOKS = "looks"


_REASONS: Final[Mapping[Way, Reason]] = {
    Way.SAME: Reason.SAME_NAME,
    Way.SIMILAR: Reason.SIMILAR_NAME,
    Way.PART: Reason.PART_OF_NAME,
    Way.PART_OF_MORE: Reason.PART_OF_NAME,
}


@dataclass(frozen=True)
class Target:
    """A field that a column may go to: its path, its names, its kind.

    `path` is `("name",)`, `("phones",)` or `("fitness", "goal")`; the first step of another part's field has the
    part's name before a colon. `kind` is a kind of the model by its value; `choices` are those of a choice. With
    `takes_several` any number of columns may go there.
    """

    path: tuple[str, ...]
    labels: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    kind: str = "text"
    takes_several: bool = False
    choices: ChoiceIndex | None = None

    @cached_property
    def keys(self) -> frozenset[str]:
        """The folded names, with and without their spaces; for the sheet's own fields the path's last word, too."""
        own = () if self.is_of_another else (self.path[-1],)
        keys = {name_key(name) for name in (*self.labels, *self.synonyms, *own)} - {""}
        return frozenset(keys | {key.replace(" ", "") for key in keys})

    @cached_property
    def meaning(self) -> Meaning | None:
        """What the field holds, where cells can tell it."""
        return meaning_of(self.path, self.kind)

    @property
    def is_of_another(self) -> bool:
        """Whether it is a field of another part than the sheet's own records."""
        return ":" in self.path[0]


@dataclass(frozen=True, slots=True)
class Guess:
    """A field that a column could be; `confidence` is between 0 and 1."""

    path: tuple[str, ...]
    confidence: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column of a list, the field it was taken for, if any, and what else it could be, likeliest first.

    `proposal` is the field that might be made for a column that was taken for none; a column of running numbers
    has none.
    """

    index: int
    name: str
    match: Guess | None
    others: tuple[Guess, ...]
    samples: tuple[str, ...]
    looks: Mapping[Look, int]
    proposal: Proposal | None = None


def known_words(targets: Sequence[Target]) -> frozenset[str]:
    """Return the folded names of all targets: by them a header row is known."""
    return frozenset().union(*(target.keys for target in targets))


def propose_mapping(
    header: Header,
    sample: Sequence[Row],
    targets: Sequence[Target],
    *,
    chosen: Mapping[int, tuple[str, ...] | None] | None = None,
    remembered: Mapping[int, tuple[str, ...] | None] | None = None,
) -> tuple[ColumnMatch, ...]:
    """Return what each column of `header` is, judged by its name and a `sample` of data rows below it.

    `chosen` gives fields by column index, or None for a column that is to be left out; it wins over what is
    `remembered` from an earlier list, and that over every guess. A target that takes one column gets the
    likeliest one. Raises `KeyError` for a chosen path that no target has.
    """
    by_path = {target.path: target for target in targets}
    wishes = {index: by_path[path].path if path else None for index, path in (chosen or {}).items()}
    kept = {
        index: path
        for index, path in (remembered or {}).items()
        if index not in wishes and (path is None or path in by_path)
    }
    below = [cells for kind, (_, cells) in RowSorter(header, sample).sort(sample) if kind is RowKind.DATA]
    columns = {
        index: [cells[index] for cells in below if index < len(cells) and cells[index] is not None]
        for index in header.names
    }
    evidence = {index: evidence_of(cells) for index, cells in columns.items()}
    names = {index: _said(header, index) for index in header.names}
    guesses = _all_guesses(names, evidence, targets)
    given = {index: Guess(path, 1.0, Reason.CHOSEN) for index, path in wishes.items() if path}
    given |= {index: Guess(path, 0.99, Reason.REMEMBERED) for index, path in kept.items() if path}
    taken = _assign(
        names, guesses, given, {*wishes, *kept}, {target.path for target in targets if target.takes_several}
    )
    return tuple(
        ColumnMatch(
            index=index,
            name=name,
            match=taken.get(index),
            others=tuple(guess for guess in guesses[index] if guess != taken.get(index))[:_SHOWN],
            samples=tuple(str(cell) for cell in columns[index][:_SAMPLES]),
            looks=evidence[index].looks,
            proposal=None
            if index in taken or index in wishes
            else propose_field(names[index], evidence[index]),
        )
        for index, name in header.names.items()
    )


def _said(header: Header, index: int) -> str:
    """Return the name that somebody gave to a column, empty when it goes by its letters."""
    name = header.names[index]
    return "" if header.is_made_up or name == column_letters(index) else name


def _assign(
    names: Mapping[int, str],
    guesses: Mapping[int, Sequence[Guess]],
    given: Mapping[int, Guess],
    settled: set[int],
    several: set[tuple[str, ...]],
) -> dict[int, Guess]:
    taken = dict(given)
    gone = {guess.path for guess in taken.values()} - several
    # The surest first; among equals the one that says more (`Job title`, not `Title`), then the leftmost column,
    # as people put what matters first.
    offers = sorted(
        (
            (-guess.confidence, -words_in(names[index]), index, guess)
            for index, offered in guesses.items()
            for guess in offered
        ),
        key=lambda offer: offer[:3],
    )
    for *_, index, guess in offers:
        if index in settled or index in taken or guess.path in gone or guess.confidence < _SURE_ENOUGH:
            continue
        taken[index] = guess
        if guess.path not in several:
            gone.add(guess.path)
    return taken


def _all_guesses(
    names: Mapping[int, str], evidence: Mapping[int, Evidence], targets: Sequence[Target]
) -> dict[int, list[Guess]]:
    lexicon = Lexicon(known_words(targets))
    found: dict[int, dict[tuple[str, ...], Guess]] = {}
    for index, name in names.items():
        near = lexicon.near(name)
        guesses = (_guess(name, near, evidence[index], target) for target in targets)
        found[index] = {guess.path: guess for guess in guesses if guess.confidence > 0.3}
    own = {target.meaning: target.path for target in targets if target.meaning and not target.is_of_another}
    for index, path, confidence in settle_names(
        names,
        evidence,
        {index: {path: one.confidence for path, one in of.items()} for index, of in found.items()},
        own,
    ):
        found[index][path] = Guess(path, confidence, Reason.LOOKS)
    return {index: sorted(of.values(), key=lambda guess: -guess.confidence) for index, of in found.items()}


def _guess(name: str, near: Mapping[str, Closeness], evidence: Evidence, target: Target) -> Guess:
    closest = max(
        (near[key] for key in near.keys() & target.keys), key=lambda one: one.sureness, default=None
    )
    by_looks = _by_looks(name, target, evidence)
    if closest is None:
        return Guess(target.path, round(by_looks, 3), Reason.LOOKS)
    confidence = closest.sureness
    is_exact = closest.way is Way.SAME
    if target.kind == "long_text" and closest.way is Way.PART_OF_MORE and confidence > 0.5:
        confidence += 0.2  # Whatever else a heading says, a comment takes it.
    against = _against(target, evidence, is_exact=is_exact)
    support = _support(target, evidence)
    if against > 0.5:
        confidence *= 1.0 - 0.6 * against
    elif (support or 0.0) >= 0.6 and _may_confirm(closest.way, target) and not _is_alien(name, target):
        confidence += (0.95 - confidence) * 0.5
    elif target.choices is not None and evidence.filled > 1 and support is not None and support < 0.25:
        confidence *= 0.65  # The words in the cells are none of the choices.
    if target.is_of_another and closest.way not in (Way.SAME, Way.SIMILAR):
        confidence = min(confidence, 0.6)  # Nothing is made of a hint.
    if by_looks > confidence:
        return Guess(target.path, round(by_looks, 3), Reason.LOOKS)
    return Guess(target.path, round(confidence, 3), _REASONS[closest.way])


def _may_confirm(way: Way, target: Target) -> bool:
    """Tell whether fitting cells make a heading surer: any date fits a heading that speaks of more than a date."""
    if way is Way.PART_OF_MORE:
        return target.kind in _BY_LOOKS_ALONE or target.choices is not None or target.meaning is not None
    return way is not Way.SAME


def _is_alien(name: str, target: Target) -> bool:
    return is_alien(name, is_contact=target.kind in _BY_LOOKS_ALONE)


def _against(target: Target, evidence: Evidence, *, is_exact: bool) -> float:
    """Return which part of the cells cannot be what the field holds."""
    never = _NEVER_IN.get(target.kind, frozenset())
    if target.meaning is not None:
        never = never | _NEVER_MEANT.get(target.meaning, frozenset())
    if target.kind in _BY_LOOKS_ALONE and not (is_exact and evidence.share(_LOOKS_OF_KIND[target.kind])):
        never = never | {Look.TEXT}
    against = sum(evidence.share(look) for look in never)
    return against - evidence.wordy if target.kind == "integer" else against


def _support(target: Target, evidence: Evidence) -> float | None:
    """Return which part of the cells looks like what the field holds; None when looks cannot tell."""
    if not evidence.filled:
        return None
    if target.choices is not None:
        return evidence.known_choices(target.choices)
    if target.meaning is not None:
        return speaks_for(target.meaning, evidence)
    if target.kind in ("date", "datetime"):
        serials = sum(isinstance(cell, int) and cell in _SERIALS for cell in evidence.cells) / evidence.filled
        return evidence.share(Look.DATE) + serials
    if look := _LOOKS_OF_KIND.get(target.kind):
        return evidence.share(look)
    if target.kind in _NUMBERS:
        return evidence.share(Look.NUMBER) + evidence.wordy
    return evidence.yes_or_no if target.kind == "boolean" else None


def _by_looks(name: str, target: Target, evidence: Evidence) -> float:
    """Return how surely a column is a field by its cells alone; a heading that says otherwise forbids it."""
    tells = target.kind in _LOOKS_OF_KIND or target.meaning is not None
    if not tells or not evidence.filled or (name and _is_alien(name, target)):
        return 0.0
    support = _support(target, evidence) or 0.0
    if target.kind in _BY_LOOKS_ALONE:
        # A phone in a column of numbers is a phone.
        return (0.6 + 0.25 * support) * (0.85 if target.is_of_another else 1.0) if support >= 0.6 else 0.0
    if target.is_of_another:
        return 0.0
    match target.meaning:
        case Meaning.NAME if (whole := evidence.senses[Sense.PERSON] + evidence.senses[Sense.COMPANY]) >= 0.6:
            return 0.55 + 0.2 * whole
        case Meaning.TAX_NUMBER if support >= 0.7 and evidence.filled > 2:
            return 0.6 + 0.25 * support
        case Meaning.LAST_NAME | Meaning.FIRST_NAME | Meaning.MIDDLE_NAME | Meaning.ADDRESS if not name:
            return 0.55 + 0.25 * support if support >= 0.5 else 0.0
    # A date may be any of the dates that a card has.
    return 0.5 * support if target.kind in _LOOKS_OF_KIND and support >= 0.6 else 0.0
