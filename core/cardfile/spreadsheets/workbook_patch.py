"""Somebody's own workbook with results put into it: an archive in, the same archive out, part by part.

Formats, formulas with their values, pictures, charts and comments stay as they are, for nothing but the named
sheets is looked into. Macros are left out: what Cardfile hands out holds no program, whoever sent it.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import BinaryIO, Final

from cardfile.spreadsheets.archive import inflate
from cardfile.spreadsheets.remarks import (
    COMMENTS,
    DRAWING,
    Remark,
    Unpatchable,
    add_relations,
    add_types,
    grow_comments,
    grow_drawing,
    legacy_drawing,
    new_comments,
    new_drawing,
    new_relations,
)
from cardfile.spreadsheets.sheet_patch import RowMark, SheetPatch
from cardfile.spreadsheets.style_patch import StyleBook

__all__ = ["SheetOrder", "patch_workbook"]

_TYPES: Final = "[Content_Types].xml"
_WORKBOOK: Final = "xl/workbook.xml"
_WORKBOOK_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_MACROS: Final = frozenset(
    {"xl/vbaProject.bin", "xl/vbaProjectSignature.bin", "xl/_rels/vbaProject.bin.rels"}
)
_PROGRAMS: Final = ("xl/macrosheets/", "xl/dialogsheets/", "xl/activex/", "customui/")
_WITH_MACROS: Final = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_WITHOUT: Final = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_LARGEST_PART: Final = 64_000_000
_PACKING: Final = 4


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """What is to be put into one sheet: under which titles, in which columns if they are there already."""

    sheet: str
    header_row: int
    titles: tuple[str, str]
    columns: tuple[int, int] | None = None


Marks = Callable[[], Iterator[RowMark]]


def patch_workbook(file: BinaryIO, out: BinaryIO, orders: Sequence[SheetOrder], marks: Marks) -> None:
    """Write the xlsx in `file`, which was guarded before, to `out` with results in its sheets.

    `marks` gives those of the next sheet each time, in the sequence of `orders`. `out` need not be seekable.
    Raises `Unpatchable` for a workbook that is not built as workbooks are: what was written is of no use then.
    """
    _Patch(file, out).run(orders, marks)


class _Patch:
    """One archive being written anew."""

    def __init__(self, file: BinaryIO, out: BinaryIO) -> None:
        self._file = file
        with zipfile.ZipFile(file) as archive:
            self._members = {member.filename: member for member in archive.infolist()}
        if any(name.lower().startswith(_PROGRAMS) for name in self._members):
            raise Unpatchable("there are programs in it")
        self._out = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKING)
        self._changed: dict[str, bytes] = {}
        self._written: set[str] = set(_MACROS)
        self._comments: list[str] = []

    def run(self, orders: Sequence[SheetOrder], marks: Marks) -> None:
        """Write the archive."""
        relations = self._relations(_WORKBOOK_RELATIONS)
        sheets = self._sheets(relations)
        styles_part = next((target for kind, target in relations.values() if kind.endswith("/styles")), "")
        styles = StyleBook(self._read(styles_part))
        for order in orders:
            if order.sheet not in sheets:
                raise Unpatchable(f"there is no sheet {order.sheet!r}")
            self._sheet(sheets[order.sheet], order, marks(), styles)
        self._changed[styles_part] = styles.part()
        self._leave_macros_out()
        if self._comments:
            self._changed[_TYPES] = add_types(self._now(_TYPES), self._comments)
        for name in (*self._members, *self._changed):
            if name not in self._written:
                self._written.add(name)
                self._write(name, [self._changed[name]] if name in self._changed else self._inflate(name))
        self._out.close()

    def _sheet(self, part: str, order: SheetOrder, marks: Iterator[RowMark], styles: StyleBook) -> None:
        patch = SheetPatch(
            partial(self._inflate, part),
            marks,
            titles=order.titles,
            header_row=order.header_row,
            columns=order.columns,
            styles=styles,
        )
        self._written.add(part)
        self._write(part, patch.patched(partial(self._comment, part, patch)))

    def _comment(self, part: str, patch: SheetPatch, remarks: Sequence[Remark]) -> str | None:
        """Keep the comments of a sheet; return the element that names their boxes if the sheet needs one."""
        folder, _, name = part.rpartition("/")
        own = f"{folder}/_rels/{name}.rels"
        relations = self._relations(own) if own in self._members else {}
        targets = {kind.rpartition("/")[2]: target for kind, target in relations.values()}
        number = len(self._comments) + 1
        comments, boxes = targets.get("comments"), targets.get("vmlDrawing")
        more: list[tuple[str, str, str]] = []
        fresh: Sequence[Remark] = remarks
        if comments is not None:
            self._changed[comments], fresh = grow_comments(self._read(comments), remarks)
        else:
            comments = f"xl/cardfileComments{number}.xml"
            self._changed[comments] = new_comments(remarks)
            self._comments.append(comments)
            more.append((_free("rIdCardfileComments", relations), COMMENTS, f"/{comments}"))
        element = None
        if boxes is not None:
            self._changed[boxes] = grow_drawing(self._read(boxes), fresh)
        else:
            boxes = f"xl/drawings/cardfileDrawing{number}.vml"
            self._changed[boxes] = new_drawing(fresh)
            relation = _free("rIdCardfileDrawing", relations)
            more.append((relation, DRAWING, f"/{boxes}"))
            element = legacy_drawing(relation, patch.prefix)
        if more:
            self._changed[own] = add_relations(
                self._now(own) if own in self._members else new_relations(), more
            )
        return element

    def _leave_macros_out(self) -> None:
        if not _MACROS & self._members.keys():
            return
        relations = re.sub(rb"<[^<>]*vbaProject[^<>]*>", b"", self._now(_WORKBOOK_RELATIONS))
        types = self._now(_TYPES).replace(_WITH_MACROS, _WITHOUT)
        self._changed[_WORKBOOK_RELATIONS] = relations
        self._changed[_TYPES] = re.sub(rb"<[^<>]*vbaProject[^<>]*>", b"", types)

    def _sheets(self, relations: dict[str, tuple[str, str]]) -> dict[str, str]:
        """Return the part of each sheet by its name."""
        found = {}
        for tag in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", self._read(_WORKBOOK)):
            name, relation = _attribute(tag, "name"), _attribute(tag, r"\w+:id")
            kind, part = relations.get(relation or "", ("", ""))
            if name is not None and kind.endswith("/worksheet") and part in self._members:
                found[name] = part
        return found

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return type and target of each relation of a part, whose relations are in `part`."""
        folder = posixpath.dirname(posixpath.dirname(part))
        found = {}
        for tag in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", self._read(part)):
            relation, kind, target = (_attribute(tag, name) for name in ("Id", "Type", "Target"))
            if relation and kind and target and _attribute(tag, "TargetMode") != "External":
                whole = target if target.startswith("/") else posixpath.join("/", folder, target)
                found[relation] = (kind, posixpath.normpath(whole).lstrip("/"))
        return found

    def _now(self, part: str) -> bytes:
        return self._changed.get(part) or self._read(part)

    def _read(self, part: str) -> bytes:
        member = self._members.get(part)
        if member is None:
            raise Unpatchable(f"there is no part {part!r}")
        if member.file_size > _LARGEST_PART:
            raise Unpatchable(f"the part {part!r} is too large")
        return b"".join(self._inflate(part))

    def _inflate(self, part: str) -> Iterator[bytes]:
        return inflate(self._file, self._members[part])

    def _write(self, name: str, pieces: Iterable[bytes]) -> None:
        member = self._members.get(name)
        made = zipfile.ZipInfo(name, member.date_time if member else (1980, 1, 1, 0, 0, 0))
        made.compress_type = zipfile.ZIP_DEFLATED
        with self._out.open(made, "w", force_zip64=bool(member and member.file_size > 1 << 30)) as part:
            for piece in pieces:
                part.write(piece)


def _attribute(tag: bytes, name: str) -> str | None:
    found = re.search(rf"""\s{name}\s*=\s*(["'])(.*?)\1""".encode(), tag, re.DOTALL)
    return unescape(found[2].decode("utf-8", "replace")) if found else None


def _free(name: str, taken: Iterable[str]) -> str:
    while name in taken:
        name += "0"
    return name
