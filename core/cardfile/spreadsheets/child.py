"""The process that reads foreign files, so that a hostile one takes nobody with it.

It is started by `reader.py`, walls itself in, guards and opens the one file it was given, and answers
requests on its standard input with frames on its standard output until that is closed. What only some formats
need is imported when a file has that format, for people wait for every start: all of it takes longer than a look
at a table of text.
"""
# ruff: noqa: PLC0415

import itertools
import json
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from cardfile.children.walls import stand_alone, wall_in
from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import Row, SheetInfo
from cardfile.spreadsheets.details import Details, NoDetails, SheetFacts, overlay
from cardfile.spreadsheets.guards import FileFormat, check_compound, check_outside
from cardfile.spreadsheets.limits import MEGABYTE, FileLimits
from cardfile.spreadsheets.sources import TOO_LONG, UNREADABLE, CalamineSource, Source
from cardfile.spreadsheets.text_source import TextSource
from cardfile.spreadsheets.wire import NEEDS_TOO_MUCH, pack, pack_rows, pack_sheet

if TYPE_CHECKING:
    from cardfile.spreadsheets.part_look import ArchiveLook
    from cardfile.spreadsheets.xlsx_details import XlsxDetails

__all__ = ["Desk", "main"]

_HEAVY_BATCH: Final = 1 << 22
_LONG: Final = 4
"""From how many times the rows asked for on a sheet is cut rather than read as a whole."""


class Desk:
    """One opened file and the place where its reading stands."""

    def __init__(self, file: BinaryIO, *, limits: FileLimits) -> None:
        self._file = file
        self._limits = limits
        self._look: ArchiveLook | None = None
        self._xlsx: XlsxDetails | None = None
        self._details: Details = NoDetails()
        self._is_second = False
        self._source = self._open()
        self._rows: Iterator[Row] = iter(())
        self._reading = 0
        self._given = 0

    def sheets(self) -> list[SheetInfo]:
        """Return the sheets; raises `FileRefused` when none of them holds anything."""
        sheets = self._source.sheets()
        if len(sheets) > self._limits.sheets:
            raise FileRefused(
                "The file has {count} sheets; at most {limit} are read.",
                count=len(sheets),
                limit=self._limits.sheets,
            )
        if self._look and self._look.sheets:
            is_empty = not any(look.has_values for look in self._look.sheets.values())
        else:
            is_empty = all(next(self._source.rows(sheet.name), None) is None for sheet in sheets)
        if is_empty:
            raise FileRefused("There is nothing in the file: every sheet is empty.")
        facts = self._details.facts()
        return [_with_facts(sheet, facts.get(sheet.name)) for sheet in sheets]

    def start(self, sheet: str, *, reading: int, only: int | None = None) -> None:
        """Go to the top of `sheet`; rows are then given out to whoever names the same `reading`.

        With `only` no more than so many rows may be asked for.
        """
        self._rows = iter(())
        self._reading = reading
        self._given = 0
        rows = self._first_rows(sheet, only) if only is not None else None
        self._rows = overlay(rows or self._all_rows(sheet), self._details.marks(sheet))

    def _first_rows(self, sheet: str, only: int) -> Iterator[Row] | None:
        """Return the first rows of a long sheet without reading all of it; None where that cannot be."""
        look = self._xlsx.look(sheet) if self._xlsx is not None else None
        if self._xlsx is None or look is None or not look.is_ordered or look.rows < _LONG * only:
            return None
        try:
            copy = self._xlsx.top(sheet, rows=2 * only)
            rows = list(CalamineSource(copy).rows(sheet)) if copy is not None else []
        except BaseException:  # noqa: BLE001  # Whatever is wrong is told of when the whole sheet is read.
            return None
        return iter(rows) if len(rows) >= only else None

    def _all_rows(self, sheet: str) -> Iterator[Row]:
        rows = self._source.rows(sheet)
        try:
            first = next(rows, None)
        except BaseException as error:  # noqa: BLE001  # A panic of the native reader is no Exception.
            self._source = self._second_source(error)
            rows = self._source.rows(sheet)
            first = next(rows, None)
        return itertools.chain((first,), rows) if first is not None else rows

    def batch(self, *, reading: int, most: int) -> list[Row]:
        """Return the next rows, at most `most`; none at the end or for a stale `reading`."""
        batch: list[Row] = []
        weight = 0
        if reading != self._reading:
            return batch
        for row in itertools.islice(self._rows, most):
            batch.append(row)
            texts = [cell for cell in row[1] if type(cell) is str]
            length = sum(map(len, texts))
            longest = self._limits.characters_in_a_cell
            if length > longest and max(map(len, texts)) > longest:
                raise FileRefused(TOO_LONG, line=row[0], most=longest)
            weight += length
            if weight > _HEAVY_BATCH:
                break
        self._given += weight
        if self._given > self._limits.unpacked:
            raise FileRefused(
                "The file unpacks to more than {limit} MB: split the list into several files.",
                limit=self._limits.unpacked // MEGABYTE,
            )
        return batch

    def about(self) -> dict[str, Any]:
        """Return what the parent should know of the file besides its rows."""
        sheets = [pack_sheet(sheet) for sheet in self.sheets()]
        if isinstance(self._source, TextSource):
            return {
                "sheets": sheets,
                "encoding": self._source.encoding,
                "delimiter": self._source.delimiter,
            }
        return {"sheets": sheets}

    def _open(self) -> Source:
        kind = check_outside(self._file, limits=self._limits)
        match kind:
            case FileFormat.TEXT:
                return TextSource(self._file, limits=self._limits)
            case FileFormat.HTML:
                from cardfile.spreadsheets.html_source import HtmlSource

                return HtmlSource(self._file, limits=self._limits)
            case FileFormat.XML_2003:
                from cardfile.spreadsheets.xml2003_source import Xml2003Source

                return Xml2003Source(self._file, limits=self._limits)
            case FileFormat.ZIP:
                self._details = self._details_of_archive()
            case FileFormat.XLS:
                self._details = self._details_of_compound()
        try:
            return CalamineSource(self._file)
        except BaseException as error:  # noqa: BLE001  # A panic of the native reader is no Exception.
            return self._second_source(error)

    def _details_of_compound(self) -> Details:
        from cardfile.spreadsheets.compound import CompoundFile
        from cardfile.spreadsheets.xls_details import XlsDetails

        self._file.seek(0)
        compound = CompoundFile(self._file.read())
        check_compound(compound.names)
        return XlsDetails(compound, merged=self._limits.merged)

    def _details_of_archive(self) -> Details:
        from cardfile.spreadsheets.archive import check_archive

        self._look = look = check_archive(self._file, limits=self._limits)
        match look.kind:
            case "xlsx" if look.sheets:
                from cardfile.spreadsheets.xlsx_details import XlsxDetails

                self._xlsx = XlsxDetails(self._file, look)
                return self._xlsx
            case "xlsb":
                from cardfile.spreadsheets.xlsb_details import XlsbDetails

                return XlsbDetails(self._file, limits=self._limits)
            case "ods" if look.has_details:
                from cardfile.spreadsheets.ods_details import OdsDetails

                return OdsDetails(self._file, limits=self._limits)
        return NoDetails()

    def _second_source(self, error: BaseException) -> Source:
        """Return the reader to use after one failed with `error`, or raise what must be told instead."""
        if isinstance(error, FileRefused | MemoryError | SystemExit | KeyboardInterrupt | KeyError):
            raise error
        if self._look and self._look.kind == "ods" and not self._is_second:
            from cardfile.spreadsheets.ods_details import without_indents

            self._is_second = True
            try:
                return CalamineSource(without_indents(self._file))
            except BaseException as second:  # A panic again.
                raise FileRefused(UNREADABLE) from second
        if not self._look or not self._look.sheets or self._is_second:
            raise FileRefused(UNREADABLE) from error
        self._is_second = True
        from cardfile.spreadsheets.openpyxl_source import OpenpyxlSource

        try:
            return OpenpyxlSource(self._file)
        except MemoryError:
            raise
        except Exception as second:  # It lets anything out: KeyError, IndexError, TypeError.
            raise FileRefused(UNREADABLE) from second


