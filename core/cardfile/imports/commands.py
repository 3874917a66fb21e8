"""The commands on imports: look at a list, bring it in, stop, take it back, tell what came of it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final

from cardfile.access.file_table import File
from cardfile.access.files import StoredFile
from cardfile.access.tables import User
from cardfile.errors import Refused
from cardfile.imports.doing import have_it_done, have_it_finished
from cardfile.imports.host import host_of
from cardfile.imports.issues import issues_from_text
from cardfile.imports.kept_import import UNFINISHED
from cardfile.imports.previewing import ImportPreview, preview_of
from cardfile.imports.probing import FileProbe, Wishes
from cardfile.imports.results import drop_result, keep_result
from cardfile.imports.reviews import REVIEWING
from cardfile.imports.setting_up import SETTING_UP, read_mapping, require_all_rights
from cardfile.imports.starting import Choices, find_unfinished, keep_import, look_at
from cardfile.imports.tables import DuplicateMode, Import, ImportState, Result, Stage
from cardfile.imports.taking_back import TakingBack, read_taking_back
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.journal.kept import MOST_KEPT, KeptAsIs, kept_as_is
from cardfile.journal.undo import revert_batch
from cardfile.query.rows import fetch_records

__all__ = [
    "COMMANDS",
    "ImportIssues",
    "ImportUndone",
    "KeptAsIs",
    "RowIssue",
    "cancel_import",
    "issues_of_import",
    "preview_import",
    "start_import",
    "undo_import",
    "undone_of",
]

MOST_ISSUES: Final = 1_000
AT_ONCE: Final = 100
"""Up to how many rows an import may have changed for it to be taken back while whoever asked for it waits."""


@dataclass(frozen=True, slots=True)
class ImportUndone:
    """What an undo did: new records archived, changed ones put back, and what stays because of later edits.

    A large one is done in the background, and the import tells then what came of it: `is_over` is False.
    """

    archived: int
    restored: int
    kept: list[KeptAsIs]
    kept_total: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class RowIssue:
    """Something noticed about a cell or a row of the list; `sheet` is the place of its sheet in the plan."""

    sheet: int
    row: int
    address: str
    column: str | None
    outcome: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportIssues:
    """What was noticed in a list; `has_more` tells that further rows have issues."""

    issues: list[RowIssue]
    has_more: bool


class IssueScope(StrEnum):
    """Which rows one wants to be told of."""

    ALL = "all"
    REFUSED = "refused"


async def _look_before(
    call: Call,
    file: File,
    duplicates: DuplicateMode = DuplicateMode.SKIP,
    owner: User | None = None,
    mapping: dict[str, object] | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
    entity: str = "client",
    *,
    pause: bool = False,
) -> FileProbe | None:
    await require_all_rights(call)
    choices = _choices(duplicates, owner, mapping, sheet, header_row, entity)
    return await look_at(call, await _stored(call, file), choices)


@command(
    "import.start",
    label={"en": "Import a list", "ru": "Импортировать список"},
    prepare=_look_before,
)
async def start_import(
    call: Call,
    file: Annotated[File, "The uploaded list."],
    duplicates: Annotated[DuplicateMode, "What to do with rows that are known already."] = DuplicateMode.SKIP,
    owner: Annotated[User | None, "Who gets the new records that name nobody."] = None,
    mapping: Annotated[
        dict[str, object] | None, "The field for a column by its name or letter, null to leave it out."
    ] = None,
    sheet: Annotated[str | None, "The sheet; the one that looks most like a list unless told."] = None,
    header_row: Annotated[int | None, "The row of the header, 0 for none; found unless told."] = None,
    entity: Annotated[str, "What each row is: client, deal…"] = "client",
    *,
    pause: Annotated[bool, "Whether to wait after the first look, until importRun is told."] = False,
) -> Import:
    """Bring in the list in an uploaded file, in the background; or look at it and wait (`pause`).

    `mapping` gives a field (`fitness.goal`, or its label) for a column by its name or letter, null to leave
    the column out; what it does not name is guessed. `owner` gets all new records that name nobody. An import
    of the same list that was cut off is gone on with, and no second one is begun.
    """
    choices = _choices(duplicates, owner, mapping, sheet, header_row, entity)
    stored = await _stored(call, file)
    found = call.prepared if isinstance(call.prepared, FileProbe) else None
    unfinished = await find_unfinished(call, stored.sha256, found, choices, pause=pause)
    if unfinished is None:
        made = await keep_import(call, stored, choices, found=found, pause=pause)
        call.be_about(made)
    elif unfinished.stage or pause:
        made = unfinished
    else:
        made = await call.write(unfinished, stage=Stage.RUN.value)
    if made.stage:
        await have_it_finished(call, made.id)
    return made


def _choices(
    duplicates: DuplicateMode,
    owner: User | None,
    mapping: dict[str, object] | None,
    sheet: str | None,
    header_row: int | None,
    entity: str = "client",
) -> Choices:
    wishes = Wishes((sheet,) if sheet is not None else (), header_row, read_mapping(mapping))
    return Choices(wishes, DuplicateMode(duplicates), owner.id if owner is not None else None, entity)


@command(
    "import.preview",
    label={"en": "Look at a list", "ru": "Посмотреть список"},
    writes=False,
)
async def preview_import(
    call: Call,
    file: Annotated[File, "The uploaded list."],
    duplicates: Annotated[DuplicateMode, "What to do with rows that are known already."] = DuplicateMode.SKIP,
    mapping: Annotated[
        dict[str, object] | None, "The field for a column by its name or letter, null to leave it out."
    ] = None,
    sheet: Annotated[str | None, "The sheet; the one that looks most like a list unless told."] = None,
    header_row: Annotated[int | None, "The row of the header, 0 for none; found unless told."] = None,
    entity: Annotated[str, "What each row is: client, deal…"] = "client",
) -> ImportPreview:
    """Say how a list would be understood, and what would become of its first rows; nothing is written."""
    stored = await _stored(call, file)
    path = host_of(call.app).access.files.store.path(stored.sha256)
    choices = _choices(duplicates, None, mapping, sheet, header_row, entity)
    return await preview_of(call, path, stored, choices)


@command("import.cancel", label={"en": "Stop", "ru": "Остановить"})
async def cancel_import(call: Call, started: Import) -> Import:
    """Stop an import, whatever it is at; what it has done until now stays, and can be taken back.

    One that is being taken back is what it was before, and what was taken back until now stays so; rows that are
    being settled wait for a decision again.
    """
    if started.stage == Stage.SETTLE.value:
        await drop_result(host_of(call.app), Result.CHOSEN, started.id)
        return await call.write(started, stage=None)
    if started.state == ImportState.UNDOING:
        begun = await read_taking_back(host_of(call.app), started.id)
        was = begun.was if begun is not None else ImportState.DONE.value
        return await call.write(started, state=was, stage=None)
    if started.state not in UNFINISHED:
        raise Refused("This import is over.")
    return await call.write(started, state=ImportState.CANCELLED.value, stage=None, finished_at=call.now)


@command("import.undo", label={"en": "Undo the import", "ru": "Отменить импорт"})
async def undo_import(call: Call, done: Import) -> ImportUndone:
    """Take an import back: its new records are archived, changed fields get their earlier values.

    What people have changed since then stays as it is and is told. A large import is taken back in the
    background: it is UNDOING then, tells how far that is, and in the end what came of it.
    """
    if done.state == ImportState.UNDONE:
        raise Refused("This import was undone already.")
    if done.state in UNFINISHED or done.stage == Stage.SETTLE.value:
        raise Refused("This import is not over: stop it first.")
    host = host_of(call.app)
    begun = await read_taking_back(host, done.id)
    if begun is not None and done.state == ImportState.UNDOING:
        await have_it_finished(call, done.id)
        return await undone_of(call, begun, is_over=False)
    if not done.rows_created and not done.rows_updated:
        raise Refused("This import has changed nothing, so there is nothing to undo.")
    assert done.batch is not None, "an import has its batch from the beginning"
    if begun is None and done.rows_created + done.rows_updated <= AT_ONCE:
        return await _undo_at_once(call, done, done.batch)
    if begun is None:
        (batch,) = await call.work.transaction.reserve_ids("event", 1)
        begun = TakingBack(call.actor.user, batch, done.state)
    begun = replace(begun, by=call.actor.user, was=done.state)
    await keep_result(host, Result.UNDO, done.id, begun.to_text())
    told = {"stage_rows": begun.done, "stage_about": None, "stage_speed": None, "stage_at": None}
    state = {"state": ImportState.UNDOING.value, "stage": Stage.UNDO.value, "error": None}
    await call.write(done, {**state, **told})
    call.record("import.undo_started", done)
    await have_it_done(call, done.id)
    return await undone_of(call, begun, is_over=False)


async def _undo_at_once(call: Call, done: Import, batch: int) -> ImportUndone:
    reverted = await revert_batch(call.work, batch)
    await call.write(done, state=ImportState.UNDONE.value)
    call.record(
        "import.undone", done, archived=reverted.archived, restored=reverted.restored, kept=len(reverted.kept)
    )
    records = reverted.archived + reverted.restored
    begun = TakingBack(
        call.actor.user, reverted.batch, done.state, records, records, reverted.archived,
        reverted.restored, reverted.kept[:MOST_KEPT], len(reverted.kept),
    )  # fmt: skip
    await keep_result(host_of(call.app), Result.UNDO, done.id, begun.to_text())
    return await undone_of(call, begun, is_over=True)


async def undone_of(call: Call, begun: TakingBack, *, is_over: bool) -> ImportUndone:
    """Return what came of a taking back, in the caller's language."""
    kept = await kept_as_is(call, begun.kept)
    return ImportUndone(begun.archived, begun.restored, kept, begun.kept_total, is_over)


