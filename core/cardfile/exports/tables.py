"""The table of what people had written to files: what they asked for, how far it is, and the file."""

from enum import StrEnum
from typing import Final

from piccolo.columns import BigInt, ForeignKey, Integer, OnDelete, Text, Timestamptz

from cardfile.access.tables import User
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record
from cardfile.imports.tables import Import

__all__ = ["OPEN", "Export", "ExportFormat", "ExportKind", "ExportState"]


class ExportKind(StrEnum):
    """What a file holds."""

    LIST = "list"
    TEMPLATE = "template"
    RESULT = "result"
    """The list that was brought in, with what became of each row."""
    REFUSED = "refused"
    """The rows of an import that were refused or are in doubt, to be corrected and brought in again."""


class ExportState(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ExportFormat(StrEnum):
    """The formats in which lists are written."""

    XLSX = "xlsx"
    CSV = "csv"


OPEN: Final = (ExportState.WAITING, ExportState.RUNNING)
"""The states in which somebody waits for the file."""


class Export(Record, tablename="list_export"):
    """One file that somebody asked for.

    `wanted` is JSON: the filter, the search and the fields of a list. `origin` is the import that a returned
    list belongs to. `rows_about` is how many rows there were when it was asked for.
    """

    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    kind = Text(null=False, default=ExportKind.LIST.value)
    entity = Text(null=False, default=None)
    origin = ForeignKey(Import, null=True, default=None, on_delete=OnDelete.restrict)
    wanted = Text(null=False, default="{}")
    format = Text(null=False, default=ExportFormat.XLSX.value)
    state = Text(null=False, default=ExportState.WAITING.value)
    file = BigInt(null=True, default=None)
    file_name = Text(null=False, default=None)
    rows_about = Integer(null=True, default=None)
    rows_written = Integer(null=False, default=0)
    note = Text(null=True, default=None)
    error = Text(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)

    keys = (IndexSpec(columns=("owner", "id")), IndexSpec(columns=("origin",)))
