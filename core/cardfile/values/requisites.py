"""Russian registration numbers of companies and traders, with their check digits.

The rules of the check digits are those of the Federal Tax Service: INN by its order of 29.06.2012
ММВ-7-6/435@, OGRN and OGRNIP by the order of the Ministry of Finance of 30.10.2017 165н.
"""

import re
from collections.abc import Sequence

from cardfile.errors import InvalidInput
from cardfile.values.cell import cell_text, refuse_lost_digits, shown

__all__ = ["parse_inn", "parse_kpp", "parse_ogrn"]

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)

_labels = re.compile(r"^\s*(?:ИНН|КПП|ОГРН(?:ИП)?|INN|KPP|OGRN(?:IP)?)\s*[:№]?\s*", re.IGNORECASE).sub
_kpp = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}").fullmatch


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


def parse_kpp(raw: object) -> str:
    """Return a registration code of 9 characters; it has no check digit, so no lost zero can be restored."""
    code = _text(raw).upper()
    if len(code) == 8 and code.isascii() and code.isdigit():
        raise InvalidInput(
            "{value} is one digit short for a KPP, perhaps a zero at its start: type all 9 characters.",
            value=shown(raw),
        )
    if not _kpp(code) or code.startswith("00"):
        raise InvalidInput("{value} is not a KPP: it has 9 characters, like 770101001.", value=shown(raw))
    return code


def parse_ogrn(raw: object) -> str:
    """Return a state registration number: 13 digits for a company, 15 for a trader."""
    template = "{value} is not an OGRN: it has 13 digits for a company, 15 for a trader."
    digits = _digits(raw, template)
    if len(digits) not in (13, 15) or digits.startswith("0"):
        raise InvalidInput(template, value=shown(raw))
    if int(digits[:-1]) % (len(digits) - 2) % 10 != int(digits[-1]):
        raise InvalidInput("{value} is not an OGRN: its check digit is wrong.", value=shown(raw))
    return digits


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
