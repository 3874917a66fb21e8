"""Reading a spreadsheet through a process of its own: the only way from a foreign file to rows.

A hostile or broken file kills that process at worst; here it becomes one `FileRefused`.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Final

from cardfile.children.children import gone
from cardfile.errors import FileRefused, InvalidInput
from cardfile.spreadsheets.cells import Row, SheetInfo
from cardfile.spreadsheets.guards import check_outside
from cardfile.spreadsheets.limits import MEGABYTE, FileLimits
from cardfile.spreadsheets.wire import LENGTH, NEEDS_TOO_MUCH, unpack, unpack_rows, unpack_sheet

__all__ = ["ReadersBusy", "SheetFile", "SheetReaders"]

_log = logging.getLogger("cardfile.spreadsheets")

# The child enters the packages by their folders, past their __init__ modules: importing the whole framework
# would cost it a second and much of its memory. It gets the parent's import path and little else.
_START: Final = """
import json, sys, types
told = json.loads(sys.argv[1])
sys.path[:] = told["path"]
for name, folder in told["packages"].items():
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]
from cardfile.spreadsheets.child import main
main(told)
"""

_KEPT_SURROUNDINGS: Final = ("PATH", "LD_LIBRARY_PATH")

_TOO_LONG: Final = "Reading the file takes longer than {limit} seconds: split the list into several files."


class SheetFile:
    """An opened spreadsheet; it lives as long as the `async with` that gave it out.

    `encoding` and `delimiter` are told for text tables only.
    """

    def __init__(self, conversation: "_Conversation", about: Mapping[str, Any]) -> None:
        self._conversation = conversation
        self.sheets: tuple[SheetInfo, ...] = tuple(map(unpack_sheet, about["sheets"]))
        self.encoding: str | None = about.get("encoding")
        self.delimiter: str | None = about.get("delimiter")

    @property
    def process_id(self) -> int:
        """The id of the reading process, for those who watch over processes."""
        return self._conversation.process_id

    async def rows(self, sheet: str | SheetInfo, *, batch: int = 1000) -> AsyncIterator[Sequence[Row]]:
        """Yield the rows of `sheet` that are not blank, from the top, in batches of at most `batch`.

        A missing row number is a blank row. The reading process works one batch ahead. One reading at a time:
        a new one ends the one before, and leaving early costs nothing. Raises `InvalidInput` for an unknown
        sheet, `FileRefused` where the file cannot be read any further.
        """
        name = self._known(sheet)
        talk = self._conversation
        reading = await talk.ask("start", sheet=name)
        await talk.hear(reading)
        awaited = await talk.ask("rows", reading=reading, most=batch)
        while rows := unpack_rows(await talk.hear(awaited)):
            awaited = await talk.ask("rows", reading=reading, most=batch)
            yield rows

    async def first_rows(self, sheet: str | SheetInfo, *, most: int) -> Sequence[Row]:
        """Return at most the first `most` rows of `sheet`, as `rows` gives them, faster where there are many more."""
        name = self._known(sheet)
        talk = self._conversation
        reading = await talk.ask("start", sheet=name, only=most)
        await talk.hear(reading)
        return unpack_rows(await talk.hear(await talk.ask("rows", reading=reading, most=most)))

    def _known(self, sheet: str | SheetInfo) -> str:
        name = sheet.name if isinstance(sheet, SheetInfo) else sheet
        if name not in {known.name for known in self.sheets}:
            raise InvalidInput(
                "The file has no sheet “{sheet}”; it has: {sheets}.",
                sheet=name,
                sheets=", ".join(known.name for known in self.sheets),
            )
        return name


class ReadersBusy(FileRefused):
    """So many other files are being read that this one found no place in time."""


class SheetReaders:
    """Opens spreadsheets, each in a process of its own, and not more than `at_once` at a time.

    An app has one, for previews and imports alike: each process may take much of a machine's memory.
    """

    def __init__(self, *, at_once: int = 2, limits: FileLimits | None = None) -> None:
        self.limits = limits or FileLimits()
        self._places = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def open(
        self, path: str | os.PathLike[str], *, limits: FileLimits | None = None, wait: float | None = None
    ) -> AsyncIterator[SheetFile]:
        """Open the spreadsheet at `path` and list its sheets; raises `FileRefused` if it is not fit.

        The reading process is gone, whatever happened, when the block is left. `limits` hold for this file
        alone; whoever finds no place within `wait` seconds is refused.
        """
        bounds = limits or self.limits
        async with AsyncExitStack() as stack:
            await self._take_place(wait)
            stack.callback(self._places.release)
            file = await asyncio.to_thread(_opened, Path(path), bounds)
            with file:
                talk = await _Conversation.begin(file, bounds)
            stack.push_async_callback(talk.end)
            yield SheetFile(talk, await talk.hear(await talk.ask("about")))

    async def _take_place(self, wait: float | None) -> None:
        try:
            async with asyncio.timeout(wait):
                await self._places.acquire()
        except TimeoutError:
            raise ReadersBusy("Other lists are being read just now: try again in a minute.") from None


def _opened(path: Path, limits: FileLimits) -> BinaryIO:
    """Return the file opened, after the look at its size and first bytes that needs no process."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileRefused(
            "The file “{name}” cannot be opened: {reason}.", name=path.name, reason=error.strerror
        ) from error
    try:
        check_outside(file, limits=limits)
    except BaseException:
        file.close()
        raise
    return file


