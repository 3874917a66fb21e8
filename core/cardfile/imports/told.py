"""What an import tells of its stages: how far it is, what was seen, what is planned, what came of it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cardfile.imports.host import host_of
from cardfile.imports.issues import Issue
from cardfile.imports.kept_import import options_of
from cardfile.imports.mapping import known_words
from cardfile.imports.plan import ImportPlan, SheetPlan
from cardfile.imports.previewing import PreviewField, PreviewRow, try_sample
from cardfile.imports.results import read_results
from cardfile.imports.seen import samples_of, sheets_of
from cardfile.imports.sheet_sense import is_list, likely_entity
from cardfile.imports.tables import Import, Result
from cardfile.imports.taking_back import TakingBack
from cardfile.imports.targets import Place, places_of
from cardfile.imports.trying import DryRun
from cardfile.journal.calls import Call
from cardfile.journal.kept import KeptAsIs, kept_as_is
from cardfile.model.batch_fields import BatchField
from cardfile.query.rows import fetch_records
from cardfile.rights import Scope
from cardfile.spreadsheets.cells import column_letters

__all__ = ["BATCH_FIELDS"]

MOST: Final = 20
"""Of how many imports of one answer what takes reading is told."""

_PROGRESS: Final = ("stage", "stage_rows", "stage_about", "stage_speed", "stage_at")


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far the stage is: rows (or, when it is taken back, records) dealt with, of about how many; its speed."""

    stage: str | None
    rows: int
    about: int | None
    rows_per_second: int | None
    seconds_left: int | None


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A column, and the field that it goes to; without one it is left out."""

    letter: str
    name: str
    field: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class PlannedSheet:
    """A sheet, each row of which is an `entity`; `header_row` is the last row of its header, 0 without one."""

    sheet: str
    entity: str
    header_row: int
    header_rows: int
    columns: list[PlannedColumn]
    fields: list[PreviewField]


@dataclass(frozen=True, slots=True)
class PlannedImport:
    """What is to be made of a file; `fields` of a sheet are all that its columns may go to."""

    sheets: list[PlannedSheet]


@dataclass(frozen=True, slots=True)
class ProbedColumn:
    """A column, the field that it was taken for, how sure that is (0 to 1), why, and what stands in it.

    Of one that was taken for none a field of the kind `proposal` might be made, with `choices` if it is a choice;
    with `is_note` it rather belongs to the comment.
    """

    letter: str
    name: str
    field: str | None
    confidence: float
    reason: str | None
    samples: list[str]
    proposal: str | None
    choices: list[str]
    is_note: bool


@dataclass(frozen=True, slots=True)
class ProbedSheet:
    """A sheet: about how many rows it has, whether it was taken for the list, what was seen in it.

    `is_list` tells whether it reads like a list at all, `likely_entity` what its rows seem to be by its headings.
    """

    sheet: str
    is_visible: bool
    about: int | None
    is_chosen: bool
    entity: str | None
    header_row: int | None
    header_rows: int | None
    columns: list[ProbedColumn]
    is_list: bool
    likely_entity: str | None


@dataclass(frozen=True, slots=True)
class ProbedFile:
    """What a look at the file has told."""

    sheets: list[ProbedSheet]


@dataclass(frozen=True, slots=True)
class SampledSheet:
    """The first rows of a sheet beside what would become of them, and the counts of all that were looked at."""

    sheet: str
    rows: list[PreviewRow]
    counted: int
    created: int
    updated: int
    unchanged: int
    duplicate: int
    review: int
    refused: int
    ignored: int


@dataclass(frozen=True, slots=True)
class SampledImport:
    """What would become of the first rows of each sheet; asked anew each time, and nothing is written."""

    sheets: list[SampledSheet]


@dataclass(frozen=True, slots=True)
class CheckIssue:
    """Something that was noticed in a row when the import was tried out."""

    sheet: str
    row: int
    address: str
    column: str | None
    outcome: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckTally:
    """How often the same was noticed in a column; about whole rows when `column` is null."""

    sheet: str
    column: str | None
    code: str
    times: int
    example: str


@dataclass(frozen=True, slots=True)
class CheckedImport:
    """What would become of the whole file, the first five hundred rows with issues, and how often what was."""

    read: int
    created: int
    updated: int
    unchanged: int
    duplicate: int
    review: int
    refused: int
    ignored: int
    issues: list[CheckIssue]
    tallies: list[CheckTally]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How far the taking back is: of `records` so many are `done`; what keeps later edits, the first of them named."""

    records: int | None
    done: int
    archived: int
    restored: int
    kept_total: int
    kept: list[KeptAsIs]


