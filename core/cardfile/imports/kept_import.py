"""An import as it is kept: found, understood, moved on, ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from cardfile.errors import NotFound, Refused
from cardfile.imports.counts import ImportCounts
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import importing_command
from cardfile.imports.memory import recall, remember
from cardfile.imports.plan import ImportPlan, SheetPlan
from cardfile.imports.portions import Origin, WorkOptions
from cardfile.imports.results import read_result
from cardfile.imports.starting import first_sheet, keep_look, probe_file, read_wishes
from cardfile.imports.tables import DuplicateMode, Import, ImportState, Result
from cardfile.imports.targets import places_of
from cardfile.journal.calls import Call
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING, Actor
from cardfile.spreadsheets.headers import Header

__all__ = [
    "HALTED",
    "UNFINISHED",
    "Halted",
    "end_import",
    "fail_import",
    "header_of",
    "move_on",
    "options_of",
    "plan_of",
    "read_import",
    "tell_of",
    "understood",
]

HALTED: Final = "This import was cancelled, or another process is at it."
UNFINISHED: Final = (ImportState.UPLOADED, ImportState.PROBED, ImportState.CHECKED, ImportState.RUNNING)


class Halted(Refused):
    """Somebody cancelled the import or changed it, or another process is at it."""


async def read_import(app: ImportHost, number: int) -> dict[str, Any]:
    """Return the values of an import by path; raises `NotFound`."""
    rows = await fetch_records(
        app.database, app.model, app.model["import"], EVERYTHING, now=app.clock.now(), ids=[number]
    )
    if not rows:
        raise NotFound("There is no such record: {id}.", id=f"import_{number}")
    return rows[0]


async def plan_of(app: ImportHost, number: int) -> ImportPlan | None:
    """Return what is to be made of the file of an import, None when nobody has looked at it yet."""
    text = await read_result(app, Result.PLAN, number)
    return None if text is None else ImportPlan.of(text)


async def understood(app: ImportHost, row: Mapping[str, Any], actor: Actor) -> ImportPlan:
    """Return the plan of an import; its file is looked at if nobody has done so yet, and what it tells is kept."""
    number = int(row["id"])
    plan = await plan_of(app, number)
    if plan is not None:
        return plan
    record_type = app.model[str(row["entity"])]
    places = places_of(app.model, record_type, actor.rights)
    path = app.access.files.store.path(str(row["sha256"]))
    wishes = await read_wishes(app, number)
    memory = await recall(app, record_type.key)
    found = await probe_file(app.sheets, path, record_type, places, wishes, memory, locale=actor.locale)
    async with app.database.transaction():
        await move_on(app, row, {**first_sheet(found.plan())})
        await keep_look(app, number, found)
        await remember(app, found.plan(), wishes.mapping)
    return found.plan()


async def move_on(app: ImportHost, row: Mapping[str, Any], values: Mapping[Any, Any]) -> None:
    """Write something of an import, past the journal; raises `Halted` when it is not as `row` any more.

    It is another one once somebody has changed, stopped or begun a stage of it by a command.
    """
    stage = row["stage"]
    moved = await app.database.run(
        Import.update(dict(values))
        .where(
            (Import.id == row["id"])
            & (Import.version == row["version"])
            & (Import.stage.is_null() if stage is None else Import.stage == stage)
        )
        .returning(Import.id)
    )
    if not moved:
        raise Halted(HALTED)


def header_of(plan: SheetPlan) -> Header:
    """Return the header of a sheet as its plan has it."""
    return Header(plan.header_row, plan.names, is_made_up=plan.header_row == 0, rows=plan.header_rows)


def options_of(row: Mapping[str, Any], *, writes: bool) -> WorkOptions:
    """Return what was chosen for the rows of an import."""
    origin = Origin(int(row["id"]), str(row["sha256"]))
    return WorkOptions(
        DuplicateMode(row["duplicates"]),
        row["assign_to"],
        origin=origin,
        remembers=not writes,
        keys=tuple(orjson.loads(row["known_by"])) if row["known_by"] else (),
        strict=bool(row["strict"]),
    )


async def tell_of(
    work: UnitOfWork, number: int, event: str, values: Mapping[str, object], **data: object
) -> None:
    """Write something of an import, and tell it in the journal by the name of an event."""
    call = Call(work, replace(importing_command(work.app.model["import"]), event=event))
    record = await call.get(Import, number, rights=EVERYTHING, lock=True)
    await call.write(record, values)
    call.record(event, record, **data)
    await call.finish()


async def fail_import(app: ImportHost, number: int, error: Refused) -> None:
    """Say in the import and in the journal why it failed as a whole."""
    await end_import(
        app, number, Actor.system("import"), ImportState.FAILED, event="import.failed", error=str(error)
    )


async def end_import(
    app: ImportHost,
    number: int,
    actor: Actor,
    state: ImportState,
    *,
    event: str,
    counts: ImportCounts | None = None,
    error: str | None = None,
) -> None:
    """Say in the import and in the journal how it ended; raises `Halted` when that was told already."""
    command = replace(importing_command(app.model["import"]), event=event)
    async with app.unit_of_work(actor, via="import") as work:
        call = Call(work, command)
        record = await call.get(Import, number, rights=EVERYTHING, lock=True)
        kept = await call.values(record)
        if kept["state"] not in UNFINISHED or (counts is not None and ImportCounts.of(kept) != counts):
            raise Halted(HALTED)
        call.be_about(record)
        told: dict[str, object] = {"error": error} if error else {}
        await call.write(record, {"state": state.value, "stage": None, "finished_at": work.now, **told})
        if counts is not None:
            call.record(event, record, **counts.columns())
        await call.finish()
