"""How the table of jobs came to be."""

from cardfile.database import ColumnSpec, ColumnType, CreateTable, IndexSpec, Migration, TableSpec

__all__ = ["MIGRATIONS"]

_JOB = TableSpec(
    name="job",
    columns=(
        ColumnSpec(name="id", type=ColumnType.ID),
        ColumnSpec(name="kind", type=ColumnType.TEXT, default=""),
        ColumnSpec(name="payload", type=ColumnType.JSON, default="{}"),
        ColumnSpec(name="key", type=ColumnType.TEXT, null=True),
        ColumnSpec(name="created_at", type=ColumnType.INSTANT),
        ColumnSpec(name="run_at", type=ColumnType.INSTANT),
        ColumnSpec(name="state", type=ColumnType.TEXT, default="waiting"),
        ColumnSpec(name="attempts", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="handed_until", type=ColumnType.INSTANT, null=True),
        ColumnSpec(name="lease_until", type=ColumnType.INSTANT, null=True),
        ColumnSpec(name="done_at", type=ColumnType.INSTANT, null=True),
        ColumnSpec(name="last_error", type=ColumnType.TEXT, null=True),
    ),
    indexes=(IndexSpec(columns=("state", "run_at")), IndexSpec(columns=("key",), unique=True)),
)

MIGRATIONS = (Migration("0001_jobs", (CreateTable(_JOB),)),)
"""The migrations of jobs, first to last."""
