"""Lists for the terminal."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

__all__ = ["print_table", "tell_of_more"]

_WIDE: Final = 400
"""How wide a table may be that nobody looks at in a terminal."""


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings; without a terminal the lines are as wide as they need to be."""
    table = Table(*headings, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    console = Console()
    if not console.is_terminal:
        console.width = _WIDE
    console.print(table, soft_wrap=not console.is_terminal)


def tell_of_more(rows: Sequence[object], limit: int) -> None:
    """Say that there is more than was shown, where one row more than `limit` was found."""
    if len(rows) > limit:
        print(f"There are more than these {limit}: see more with --limit.")
