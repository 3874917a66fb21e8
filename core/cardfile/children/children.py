"""Having a question answered by a child process, which dies rather than take more than it may."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

from cardfile.children.errand import NEEDS_TOO_MUCH
from cardfile.errors import Refused

__all__ = ["ChildLimits", "Children", "gone"]

MEGABYTE: Final = 1_000_000

_log = logging.getLogger("cardfile.children")

# The child enters the packages by their folders, past their __init__ modules: importing the whole framework
# would cost it a second and much of its memory. It gets the parent's import path and little else.
_START: Final = """
import json, sys, types
told = json.loads(sys.argv[1])
sys.path[:] = told["path"]
for name, folder in told["packages"].items():
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]
from cardfile.children.errand import run
run(told)
"""

_KEPT_SURROUNDINGS: Final = ("PATH", "LD_LIBRARY_PATH")

_TOO_LONG: Final = "This takes longer than {limit} seconds: make it smaller."
_TOO_LARGE: Final = "What comes out has more than {limit} MB: make it smaller."
_BUSY: Final = "Too much of this is being done just now: try again in a minute."
_BROKEN: Final = "This could not be done; the log of the server says why."


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """How much one child may take; sizes are bytes, and the operating system holds the first two.

    `patience_seconds` is how long the parent waits by the clock on the wall, `answer` how much it takes.
    """

    memory: int = 1_000 * MEGABYTE
    cpu_seconds: int = 30
    patience_seconds: float = 60.0
    answer: int = 50 * MEGABYTE


class Children:
    """Asks a module in a process of its own, one for each question, and not more than `at_once` at a time.

    The module has a function `answer(question: bytes) -> bytes`, imports little, and may raise `Refused`.
    """

    def __init__(self, module: str, *, at_once: int = 2, limits: ChildLimits | None = None) -> None:
        self._module = module
        self._places = asyncio.Semaphore(at_once)
        self.limits = limits or ChildLimits()

    async def ask(self, question: bytes, *, wait: float | None = None) -> bytes:
        """Return the answer; raises `Refused` where there is none, whatever became of the child.

        Whoever finds no place within `wait` seconds is refused.
        """
        try:
            async with asyncio.timeout(wait):
                await self._places.acquire()
        except TimeoutError:
            raise Refused(_BUSY) from None
        try:
            process = await self._begin()
            try:
                async with asyncio.timeout(self.limits.patience_seconds):
                    said = await self._talk(process, question)
                    code = await process.wait()
            except TimeoutError:
                raise Refused(_TOO_LONG, limit=f"{self.limits.patience_seconds:g}") from None
            finally:
                await asyncio.shield(_end(process))
        finally:
            self._places.release()
        head, newline, answer = said.partition(b"\n")
        if not newline:
            raise self._cause_of_death(code)
        return self._checked(json.loads(head), answer)

    async def _begin(self) -> asyncio.subprocess.Process:
        package = self._module.partition(".")[0]
        told = {
            "path": [entry for entry in sys.path if entry],
            "packages": {name: _folder(name) for name in ("cardfile", package)},
            "module": self._module,
            "parent": os.getpid(),
            "memory": self.limits.memory,
            "cpu_seconds": self.limits.cpu_seconds,
        }
        surroundings = {name: os.environ[name] for name in _KEPT_SURROUNDINGS if name in os.environ}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", "-B", "-X", "utf8", "-c", _START, json.dumps(told)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            # More arenas would eat the limit of address space without holding anything.
            env={**surroundings, "MALLOC_ARENA_MAX": "1"},
        )

    async def _talk(self, process: asyncio.subprocess.Process, question: bytes) -> bytes:
        assert process.stdin is not None
        assert process.stdout is not None
        # A dead child is told of where its answer is missing.
        with suppress(ConnectionError):
            process.stdin.write(question)
            await process.stdin.drain()
        process.stdin.close()
        pieces, size = [], 0
        while piece := await process.stdout.read(1 << 18):
            size += len(piece)
            if size > self.limits.answer:
                raise Refused(_TOO_LARGE, limit=self.limits.answer // MEGABYTE)
            pieces.append(piece)
        return b"".join(pieces)

    def _checked(self, head: Mapping[str, Any], answer: bytes) -> bytes:
        if "failed" in head:
            _log.error("A child process of %s failed:\n%s", self._module, head["failed"])
            raise Refused(_BROKEN)
        if "refused" in head:
            raise Refused(str(head["refused"]), **head["values"])
        return answer

    def _cause_of_death(self, code: int) -> Refused:
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return Refused(_TOO_LONG, limit=self.limits.cpu_seconds)
        _log.warning("A child process of %s ended with code %s.", self._module, code)
        return Refused(NEEDS_TOO_MUCH, limit=self.limits.memory // MEGABYTE)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process and everything it may have started, and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin is not None:
        process.stdin.close()
    await gone(process)


async def gone(process: asyncio.subprocess.Process) -> None:
    """Wait until a process that was ended is gone; what it has said and nobody has read is thrown away.

    asyncio tells of the end of a process after that of its pipes, and of a pipe that is full it never hears any.
    """
    while process.stdout is not None and await process.stdout.read(1 << 18):
        pass
    await process.wait()


def _folder(package: str) -> str:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"there is no package {package!r}")
    return str(spec.submodule_search_locations[0])
