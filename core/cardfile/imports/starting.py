"""Setting up an import: the file is looked at, the plan settled, the choices kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from cardfile.access.files import StoredFile
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.imports.host import ImportHost, host_of
from cardfile.imports.importers import require_heir_in_reach
from cardfile.imports.memory import Memory, recall, remember
from cardfile.imports.plan import ImportPlan
from cardfile.imports.probing import FileProbe, Wishes, look_over, require_identities
from cardfile.imports.results import keep_result, read_result
from cardfile.imports.seen import probe_text, sample_text
from cardfile.imports.tables import DuplicateMode, Import, ImportState, Result, Stage
from cardfile.imports.targets import Place, places_of
from cardfile.journal.calls import Call
from cardfile.model.record_types import RecordType
from cardfile.rights import Rights, Scope
from cardfile.spreadsheets.limits import FileLimits
from cardfile.spreadsheets.reader import ReadersBusy, SheetReaders

__all__ = [
    "BEFORE_RUN",
    "Choices",
    "find_unfinished",
    "first_sheet",
    "importable_type",
    "keep_import",
    "keep_look",
    "look_at",
    "probe_file",
    "read_wishes",
    "require_import",
]

_AT_ONCE: Final = 2_000_000
"""Up to how many bytes a file is looked at before the import is made."""


BEFORE_RUN: Final = (ImportState.UPLOADED, ImportState.PROBED, ImportState.CHECKED)
"""The states of an import that has not begun to write."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody has chosen for an import.

    `known_by` are the fields by which a record of the list is recognised, instead of those that are usual.
    With `strict` a cell that cannot be read refuses its row.
    """

    wishes: Wishes = field(default_factory=Wishes)
    duplicates: DuplicateMode = DuplicateMode.SKIP
    assign_to: int | None = None
    entity: str = "client"
    known_by: tuple[str, ...] = ()
    strict: bool = False

    @property
    def columns(self) -> dict[str, object]:
        """The choices by the columns of the import's table; wishes are kept beside it."""
        return {
            "entity": self.entity,
            "duplicates": self.duplicates.value,
            "assign_to": self.assign_to,
            "known_by": orjson.dumps(self.known_by).decode() if self.known_by else None,
            "strict": self.strict,
        }


def importable_type(call: Call, entity: str) -> RecordType:
    """Return the record type; raises `InvalidInput` when lists of it cannot be imported, `NotAllowed`."""
    model = call.app.model
    known = [one.key for one in model if one.entity.importable]
    if entity not in known:
        raise InvalidInput(
            "Lists of {entity} cannot be imported; possible are: {known}.",
            entity=entity,
            known=", ".join(known),
        )
    require_import(call.rights, entity)
    return model[entity]


def require_import(rights: Rights, entity: str) -> None:
    """Raise `NotAllowed` unless somebody may import records of `entity`."""
    if rights.scope(entity, "import") is Scope.NONE:
        raise NotAllowed("You may not import these.")


async def probe_file(
    sheets: SheetReaders,
    path: Path,
    record_type: RecordType,
    places: Mapping[str, Place],
    wishes: Wishes,
    memory: Memory,
    *,
    locale: str,
    limits: FileLimits | None = None,
    wait: float | None = None,
) -> FileProbe:
    """Return the first look at the lists in a file, read by a process of its own."""
    async with sheets.open(path, limits=limits, wait=wait) as file:
        return await look_over(file, record_type, places, wishes, memory, locale=locale)


async def look_at(call: Call, file: StoredFile, choices: Choices) -> FileProbe | None:
    """Return the first look at a stored file, for `keep_import`; outside of a transaction, for it takes a while.

    None for a large file, and where other lists are being read: it is looked at in the background.
    """
    host = host_of(call.app)
    record_type = importable_type(call, choices.entity)
    if file.size > _AT_ONCE:
        return None
    places = places_of(call.app.model, record_type, call.rights)
    path = host.access.files.store.path(file.sha256)
    quick = host.sheets.limits.quick
    try:
        return await probe_file(
            host.sheets, path, record_type, places, choices.wishes, await recall(host, record_type.key),
            locale=call.locale, limits=quick, wait=quick.patience_seconds,
        )  # fmt: skip
    except ReadersBusy:
        return None


