"""What became of a row or a cell, as a colour: the same in every workbook that goes out."""

from enum import StrEnum
from typing import Final

__all__ = ["FILLS", "Tone"]


class Tone(StrEnum):
    """How good or bad a thing is that a cell tells."""

    GOOD = "good"
    CHANGED = "changed"
    PLAIN = "plain"
    DOUBTFUL = "doubtful"
    BAD = "bad"


FILLS: Final = {
    Tone.GOOD: "D9F2DF",
    Tone.CHANGED: "DCEBFB",
    Tone.PLAIN: "ECECEE",
    Tone.DOUBTFUL: "FFEFC2",
    Tone.BAD: "FBD5D2",
}
"""The colours behind cells, as RRGGBB: light ones, for the text on them is black."""
