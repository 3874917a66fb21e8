"""Text tables: csv, tsv and their kin, in whatever encoding and with whatever delimiter they come."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import BinaryIO, Final

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import Cell, CellError, Row, SheetInfo
from cardfile.spreadsheets.encodings import find_encoding
from cardfile.spreadsheets.limits import FileLimits
from cardfile.spreadsheets.sources import TOO_LONG, cut_empty_end

__all__ = ["TEXT_SHEET", "TextSource", "find_delimiter"]

TEXT_SHEET: Final = "CSV"
"""The name under which the only sheet of a text table goes."""

_DELIMITERS: Final = (";", ",", "\t", "|")
_SEP: Final = re.compile(r'^"?sep=(.)"?\r?\n?$', re.IGNORECASE)
_SAMPLE_CHARACTERS: Final = 64 * 1024
_SAMPLE_ROWS: Final = 60
_MOST_COLUMNS: Final = 16_384
_ERRORS: Final[Mapping[str, Cell]] = {
    word: CellError(word)
    for word in (
        *("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"),
        *("#Н/Д", "#ДЕЛ/0!", "#ЗНАЧ!", "#ССЫЛКА!", "#ИМЯ?", "#ЧИСЛО!", "#ПУСТО!", "#ПЕРЕНОС!"),
    )
}
# Read as a last line: where it does not stand alone, a quotation mark has swallowed the rest of the table.
_END: Final = "\x1fthe end\x1f"


class TextSource:
    """A text table read by the standard library; row numbers count records, as Excel shows them."""

    def __init__(self, file: BinaryIO, *, limits: FileLimits) -> None:
        self._file = file
        self._limits = limits
        self.encoding, self._on_error = find_encoding(file)
        with self._text() as text:
            first = text.readline(_SAMPLE_CHARACTERS)
            stated = _SEP.match(first)
            sample = "" if stated else first + text.read(_SAMPLE_CHARACTERS)
        if (first + sample).count("\ufffd") > len(first + sample) // 10:
            raise FileRefused("This is neither a spreadsheet nor a text table.")
        self._states_delimiter = stated is not None
        self.delimiter = stated[1] if stated else find_delimiter(sample)
        csv.field_size_limit(limits.characters_in_a_cell)

    def sheets(self) -> list[SheetInfo]:
        """Return the one sheet of the table."""
        return [SheetInfo(name=TEXT_SHEET)]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows that are not blank; raises `FileRefused` where a quotation mark is never closed."""
        if sheet != TEXT_SHEET:
            raise KeyError(sheet)
        with self._text() as text:
            if self._states_delimiter:
                text.readline()
            reader = csv.reader(chain(text, (_END,)), delimiter=self.delimiter)
            line, number, error = 1, 0, _ERRORS.get
            while True:
                try:
                    record = next(reader)
                except csv.Error as fault:
                    if reader.line_num > line:
                        raise _never_closed(line) from fault
                    most = self._limits.characters_in_a_cell
                    raise FileRefused(TOO_LONG, line=line, most=most) from fault
                if record == [_END]:
                    return
                lines = reader.line_num - line
                if lines > self._limits.lines_in_a_cell or (record and record[-1].endswith(_END)):
                    raise _never_closed(line)
                if len(record) > _MOST_COLUMNS:
                    raise FileRefused(
                        "Line {line} has {count} cells; at most {limit} are read.",
                        line=line,
                        count=len(record),
                        limit=_MOST_COLUMNS,
                    )
                line = reader.line_num + 1
                number += 1
                values: list[Cell] = [
                    error(value, value) if value and not value.isspace() else None for value in record
                ]
                if cells := cut_empty_end(values):
                    yield number, cells

    def _text(self) -> io.TextIOWrapper:
        self._file.seek(0)
        return _Lent(self._file, encoding=self.encoding, errors=self._on_error, newline="")


class _Lent(io.TextIOWrapper):
    """A text view that gives its file back instead of closing it."""

    def close(self) -> None:
        if not self.closed:
            self.detach()


def _never_closed(line: int) -> FileRefused:
    return FileRefused(
        "A quotation mark is opened near line {line} and never closed: correct that line.",
        line=line,
    )


def find_delimiter(sample: str) -> str:
    """Return the delimiter under which the rows of `sample` agree best on a number of cells."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        score = _agreement(sample, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _agreement(sample: str, delimiter: str) -> float:
    widths: list[int] = []
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if record:
                widths.append(len(record))
            if len(widths) >= _SAMPLE_ROWS:
                break
    except csv.Error:
        return 0.0
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0
    usual = max(set(wide), key=wide.count)
    # Among equal shares the one that makes more columns wins: addresses are full of commas.
    return wide.count(usual) / len(widths) + min(usual, 50) / 1000
