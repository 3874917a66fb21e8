"""Trying an import out: the whole file goes the way of a run, and nothing is written."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from cardfile.errors import Refused
from cardfile.failpoints import failpoint
from cardfile.imports.counts import ImportCounts
from cardfile.imports.deciding import Decision, skipped
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import actor_of_import
from cardfile.imports.issues import Issue
from cardfile.imports.kept_import import Halted, fail_import, move_on, options_of, read_import, understood
from cardfile.imports.plan import ImportPlan
from cardfile.imports.portions import SheetWork, WorkOptions
from cardfile.imports.progress import Gauge, Progress, Tell
from cardfile.imports.results import keep_result
from cardfile.imports.running import about_rows, require_reach
from cardfile.imports.sheet_rows import portions_of
from cardfile.imports.tables import Import, ImportState, Result, Stage
from cardfile.journal.unit_of_work import Glance
from cardfile.rights import Actor
from cardfile.spreadsheets.reader import SheetFile

__all__ = ["DryRun", "NotedRow", "Tally", "check_import", "dry_run"]

_PORTION: Final = 500
_MOST_NOTED: Final = 500


@dataclass(frozen=True, slots=True)
class NotedRow:
    """A row about which something was noticed; `sheet` is the place of its sheet in the plan."""

    sheet: int
    row: int
    outcome: str
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the same thing was noticed in a column (None: about whole rows) of a sheet."""

    sheet: int
    column: str | None
    code: str
    template: str
    times: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would become of a file: the counts, the first rows with something noticed, and how often what was."""

    counts: ImportCounts
    noted: tuple[NotedRow, ...]
    tallies: tuple[Tally, ...]

    def to_text(self) -> str:
        """Return it as an import keeps it."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def of(cls, text: str) -> "DryRun":
        """Return what an import keeps."""
        told = orjson.loads(text)
        return cls(
            ImportCounts(**told["counts"]),
            tuple(_noted_row(one) for one in told["noted"]),
            tuple(Tally(**one) for one in told["tallies"]),
        )


Keep = Callable[[ImportCounts], Awaitable[None]]


async def dry_run(
    app: ImportHost,
    actor: Actor,
    file: SheetFile,
    plan: ImportPlan,
    options: WorkOptions,
    *,
    tell: Tell | None = None,
    keep: Keep | None = None,
) -> DryRun:
    """Go through whole sheets without writing anything; only what hooks would refuse is not seen.

    `keep` is awaited after each portion. `options` must have the rows of all portions know of each other.
    """
    about = about_rows(file, plan)
    counts, noted, tallies = ImportCounts(), list[NotedRow](), Counter[tuple[int, str | None, str, str]]()
    for place, sheet in enumerate(plan.sheets):
        work = await SheetWork.of(app, actor, sheet, options)
        async for portion in portions_of(file, sheet, lambda: _PORTION):
            rows = await work.read(portion.data)
            decisions = await work.decide(Glance.of(app, actor, via="import"), rows) if rows else []
            counts = counts.plus([one.outcome for one in decisions], portion.kinds)
            groups = [skipped(row) for row in portion.groups]
            for one in sorted((*decisions, *groups), key=lambda one: one.row.number):
                tallies.update((place, issue.column, issue.code, issue.template) for issue in one.row.issues)
                if one.row.issues and len(noted) < _MOST_NOTED:
                    noted.append(_noted(place, one))
            if keep is not None:
                await keep(counts)
            if tell is not None:
                tell(Progress(counts.rows, about, counts))
            failpoint("stages.check_portion")
    often = [Tally(*key, times) for key, times in tallies.most_common()]
    return DryRun(counts, tuple(noted), tuple(often))


async def check_import(app: ImportHost, number: int, *, tell: Tell | None = None) -> None:
    """Try an import out and keep what would become of it; what was cut off is done anew, for it left nothing.

    Raises `Refused` where the import fails as a whole, `Halted` when somebody stopped or changed it.
    """
    row = await read_import(app, number)
    if row["stage"] != Stage.CHECK:
        return
    try:
        await _check(app, row, tell)
    except Halted:
        raise
    except Refused as error:
        await fail_import(app, number, error)
        raise


async def _check(app: ImportHost, row: Mapping[str, Any], tell: Tell | None) -> None:
    actor = await actor_of_import(app, row["owner"])
    plan = await understood(app, row, actor)
    require_reach(app, actor, row, plan)
    async with app.sheets.open(app.access.files.store.path(str(row["sha256"]))) as file:
        gauge = Gauge(0, about_rows(file, plan))

        async def keep(counts: ImportCounts) -> None:
            if gauge.is_due:
                async with app.database.transaction():
                    await move_on(app, row, gauge.columns(counts.rows, app.clock.now()))

        options = options_of(row, writes=False)
        found = await dry_run(app, actor, file, plan, options, tell=tell, keep=keep)
    async with app.database.transaction():
        await keep_result(app, Result.CHECK, int(row["id"]), found.to_text())
        done: dict[Any, Any] = {Import.state: ImportState.CHECKED.value, Import.stage: None}
        await move_on(app, row, {**gauge.columns(found.counts.rows, app.clock.now()), **done})
    failpoint("stages.check_kept")


def _noted(sheet: int, one: Decision) -> NotedRow:
    return NotedRow(sheet, one.row.number, one.outcome.value, tuple(one.row.issues))


def _noted_row(told: dict[str, Any]) -> NotedRow:
    return NotedRow(**{**told, "issues": tuple(Issue(**one) for one in told["issues"])})
