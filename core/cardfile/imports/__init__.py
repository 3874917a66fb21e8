"""Imports: the lists that businesses keep become records, and can be taken back.

An import goes through stages, each of which keeps what came of it: `import.start` with `pause` looks at the file;
`import.probe` and `import.map` set right what was understood; `import.check` tries the whole file out; `import.run`
brings it in portion by portion; `import.undo` takes it back. Jobs do the stages in the background, `do_stage` does
the one that is due here and now. How foreign files become rows is the business of the spreadsheets.
"""

from cardfile.imports.commands import (
    COMMANDS,
    ImportIssues,
    ImportUndone,
    KeptAsIs,
    RowIssue,
    cancel_import,
    issues_of_import,
    preview_import,
    start_import,
    undo_import,
    undone_of,
)
from cardfile.imports.counts import ImportCounts
from cardfile.imports.doing import JOBS, do_stage
from cardfile.imports.entities import ENTITIES, GRANTS
from cardfile.imports.importers import actor_of_import
from cardfile.imports.kept_import import UNFINISHED, Halted, plan_of
from cardfile.imports.mapping import ColumnMatch, Guess, Reason, Target, known_words, propose_mapping
from cardfile.imports.memory import recall
from cardfile.imports.migrations import MIGRATIONS
from cardfile.imports.plan import ColumnPlan, ImportPlan, SheetPlan
from cardfile.imports.portions import WorkOptions
from cardfile.imports.previewing import ImportPreview, PreviewColumn, preview_columns
from cardfile.imports.probing import FileProbe, Probe, Wishes
from cardfile.imports.progress import Progress
from cardfile.imports.running import require_reach, run_import
from cardfile.imports.setting_up import MappedSheet
from cardfile.imports.starting import (
    BEFORE_RUN,
    Choices,
    find_unfinished,
    importable_type,
    keep_import,
    probe_file,
)
from cardfile.imports.tables import (
    COUNTED,
    DuplicateMode,
    Import,
    ImportRow,
    ImportState,
    Outcome,
    Stage,
)
from cardfile.imports.taking_back import TakingBack, take_back
from cardfile.imports.targets import Place, places_of
from cardfile.imports.trying import DryRun, dry_run

__all__ = [
    "BEFORE_RUN",
    "COMMANDS",
    "COUNTED",
    "ENTITIES",
    "GRANTS",
    "JOBS",
    "MIGRATIONS",
    "UNFINISHED",
    "Choices",
    "ColumnMatch",
    "ColumnPlan",
    "DryRun",
    "DuplicateMode",
    "FileProbe",
    "Guess",
    "Halted",
    "Import",
    "ImportCounts",
    "ImportIssues",
    "ImportPlan",
    "ImportPreview",
    "ImportRow",
    "ImportState",
    "ImportUndone",
    "KeptAsIs",
    "MappedSheet",
    "Outcome",
    "Place",
    "PreviewColumn",
    "Probe",
    "Progress",
    "Reason",
    "RowIssue",
    "SheetPlan",
    "Stage",
    "TakingBack",
    "Target",
    "Wishes",
    "WorkOptions",
    "actor_of_import",
    "cancel_import",
    "do_stage",
    "dry_run",
    "find_unfinished",
    "importable_type",
    "issues_of_import",
    "keep_import",
    "known_words",
    "places_of",
    "plan_of",
    "preview_columns",
    "preview_import",
    "probe_file",
    "propose_mapping",
    "recall",
    "require_reach",
    "run_import",
    "start_import",
    "take_back",
    "undo_import",
    "undone_of",
]
