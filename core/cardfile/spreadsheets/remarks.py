"""Comments of cells and what they need in the archive of an xlsx: two parts, their relations, their types.

Parts that are there already are grown in place, byte by byte as they are, so that nothing of somebody's own is
lost. Raises `Unpatchable` where they are not as they should be.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cardfile.spreadsheets.sheet_xml import escaped, letters_of, plain_text

__all__ = [
    "COMMENTS",
    "COMMENTS_TYPE",
    "DRAWING",
    "REMARKS_AT_MOST",
    "VML_TYPE",
    "Remark",
    "Unpatchable",
    "add_relations",
    "add_types",
    "grow_comments",
    "grow_drawing",
    "legacy_drawing",
    "new_comments",
    "new_drawing",
    "new_relations",
]

REMARKS_AT_MOST: Final = 2_000
"""How many comments a sheet gets: Excel shows each by a drawing, and takes minutes over very many."""

_AUTHOR: Final = "Cardfile"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
COMMENTS: Final = f"{_OFFICE}/comments"
"""The type of the relation from a sheet to its comments."""
DRAWING: Final = f"{_OFFICE}/vmlDrawing"
"""The type of the relation from a sheet to the boxes of its comments."""
COMMENTS_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
"""The type of the part that holds comments."""
VML_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
"""The type of the part that holds boxes."""

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_VML_NAMES: Final = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_SHAPE_TYPE: Final = (
    f'<v:shapetype {_VML_NAMES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


class Unpatchable(Exception):
    """A workbook that is built in a way that nothing can safely be put into."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment at a cell: its row from 1, its column from 0, its text."""

    row: int
    index: int
    text: str

    @property
    def address(self) -> str:
        """The cell's address."""
        return f"{letters_of(self.index)}{self.row}"


def new_comments(remarks: Iterable[Remark]) -> bytes:
    """Return the comments of a sheet that had none."""
    listed = "".join(_comment(one, 0, "") for one in remarks)
    return (
        f'{_XML}<comments xmlns="{_MAIN}"><authors><author>{_AUTHOR}</author></authors>'
        f"<commentList>{listed}</commentList></comments>"
    ).encode()


def new_drawing(remarks: Iterable[Remark]) -> bytes:
    """Return the boxes of a sheet that had none."""
    shapes = "".join(_shape(one, 1025 + place) for place, one in enumerate(remarks))
    return (
        f'<xml {_VML_NAMES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
        f"{_SHAPE_TYPE}{shapes}</xml>"
    ).encode()


def grow_comments(part: bytes, remarks: Sequence[Remark]) -> tuple[bytes, list[Remark]]:
    """Return comments with `remarks` among them, and those that are new: they need boxes.

    Where a cell has a comment already, the remark stands below its text.
    """
    prefix = _prefix(part, b"commentList")
    name = prefix.decode()
    authors = re.search(rb"<" + prefix + rb"authors\s*>(.*?)</" + prefix + rb"authors>", part, re.DOTALL)
    end = part.rfind(b"</" + prefix + b"commentList>")
    if authors is None or end < 0:
        raise Unpatchable("its comments have no list or no authors")
    author = authors[1].count(b"<" + prefix + b"author>") + authors[1].count(b"<" + prefix + b"author/>")
    there = {
        match[2]: match
        for match in re.finditer(
            rb"<" + prefix + rb"""comment\s[^>]*?\bref=(["'])([A-Z]+\d+)\1.*?(</""" + prefix + rb"text>)",
            part[:end],
            re.DOTALL,
        )
    }
    fresh, edits = [], []
    for one in remarks:
        old = there.get(one.address.encode())
        if old is None:
            fresh.append(one)
        else:
            run = f'<{name}r><{name}t xml:space="preserve">\n— {_said(one)}</{name}t></{name}r>'
            edits.append((old.start(3), _as_runs(part, old, prefix), run.encode()))
    edits.append((end, None, "".join(_comment(one, author, name) for one in fresh).encode()))
    edits.append((authors.end(1), None, f"<{name}author>{_AUTHOR}</{name}author>".encode()))
    for place, plain, more in sorted(edits, key=lambda edit: -edit[0]):
        if plain is None:
            part = part[:place] + more + part[place:]
        else:
            start, text = plain
            part = part[:start] + text + more + part[place:]
    return part, fresh


