"""The files of an installation: rows in the database, contents in the store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from cardfile.access.file_store import Content, FileStore
from cardfile.access.file_table import File
from cardfile.access.rows import add_row
from cardfile.clock import Clock
from cardfile.database.database import Database
from cardfile.errors import NotFound
from cardfile.failpoints import failpoint
from cardfile.model.model import Model
from cardfile.query.rows import visible_ids
from cardfile.rights import Rights

__all__ = ["Files", "StoredFile"]

LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file: what people call it, and under which hash its content is kept."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str


class Files:
    """Keeps files and finds them for those who may see them."""

    def __init__(self, database: Database, store: FileStore, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self.store = store

    async def put(
        self, pieces: AsyncIterator[bytes], *, name: str, owner: int | None, limit: int
    ) -> StoredFile:
        """Keep a file of `owner`; raises `FileRefused` when it is empty or larger than `limit` bytes."""
        content = await self.store.put(pieces, limit=limit)
        failpoint("files.content_kept")
        return await self.enter(content, name=name, owner=owner)

    async def enter(self, content: Content, *, name: str, owner: int | None) -> StoredFile:
        """Make a file of what the store keeps already, in the transaction of this task if there is one."""
        # A name is text for people: folders in front of it, and what cannot be shown, go away.
        plain = "".join(each for each in name.replace("\\", "/").rpartition("/")[2] if each.isprintable())
        values = {
            "name": plain[-LONGEST_NAME:] or "file",
            "media_type": content.media_type,
            "size": content.size,
            "sha256": content.sha256,
        }
        made = await add_row(
            self._database, File, {**values, "owner": owner}, now=self._clock.now(), by=owner
        )
        return StoredFile(made, str(values["name"]), content.media_type, content.size, content.sha256)

    async def hash_of(self, file: int) -> str | None:
        """Return under which hash the content of a file is kept; for the house, which asks nobody's rights."""
        row = await self._database.run(File.select(File.sha256).where(File.id == file).first())
        return str(row["sha256"]) if row else None

    async def find(self, model: Model, global_id: str, rights: Rights) -> StoredFile:
        """Return a file that this person may see; raises `NotFound`, alike for a hidden and a missing one."""
        record_type = model["file"]
        number = record_type.local_id(global_id)
        seen = await visible_ids(self._database, model, record_type, rights, [number], now=self._clock.now())
        row = await self._database.run(
            File.select(File.id, File.name, File.media_type, File.size, File.sha256)
            .where((File.id == number) & File.archived_at.is_null())
            .first()
        )
        if row is None or number not in seen:
            raise NotFound("There is no such record: {id}.", id=global_id)
        return StoredFile(**row)
