"""Doing an import: portion by portion, each whole or not at all, so that it can be cut off at any moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import process_time
from typing import Any, Final

from cardfile.errors import NotAllowed, Refused
from cardfile.failpoints import failpoint
from cardfile.imports.ahead import Ahead
from cardfile.imports.counts import ImportCounts
from cardfile.imports.custom_making import make_custom_fields
from cardfile.imports.deciding import skipped
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import actor_of_import, require_heir_in_reach
from cardfile.imports.kept_import import (
    HALTED,
    UNFINISHED,
    Halted,
    end_import,
    fail_import,
    move_on,
    options_of,
    read_import,
    understood,
)
from cardfile.imports.kept_rows import keep_rows
from cardfile.imports.plan import ImportPlan
from cardfile.imports.portions import SheetWork
from cardfile.imports.probing import require_identities
from cardfile.imports.progress import Gauge, PortionSize, Progress, Tell
from cardfile.imports.results import keep_result
from cardfile.imports.sheet_rows import Portion, portions_of
from cardfile.imports.tables import Import, ImportState, Result, Stage
from cardfile.rights import Actor, Scope
from cardfile.spreadsheets.reader import SheetFile

__all__ = ["about_rows", "require_reach", "run_import"]

PORTION: Final = 1_000
"""How many rows of the sheet are dealt with in one transaction at most."""


async def run_import(app: ImportHost, number: int, *, tell: Tell | None = None) -> ImportCounts:
    """Do an import, from where it is, to its end; return its counts.

    What was done before the process was cut off stays and is not done again. Raises `Refused` where the import
    fails as a whole, above all `FileRefused` for a file that cannot be read; `Halted` when somebody else is at
    it or cancelled it.
    """
    row = await read_import(app, number)
    if row["state"] not in UNFINISHED or row["stage"] != Stage.RUN:
        return ImportCounts.of(row)
    try:
        run = await _Run.begin(app, row, tell)
        await run.to_the_end()
    except Halted:
        raise
    except Refused as error:
        await fail_import(app, number, error)
        raise
    return run.counts


def require_reach(app: ImportHost, actor: Actor, row: Mapping[str, Any], plan: ImportPlan) -> None:
    """Raise `Refused` when somebody may not import what the plan of an import says."""
    require_identities(app.model, plan)
    for one in plan.sheets:
        if actor.rights.scope(one.entity, "import") is Scope.NONE:
            raise NotAllowed("You may not import these.")
        require_heir_in_reach(app.model[one.entity], actor, row["assign_to"])


def about_rows(file: SheetFile, plan: ImportPlan) -> int | None:
    """Return about how many rows the sheets of a plan have, None when that is not known."""
    counts = {one.name: one.about for one in file.sheets}
    known = [about for one in plan.sheets if (about := counts.get(one.sheet)) is not None]
    return sum(known) if len(known) == len(plan.sheets) else None


@dataclass(slots=True)
class _Run:
    """One import being done."""

    app: ImportHost
    row: Mapping[str, Any]
    actor: Actor
    plan: ImportPlan
    tell: Tell | None
    size: PortionSize
    counts: ImportCounts
    sheet_at: int
    last_row: int
    gauge: Gauge = field(init=False)

    @classmethod
    async def begin(cls, app: ImportHost, row: Mapping[str, Any], tell: Tell | None) -> "_Run":
        """Return the import ready to go on."""
        actor = await actor_of_import(app, row["owner"])
        if actor.rights.scope(str(row["entity"]), "import") is Scope.NONE:
            raise NotAllowed("You may not import these.")
        plan = await understood(app, row, actor)
        require_reach(app, actor, row, plan)
        if row["state"] != ImportState.RUNNING:
            started: dict[Any, Any] = {
                Import.state: ImportState.RUNNING.value,
                Import.started_at: app.clock.now(),
            }
            async with app.unit_of_work(actor, via="import", batch=int(row["batch"])) as work:
                await move_on(app, row, started)
                plan = await make_custom_fields(work, app, actor, plan)
                await keep_result(app, Result.PLAN, int(row["id"]), plan.to_text())
        size = PortionSize(most=PORTION, is_alone=app.database.dialect.name == "sqlite")
        counts = ImportCounts.of(row)
        return cls(app, row, actor, plan, tell, size, counts, int(row["sheet_at"]), int(row["last_row"]))

    async def to_the_end(self) -> None:
        """Read the file and deal with the rows that were not dealt with yet, sheet by sheet."""
        app, row = self.app, self.row
        async with app.sheets.open(app.access.files.store.path(str(row["sha256"]))) as file:
            self.gauge = Gauge(self.counts.rows, about_rows(file, self.plan))
            while True:
                await self._sheet(file)
                if self.sheet_at + 1 >= len(self.plan.sheets):
                    break
                async with app.database.transaction():
                    await self._move_on(self.sheet_at + 1, 0)
                self.sheet_at, self.last_row = self.sheet_at + 1, 0
        failpoint("import.before_finish")
        await end_import(
            app, int(row["id"]), self.actor, ImportState.DONE, event="import.finished", counts=self.counts
        )

    async def _sheet(self, file: SheetFile) -> None:
        plan = self.plan.sheets[self.sheet_at]
        work = await SheetWork.of(self.app, self.actor, plan, options_of(self.row, writes=True))
        ahead = Ahead(self.app, self.actor, work)
        async for portion in portions_of(file, plan, lambda: self.size.rows, after=self.last_row):
            await self._portion(work, ahead, portion)
            if self.tell is not None:
                self.tell(Progress(self.counts.rows, self.gauge.about, self.counts))

    async def _portion(self, sheet: SheetWork, ahead: Ahead, portion: Portion) -> None:
        """Deal with rows in one transaction, in which the import itself moves on."""
        app = self.app
        groups = [skipped(row) for row in portion.groups]
        await ahead.prepare(portion.data)
        async with app.unit_of_work(self.actor, via="import", batch=int(self.row["batch"])) as work:
            since = process_time()
            await self._move_on(self.sheet_at, portion.last)
            decisions = await ahead.decisions(work)
            if decisions:
                await sheet.write(work, decisions)
                await keep_rows(work, int(self.row["id"]), self.sheet_at, decisions)
            if groups:
                await keep_rows(work, int(self.row["id"]), self.sheet_at, groups)
            counts = self.counts.plus([one.outcome for one in decisions], portion.kinds)
            columns: dict[Any, Any] = {**counts.columns(), **self.gauge.columns(counts.rows, app.clock.now())}
            await app.database.run(Import.update(columns).where(Import.id == self.row["id"]))
            failpoint("import.portion_written")
        self.size.note(len(decisions) + len(groups), process_time() - since)
        failpoint("import.portion_kept")
        self.counts, self.last_row = counts, portion.last

    async def _move_on(self, sheet_at: int, last: int) -> None:
        """Take the place of this portion, so that of two processes only one deals with it."""
        moved = await self.app.database.run(
            Import.update({Import.sheet_at: sheet_at, Import.last_row: last})
            .where(
                (Import.id == self.row["id"])
                & (Import.sheet_at == self.sheet_at)
                & (Import.last_row == self.last_row)
                & (Import.state == ImportState.RUNNING.value)
            )
            .returning(Import.id)
        )
        if not moved:
            raise Halted(HALTED)
