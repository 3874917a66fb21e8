"""The commands on imports: look at a list, bring it in, stop, take it back, tell what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

import orjson

from cardfile.access.file_table import File
from cardfile.access.files import StoredFile
from cardfile.access.tables import User
from cardfile.errors import NotAllowed, Refused
from cardfile.imports.host import host_of
from cardfile.imports.issues import issues_from_text
from cardfile.imports.kept_import import Halted
from cardfile.imports.previewing import ImportPreview, preview_of
from cardfile.imports.probing import Probe, Wishes
from cardfile.imports.running import run_import
from cardfile.imports.starting import Choices, find_unfinished, keep_import, look_at
from cardfile.imports.tables import DuplicateMode, Import, ImportState
from cardfile.jobs import JobKind, JobRun
from cardfile.jobs.tables import Job, State
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.journal.kept import KeptAsIs, kept_as_is
from cardfile.journal.undo import revert_batch
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING

__all__ = [
    "COMMANDS",
    "JOBS",
    "ImportIssues",
    "ImportUndone",
    "KeptAsIs",
    "RowIssue",
    "cancel_import",
    "issues_of_import",
    "preview_import",
    "start_import",
    "undo_import",
]

RUN: Final = "run_import"
MOST_ISSUES: Final = 1_000


@dataclass(frozen=True, slots=True)
class ImportUndone:
    """What an undo did: new records archived, changed ones put back, and what stays because of later edits."""

    archived: int
    restored: int
    kept: list[KeptAsIs]
    kept_total: int


@dataclass(frozen=True, slots=True)
class RowIssue:
    """Something noticed about a cell or a row of the list."""

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
) -> Probe | None:
    await _require_all_rights(call)
    choices = _choices(duplicates, owner, mapping, sheet, header_row)
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
    header_row: Annotated[int | None, "The row of the header; found unless told."] = None,
) -> Import:
    """Bring in the list in an uploaded file, in the background.

    `mapping` gives a field (`fitness.goal`, or its label) for a column by its name or letter, null to leave
    the column out; what it does not name is guessed. `owner` gets all new records that name nobody. An import
    of the same list that was cut off is gone on with, and no second one is begun.
    """
    choices = _choices(duplicates, owner, mapping, sheet, header_row)
    stored = await _stored(call, file)
    found = call.prepared if isinstance(call.prepared, Probe) else None
    unfinished = await find_unfinished(call, stored.sha256, found, choices)
    made = unfinished or await keep_import(call, stored, choices, found=found)
    if unfinished is None:
        call.be_about(made)
    await _have_it_done(call, made)
    return made


def _choices(
    duplicates: DuplicateMode,
    owner: User | None,
    mapping: dict[str, object] | None,
    sheet: str | None,
    header_row: int | None,
) -> Choices:
    wishes = Wishes(sheet, header_row, _read_mapping(mapping))
    return Choices(wishes, DuplicateMode(duplicates), owner.id if owner is not None else None)


async def _have_it_done(call: Call, made: Import) -> None:
    """Put in the job of an import, unless one waits already or is at it."""
    payload = {"import": made.id}
    is_open = Job.state.is_in([State.WAITING.value, State.RUNNING.value])
    is_its = (Job.kind == RUN) & (Job.payload == orjson.dumps(payload).decode())
    if not await call.run(Job.exists().where(is_its & is_open)):
        await host_of(call.app).jobs.enqueue(RUN, payload)


async def _require_all_rights(call: Call) -> None:
    """Refuse a token that may less than its person: the import is done later, with the rights of the person."""
    if call.actor.token is None or call.actor.user is None:
        return
    whole = await host_of(call.app).access.directory.rights(call.actor.user, call.now)
    if whole is None or (whole.scopes, whole.shared) != (call.rights.scopes, call.rights.shared):
        raise NotAllowed(
            "An import is started by a person, or with a token that may all that its person may."
        )


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
    header_row: Annotated[int | None, "The row of the header; found unless told."] = None,
) -> ImportPreview:
    """Say how a list would be understood, and what would become of its first rows; nothing is written."""
    wishes = Wishes(sheet, header_row, _read_mapping(mapping))
    stored = await _stored(call, file)
    path = host_of(call.app).access.files.store.path(stored.sha256)
    return await preview_of(call, path, stored, Choices(wishes, DuplicateMode(duplicates)))


@command("import.cancel", label={"en": "Stop", "ru": "Остановить"})
async def cancel_import(call: Call, started: Import) -> Import:
    """Stop an import that waits or runs; what it has done until now stays, and can be taken back."""
    if started.state not in (ImportState.UPLOADED, ImportState.RUNNING):
        raise Refused("This import is over.")
    return await call.write(started, state=ImportState.CANCELLED.value, finished_at=call.now)


@command("import.undo", label={"en": "Undo the import", "ru": "Отменить импорт"})
async def undo_import(call: Call, done: Import) -> ImportUndone:
    """Take an import back: its new records are archived, changed fields get their earlier values.

    What people have changed since then stays as it is and is told.
    """
    if done.state == ImportState.UNDONE:
        raise Refused("This import was undone already.")
    if done.state in (ImportState.UPLOADED, ImportState.RUNNING):
        raise Refused("This import is not over: stop it first.")
    if not done.rows_created and not done.rows_updated:
        raise Refused("This import has changed nothing, so there is nothing to undo.")
    assert done.batch is not None, "an import has its batch from the beginning"
    reverted = await revert_batch(call.work, done.batch)
    await call.write(done, state=ImportState.UNDONE.value)
    kept = await kept_as_is(call, reverted.kept)
    call.record(
        "import.undone", done, archived=reverted.archived, restored=reverted.restored, kept=len(reverted.kept)
    )
    return ImportUndone(reverted.archived, reverted.restored, kept, len(reverted.kept))


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
) -> ImportIssues:
    """Tell what was noticed in the rows of an import, in the caller's language, by their place in the list."""
    if not 1 <= first <= MOST_ISSUES:
        raise Refused("Between 1 and {most} can be told at once.", most=MOST_ISSUES, path=("first",))
    wanted: dict[str, object] = {
        "origin": {"id": {"eq": done.id}},
        "row": {"gt": after_row},
        "issues": {"isNull": False},
    }
    if show == IssueScope.REFUSED:
        wanted["outcome"] = {"eq": "refused"}
    rows = await fetch_records(
        call.app.database,
        call.app.model,
        call.app.model["import_row"],
        call.rights,
        now=call.now,
        filter=wanted,
        order=("row",),
        limit=first + 1,
    )
    found = [
        RowIssue(
            int(str(row["row"])), one.address, one.column, str(row["outcome"]), one.code, one.say(call.texts)
        )
        for row in rows[:first]
        for one in issues_from_text(row["issues"])
    ]
    return ImportIssues(found, len(rows) > first)


