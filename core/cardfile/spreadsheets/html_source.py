"""Web pages that go for spreadsheets: 1C, banks and many web shops give their tables so, under the name of xls.

A page is cut into tags by hand, each place looked at once: the standard parser takes quadratic time over
unclosed comments.
"""

import codecs
import html
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import Cell, MergedRange, Row, SheetInfo
from cardfile.spreadsheets.encodings import find_encoding
from cardfile.spreadsheets.limits import FileLimits
from cardfile.spreadsheets.part_look import check_area
from cardfile.spreadsheets.sources import cut_empty_end

__all__ = ["HtmlSource"]

_HEAD: Final = 4096
_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?([\w-]{2,30})""", re.IGNORECASE)
_TAG: Final = re.compile(r"/?[a-z][a-z0-9]*", re.IGNORECASE)
_SPAN: Final = re.compile(r"""\b(col|row)span\s*=\s*["']?\s*(\d{1,6})""", re.IGNORECASE)
_SPACE: Final = re.compile(r"[ \t\r\n]+")
_AROUND_BREAK: Final = re.compile(r" *\n *")
_LONGEST_TAG: Final = 4096
_MOST_COLUMNS: Final = 16_384
_BREAKS: Final = frozenset({"br", "p", "div", "/p", "/div", "li"})
_UNSEEN: Final = ("script", "style", "title")


class HtmlSource:
    """The tables of a web page, each a sheet; all cells are texts. Raises `FileRefused` if it has none."""

    def __init__(self, file: BinaryIO, *, limits: FileLimits) -> None:
        tables: list[_Table] = []
        _read(_decoded(file), tables, limits)
        self._tables = {
            f"Table {number}": table for number, table in enumerate(filter(_is_filled, tables), 1)
        }
        if not self._tables:
            raise FileRefused("This is a web page without a table in it, not a spreadsheet.")

    def sheets(self) -> list[SheetInfo]:
        """Return the tables that hold anything, in the order in which they begin."""
        return [
            SheetInfo(name, about=len(table.rows), merged=tuple(table.merged))
            for name, table in self._tables.items()
        ]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of a table that are not blank; raises `KeyError` for an unknown one."""
        for number, cells in enumerate(self._tables[sheet].rows, 1):
            if cells:
                yield number, cells


class _Table:
    """A table while its tags come by."""

    def __init__(self, limits: FileLimits) -> None:
        self.limits = limits
        self.rows: list[tuple[Cell, ...]] = []
        self.merged: list[MergedRange] = []
        self.row: list[Cell] = []
        self.is_in_row = False
        self.taken: dict[int, int] = {}
        """How many rows more each column is taken by a cell from above."""
        self.text: list[str] | None = None
        self.across = self.down = 1

    def begin_row(self) -> None:
        self.end_row()
        self.is_in_row = True

    def begin_cell(self, attributes: str) -> None:
        self.end_cell()
        self.is_in_row = True
        spans = {name.lower(): int(count) for name, count in _SPAN.findall(attributes)}
        self.across = min(max(1, spans.get("col", 1)), _MOST_COLUMNS)
        self.down = max(1, spans.get("row", 1))
        self.text = []

    def end_cell(self) -> None:
        if self.text is None:
            return
        shown = _AROUND_BREAK.sub(
            "\n", _SPACE.sub(" ", html.unescape("".join(self.text))).replace("\v", "\n")
        )
        self.text = None
        while len(self.row) in self.taken:
            self.row.append(None)
        left = len(self.row)
        if left >= _MOST_COLUMNS:
            return
        self.row.append(shown.strip() or None)
        self.row += [None] * min(self.across - 1, _MOST_COLUMNS - left - 1)
        if self.across * self.down > 1 and len(self.merged) < self.limits.merged:
            top = len(self.rows) + 1
            self.merged.append(MergedRange(top, left, top + self.down - 1, left + self.across - 1))
        if self.down > 1:
            self.taken |= dict.fromkeys(range(left, len(self.row)), self.down)

    def end_row(self) -> None:
        self.end_cell()
        if not self.is_in_row:
            return
        check_area(len(self.rows) + 1, max(1, len(self.row)), limits=self.limits)
        self.rows.append(cut_empty_end(self.row))
        self.row, self.is_in_row = [], False
        self.taken = {column: left - 1 for column, left in self.taken.items() if left > 1}


def _is_filled(table: _Table) -> bool:
    return any(table.rows)


def _read(page: str, tables: list[_Table], limits: FileLimits) -> None:
    open_tables: list[_Table] = []
    for text, tag, attributes in _tokens(page):
        table = open_tables[-1] if open_tables else None
        if table is not None and table.text is not None and text:
            table.text.append(text)
        if tag == "table":
            open_tables.append(_Table(limits))
            tables.append(open_tables[-1])
        elif table is None:
            continue
        elif tag == "/table":
            table.end_row()
            open_tables.pop()
        elif tag == "tr":
            table.begin_row()
        elif tag == "/tr":
            table.end_row()
        elif tag in ("td", "th"):
            table.begin_cell(attributes)
        elif tag in ("/td", "/th"):
            table.end_cell()
        elif tag in _BREAKS and table.text is not None:
            table.text.append("\v")
    for table in open_tables:
        table.end_row()


def _tokens(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield texts, each with the small name and the attributes of the tag behind it."""
    place = 0
    while (begin := page.find("<", place)) >= 0:
        text = page[place:begin]
        if page.startswith("<!--", begin):
            end = page.find("-->", begin + 4)
            place = end + 3 if end >= 0 else len(page)
            yield text, "", ""
            continue
        name = _TAG.match(page, begin + 1)
        end = page.find(">", begin)
        if end < 0:
            break
        if name is None and page[begin + 1] not in "!?":
            place = begin + 1
            yield text + "<", "", ""
            continue
        tag = name[0].lower() if name else ""
        yield text, tag, page[begin + 1 : min(end, begin + _LONGEST_TAG)]
        place = end + 1
        if tag in _UNSEEN:
            end = page.find(f"</{tag}", place)
            end = end if end >= 0 else page.find(f"</{tag.upper()}", place)
            place = end if end >= 0 else len(page)


def _decoded(file: BinaryIO) -> str:
    file.seek(0)
    content = file.read()
    stated = _CHARSET.search(content[:_HEAD])
    if stated and not content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode(stated[1].decode())
        except (LookupError, UnicodeDecodeError):
            pass  # Many a page is not in the encoding that it states.
    encoding, on_error = find_encoding(file)
    return content.decode(encoding, on_error)
