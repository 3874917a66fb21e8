"""The conversation in which somebody at a terminal settles how a list is to be understood.

All of it is shown on one screen: sheets, header, columns with what they were taken for and why. One line asks what
to change; an empty answer goes on. Nothing is written before the whole list was tried out and shown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.panel import Panel
from rich.prompt import Prompt
from rich.table import Table

from cardfile.clients.custom_fields import KIND_CHOICES
from cardfile.errors import Refused
from cardfile.imports import (
    ColumnMatch,
    DuplicateMode,
    FileProbe,
    Place,
    PreviewColumn,
    Probe,
    preview_columns,
)
from cardfile.imports.custom import custom_path, kind_of_proposal
from cardfile.spreadsheets import SheetInfo, column_letters
from cardfile.texts import said
from cardfile.values.text import fold_key

__all__ = ["Settled", "Step", "Verdict", "Wizard"]

_SURE: Final = 0.85
_SAMPLES: Final = 3
_OFFERED: Final = 9
_ABOVE: Final = 4
_CELLS: Final = 6

_MODES: Final[Mapping[DuplicateMode, str]] = {
    DuplicateMode.SKIP: "leave known records as they are, and skip such rows",
    DuplicateMode.FILL: "fill in what known records lack, change nothing that is there",
    DuplicateMode.OVERWRITE: "let the list win: known records get its values",
    DuplicateMode.CREATE: "make new records all the same",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What has been chosen so far; what is None was left to be guessed."""

    entity: str
    duplicates: DuplicateMode
    sheets: tuple[str, ...] = ()
    header_row: int | None = None
    mapping: Mapping[str, str | None] | None = None
    owner: str | None = None


