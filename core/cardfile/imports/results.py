"""What is kept of imports besides their rows: what was asked, seen, planned, tried out, taken back."""

from collections.abc import Collection, Mapping
from typing import Any

from piccolo.query.mixins import OnConflictAction

from cardfile.imports.host import ImportHost
from cardfile.imports.tables import Result, StageResult

__all__ = ["drop_result", "keep_result", "read_result", "read_results"]


async def read_results(app: ImportHost, result: Result, numbers: Collection[int]) -> Mapping[int, str]:
    """Return what is kept under one name of several imports, by their numbers."""
    if not numbers:
        return {}
    rows = await app.database.run(
        StageResult.select(StageResult.origin, StageResult.result).where(
            (StageResult.name == result.value) & StageResult.origin.is_in(sorted(numbers))
        )
    )
    return {int(row["origin"]): str(row["result"]) for row in rows}


async def read_result(app: ImportHost, result: Result, number: int) -> str | None:
    """Return what is kept of an import under one name, None when there is nothing."""
    return (await read_results(app, result, [number])).get(number)


async def keep_result(app: ImportHost, result: Result, number: int, text: str) -> None:
    """Keep something of an import, in place of what was kept under this name before."""
    async with app.database.transaction() as transaction:
        (made,) = await transaction.reserve_ids("sheet_import_result")
        row: dict[Any, Any] = {"id": made, "origin": number, "name": result.value, "result": text}
        await app.database.run(
            StageResult.insert(StageResult(**row)).on_conflict(
                target=(StageResult.origin, StageResult.name),
                action=OnConflictAction.do_update,
                values=[StageResult.result],
            )
        )


async def drop_result(app: ImportHost, result: Result, number: int) -> None:
    """Forget what is kept of an import under one name, for it does not hold any more."""
    await app.database.run(
        StageResult.delete().where((StageResult.origin == number) & (StageResult.name == result.value))
    )
