"""What came of an import, as a person at a terminal is told."""

from collections.abc import Sequence
from typing import Final

from cardfile.app import App
from cardfile.cli.tables import print_table
from cardfile.imports import COUNTED, ImportCounts, ImportIssues
from cardfile.rights import Actor

__all__ = ["SHOWN_ISSUES", "print_counts", "print_issues", "tell_issues", "tell_outcome"]

SHOWN_ISSUES: Final = 15


async def tell_outcome(app: App, actor: Actor, number: int, counts: ImportCounts) -> None:
    """Print what came of an import, and how to take it back."""
    print_counts(counts)
    await tell_issues(app, actor, number, SHOWN_ISSUES)
    if counts.created or counts.updated:
        print(f"To take it back: cardfile import undo {number}")


async def tell_issues(app: App, actor: Actor, number: int, limit: int) -> None:
    """Print what was noticed in the first rows of an import."""
    told = await app.do(actor, "import.issues", done=number, first=limit)
    assert isinstance(told, ImportIssues)
    print_issues([(one.address, one.column or "", one.outcome, one.message) for one in told.issues])
    if told.has_more:
        print(f"There are more: cardfile import show {number} --issues 1000\n")


def print_issues(rows: Sequence[tuple[object, ...]]) -> None:
    """Print what was noticed: cell, column, what became of the row, the sentence."""
    if rows:
        print_table(("cell", "column", "row was", "what was noticed"), rows)
        print()


def print_counts(counts: ImportCounts) -> None:
    """Print all counts of an import, which add up."""
    rows: list[tuple[object, object]] = [("rows of data read", counts.read)]
    rows += [(f"  {one.value}", getattr(counts, one.value)) for one in COUNTED]
    rows += [
        ("other rows", counts.ignored),
        ("  above the header, and the header", counts.ignored_above),
        ("  repeated headers", counts.ignored_headers),
        ("  totals", counts.ignored_totals),
        ("  names of groups", counts.ignored_asides),
        ("  blank", counts.ignored_blank),
    ]
    print_table(("", "number"), rows)
    print()
