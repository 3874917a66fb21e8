"""Spreadsheets: foreign files in through a walled-in process, row by row; workbooks out, harmless.

`SheetReaders.open` gives rows, `find_header` and `RowSorter` say what they look like, and `write_workbook` and
`write_csv` write them. Nothing here knows a record or a database.
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
from cardfile.spreadsheets.limits import MEGABYTE, FileLimits
from cardfile.spreadsheets.reader import SheetFile, SheetReaders
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter
from cardfile.spreadsheets.text_writer import write_csv
from cardfile.spreadsheets.tones import Tone
from cardfile.spreadsheets.writer import CopySheet, OutCell, OutColumn, OutSheet, write_workbook

__all__ = [
    "MEGABYTE",
    "NEVER_CALCULATED",
    "Cell",
    "CellError",
    "CopySheet",
    "FileLimits",
    "Header",
    "OutCell",
    "OutColumn",
    "OutSheet",
    "Row",
    "RowKind",
    "RowSorter",
    "SheetFile",
    "SheetInfo",
    "SheetReaders",
    "Tone",
    "cell_address",
    "column_letters",
    "find_header",
    "fingerprint",
    "header_at",
    "write_csv",
    "write_workbook",
]
