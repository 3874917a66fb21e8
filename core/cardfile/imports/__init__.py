"""Imports: the lists that businesses keep become records, and can be taken back.

An import is set up by `import.start` (or `keep_import`), done by `run_import` portion by portion, and undone by
`import.undo`. How foreign files become rows is the business of the spreadsheets.
"""

from cardfile.imports.commands import (
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
from cardfile.imports.counts import ImportCounts
from cardfile.imports.entities import ENTITIES, GRANTS
from cardfile.imports.importers import actor_of_import
from cardfile.imports.kept_import import Halted
from cardfile.imports.mapping import ColumnMatch, Guess, Reason, Target, known_words, propose_mapping
from cardfile.imports.migrations import MIGRATIONS
from cardfile.imports.previewing import DryRun, ImportPreview, dry_run, preview_columns
from cardfile.imports.probing import Probe, Wishes
from cardfile.imports.running import Progress, run_import
from cardfile.imports.starting import Choices, find_unfinished, importable_type, keep_import, probe_file
from cardfile.imports.tables import COUNTED, DuplicateMode, Import, ImportRow, ImportState, Outcome
from cardfile.imports.targets import Place, places_of

__all__ = [
    "COMMANDS",
    "COUNTED",
    "ENTITIES",
    "GRANTS",
    "JOBS",
    "MIGRATIONS",
    "Choices",
    "ColumnMatch",
    "DryRun",
    "DuplicateMode",
    "Guess",
    "Halted",
    "Import",
    "ImportCounts",
    "ImportIssues",
    "ImportPreview",
    "ImportRow",
    "ImportState",
    "ImportUndone",
    "KeptAsIs",
    "Outcome",
    "Place",
    "Probe",
    "Progress",
    "Reason",
    "RowIssue",
    "Target",
    "Wishes",
    "actor_of_import",
    "cancel_import",
    "dry_run",
    "find_unfinished",
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
]
