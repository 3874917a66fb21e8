"""Compound files: the old container of Office, a file system of sectors and their chains, after [MS-CFB]."""

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from cardfile.errors import FileRefused

__all__ = ["CompoundFile"]

_DAMAGED: Final = "The file is damaged or was not sent completely: send it again."
_LAST: Final = 0xFFFFFFFA  # This number and those above it are no sectors.
_ENTRY: Final = 128
_NAME: Final = 64
_STREAM: Final = 2
_ROOT: Final = 5
_SMALL_STREAM: Final = 4096
_SMALL_SECTOR: Final = 64


class CompoundFile:
    """The streams of the compound file with that `content`; `names` are those that are in no inner folder.

    Names are in small letters, as case makes no difference to Office. Raises `FileRefused`, here and when a
    stream is read, where a chain of sectors goes round in a circle.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        try:
            (shift,) = struct.unpack_from("<H", content, 30)
            first_directory, first_small, more_tables = struct.unpack_from("<I8xI4xI", content, 48)
            tables = list(struct.unpack_from("<109I", content, 76))
        except struct.error as error:
            raise FileRefused(_DAMAGED) from error
        if shift not in (9, 12):
            raise FileRefused(_DAMAGED)
        self._size = 1 << shift
        self._most = len(content) // self._size + 1
        self._next = self._read_tables(tables, more_tables)
        self._streams: dict[str, tuple[int, int]] = {}
        self.names: frozenset[str] = frozenset()
        self._small = b""
        self._read_directory(b"".join(self._chain(first_directory)))
        self._next_small = _numbers(b"".join(self._chain(first_small)))

    def stream(self, name: str) -> bytes | None:
        """Return the stream of that name, in small letters; None if there is none."""
        if name not in self._streams:
            return None
        start, size = self._streams[name]
        if size >= _SMALL_STREAM:
            return b"".join(self._chain(start))[:size]
        sectors = _chain(start, self._next_small, most=len(self._small) // _SMALL_SECTOR + 1)
        places = (number * _SMALL_SECTOR for number in sectors)
        return b"".join(self._small[place : place + _SMALL_SECTOR] for place in places)[:size]

    def _read_tables(self, tables: list[int], more: int) -> list[int]:
        seen = 0
        while more < _LAST:
            seen += 1
            numbers = _numbers(self._sector(more))
            if seen > self._most or not numbers:
                raise FileRefused(_DAMAGED)
            tables += numbers[:-1]
            more = numbers[-1]
        following: list[int] = []
        for table in tables:
            if table < _LAST and len(following) <= self._most:
                following += _numbers(self._sector(table))
        return following

    def _read_directory(self, entries: bytes) -> None:
        outer = self._outer(entries)
        names: set[str] = set()
        for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", entries, place + _NAME)
            start, size = struct.unpack_from("<II", entries, place + 116)
            if kind == _ROOT and not self._small:
                self._small = b"".join(self._chain(start))[:size]
            elif kind == _STREAM and 2 <= length <= _NAME:
                name = entries[place : place + length - 2].decode("utf-16-le", "replace").lower()
                if place // _ENTRY in outer and name not in names:
                    names.add(name)
                    self._streams[name] = (start, size)
                self._streams.setdefault(name, (start, size))
        self.names = frozenset(names or self._streams)

    @staticmethod
    def _outer(entries: bytes) -> set[int]:
        """Return the numbers of the entries in the root folder, which form a tree."""
        seen: set[int] = set()
        if len(entries) < _ENTRY:
            return seen
        waiting = [struct.unpack_from("<I", entries, 76)[0]]
        while waiting:
            number = waiting.pop()
            if number not in seen and (number + 1) * _ENTRY <= len(entries):
                seen.add(number)
                waiting += struct.unpack_from("<II", entries, number * _ENTRY + 68)
        return seen

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._content[start : start + self._size]

    def _chain(self, start: int) -> Iterator[bytes]:
        return map(self._sector, _chain(start, self._next, most=self._most))


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack_from(f"<{len(content) // 4}I", content)


def _chain(start: int, following: Sequence[int], *, most: int) -> Iterator[int]:
    steps = 0
    while start < len(following):
        steps += 1
        if steps > most:
            raise FileRefused("The file refers to itself in a circle: it was made to do harm.")
        yield start
        start = following[start]