async def keep_import(
    call: Call, file: StoredFile, choices: Choices, *, found: FileProbe | None = None, pause: bool = False
) -> Import:
    """Make the import of a stored file, ready to run; what is wrong with the file or the choices is refused.

    A file that was not looked at yet (`found`, from `look_at`) is looked at in the background: nobody may keep
    the database's one writer waiting for so long. With `pause` nothing is done but that look.
    """
    record_type = importable_type(call, choices.entity)
    require_heir_in_reach(record_type, call.actor, choices.assign_to)
    if found is not None and not pause:
        require_identities(call.app.model, found.plan())
    (batch,) = await call.work.transaction.reserve_ids("event", 1)
    values: dict[str, object] = {
        "owner": call.actor.user,
        "file": file.id,
        "file_name": file.name,
        "sha256": file.sha256,
        "size": file.size,
        "sheet": "",
        **choices.columns,
        "batch": batch,
    }
    if not pause:
        values["stage"] = Stage.RUN.value
    elif found is None:
        values["stage"] = Stage.PROBE.value
    else:
        values["state"] = ImportState.PROBED.value
    if found is not None:
        values |= first_sheet(found.plan())
    made = await call.create(Import, values)
    host = host_of(call.app)
    await keep_result(host, Result.WISHES, made.id, orjson.dumps(asdict(choices.wishes)).decode())
    if found is not None:
        await keep_look(host, made.id, found)
        await remember(host, found.plan(), choices.wishes.mapping)
    return made


def first_sheet(plan: ImportPlan) -> dict[str, object]:
    """Return by the columns of the import's table what tells of its first sheet."""
    first = plan.sheets[0]
    return {"entity": first.entity, "sheet": first.sheet, "header_row": first.header_row}


async def keep_look(app: ImportHost, number: int, found: FileProbe) -> None:
    """Keep what a look at the file has told, and what is to be made of it unless somebody says otherwise."""
    await keep_result(app, Result.PROBE, number, probe_text(found))
    await keep_result(app, Result.SAMPLE, number, sample_text(found))
    await keep_result(app, Result.PLAN, number, found.plan().to_text())


async def read_wishes(app: ImportHost, number: int) -> Wishes:
    """Return what was asked for when an import was started."""
    told = orjson.loads(await read_result(app, Result.WISHES, number) or "{}")
    return Wishes(**{**told, "sheets": tuple(told.get("sheets", ()))})


async def find_unfinished(
    call: Call, sha256: str, found: FileProbe | None, choices: Choices, *, pause: bool = False
) -> Import | None:
    """Return the import of the same person and list that is not over, None when there is none.

    Raises `Refused` when it was begun with other choices: two at once would bring every row in twice. One that
    waits to be told what to do is found whatever was chosen for it, if the new one would wait, too (`pause`).
    """
    wanted: dict[str, Any] = {
        "sha256": {"eq": sha256},
        "state": {"in": [*(one.value for one in BEFORE_RUN), ImportState.RUNNING.value]},
    }
    host = host_of(call.app)
    for kept in await call.find(Import, filter=wanted, order=("-id",), limit=20):
        wishes = await read_wishes(host, kept.id)
        text = await read_result(host, Result.PLAN, kept.id)
        plan = ImportPlan.of(text) if text is not None else None
        is_other = (kept.owner, kept.entity) != (call.actor.user, choices.entity)
        if is_other or not _is_same_sheet(wishes, plan, found, choices):
            continue
        if pause and kept.stage != Stage.RUN.value:
            return kept
        told = {name: getattr(kept, name) for name in choices.columns}
        if told != choices.columns or not _is_same_look(wishes, plan, found, choices):
            raise Refused(
                "Import {number} of this list is not over and was begun with other choices: "
                "begin with the same ones to go on with it, or stop it first.",
                number=kept.id,
            )
        return kept
    return None


def _is_same_sheet(
    wishes: Wishes, plan: ImportPlan | None, found: FileProbe | None, choices: Choices
) -> bool:
    """Tell whether an import may be of a sheet that is wanted now, as far as that is known."""
    known = {one.sheet for one in plan.sheets} if plan is not None else set(wishes.sheets)
    wanted = {one.sheet.name for one in found.chosen} if found is not None else set(choices.wishes.sheets)
    return not known or not wanted or not known.isdisjoint(wanted)


def _is_same_look(wishes: Wishes, plan: ImportPlan | None, found: FileProbe | None, choices: Choices) -> bool:
    """Tell whether an import understands its list as is wanted now, as far as that is known."""
    return wishes == choices.wishes or (
        plan is not None and found is not None and found.plan().sheets == plan.sheets
    )
