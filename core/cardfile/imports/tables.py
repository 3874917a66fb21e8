"""The tables of imports: what was imported how, and what became of every row."""

from enum import StrEnum
from typing import Final

from piccolo.columns import BigInt, ForeignKey, Integer, OnDelete, Text, Timestamptz

from cardfile.access.tables import User
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record, Stored

__all__ = ["COUNTED", "DuplicateMode", "Import", "ImportRow", "ImportState", "Outcome"]


class ImportState(StrEnum):
    """How far an import is."""

    UPLOADED = "uploaded"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDONE = "undone"


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
    REFUSED = "refused"
    SKIPPED = "skipped"
    """A row that was taken for no data; it is told, and counted among the other rows."""


COUNTED: Final = tuple(one for one in Outcome if one is not Outcome.SKIPPED)
"""The outcomes of rows of data."""


class Import(Record, tablename="sheet_import"):
    """One import of one sheet: its choices, its state, its counts.

    Between portions `last_row` is the last row of the sheet that was dealt with, and the counts are true for
    the rows up to there. `batch` is the number under which the journal keeps all that was done.
    """

    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    file = BigInt(null=True, default=None)
    file_name = Text(null=False, default=None)
    sha256 = Text(null=False, default=None)
    size = BigInt(null=False, default=0)
    entity = Text(null=False, default="client")
    sheet = Text(null=False, default=None)
    header_row = Integer(null=False, default=0)
    mapping = Text(null=False, default="{}")
    duplicates = Text(null=False, default=DuplicateMode.SKIP.value)
    assign_to = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    state = Text(null=False, default=ImportState.UPLOADED.value)
    last_row = Integer(null=False, default=0)
    rows_read = Integer(null=False, default=0)
    rows_created = Integer(null=False, default=0)
    rows_updated = Integer(null=False, default=0)
    rows_unchanged = Integer(null=False, default=0)
    rows_duplicate = Integer(null=False, default=0)
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

    There is one for every row of data, and for each that was taken for the name of a group.
    """

    origin = ForeignKey(Import, null=False, on_delete=OnDelete.restrict)
    row = Integer(null=False, default=None)
    outcome = Text(null=False, default=None)
    client = BigInt(null=True, default=None)
    issues = Text(null=True, default=None)

    keys = (IndexSpec(columns=("origin", "row"), unique=True),)
