"""Doing an import: portion by portion, each whole or not at all, so that it can be cut off at any moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cardfile.errors import NotAllowed, Refused
from cardfile.failpoints import failpoint
from cardfile.imports.counts import ImportCounts
from cardfile.imports.deciding import Decision, skipped
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import actor_of_import, require_heir_in_reach
from cardfile.imports.issues import issues_to_text
from cardfile.imports.kept_import import (
    HALTED,
    UNFINISHED,
    Halted,
    end_import,
    fail_import,
    header_of,
    read_import,
    sheet_plan_of,
    understand,
)
from cardfile.imports.portions import Origin, SheetWork, WorkOptions
from cardfile.imports.tables import DuplicateMode, Import, ImportState
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.rights import Actor, Scope
from cardfile.spreadsheets.cells import Row
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter

__all__ = ["Progress", "run_import"]

PORTION: Final = 1_000
"""How many rows of the sheet are dealt with in one transaction: SQLite's one writer is kept for long by more."""

_ROW_COLUMNS: Final = ("id", "origin", "row", "outcome", "client", "issues")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: the last row of the sheet dealt with, of about how many, and the counts so far."""

    row: int
    about: int | None
    counts: ImportCounts


Tell = Callable[[Progress], None]


async def run_import(app: ImportHost, number: int, *, tell: Tell | None = None) -> ImportCounts:
    """Do an import, from where it is, to its end; return its counts.

    What was done before the process was cut off stays and is not done again. Raises `Refused` where the import
    fails as a whole, above all `FileRefused` for a file that cannot be read; `Halted` when somebody else is at
    it or cancelled it.
    """
    run = await _Run.begin(app, number, tell)
    if run is None:
        return ImportCounts.of(await read_import(app, number))
    try:
        await run.to_the_end()
    except Halted:
        raise
    except Refused as error:
        await fail_import(app, number, error)
        raise
    return run.counts


class _Run:
    """One import being done."""

    def __init__(self, app: ImportHost, row: Mapping[str, Any], actor: Actor, sheet: SheetWork) -> None:
        self.app = app
        self.number = int(row["id"])
        self.actor = actor
        self.counts = ImportCounts.of(row)
        self.last_row = int(row["last_row"])
        self.batch = int(row["batch"])
        self._row = row
        self._sheet = sheet
        self._tell: Tell | None = None

    @classmethod
    async def begin(cls, app: ImportHost, number: int, tell: Tell | None) -> "_Run | None":
        """Return the import ready to go on, None when it is at its end already."""
        row = await read_import(app, number)
        if row["state"] not in UNFINISHED:
            return None
        try:
            actor = await actor_of_import(app, row["owner"])
            record_type = app.model[str(row["entity"])]
            if actor.rights.scope(record_type.key, "import") is Scope.NONE:
                raise NotAllowed("You may not import these.")
            require_heir_in_reach(record_type, actor, row["assign_to"])
            row |= await understand(app, row, actor)
            options = WorkOptions(
                DuplicateMode(row["duplicates"]), row["assign_to"], Origin(number, str(row["sha256"]))
            )
            sheet = await SheetWork.of(app, actor, sheet_plan_of(row), options)
        except Refused as error:
            await fail_import(app, number, error)
            raise
        if row["state"] == ImportState.UPLOADED:
            started: dict[Any, Any] = {
                Import.state: ImportState.RUNNING.value,
                Import.started_at: app.clock.now(),
            }
            async with app.database.transaction():
                await app.database.run(
                    Import.update(started).where(
                        (Import.id == number) & (Import.state == ImportState.UPLOADED.value)
                    )
                )
        run = cls(app, row, actor, sheet)
        run._tell = tell
        return run

    async def to_the_end(self) -> None:
        """Read the file and deal with the rows that were not dealt with yet."""
        app, row = self.app, self._row
        path: Path = app.access.files.store.path(str(row["sha256"]))
        async with app.sheets.open(path) as file:
            sheet = next((one for one in file.sheets if one.name == row["sheet"]), None)
            sorter: RowSorter | None = None
            kinds: Mapping[RowKind, int] = {}
            async for batch in file.rows(str(row["sheet"]), batch=PORTION):
                if sorter is None:
                    # The rows of the first batch tell data from asides, as they did in the run before.
                    sorter = RowSorter(header_of(row), batch)
                sorted_rows = [(kind, each) for kind, each in sorter.sort(batch) if each[0] > self.last_row]
                kinds = dict(sorter.counts)
                last = batch[-1][0]
                if last > self.last_row:
                    data = [each for kind, each in sorted_rows if kind is RowKind.DATA]
                    groups = [skipped(each) for kind, each in sorted_rows if kind is RowKind.ASIDE]
                    await self._portion(data, groups, kinds, last)
                if self._tell is not None:
                    self._tell(Progress(last, sheet.about if sheet else None, self.counts))
        await self._finish()

    async def _portion(
        self, data: Sequence[Row], groups: Sequence[Decision], kinds: Mapping[RowKind, int], last: int
    ) -> None:
        """Deal with rows in one transaction, in which the import itself moves on."""
        app = self.app
        rows = await self._sheet.read(data)
        async with app.unit_of_work(self.actor, via="import", batch=self.batch) as work:
            await self._move_on(last)
            outcomes = []
            if rows:
                decisions = await self._sheet.decide(work, rows)
                await self._sheet.write(work, decisions)
                await self._keep_rows(work, decisions)
                outcomes = [one.outcome for one in decisions]
            if groups:
                await self._keep_rows(work, groups)
            counts = self.counts.plus(outcomes, kinds)
            columns: dict[Any, Any] = counts.columns()
            await app.database.run(Import.update(columns).where(Import.id == self.number))
            failpoint("import.portion_written")
        failpoint("import.portion_kept")
        self.counts, self.last_row = counts, last

    async def _move_on(self, last: int) -> None:
        """Take the place of this portion, so that of two processes only one deals with it."""
        moved = await self.app.database.run(
            Import.update({Import.last_row: last})
            .where(
                (Import.id == self.number)
                & (Import.last_row == self.last_row)
                & (Import.state == ImportState.RUNNING.value)
            )
            .returning(Import.id)
        )
        if not moved:
            raise Halted(HALTED)

    async def _keep_rows(self, work: UnitOfWork, decisions: Sequence[Decision]) -> None:
        ids = await work.transaction.reserve_ids("sheet_import_row", len(decisions))
        kept = [
            (
                number,
                self.number,
                one.row.number,
                one.outcome.value,
                one.client,
                issues_to_text(one.row.issues),
            )
            for number, one in zip(ids, decisions, strict=True)
        ]
        await work.transaction.insert_many("sheet_import_row", _ROW_COLUMNS, kept)

    async def _finish(self) -> None:
        """Say in the import and in the journal what came of it."""
        failpoint("import.before_finish")
        await end_import(
            self.app, self.number, self.actor, ImportState.DONE, event="import.finished", counts=self.counts
        )
