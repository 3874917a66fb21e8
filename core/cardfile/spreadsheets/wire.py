"""How the reading process and its parent talk: frames of JSON with a length in front.

JSON cannot carry code, so the parent may take it from a process that has just read a hostile file. Cells that
JSON has no words for (dates, errors) travel beside the rows, each with its place.
"""

import datetime as dt
import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from cardfile.spreadsheets.cells import Cell, CellError, MergedRange, Row, SheetInfo, UnitNumber

__all__ = [
    "LENGTH",
    "NEEDS_TOO_MUCH",
    "pack",
    "pack_rows",
    "pack_sheet",
    "unpack",
    "unpack_rows",
    "unpack_sheet",
]

LENGTH: Final = struct.Struct(">I")
"""The four bytes in front of a frame: its length."""

NEEDS_TOO_MUCH: Final = (
    "The file is damaged or needs more than {limit} MB of memory to be read: save it anew, or split the list."
)
"""The sentence for a reading process that ran out of memory, by its own account or by its death."""

_PLAIN: Final = frozenset({str, bool, type(None)})
_LARGEST: Final = 2**63 - 1
_ANY_DAY: Final = dt.date(2000, 1, 1)


def pack(message: Mapping[str, Any]) -> bytes:
    """Return `message` as a frame."""
    body = orjson.dumps(message)
    return LENGTH.pack(len(body)) + body


def unpack(body: bytes) -> dict[str, Any]:
    """Return the message in a frame's body; raises `ValueError` if it is none."""
    message = orjson.loads(body)
    if not isinstance(message, dict):
        raise ValueError("the reading process sent something that is not a message")
    return message


def pack_sheet(sheet: SheetInfo) -> list[Any]:
    """Return what is known of a sheet as plain values."""
    merged = [list(one) for one in sheet.merged]
    return [sheet.name, sheet.is_visible, sheet.about, sheet.hidden_rows, sheet.hidden_columns, merged]


def unpack_sheet(told: Sequence[Any]) -> SheetInfo:
    """Return the sheet that `pack_sheet` told."""
    name, is_visible, about, hidden_rows, hidden_columns, merged = told
    ranges = tuple(MergedRange(*one) for one in merged)
    return SheetInfo(name, is_visible, about, hidden_rows, tuple(hidden_columns), ranges)


def pack_rows(rows: Iterable[Row]) -> dict[str, Any]:
    """Return rows as plain values: their numbers, their cells, and the places of the special cells."""
    numbers: list[int] = []
    table: list[Sequence[Any]] = []
    special: list[tuple[int, int, str, Any]] = []
    for place, (number, cells) in enumerate(rows):
        numbers.append(number)
        if _PLAIN.issuperset(map(type, cells)):
            table.append(cells)
            continue
        plain: list[Any] = list(cells)
        for column, cell in enumerate(cells):
            kind = type(cell)
            if kind in _PLAIN:
                continue
            if kind is float:
                assert isinstance(cell, float)
                plain[column] = _number(cell)
            elif kind is not int or not -_LARGEST <= cell <= _LARGEST:  # type: ignore[operator]  # compared only as an int
                plain[column] = None
                special.append((place, column, *_told(cell)))
        table.append(plain)
    return {"numbers": numbers, "rows": table, "special": special}


def _number(value: float) -> int | float | str:
    # Excel knows no integers: 79161234567 arrives as 79161234567.0.
    if value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value if math.isfinite(value) else str(value)


def _told(cell: Cell) -> tuple[str, Any]:
    match cell:
        case dt.datetime():
            return "instant", _whole_second(cell).isoformat()
        case dt.date():
            return "date", cell.isoformat()
        case dt.time():
            return "time", _whole_second(dt.datetime.combine(_ANY_DAY, cell)).time().isoformat()
        case dt.timedelta():
            return "span", round(cell.total_seconds())
        case UnitNumber():
            return "unit", [float(cell), cell.unit]
        case CellError():
            return "error", cell.text
        case _:
            return "big", str(cell)


def _whole_second(moment: dt.datetime) -> dt.datetime:
    # A date in Excel is a float: 12:00:00 may come as 11:59:59.999997.
    if moment.microsecond >= 500_000 and moment.year < dt.MAXYEAR:
        moment += dt.timedelta(seconds=1)
    return moment.replace(microsecond=0)


_MADE: Final[Mapping[str, Callable[[Any], Cell]]] = {
    "instant": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "span": lambda seconds: dt.timedelta(seconds=seconds),
    "error": CellError,
    "unit": lambda told: UnitNumber(*told),
    "big": int,
}


def unpack_rows(message: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a message that `pack_rows` made."""
    table: list[list[Cell]] = message["rows"]
    for place, column, kind, told in message["special"]:
        table[place][column] = _MADE[kind](told)
    return [(number, tuple(cells)) for number, cells in zip(message["numbers"], table, strict=True)]