@command(
    "import.issues",
    label={"en": "What was noticed", "ru": "Замечания"},
    action="read",
    writes=False,
)
async def issues_of_import(
    call: Call,
    done: Import,
    show: Annotated[IssueScope, "Which rows to tell of."] = IssueScope.ALL,
    first: Annotated[int, "How many rows at most."] = 100,
    after_row: Annotated[int, "The row after which to go on."] = 0,
    sheet: Annotated[int | None, "One sheet, by its place in the plan from 0; all unless told."] = None,
) -> ImportIssues:
    """Tell what was noticed in the rows of an import, in the caller's language, by their place in the list."""
    if not 1 <= first <= MOST_ISSUES:
        raise Refused("Between 1 and {most} can be told at once.", most=MOST_ISSUES, path=("first",))
    wanted: dict[str, object] = {
        "origin": {"id": {"eq": done.id}},
        "row": {"gt": after_row},
        "issues": {"isNull": False},
    }
    if sheet is not None:
        wanted["sheet"] = {"eq": sheet}
    if show == IssueScope.REFUSED:
        wanted["outcome"] = {"eq": "refused"}
    rows = await fetch_records(
        call.app.database,
        call.app.model,
        call.app.model["import_row"],
        call.rights,
        now=call.now,
        filter=wanted,
        order=("sheet", "row"),
        limit=first + 1,
    )
    found = [
        RowIssue(
            int(str(row["sheet"])),
            int(str(row["row"])),
            one.address,
            one.column,
            str(row["outcome"]),
            one.code,
            one.say(call.texts),
        )
        for row in rows[:first]
        for one in issues_from_text(row["issues"])
    ]
    return ImportIssues(found, len(rows) > first)


async def _stored(call: Call, file: File) -> StoredFile:
    files = host_of(call.app).access.files
    return await files.find(call.app.model, call.app.model["file"].global_id(file.id), call.rights)


COMMANDS: Final = (
    start_import,
    preview_import,
    *SETTING_UP,
    *REVIEWING,
    cancel_import,
    undo_import,
    issues_of_import,
)
"""The commands of this room."""
