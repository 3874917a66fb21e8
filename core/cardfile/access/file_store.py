"""Contents of files, kept in a folder under their SHA-256: the same content is kept once."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

from cardfile.access.file_types import media_type_of
from cardfile.errors import FileRefused

__all__ = ["Content", "FileStore"]

INCOMING: Final = "incoming-"
PIECE: Final = 1 << 18
"""How many bytes are read at once."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the store keeps: its hash, its size in bytes, its type."""

    sha256: str
    size: int
    media_type: str


class FileStore:
    """A folder of contents by hash; whatever offers the same methods can stand in its place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, pieces: AsyncIterator[bytes], *, limit: int) -> Content:
        """Keep what `pieces` bring; raises `FileRefused` when it is empty or over `limit` bytes."""
        file = await asyncio.to_thread(self._new)
        path = Path(file.name)
        try:
            size, hashed = 0, sha256()
            async for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise FileRefused("This file is larger than {limit} bytes.", limit=limit)
                hashed.update(piece)
                await asyncio.to_thread(file.write, piece)
            if not size:
                raise FileRefused("This file is empty.")
            return await asyncio.to_thread(self._keep, file, path, hashed.hexdigest(), size)
        finally:
            await asyncio.to_thread(_drop, file, path)

    async def pieces(self, content: str) -> AsyncGenerator[bytes, None]:
        """Yield the content with the hash `content`; raises `FileRefused` when it is not there."""
        try:
            file = await asyncio.to_thread(self.path(content).open, "rb")
        except OSError:
            raise FileRefused("The content of this file is not there any more.") from None
        try:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece
        finally:
            file.close()

    async def delete(self, contents: Iterable[str], *, unless_since: datetime) -> None:
        """Delete contents by their hashes, but none that was put in, for the first time or again, since a moment."""
        await asyncio.to_thread(_delete, [self.path(content) for content in contents], unless_since)

    async def sweep(self, before: datetime) -> None:
        """Delete what uploads that were cut off before a moment have left."""
        await asyncio.to_thread(lambda: _delete(self._folder.glob(f"{INCOMING}*"), before))

    def path(self, content: str) -> Path:
        """Return where the content with the hash `content` lies."""
        return self._folder / content[:2] / content

    def _new(self) -> IO[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True)
        return NamedTemporaryFile(dir=self._folder, prefix=INCOMING, delete=False)

    def _keep(self, file: IO[bytes], path: Path, content: str, size: int) -> Content:
        file.flush()
        os.fsync(file.fileno())
        media_type = media_type_of(path)
        target = self.path(content)
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            path.replace(target)
        else:
            os.utime(target)  # So that nobody deletes what is being put in again.
        return Content(content, size, media_type)


def _delete(paths: Iterable[Path], before: datetime) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp():
                path.unlink()


def _drop(file: IO[bytes], path: Path) -> None:
    file.close()
    path.unlink(missing_ok=True)