async def run_import_job(run: JobRun) -> None:
    """Do an import in the background, from where it is."""
    try:
        await run_import(run.app, int(run.payload["import"]))
    except Halted:
        rows = await fetch_records(
            run.app.database,
            run.app.model,
            run.app.model["import"],
            EVERYTHING,
            now=run.now,
            ids=[int(run.payload["import"])],
            paths=("state",),
        )
        if rows and rows[0]["state"] == ImportState.RUNNING:
            raise  # Somebody else is at it: look again later whether he came to the end.
    except Refused:
        return  # The import itself says why it failed; another try would fail in the same way.


async def _stored(call: Call, file: File) -> StoredFile:
    files = host_of(call.app).access.files
    return await files.find(call.app.model, call.app.model["file"].global_id(file.id), call.rights)


def _read_mapping(mapping: dict[str, object] | None) -> dict[str, str | None]:
    return {
        str(column): None if path in (None, "", "-") else str(path)
        for column, path in (mapping or {}).items()
    }


COMMANDS: Final = (start_import, preview_import, cancel_import, undo_import, issues_of_import)
"""The commands of this room."""

# Each portion finds out for itself whether somebody else is at it, so that whoever takes an import up while
# the process that was killed might still live does no harm: nobody should wait for it for long.
JOBS: Final = (JobKind(RUN, run_import_job, transactional=False, lease=timedelta(seconds=30)),)
"""What this room does in the background."""
