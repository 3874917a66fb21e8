"""A workbook to be filled in: one empty list with drop-downs and hints, and a sheet that says how to fill it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from cardfile.spreadsheets.cells import column_letters
from cardfile.spreadsheets.sheet_xml import plain_text

__all__ = ["MOST_CHOICES", "FormColumn", "FormWords", "write_form"]

MOST_CHOICES: Final = 5_000
"""How long a drop-down list may be: nobody looks through a longer one."""

_LAST_ROW: Final = 1_048_576
_LONGEST_PROMPT: Final = 255
_LONGEST_PROMPT_TITLE: Final = 32
# A font without a name is shown as a serif one by LibreOffice.
_BOLD: Final = Font(name="Calibri", size=11, bold=True)
_FILL: Final = PatternFill("solid", fgColor="E8EDF3")
_FILL_REQUIRED: Final = PatternFill("solid", fgColor="FFE3A3")
_FORMATS: Final = {
    "integer": "0",
    "decimal": "0.00##",
    "money": "#,##0.00",
    "date": "DD.MM.YYYY",
    "datetime": "DD.MM.YYYY HH:MM",
}
"""The formats of the cells; texts and all that looks like a number and is none (phones, codes) are texts."""

_CHECKED: Final = {
    "integer": ("whole", "between", "-2147483648", "2147483647"),
    "decimal": ("decimal", "between", "-1000000000000", "1000000000000"),
    "money": ("decimal", "between", "-1000000000000", "1000000000000"),
    # As Excel counts days: from its first to the last that it knows.
    "date": ("date", "between", "1", "2958465"),
    "datetime": ("date", "between", "1", "2958465"),
}
_WIDTHS: Final = {"long_text": 40.0, "email": 28.0, "phone": 22.0, "integer": 12.0, "date": 14.0}


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column to be filled in: its title, its kind of the model, and what is said of it.

    A cell offers `choices`; with `is_strict` it takes nothing else.
    """

    title: str
    kind: str
    hint: str
    example: str = ""
    is_required: bool = False
    choices: Sequence[str] = ()
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class FormWords:
    """What a form says in the language of its reader; `heads` are those of the sheet of help."""

    list_title: str
    help_title: str
    lists_title: str
    heads: tuple[str, str, str, str]
    required: str
    optional: str
    wrong: str
    notes: Sequence[str] = ()


def write_form(target: Path, columns: Sequence[FormColumn], words: FormWords) -> None:
    """Write the form to `target`, an xlsx. It holds no example among its rows, for that would be brought in."""
    book = Workbook()
    page = book.active
    page.title = words.list_title[:31]
    lists = _Lists(book.create_sheet(words.lists_title), words.lists_title)
    page.freeze_panes = "A2"
    page.row_dimensions[1].height = 32
    for index, column in enumerate(columns):
        _head(page.cell(row=1, column=index + 1), column)
        letters = column_letters(index)
        size = page.column_dimensions[letters]
        size.width = max(_WIDTHS.get(column.kind, 20.0), min(len(column.title) + 6.0, 40.0))
        size.number_format = _FORMATS.get(column.kind, "@")
        rule = _rule(column, lists.place(column), words)
        rule.add(f"{letters}2:{letters}{_LAST_ROW}")
        page.add_data_validation(rule)
    _help(book.create_sheet(words.help_title, 1), columns, words)
    lists.page.sheet_state = "hidden"
    part = target.with_name(target.name + ".part")
    try:
        book.save(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


class _Lists:
    """The hidden sheet that holds the long lists of choices, one a column."""

    def __init__(self, page: Any, title: str) -> None:
        self.page = page
        self._title = title
        self._used = 0

    def place(self, column: FormColumn) -> str | None:
        """Return where the choices of a column stand, None when it has none or too many."""
        if not column.choices or len(column.choices) > MOST_CHOICES:
            return None
        self._used += 1
        for row, choice in enumerate(column.choices, 1):
            _text(self.page.cell(row=row, column=self._used), choice)
        letters = column_letters(self._used - 1)
        return f"'{self._title}'!${letters}$1:${letters}${len(column.choices)}"


def _rule(column: FormColumn, choices: str | None, words: FormWords) -> Any:
    """Return what a cell of the column offers, checks and says."""
    if choices is not None:
        rule = DataValidation(type="list", formula1=choices, allow_blank=True)
        rule.showErrorMessage = column.is_strict
        rule.errorStyle = "stop"
    elif column.kind in _CHECKED:
        kind, operator, least, most = _CHECKED[column.kind]
        rule = DataValidation(type=kind, operator=operator, formula1=least, formula2=most, allow_blank=True)
        rule.showErrorMessage = True
        rule.errorStyle = "warning"
    else:
        rule = DataValidation(allow_blank=True)
    rule.error = words.wrong[:_LONGEST_PROMPT]
    rule.showInputMessage = True
    rule.promptTitle = column.title[:_LONGEST_PROMPT_TITLE]
    rule.prompt = column.hint[:_LONGEST_PROMPT]
    return rule


def _head(cell: Any, column: FormColumn) -> None:
    _text(cell, f"{column.title} *" if column.is_required else column.title)
    cell.font = _BOLD
    cell.fill = _FILL_REQUIRED if column.is_required else _FILL
    cell.alignment = Alignment(vertical="top", wrap_text=True)


def _help(page: Any, columns: Sequence[FormColumn], words: FormWords) -> None:
    """Fill the sheet of help, which cannot be changed by mistake."""
    for width, letters in zip((30, 14, 70, 34), "ABCD", strict=True):
        page.column_dimensions[letters].width = width
    row = 1
    for note in words.notes:
        _text(page.cell(row=row, column=1), note)
        row += 1
    row += 1
    for index, head in enumerate(words.heads, 1):
        _text(page.cell(row=row, column=index), head)
        page.cell(row=row, column=index).font = _BOLD
        page.cell(row=row, column=index).fill = _FILL
    for column in columns:
        row += 1
        told = words.required if column.is_required else words.optional
        for index, text in enumerate((column.title, told, column.hint, column.example), 1):
            _text(page.cell(row=row, column=index), text)
            page.cell(row=row, column=index).alignment = Alignment(vertical="top", wrap_text=True)
    page.protection.sheet = True


def _text(cell: Any, text: str) -> None:
    cell.value = plain_text(text)
    # Set after the value: openpyxl takes a text that begins with = for a formula.
    cell.data_type = "s"
    cell.number_format = "@"
