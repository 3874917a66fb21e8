"""What is noticed about a row of a list: where, what, and in words for a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from cardfile.errors import Refused
from cardfile.spreadsheets.cells import cell_address, column_letters
from cardfile.texts import Texts

__all__ = ["CELL_ERROR", "NOT_CALCULATED", "Issue", "issue_of", "issues_from_text", "issues_to_text"]

CELL_ERROR: Final = "The cell shows the error {value} instead of a value."
NOT_CALCULATED: Final = (
    "The formula was never calculated: open the list in Excel, save it and import it again."
)
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing noticed: `address` is a cell (`C14`), or a row (`14`) when it is about the whole row.

    `template` and `values` are those of a `Refused`; `code` is stable and meant for programs.
    """

    address: str
    code: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    column: str | None = None

    def say(self, texts: Texts) -> str:
        """Return the sentence in the language of `texts`."""
        return texts.say(self.template, **self.values)


def issue_of(row: int, error: Refused, *, index: int | None = None, column: str | None = None) -> Issue:
    """Return a refusal as something noticed in a row, or in the cell at `index` of it."""
    values = {key: _plain(value) for key, value in error.values.items()}
    address = str(row) if index is None else cell_address(row, index)
    name = column if column is not None or index is None else column_letters(index)
    # Several refusals in one are already a sentence, in which no places are to be filled.
    return Issue(address, error.code, error.template if values else str(error), values, name)


def issues_to_text(issues: Sequence[Issue]) -> str | None:
    """Return issues as an import's row keeps them; None when there are none."""
    if not issues:
        return None
    told = [
        {
            "address": one.address,
            "code": one.code,
            "template": one.template,
            "values": one.values,
            **({"column": one.column} if one.column else {}),
        }
        for one in issues
    ]
    return orjson.dumps(told).decode()


def issues_from_text(text: object) -> Iterable[Issue]:
    """Return the issues that an import's row keeps."""
    if not text:
        return ()
    return tuple(Issue(**told) for told in orjson.loads(str(text)))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): str(part)[:_LONGEST] for key, part in value.items()}
    return value if isinstance(value, int) else str(value)[:_LONGEST]
