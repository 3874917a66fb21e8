"""The process that puts results into a foreign workbook: what is in it can do no harm but to this process.

It is started by `marking.py`, walls itself in, and guards the file as the reading process does. What is to be
put in comes line by line on its standard input, the workbook goes out in frames on its standard output.
"""

import json
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from cardfile.children.walls import stand_alone, wall_in
from cardfile.errors import FileRefused
from cardfile.spreadsheets.archive import check_archive
from cardfile.spreadsheets.limits import FileLimits
from cardfile.spreadsheets.remarks import Unpatchable
from cardfile.spreadsheets.sheet_patch import CellMark, RowMark
from cardfile.spreadsheets.tones import Tone
from cardfile.spreadsheets.wire import LENGTH
from cardfile.spreadsheets.workbook_patch import SheetOrder, patch_workbook

__all__ = ["main"]

_FRAME: Final = 1 << 18


class _Frames:
    """A file without an end: what is written to it goes out in frames, a last empty one before the verdict."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        if len(self._waiting) >= _FRAME:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._waiting:
            self._out.write(LENGTH.pack(len(self._waiting)))
            self._out.write(self._waiting)
            self._waiting.clear()

    def end(self, verdict: Mapping[str, Any]) -> None:
        self.flush()
        self._out.write(LENGTH.pack(0))
        self._out.write(json.dumps(verdict, default=str).encode())
        self._out.flush()


def main(told: Mapping[str, Any]) -> None:
    """Put what is told into the file, and say how it went."""
    limits = FileLimits(**told["limits"])
    stand_alone(parent=told["parent"])
    wall_in(memory=limits.memory, cpu_seconds=limits.cpu_seconds)
    # Whatever a library prints must not get between the frames.
    frames = _Frames(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    verdict: dict[str, Any] = {}
    try:
        with os.fdopen(told["file"], "rb") as file:
            check_archive(file, limits=limits)
            orders = [_order(each) for each in json.loads(sys.stdin.buffer.readline())]
            patch_workbook(file, frames, orders, _marks)  # type: ignore[arg-type]  # it is only written to
    except Unpatchable as error:
        verdict = {"unpatchable": str(error)}
    except FileRefused as refusal:
        verdict = {"refused": refusal.template, "values": dict(refusal.values)}
    except MemoryError:
        verdict = {"unpatchable": "it needs too much memory"}
    except BaseException:  # noqa: BLE001  # The edge of the process: the parent logs it.
        verdict = {"failed": traceback.format_exc(limit=20)}
    frames.end(verdict)


def _order(told: Mapping[str, Any]) -> SheetOrder:
    columns = told["columns"]
    first, second = told["titles"]
    return SheetOrder(
        told["sheet"], told["header_row"], (first, second), (columns[0], columns[1]) if columns else None
    )


def _marks() -> Iterator[RowMark]:
    """Yield the marks of the next sheet, up to the line that ends it."""
    for line in sys.stdin.buffer:
        told = json.loads(line)
        if told is None:
            return
        row, result, reason, tone, cells = told
        yield RowMark(row, result, reason, Tone(tone), tuple(CellMark(*cell) for cell in cells))
