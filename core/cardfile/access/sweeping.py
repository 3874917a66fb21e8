"""What access keeps only for a while: attempts to sign in, sessions that are over, uploads that nothing refers to."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from cardfile.access.file_table import File
from cardfile.access.tables import Session, SignInAttempt
from cardfile.database.tables import Stored
from cardfile.jobs import JobKind, JobRun
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["JOBS"]

PORTION: Final = 500
"""How many rows are deleted in one transaction: SQLite's one writer is kept for long by more."""

PORTIONS: Final = 40
"""How many portions of each kind a day takes; what is left is swept on the next."""

UNTOUCHED: Final = timedelta(days=1)
"""How long a content has lain there when it is deleted: somebody may just be uploading the same again."""

_LOG: Final = logging.getLogger("cardfile.access")


async def sweep(run: JobRun) -> None:
    """Delete what was kept for long enough, a portion at a time; nothing of it is history that people ask for."""
    app, keep, now = run.app, run.app.settings.keep, run.now
    attempts = await _delete(
        app, SignInAttempt, SignInAttempt.created_at < now - timedelta(days=keep.sign_ins_days)
    )
    over = now - timedelta(days=keep.sessions_days)
    sessions = await _delete(app, Session, (Session.expires_at < over) | (Session.revoked_at < over))
    files = await _delete_uploads(app, now - timedelta(days=keep.uploads_days))
    await app.access.files.store.sweep(now - UNTOUCHED)
    if attempts or sessions or files:
        _LOG.info("swept: %s attempts to sign in, %s sessions, %s uploads", attempts, sessions, files)


async def _delete(app: "App", table: type[Stored], where: Any) -> int:
    deleted = 0
    for _ in range(PORTIONS):
        rows = await app.database.run(table.select(table.id).where(where).order_by(table.id).limit(PORTION))
        if not rows:
            break
        await app.database.run(table.delete().where(table.id.is_in([row["id"] for row in rows])))
        deleted += len(rows)
    return deleted


async def _delete_uploads(app: "App", before: datetime) -> int:
    """Delete the files to which no record refers, archived ones included, and contents that no file has any more."""
    deleted, last = 0, 0
    for _ in range(PORTIONS):
        rows = await app.database.run(
            File.select(File.id, File.sha256)
            .where((File.created_at < before) & (File.id > last))
            .order_by(File.id)
            .limit(PORTION)
        )
        if not rows:
            break
        last = rows[-1]["id"]
        hashes = {row["id"]: row["sha256"] for row in rows}
        async with app.database.transaction():
            # Asked in the transaction that deletes: a reference made in between counts.
            free = hashes.keys() - await _referred(app, hashes.keys())
            if free:
                await app.database.run(File.delete().where(File.id.is_in(sorted(free))))
        deleted += len(free)
        await _delete_contents(app, {hashes[number] for number in free}, before)
    return deleted


async def _referred(app: "App", files: Collection[int]) -> set[int]:
    """Return those of the files to which a field of any record refers."""
    found: set[int] = set()
    for record_type in app.model.types.values():
        for link in record_type.links.values():
            if link.target != "file" or link.column != "id":
                continue
            rows = await fetch_records(
                app.database,
                app.model,
                record_type,
                EVERYTHING,
                now=app.clock.now(),
                filter=_nested(link.path, {"id": {"in": sorted(files)}}),
                paths=(link.path,),
                archived=True,
            )
            found |= {int(str(row[link.path])) for row in rows}
    return found


def _nested(path: str, condition: Mapping[str, object]) -> Mapping[str, object]:
    for key in reversed(path.split(".")):
        condition = {key: condition}
    return condition


async def _delete_contents(app: "App", hashes: Collection[str], before: datetime) -> None:
    if not hashes:
        return
    rows = await app.database.run(File.select(File.sha256).where(File.sha256.is_in(sorted(hashes))))
    await app.access.files.store.delete(set(hashes) - {row["sha256"] for row in rows}, unless_since=before)


JOBS: Final = (JobKind("sweep_access", sweep, transactional=False, every=timedelta(days=1)),)
"""What access does in the background."""
