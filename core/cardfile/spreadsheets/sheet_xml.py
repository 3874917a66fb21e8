"""Cells and rows as the XML of a sheet: texts stand in their cells as texts, so nothing can become a formula.

Written by hand because rows come by the million: six times as fast as openpyxl and in flat memory. Everything
around the rows is made by openpyxl, or belongs to somebody's workbook and stays as it is.
"""

import datetime as dt
import re
from functools import lru_cache
from typing import Final

from cardfile.spreadsheets.cells import column_letters

__all__ = ["LONGEST_TEXT", "day_number", "escaped", "letters_of", "number_cell", "plain_text", "text_cell"]

LONGEST_TEXT: Final = 32_767
"""How many characters a cell of an xlsx can hold."""

letters_of = lru_cache(maxsize=16_384)(column_letters)
"""`column_letters`, remembered."""

_EPOCH: Final = dt.datetime.combine(dt.date(1899, 12, 30), dt.time())
_DAY: Final = 86_400.0

_unstorable = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").sub
_special = re.compile("[&<>]|_x[0-9A-Fa-f]{4}_").search
_line_ends = re.compile("\r\n?").sub
_looks_coded = re.compile("_(x[0-9A-Fa-f]{4}_)").sub
_needs_spaces_kept = re.compile(r"^\s|\s$|\s\s|\n").search


def plain_text(value: object) -> str:
    """Return `value` as a text that an xlsx can hold: without control characters, cut at Excel's limit."""
    text = _line_ends("\n", _unstorable("", str(value)))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def escaped(text: str) -> str:
    """Return a text as it stands in XML; what Excel would take for a coded character is coded itself."""
    if not _special(text):
        return text
    text = _looks_coded(r"_x005F_\1", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_cell(row: int, index: int, text: str, style: int, *, prefix: str = "") -> str:
    """Return a cell that holds a text, or nothing but its style.

    `prefix` is how the sheet names its elements: `x:` or nothing.
    """
    text = escaped(plain_text(text))
    kept = ' xml:space="preserve"' if _needs_spaces_kept(text) else ""
    head = f'<{prefix}c r="{letters_of(index)}{row}" s="{style}"'
    if not text:
        return head + "/>"
    return f'{head} t="inlineStr"><{prefix}is><{prefix}t{kept}>{text}</{prefix}t></{prefix}is></{prefix}c>'


def number_cell(row: int, index: int, number: object, style: int) -> str:
    """Return a cell that holds a finite number."""
    return f'<c r="{letters_of(index)}{row}" s="{style}"><v>{number}</v></c>'


def day_number(moment: dt.datetime) -> str:
    """Return a naive moment as Excel counts: days since 30 December 1899, exact to the second."""
    gone = moment - _EPOCH
    if not gone.seconds and not gone.microseconds:
        return str(gone.days)
    return repr(round(gone.days + (gone.seconds + gone.microseconds / 1e6) / _DAY, 11))
