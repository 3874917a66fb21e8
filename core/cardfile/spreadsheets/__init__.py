"""Spreadsheets: foreign files in through a walled-in process, understood; workbooks out, harmless.

`SheetReaders.open` gives rows, `find_header`, `RowSorter` and `propose_mapping` say what they mean, and
`write_workbook` and `write_csv` write them. None of these knows a database.
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
from cardfile.spreadsheets.headers import Header, find_header, fingerprint, header_at
from cardfile.spreadsheets.limits import FileLimits
from cardfile.spreadsheets.mapping import ColumnMatch, Guess, Reason, Target, known_words, propose_mapping
from cardfile.spreadsheets.reader import SheetFile, SheetReaders
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter
from cardfile.spreadsheets.writer import OutColumn, OutSheet, write_csv, write_workbook

__all__ = [
    "NEVER_CALCULATED",
    "Cell",
    "CellError",
    "ColumnMatch",
    "FileLimits",
    "Guess",
    "Header",
    "OutColumn",
    "OutSheet",
    "Reason",
    "Row",
    "RowKind",
    "RowSorter",
    "SheetFile",
    "SheetInfo",
    "SheetReaders",
    "Target",
    "cell_address",
    "column_letters",
    "find_header",
    "fingerprint",
    "header_at",
    "known_words",
    "propose_mapping",
    "write_csv",
    "write_workbook",
]
