"""Spreadsheets: foreign files in through a walled-in process, understood; workbooks out, harmless.

`SheetReaders.open` gives rows, `find_header`, `RowSorter` and `propose_mapping` say what they mean, and
`write_workbook` and `write_csv` write them. None of these knows a database.

An import is set up by `import.start` (or `keep_import`), done by `run_import` portion by portion, and taken back
by `import.undo`.
"""

from cardfile.spreadsheets.cells import (
    NEVER_CALCULATED,
    Cell,
    CellError,
    Row,
    SheetInfo,
    cell_address,
    column_letters,
)
from cardfile.spreadsheets.commands import (
    COMMANDS,
    JOBS,
    ImportIssues,
    ImportUndone,
    KeptAsIs,
    RowIssue,
    cancel_import,
    issues_of_import,
    preview_import,
    start_import,
    undo_import,
)
from cardfile.spreadsheets.counts import ImportCounts
from cardfile.spreadsheets.entities import ENTITIES, GRANTS
from cardfile.spreadsheets.exporting import export_records
from cardfile.spreadsheets.headers import Header, find_header, fingerprint, header_at
from cardfile.spreadsheets.importers import actor_of_import
from cardfile.spreadsheets.kept_import import Halted
from cardfile.spreadsheets.limits import FileLimits
from cardfile.spreadsheets.mapping import ColumnMatch, Guess, Reason, Target, known_words, propose_mapping
from cardfile.spreadsheets.migrations import MIGRATIONS
from cardfile.spreadsheets.previewing import DryRun, ImportPreview, dry_run, preview_columns
from cardfile.spreadsheets.probing import Probe, Wishes
from cardfile.spreadsheets.reader import SheetFile, SheetReaders
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter
from cardfile.spreadsheets.running import Progress, run_import
from cardfile.spreadsheets.starting import Choices, find_unfinished, importable_type, keep_import, probe_file
from cardfile.spreadsheets.tables import COUNTED, DuplicateMode, Import, ImportRow, ImportState, Outcome
from cardfile.spreadsheets.targets import Place, places_of
from cardfile.spreadsheets.writer import OutColumn, OutSheet, write_csv, write_workbook

__all__ = [
    "COMMANDS",
    "COUNTED",
    "ENTITIES",
    "GRANTS",
    "JOBS",
    "MIGRATIONS",
    "NEVER_CALCULATED",
    "Cell",
    "CellError",
    "Choices",
    "ColumnMatch",
    "DryRun",
    "DuplicateMode",
    "FileLimits",
    "Guess",
    "Halted",
    "Header",
    "Import",
    "ImportCounts",
    "ImportIssues",
    "ImportPreview",
    "ImportRow",
    "ImportState",
    "ImportUndone",
    "KeptAsIs",
    "OutColumn",
    "OutSheet",
    "Outcome",
    "Place",
    "Probe",
    "Progress",
    "Reason",
    "Row",
    "RowIssue",
    "RowKind",
    "RowSorter",
    "SheetFile",
    "SheetInfo",
    "SheetReaders",
    "Target",
    "Wishes",
    "actor_of_import",
    "cancel_import",
    "cell_address",
    "column_letters",
    "dry_run",
    "export_records",
    "find_header",
    "find_unfinished",
    "fingerprint",
    "header_at",
    "importable_type",
    "issues_of_import",
    "keep_import",
    "known_words",
    "places_of",
    "preview_columns",
    "preview_import",
    "probe_file",
    "propose_mapping",
    "run_import",
    "start_import",
    "undo_import",
    "write_csv",
    "write_workbook",
]