class _Conversation:
    """Requests to one reading process and its answers, in the order of asking."""

    def __init__(self, process: asyncio.subprocess.Process, limits: FileLimits) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._requests = process.stdin
        self._answers = process.stdout
        self._limits = limits
        self._last = 0

    @classmethod
    async def begin(cls, file: BinaryIO, limits: FileLimits) -> "_Conversation":
        """Start the process that reads `file`; it inherits the open file, not the path."""
        folder = Path(__file__).parent
        told = {
            "path": [entry for entry in sys.path if entry],
            "packages": {"cardfile": str(folder.parent), "cardfile.spreadsheets": str(folder)},
            "file": file.fileno(),
            "parent": os.getpid(),
            "limits": asdict(limits),
        }
        surroundings = {name: os.environ[name] for name in _KEPT_SURROUNDINGS if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", "-X", "utf8", "-c", _START, json.dumps(told)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=(file.fileno(),),
            start_new_session=True,
            cwd="/",
            # More arenas would eat the limit of address space without holding anything.
            env={**surroundings, "MALLOC_ARENA_MAX": "1"},
        )
        return cls(process, limits)

    @property
    def process_id(self) -> int:
        """The id of the process."""
        return self._process.pid

    async def ask(self, deed: str, **details: object) -> int:
        """Send a request and return its number."""
        self._last += 1
        self._requests.write(json.dumps({"id": self._last, "do": deed, **details}).encode() + b"\n")
        with suppress(ConnectionError):  # A dead process is told of where its answer is missing.
            await self._requests.drain()
        return self._last

    async def hear(self, number: int) -> dict[str, Any]:
        """Return the answer to request `number`; answers that nobody waits for any more are passed over."""
        while True:
            try:
                async with asyncio.timeout(self._limits.patience_seconds):
                    answer = unpack(await self._frame())
            except TimeoutError as error:
                raise FileRefused(_TOO_LONG, limit=f"{self._limits.patience_seconds:g}") from error
            except asyncio.IncompleteReadError as error:
                raise await self._cause_of_death() from error
            if answer["id"] == number:
                return self._checked(answer)

    async def _frame(self) -> bytes:
        (length,) = LENGTH.unpack(await self._answers.readexactly(LENGTH.size))
        if length > self._limits.message:
            raise FileRefused(
                "A row of the file holds more than {limit} MB of text.",
                limit=self._limits.message // MEGABYTE,
            )
        return await self._answers.readexactly(length)

    def _checked(self, answer: dict[str, Any]) -> dict[str, Any]:
        if "failed" in answer:
            _log.error("The process that reads spreadsheets failed:\n%s", answer["failed"])
            raise FileRefused(NEEDS_TOO_MUCH, limit=self._limits.memory // MEGABYTE)
        if "refused" in answer:
            raise FileRefused(str(answer["refused"]), **answer["values"])
        return answer

    async def _cause_of_death(self) -> FileRefused:
        code = await self._process.wait()
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return FileRefused(_TOO_LONG, limit=self._limits.cpu_seconds)
        _log.warning("The process that reads spreadsheets ended with code %s.", code)
        return FileRefused(NEEDS_TOO_MUCH, limit=self._limits.memory // MEGABYTE)

    async def end(self) -> None:
        """End the process and everything it may have started, and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._requests.close()
        await asyncio.shield(gone(self._process))
