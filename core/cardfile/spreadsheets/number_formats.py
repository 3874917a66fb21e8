"""What a number format shows beside the number itself: zeros in front, a per cent sign, a currency.

Codes are those of ECMA-376, part 1, 18.8.31; the built-in ones of 18.8.30.
"""

import re
import struct
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from cardfile.spreadsheets.cells import Cell, CellError, UnitNumber

__all__ = ["BUILT_IN", "FormatKind", "NumberFormat", "as_shown", "read_format", "unpacked"]


class FormatKind(StrEnum):
    """The formats under which a cell shows something else than its bare number."""

    ZEROS = "zeros"
    PERCENT = "percent"
    CURRENCY = "currency"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format: its kind, and the pattern of digits (ZEROS) or the sign of the currency (CURRENCY)."""

    kind: FormatKind
    detail: str = ""


_PERCENT: Final = NumberFormat(FormatKind.PERCENT)
_DATE: Final = NumberFormat(FormatKind.DATE)

BUILT_IN: Final = {
    9: _PERCENT,
    10: _PERCENT,
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), _DATE),
}
"""The formats that a file names by number alone, without those of currencies: these follow the language of Excel."""

_FEWEST_ZEROS: Final = 2
_FEWEST_ZEROS_WITH_SIGNS: Final = 5
_LONGEST: Final = 255
_MOST_DIGITS: Final = 10**15

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<end>;)|(?P<plain>.)', re.DOTALL
)
_CURRENCY: Final = re.compile(r"[$€£¥₽₸₴₾֏₼₺₹₪₩₫]|[^\W\d_]{1,8}\.?(?:\s?[^\W\d_]{1,4}\.?)?")
_DATE_LETTERS: Final = frozenset("ymdhsYMDHS")
_SHOWS_THOUSANDS: Final = re.compile(r"[0#?],+(?![0#?,])")
_ELAPSED: Final = re.compile(r"h+|m+|s+", re.IGNORECASE)


@lru_cache(maxsize=4096)
def read_format(code: str) -> NumberFormat | None:
    """Return what the format `code` shows beside the number; None for nothing that matters."""
    pattern, signs = _first_section(code)
    letters = pattern.replace("General", "").replace("Основной", "")
    if _DATE_LETTERS & set(letters):
        return _DATE
    if "%" in pattern:
        return _PERCENT
    if _SHOWS_THOUSANDS.search(pattern):
        return None  # The unit belongs to thousands or millions, the number does not.
    signs = signs.strip() or next((sign for sign in pattern if sign in "$€£¥₽"), "")
    if _CURRENCY.fullmatch(signs):
        return NumberFormat(FormatKind.CURRENCY, signs)
    fewest = _FEWEST_ZEROS if set(pattern) == {"0"} else _FEWEST_ZEROS_WITH_SIGNS
    if set(pattern) <= set("0 -./") and pattern.count("0") >= fewest and "." not in pattern.strip("."):
        return NumberFormat(FormatKind.ZEROS, pattern)
    return None


def _first_section(code: str) -> tuple[str, str]:
    """Return placeholders and letters of the section for positive numbers, and the signs that it adds."""
    pattern, signs = "", ""
    for token in _TOKEN.finditer(code[:_LONGEST]):
        if token["end"]:
            break
        if token["bracket"] is not None:
            if _ELAPSED.fullmatch(token["bracket"]):
                return "", ""  # A span of time has no calendar to fall out of.
            if token["bracket"].startswith("$"):
                signs += token["bracket"][1:].partition("-")[0]
            continue
        literal = token["quoted"] if token["quoted"] is not None else token["escaped"]
        if literal is not None:
            signs += literal
            pattern += literal if set(literal) <= set(" -./") else "\0"
        elif token["plain"]:
            pattern += token["plain"]
    return pattern, signs


def as_shown(value: float, shown: NumberFormat) -> Cell:
    """Return the number of a cell as its format shows it; None where the bare number says as much."""
    match shown.kind:
        case FormatKind.PERCENT:
            return UnitNumber(round(value * 100, 10), "%")
        case FormatKind.CURRENCY:
            return UnitNumber(value, shown.detail)
        case FormatKind.ZEROS:
            return _with_zeros(value, shown.detail)
        case FormatKind.DATE:
            if value < 0:
                return CellError("########")
            # Excel counts a day that never was, for the sake of Lotus 1-2-3.
            return "29.02.1900" if int(value) == 60 else None


def _with_zeros(value: float, pattern: str) -> str | None:
    if not 0 <= value < _MOST_DIGITS or not float(value).is_integer():
        return None
    places = pattern.count("0")
    if places == len(pattern):
        whole = f"{value:.0f}"
        return whole.zfill(places) if len(whole) < places else None
    digits = list(f"{value:0{places}.0f}")
    shown = ""
    for mark in reversed(pattern):
        shown = (digits.pop() if mark == "0" else mark) + shown
    return "".join(digits) + shown


def unpacked(packed: int) -> float:
    """Return an RK number of the binary formats: 30 bits of an integer or of a double, perhaps a hundredth."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        (value,) = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return value / 100 if packed & 1 else value
