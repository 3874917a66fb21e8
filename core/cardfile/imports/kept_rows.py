"""The rows of an import as they are kept: what became of each of them."""

from collections.abc import Collection, Sequence

from cardfile.imports.decisions import Decision, parts_to_text
from cardfile.imports.host import ImportHost
from cardfile.imports.issues import issues_to_text
from cardfile.imports.tables import ImportRow, Outcome
from cardfile.journal.statements import insert_columns
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING

__all__ = ["keep_rows", "rows_in_review", "take_rows_away"]


async def keep_rows(work: UnitOfWork, number: int, sheet: int, decisions: Sequence[Decision]) -> None:
    """Keep what became of rows of the sheet at a place of the plan."""
    ids = await work.transaction.reserve_ids("sheet_import_row", len(decisions))
    columns: dict[str, Sequence[object]] = {
        "id": ids,
        "origin": [number] * len(ids),
        "sheet": [sheet] * len(ids),
        "row": [one.row.number for one in decisions],
        "outcome": [one.outcome.value for one in decisions],
        "record": [one.record for one in decisions],
        "client": [one.client for one in decisions],
        "parts": [parts_to_text(one) for one in decisions],
        "issues": [issues_to_text(one.row.issues) for one in decisions],
    }
    if decisions:
        await insert_columns(work.transaction, "sheet_import_row", columns)


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
