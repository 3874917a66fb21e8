"""What a cell looks like, before anybody has said what its column means."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from cardfile.spreadsheets.cells import Cell, CellError

__all__ = ["Look", "look_of", "looks_of", "share_of"]


class Look(StrEnum):
    """The looks that tell something about a column."""

    EMPTY = "empty"
    PHONE = "phone"
    EMAIL = "email"
    DATE = "date"
    URL = "url"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    ERROR = "error"


_email = re.compile(r"(?:mailto:)?[^@\s<>,;]+@[^@\s<>,;]+\.[^\W\d_]{2,}>?", re.IGNORECASE)
_url = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_date = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?:\s*(?:г\.?|года))?(?:[ T,]+\d{1,2}:\d{2}(?::\d{2})?)?|"
                   r"\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?|"
                   r"\d{1,2}[\s.-](?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug"
                   r"|sep|oct|nov|dec)[^\W\d_]*\.?,?[\s.-]+(?:\d{4}|\d{2})(?:\s*(?:г\.?|года))?",
                   re.IGNORECASE)  # fmt: skip
_number = re.compile(r"[-+(]?\d[\d\s\u00a0\u202f]*(?:[.,]\d+)*\)?\s*(?:%|₽|\$|€|р\.?|руб\.?)?", re.IGNORECASE)
_phone = re.compile(r"\+?[\d\s().\u2010-\u2014\u00a0-]{7,30}")
# Without the prefix of the country, or of a town: only the groups tell it from other numbers.
_grouped = re.compile(
    r"(?:\(\d{3,5}\)|\d{3,5})[ -]?\d{2,3}-\d{2}-?\d{2}|\d{3}-\d{3}-\d{4}|\(\d{3}\) ?\d{3}-\d{4}|\d{2,3}-\d{2}-\d{2}"
)
_bare: Final = re.compile(r"[78]\d{10}|9\d{9}")


def look_of(cell: Cell) -> Look:
    """Return what `cell` looks like; bare digits are a phone only where no tax number looks the same."""
    match cell:
        case None:
            return Look.EMPTY
        case bool():
            return Look.BOOLEAN
        case int() | float():
            return Look.PHONE if _bare.fullmatch(f"{cell:.0f}") and cell == int(cell) else Look.NUMBER
        case dt.date() | dt.time() | dt.timedelta():
            return Look.DATE
        case CellError():
            return Look.ERROR
    # What is written after an apostrophe is a text to a spreadsheet, and no part of it.
    return _look_of_text(cell.strip().removeprefix("'"))


def _look_of_text(text: str) -> Look:
    if not text:
        return Look.EMPTY
    if _date.fullmatch(text):
        return Look.DATE
    if _is_phone(text):
        return Look.PHONE
    if _number.fullmatch(text):
        return Look.NUMBER
    if _email.match(text):
        return Look.EMAIL
    if _url.match(text):
        return Look.URL
    # Two phones in a cell, or a phone with words beside it, still make a column of phones.
    if any(
        _is_phone(piece.strip(" \t.:")) for piece in re.split(r"[,;/\n]|доб|\(?[^\W\d_]{3,}", text) if piece
    ):
        return Look.PHONE
    return Look.TEXT


def _is_phone(text: str) -> bool:
    if not _phone.fullmatch(text):
        return False
    digits = re.sub(r"\D", "", text)
    if text.isdigit():
        return _bare.fullmatch(text) is not None
    if _grouped.fullmatch(text):
        return True
    return 10 <= len(digits) <= 15 and (text.startswith("+") or _bare.fullmatch(digits) is not None)


def looks_of(cells: Iterable[Cell]) -> Counter[Look]:
    """Count the looks of `cells`, empty ones left out."""
    counts = Counter(look_of(cell) for cell in cells)
    del counts[Look.EMPTY]
    return counts


def share_of(look: Look, looks: Counter[Look]) -> float:
    """Return which part of the filled cells has `look`, 0.0 where none is filled."""
    filled = looks.total()
    return looks[look] / filled if filled else 0.0
