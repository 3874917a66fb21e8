"""The rows of an import as they are kept: what became of each of them."""

from collections.abc import Collection, Sequence
from typing import Final

from cardfile.imports.decisions import Decision, parts_to_text
from cardfile.imports.host import ImportHost
from cardfile.imports.issues import issues_to_text
from cardfile.imports.tables import ImportRow, Outcome
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING

__all__ = ["keep_rows", "rows_in_review", "take_rows_away"]

_COLUMNS: Final = ("id", "origin", "sheet", "row", "outcome", "record", "client", "parts", "issues")


async def keep_rows(work: UnitOfWork, number: int, sheet: int, decisions: Sequence[Decision]) -> None:
    """Keep what became of rows of the sheet at a place of the plan."""
    ids = await work.transaction.reserve_ids("sheet_import_row", len(decisions))
    kept = [
        (
            made,
            number,
            sheet,
            one.row.number,
            one.outcome.value,
            one.record,
            one.client,
            parts_to_text(one),
            issues_to_text(one.row.issues),
        )
        for made, one in zip(ids, decisions, strict=True)
    ]
    await work.transaction.insert_many("sheet_import_row", _COLUMNS, kept)


async def rows_in_review(app: ImportHost, number: int, sheet: int, rows: Collection[int]) -> set[int]:
    """Return which of some rows still wait for somebody to say whom they mean."""
    wanted = {
        "origin": {"id": {"eq": number}},
        "sheet": {"eq": sheet},
        "row": {"in": list(rows)},
        "outcome": {"eq": Outcome.REVIEW.value},
    }
    found = await fetch_records(
        app.database, app.model, app.model["import_row"], EVERYTHING, now=app.clock.now(), filter=wanted,
        order=("id",), paths=("row",),
    )  # fmt: skip
    return {int(str(one["row"])) for one in found}


async def take_rows_away(app: ImportHost, number: int, sheet: int, rows: Collection[int]) -> None:
    """Forget what became of rows, for something else has become of them."""
    if rows:
        is_one = (ImportRow.origin == number) & (ImportRow.sheet == sheet) & ImportRow.row.is_in(list(rows))
        await app.database.run(ImportRow.delete().where(is_one))
