"""Setting up an import: the file is looked at, the mapping settled, the choices kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from cardfile.access.files import StoredFile
from cardfile.errors import InvalidInput, NotAllowed
from cardfile.journal.calls import Call
from cardfile.model.record_types import RecordType
from cardfile.query.rows import fetch_records
from cardfile.rights import Rights, Scope
from cardfile.spreadsheets.host import host_of
from cardfile.spreadsheets.probing import Probe, Wishes, places_by_column, probe
from cardfile.spreadsheets.reader import SheetReaders
from cardfile.spreadsheets.tables import DuplicateMode, Import, ImportState
from cardfile.spreadsheets.targets import Place, places_of

__all__ = ["Choices", "find_unfinished", "importable_type", "keep_import", "probe_file"]


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
    path: Path, record_type: RecordType, places: Mapping[str, Place], wishes: Wishes, *, locale: str
) -> Probe:
    """Return the first look at the list in a file, read by a process of its own."""
    async with SheetReaders().open(path) as file:
        return await probe(file, record_type, places, wishes, locale=locale)


async def keep_import(call: Call, file: StoredFile, choices: Choices) -> Import:
    """Make the import of a stored file, ready to run; what is wrong with the file or the choices is refused."""
    host = host_of(call.app)
    record_type = importable_type(call, choices.entity)
    places = places_of(call.app.model, record_type, call.rights)
    path = host.access.files.store.path(file.sha256)
    found = await probe_file(path, record_type, places, choices.wishes, locale=call.locale)
    places_by_column(found, places, record_type)
    (batch,) = await call.work.transaction.reserve_ids("event", 1)
    return await call.create(
        Import,
        {
            "owner": call.actor.user,
            "file": file.id,
            "file_name": file.name,
            "sha256": file.sha256,
            "size": file.size,
            "entity": record_type.key,
            "sheet": found.sheet.name,
            "header_row": found.header.row,
            "mapping": mapping_text(found),
            "duplicates": choices.duplicates.value,
            "assign_to": choices.assign_to,
            "batch": batch,
        },
    )


def mapping_text(found: Probe) -> str:
    """Return the mapping as an import keeps it."""
    paths = found.paths
    columns = [
        {"index": index, "name": name, "path": paths.get(index)}
        for index, name in sorted(found.header.names.items())
    ]
    return orjson.dumps({"columns": columns}).decode()


async def find_unfinished(call: Call, sha256: str, found: Probe, choices: Choices) -> int | None:
    """Return the import of the same person that was cut off and is the same in every choice, if there is one."""
    wanted: dict[str, Any] = {
        "sha256": {"eq": sha256},
        "sheet": {"eq": found.sheet.name},
        "state": {"in": [ImportState.UPLOADED.value, ImportState.RUNNING.value]},
        "duplicates": {"eq": choices.duplicates.value},
        "owner": {"isNull": True} if call.actor.user is None else {"id": {"eq": call.actor.user}},
    }
    rows = await fetch_records(
        call.app.database,
        call.app.model,
        call.app.model["import"],
        call.rights,
        now=call.now,
        filter=wanted,
        order=("-id",),
        limit=20,
    )
    same = (mapping_text(found), choices.assign_to, choices.entity, found.header.row)
    for row in rows:
        if (row["mapping"], row["assign_to"], row["entity"], row["header_row"]) == same:
            return int(str(row["id"]))
    return None
