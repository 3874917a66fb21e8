"""Taking an import back in the background: portion by portion, so that nobody waits for it and it may be cut off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from time import process_time
from typing import Any, Final

import orjson

from cardfile.errors import Refused
from cardfile.failpoints import failpoint
from cardfile.imports.counts import ImportCounts
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import actor_of_import
from cardfile.imports.kept_import import HALTED, Halted, read_import, tell_of
from cardfile.imports.progress import Gauge, PortionSize, Progress, Tell
from cardfile.imports.results import keep_result, read_result
from cardfile.imports.tables import Import, ImportState, Result, Stage
from cardfile.journal.kept import MOST_KEPT
from cardfile.journal.undo import Kept, Reverted, note_reverted, records_of_batch, revert_records
from cardfile.rights import Actor

__all__ = ["UNDO_PORTION", "TakingBack", "read_taking_back", "take_back"]

UNDO_PORTION: Final = 1_000
"""How many records are taken back in one transaction at most."""


@dataclass(frozen=True, slots=True)
class TakingBack:
    """How far the taking back of an import is.

    `by` is who asked for it, `batch` the number under which the journal keeps it, `was` the state before. Of
    `records` records the first `done` were dealt with: `archived` new ones are archived, `restored` changed
    ones have their earlier values; the first of those that keep what people have changed since are `kept`.
    """

    by: int | None
    batch: int
    was: str
    records: int | None = None
    done: int = 0
    archived: int = 0
    restored: int = 0
    kept: tuple[Kept, ...] = ()
    kept_total: int = 0

    def plus(self, one: Reverted, records: int) -> "TakingBack":
        """Return it after so many further records."""
        return replace(
            self,
            done=self.done + records,
            archived=self.archived + one.archived,
            restored=self.restored + one.restored,
            kept=(*self.kept, *one.kept)[:MOST_KEPT],
            kept_total=self.kept_total + len(one.kept),
        )

    def to_text(self) -> str:
        """Return it as an import keeps it."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def of(cls, text: str) -> "TakingBack":
        """Return what an import keeps."""
        told = orjson.loads(text)
        kept = tuple(Kept(**{**one, "paths": tuple(one["paths"])}) for one in told.pop("kept"))
        return cls(**told, kept=kept)


async def read_taking_back(app: ImportHost, number: int) -> TakingBack | None:
    """Return how far the taking back of an import is, None when nobody has asked for it."""
    text = await read_result(app, Result.UNDO, number)
    return None if text is None else TakingBack.of(text)


async def take_back(app: ImportHost, number: int, *, tell: Tell | None = None) -> TakingBack | None:
    """Take an import back, from where that is, to its end; None when nobody has asked for it.

    Raises `Halted` when somebody else is at it or stopped it.
    """
    row = await read_import(app, number)
    begun = await read_taking_back(app, number)
    if row["stage"] != Stage.UNDO or begun is None:
        return begun
    try:
        actor = await actor_of_import(app, begun.by)
    except Refused as error:
        await _give_up(app, row, begun, error)
        raise
    found = await records_of_batch(app, int(row["batch"]))
    if begun.records is None:
        begun = replace(begun, records=sum(map(len, found.values())))
    size = PortionSize(most=UNDO_PORTION, is_alone=app.database.dialect.name == "sqlite")
    gauge = Gauge(begun.done, begun.records)
    for entity, ids in _portions(found, begun.done, size):
        begun = await _portion(app, row, actor, begun, entity, ids, gauge, size)
        if tell is not None:
            tell(Progress(begun.done, begun.records, ImportCounts.of(row)))
    failpoint("stages.before_undone")
    await _finish(app, row, actor, begun)
    return begun


def _portions(
    found: Mapping[str, Sequence[int]], done: int, size: PortionSize
) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield the records that were not dealt with yet, of one entity at a time, so many as lately fitted."""
    for entity, ids in found.items():
        start, done = min(done, len(ids)), max(0, done - len(ids))
        while start < len(ids):
            some = ids[start : start + size.rows]
            start += len(some)
            yield entity, some


async def _portion(
    app: ImportHost,
    row: Mapping[str, Any],
    actor: Actor,
    begun: TakingBack,
    entity: str,
    ids: Sequence[int],
    gauge: Gauge,
    size: PortionSize,
) -> TakingBack:
    """Take some records back in one transaction, in which the taking back itself moves on."""
    async with app.unit_of_work(actor, via="import", batch=begun.batch) as work:
        since = process_time()
        await _claim(app, row, begun.done, gauge.columns(begun.done + len(ids), app.clock.now()))
        one = await revert_records(work, int(row["batch"]), entity, ids)
        after = begun.plus(one, len(ids))
        await keep_result(app, Result.UNDO, int(row["id"]), after.to_text())
        failpoint("stages.undo_portion_written")
    size.note(len(ids), process_time() - since)
    failpoint("stages.undo_portion_kept")
    return after


async def _claim(app: ImportHost, row: Mapping[str, Any], done: int, columns: dict[Any, Any]) -> None:
    """Take the place of a portion, so that of two processes only one deals with it."""
    moved = await app.database.run(
        Import.update(columns)
        .where((Import.id == row["id"]) & (Import.stage == Stage.UNDO.value) & (Import.stage_rows == done))
        .returning(Import.id)
    )
    if not moved:
        raise Halted(HALTED)


async def _finish(app: ImportHost, row: Mapping[str, Any], actor: Actor, done: TakingBack) -> None:
    async with app.unit_of_work(actor, via="import", batch=done.batch) as work:
        await _claim(app, row, done.done, {Import.stage_rows: done.done})
        await keep_result(app, Result.UNDO, int(row["id"]), done.to_text())
        await note_reverted(work, int(row["batch"]))
        values = {"state": ImportState.UNDONE.value, "stage": None}
        told = {"archived": done.archived, "restored": done.restored, "kept": done.kept_total}
        await tell_of(work, int(row["id"]), "import.undone", values, **told)


async def _give_up(app: ImportHost, row: Mapping[str, Any], begun: TakingBack, error: Refused) -> None:
    """Leave the import as far taken back as it is, and say why."""
    async with app.database.transaction():
        await _claim(
            app,
            row,
            begun.done,
            {Import.state: begun.was, Import.stage: None, Import.error: str(error)},
        )
