"""Somebody's own list given back with what became of its rows: two columns more, colours and comments.

An xlsx stays the workbook that it was, patched by a process of its own (`marking_child.py`). A list of another
format, or a workbook that is not built as workbooks are, comes back as a new xlsx with the same sheets and values.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final

from cardfile.errors import FileRefused
from cardfile.spreadsheets.cells import Row, SheetInfo
from cardfile.spreadsheets.guards import FileFormat, check_outside
from cardfile.spreadsheets.limits import MEGABYTE, FileLimits
from cardfile.spreadsheets.reader import SheetFile, SheetReaders
from cardfile.spreadsheets.sheet_patch import RowMark
from cardfile.spreadsheets.wire import LENGTH, NEEDS_TOO_MUCH
from cardfile.spreadsheets.writer import CopySheet, OutCell, write_workbook

__all__ = ["Given", "SheetMarks", "mark_workbook"]

_log = logging.getLogger("cardfile.spreadsheets")

_START: Final = """
import json, sys, types
told = json.loads(sys.argv[1])
sys.path[:] = told["path"]
for name, folder in told["packages"].items():
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]
from cardfile.spreadsheets.marking_child import main
main(told)
"""

_KEPT_SURROUNDINGS: Final = ("PATH", "LD_LIBRARY_PATH")
_TOO_LONG: Final = "Marking the list takes longer than {limit} seconds: split it into several files."
_PIECE: Final = 1 << 18
_WIDTHS: Final = (18.0, 60.0)

Marks = Callable[[], AsyncIterator[RowMark]]


class Given(StrEnum):
    """In which way a list was given back."""

    OWN = "own"
    """The workbook that it was, with everything in it."""
    COPY = "copy"
    """A new workbook with the same sheets and values."""


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """What is to be said of the rows of one sheet.

    `titles` are those of the two columns, put into `header_row` (0: there is none); `columns` is where the two
    stand already. `marks` gives the marks by rising rows, anew each time.
    """

    sheet: str
    header_row: int
    titles: tuple[str, str]
    marks: Marks
    columns: tuple[int, int] | None = None


async def mark_workbook(
    readers: SheetReaders, source: Path, target: Path, sheets: Sequence[SheetMarks]
) -> Given:
    """Write the list in `source` to `target`, an xlsx, with marks in its sheets; return how that was done.

    Raises `FileRefused` when the file cannot be read any more.
    """
    with await asyncio.to_thread(_opened, source) as file:
        kind = await asyncio.to_thread(check_outside, file, limits=readers.limits)
        if kind is FileFormat.ZIP:
            reason = await _patch(file, target, sheets, readers.limits)
            if reason is None:
                return Given.OWN
            _log.info("A workbook is given back as a copy of its values: %s.", reason)
    async with readers.open(source) as opened:
        await _copy(opened, target, sheets)
    return Given.COPY


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError:
        raise FileRefused("The content of this file is not there any more.") from None


async def _patch(
    file: BinaryIO, target: Path, sheets: Sequence[SheetMarks], limits: FileLimits
) -> str | None:
    """Have the workbook patched; return why it cannot be, if it cannot."""
    process = await _begin(file, limits)
    feeding = asyncio.create_task(_feed(process, sheets))
    part = target.with_name(target.name + ".part")
    try:
        async with asyncio.timeout(limits.cpu_seconds + limits.patience_seconds):
            verdict = await _take(process, part)
            await feeding
    except TimeoutError:
        raise FileRefused(_TOO_LONG, limit=f"{limits.cpu_seconds + limits.patience_seconds:g}") from None
    except asyncio.IncompleteReadError:
        raise await _cause_of_death(process, limits) from None
    else:
        if not verdict:
            part.replace(target)
            return None
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        await asyncio.shield(_end(process))
        part.unlink(missing_ok=True)
    if "refused" in verdict:
        raise FileRefused(str(verdict["refused"]), **verdict["values"])
    if "failed" in verdict:
        # A fault of ours must not keep the results from whoever waits for them.
        _log.error("The process that marks spreadsheets failed:\n%s", verdict["failed"])
    return str(verdict.get("unpatchable", "the process failed"))


async def _begin(file: BinaryIO, limits: FileLimits) -> asyncio.subprocess.Process:
    """Start the process; it inherits the open file, not the path."""
    folder = Path(__file__).parent
    told = {
        "path": [entry for entry in sys.path if entry],
        "packages": {"cardfile": str(folder.parent), "cardfile.spreadsheets": str(folder)},
        "file": file.fileno(),
        "parent": os.getpid(),
        "limits": asdict(limits),
    }
    surroundings = {name: os.environ[name] for name in _KEPT_SURROUNDINGS if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-S", "-X", "utf8", "-c", _START, json.dumps(told)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(file.fileno(),),
        start_new_session=True,
        cwd="/",
        env={**surroundings, "MALLOC_ARENA_MAX": "1"},
    )


async def _feed(process: asyncio.subprocess.Process, sheets: Sequence[SheetMarks]) -> None:
    """Tell the process what is to be put where; one that is dead or wants no more is told nothing."""
    assert process.stdin is not None
    orders = [
        {"sheet": one.sheet, "header_row": one.header_row, "titles": one.titles, "columns": one.columns}
        for one in sheets
    ]
    with suppress(ConnectionError):
        process.stdin.write(json.dumps(orders).encode() + b"\n")
        for sheet in sheets:
            async for mark in sheet.marks():
                line = [mark.row, mark.result, mark.reason, mark.tone.value, mark.cells]
                process.stdin.write(json.dumps(line).encode() + b"\n")
                await process.stdin.drain()
            process.stdin.write(b"null\n")
        await process.stdin.drain()
        process.stdin.close()


async def _take(process: asyncio.subprocess.Process, part: Path) -> dict[str, Any]:
    """Write what the process sends to `part`, and return its verdict, which is empty when all is well."""
    assert process.stdout is not None
    with part.open("wb") as file:
        while length := LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))[0]:
            while length:
                piece = await process.stdout.readexactly(min(length, _PIECE))
                length -= len(piece)
                await asyncio.to_thread(file.write, piece)
    verdict = json.loads(await process.stdout.read())
    if not isinstance(verdict, dict):
        raise ValueError("the marking process sent something that is no verdict")
    return verdict


async def _cause_of_death(process: asyncio.subprocess.Process, limits: FileLimits) -> FileRefused:
    code = await process.wait()
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return FileRefused(_TOO_LONG, limit=limits.cpu_seconds)
    _log.warning("The process that marks spreadsheets ended with code %s.", code)
    return FileRefused(NEEDS_TOO_MUCH, limit=limits.memory // MEGABYTE)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()


async def _copy(opened: SheetFile, target: Path, sheets: Sequence[SheetMarks]) -> None:
    """Write all sheets anew, those with marks with their marks."""
    by_name = {one.sheet: one for one in sheets}
    copies = []
    for sheet in opened.sheets:
        marks = by_name.get(sheet.name)
        first, second = await _columns(opened, sheet, marks) if marks is not None else (0, 0)
        copies.append(
            CopySheet(
                sheet.name,
                _copied(opened, sheet, marks, first, second),
                sheet.is_visible,
                dict(zip((first, second), _WIDTHS, strict=True)) if marks is not None else {},
            )
        )
    await write_workbook(target, copies)


async def _columns(opened: SheetFile, sheet: SheetInfo, marks: SheetMarks) -> tuple[int, int]:
    if marks.columns is not None:
        return marks.columns
    width = 0
    async for rows in opened.rows(sheet):
        width = max(width, *(len(cells) for _, cells in rows))
    return width, width + 1


async def _copied(
    opened: SheetFile, sheet: SheetInfo, told: SheetMarks | None, first: int, second: int
) -> AsyncIterator[tuple[int, Sequence[object]]]:
    marks = told.marks() if told is not None else None
    waiting = await anext(marks, None) if marks is not None else None
    async for rows in opened.rows(sheet):
        for number, cells in rows:
            if told is not None and number == told.header_row:
                yield number, _with(cells, {first: told.titles[0], second: told.titles[1]})
            elif waiting is not None and waiting.row == number:
                yield number, _marked((number, cells), waiting, first, second)
                assert marks is not None
                waiting = await anext(marks, None)
            else:
                yield number, cells
    if waiting is not None:
        raise FileRefused("Row {row} is not where it was read: the file has been changed.", row=waiting.row)


def _marked(row: Row, mark: RowMark, first: int, second: int) -> list[object]:
    cells = row[1]
    more: dict[int, object] = {
        one.column: OutCell(
            cells[one.column] if one.column < len(cells) else None, mark.cell_tone, one.remark
        )
        for one in mark.cells
    }
    more |= {first: OutCell(mark.result, mark.tone), second: OutCell(mark.reason, mark.tone)}
    return _with(cells, more)


def _with(cells: Sequence[object], more: dict[int, object]) -> list[object]:
    values = [*cells, *([None] * (max(more) + 1 - len(cells)))]
    for index, value in more.items():
        values[index] = value
    return values
