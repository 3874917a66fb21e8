"""What may be made of a column that is no known field: a field of its own, or a part of the comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cardfile.imports.evidence import Evidence
from cardfile.spreadsheets.looks import Look
from cardfile.values.text import clean, fold_key

__all__ = ["Proposal", "propose_field"]

_MOST_CHOICES: Final = 12
_LONG: Final = 60.0
_NUMBERING: Final = frozenset(
    map(fold_key, ("№", "№ п/п", "п/п", "n", "no", "#", "nn", "№№", "p/p", "р/с", "з/п"))
)

_KIND_OF_LOOK: Final[Mapping[Look, str]] = {
    Look.DATE: "date",
    Look.PHONE: "phone",
    Look.EMAIL: "email",
    Look.URL: "url",
    Look.BOOLEAN: "boolean",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A field that might be made for a column: its kind by the model's value, and the words of a choice.

    With `as_note` the texts are rather to be added to the comment, for they are long, or few.
    """

    kind: str
    choices: tuple[str, ...] = ()
    as_note: bool = False


def propose_field(name: str, evidence: Evidence) -> Proposal | None:
    """Return what to make of a column called `name`; None for running numbers and for one without cells."""
    if not evidence.filled or (evidence.is_numbering and (not name or fold_key(name) in _NUMBERING)):
        return None
    for look, kind in _KIND_OF_LOOK.items():
        if evidence.share(look) >= 0.8:
            return Proposal(kind)
    if evidence.money >= 0.5:
        return Proposal("money")
    if evidence.share(Look.NUMBER) >= 0.8:
        return Proposal(_kind_of_number(evidence))
    if evidence.filled > 2 and evidence.yes_or_no >= 0.95 and evidence.distinct <= 2:
        return Proposal("boolean")
    if evidence.length > _LONG:
        return Proposal("long_text", as_note=True)
    if evidence.distinct <= min(_MOST_CHOICES, evidence.filled // 2):
        return Proposal("choice", tuple(dict.fromkeys(clean(str(cell)) for cell in evidence.cells)))
    return Proposal("text", as_note=not name)


def _kind_of_number(evidence: Evidence) -> str:
    texts = [str(cell).strip() for cell in evidence.cells]
    if any("%" in text for text in texts):
        return "percent"
    numbers = [cell for cell in evidence.cells if isinstance(cell, int | float)]
    if numbers and len(numbers) == len(texts):
        return "integer" if all(number == int(number) for number in numbers) else "decimal"
    if all(text.isdigit() for text in texts):
        # Zeros in front make a code of it, which is no number.
        return "text" if any(text.startswith("0") and len(text) > 1 for text in texts) else "integer"
    return "decimal"
