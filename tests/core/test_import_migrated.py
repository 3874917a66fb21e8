"""Imports of the time when each was of one sheet: what they were asked for and understood is kept."""

from datetime import UTC, datetime

import pytest

from cardfile import access, imports
from cardfile.database import Database, migrate

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, tzinfo=UTC)
UNDERSTOOD = '{"columns":[{"index":0,"name":"ФИО","path":"name"},{"index":1,"name":"Чего","path":null}]}'
ASKED = '{"wishes":{"sheet":"Лист2","header_row":null,"mapping":{"A":"name"}}}'


async def test_what_was_kept_in_the_row_is_kept_beside_it(database: Database) -> None:
    rooms = {"core.access": access.MIGRATIONS, "core.spreadsheets": imports.MIGRATIONS[:1]}
    await migrate(database, rooms, now=NOW)
    columns = ("id", "created_at", "updated_at", "version", "file_name", "sha256", "sheet", "header_row",
               "mapping", "state", "rows_read", "rows_created")  # fmt: skip
    async with database.transaction() as transaction:
        await transaction.insert_many(
            "sheet_import",
            columns,
            [
                (1, NOW, NOW, 2, "a.xlsx", "a", "Лист1", 4, UNDERSTOOD, "done", 2, 1),
                (2, NOW, NOW, 1, "b.xlsx", "b", "", 0, ASKED, "uploaded", 0, 0),
            ],
        )
        rows = [(1, 1, 5, "created", 77, None), (2, 1, 6, "refused", None, "[]")]
        names = ("id", "origin", "row", "outcome", "client", "issues")
        await transaction.insert_many("sheet_import_row", names, rows)
    await migrate(database, {**rooms, "core.spreadsheets": imports.MIGRATIONS}, now=NOW)
    kept = await database.fetch(
        "select id, file_name, state, stage, rows_created, last_row from sheet_import order by id"
    )
    assert kept == [(1, "a.xlsx", "done", None, 1, 0), (2, "b.xlsx", "uploaded", "run", 0, 0)]
    kept = await database.fetch(
        "select sheet, row, outcome, record, client from sheet_import_row order by id"
    )
    assert kept == [(0, 5, "created", 77, 77), (0, 6, "refused", None, None)]
    results = await database.fetch("select origin, name, result from sheet_import_result order by id")
    (number, name, plan), (other, asked, wishes) = results
    assert (number, name, other, asked) == (1, "plan", 2, "wishes")
    (sheet,) = imports.ImportPlan.of(str(plan)).sheets
    assert (sheet.sheet, sheet.header_row, sheet.entity, sheet.paths) == ("Лист1", 4, "client", {0: "name"})
    assert '"sheets":["Лист2"]' in str(wishes)
