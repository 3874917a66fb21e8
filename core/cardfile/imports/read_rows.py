"""A row of a list as values, part by part."""

from dataclasses import dataclass, field
from typing import Final

from cardfile.errors import Refused
from cardfile.imports.issues import Issue, issue_of
from cardfile.imports.keys import Key
from cardfile.journal.signatures import Values

__all__ = ["NEW", "ReadRow"]

NEW: Final = 0
"""Stands for a new record where somebody has chosen which one a row means."""


@dataclass(slots=True)
class ReadRow:
    """A part of a row as values: what is filled in, what it is known by, and what was noticed in the row.

    `names` are those of records to which it refers, to be looked up; `record` is its own code, `choice` the record
    that somebody has said it to be (`NEW` for a new one). The main part holds the other ones by their names; it is
    flawed when a cell of the row could not be read.
    """

    number: int
    values: Values = field(default_factory=Values)
    issues: list[Issue] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    tags: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    record: int | None = None
    choice: int | None = None
    is_flawed: bool = False
    others: dict[str, "ReadRow"] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether the row says nothing about this part."""
        return not (self.values or self.tags or self.names) and self.record is None and self.choice is None

    def part(self, name: str) -> "ReadRow":
        """Return another part of the row, which tells with this one what was noticed."""
        found = self.others.get(name)
        if found is None:
            found = self.others[name] = ReadRow(self.number, issues=self.issues)
        return found

    def note(self, error: Refused) -> None:
        """Note something about the row as a whole."""
        self.issues.extend(issue_of(self.number, one) for one in error.errors)
