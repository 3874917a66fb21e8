"""How a list would be understood, for people to look at before it is imported; and the dry run of a whole list."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cardfile.access.files import StoredFile
from cardfile.imports.counts import ImportCounts
from cardfile.imports.deciding import Decision, skipped
from cardfile.imports.host import host_of
from cardfile.imports.importers import require_heir_in_reach
from cardfile.imports.name_book import read_titles
from cardfile.imports.plan import ColumnPlan, SheetPlan
from cardfile.imports.portions import SheetWork, WorkOptions
from cardfile.imports.probing import Probe, places_by_column, probe
from cardfile.imports.running import PORTION, Progress
from cardfile.imports.starting import QUICK, Choices, importable_type
from cardfile.imports.tables import Outcome
from cardfile.imports.targets import Place, places_of
from cardfile.journal.calls import Call
from cardfile.journal.entries import Entry
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.record_types import RecordType
from cardfile.spreadsheets.cells import Row, column_letters
from cardfile.spreadsheets.reader import SheetFile
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter
from cardfile.values.phone import format_phone

__all__ = [
    "DryRun",
    "ImportPreview",
    "PreviewCell",
    "PreviewColumn",
    "PreviewField",
    "PreviewRow",
    "PreviewSheet",
    "dry_run",
    "preview_columns",
    "preview_of",
]

_SHOWN_ROWS: Final = 20
_MOST_NOTED: Final = 200


@dataclass(frozen=True, slots=True)
class PreviewSheet:
    """A sheet of the file; `about` is a cheap count of its rows."""

    name: str
    is_visible: bool
    about: int | None


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of the list and the field that it was taken for; without one it is left out."""

    letter: str
    name: str
    field: str | None
    label: str | None
    confidence: float
    reason: str | None
    samples: list[str]


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """What a field of the row would hold."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it would be understood, and what would become of it."""

    row: int
    outcome: str
    cells: list[PreviewCell]
    issues: list[str]


@dataclass(frozen=True, slots=True)
class PreviewField:
    """A field that a column may go to."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """How a list would be understood; `counted` rows were looked at for the numbers of outcomes."""

    file_name: str
    size: int
    sheets: list[PreviewSheet]
    sheet: str
    header_row: int
    columns: list[PreviewColumn]
    fields: list[PreviewField]
    rows: list[PreviewRow]
    counted: int
    created: int
    updated: int
    unchanged: int
    duplicate: int
    refused: int
    ignored: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would become of a whole list: the counts, and the first rows about which something was noticed."""

    counts: ImportCounts
    noted: Sequence[Decision]


async def _trial(call: Call, record_type: RecordType, found: Probe, choices: Choices) -> SheetWork:
    """Return the way of the rows of a list that was probed, on which nothing is written."""
    places_by_column(found, places_of(call.app.model, record_type, call.rights), record_type)
    options = WorkOptions(choices.duplicates, choices.assign_to, remembers=True)
    return await SheetWork.of(host_of(call.app), call.actor, _plan(found, record_type), options)


def _plan(found: Probe, record_type: RecordType) -> SheetPlan:
    paths = found.paths
    columns = [
        ColumnPlan(index, name, paths.get(index)) for index, name in sorted(found.header.names.items())
    ]
    return SheetPlan(found.sheet.name, found.header.row, 1, record_type.key, tuple(columns))


async def _decide(call: Call, trial: SheetWork, rows: Sequence[Row]) -> list[Decision]:
    return await trial.decide(call.work, await trial.read(rows))


async def preview_of(call: Call, path: Path, stored: StoredFile, choices: Choices) -> ImportPreview:
    """Return how the list in a file would be understood."""
    record_type = importable_type(call, choices.entity)
    places = places_of(call.app.model, record_type, call.rights)
    readers = host_of(call.app).sheets
    async with readers.open(path, limits=QUICK, wait=QUICK.patience_seconds) as file:
        found = await probe(file, record_type, places, choices.wishes, locale=call.locale)
        sheets = [PreviewSheet(one.name, one.is_visible, one.about) for one in file.sheets]
    trial = await _trial(call, record_type, found, choices)
    sorter = RowSorter(found.header, found.sample)
    kinds = list(sorter.sort(found.sample))
    decisions = await _decide(call, trial, [row for kind, row in kinds if kind is RowKind.DATA])
    groups = [skipped(row) for kind, row in kinds if kind is RowKind.ASIDE]
    told = sorted((*decisions, *groups), key=lambda one: one.row.number)
    counts = Counter(one.outcome for one in decisions)
    return ImportPreview(
        file_name=stored.name,
        size=stored.size,
        sheets=sheets,
        sheet=found.sheet.name,
        header_row=found.header.row,
        columns=preview_columns(found, places, call.locale),
        fields=[PreviewField(place.path, place.title(call.locale)) for place in places.values()],
        rows=await _shown(call, told[:_SHOWN_ROWS], record_type, trial.places),
        counted=len(decisions),
        created=counts[Outcome.CREATED],
        updated=counts[Outcome.UPDATED],
        unchanged=counts[Outcome.UNCHANGED],
        duplicate=counts[Outcome.DUPLICATE],
        refused=counts[Outcome.REFUSED],
        ignored=sorter.counts.total() - sorter.counts[RowKind.DATA],
    )


