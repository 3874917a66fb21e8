"""A list given back: the workbook that was brought in, with what became of each row; and its refused rows alone."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cardfile.errors import FileRefused, Refused
from cardfile.imports.host import ImportHost
from cardfile.imports.issues import Issue, issues_from_text
from cardfile.imports.kept_import import plan_of
from cardfile.imports.plan import ImportPlan, SheetPlan
from cardfile.imports.result_columns import CODE, REASON, RESULT, SOURCE_ROW
from cardfile.imports.tables import Outcome
from cardfile.imports.targets import ID_PATH
from cardfile.query.rows import fetch_records
from cardfile.rights import Actor
from cardfile.spreadsheets.cells import Cell, column_number
from cardfile.spreadsheets.marking import Given, SheetMarks, mark_workbook
from cardfile.spreadsheets.reader import SheetFile
from cardfile.spreadsheets.sheet_patch import CellMark, RowMark
from cardfile.spreadsheets.tones import Tone
from cardfile.spreadsheets.writer import OutCell, OutColumn, OutSheet, write_workbook
from cardfile.texts import said

__all__ = ["Given", "require_result", "write_refused", "write_result"]

_PORTION: Final = 2_000
_TONES: Final[Mapping[str, Tone]] = {
    Outcome.CREATED: Tone.GOOD,
    Outcome.UPDATED: Tone.CHANGED,
    Outcome.UNCHANGED: Tone.PLAIN,
    Outcome.SKIPPED: Tone.PLAIN,
    Outcome.DUPLICATE: Tone.DOUBTFUL,
    Outcome.REVIEW: Tone.DOUBTFUL,
    Outcome.REFUSED: Tone.BAD,
}
_TO_BE_CORRECTED: Final = frozenset({Outcome.REFUSED, Outcome.REVIEW})
_DIGITS: Final = "0123456789"


async def write_result(app: ImportHost, actor: Actor, row: Mapping[str, Any], target: Path) -> Given:
    """Write the list of an import to `target`, an xlsx, with a result for each row in this person's language.

    `row` are the import's values by path. Raises `Refused` for an import that has not looked at its file yet,
    `FileRefused` when the file cannot be read any more.
    """
    told = await _Told.of(app, actor, row)
    titles = (said(RESULT, actor.locale), said(REASON, actor.locale))
    sheets = [
        SheetMarks(page.sheet, page.header_row, titles, told.giving(index), _columns_of_ours(page))
        for index, page in enumerate(told.plan.sheets)
    ]
    return await mark_workbook(app.sheets, told.path, target, sheets)


async def write_refused(app: ImportHost, actor: Actor, row: Mapping[str, Any], target: Path) -> int:
    """Write the refused rows of an import, and those to be settled or looked at again, to `target`, an xlsx.

    Each has its own columns, in their order and under their names, the code of the record that it made all the
    same, where it stood and why: corrected there and brought in again, it makes no second record. Return how
    many rows those are. Raises as `write_result` does, and `Refused` when there is none.
    """
    told = await _Told.of(app, actor, row)
    async with app.sheets.open(told.path) as opened:
        pages = [
            OutSheet(page.sheet, _refused_columns(page, actor.locale), told.refused_rows(opened, index))
            for index, page in enumerate(told.plan.sheets)
            if await told.has_refused(index)
        ]
        if not pages:
            raise Refused("No row of this list was refused, and nothing was noticed in any.")
        return await write_workbook(target, pages)


async def require_result(app: ImportHost, actor: Actor, row: Mapping[str, Any]) -> None:
    """Raise `Refused` unless something became of the rows of an import."""
    await _Told.of(app, actor, row)


@dataclass(frozen=True, slots=True)
class _Told:
    """What an import has to tell of its rows, to one person."""

    app: ImportHost
    actor: Actor
    number: int
    path: Path
    plan: ImportPlan
    words: Mapping[str, str]

    @classmethod
    async def of(cls, app: ImportHost, actor: Actor, row: Mapping[str, Any]) -> "_Told":
        """Return it; raises `Refused` for an import that has not looked at its file yet."""
        number = int(row["id"])
        plan = await plan_of(app, number)
        if plan is None or not row["rows_read"]:
            raise Refused("Nothing has become of any row of this list yet.")
        path = app.access.files.store.path(str(row["sha256"]))
        if not path.exists():
            raise FileRefused("The content of this file is not there any more.")
        outcome = app.model["import_row"].line("outcome").field
        words = {choice.key: said(choice.label, actor.locale) for choice in outcome.options}
        return cls(app, actor, number, path, plan, words)

    def giving(self, sheet: int) -> Any:
        """Return what gives the marks of a sheet, anew each time."""

        def give() -> AsyncIterator[RowMark]:
            return self.marks(sheet)

        return give

    async def marks(self, sheet: int) -> AsyncIterator[RowMark]:
        """Yield the marks of a sheet by rising rows."""
        async for row in self._told(sheet, refused=False):
            yield self._mark(row)

    async def refused_rows(self, opened: SheetFile, index: int) -> AsyncIterator[list[object]]:
        """Yield the rows of a sheet that are to be corrected: what they hold, where they stood, and why."""
        page = self.plan.sheets[index]
        kept, record_type = _kept(page), self.app.model[page.entity]
        waiting = self._told(index, refused=True)
        told = await anext(waiting, None)
        async for rows in opened.rows(page.sheet):
            for number, cells in rows:
                if told is None:
                    return
                if number != told["row"]:
                    continue
                mark = self._mark(told)
                values = _refused_values(kept, cells, mark)
                if not _has_code(page):
                    record = told["record"]
                    values.append(record_type.global_id(int(str(record))) if record is not None else None)
                yield [*values, mark.row, mark.reason]
                told = await anext(waiting, None)

    async def _told(self, sheet: int, *, refused: bool) -> AsyncIterator[Mapping[str, object]]:
        after = 0
        while rows := await self._rows(sheet, after, _PORTION, refused=refused):
            for row in rows:
                yield row
            after = int(str(rows[-1]["row"]))

    async def has_refused(self, sheet: int) -> bool:
        """Tell whether any row of a sheet is to be corrected."""
        return bool(await self._rows(sheet, 0, 1, refused=True))

    async def _rows(
        self, sheet: int, after: int, limit: int, *, refused: bool
    ) -> Sequence[Mapping[str, object]]:
        app = self.app
        wanted: dict[str, object] = {
            "origin": {"id": {"eq": self.number}},
            "sheet": {"eq": sheet},
            "row": {"gt": after},
        }
        if refused:
            # A row of which something was left out counts as well: it is not as its owner meant it.
            wanted["or"] = [
                {"outcome": {"in": sorted(_TO_BE_CORRECTED)}},
                {"issues": {"isNull": False}, "outcome": {"notIn": [Outcome.SKIPPED, Outcome.DUPLICATE]}},
            ]
        return await fetch_records(
            app.database,
            app.model,
            app.model["import_row"],
            self.actor.rights,
            now=app.clock.now(),
            filter=wanted,
            order=("row",),
            limit=limit,
            paths=("row", "outcome", "issues", "record"),
        )

    def _mark(self, row: Mapping[str, object]) -> RowMark:
        texts = self.app.texts(self.actor.locale)
        outcome, issues = str(row["outcome"]), issues_from_text(row["issues"])
        said_of: dict[int, list[str]] = {}
        reasons = []
        for issue in issues:
            sentence = issue.say(texts)
            reasons.append(f"{issue.column}: {sentence}" if issue.column else sentence)
            column = _column_of(issue)
            if column is not None:
                said_of.setdefault(column, []).append(sentence)
        return RowMark(
            int(str(row["row"])),
            self.words.get(outcome, outcome),
            " ".join(reasons),
            _TONES.get(outcome, Tone.PLAIN),
            tuple(CellMark(column, "\n".join(sentences)) for column, sentences in sorted(said_of.items())),
        )


def _column_of(issue: Issue) -> int | None:
    """Return the index of the column that an issue is about, None for one about the whole row."""
    letters = issue.address.rstrip(_DIGITS)
    return column_number(letters) - 1 if letters else None


def _columns_of_ours(page: SheetPlan) -> tuple[int, int] | None:
    """Return where the results stand in a list that was given back before."""
    names = {name: index for index, name in page.names.items()}
    for locale in ("en", "ru"):
        first, second = names.get(said(RESULT, locale)), names.get(said(REASON, locale))
        if first is not None and second is not None:
            return first, second
    return None


def _kept(page: SheetPlan) -> list[int]:
    """Return the columns of a list that are its own, by their places."""
    ours = {said(label, locale) for label in (RESULT, REASON, SOURCE_ROW) for locale in ("en", "ru")}
    return [index for index, name in sorted(page.names.items()) if name not in ours]


def _has_code(page: SheetPlan) -> bool:
    """Tell whether a list says by itself which records its rows mean."""
    return ID_PATH in page.paths.values()


def _refused_columns(page: SheetPlan, locale: str) -> list[OutColumn]:
    own = [OutColumn(page.names[index], "") for index in _kept(page)]
    code = [] if _has_code(page) else [OutColumn(said(CODE, locale))]
    return [
        *own,
        *code,
        OutColumn(said(SOURCE_ROW, locale), "integer"),
        OutColumn(said(REASON, locale), width=60.0),
    ]


def _refused_values(kept: Sequence[int], cells: Sequence[Cell], mark: RowMark) -> list[object]:
    remarks = dict(mark.cells)
    values: list[object] = []
    for index in kept:
        value = cells[index] if index < len(cells) else None
        is_marked = index in remarks
        values.append(OutCell(value, mark.cell_tone, remarks[index]) if is_marked else value)
    return values
