"""How large and how costly a spreadsheet file may be before it is refused."""

from dataclasses import dataclass, replace
from typing import Final

__all__ = ["ENTITIES", "MEGABYTE", "PROTECTED", "FileLimits"]

MEGABYTE: Final = 1_000_000

ENTITIES: Final = "The file defines entities of its own, which no spreadsheet needs: it was made to do harm."
"""The sentence for XML that could grow without end, or look into other files, while it is read."""

PROTECTED: Final = "The file is protected with a password: save it without one and send it again."
"""The sentence for a file that only its owner can open."""


_QUICK_SECONDS: Final = 8


@dataclass(frozen=True, slots=True)
class FileLimits:
    """The limits of one file and of the process that reads it; sizes are bytes.

    Honest workbooks unpack to 7-10 times their size and bombs to 680 times and more, hence `ratio`, which is
    looked at in parts above `ratio_from` only. `cells` is the area from A1 to the last filled cell, because
    the reader keeps all of it in memory. `memory` and `cpu_seconds` are held by the operating system.
    `patience_seconds` is how long the reader may be silent. Excel itself has at most 32,767
    characters in a cell. `merged` is how many merged ranges of a sheet are told.
    """

    packed: int = 50 * MEGABYTE
    unpacked: int = 1000 * MEGABYTE
    members: int = 5000
    sheets: int = 500
    ratio: int = 100
    ratio_from: int = 20 * MEGABYTE
    cells: int = 40_000_000
    memory: int = 1200 * MEGABYTE
    cpu_seconds: int = 120
    patience_seconds: float = 90.0
    message: int = 32 * MEGABYTE
    lines_in_a_cell: int = 200
    characters_in_a_cell: int = 100_000
    merged: int = 2000

    @property
    def quick(self) -> "FileLimits":
        """The limits of a look at a file while others wait."""
        return replace(self, cpu_seconds=_QUICK_SECONDS, patience_seconds=float(_QUICK_SECONDS))
