"""The commands by which an import is set up stage by stage: look again, say what goes where, try out, do."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Final

import orjson

from cardfile.access.files import StoredFile
from cardfile.access.tables import User
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.imports.doing import have_it_done, have_it_finished
from cardfile.imports.host import host_of
from cardfile.imports.importers import require_heir_in_reach
from cardfile.imports.kept_import import plan_of
from cardfile.imports.memory import recall, remember
from cardfile.imports.plan import ImportPlan, SheetPlan
from cardfile.imports.probing import FileProbe, Wishes, index_of_column, probe
from cardfile.imports.results import drop_result, keep_result, read_result
from cardfile.imports.running import require_reach
from cardfile.imports.seen import samples_of, sheets_of
from cardfile.imports.starting import (
    BEFORE_RUN,
    Choices,
    first_sheet,
    importable_type,
    keep_look,
    look_at,
)
from cardfile.imports.tables import DuplicateMode, Import, ImportState, Result, Stage
from cardfile.imports.targets import Place, places_of, read_path
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.spreadsheets.cells import SheetInfo

__all__ = [
    "SETTING_UP",
    "MappedSheet",
    "check_import_list",
    "map_import",
    "probe_import_again",
    "read_mapping",
    "require_all_rights",
    "run_import_list",
]

AGAIN: Final = (*BEFORE_RUN, ImportState.FAILED)

NEEDS_ALL_RIGHTS: Final = (
    "An import is started by a person, or with a token that may all that its person may."
)


@dataclass(frozen=True, slots=True)
class MappedSheet:
    """A sheet that is to be brought in; what is not said stays as it is planned, or is guessed."""

    sheet: Annotated[str, "The name of the sheet."]
    entity: Annotated[str | None, "What each of its rows is: client, deal…"] = None
    header_row: Annotated[int | None, "The last row of its header, 0 for none."] = None
    mapping: Annotated[
        dict[str, object] | None, "The field for a column by its name or letter, null to leave it out."
    ] = None


async def require_all_rights(call: Call, sentence: str = NEEDS_ALL_RIGHTS) -> None:
    """Refuse a token that may less than its person: the work is done later, with the rights of the person."""
    if call.actor.token is None or call.actor.user is None:
        return
    whole = await host_of(call.app).access.directory.rights(call.actor.user, call.now)
    if whole is None or (whole.scopes, whole.shared) != (call.rights.scopes, call.rights.shared):
        raise NotAllowed(sentence)


def read_mapping(mapping: Mapping[str, object] | None) -> dict[str, str | None]:
    """Return fields by column as a caller gives them; nothing, or a dash, leaves the column out."""
    return {
        str(column): None if path in (None, "", "-") else str(path)
        for column, path in (mapping or {}).items()
    }


async def _look_again(
    call: Call,
    started: Import,
    sheets: list[str] | None = None,
    header_row: int | None = None,
    entity: str | None = None,
    mapping: dict[str, object] | None = None,
) -> FileProbe | None:
    await require_all_rights(call)
    _require_waiting(started)
    return await look_at(call, _stored(started), _choices(started, sheets, header_row, entity, mapping))


@command(
    "import.probe",
    label={"en": "Look at the file again", "ru": "Посмотреть файл ещё раз"},
    action="start",
    prepare=_look_again,
)
async def probe_import_again(
    call: Call,
    started: Import,
    sheets: Annotated[
        list[str] | None, "The sheets to bring in; the one that looks most like a list unless told."
    ] = None,
    header_row: Annotated[int | None, "The last row of the header, 0 for none; found unless told."] = None,
    entity: Annotated[str | None, "What each row is: client, deal…"] = None,
    mapping: Annotated[
        dict[str, object] | None, "The field for a column by its name or letter, null to leave it out."
    ] = None,
) -> Import:
    """Look at the file of an import again, with other sheets, another header, or as a list of something else.

    A large file is looked at in the background: its stage is PROBE until then.
    """
    _require_waiting(started)
    choices = _choices(started, sheets, header_row, entity, mapping)
    record_type = importable_type(call, choices.entity)
    require_heir_in_reach(record_type, call.actor, started.assign_to)
    host, found = host_of(call.app), call.prepared if isinstance(call.prepared, FileProbe) else None
    await keep_result(host, Result.WISHES, started.id, orjson.dumps(asdict(choices.wishes)).decode())
    await drop_result(host, Result.CHECK, started.id)
    if found is not None:
        await keep_look(host, started.id, found)
        await remember(host, found.plan(), choices.wishes.mapping)
        return await _waiting(call, started, first_sheet(found.plan()))
    for result in (Result.PROBE, Result.SAMPLE, Result.PLAN):
        await drop_result(host, result, started.id)
    told = {"entity": choices.entity, "state": ImportState.UPLOADED.value, "stage": Stage.PROBE.value}
    made = await call.write(started, {**told, "error": None, "finished_at": None})
    await have_it_done(call, started.id)
    return made


@command(
    "import.map", label={"en": "Say what goes where", "ru": "Указать, что куда"}, action="start",
    event="import.mapped",
)  # fmt: skip
async def map_import(
    call: Call,
    started: Import,
    sheets: Annotated[
        list[MappedSheet] | None, "The sheets to bring in, in this order; those of the plan unless told."
    ] = None,
    mapping: Annotated[
        dict[str, object] | None, "The field for a column by its name or letter, in every sheet that has it."
    ] = None,
    others: Annotated[
        str | None, "The field for columns that go nowhere, such as a note; they are left out unless told."
    ] = None,
    duplicates: Annotated[DuplicateMode | None, "What to do with rows that are known already."] = None,
    owner: Annotated[User | None, "Who gets the new records that name nobody."] = None,
    known_by: Annotated[
        list[str] | None, "The fields by which a record is recognised; an empty list for the usual ones."
    ] = None,
    strict: Annotated[bool | None, "Whether a cell that cannot be read refuses its row."] = None,
) -> Import:
    """Correct what is to be made of a file that was looked at; what is not given stays as it is."""
    _require_waiting(started)
    host = host_of(call.app)
    plan = await plan_of(host, started.id)
    if plan is None:
        raise Refused("Nobody has looked at the file of this import yet: wait until its stage is over.")
    if sheets is not None:
        plan = ImportPlan(tuple([await _planned(call, started, plan, one) for one in sheets]))
        if not plan.sheets:
            raise InvalidInput("At least one sheet is to be brought in.", path=("sheets",))
    if mapping:
        plan = _mapped_all(call, plan, read_mapping(mapping))
    if others is not None:
        plan = ImportPlan(tuple(_with_others(call, one, others) for one in plan.sheets))
    values: dict[str, object] = {}
    if duplicates is not None:
        values["duplicates"] = DuplicateMode(duplicates).value
    if owner is not None:
        for one in plan.sheets:
            require_heir_in_reach(call.app.model[one.entity], call.actor, owner.id)
        values["assign_to"] = owner.id
    if known_by is not None:
        values["known_by"] = _keys(call, plan, known_by)
    if strict is not None:
        values["strict"] = strict
    await keep_result(host, Result.PLAN, started.id, plan.to_text())
    await drop_result(host, Result.CHECK, started.id)
    await remember(host, plan, read_mapping(mapping))
    for wanted in sheets or ():
        here = tuple(one for one in plan.sheets if one.sheet == wanted.sheet)
        await remember(host, ImportPlan(here), read_mapping(wanted.mapping))
    return await _waiting(call, started, {**first_sheet(plan), **values})


@command(
    "import.check",
    label={"en": "Try it out", "ru": "Проверить"},
    action="start",
    event="import.check_started",
)
async def check_import_list(call: Call, started: Import) -> Import:
    """Try the whole file out in the background, without writing anything; the import keeps what would happen."""
    await require_all_rights(call)
    _require_waiting(started)
    plan = await plan_of(host_of(call.app), started.id)
    if plan is not None:
        require_reach(host_of(call.app), call.actor, _reach(started), plan)
    state = ImportState.UPLOADED if plan is None else ImportState.PROBED
    told: dict[str, object] = {"state": state.value, "stage": Stage.CHECK.value}
    await _from_the_beginning(call, started, told)
    await have_it_done(call, started.id)
    return started


@command(
    "import.run", label={"en": "Bring it in", "ru": "Загрузить"}, action="start", event="import.run_started"
)
async def run_import_list(call: Call, started: Import) -> Import:
    """Bring the list in, in the background; one that failed goes on where it was."""
    await require_all_rights(call)
    if started.stage == Stage.RUN.value:
        await have_it_finished(call, started.id)
        return started
    if started.state not in AGAIN:
        raise Refused("This import is over.")
    plan = await plan_of(host_of(call.app), started.id)
    if plan is not None:
        require_reach(host_of(call.app), call.actor, _reach(started), plan)
    state = ImportState.RUNNING if started.started_at else ImportState.UPLOADED
    told: dict[str, object] = {"state": state.value, "stage": Stage.RUN.value}
    await _from_the_beginning(call, started, told)
    await have_it_done(call, started.id)
    return started


async def _from_the_beginning(call: Call, started: Import, told: Mapping[str, object]) -> None:
    """Let a stage begin: nothing of it was done yet, and nothing is wrong with it."""
    empty = {"stage_rows": 0, "stage_about": None, "stage_speed": None, "stage_at": None}
    await call.write(started, {**told, **empty, "error": None, "finished_at": None})


async def _waiting(call: Call, started: Import, values: Mapping[str, object]) -> Import:
    """Let an import wait for what people say next; a trying out of what was said before ends."""
    told = {"state": ImportState.PROBED.value, "stage": None, "error": None, "finished_at": None}
    return await call.write(started, {**told, **values})


def _require_waiting(started: Import) -> None:
    """Raise `Refused` for an import that has begun to write, or is about to."""
    if started.state not in AGAIN or started.started_at:
        raise Refused("This import has begun: it cannot be set up any more.")
    if started.stage == Stage.RUN.value:
        raise Refused("This import is about to run: stop it first.")


def _reach(started: Import) -> Mapping[str, object]:
    return {"assign_to": started.assign_to}


def _stored(started: Import) -> StoredFile:
    return StoredFile(started.file or 0, started.file_name, "", started.size, started.sha256)


def _choices(
    started: Import,
    sheets: Sequence[str] | None,
    header_row: int | None,
    entity: str | None,
    mapping: Mapping[str, object] | None,
) -> Choices:
    wishes = Wishes(tuple(sheets or ()), header_row, read_mapping(mapping))
    return Choices(wishes, DuplicateMode(started.duplicates), started.assign_to, entity or started.entity)


async def _planned(call: Call, started: Import, plan: ImportPlan, wanted: MappedSheet) -> SheetPlan:
    """Return the plan of one sheet: as it was if nothing else is said, else understood anew from its first rows."""
    known = next((one for one in plan.sheets if one.sheet == wanted.sheet), None)
    entity = wanted.entity or (known.entity if known else started.entity)
    is_other = known is not None and wanted.header_row not in (None, known.header_row)
    if known is None or is_other or entity != known.entity:
        known = await _understood_anew(call, started, wanted, entity)
    return _mapped(call, known, read_mapping(wanted.mapping), is_alone=True)


async def _understood_anew(call: Call, started: Import, wanted: MappedSheet, entity: str) -> SheetPlan:
    host = host_of(call.app)
    record_type = importable_type(call, entity)
    sheets = sheets_of(await read_result(host, Result.PROBE, started.id) or "[]")
    samples = samples_of(await read_result(host, Result.SAMPLE, started.id) or "{}")
    seen = next((one for one in sheets if one.name == wanted.sheet), None)
    if seen is None:
        raise InvalidInput(
            "The file has no sheet “{sheet}”; it has: {sheets}.",
            sheet=wanted.sheet,
            sheets=", ".join(one.name for one in sheets),
        )
    if wanted.sheet not in samples:
        raise InvalidInput("The sheet “{sheet}” was not looked at: look at it first.", sheet=wanted.sheet)
    places = places_of(call.app.model, record_type, call.rights)
    wishes = Wishes(header_row=seen.header_row if wanted.header_row is None else wanted.header_row)
    sheet = SheetInfo(seen.name, seen.is_visible, seen.about)
    memory = await recall(host, entity)
    return probe(sheet, samples[wanted.sheet], record_type, places, wishes, memory, locale=call.locale).plan()


def _mapped_all(call: Call, plan: ImportPlan, mapping: Mapping[str, str | None]) -> ImportPlan:
    for name in mapping:
        if all(index_of_column(one.names, name) is None for one in plan.sheets):
            raise _no_column(name, [known for one in plan.sheets for known in one.names.values()])
    return ImportPlan(tuple(_mapped(call, one, mapping, is_alone=False) for one in plan.sheets))


def _mapped(call: Call, plan: SheetPlan, mapping: Mapping[str, str | None], *, is_alone: bool) -> SheetPlan:
    """Return the plan with fields for columns by name or letter; a field that takes one column leaves the others."""
    places = _places(call, plan)
    paths: dict[int, str | None] = dict(plan.paths)
    for name, path in mapping.items():
        index = index_of_column(plan.names, name)
        if index is None:
            if is_alone:
                raise _no_column(name, list(plan.names.values()))
            continue
        chosen = read_path(path, places, call.locale, heading=plan.names[index]) if path else None
        if chosen is not None and not places[chosen].target.takes_several:
            paths = {other: None if there == chosen else there for other, there in paths.items()}
        paths[index] = chosen
    columns = tuple(replace(one, path=paths.get(one.index)) for one in plan.columns)
    return replace(plan, columns=columns)


def _no_column(name: str, known: Sequence[str]) -> InvalidInput:
    return InvalidInput(
        "The list has no column “{column}”; it has: {columns}.", column=name, columns=", ".join(known)
    )


def _with_others(call: Call, plan: SheetPlan, field: str) -> SheetPlan:
    """Return the plan in which columns that go nowhere go to one field, which must take several."""
    places = _places(call, plan)
    path = read_path(field, places, call.locale)
    if not places[path].target.takes_several:
        raise InvalidInput("{field} takes one column only.", field=places[path].label, path=("others",))
    columns = tuple(replace(one, path=one.path or path) for one in plan.columns)
    return replace(plan, columns=columns)


def _keys(call: Call, plan: ImportPlan, fields: Sequence[str]) -> str | None:
    places = _places(call, plan.sheets[0])
    paths = [read_path(one, places, call.locale) for one in fields]
    return orjson.dumps(paths).decode() if paths else None


def _places(call: Call, plan: SheetPlan) -> Mapping[str, Place]:
    return places_of(call.app.model, importable_type(call, plan.entity), call.rights)


SETTING_UP: Final = (probe_import_again, map_import, check_import_list, run_import_list)
"""The commands by which an import is set up."""
