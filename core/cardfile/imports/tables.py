"""The tables of imports: what was imported how, and what became of every row."""

from enum import StrEnum
from typing import Final

from piccolo.columns import BigInt, Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz

from cardfile.access.tables import User
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record, Stored

__all__ = [
    "COUNTED",
    "DuplicateMode",
    "Import",
    "ImportMemory",
    "ImportRow",
    "ImportState",
    "Outcome",
    "Result",
    "Stage",
    "StageResult",
]


class ImportState(StrEnum):
    """How far an import is; what is done for it just now, or waits to be done, is its stage."""

    UPLOADED = "uploaded"
    PROBED = "probed"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


class Stage(StrEnum):
    """What is done in the background: a look at the file, a dry run, the import, its taking back, rows settled."""

    PROBE = "probe"
    CHECK = "check"
    RUN = "run"
    UNDO = "undo"
    SETTLE = "settle"


class Result(StrEnum):
    """What is kept of an import besides its row: what was asked, seen, planned, tried out, taken back."""

    WISHES = "wishes"
    PROBE = "probe"
    SAMPLE = "sample"
    PLAN = "plan"
    CHECK = "check"
    UNDO = "undo"
    CHOSEN = "chosen"


class DuplicateMode(StrEnum):
    """What to do with a row whose client is known already."""

    SKIP = "skip"
    FILL = "fill"
    OVERWRITE = "overwrite"
    CREATE = "create"


class Outcome(StrEnum):
    """What became of a row; every row of data has exactly one of those that are counted."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REVIEW = "review"
    """A row that means several records: nothing is done until somebody says which one."""
    REFUSED = "refused"
    SKIPPED = "skipped"
    """A row that was taken for no data; it is told, and counted among the other rows."""


COUNTED: Final = tuple(one for one in Outcome if one is not Outcome.SKIPPED)
"""The outcomes of rows of data."""


class Import(Record, tablename="sheet_import"):
    """One import of one file: its choices, its state, its counts.

    `entity`, `sheet` and `header_row` are those of the first sheet of its plan. Between portions `last_row` is
    the last row that was dealt with of the sheet at `sheet_at` in the plan, and the counts are true for the
    rows up to there. `stage` is what is done or waits to be done; of it `stage_rows` of about `stage_about`
    rows were dealt with by `stage_at`, lately `stage_speed` in a second. `batch` is the number under which the
    journal keeps all that was done.
    """

    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    file = BigInt(null=True, default=None)
    file_name = Text(null=False, default=None)
    sha256 = Text(null=False, default=None)
    size = BigInt(null=False, default=0)
    entity = Text(null=False, default="client")
    sheet = Text(null=False, default=None)
    header_row = Integer(null=False, default=0)
    duplicates = Text(null=False, default=DuplicateMode.SKIP.value)
    known_by = Text(null=True, default=None)
    strict = Boolean(null=False, default=False)
    assign_to = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    state = Text(null=False, default=ImportState.UPLOADED.value)
    stage = Text(null=True, default=None)
    stage_rows = Integer(null=False, default=0)
    stage_about = Integer(null=True, default=None)
    stage_speed = Integer(null=True, default=None)
    stage_at = Timestamptz(null=True, default=None)
    sheet_at = Integer(null=False, default=0)
    last_row = Integer(null=False, default=0)
    rows_read = Integer(null=False, default=0)
    rows_created = Integer(null=False, default=0)
    rows_updated = Integer(null=False, default=0)
    rows_unchanged = Integer(null=False, default=0)
    rows_duplicate = Integer(null=False, default=0)
    rows_review = Integer(null=False, default=0)
    rows_refused = Integer(null=False, default=0)
    ignored_above = Integer(null=False, default=0)
    ignored_headers = Integer(null=False, default=0)
    ignored_totals = Integer(null=False, default=0)
    ignored_asides = Integer(null=False, default=0)
    ignored_blank = Integer(null=False, default=0)
    started_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    error = Text(null=True, default=None)
    batch = BigInt(null=True, default=None)

    keys = (IndexSpec(columns=("owner", "id")), IndexSpec(columns=("sha256", "sheet")))


class ImportRow(Stored, tablename="sheet_import_row"):
    """What became of one row; `issues` is JSON: what was noticed, with addresses of cells.

    There is one for every row of data, and for each that was taken for the name of a group. `sheet` is the
    place of its sheet in the plan. `record` is the record of the sheet's own entity that the row made or means,
    `client` the client, be he that record or a part of the row; `parts` is JSON: entity, outcome and record of
    the other parts.
    """

    origin = ForeignKey(Import, null=False, on_delete=OnDelete.restrict)
    sheet = Integer(null=False, default=0)
    row = Integer(null=False, default=None)
    outcome = Text(null=False, default=None)
    record = BigInt(null=True, default=None)
    client = BigInt(null=True, default=None)
    parts = Text(null=True, default=None)
    issues = Text(null=True, default=None)

    keys = (IndexSpec(columns=("origin", "sheet", "row"), unique=True),)


class StageResult(Stored, tablename="sheet_import_result"):
    """What is kept of an import besides its row, as JSON: large, and read only where it is wanted."""

    origin = ForeignKey(Import, null=False, on_delete=OnDelete.restrict)
    name = Text(null=False, default=None)
    result = Text(null=False, default=None)

    keys = (IndexSpec(columns=("origin", "name"), unique=True),)


class ImportMemory(Stored, tablename="sheet_import_memory"):
    """Where somebody wanted columns of a list to go, by the fingerprint of its headings.

    `columns` is JSON: the path by folded heading, null for a column that was left out.
    """

    entity = Text(null=False, default=None)
    fingerprint = Text(null=False, default=None)
    columns = Text(null=False, default=None)

    keys = (IndexSpec(columns=("entity", "fingerprint"), unique=True),)
