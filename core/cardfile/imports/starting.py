"""Setting up an import: the file is looked at, the mapping settled, the choices kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from cardfile.access.files import StoredFile
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.imports.host import host_of
from cardfile.imports.importers import require_heir_in_reach
from cardfile.imports.probing import Probe, Wishes, places_by_column, probe
from cardfile.imports.tables import DuplicateMode, Import, ImportState
from cardfile.imports.targets import Place, places_of
from cardfile.journal.calls import Call
from cardfile.model.record_types import RecordType
from cardfile.rights import Rights, Scope
from cardfile.spreadsheets.limits import FileLimits
from cardfile.spreadsheets.reader import ReadersBusy, SheetReaders

__all__ = [
    "QUICK",
    "Choices",
    "find_unfinished",
    "importable_type",
    "keep_import",
    "look_at",
    "probe_file",
    "understanding",
    "wishes_from_text",
]

_AT_ONCE: Final = 2_000_000
"""Up to how many bytes a file is looked at before the import is made."""

QUICK: Final = FileLimits(cpu_seconds=8, patience_seconds=8.0)
"""The limits of a look at a file while others wait."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody has chosen for an import."""

    wishes: Wishes = field(default_factory=Wishes)
    duplicates: DuplicateMode = DuplicateMode.SKIP
    assign_to: int | None = None
    entity: str = "client"


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
    *,
    locale: str,
    limits: FileLimits | None = None,
    wait: float | None = None,
) -> Probe:
    """Return the first look at the list in a file, read by a process of its own."""
    async with sheets.open(path, limits=limits, wait=wait) as file:
        return await probe(file, record_type, places, wishes, locale=locale)


async def look_at(call: Call, file: StoredFile, choices: Choices) -> Probe | None:
    """Return the first look at a stored file, for `keep_import`; outside of a transaction, for it takes a while.

    None for a large file, and where other lists are being read: it is looked at when the import runs.
    """
    host = host_of(call.app)
    record_type = importable_type(call, choices.entity)
    if file.size > _AT_ONCE:
        return None
    places = places_of(call.app.model, record_type, call.rights)
    path = host.access.files.store.path(file.sha256)
    try:
        return await probe_file(
            host.sheets, path, record_type, places, choices.wishes,
            locale=call.locale, limits=QUICK, wait=QUICK.patience_seconds,
        )  # fmt: skip
    except ReadersBusy:
        return None


async def keep_import(
    call: Call, file: StoredFile, choices: Choices, *, found: Probe | None = None
) -> Import:
    """Make the import of a stored file, ready to run; what is wrong with the file or the choices is refused.

    A file that was not looked at yet (`found`, from `look_at`) is looked at when the import runs: nobody may
    keep the database's one writer waiting for so long.
    """
    record_type = importable_type(call, choices.entity)
    require_heir_in_reach(record_type, call.actor, choices.assign_to)
    if found is not None:
        places_by_column(found, places_of(call.app.model, record_type, call.rights), record_type)
    (batch,) = await call.work.transaction.reserve_ids("event", 1)
    values: dict[str, object] = {
        "owner": call.actor.user,
        "file": file.id,
        "file_name": file.name,
        "sha256": file.sha256,
        "size": file.size,
        "entity": record_type.key,
        "duplicates": choices.duplicates.value,
        "assign_to": choices.assign_to,
        "batch": batch,
    }
    understood = (
        {"sheet": "", "mapping": wishes_text(choices.wishes)} if found is None else understanding(found)
    )
    return await call.create(Import, {**values, **understood})


def understanding(found: Probe) -> dict[str, object]:
    """Return what was understood of a list, as an import keeps it."""
    paths = found.paths
    columns = [
        {"index": index, "name": name, "path": paths.get(index)}
        for index, name in sorted(found.header.names.items())
    ]
    mapping = orjson.dumps({"columns": columns}).decode()
    return {"sheet": found.sheet.name, "header_row": found.header.row, "mapping": mapping}


def wishes_text(wishes: Wishes) -> str:
    """Return wishes as an import keeps them until its file is looked at."""
    return orjson.dumps({"wishes": asdict(wishes)}).decode()


def wishes_from_text(text: str) -> Wishes | None:
    """Return the wishes that an import keeps, None when its file was looked at already."""
    told = orjson.loads(text).get("wishes")
    return Wishes(**told) if told is not None else None


async def find_unfinished(call: Call, sha256: str, found: Probe | None, choices: Choices) -> Import | None:
    """Return the import of the same person and list that is not over, None when there is none.

    Raises `Refused` when it was begun with other choices: two at once would bring every row in twice.
    """
    wanted: dict[str, Any] = {
        "sha256": {"eq": sha256},
        "entity": {"eq": choices.entity},
        "state": {"in": [ImportState.UPLOADED.value, ImportState.RUNNING.value]},
    }
    for kept in await call.find(Import, filter=wanted, order=("-id",), limit=20):
        if kept.owner != call.actor.user or not _is_same_sheet(kept, found, choices):
            continue
        told = (kept.duplicates, kept.assign_to)
        if told != (choices.duplicates.value, choices.assign_to) or not _is_same_look(kept, found, choices):
            raise Refused(
                "Import {number} of this list is not over and was begun with other choices: "
                "begin with the same ones to go on with it, or stop it first.",
                number=kept.id,
            )
        return kept
    return None


def _is_same_sheet(kept: Import, found: Probe | None, choices: Choices) -> bool:
    """Tell whether the sheet of an import may be the one that is wanted now, as far as that is known."""
    wishes = wishes_from_text(kept.mapping)
    known = wishes.sheet if wishes is not None else kept.sheet
    wanted = found.sheet.name if found is not None else choices.wishes.sheet
    return known is None or wanted is None or known == wanted


def _is_same_look(kept: Import, found: Probe | None, choices: Choices) -> bool:
    """Tell whether an import understands its list as is wanted now, as far as that is known."""
    wishes = wishes_from_text(kept.mapping)
    if wishes is not None:
        return wishes == choices.wishes
    if found is None:
        return not choices.wishes.mapping and choices.wishes.header_row in (None, kept.header_row)
    now = understanding(found)
    return now == {key: getattr(kept, key) for key in now}
