"""Which of several columns with names is whose: whole names, their parts, firms and the people at them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cardfile.imports.evidence import Evidence, Sense
from cardfile.imports.headings import is_alien
from cardfile.imports.meanings import Meaning, is_contact

__all__ = ["settle_names"]

Path = tuple[str, ...]
Settled = tuple[int, Path, float]

_SURE: Final = 0.7
_FEW: Final = 2
_PIECES: Final[Mapping[Meaning, Sense]] = {
    Meaning.LAST_NAME: Sense.SURNAME,
    Meaning.FIRST_NAME: Sense.GIVEN_NAME,
    Meaning.MIDDLE_NAME: Sense.PATRONYMIC,
}


def settle_names(
    names: Mapping[int, str],
    evidence: Mapping[int, Evidence],
    sureness: Mapping[int, Mapping[Path, float]],
    own: Mapping[Meaning, Path],
) -> Iterator[Settled]:
    """Yield what columns of names are more or less likely, now that all of them are seen together.

    `sureness` says how surely each column is each field by its own name and cells; `own` are the paths of the
    fields for names. A heading `Name` may stand above whole names, or above given names beside a column of last
    ones; of two columns with names one may hold firms and the other the people there.
    """
    if Meaning.NAME not in own:
        return
    headed = {
        meaning: [index for index in names if sureness[index].get(path, 0.0) >= _SURE]
        for meaning, path in own.items()
    }
    yield from _pieces(names, evidence, headed, own)
    yield from _unnamed_surnames(names, evidence, headed, own)
    if not any(headed[meaning] for meaning in headed):
        yield from _unnamed_names(names, evidence, own)
    yield from _people_at_firms(names, evidence, headed[Meaning.NAME], own)


def _pieces(
    names: Mapping[int, str],
    evidence: Mapping[int, Evidence],
    headed: Mapping[Meaning, Sequence[int]],
    own: Mapping[Meaning, Path],
) -> Iterator[Settled]:
    named = {
        index for meaning in (Meaning.NAME, *_PIECES) for index in headed.get(meaning, ()) if names[index]
    }
    for index in sorted(named):
        seen = evidence[index]
        if seen.filled < _FEW:
            continue
        whole = seen.senses[Sense.PERSON] + seen.senses[Sense.COMPANY]
        others = named - {index}
        for meaning, sense in _PIECES.items():
            if meaning not in own or index not in headed[Meaning.NAME]:
                continue
            if whole < 0.3 and seen.senses[sense] >= 0.4 and _has_other_pieces(evidence, others, sense):
                yield index, own[meaning], 0.97
                yield index, own[Meaning.NAME], 0.6
        is_piece = [meaning for meaning in _PIECES if index in headed.get(meaning, ())]
        # A whole name may stand where a heading speaks of a part.
        are_whole = not any(seen.senses[_PIECES[meaning]] > 0.3 for meaning in is_piece)
        if is_piece and are_whole and seen.senses[Sense.PERSON] >= 0.6:
            yield index, own[Meaning.NAME], 0.97
            for meaning in is_piece:
                yield index, own[meaning], 0.6


def _unnamed_surnames(
    names: Mapping[int, str],
    evidence: Mapping[int, Evidence],
    headed: Mapping[Meaning, Sequence[int]],
    own: Mapping[Meaning, Path],
) -> Iterator[Settled]:
    """Yield which column without a heading holds the last names: the one beside the given names."""
    if Meaning.LAST_NAME not in own or Meaning.FIRST_NAME not in own:
        return
    yield from _before_patronymics(names, evidence, headed, own)
    firms = [
        index
        for index in headed[Meaning.NAME]
        if not names[index] and evidence[index].senses[Sense.COMPANY] >= 0.6
    ]
    if firms and headed[Meaning.NAME] == firms and headed.get(Meaning.FIRST_NAME) and Meaning.COMPANY in own:
        for index in firms:
            yield index, own[Meaning.COMPANY], 0.8
            yield index, own[Meaning.NAME], 0.6
    elif headed[Meaning.NAME]:
        # Beside whole names a column without a heading holds somebody else: a doctor, a manager.
        for meaning in _PIECES:
            for index in headed.get(meaning, ()):
                if not names[index] and index not in headed[Meaning.NAME]:
                    yield index, own[meaning], 0.6
        return
    for given in headed.get(Meaning.FIRST_NAME, ()):
        beside = [index for index in (given - 1, given + 1) if names.get(index) == ""]
        index = max(beside, key=lambda one: _like_surnames(evidence[one]), default=given)
        if index != given and _like_surnames(evidence[index]) >= 0.4:
            yield index, own[Meaning.LAST_NAME], 0.84
            for other in headed.get(Meaning.LAST_NAME, ()):
                if other != index and not names[other]:
                    yield other, own[Meaning.LAST_NAME], 0.6


def _before_patronymics(
    names: Mapping[int, str],
    evidence: Mapping[int, Evidence],
    headed: Mapping[Meaning, Sequence[int]],
    own: Mapping[Meaning, Path],
) -> Iterator[Settled]:
    """Yield the last and the first names in the two columns before one of patronymics, all without headings."""
    for middle in headed.get(Meaning.MIDDLE_NAME, ()):
        before = (middle - 2, middle - 1)
        if any(names.get(index) != "" or evidence[index].senses[Sense.WORD] < 0.6 for index in before):
            continue
        last, first = sorted(before, key=lambda index: evidence[index].senses[Sense.GIVEN_NAME])
        yield last, own[Meaning.LAST_NAME], 0.86
        yield first, own[Meaning.FIRST_NAME], 0.86


def _like_surnames(seen: Evidence) -> float:
    """Return how much a column may hold last names, among which firms may stand."""
    senses = seen.senses
    known = senses[Sense.SURNAME] + senses[Sense.COMPANY]
    return max(known, senses[Sense.WORD] * 0.7) - senses[Sense.PATRONYMIC]


def _unnamed_names(
    names: Mapping[int, str], evidence: Mapping[int, Evidence], own: Mapping[Meaning, Path]
) -> Iterator[Settled]:
    """Yield the first column that may hold names, in a list without headings where nothing else is known."""
    for index, name in sorted(names.items()):
        if not name and evidence[index].senses[Sense.WORDS] >= 0.6:
            yield index, own[Meaning.NAME], 0.72
            return


def _has_other_pieces(evidence: Mapping[int, Evidence], others: set[int], sense: Sense) -> bool:
    """Tell whether other columns hold the other parts of the same names."""
    missing = set(_PIECES.values()) - {sense}
    return any(evidence[other].senses[piece] >= 0.4 for other in others for piece in missing)


def _people_at_firms(
    names: Mapping[int, str],
    evidence: Mapping[int, Evidence],
    named: Sequence[int],
    own: Mapping[Meaning, Path],
) -> Iterator[Settled]:
    people = [index for index in named if is_contact(names[index])]
    firms = [index for index in named if index not in people and not is_alien(names[index])]
    if not people and len(named) > 1:
        by_firms = sorted(named, key=lambda index: -evidence[index].senses[Sense.COMPANY])
        first, last = by_firms[0], by_firms[-1]
        if evidence[first].senses[Sense.COMPANY] >= 0.4 and evidence[last].senses[Sense.PERSON] >= 0.5:
            firms, people = [first], [last]
    if not people or not firms or Meaning.COMPANY not in own:
        return
    yield people[0], own[Meaning.NAME], 0.99
    for index in firms[:1]:
        yield index, own[Meaning.COMPANY], 0.97
        yield index, own[Meaning.NAME], 0.6