async def progress_of(call: Call, ids: Sequence[int]) -> Mapping[int, ImportProgress]:
    """Return how far the stages of imports are."""
    rows = await fetch_records(
        call.app.database, call.app.model, call.app.model["import"], call.rights, now=call.now,
        ids=ids, paths=_PROGRESS,
    )  # fmt: skip
    return {int(str(row["id"])): _progress(call, row) for row in rows}


def _progress(call: Call, row: Mapping[str, Any]) -> ImportProgress:
    rows, about, speed = row["stage_rows"], row["stage_about"], row["stage_speed"]
    left: int | None = None
    if row["stage"] is not None and about is not None and speed:
        since = call.now - row["stage_at"] if row["stage_at"] is not None else timedelta()
        left = max(0, round((about - rows) / speed - since.total_seconds()))
    return ImportProgress(row["stage"], rows, about, speed, left)


async def plans_of(call: Call, ids: Sequence[int]) -> Mapping[int, PlannedImport]:
    """Return what is to be made of the files of imports."""
    told = await read_results(host_of(call.app), Result.PLAN, ids[:MOST])
    return {
        number: PlannedImport([_planned(call, one) for one in ImportPlan.of(text).sheets])
        for number, text in told.items()
    }


def _planned(call: Call, plan: SheetPlan) -> PlannedSheet:
    places = _places(call, plan.entity)
    return PlannedSheet(
        plan.sheet,
        plan.entity,
        plan.header_row,
        plan.header_rows,
        [
            PlannedColumn(
                column_letters(one.index),
                one.name,
                one.path,
                places[one.path].title(call.locale) if one.path and one.path in places else None,
            )
            for one in plan.columns
        ],
        [PreviewField(place.path, place.title(call.locale)) for place in places.values()],
    )


def _places(call: Call, entity: str) -> Mapping[str, Place]:
    """Return where columns may go, nothing for who may not import such records."""
    if entity not in call.app.model or call.rights.scope(entity, "import") is Scope.NONE:
        return {}
    return places_of(call.app.model, call.app.model[entity], call.rights)


async def probes_of(call: Call, ids: Sequence[int]) -> Mapping[int, ProbedFile]:
    """Return what looks at the files of imports have told."""
    told = await read_results(host_of(call.app), Result.PROBE, ids[:MOST])
    known = _known_headings(call) if told else {}
    return {
        number: ProbedFile(
            [
                ProbedSheet(
                    one.name, one.is_visible, one.about, one.is_chosen, one.entity, one.header_row,
                    one.header_rows,
                    [
                        ProbedColumn(
                            column_letters(column.index), column.name, column.path, column.confidence,
                            column.reason, list(column.samples), column.proposal, list(column.choices),
                            column.is_note,
                        )
                        for column in one.columns
                    ],
                    is_list(
                        len(one.columns),
                        sum(column.path is not None for column in one.columns),
                        sum(bool(column.samples) for column in one.columns),
                    ),
                    likely_entity([column.name for column in one.columns], known, one.entity),
                )
                for one in sheets_of(text)
            ]
        )
        for number, text in told.items()
    }  # fmt: skip


def _known_headings(call: Call) -> Mapping[str, Set[str]]:
    """Return the headings by which the fields are known of all that this person may import."""
    found: dict[str, Set[str]] = {}
    for record_type in call.app.model:
        if record_type.entity.importable and (places := _places(call, record_type.key)):
            own = [place.target for place in places.values() if not place.target.is_of_another]
            found[record_type.key] = known_words(own)
    return found


