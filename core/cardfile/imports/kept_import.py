"""An import as it is kept: found, understood, ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from cardfile.errors import NotFound, Refused
from cardfile.imports.counts import ImportCounts
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import importing_command
from cardfile.imports.plan import ColumnPlan, SheetPlan
from cardfile.imports.probing import places_by_column
from cardfile.imports.starting import probe_file, understanding, wishes_from_text
from cardfile.imports.tables import Import, ImportState
from cardfile.imports.targets import places_of
from cardfile.journal.calls import Call
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
    "read_import",
    "sheet_plan_of",
    "understand",
]

HALTED: Final = "This import was cancelled, or another process is at it."
UNFINISHED: Final = (ImportState.UPLOADED, ImportState.RUNNING)


class Halted(Refused):
    """Somebody cancelled the import, or another process is at it."""


async def read_import(app: ImportHost, number: int) -> dict[str, Any]:
    """Return the values of an import by path; raises `NotFound`."""
    rows = await fetch_records(
        app.database, app.model, app.model["import"], EVERYTHING, now=app.clock.now(), ids=[number]
    )
    if not rows:
        raise NotFound("There is no such record: {id}.", id=f"import_{number}")
    return rows[0]


async def understand(app: ImportHost, row: Mapping[str, Any], actor: Actor) -> dict[str, object]:
    """Look at the file of an import that nobody has looked at yet, and keep what was understood."""
    wishes = wishes_from_text(row["mapping"])
    if wishes is None:
        return {}
    record_type = app.model[str(row["entity"])]
    places = places_of(app.model, record_type, actor.rights)
    path = app.access.files.store.path(str(row["sha256"]))
    found = await probe_file(app.sheets, path, record_type, places, wishes, locale=actor.locale)
    places_by_column(found, places, record_type)
    understood: dict[Any, Any] = understanding(found)
    async with app.database.transaction():
        await app.database.run(Import.update(understood).where(Import.id == row["id"]))
    return understood


def header_of(row: Mapping[str, Any]) -> Header:
    """Return the header of the list as it was understood."""
    told = orjson.loads(row["mapping"])
    number = int(row["header_row"])
    names = {int(one["index"]): str(one["name"]) for one in told["columns"]}
    return Header(number, names, is_made_up=number == 0)


def sheet_plan_of(row: Mapping[str, Any]) -> SheetPlan:
    """Return what is to be made of the sheet, as it was understood."""
    number = int(row["header_row"])
    columns = [
        ColumnPlan(int(one["index"]), str(one["name"]), one["path"])
        for one in orjson.loads(row["mapping"])["columns"]
    ]
    return SheetPlan(str(row["sheet"]), number, 1, str(row["entity"]), tuple(columns))


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
        await call.write(record, {"state": state.value, "finished_at": work.now, **told})
        if counts is not None:
            call.record(event, record, **counts.columns())
        await call.finish()
