"""How the tables of jobs came to be."""

from cardfile.database import (
    AddColumn,
    AddIndex,
    ColumnSpec,
    ColumnType,
    CreateTable,
    IndexSpec,
    Migration,
    TableSpec,
)

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

_WORKER = TableSpec(
    name="job_worker",
    columns=(
        ColumnSpec(name="id", type=ColumnType.ID),
        ColumnSpec(name="name", type=ColumnType.TEXT, default=""),
        ColumnSpec(name="threads", type=ColumnType.INTEGER, default=1),
        ColumnSpec(name="beats", type=ColumnType.INTEGER, default=0),
        ColumnSpec(name="started_at", type=ColumnType.INSTANT),
        ColumnSpec(name="seen_at", type=ColumnType.INSTANT),
        ColumnSpec(name="trouble", type=ColumnType.TEXT, null=True),
    ),
)

MIGRATIONS = (
    Migration("0001_jobs", (CreateTable(_JOB),)),
    Migration(
        "0002_workers",
        (
            CreateTable(_WORKER),
            AddColumn("job", ColumnSpec(name="worker", type=ColumnType.BIGINT, null=True)),
            AddColumn("job", ColumnSpec(name="leases", type=ColumnType.INTEGER, default=0)),
            AddIndex("job", IndexSpec(columns=("kind", "id"))),
        ),
    ),
)
"""The migrations of jobs, first to last."""