def preview_columns(found: Probe, places: Mapping[str, Place], locale: str) -> list[PreviewColumn]:
    """Return the columns of a list with the fields that they were taken for."""
    columns = []
    for one in found.columns:
        path = ".".join(one.match.path) if one.match else None
        columns.append(
            PreviewColumn(
                column_letters(one.index),
                one.name,
                path,
                places[path].title(locale) if path else None,
                one.match.confidence if one.match else 0.0,
                one.match.reason.value if one.match else None,
                list(one.samples),
            )
        )
    return columns


async def dry_run(
    call: Call, file: SheetFile, record_type: RecordType, found: Probe, choices: Choices,
    *, tell: Callable[[Progress], None] | None = None,
) -> DryRun:  # fmt: skip
    """Go through a whole list without writing anything; only what hooks would refuse is not seen."""
    require_heir_in_reach(record_type, call.actor, choices.assign_to)
    trial = await _trial(call, record_type, found, choices)
    sorter: RowSorter | None = None
    counts, noted = ImportCounts(), list[Decision]()
    async for batch in file.rows(found.sheet, batch=PORTION):
        if sorter is None:
            sorter = RowSorter(found.header, batch)
        kinds = list(sorter.sort(batch))
        data = [row for kind, row in kinds if kind is RowKind.DATA]
        groups = [skipped(row) for kind, row in kinds if kind is RowKind.ASIDE]
        decisions = await _decide(call, trial, data) if data else []
        counts = counts.plus([one.outcome for one in decisions], sorter.counts)
        told = sorted((*decisions, *groups), key=lambda one: one.row.number)
        noted += [one for one in told if one.row.issues][: max(0, _MOST_NOTED - len(noted))]
        if tell is not None:
            tell(Progress(batch[-1][0], found.sheet.about, counts))
    return DryRun(counts, noted)


async def _shown(
    call: Call, decisions: Sequence[Decision], record_type: RecordType, places: Mapping[str, Place]
) -> list[PreviewRow]:
    reading = replace(call.work.reading, locale=call.locale)
    titles = await _titles(call, decisions, record_type)
    rows = []
    for one in decisions:
        row = one.row
        cells = [
            PreviewCell(
                path,
                titles[path].get(int(str(value)), "")
                if path in titles
                else _text(places[path], value, reading),
            )
            for path, value in row.values.items()
        ]
        cells += [PreviewCell(path, ", ".join(words)) for path, words in row.tags.items()]
        issues = [f"{issue.address}: {issue.say(call.texts)}" for issue in row.issues]
        rows.append(PreviewRow(row.number, one.outcome.value, cells, issues))
    return rows


async def _titles(
    call: Call, decisions: Sequence[Decision], record_type: RecordType
) -> dict[str, dict[int, str]]:
    """Return the names of those whom rows refer to, by path and id."""
    wanted: dict[str, set[int]] = {}
    for one in decisions:
        for path, value in one.row.values.items():
            if path in record_type.links and isinstance(value, int):
                wanted.setdefault(path, set()).add(value)
    app = call.app
    return {
        path: await read_titles(
            app.database, app.model, app.model[record_type.links[path].target], call.rights, ids, now=call.now
        )
        for path, ids in wanted.items()
    }


def _text(place: Place, value: object, reading: Reading) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], Entry):
        texts = [one.value for one in value if isinstance(one, Entry)]
        return ", ".join(format_phone(text, reading.locale) for text in texts)
    if place.line is None:
        return str(value)
    return KINDS[place.line.kind].show(value, place.line.field, reading)
