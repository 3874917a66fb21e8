"""Exports: records as workbooks and text tables, templates to be filled in, lists given back with their results.

Each file is asked for by a command (`export.start`, `export.template`, `import.give_back`) and made by a job, or
at once by `export_records` and `write_template`.
"""

from cardfile.exports.commands import (
    COMMANDS,
    ReturnKind,
    cancel_export,
    give_back,
    make_template,
    start_export,
    type_named,
)
from cardfile.exports.entities import ENTITIES, GRANTS
from cardfile.exports.exporting import count_exported, export_records
from cardfile.exports.making import JOBS
from cardfile.exports.migrations import MIGRATIONS
from cardfile.exports.tables import Export, ExportFormat, ExportKind, ExportState
from cardfile.exports.templates import require_template, write_template

__all__ = [
    "COMMANDS",
    "ENTITIES",
    "GRANTS",
    "JOBS",
    "MIGRATIONS",
    "Export",
    "ExportFormat",
    "ExportKind",
    "ExportState",
    "ReturnKind",
    "cancel_export",
    "count_exported",
    "export_records",
    "give_back",
    "make_template",
    "require_template",
    "start_export",
    "type_named",
    "write_template",
]
