"""Whole and decimal numbers: what people type ↔ integers, scaled where there are decimals."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from cardfile.errors import InvalidInput
from cardfile.values.cell import EXACT_FLOAT, refuse_lost_digits, shown
from cardfile.values.text import clean

__all__ = [
    "BIGINT_MAX",
    "INTEGER_MAX",
    "format_scaled",
    "known_locale",
    "parse_integer",
    "parse_percent",
    "parse_scaled",
]

BIGINT_MAX: Final = 2**63 - 1
"""The largest number that a BIGINT column holds; the smallest is `-BIGINT_MAX - 1`."""

INTEGER_MAX: Final = 2**31 - 1
"""The largest number of a field of whole numbers; the smallest is `-INTEGER_MAX - 1`."""

_LIMIT = 60
_SPACES = " \u2007'\u2019`\u02bc"

_written = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-+\u2212\u2013\u2012])?\s*"
    rf"(?P<digits>[0-9](?:[0-9.,{_SPACES}]*[0-9])?|[.,][0-9]+)"
    r"\s*(?P<factor>тыс(?:яч[аи]?)?\.?|тр|т\.\s?р\.|млн\.?|миллион(?:а|ов)?|млрд\.?|миллиард(?:а|ов)?"
    r"|k|к|thousand|mln\.?|million|bn|billion)?\s*(?P<close>\))?",
    re.IGNORECASE,
).fullmatch
_plain = re.compile(r"-?[0-9]{1,15}").fullmatch
_ZEROS = {"т": 3, "k": 3, "к": 3, "th": 3, "мил": 6, "млн": 6, "m": 6, "млр": 9, "b": 9}


@dataclass(frozen=True, slots=True)
class _Written:
    """A number as it is written: its sign, digits before and after the mark, and zeros that a word adds."""

    negative: bool
    whole: str
    decimals: str
    zeros: int = 0


def parse_integer(
    raw: object, *, minimum: int = -INTEGER_MAX - 1, maximum: int = INTEGER_MAX, decimal: str | None = None
) -> int:
    """Return the whole number in `raw`, within `minimum` and `maximum`.

    `decimal` is the decimal mark of the author, `,` or `.`, where it is known: it decides about `12,345`,
    which is refused otherwise. All else the writing itself makes clear.
    """
    if isinstance(raw, str) and _plain(raw):
        found = int(raw)
    elif isinstance(raw, int) and not isinstance(raw, bool):
        found = raw
    else:
        written = _read(raw, decimal=decimal)
        if written.decimals.rstrip("0")[max(written.zeros, 0) :]:
            raise InvalidInput("{value} is not a whole number.", value=shown(raw))
        found = _scaled(written, 0, raw)
    if not minimum <= found <= maximum:
        raise InvalidInput(
            "{value} is out of range: give a number from {minimum} to {maximum}.",
            value=shown(raw),
            minimum=minimum,
            maximum=maximum,
        )
    return found


def parse_scaled(raw: object, scale: int, *, decimal: str | None = None) -> int:
    """Return the number in `raw` times 10**scale, within the range of BIGINT.

    A text with more decimals than `scale` is refused. A float is first rounded to the 15 digits that a
    spreadsheet keeps, then half up to `scale`: formulas give more decimals than anybody typed.
    """
    return _scaled(_read(raw, decimal=decimal), scale, raw, rounded=isinstance(raw, float))


def parse_percent(raw: object, scale: int = 2, *, decimal: str | None = None) -> int:
    """Return the percents in `raw` times 10**scale: `15%` and 15 are both fifteen.

    A number is taken as it is: whether 0.15 was shown as 15 % only the format of its cell could tell.
    """
    if isinstance(raw, str):
        text = clean(raw[: _LIMIT * 2])
        if text.endswith("%"):
            return _scaled(_read(text[:-1], decimal=decimal, original=raw), scale, raw)
    return parse_scaled(raw, scale, decimal=decimal)


def format_scaled(value: int, scale: int, locale: str) -> str:
    """Return a scaled number for people, without zeros at the end of its decimals."""
    number = Decimal(value).scaleb(-scale)
    text: str = format_decimal(number, locale=known_locale(locale), decimal_quantization=False)
    return text


@lru_cache(maxsize=64)
def known_locale(locale: str) -> Locale:
    """Return Babel's locale of that name, else English."""
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _refusal(raw: object) -> InvalidInput:
    return InvalidInput("{value} is not a number: write it like 1234.56.", value=shown(raw))


