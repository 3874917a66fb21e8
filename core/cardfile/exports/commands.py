"""The commands on exports: take a list away, get a template, get an import's list back; each makes a file."""

from enum import StrEnum
from pathlib import PurePath
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import orjson

from cardfile.errors import NotFound, Refused
from cardfile.exports.columns import chosen_columns
from cardfile.exports.exporting import count_exported, require_export
from cardfile.exports.making import MAKE
from cardfile.exports.tables import OPEN, Export, ExportFormat, ExportKind, ExportState
from cardfile.exports.templates import require_template
from cardfile.exports.words import template_name
from cardfile.imports.host import host_of
from cardfile.imports.returned import require_result
from cardfile.imports.setting_up import require_all_rights
from cardfile.imports.tables import Import
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.model.model import Model
from cardfile.model.record_types import RecordType
from cardfile.texts import said

__all__ = [
    "COMMANDS",
    "ReturnKind",
    "cancel_export",
    "give_back",
    "make_template",
    "start_export",
    "type_named",
]

NEEDS_ALL_RIGHTS: Final = (
    "A list is taken away by a person, or with a token that may all that its person may."
)


class ReturnKind(StrEnum):
    """Which file of an import one wants."""

    RESULT = "result"
    REFUSED = "refused"


def type_named(model: Model, name: str) -> RecordType:
    """Return the record type called `name`, by its key or that of its list; raises `NotFound`."""
    for record_type in model:
        if name in (record_type.key, record_type.collection):
            return record_type
    raise NotFound(
        "There are no {name}; there are: {known}.",
        name=name,
        known=", ".join(sorted(one.collection for one in model)),
    )


async def _count_before(
    call: Call,
    entity: str,
    filter: dict[str, object] | None = None,  # the word of the API
    search: str | None = None,
    fields: list[str] | None = None,
    format: ExportFormat = ExportFormat.XLSX,  # the word of the API
) -> int:
    await require_all_rights(call, NEEDS_ALL_RIGHTS)
    record_type = type_named(call.app.model, entity)
    require_export(call.rights, record_type.key)
    await chosen_columns(call.app, call.actor, record_type, fields or ())
    return await count_exported(
        call.app,
        call.actor,
        record_type,
        filter=filter,
        search=search,
        is_sheet=ExportFormat(format) is ExportFormat.XLSX,
    )


@command(
    "export.start",
    label={"en": "Export", "ru": "Выгрузить"},
    prepare=_count_before,
    also={
        "export.finished": {"en": "file ready", "ru": "файл готов"},
        "export.failed": {"en": "file failed", "ru": "файл не получился"},
    },
)
async def start_export(
    call: Call,
    entity: Annotated[str, "Of what: client, deals, fitness.visit…"],
    filter: Annotated[
        dict[str, object] | None, "As in the filter of the list."
    ] = None,  # the word of the API
    search: Annotated[str | None, "Only what a search for this text finds."] = None,
    fields: Annotated[list[str] | None, "The columns, by paths or labels; all of them unless told."] = None,
    format: Annotated[ExportFormat, "In which format."] = ExportFormat.XLSX,  # the word of the API
) -> Export:
    """Write a list to a file, in the background: only what one may see and take away.

    Read again by an import, the file changes nothing but what was edited in it. An xlsx has room for 1,048,575
    records; a csv for any number.
    """
    record_type = type_named(call.app.model, entity)
    about = call.prepared if isinstance(call.prepared, int) else None
    wanted = {"filter": filter, "search": search, "fields": fields or []}
    day = call.now.astimezone(ZoneInfo(call.actor.zone)).date().isoformat()
    suffix = ExportFormat(format).value
    return await _ask_for(
        call,
        ExportKind.LIST,
        record_type.key,
        f"{said(record_type.entity.plural, call.locale)} {day}.{suffix}",
        {"wanted": orjson.dumps(wanted).decode(), "format": suffix, "rows_about": about},
    )


@command("export.template", label={"en": "Get a template", "ru": "Получить шаблон"})
async def make_template(
    call: Call, entity: Annotated[str, "Of what: client, deal, fitness.membership…"]
) -> Export:
    """Make an empty list to be filled in and imported: all fields that there are now, drop-downs, hints, help."""
    await require_all_rights(call, NEEDS_ALL_RIGHTS)
    record_type = require_template(call.app, call.actor, entity)
    name = template_name(said(record_type.entity.plural, call.locale), call.locale)
    return await _ask_for(call, ExportKind.TEMPLATE, record_type.key, name, {})


@command(
    "import.give_back",
    label={"en": "Get the list back", "ru": "Получить список обратно"},
    action="read",
    event="export.started",
)
async def give_back(
    call: Call,
    done: Import,
    kind: Annotated[
        ReturnKind, "The whole list with a result for each row, or its refused rows to be corrected."
    ] = ReturnKind.RESULT,
) -> Export:
    """Give the list of an import back, in the background.

    RESULT is the very workbook that was brought in, with two columns more (result, notes), colours and comments
    at cells; a list in another format comes as a workbook with the same cells. REFUSED are only the rows that
    were refused or of which something was left out: correct them there and import the file.
    """
    await require_all_rights(call, NEEDS_ALL_RIGHTS)
    await require_result(host_of(call.app), call.actor, await call.values(done))
    stem = PurePath(done.file_name).stem
    name = said(_NAMES[ReturnKind(kind)], call.locale).format(name=stem)
    return await _ask_for(call, ExportKind(kind.value), done.entity, name, {"origin": done.id})


_NAMES: Final[Any] = {
    ReturnKind.RESULT: {"en": "{name}, result.xlsx", "ru": "{name}, итог.xlsx"},
    ReturnKind.REFUSED: {"en": "{name}, refused.xlsx", "ru": "{name}, не принято.xlsx"},
}


@command("export.cancel", label={"en": "Stop", "ru": "Остановить"})
async def cancel_export(call: Call, started: Export) -> Export:
    """Stop an export that waits or is being written: no file is made."""
    if started.state not in OPEN:
        raise Refused("This export is over.")
    return await call.write(started, state=ExportState.CANCELLED.value, finished_at=call.now)


async def _ask_for(call: Call, kind: ExportKind, entity: str, name: str, more: dict[str, object]) -> Export:
    made = await call.create(
        Export,
        {"owner": call.actor.user, "kind": kind.value, "entity": entity, "file_name": name, **more},
    )
    call.be_about(made)
    await host_of(call.app).jobs.enqueue(MAKE, {"export": made.id})
    return made


COMMANDS: Final = (start_export, make_template, cancel_export, give_back)
"""The commands of this room."""
