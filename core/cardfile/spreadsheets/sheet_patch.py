"""Results put into somebody's own sheet while its XML streams by: two columns at its right, colours at its cells.

Whatever is not touched goes through byte by byte: formulas with the values that they had, formats, validations,
pictures. Nothing is kept but the row at hand, so that a sheet of any length takes the same memory.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from cardfile.spreadsheets.cells import column_number
from cardfile.spreadsheets.remarks import REMARKS_AT_MOST, Remark, Unpatchable
from cardfile.spreadsheets.sheet_xml import letters_of, text_cell
from cardfile.spreadsheets.style_patch import StyleBook
from cardfile.spreadsheets.tones import Tone

__all__ = ["CellMark", "RowMark", "SheetPatch"]

_LONGEST: Final = 1 << 24
"""How many bytes a row, or what stands before the rows, may have."""

_LAST_COLUMN: Final = 16_383
_WIDTHS: Final = (18, 60)

_TAG: Final = re.compile(rb"""<(/?)([\w:.-]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(/?)>""")
_COLUMN: Final = rb"""\sr=["']([A-Z]{1,3})\d"""
_FILLED: Final = re.compile(rb"<(?:\w+:)?(?:v|is|f)\b")
_BEHIND_DRAWING: Final = frozenset(
    {b"legacyDrawingHF", b"drawingHF", b"picture", b"oleObjects", b"controls", b"webPublishItems", b"tableParts",
     b"extLst", b"AlternateContent"}
)  # fmt: skip
"""What may follow the element that names the boxes of comments."""


class CellMark(NamedTuple):
    """A cell that something is to be said about: its column, counted from 0, and what."""

    column: int
    remark: str


@dataclass(frozen=True, slots=True)
class RowMark:
    """What is to be said of a row: in two words, in a sentence or more, and at its cells."""

    row: int
    result: str
    reason: str
    tone: Tone
    cells: tuple[CellMark, ...] = ()

    @property
    def cell_tone(self) -> Tone:
        """The colour of the cells: as bad as the row is."""
        return Tone.BAD if self.tone is Tone.BAD else Tone.DOUBTFUL


class SheetPatch:
    """One sheet, and what is to be put into it.

    `pieces` gives the XML of the sheet anew each time; `marks` come by rising rows. `columns` are where the
    results stood already, None for a sheet that has none yet. Raises `Unpatchable` where the sheet is not built
    as sheets are.
    """

    def __init__(
        self,
        pieces: Callable[[], Iterable[bytes]],
        marks: Iterator[RowMark],
        *,
        titles: tuple[str, str],
        header_row: int,
        columns: tuple[int, int] | None,
        styles: StyleBook,
    ) -> None:
        self.remarks: list[Remark] = []
        self._pieces = pieces
        self._marks = marks
        self._titles = titles
        self._header_row = header_row
        self._styles = styles
        self._prefix = b""
        self._first, self._second = columns or self._free_columns()

    def patched(self, drawing: Callable[[list[Remark]], str | None]) -> Iterator[bytes]:
        """Yield the XML of the sheet with the marks in it.

        `drawing` is asked behind the last row, when all remarks are known, for the element by which the sheet
        names their boxes; None when it has one already.
        """
        waiting = next(self._marks, None)
        last = 0
        for kind, text in self._cut():
            if kind == "head":
                yield self._head(text)
            elif kind == "row":
                tag = text[: text.index(b">") + 1]
                number = _number(tag) or last + 1
                if number <= last:
                    raise Unpatchable("its rows are out of order")
                last = number
                if waiting is not None and waiting.row < number:
                    raise Unpatchable(f"row {waiting.row} is not where it was read")
                if waiting is not None and waiting.row == number:
                    yield self._marked(text, tag, waiting)
                    waiting = next(self._marks, None)
                elif number == self._header_row:
                    yield self._titled(text, tag, number)
                else:
                    yield text
            elif kind == "tail":
                if waiting is not None:
                    raise Unpatchable(f"row {waiting.row} is not where it was read")
                element = drawing(self.remarks) if self.remarks else None
                yield _with_drawing(text, element) if element else text
            else:
                yield text

    @property
    def prefix(self) -> str:
        """How the sheet names its elements: `x:` or nothing."""
        return self._prefix.decode()

    def _cut(self) -> Iterator[tuple[str, bytes]]:
        """Yield what stands before the rows, each row, what is between them, and all behind them."""
        pieces = iter(self._pieces())
        text = b""
        begin = None
        while begin is None:
            piece = next(pieces, None)
            if piece is None or len(text) > _LONGEST:
                raise Unpatchable("it has no rows")
            text += piece
            begin = re.search(rb"<(\w+:)?sheetData(?=[\s/>])[^>]*>", text)
        if begin[0].endswith(b"/>"):
            raise Unpatchable("it has no rows")
        self._prefix = begin[1] or b""
        yield "head", text[: begin.end()]
        row = re.compile(rb"<" + self._prefix + rb"row(?=[\s/>])[^>]*>")
        end, last = b"</" + self._prefix + b"row>", b"</" + self._prefix + b"sheetData>"
        text = text[begin.end() :]
        while True:
            at = 0
            while (found := row.search(text, at)) is not None:
                close = found.end() if found[0].endswith(b"/>") else text.find(end, found.end()) + len(end)
                if close < found.end():
                    break
                if found.start() > at:
                    yield "between", text[at : found.start()]
                yield "row", text[found.start() : close]
                at = close
            text = text[at:]
            if found is None and last in text:
                break
            piece = next(pieces, None)
            if piece is None or len(text) > _LONGEST:
                raise Unpatchable("its rows have no end")
            text += piece
            if b"<!" in text:
                raise Unpatchable("there are comments of XML in it")
        place = text.index(last)
        yield "between", text[:place]
        yield "tail", text[place:] + b"".join(pieces)

    def _free_columns(self) -> tuple[int, int]:
        """Return the two columns behind the last one that holds anything, or lies under a merged title."""
        used = -1
        for kind, text in self._cut():
            if kind == "row":
                used = max(used, self._last_used(text))
            elif kind == "tail":
                for match in re.finditer(rb"""ref=["'][A-Z]+(\d+):([A-Z]+)(\d+)["']""", _merged(text)):
                    if int(match[3]) >= max(self._header_row, 1):
                        used = max(used, column_number(match[2].decode()) - 1)
        if used + 2 > _LAST_COLUMN:
            raise Unpatchable("there is no room at its right")
        return used + 1, used + 2

    def _last_used(self, row: bytes) -> int:
        """Return the index of the last column that is not empty; -1 in an empty row."""
        start, end = b"<" + self._prefix + b"c", len(row)
        while (place := row.rfind(start, 0, end)) >= 0:
            is_cell = row[place + len(start) : place + len(start) + 1] in (
                b" ",
                b"/",
                b">",
                b"\n",
                b"\t",
                b"\r",
            )
            if is_cell and _FILLED.search(row, place, end):
                address = re.search(_COLUMN, row[place : row.index(b">", place)])
                if address is not None:
                    return column_number(address[1].decode()) - 1
                return max(index for index, _ in self._cells(row)[0])
            end = place
        return -1

    def _cells(self, row: bytes) -> tuple[list[tuple[int, bytes]], int, int]:
        """Return the cells of a row by column, and where they begin and end in it."""
        name = self._prefix
        pattern = rb"<" + name + rb"c(?=[\s/>])[^>]*?(?:/>|>.*?</" + name + rb"c>)"
        cells, start, end, index = [], row.index(b">") + 1, row.index(b">") + 1, -1
        for found in re.finditer(pattern, row, re.DOTALL):
            address = re.search(_COLUMN, found[0][: found[0].index(b">")])
            index = column_number(address[1].decode()) - 1 if address else index + 1
            cells.append((index, found[0]))
            start, end = (start if len(cells) > 1 else found.start()), found.end()
        return cells, start, end

    def _marked(self, row: bytes, tag: bytes, mark: RowMark) -> bytes:
        style = self._styles.toned(0, mark.tone)
        mine = {
            self._first: text_cell(mark.row, self._first, mark.result, style, prefix=self.prefix),
            self._second: text_cell(mark.row, self._second, mark.reason, style, prefix=self.prefix),
        }
        for column, remark in mark.cells:
            if remark and len(self.remarks) < REMARKS_AT_MOST:
                self.remarks.append(Remark(mark.row, column, remark))
        return self._with_cells(row, tag, mark.row, mine, {one.column: mark.cell_tone for one in mark.cells})

    def _titled(self, row: bytes, tag: bytes, number: int) -> bytes:
        cells, _, _ = self._cells(row)
        style = max((_style(cell) for index, cell in cells if index == self._first - 1), default=0)
        pairs = zip((self._first, self._second), self._titles, strict=True)
        mine = {at: text_cell(number, at, title, style, prefix=self.prefix) for at, title in pairs}
        return self._with_cells(row, tag, number, mine, {})

    def _with_cells(
        self, row: bytes, tag: bytes, number: int, mine: dict[int, str], tones: dict[int, Tone]
    ) -> bytes:
        """Return a row with cells of ours in their places, and colours behind others."""
        close = b"</" + self._prefix + b"row>"
        new_tag = re.sub(rb"""\sspans=(["'])[^"']*\1""", b"", tag)
        if new_tag.endswith(b"/>"):
            new_tag, row = new_tag[:-2] + b">", tag[:-2] + b">" + close
            tag = tag[:-2] + b">"
        if not tones and self._ends_before(row, len(tag)):
            return new_tag + row[len(tag) : -len(close)] + "".join(mine.values()).encode() + close
        cells, start, end = self._cells(row)
        found = {index: _addressed(cell, f"{letters_of(index)}{number}") for index, cell in cells}
        if len(found) < len(cells):
            raise Unpatchable("a row holds a cell twice")
        for index, tone in tones.items():
            old = found.get(index, f'<{self.prefix}c r="{letters_of(index)}{number}"/>'.encode())
            found[index] = _restyled(old, self._styles.toned(_style(old), tone))
        found |= {index: cell.encode() for index, cell in mine.items()}
        body = b"".join(found[index] for index in sorted(found))
        return new_tag + row[len(tag) : start] + body + row[end:]

    def _ends_before(self, row: bytes, after: int) -> bool:
        """Tell whether the row's last cell stands left of ours and nothing but cells is in the row."""
        place = row.rfind(b"<" + self._prefix + b"c ", after)
        if place < 0:
            return row.find(b"<", after) == row.rfind(b"</")
        address = re.search(_COLUMN, row[place : row.index(b">", place)])
        is_last = b"extLst" not in row[place:]
        return is_last and address is not None and column_number(address[1].decode()) - 1 < self._first

    def _head(self, head: bytes) -> bytes:
        """Return what stands before the rows, with widths for our columns and without the size it states."""
        name = self._prefix
        head = re.sub(rb"<" + name + rb"dimension(?=[\s/>])[^>]*/>", b"", head)
        block = re.search(rb"<" + name + rb"cols(?=[\s>])[^>]*>(.*?)</" + name + rb"cols>", head, re.DOTALL)
        kept = re.findall(rb"<" + name + rb"col(?=[\s/>])[^>]*/>", block[1]) if block else []
        columns = [part for col in kept for part in _around(col, self._first + 1, self._second + 1)]
        for index, width in zip((self._first, self._second), _WIDTHS, strict=True):
            col = b'<%bcol min="%d" max="%d" width="%d" customWidth="1"/>' % (
                name,
                index + 1,
                index + 1,
                width,
            )
            columns.append((index + 1, col))
        body = b"".join(col for _, col in sorted(columns))
        cols = b"<%bcols>%b</%bcols>" % (name, body, name)
        if block:
            return head[: block.start()] + cols + head[block.end() :]
        place = head.rindex(b"<" + name + b"sheetData")
        return head[:place] + cols + head[place:]


def _number(tag: bytes) -> int | None:
    found = re.search(rb"""\sr=["'](\d{1,7})["']""", tag)
    return int(found[1]) if found else None


def _style(cell: bytes) -> int:
    found = re.search(rb"""\ss=["'](\d{1,6})["']""", cell[: cell.index(b">")])
    return int(found[1]) if found else 0


def _restyled(cell: bytes, style: int) -> bytes:
    at = cell.index(b">") - (1 if cell[: cell.index(b">")].endswith(b"/") else 0)
    tag = re.sub(rb"""\ss=(["'])\d*\1""", b"", cell[:at])
    return tag + b' s="%d"' % style + cell[at:]


def _addressed(cell: bytes, address: str) -> bytes:
    """Return a cell that says where it stands: some programs leave that to be counted."""
    at = cell.index(b">") - (1 if cell[: cell.index(b">")].endswith(b"/") else 0)
    if re.search(rb"""\sr=["']""", cell[:at]):
        return cell
    return cell[:at] + f' r="{address}"'.encode() + cell[at:]


def _around(col: bytes, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    """Yield what is left of a range of columns besides those from `first` to `last`, counted from 1."""
    least, most = (re.search(rb"\b" + name + rb"""=["'](\d{1,5})["']""", col) for name in (b"min", b"max"))
    if least is None or most is None:
        raise Unpatchable("the widths of its columns are damaged")
    for start, end in (
        (int(least[1]), min(int(most[1]), first - 1)),
        (max(int(least[1]), last + 1), int(most[1])),
    ):
        if start <= end:
            part = re.sub(rb"""\bmin=["']\d+["']""", b'min="%d"' % start, col)
            yield start, re.sub(rb"""\bmax=["']\d+["']""", b'max="%d"' % end, part)


def _children(tail: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the elements behind the rows by name, with their places, and the end of the sheet at last."""
    depth = 1  # What stands behind the rows begins with their end.
    for found in _TAG.finditer(tail):
        name = found[2].rpartition(b":")[2]
        if found[1]:
            depth -= 1
            if depth < 0:
                yield b"", found.start()
                return
        else:
            if depth == 0:
                yield name, found.start()
            depth += not found[4]
    raise Unpatchable("it has no end")


def _merged(tail: bytes) -> bytes:
    begin, end = tail.find(b"mergeCells"), tail.rfind(b"mergeCells")
    return tail[begin:end] if begin >= 0 else b""


def _with_drawing(tail: bytes, element: str) -> bytes:
    for name, place in _children(tail):
        if not name or name in _BEHIND_DRAWING:
            return tail[:place] + element.encode() + tail[place:]
    raise Unpatchable("it has no end")
