"""Rows that mean several records, once somebody has said which one: they are brought in after all."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from time import process_time
from typing import Any, Final

import orjson

from cardfile.errors import Refused
from cardfile.failpoints import failpoint
from cardfile.imports.counts import ImportCounts
from cardfile.imports.decisions import Decision
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import actor_of_import
from cardfile.imports.kept_import import Halted, move_on, options_of, read_import, tell_of, understood
from cardfile.imports.kept_rows import keep_rows, rows_in_review, take_rows_away
from cardfile.imports.parts import MAIN
from cardfile.imports.plan import ImportPlan
from cardfile.imports.portions import SheetWork, WorkOptions
from cardfile.imports.progress import Gauge, PortionSize, Progress, Tell
from cardfile.imports.read_rows import ReadRow
from cardfile.imports.results import drop_result, read_result
from cardfile.imports.running import require_reach
from cardfile.imports.sheet_rows import portions_of
from cardfile.imports.tables import DuplicateMode, Import, Outcome, Result, Stage
from cardfile.rights import Actor
from cardfile.spreadsheets.reader import SheetFile

__all__ = ["Chosen", "chosen_of", "chosen_text", "settle_rows"]

PORTION: Final = 1_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody has said of a row: by the names of its parts the record that is meant, 0 for a new one.

    With `is_skipped` nothing shall come of the row.
    """

    sheet: int
    row: int
    records: dict[str, int] = field(default_factory=dict)
    is_skipped: bool = False


def chosen_text(chosen: Sequence[Chosen]) -> str:
    """Return what was said as an import keeps it until it is done."""
    return orjson.dumps([asdict(one) for one in chosen]).decode()


def chosen_of(text: str | None) -> list[Chosen]:
    """Return what an import keeps of what was said."""
    return [Chosen(**told) for told in orjson.loads(text or "[]")]


async def settle_rows(app: ImportHost, number: int, *, tell: Tell | None = None) -> None:
    """Bring in the rows of which somebody has said whom they mean.

    Raises `Refused` where none of it can be done, `Halted` when it was stopped or somebody else is at it.
    """
    row = await read_import(app, number)
    if row["stage"] != Stage.SETTLE:
        return
    settling = _Settling(app, row, chosen_of(await read_result(app, Result.CHOSEN, number)), tell)
    try:
        await settling.begin()
        await settling.to_the_end()
    except Halted:
        raise
    except Refused as error:
        async with app.database.transaction():
            await move_on(app, row, {Import.stage: None, Import.error: str(error)})
            await drop_result(app, Result.CHOSEN, number)
        raise


class _Settling:
    """Rows of one import being settled."""

    def __init__(
        self, app: ImportHost, row: Mapping[str, Any], chosen: Sequence[Chosen], tell: Tell | None
    ) -> None:
        self.app = app
        self.row = row
        self.number = int(row["id"])
        self.counts = ImportCounts.of(row)
        self.chosen = {(one.sheet, one.row): one for one in chosen}
        self.done = 0
        self._gauge = Gauge(0, len(self.chosen))
        self._size = PortionSize(most=PORTION, is_alone=app.database.dialect.name == "sqlite")
        self._tell = tell
        self._actor: Actor
        self._plan: ImportPlan

    async def begin(self) -> None:
        """Find out whether it may be done."""
        self._actor = await actor_of_import(self.app, self.row["owner"])
        self._plan = await understood(self.app, self.row, self._actor)
        require_reach(self.app, self._actor, self.row, self._plan)

    async def to_the_end(self) -> None:
        """Read the chosen rows from the file and deal with them, sheet by sheet."""
        app = self.app
        async with app.sheets.open(app.access.files.store.path(str(self.row["sha256"]))) as file:
            for place in sorted({sheet for sheet, _ in self.chosen}):
                if place < len(self._plan.sheets):
                    await self._sheet(file, place)
        failpoint("stages.before_settled")
        # Not under the import's own number, for an undo takes back all that was done under that.
        async with app.unit_of_work(self._actor, via="import") as work:
            await move_on(app, self.row, {Import.stage_rows: self.done})
            await drop_result(app, Result.CHOSEN, self.number)
            await tell_of(
                work, self.number, "import.settled", {"stage": None}, rows=self.done, left=self.counts.review
            )

    async def _sheet(self, file: SheetFile, place: int) -> None:
        plan = self._plan.sheets[place]
        wanted = sorted(row for sheet, row in self.chosen if sheet == place)
        work = await SheetWork.of(self.app, self._actor, plan, _options(self.row))
        async for portion in portions_of(file, plan, lambda: PORTION, after=wanted[0] - 1):
            rows = [row for row in portion.data if (place, row[0]) in self.chosen]
            while rows:
                some, rows = rows[: self._size.rows], rows[self._size.rows :]
                await self._portion(work, place, await work.read(some))
            if portion.last >= wanted[-1]:
                break

    async def _portion(self, sheet: SheetWork, place: int, read: Sequence[ReadRow]) -> None:
        """Deal with some rows in one transaction; those that were dealt with before are left as they are."""
        app = self.app
        async with app.unit_of_work(self._actor, via="import", batch=int(self.row["batch"])) as work:
            since = process_time()
            done = self.done + len(read)
            await move_on(app, self.row, self._gauge.columns(done, app.clock.now()))
            waiting = await rows_in_review(app, self.number, place, [one.number for one in read])
            rows = [_told(one, self.chosen[place, one.number]) for one in read if one.number in waiting]
            skipped = [one for one in rows if self.chosen[place, one.number].is_skipped]
            decisions = await sheet.decide(work, [one for one in rows if one not in skipped])
            await sheet.write(work, decisions)
            decisions += [Decision(one, Outcome.DUPLICATE) for one in skipped]
            await take_rows_away(app, self.number, place, [one.row.number for one in decisions])
            await keep_rows(work, self.number, place, decisions)
            kept = ImportCounts.of(await read_import(app, self.number))
            counts = kept.settled([one.outcome for one in decisions])
            columns: dict[Any, Any] = {**counts.columns()}
            await app.database.run(Import.update(columns).where(Import.id == self.number))
            failpoint("stages.settled_portion_written")
        self._size.note(len(read), process_time() - since)
        self.counts, self.done = counts, done
        if self._tell is not None:
            self._tell(Progress(done, len(self.chosen), counts))


def _told(read: ReadRow, chosen: Chosen) -> ReadRow:
    """Return a row that knows what was said of it."""
    for name, record in chosen.records.items():
        part = read if name == MAIN else read.part(name)
        part.choice = record
    return read


def _options(row: Mapping[str, Any]) -> WorkOptions:
    """Return how the chosen records are dealt with: who says that a row is somebody's adds to him what he lacks."""
    options = options_of(row, writes=True)
    if options.duplicates in (DuplicateMode.SKIP, DuplicateMode.CREATE):
        return replace(options, duplicates=DuplicateMode.FILL)
    return options
