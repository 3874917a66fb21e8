"""What the texts of a card are, where the looks of cells can tell it: names of people and firms, numbers, addresses."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cardfile.imports.evidence import Evidence, Sense
from cardfile.values.text import fold_key

__all__ = ["Meaning", "is_contact", "meaning_of", "speaks_for"]


class Meaning(StrEnum):
    """What a text field holds; the members are the keys of such fields on any card."""

    NAME = "name"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    COMPANY = "company"
    TAX_NUMBER = "tax_number"
    CITY = "city"
    ADDRESS = "address"


_BY_KEY: Final = {meaning.value: meaning for meaning in Meaning}

_SENSES: Final[Mapping[Meaning, Mapping[Sense, float]]] = {
    Meaning.NAME: {Sense.PERSON: 1.0, Sense.COMPANY: 1.0, Sense.SURNAME: 0.6, Sense.GIVEN_NAME: 0.6},
    Meaning.LAST_NAME: {Sense.SURNAME: 1.0},
    Meaning.FIRST_NAME: {Sense.GIVEN_NAME: 1.0},
    Meaning.MIDDLE_NAME: {Sense.PATRONYMIC: 1.0},
    Meaning.COMPANY: {Sense.COMPANY: 1.0},
    Meaning.TAX_NUMBER: {Sense.TAX_NUMBER: 1.0},
    Meaning.ADDRESS: {Sense.ADDRESS: 1.0},
}
"""What cells read like that belong to a field, and how much each counts."""

_CONTACTS: Final = frozenset(
    map(
        fold_key,
        ("контактное лицо", "конт. лицо", "контакт", "представитель", "фио контактного лица", "лицо для связи",
         "контактна особа", "байланыс тұлғасы", "contact person", "contact", "contact name", "primary contact"),
    )
)  # fmt: skip


def meaning_of(path: tuple[str, ...], kind: str) -> Meaning | None:
    """Return what the field at `path` holds, None for one about which cells tell nothing."""
    key = path[-1].rpartition(":")[2]
    return _BY_KEY.get(key) if len(path) == 1 and kind == "text" else None


def speaks_for(meaning: Meaning, evidence: Evidence) -> float | None:
    """Return which part of the cells reads like a field of that meaning; None when cells cannot tell."""
    senses = _SENSES.get(meaning)
    if senses is None:
        return None
    return min(1.0, sum(evidence.senses[sense] * worth for sense, worth in senses.items()))


def is_contact(heading: str) -> bool:
    """Tell whether a column holds the people to talk to at firms that stand in another column."""
    return fold_key(heading) in _CONTACTS