class Verdict(StrEnum):
    """What is to happen next."""

    LOOK_AGAIN = "look again"
    GO_ON = "go on"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to happen next, and with which choices."""

    verdict: Verdict
    settled: Settled


@dataclass(frozen=True, slots=True)
class Wizard:
    """Shows how a list is understood and asks what to change; `entities` are those that may be imported."""

    console: Console
    path: Path
    locale: str
    entities: Mapping[str, str]

    def show(self, found: FileProbe, places: Mapping[str, Place], settled: Settled) -> None:
        """Show how the file is understood."""
        lines = [f"[bold]{self.path.name}[/bold]"]
        if len(found.sheets) > 1:
            chosen = {one.sheet.name for one in found.chosen}
            lines += [_sheet_line(one, chosen) for one in found.sheets]
        lines.append(
            f"each row is a {self.entities[settled.entity]}; known already: {_MODES[settled.duplicates]}"
        )
        if settled.owner:
            lines.append(f"new records without an owner go to {settled.owner}")
        self.console.print(Panel("\n".join(lines), expand=False))
        for one in found.chosen:
            self._show_sheet(one, places)

    def _show_sheet(self, one: Probe, places: Mapping[str, Place]) -> None:
        header = (
            f"header in row {one.header.row}" if one.header.row else "no header: columns go by their letters"
        )
        table = Table(
            title=f"Sheet “{one.sheet.name}”, {header}",
            title_justify="left",
            box=None,
            pad_edge=False,
            expand=True,
        )
        table.add_column("", width=3)
        for name in ("heading", "goes to", "sure"):
            table.add_column(name, overflow="ellipsis", no_wrap=True, max_width=self.console.width // 4)
        table.add_column("samples", overflow="ellipsis", no_wrap=True, ratio=1)
        for column in preview_columns(one, places, self.locale):
            table.add_row(column.letter, column.name, *_goes_to(column), ", ".join(column.samples[:_SAMPLES]))
        self.console.print(table)
        unsure = [one.letter for one in preview_columns(one, places, self.locale) if _is_doubtful(one)]
        if unsure:
            self.console.print(f"[yellow]Look at {', '.join(unsure)}: these are guesses.[/yellow]")
        self.console.print()

    def ask(self, found: FileProbe, places: Mapping[str, Place], settled: Settled) -> Step:
        """Ask what is to be changed; an empty answer goes on."""
        words = ["a column's letter", "header", "rows", "known", "owner", "quit"]
        if len(found.sheets) > 1:
            words.insert(1, "sheets")
        self.console.print(
            f"[bold]Enter[/bold] tries the whole list out; nothing is written yet. "
            f"To change something: {', '.join(words)}."
        )
        while True:
            answer = Prompt.ask("What now", console=self.console, default="", show_default=False).strip()
            if not answer:
                return Step(Verdict.GO_ON, settled)
            if answer.casefold() == "quit":
                return Step(Verdict.LEAVE, settled)
            try:
                changed = self._changed(answer, found, places, settled)
            except Refused as error:
                self.console.print(str(error), style="red", markup=False)
                continue
            if changed is not None:
                return Step(Verdict.LOOK_AGAIN, changed)

    def ask_to_run(self, settled: Settled) -> Step:
        """Ask whether what was tried out is to be done."""
        verdicts = {"import": Verdict.GO_ON, "change": Verdict.LOOK_AGAIN, "quit": Verdict.LEAVE}
        answer = Prompt.ask("Import it", console=self.console, choices=list(verdicts), default="import")
        return Step(verdicts[answer], settled)

    def _changed(
        self, answer: str, found: FileProbe, places: Mapping[str, Place], settled: Settled
    ) -> Settled | None:
        match answer.casefold():
            case "sheets" | "sheet":
                return self._sheets(found, settled)
            case "header":
                return self._header(found, settled)
            case "rows":
                entity = self._choice("What is each row", self.entities, settled.entity)
                return replace(settled, entity=entity, mapping=None)
            case "known":
                modes = {mode.value: text for mode, text in _MODES.items()}
                return replace(
                    settled,
                    duplicates=DuplicateMode(self._choice("Rows known already", modes, settled.duplicates)),
                )
            case "owner":
                login = Prompt.ask(
                    "Who gets new records without an owner (login)", console=self.console, default=""
                )
                return replace(settled, owner=login.strip() or None)
        columns = [one for sheet in found.chosen for one in preview_columns(sheet, places, self.locale)]
        column = next((one for one in columns if _is_meant(answer, one)), None)
        if column is None:
            self.console.print(f"[red]There is no column {answer} and no such word.[/red]")
            return None
        return self._column(column, found, places, settled)

    def _sheets(self, found: FileProbe, settled: Settled) -> Settled:
        names = {str(place): one.name for place, one in enumerate(found.sheets, start=1)}
        for number, name in names.items():
            self.console.print(f"  {number}  {name}")
        while True:
            answer = Prompt.ask("Which of them, as 1 or 1 3", console=self.console)
            numbers = answer.replace(",", " ").split()
            if numbers and all(number in names for number in numbers):
                return replace(settled, sheets=tuple(names[one] for one in numbers), header_row=None)

    def _header(self, found: FileProbe, settled: Settled) -> Settled:
        sheet = found.chosen[0]
        for number, cells in sheet.sample[: sheet.header.row + _ABOVE]:
            shown = " | ".join("" if cell is None else str(cell) for cell in cells[:_CELLS])
            mark = "→" if number == sheet.header.row else " "
            self.console.print(
                f" {mark} {number:>3}  {shown}", overflow="ellipsis", no_wrap=True, markup=False
            )
        while True:
            answer = Prompt.ask(
                "Row of the header, 0 for none", console=self.console, default=str(sheet.header.row)
            )
            if answer.strip().isdecimal():
                return replace(settled, header_row=int(answer))

    def _column(
        self, column: PreviewColumn, found: FileProbe, places: Mapping[str, Place], settled: Settled
    ) -> Settled | None:
        path = self._field(column, places, _match_of(column, found))
        if path is None:
            return None
        key = column.letter if len(found.chosen) == 1 else column.name
        return replace(settled, mapping={**(settled.mapping or {}), key: path or None})

    def _field(self, column: PreviewColumn, places: Mapping[str, Place], match: ColumnMatch) -> str | None:
        """Return the path that is chosen for a column, an empty one to leave it out, None for no change."""
        self.console.print(f"Column {column.letter}, {column.name}: {', '.join(column.samples[:_SAMPLES])}")
        guesses = [".".join(one.path) for one in ((match.match,) if match.match else ()) + match.others]
        offered = [path for path in guesses if path in places]
        while True:
            for number, path in enumerate(offered, start=1):
                self.console.print(f"  {number}  {places[path].title(self.locale)}  [dim]{path}[/dim]")
            answer = Prompt.ask(
                "A number, a part of a field's name, + to make a new field of it, - to leave the column out, "
                "Enter for no change",
                console=self.console,
                default="",
                show_default=False,
            ).strip()
            if not answer:
                return None
            if answer == "-":
                return ""
            if answer == "+":
                return self._new_field(column, places, match.proposal.kind if match.proposal else "text")
            if answer.isdecimal() and 0 < int(answer) <= len(offered):
                return offered[int(answer) - 1]
            fitting = _fitting(answer, places, self.locale)
            if len(fitting) == 1:
                return fitting[0]
            self.console.print("Which of these?" if fitting else "No field is called so; all there are:")
            offered = (fitting or list(places))[: _OFFERED if fitting else None]

    def _new_field(self, column: PreviewColumn, places: Mapping[str, Place], looks_like: str) -> str | None:
        """Return the path of a field that is made for a column, None when nobody may or wants to make one."""
        label = Prompt.ask("Name of the new field", console=self.console, default=column.name).strip()
        kinds = {str(one.key): said(one.label, "en").lower() for one in KIND_CHOICES}
        path = custom_path(self._choice("What it holds", kinds, kind_of_proposal(looks_like)), label)
        if path in places:
            return path
        self.console.print("Such records have no fields of one's own.", style="red")
        return None

    def _choice(self, question: str, choices: Mapping[str, str], now: str) -> str:
        keys = list(choices)
        for number, key in enumerate(keys, start=1):
            self.console.print(f"  {number}  {choices[key]}")
        answer = Prompt.ask(
            question,
            console=self.console,
            choices=[str(number) for number in range(1, len(keys) + 1)],
            default=str(keys.index(now) + 1),
        )
        return keys[int(answer) - 1]


def _sheet_line(sheet: SheetInfo, chosen: Collection[str]) -> str:
    rows = "" if sheet.about is None else f", about {sheet.about} rows"
    mark = "✓" if sheet.name in chosen else " "
    return f"{mark} sheet “{sheet.name}”{rows}{'' if sheet.is_visible else ', hidden'}"


def _goes_to(column: PreviewColumn) -> tuple[str, str]:
    if column.field is None:
        return "[dim]— left out[/dim]", ""
    sure = f"{column.confidence:.0%} {(column.reason or '').replace('_', ' ')}"
    return str(column.label), f"[yellow]{sure}[/yellow]" if _is_doubtful(column) else sure


def _is_doubtful(column: PreviewColumn) -> bool:
    return column.field is not None and column.confidence < _SURE


def _is_meant(answer: str, column: PreviewColumn) -> bool:
    return answer.upper() == column.letter or fold_key(answer) == fold_key(column.name)


def _match_of(column: PreviewColumn, found: FileProbe) -> ColumnMatch:
    """Return what is known of a column that is shown."""
    return next(
        one
        for sheet in found.chosen
        for one in sheet.columns
        if (column_letters(one.index), one.name) == (column.letter, column.name)
    )


def _fitting(answer: str, places: Mapping[str, Place], locale: str) -> list[str]:
    """Return the fields that an answer may mean: the one of that name, or all whose names have it in them."""
    key = fold_key(answer)
    exact = [
        path
        for path, place in places.items()
        if path == answer or fold_key(place.title(locale)) == key or key in place.target.keys
    ]
    if len(exact) == 1:
        return exact
    return exact or [path for path, place in places.items() if key and key in fold_key(place.title(locale))]
