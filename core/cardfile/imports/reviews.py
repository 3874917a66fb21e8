"""The commands on rows that mean several records: show them, and say which one each of them means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

from cardfile.errors import InvalidInput, NotFound, Refused
from cardfile.imports.decisions import parts_from_text
from cardfile.imports.doing import have_it_done
from cardfile.imports.host import host_of
from cardfile.imports.issues import issues_from_text
from cardfile.imports.name_book import read_titles
from cardfile.imports.parts import MAIN
from cardfile.imports.results import keep_result, read_result
from cardfile.imports.setting_up import require_all_rights
from cardfile.imports.settling import Chosen, chosen_of, chosen_text
from cardfile.imports.tables import Import, ImportState, Outcome, Result, Stage
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.journal.signatures import RecordId
from cardfile.query.rows import fetch_records

__all__ = [
    "REVIEWING",
    "Candidate",
    "ImportReviews",
    "RowReview",
    "SettledRow",
    "reviews_of_import",
    "settle_import",
]

MOST: Final = 500
SETTLED_IN: Final = (ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that a row may mean; its name is empty where it may not be seen."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RowReview:
    """A row that means several records, in one of its parts (empty: in the record that the row itself is)."""

    sheet: int
    row: int
    part: str
    entity: str
    candidates: list[Candidate]
    messages: list[str]


@dataclass(frozen=True, slots=True)
class ImportReviews:
    """Rows that wait for somebody to say whom they mean; `has_more` tells that there are further ones."""

    reviews: list[RowReview]
    has_more: bool


class SettledBy(StrEnum):
    """What a row means."""

    TAKE = "take"
    NEW = "new"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class SettledRow:
    """What somebody says of a row: it is a record, a new one, or nothing shall come of it."""

    row: Annotated[int, "The row of the sheet."]
    choice: Annotated[SettledBy, "Take a record that is there, make a new one, or skip the row."]
    record: Annotated[RecordId | None, "The record, if one is taken."] = None
    part: Annotated[str, "The part of the row that is meant, empty for its own record."] = MAIN
    sheet: Annotated[int, "The sheet by its place in the plan, from 0."] = 0


@command(
    "import.reviews", label={"en": "What is to be settled", "ru": "Что нужно решить"}, action="read",
    writes=False,
)  # fmt: skip
async def reviews_of_import(
    call: Call,
    done: Import,
    first: Annotated[int, "How many rows at most."] = 100,
    after_row: Annotated[int, "The row after which to go on."] = 0,
    sheet: Annotated[int | None, "One sheet, by its place in the plan from 0; all unless told."] = None,
) -> ImportReviews:
    """Tell which rows mean several records, and which ones; nothing is done with such a row until it is settled."""
    if not 1 <= first <= MOST:
        raise Refused("Between 1 and {most} can be told at once.", most=MOST, path=("first",))
    wanted: dict[str, object] = {"row": {"gt": after_row}}
    if sheet is not None:
        wanted["sheet"] = {"eq": sheet}
    rows = await _in_review(call, done, wanted, limit=first + 1)
    parts = [(row, part) for row in rows[:first] for part in parts_from_text(row["parts"]) if _waits(part)]
    names: dict[str, Mapping[int, str]] = {}
    for entity in {str(part["entity"]) for _, part in parts}:
        ids = {one for _, part in parts if part["entity"] == entity for one in part["candidates"]}
        names[entity] = await read_titles(
            call.app.database, call.app.model, call.app.model[entity], call.rights, ids, now=call.now
        )
    found = [
        RowReview(
            int(str(row["sheet"])),
            int(str(row["row"])),
            str(part["part"]),
            str(part["entity"]),
            _candidates(call, part, names[str(part["entity"])]),
            [one.say(call.texts) for one in issues_from_text(row["issues"])],
        )
        for row, part in parts
    ]
    return ImportReviews(found, len(rows) > first)


@command(
    "import.settle", label={"en": "Settle rows", "ru": "Решить по строкам"}, action="start",
    event="import.settle_started",
)  # fmt: skip
async def settle_import(
    call: Call,
    done: Import,
    rows: Annotated[list[SettledRow], "What each of the rows means."],
) -> Import:
    """Say which records rows mean; they are brought in in the background, and an undo takes that back, too.

    A record that is taken gets what it lacks, whatever else happens to known records in this import.
    """
    await require_all_rights(call)
    if done.state not in SETTLED_IN:
        raise Refused("This import is not over: stop it first.")
    waiting: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
    for row in await _in_review(call, done, {"row": {"in": [one.row for one in rows]}}):
        parts = [part for part in parts_from_text(row["parts"]) if _waits(part)]
        waiting[int(str(row["sheet"])), int(str(row["row"]))] = parts
    host = host_of(call.app)
    said = {(one.sheet, one.row): one for one in chosen_of(await read_result(host, Result.CHOSEN, done.id))}
    for place, one in enumerate(rows):
        there = waiting.get((one.sheet, one.row))
        part = next((part for part in there or () if part["part"] == one.part), None)
        if part is None:
            raise NotFound("Row {row} waits for no decision.", row=one.row, path=("rows", str(place)))
        said[one.sheet, one.row] = _said(call, one, part, said.get((one.sheet, one.row)))
    await keep_result(host, Result.CHOSEN, done.id, chosen_text(list(said.values())))
    empty = {"stage_rows": 0, "stage_about": len(said), "stage_speed": None, "stage_at": None, "error": None}
    await call.write(done, {"stage": Stage.SETTLE.value, **empty})
    await have_it_done(call, done.id)
    return done


def _said(call: Call, one: SettledRow, part: Mapping[str, Any], before: Chosen | None) -> Chosen:
    """Return what was said of a row, other parts of it included."""
    records = dict(before.records) if before is not None else {}
    if one.choice is SettledBy.SKIP:
        return Chosen(one.sheet, one.row, records, is_skipped=True)
    if one.choice is SettledBy.NEW:
        records[one.part] = 0
        return Chosen(one.sheet, one.row, records)
    record_type = call.app.model[str(part["entity"])]
    number = record_type.local_id_or_none(str(one.record or ""))
    if number is None or number not in part["candidates"]:
        raise InvalidInput(
            "Row {row} does not mean {record}; it may mean: {candidates}.",
            row=one.row,
            record=one.record or "",
            candidates=", ".join(record_type.global_id(each) for each in part["candidates"]),
        )
    records[one.part] = number
    return Chosen(one.sheet, one.row, records)


def _waits(part: Mapping[str, Any]) -> bool:
    return part["outcome"] == Outcome.REVIEW.value and bool(part.get("candidates"))


def _candidates(call: Call, part: Mapping[str, Any], names: Mapping[int, str]) -> list[Candidate]:
    record_type = call.app.model[str(part["entity"])]
    return [Candidate(record_type.global_id(one), names.get(one, "")) for one in part["candidates"]]


async def _in_review(
    call: Call, done: Import, wanted: Mapping[str, object], *, limit: int | None = None
) -> Sequence[Mapping[str, object]]:
    return await fetch_records(
        call.app.database,
        call.app.model,
        call.app.model["import_row"],
        call.rights,
        now=call.now,
        filter={
            "origin": {"id": {"eq": done.id}}, "outcome": {"eq": Outcome.REVIEW.value}, **wanted,
        },
        order=("sheet", "row"),
        limit=limit,
    )  # fmt: skip


REVIEWING: Final = (reviews_of_import, settle_import)
"""The commands on rows that mean several records."""