def _out_of_range(raw: object) -> InvalidInput:
    return InvalidInput("{value} is too large a number.", value=shown(raw))


def _scaled(written: _Written, scale: int, raw: object, *, rounded: bool = False) -> int:
    decimals = written.decimals
    keep = scale + written.zeros
    extra = decimals[keep:]
    if extra.strip("0") and not rounded:
        raise InvalidInput(
            "{value} has more decimals than the {scale} that are kept here.", value=shown(raw), scale=scale
        )
    if len(written.whole) + keep > _LIMIT:
        raise _out_of_range(raw)
    found = int(written.whole + decimals[:keep].ljust(keep, "0"))
    if extra[:1] >= "5":
        found += 1
    if found > BIGINT_MAX:
        raise _out_of_range(raw)
    return -found if written.negative else found


def _read(raw: object, *, decimal: str | None, original: object = None) -> _Written:
    if isinstance(raw, str):
        return _read_text(raw, raw if original is None else original, decimal=decimal)
    if isinstance(raw, bool) or raw is None:
        raise _refusal(raw)
    if isinstance(raw, int):
        if raw.bit_length() > 64:
            raise _out_of_range(raw)
        return _Written(raw < 0, str(abs(raw)), "")
    if isinstance(raw, float):
        return _read_float(raw)
    if isinstance(raw, Decimal):
        return _read_decimal(raw, raw)
    raise _refusal(raw)


def _read_float(raw: float) -> _Written:
    if not math.isfinite(raw):
        raise _refusal(raw)
    if abs(raw) >= EXACT_FLOAT:
        raise InvalidInput(
            "{value} has more digits than a spreadsheet keeps: type it again in a column of texts.",
            value=shown(raw),
        )
    if raw.is_integer():
        return _Written(raw < 0, str(abs(int(raw))), "")
    return _read_decimal(Decimal(f"{raw:.15g}"), raw)


def _read_decimal(number: Decimal, raw: object) -> _Written:
    if not number.is_finite():
        raise _refusal(raw)
    if not number:
        return _Written(negative=False, whole="0", decimals="")
    if not -330 <= number.adjusted() <= 30:
        raise _out_of_range(raw)
    whole, _, decimals = f"{number.copy_abs():f}".partition(".")
    return _Written(number < 0, whole, decimals)


def _read_text(raw: str, original: object, *, decimal: str | None) -> _Written:
    text = refuse_lost_digits(clean(raw[: _LIMIT * 2]))
    found = _written(text) if len(text) <= _LIMIT else None
    if not found or bool(found["open"]) != bool(found["close"]) or (found["open"] and found["sign"]):
        raise _refusal(original)
    mark = _mark(found["digits"], original, decimal=decimal)
    whole, _, decimals = found["digits"].partition(mark) if mark else (found["digits"], "", "")
    if not _grouped(whole) or (decimals and not decimals.isdigit()):
        raise _refusal(original)
    zeros = _zeros(found["factor"]) if found["factor"] else 0
    negative = bool(found["open"]) or (found["sign"] or "+") != "+"
    return _Written(negative, re.sub(r"\D", "", whole) or "0", decimals, zeros)


def _zeros(word: str) -> int:
    small = word.lower()
    return next(_ZEROS[small[:length]] for length in (3, 2, 1) if small[:length] in _ZEROS)


_two_marks = re.compile(r"[.,]").findall
_one_group = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}").fullmatch


def _mark(digits: str, raw: object, *, decimal: str | None) -> str:
    """Return the decimal mark that the writing itself shows; empty when it has no decimals."""
    marks = _two_marks(digits)
    if not marks:
        return ""
    if len(set(marks)) == 2:
        return marks[-1] if marks.count(marks[-1]) == 1 else "?"
    if len(marks) > 1:
        return ""
    if _one_group(digits) and decimal != ",":
        if decimal == ".":
            return ""
        raise InvalidInput(
            "{value} can be read in two ways, with decimals or with thousands:"
            " write thousands without a comma, decimals after a point.",
            value=shown(raw),
        )
    return str(marks[0])


def _grouped(whole: str) -> bool:
    """Tell whether the part before the mark is bare digits, or groups of three behind one kind of mark."""
    if not whole or whole.isdigit():
        return True
    marks = set(re.sub(r"\d", "", whole))
    groups = re.split(r"\D", whole)
    return len(marks) == 1 and 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
