"""Making the files that people asked for, in the background: wherever that is cut off, it begins anew."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson

from cardfile.access.file_store import Content
from cardfile.errors import NotAllowed, NotFound, Refused
from cardfile.exports.exporting import export_records
from cardfile.exports.tables import OPEN, Export, ExportKind, ExportState
from cardfile.exports.templates import write_template
from cardfile.imports.host import ImportHost
from cardfile.imports.returned import Given, write_refused, write_result
from cardfile.jobs import JobKind, JobRun
from cardfile.journal.calls import Call
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING, Actor

__all__ = ["JOBS", "MAKE"]

MAKE: Final = "make_export"
ATTEMPTS: Final = 3
MOST_BYTES: Final = 4_000_000_000
"""How large a file may become; what is written is bounded by what is here, not by what somebody sends."""

_PIECE: Final = 1 << 18
_COPIED: Final = (
    "The workbook could not be kept as it was: this is a copy of its cells, without formats and formulas."
)


class _Halted(Exception):
    """Nobody waits for the file any more."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written: how many rows, if they were counted, and what is to be said of it."""

    rows: int | None = None
    note: str | None = None


async def make_export(run: JobRun) -> None:
    """Make one file, keep it, and say so in the export."""
    app, number = run.app, int(run.payload["export"])
    row = await _read(app, number)
    if row is None or row["state"] not in OPEN:
        return
    actor: Actor | None = None
    try:
        actor = await _actor(app, row["owner"])
        await _move_on(app, number, 0)
        with TemporaryDirectory(prefix="cardfile-") as folder:
            target = Path(folder) / f"file.{row['format']}"
            written = await _write(app, actor, row, target)
            content = await app.access.files.store.put(_pieces(target), limit=MOST_BYTES)
        told: dict[str, object] = {"note": written.note}
        if written.rows is not None:
            told["rows_written"] = written.rows
        await _end(app, actor, row, ExportState.DONE, told, content)
    except _Halted:
        return
    except Refused as refusal:
        # Another try would come to the same end.
        await _fail(app, actor, row, refusal)
    except Exception:
        if run.attempt >= ATTEMPTS:
            await _fail(app, actor, row, Refused("This could not be done; the log of the server says why."))
        raise


async def _write(app: ImportHost, actor: Actor, row: Mapping[str, Any], target: Path) -> _Written:
    record_type = app.model[str(row["entity"])]
    number = int(row["id"])
    match row["kind"]:
        case ExportKind.LIST:
            wanted = orjson.loads(row["wanted"])

            async def tell(read: int) -> None:
                await _move_on(app, number, read)

            return _Written(
                await export_records(
                    app, actor, record_type, target,
                    filter=wanted["filter"], search=wanted["search"], fields=wanted["fields"], tell=tell,
                )
            )  # fmt: skip
        case ExportKind.TEMPLATE:
            await write_template(app, actor, record_type, target)
            return _Written()
    done = await _import(app, actor, row["origin"])
    if row["kind"] == ExportKind.REFUSED:
        return _Written(await write_refused(app, actor, done, target))
    given = await write_result(app, actor, done, target)
    is_xlsx = str(done["file_name"]).lower().endswith((".xlsx", ".xlsm"))
    note = app.texts(actor.locale).say(_COPIED) if given is Given.COPY and is_xlsx else None
    return _Written(int(done["rows_read"]), note)


async def _import(app: ImportHost, actor: Actor, number: int) -> Mapping[str, Any]:
    """Return the import as its reader sees it; raises `NotFound` when he does not see it any more."""
    rows = await fetch_records(
        app.database, app.model, app.model["import"], actor.rights, now=app.clock.now(), ids=[number]
    )
    if not rows:
        raise NotFound("There is no such record: {id}.", id=app.model["import"].global_id(number))
    return rows[0]


async def _actor(app: ImportHost, owner: object) -> Actor:
    """Return who asked for the file, with the rights that he has by now; raises `NotAllowed`."""
    if owner is None:
        return replace(Actor.system("export"), locale=app.settings.locale, zone=app.settings.zone)
    actor = await app.access.actor(int(str(owner)), via="job")
    if actor is None:
        raise NotAllowed("Whoever asked for this file does not work here any more.")
    return actor


async def _read(app: ImportHost, number: int) -> dict[str, Any] | None:
    rows = await fetch_records(
        app.database, app.model, app.model["export"], EVERYTHING, now=app.clock.now(), ids=[number]
    )
    return rows[0] if rows else None


async def _move_on(app: ImportHost, number: int, read: int) -> None:
    """Say how far the file is, past the journal; raises `_Halted` when it was stopped."""
    told: dict[Any, Any] = {Export.state: ExportState.RUNNING.value, Export.rows_written: read}
    moved = await app.database.run(
        Export.update(told)
        .where((Export.id == number) & Export.state.is_in([one.value for one in OPEN]))
        .returning(Export.id)
    )
    if not moved:
        raise _Halted


async def _fail(app: ImportHost, actor: Actor | None, row: Mapping[str, Any], refusal: Refused) -> None:
    locale = actor.locale if actor is not None else app.settings.locale
    told: dict[str, object] = {"error": refusal.say(app.texts(locale))}
    try:
        await _end(app, actor or Actor.system("export"), row, ExportState.FAILED, told)
    except _Halted:
        return


async def _end(
    app: ImportHost,
    actor: Actor,
    row: Mapping[str, Any],
    state: ExportState,
    told: dict[str, object],
    content: Content | None = None,
) -> None:
    """Say in the export and in the journal how it ended; raises `_Halted` when that was told already."""
    event = "export.finished" if state is ExportState.DONE else "export.failed"
    command = replace(app.commands["export.start"], event=event)
    async with app.unit_of_work(actor, via="job") as work:
        call = Call(work, command)
        record = await call.get(Export, int(row["id"]), rights=EVERYTHING, lock=True)
        if record.state not in OPEN:
            raise _Halted
        if content is not None:
            file = await app.access.files.enter(content, name=str(row["file_name"]), owner=row["owner"])
            told["file"] = file.id
        call.be_about(record)
        await call.write(record, {"state": state.value, "finished_at": work.now, **told})
        await call.finish()


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


async def _forget(run: JobRun) -> None:
    """Let go of files that were made long ago, for they hold what people may not be allowed any more to see."""
    before = run.now - timedelta(days=run.app.settings.keep.uploads_days)
    gone: dict[Any, Any] = {Export.file: None}
    await run.app.database.run(
        Export.update(gone).where((Export.finished_at < before) & Export.file.is_not_null())
    )


JOBS: Final = (
    JobKind(MAKE, make_export, transactional=False, lease=timedelta(seconds=30), attempts=ATTEMPTS),
    JobKind("forget_exports", _forget, every=timedelta(days=1)),
)
"""What this room does in the background."""