async def samples_tried(call: Call, ids: Sequence[int]) -> Mapping[int, SampledImport]:
    """Return what would become of the first rows of one import; it is asked of one at a time."""
    if len(ids) != 1:
        return {}
    host, found = host_of(call.app), list[SampledSheet]()
    plans = await read_results(host, Result.PLAN, ids)
    kept = await read_results(host, Result.SAMPLE, ids)
    for number in plans.keys() & kept.keys():
        row = await call.get(Import, number)
        options = options_of(await call.values(row), writes=False)
        samples = samples_of(kept[number])
        for plan in ImportPlan.of(plans[number]).sheets:
            if plan.sheet not in samples or not _places(call, plan.entity):
                continue
            tried = await try_sample(call, plan, samples[plan.sheet], options)
            one = tried.counts
            found.append(
                SampledSheet(
                    plan.sheet, tried.rows, one.read, one.created, one.updated, one.unchanged,
                    one.duplicate, one.review, one.refused, one.ignored,
                )
            )  # fmt: skip
        return {number: SampledImport(found)}
    return {}


async def checks_of(call: Call, ids: Sequence[int]) -> Mapping[int, CheckedImport]:
    """Return what came of trying imports out."""
    host = host_of(call.app)
    told = await read_results(host, Result.CHECK, ids[:MOST])
    plans = await read_results(host, Result.PLAN, list(told))
    return {
        number: _checked(call, DryRun.of(text), ImportPlan.of(plans[number])) for number, text in told.items()
    }


def _checked(call: Call, found: DryRun, plan: ImportPlan) -> CheckedImport:
    names, one = [sheet.sheet for sheet in plan.sheets], found.counts
    issues = [
        CheckIssue(
            names[row.sheet], row.row, issue.address, issue.column, row.outcome, issue.code,
            issue.say(call.texts),
        )
        for row in found.noted
        for issue in row.issues
    ]  # fmt: skip
    examples: dict[tuple[int, str | None, str, str], Issue] = {}
    for row in found.noted:
        for issue in row.issues:
            examples.setdefault((row.sheet, issue.column, issue.code, issue.template), issue)
    tallies = [
        CheckTally(
            names[tally.sheet], tally.column, tally.code, tally.times,
            example.say(call.texts) if example is not None else "",
        )
        for tally in found.tallies
        for example in [examples.get((tally.sheet, tally.column, tally.code, tally.template))]
    ]  # fmt: skip
    return CheckedImport(
        one.read, one.created, one.updated, one.unchanged, one.duplicate, one.review, one.refused,
        one.ignored, issues, tallies,
    )  # fmt: skip


async def taken_back(call: Call, ids: Sequence[int]) -> Mapping[int, TakenBack]:
    """Return how far the taking back of imports is."""
    told = await read_results(host_of(call.app), Result.UNDO, ids[:MOST])
    found: dict[int, TakenBack] = {}
    for number, text in told.items():
        one = TakingBack.of(text)
        kept = await kept_as_is(call, one.kept)
        found[number] = TakenBack(one.records, one.done, one.archived, one.restored, one.kept_total, kept)
    return found


BATCH_FIELDS: Final = (
    BatchField("progress", {"en": "Progress", "ru": "Ход"}, ImportProgress, progress_of, tells=_PROGRESS),
    BatchField("plan", {"en": "Plan", "ru": "План"}, PlannedImport, plans_of),
    BatchField("probe", {"en": "First look", "ru": "Что увидено"}, ProbedFile, probes_of),
    BatchField("preview", {"en": "Preview", "ru": "Предпросмотр"}, SampledImport, samples_tried),
    BatchField("check", {"en": "Dry run", "ru": "Проверка"}, CheckedImport, checks_of),
    BatchField("undo", {"en": "Taking back", "ru": "Отмена"}, TakenBack, taken_back),
)
"""What Python tells of imports."""
