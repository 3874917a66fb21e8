"""How a list would be understood, for people to look at before it is imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cardfile.access.files import StoredFile
from cardfile.imports.counts import ImportCounts
from cardfile.imports.deciding import Decision, skipped
from cardfile.imports.host import host_of
from cardfile.imports.kept_import import header_of
from cardfile.imports.memory import recall
from cardfile.imports.name_book import read_titles
from cardfile.imports.plan import SheetPlan
from cardfile.imports.portions import SheetWork, WorkOptions
from cardfile.imports.probing import Probe, require_identities
from cardfile.imports.starting import Choices, importable_type, probe_file
from cardfile.imports.targets import Place, places_of
from cardfile.journal.calls import Call
from cardfile.journal.entries import Entry
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.record_types import RecordType
from cardfile.spreadsheets.cells import Cell, Row, column_letters
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter
from cardfile.values.cell import shown
from cardfile.values.phone import format_phone

__all__ = [
    "ImportPreview",
    "PreviewCell",
    "PreviewColumn",
    "PreviewField",
    "PreviewRow",
    "PreviewSheet",
    "Tried",
    "preview_columns",
    "preview_of",
    "try_sample",
]

_SHOWN_ROWS: Final = 20


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
    """A row as it would be understood, what would become of it, and its cells as they stand there, from A on."""

    row: int
    outcome: str
    cells: list[PreviewCell]
    issues: list[str]
    raw: list[str]


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
    review: int
    refused: int
    ignored: int


async def preview_of(call: Call, path: Path, stored: StoredFile, choices: Choices) -> ImportPreview:
    """Return how the list in a file would be understood."""
    record_type = importable_type(call, choices.entity)
    places = places_of(call.app.model, record_type, call.rights)
    host = host_of(call.app)
    quick = host.sheets.limits.quick
    found = await probe_file(
        host.sheets, path, record_type, places, choices.wishes, await recall(host, record_type.key),
        locale=call.locale, limits=quick, wait=quick.patience_seconds,
    )  # fmt: skip
    plan, first = found.plan(), found.chosen[0]
    require_identities(call.app.model, plan)
    options = WorkOptions(choices.duplicates, choices.assign_to, remembers=True)
    tried = await try_sample(call, plan.sheets[0], first.sample, options)
    counts = tried.counts
    return ImportPreview(
        file_name=stored.name,
        size=stored.size,
        sheets=[PreviewSheet(one.name, one.is_visible, one.about) for one in found.sheets],
        sheet=first.sheet.name,
        header_row=first.header.row,
        columns=preview_columns(first, places, call.locale),
        fields=[PreviewField(place.path, place.title(call.locale)) for place in places.values()],
        rows=tried.rows,
        counted=counts.read,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        duplicate=counts.duplicate,
        review=counts.review,
        refused=counts.refused,
        ignored=counts.ignored,
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """What would become of the first rows of a sheet: the counts, and the first of them as they are shown."""

    counts: ImportCounts
    rows: list[PreviewRow]


async def try_sample(call: Call, plan: SheetPlan, sample: Sequence[Row], options: WorkOptions) -> Tried:
    """Return what would become of the first rows of a sheet; nothing is written."""
    work = await SheetWork.of(host_of(call.app), call.actor, plan, options)
    sorter = RowSorter(header_of(plan), sample)
    kinds = list(sorter.sort(sample))
    decisions = await work.decide(
        call.work, await work.read([row for kind, row in kinds if kind is RowKind.DATA])
    )
    groups = [skipped(row) for kind, row in kinds if kind is RowKind.ASIDE]
    told = sorted((*decisions, *groups), key=lambda one: one.row.number)[:_SHOWN_ROWS]
    raw = dict(sample)
    counts = ImportCounts().plus([one.outcome for one in decisions], sorter.counts)
    return Tried(counts, await _shown(call, told, raw, work))


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


async def _shown(
    call: Call, decisions: Sequence[Decision], raw: Mapping[int, Sequence[Cell]], work: SheetWork
) -> list[PreviewRow]:
    reading, places = replace(call.work.reading, locale=call.locale), work.places
    titles = await _titles(call, decisions, work.record_type)
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
        texts = ["" if cell is None else shown(cell) for cell in raw[row.number]]
        rows.append(PreviewRow(row.number, one.outcome.value, cells, issues, texts))
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
