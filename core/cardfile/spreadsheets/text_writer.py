"""Writing text tables that are safe to open in Excel."""

import asyncio
import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import BinaryIO

from cardfile.spreadsheets.writer import OutColumn, OutRows, OutValue, chunks_of, wall_time

__all__ = ["write_csv"]

_starts_formula = re.compile(r"\s*[=+\-@\t\r]").match
_is_phone = re.compile(r"\+\d{5,15}").fullmatch


async def write_csv(
    target: BinaryIO,
    columns: Sequence[OutColumn],
    rows: OutRows,
    *,
    delimiter: str = ";",
    encoding: str = "utf-8-sig",
    zone: dt.tzinfo = dt.UTC,
) -> int:
    """Write a text table as Excel opens it, and return how many rows were written.

    A text that a spreadsheet would run as a formula gets an apostrophe in front; a bare international phone
    number is left as it is, for it can only become a number.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow([_defused(column.title) for column in columns])
    # The mark stands once, at the beginning.
    target.write(buffer.getvalue().encode(encoding, "replace"))
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    written = 0
    async for chunk in chunks_of(rows):
        buffer.seek(0)
        buffer.truncate()
        writer.writerows([_csv_value(value, zone) for value in row] for row in chunk)
        await asyncio.to_thread(target.write, buffer.getvalue().encode(encoding, "replace"))
        written += len(chunk)
    return written


def _csv_value(value: OutValue, zone: dt.tzinfo) -> str:
    match value:
        case None:
            return ""
        case dt.datetime():
            return wall_time(value, zone).isoformat(" ", "seconds")
        case dt.date():
            return value.isoformat()
        case bool() | int() | float() | Decimal():
            return str(value)
    return _defused(str(value))


def _defused(text: str) -> str:
    return f"'{text}" if _starts_formula(text) and not _is_phone(text) else text
