"""How the tables of imports came to be."""

from typing import Final

import orjson

from cardfile.database.columns import ColumnSpec, ColumnType, IndexSpec, TableSpec
from cardfile.database.steps import CreateTable, Migration, Rebuild, RunData
from cardfile.database.tables import table_spec
from cardfile.database.transaction import Transaction
from cardfile.imports.tables import Import, ImportMemory, ImportRow, StageResult

__all__ = ["MIGRATIONS"]

# As the tables were while an import was of one sheet, and understood within its own row.
_IMPORT: Final = TableSpec(
    name="sheet_import",
    columns=(
        ColumnSpec(name="id", type=ColumnType.ID),
        ColumnSpec(name="created_at", type=ColumnType.INSTANT),
        ColumnSpec(name="created_by", type=ColumnType.BIGINT, null=True),
        ColumnSpec(name="updated_at", type=ColumnType.INSTANT),
        ColumnSpec(name="updated_by", type=ColumnType.BIGINT, null=True),
        ColumnSpec(name="version", type=ColumnType.INTEGER, default=1),
        ColumnSpec(name="archived_at", type=ColumnType.INSTANT, null=True),
        ColumnSpec(
            name="owner", type=ColumnType.ID, null=True, references="user_account", on_delete="restrict"
        ),
        ColumnSpec(name="file", type=ColumnType.BIGINT, null=True),
        ColumnSpec(name="file_name", type=ColumnType.TEXT),
        ColumnSpec(name="sha256", type=ColumnType.TEXT),
        ColumnSpec(name="size", type=ColumnType.BIGINT, default=0),
        ColumnSpec(name="entity", type=ColumnType.TEXT, default="client"),
        ColumnSpec(name="sheet", type=ColumnType.TEXT),
        ColumnSpec(name="header_row", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="mapping", type=ColumnType.TEXT, default="{}"),
        ColumnSpec(name="duplicates", type=ColumnType.TEXT, default="skip"),
        ColumnSpec(
            name="assign_to", type=ColumnType.ID, null=True, references="user_account", on_delete="restrict"
        ),
        ColumnSpec(name="state", type=ColumnType.TEXT, default="uploaded"),
        ColumnSpec(name="last_row", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="rows_read", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="rows_created", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="rows_updated", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="rows_unchanged", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="rows_duplicate", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="rows_refused", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="ignored_above", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="ignored_headers", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="ignored_totals", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="ignored_asides", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="ignored_blank", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="started_at", type=ColumnType.INSTANT, null=True),
        ColumnSpec(name="finished_at", type=ColumnType.INSTANT, null=True),
        ColumnSpec(name="error", type=ColumnType.TEXT, null=True),
        ColumnSpec(name="batch", type=ColumnType.BIGINT, null=True),
    ),
    indexes=(IndexSpec(columns=("owner", "id")), IndexSpec(columns=("sha256", "sheet"))),
)

_ROW: Final = TableSpec(
    name="sheet_import_row",
    columns=(
        ColumnSpec(name="id", type=ColumnType.ID),
        ColumnSpec(name="origin", type=ColumnType.ID, references="sheet_import", on_delete="restrict"),
        ColumnSpec(name="row", type=ColumnType.INTEGER),
        ColumnSpec(name="outcome", type=ColumnType.TEXT),
        ColumnSpec(name="client", type=ColumnType.BIGINT, null=True),
        ColumnSpec(name="issues", type=ColumnType.TEXT, null=True),
    ),
    indexes=(IndexSpec(columns=("origin", "row"), unique=True),),
)


async def _keep_plans(transaction: Transaction) -> None:
    """Keep what imports were asked for and understood beside them, as what came of their stages."""
    rows = await transaction.fetch(
        "select id, entity, sheet, header_row, mapping from sheet_import order by id"
    )
    kept: list[tuple[int, str, str]] = []
    for number, entity, sheet, header_row, mapping in rows:
        told, made = orjson.loads(str(mapping)), int(str(number))
        if "wishes" in told:
            wishes = {("sheets" if key == "sheet" else key): value for key, value in told["wishes"].items()}
            wishes["sheets"] = [wishes["sheets"]] if wishes.get("sheets") else []
            kept.append((made, "wishes", orjson.dumps(wishes).decode()))
        if "columns" in told:
            page = {
                "sheet": sheet, "header_row": header_row, "header_rows": 1, "entity": entity,
                "columns": told["columns"],
            }  # fmt: skip
            kept.append((made, "plan", orjson.dumps({"sheets": [page]}).decode()))
    ids = await transaction.reserve_ids("sheet_import_result", len(kept))
    await transaction.insert_many(
        "sheet_import_result",
        ("id", "origin", "name", "result"),
        [(one, *row) for one, row in zip(ids, kept, strict=True)],
    )


MIGRATIONS: Final = (
    Migration("0001_imports", (CreateTable(_IMPORT), CreateTable(_ROW))),
    Migration(
        "0002_stages",
        (
            CreateTable(StageResult),
            RunData(_keep_plans),
            Rebuild(
                _IMPORT,
                table_spec(Import),
                {"stage": "case when state in ('uploaded', 'running') then 'run' end"},
            ),
            Rebuild(_ROW, table_spec(ImportRow), {"record": "client"}),
        ),
    ),
    Migration("0003_memory", (CreateTable(ImportMemory),)),
)
"""The migrations of imports, first to last."""
