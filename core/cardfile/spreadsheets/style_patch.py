"""The styles of somebody's workbook, with ours added at the end: no style that is there changes its number."""

import re
from typing import Final

from cardfile.spreadsheets.remarks import Unpatchable
from cardfile.spreadsheets.tones import FILLS, Tone

__all__ = ["StyleBook"]

_MOST_STYLES: Final = 64_000
"""As many styles of cells as Excel opens, and a little less."""


class StyleBook:
    """The part of an xlsx that holds styles, and the styles that are made of them by colouring.

    Raises `Unpatchable` for a part without fills or without styles of cells.
    """

    def __init__(self, part: bytes) -> None:
        found = re.search(rb"<(\w+:)?styleSheet[\s>]", part)
        self._prefix = (found[1] or b"") if found else b""
        self._part = part
        self._fills = self._block(b"fills")
        self._styles = self._block(b"cellXfs")
        one = rb"<" + self._prefix + rb"xf(?=[\s/>])[^>]*?(?:/>|>.*?</" + self._prefix + rb"xf>)"
        self._known = re.findall(one, self._styles[3], re.DOTALL)
        fill = rb"<" + self._prefix + rb"fill(?=[\s/>])"
        self._first_fill = len(re.findall(fill, self._fills[3]))
        self._made: dict[tuple[int, Tone], int] = {}
        if not self._known or not self._first_fill:
            raise Unpatchable("it has no styles")

    def toned(self, style: int, tone: Tone) -> int:
        """Return the number of the style that is `style` with the colour of `tone` behind it."""
        if style >= len(self._known):
            raise Unpatchable(f"there is no style {style}")
        number = self._made.setdefault((style, tone), len(self._known) + len(self._made))
        if number >= _MOST_STYLES:
            raise Unpatchable("it has too many styles")
        return number

    def part(self) -> bytes:
        """Return the part with the new styles in it."""
        name = self._prefix
        fills = b"".join(
            b'<%bfill><%bpatternFill patternType="solid"><%bfgColor rgb="FF%b"/><%bbgColor indexed="64"/>'
            b"</%bpatternFill></%bfill>" % (name, name, name, FILLS[tone].encode(), name, name, name)
            for tone in Tone
        )
        tones = list(Tone)
        styles = b"".join(
            _coloured(self._known[style], self._first_fill + tones.index(tone)) for style, tone in self._made
        )
        part = self._grown(self._part, self._styles, styles, len(self._known) + len(self._made))
        # Fills stand before the styles of cells, so what was found of them holds still.
        return self._grown(part, self._fills, fills, self._first_fill + len(tones))

    def _block(self, element: bytes) -> tuple[int, int, bytes, bytes]:
        """Return where an element begins and ends, its first tag, and what is in it."""
        name = self._prefix + element
        found = re.search(rb"(<" + name + rb"(?=[\s>])[^>]*>)(.*?)</" + name + rb">", self._part, re.DOTALL)
        if found is None or found[1].endswith(b"/>"):
            raise Unpatchable(f"it has no {element.decode()}")
        return found.start(), found.end(), found[1], found[2]

    @staticmethod
    def _grown(part: bytes, block: tuple[int, int, bytes, bytes], more: bytes, count: int) -> bytes:
        start, _, tag, inside = block
        counted = re.sub(rb"""\bcount=(["'])\d*\1""", b'count="%d"' % count, tag)
        behind = start + len(tag) + len(inside)
        return part[:start] + counted + inside + more + part[behind:]


def _coloured(style: bytes, fill: int) -> bytes:
    tag, end, rest = style.partition(b">")
    is_closed = tag.endswith(b"/")
    tag = tag.removesuffix(b"/")
    tag = re.sub(rb"""\s(?:fillId|applyFill)=(["'])[^"']*\1""", b"", tag)
    return tag + b' fillId="%d" applyFill="1"' % fill + (b"/" if is_closed else b"") + end + rest
