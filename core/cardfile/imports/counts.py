"""The counts of an import: every row of the sheet is in exactly one of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from cardfile.errors import CardfileError
from cardfile.imports.tables import COUNTED, Outcome
from cardfile.spreadsheets.row_kinds import RowKind

__all__ = ["ImportCounts", "Miscounted"]

_IGNORED: Final = {
    "ignored_above": (RowKind.ABOVE, RowKind.HEADER),
    "ignored_headers": (RowKind.REPEATED_HEADER,),
    "ignored_totals": (RowKind.TOTAL,),
    "ignored_asides": (RowKind.ASIDE,),
    "ignored_blank": (RowKind.BLANK,),
}


class Miscounted(CardfileError):
    """Rows were lost or counted twice: a fault of the import itself, which therefore stops."""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many rows of data were read, what became of them, and how many other rows there were.

    Always `read == created + updated + unchanged + duplicate + review + refused`.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicate: int = 0
    review: int = 0
    refused: int = 0
    ignored_above: int = 0
    ignored_headers: int = 0
    ignored_totals: int = 0
    ignored_asides: int = 0
    ignored_blank: int = 0

    def __post_init__(self) -> None:
        told = sum(int(getattr(self, one.value)) for one in COUNTED)
        if self.read != told:
            raise Miscounted(f"{self.read} rows were read, but something became of {told}")

    @property
    def ignored(self) -> int:
        """How many rows held no data: titles, headers, totals, names of groups, blank ones."""
        return (
            self.ignored_above
            + self.ignored_headers
            + self.ignored_totals
            + self.ignored_asides
            + self.ignored_blank
        )

    @property
    def rows(self) -> int:
        """How many rows of all sheets were dealt with."""
        return self.read + self.ignored

    def plus(self, outcomes: Iterable[Outcome], kinds: Mapping[RowKind, int]) -> "ImportCounts":
        """Return the counts after further rows, of which `kinds` were and of whose data `outcomes` became."""
        more = Counter(outcomes)
        return ImportCounts(
            read=self.read + kinds.get(RowKind.DATA, 0),
            **{one.value: getattr(self, one.value) + more[one] for one in COUNTED},
            **{
                name: getattr(self, name) + sum(kinds.get(kind, 0) for kind in some)
                for name, some in _IGNORED.items()
            },
        )

    def settled(self, outcomes: Iterable[Outcome]) -> "ImportCounts":
        """Return the counts after something has become of rows that were to be settled."""
        more = Counter(outcomes)
        found = {one.value: getattr(self, one.value) + more[one] for one in COUNTED}
        found[Outcome.REVIEW.value] -= more.total()
        return replace(self, **found)

    def columns(self) -> dict[str, object]:
        """Return the counts by the columns of the import's table."""
        found: dict[str, object] = {"rows_read": self.read}
        found |= {f"rows_{one.value}": getattr(self, one.value) for one in COUNTED}
        return found | {name: getattr(self, name) for name in _IGNORED}

    @classmethod
    def of(cls, row: Mapping[str, object]) -> "ImportCounts":
        """Return the counts that an import's row keeps."""

        def kept(column: str) -> int:
            return int(str(row[column] or 0))

        return cls(
            read=kept("rows_read"),
            **{one.value: kept(f"rows_{one.value}") for one in COUNTED},
            **{name: kept(name) for name in _IGNORED},
        )
