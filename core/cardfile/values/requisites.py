"""The Russian tax number of companies and people (INN), with its check digits.

Their rules are those of the Federal Tax Service, by its order of 29.06.2012 ММВ-7-6/435@.
"""

import re
from collections.abc import Sequence

from cardfile.errors import InvalidInput
from cardfile.values.cell import cell_text, refuse_lost_digits, shown

__all__ = ["parse_inn"]

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)

_labels = re.compile(r"^\s*(?:ИНН|INN)\s*[:№]?\s*", re.IGNORECASE).sub


def parse_inn(raw: object) -> str:
    """Return a tax number of 10 or 12 digits; a lost first zero is restored if the check digit then holds."""
    digits = _digits(raw, "{value} is not an INN: it has 10 digits for a company, 12 for a person.")
    for number in (digits, "0" + digits):
        if _inn_holds(number):
            return number
    if len(digits) in (10, 12):
        raise InvalidInput("{value} is not an INN: its check digit is wrong.", value=shown(raw))
    raise InvalidInput(
        "{value} is not an INN: it has 10 digits for a company, 12 for a person.", value=shown(raw)
    )


def _text(raw: object) -> str:
    return re.sub(r"[\s-]", "", _labels("", refuse_lost_digits(cell_text(raw))))


def _digits(raw: object, template: str) -> str:
    digits = _text(raw)
    if isinstance(raw, bool) or not (digits.isascii() and digits.isdigit()):
        raise InvalidInput(template, value=shown(raw))
    return digits


def _check(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10


def _inn_holds(digits: str) -> bool:
    if digits.startswith("00"):
        return False  # No region has the code 00; a row of zeros would hold otherwise.
    if len(digits) == 10:
        return _check(digits, _INN_10) == int(digits[9])
    return (
        len(digits) == 12
        and _check(digits, _INN_11) == int(digits[10])
        and _check(digits, _INN_12) == int(digits[11])
    )
