"""What a person or a spreadsheet hands over, before anybody knows what it means."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from cardfile.errors import InvalidInput
from cardfile.values.text import clean

__all__ = ["EXACT_FLOAT", "Cell", "UnitNumber", "cell_text", "is_empty", "refuse_lost_digits", "shown"]

Cell = str | int | float | bool | Decimal | date | datetime | time | timedelta | None
"""All that can come out of a form, an API call or a spreadsheet cell."""


class UnitNumber(float):
    """A number that its cell shows with a unit: `unit` is a per cent sign, or the sign or word of a currency.

    Its value is what the cell shows: 15.0 for fifteen per cent, which a sheet keeps as 0.15.
    """

    __slots__ = ("unit",)

    unit: str

    def __new__(cls, value: float, unit: str) -> "UnitNumber":
        """Return `value` with its unit."""
        number = super().__new__(cls, value)
        number.unit = unit
        return number

    def __str__(self) -> str:
        return f"{float(self):.15g}" + (self.unit if self.unit == "%" else f" {self.unit}")

    def __reduce__(self) -> tuple[type["UnitNumber"], tuple[float, str]]:
        return UnitNumber, (float(self), self.unit)


EXACT_FLOAT: Final = 2**53
"""Above this a float no longer holds every whole number, and Excel keeps fewer digits still."""

_SHOWN = 60
_scientific = re.compile(r"([0-9]+)(?:[.,]([0-9]*))?\s*[eEеЕ]\s*\+?\s*([0-9]{1,3})").fullmatch


def shown(raw: object) -> str:
    """Return `raw` as it is shown inside a message: one line, never long."""
    if isinstance(raw, int) and raw.bit_length() > 256:
        return hex(raw)[: _SHOWN - 1] + "…"
    text = clean(str(raw)[: _SHOWN * 4])
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def is_empty(raw: object) -> bool:
    """Tell whether `raw` is nothing: None, or a text without a visible character."""
    return raw is None or (isinstance(raw, str) and not clean(raw))


def cell_text(raw: object) -> str:
    """Return `raw` as the text that its author saw: 79161234501.0 is `79161234501`, None is empty.

    Raises `InvalidInput` for a number that is not whole or has more digits than a spreadsheet keeps.
    """
    if isinstance(raw, str):
        return clean(raw)
    if raw is None:
        return ""
    if isinstance(raw, float):
        if not raw.is_integer():
            raise InvalidInput("{value} is not a whole number.", value=shown(raw))
        if abs(raw) >= EXACT_FLOAT:
            raise InvalidInput(
                "{value} has more digits than a spreadsheet keeps: type it again in a column of texts.",
                value=shown(raw),
            )
        return f"{raw:.0f}"
    if isinstance(raw, int) and not isinstance(raw, bool) and raw.bit_length() <= 256:
        return str(raw)
    return shown(raw)


def refuse_lost_digits(text: str) -> str:
    """Return `text`; one such as `7,9161234501E+10`, which has all its digits, without the exponent.

    Raises `InvalidInput` for one such as `7,91612E+10`: nobody can know the digits that were rounded away.
    """
    if not (found := _scientific(text)):
        return text
    whole, decimals, exponent = found[1], found[2] or "", int(found[3])
    if len(decimals) != exponent:
        raise InvalidInput(
            "{value} is a rounded number, its last digits were lost in the spreadsheet:"
            " format the column as text and type it again.",
            value=shown(text),
        )
    return whole + decimals