def _with_facts(sheet: SheetInfo, facts: SheetFacts | None) -> SheetInfo:
    if facts is None:
        return sheet
    return SheetInfo(
        sheet.name, sheet.is_visible, facts.about, facts.hidden_rows, facts.hidden_columns, facts.merged
    )


def answer(desk: Desk, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to one request of the parent."""
    match request["do"]:
        case "about":
            return desk.about()
        case "start":
            desk.start(request["sheet"], reading=request["id"], only=request.get("only"))
            return {}
        case _:
            return pack_rows(desk.batch(reading=request["reading"], most=request["most"]))


def main(told: Mapping[str, Any]) -> None:
    """Serve one file until standard input is closed."""
    limits = FileLimits(**told["limits"])
    stand_alone(parent=told["parent"])
    wall_in(memory=limits.memory, cpu_seconds=limits.cpu_seconds)
    sys.dont_write_bytecode = True  # It may not write, and would leave empty files where it tried.
    # Whatever a library prints must not get between the frames.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    desk: Desk | None = None
    with os.fdopen(told["file"], "rb") as file:
        for line in sys.stdin.buffer:
            request = json.loads(line)
            try:
                desk = desk or Desk(file, limits=limits)
                frame = pack({"id": request["id"], **answer(desk, request)})
            except FileRefused as refusal:
                frame = _refused(request, refusal.template, dict(refusal.values))
            except MemoryError:
                frame = _refused(request, NEEDS_TOO_MUCH, {"limit": limits.memory // MEGABYTE})
            except Exception:  # noqa: BLE001  # The edge of the process: the parent logs it.
                frame = pack({"id": request["id"], "failed": traceback.format_exc(limit=20)})
            out.write(frame)
            out.flush()


def _refused(request: Mapping[str, Any], template: str, values: Mapping[str, Any]) -> bytes:
    return pack({"id": request["id"], "refused": template, "values": values})