def _as_runs(part: bytes, comment: re.Match[bytes], prefix: bytes) -> tuple[int, bytes] | None:
    """Return where the text of a comment starts and that text as a run, None when it is of runs already."""
    body = part[comment.start() : comment.start(3)]
    plain = re.search(rb"<" + prefix + rb"text\s*>\s*(<" + prefix + rb"t\b.*)$", body, re.DOTALL)
    if plain is None:
        return None
    return comment.start() + plain.start(1), b"<" + prefix + b"r>" + plain[1] + b"</" + prefix + b"r>"


def grow_drawing(part: bytes, remarks: Sequence[Remark]) -> bytes:
    """Return boxes with those of `remarks` behind them."""
    end = part.rfind(b"</xml>")
    if end < 0:
        raise Unpatchable("the boxes of its comments have no end")
    used = [int(found) for found in re.findall(rb'_x0000_s(\d{1,9})"', part)]
    first = max([1024, *used]) + 1
    more = "" if b'"_x0000_t202"' in part else _SHAPE_TYPE
    more += "".join(_shape(one, first + place) for place, one in enumerate(remarks))
    return part[:end] + more.encode() + part[end:]


def legacy_drawing(relation: str, prefix: str = "") -> str:
    """Return the element by which a sheet names its boxes."""
    return f'<{prefix}legacyDrawing xmlns:r="{_OFFICE}" r:id="{relation}"/>'


def new_relations() -> bytes:
    """Return the relations of a part that has none."""
    return f'{_XML}<Relationships xmlns="{_PACKAGE}"></Relationships>'.encode()


def add_relations(part: bytes, relations: Iterable[tuple[str, str, str]]) -> bytes:
    """Return relations with more of them: id, type, target."""
    return _before_end(
        part,
        b"Relationships",
        lambda prefix: "".join(
            f'<{prefix}Relationship Id="{relation}" Type="{kind}" Target="{target}"/>'
            for relation, kind, target in relations
        ),
    )


def add_types(part: bytes, parts: Iterable[str]) -> bytes:
    """Return the types of an archive's parts with those of comments named `parts`, and with that of boxes."""
    has_boxes = re.search(rb"""Extension=["']vml["']""", part, re.IGNORECASE) is not None

    def more(prefix: str) -> str:
        boxes = "" if has_boxes else f'<{prefix}Default Extension="vml" ContentType="{VML_TYPE}"/>'
        return boxes + "".join(
            f'<{prefix}Override PartName="/{name}" ContentType="{COMMENTS_TYPE}"/>' for name in parts
        )

    return _before_end(part, b"Types", more)


def _before_end(part: bytes, element: bytes, more: Callable[[str], str]) -> bytes:
    empty = re.search(rb"<((?:\w+:)?" + element + rb")(\s[^>]*?)?/>\s*$", part)
    if empty is not None:  # An element without anything in it may be closed by itself.
        part = part[: empty.start()] + b"<" + empty[1] + (empty[2] or b"") + b"></" + empty[1] + b">"
    prefix = _prefix(part, element)
    end = part.rfind(b"</" + prefix + element + b">")
    return part[:end] + more(prefix.decode()).encode() + part[end:]


def _prefix(part: bytes, element: bytes) -> bytes:
    found = re.search(rb"</(\w+:)?" + element + rb"\s*>", part)
    if found is None:
        raise Unpatchable(f"there is no {element.decode()} where one must be")
    return found[1] or b""


def _said(remark: Remark) -> str:
    return escaped(plain_text(remark.text))


def _comment(remark: Remark, author: int, name: str) -> str:
    return (
        f'<{name}comment ref="{remark.address}" authorId="{author}"><{name}text><{name}r>'
        f'<{name}t xml:space="preserve">{_said(remark)}</{name}t></{name}r></{name}text></{name}comment>'
    )


def _shape(remark: Remark, number: int) -> str:
    row, column = remark.row - 1, remark.index
    # Left column and offset, top row and offset, right and bottom: as Excel places a new box.
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 4}, 15, {row + 4}, 4"
    return (
        f'<v:shape {_VML_NAMES} id="_x0000_s{number}" type="#_x0000_t202" '
        'style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;width:180pt;height:70pt;z-index:1;'
        'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
