"""What is to be written to a workbook: sheets, their columns, their values."""

import datetime as dt
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cardfile.spreadsheets.tones import Tone

__all__ = ["CopySheet", "OutCell", "OutColumn", "OutRows", "OutSheet", "OutValue"]

OutValue = object
OutRows = AsyncIterable[Sequence[OutValue]] | Iterable[Sequence[OutValue]]


@dataclass(frozen=True, slots=True)
class OutColumn:
    """A column to be written: its title, the kind of the model that decides its format, and its width."""

    title: str
    kind: str = "text"
    width: float | None = None


@dataclass(frozen=True, slots=True)
class OutCell:
    """A value with a colour behind it and, perhaps, a remark beside it."""

    value: OutValue
    tone: Tone | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class OutSheet:
    """A list to be written: rows come from an iterable or an asynchronous one and are not kept.

    Values are None, bool, int, float, Decimal, str, date, datetime (an aware one is written as the wall time
    of `zone`), time, timedelta, or one of them in an `OutCell`; anything else is written as its text.
    """

    title: str
    columns: Sequence[OutColumn]
    rows: OutRows
    zone: dt.tzinfo = dt.UTC


@dataclass(frozen=True, slots=True)
class CopySheet:
    """A sheet whose rows stand where they stood: pairs of a rising row number, from 1, and values."""

    title: str
    rows: AsyncIterable[tuple[int, Sequence[OutValue]]]
    is_visible: bool = True
    widths: Mapping[int, float] = field(default_factory=dict)
