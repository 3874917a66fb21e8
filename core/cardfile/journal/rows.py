"""Values that somebody gives for records of a command's entity: checked together, refused row by row."""

from collections.abc import Mapping, Sequence

from cardfile.errors import InvalidInputs, Refused
from cardfile.journal.calls import Call
from cardfile.journal.references import (
    check_creation,
    check_moves,
    check_owner,
    check_references,
    default_owner,
)
from cardfile.journal.signatures import Values

__all__ = ["check_rows"]

Given = Sequence[Mapping[str, object]]


async def check_rows(
    call: Call, rows: Given, *, creating: bool, befores: Given | None = None, entity: str | None = None
) -> list[Values | Refused]:
    """Return for each row its values by path, or all that is wrong with it.

    Field rights, kinds, required fields, references and reach are checked as for a single record, with one
    query for each type that is referred to, however many rows there are. `befores` are the records' values
    by path before the change; `entity` is by default the command's own.
    """
    key = entity or call.command.entity
    work, record_type = call.work, call.app.model[key]
    form = call.app.commands.forms[key]
    values: list[Values] = []
    errors: dict[int, list[Refused]] = {}
    for index, row in enumerate(rows):
        try:
            values.append(form.read(row, work.reading, call.rights, creating=creating))
        except Refused as error:
            values.append(Values())
            errors[index] = list(error.errors)
    for index, refused in (await check_references(work, form, values)).items():
        errors.setdefault(index, []).extend(refused)
    if creating:
        for row in values:
            default_owner(record_type, row, work.actor)
        for index, wrong in (await check_creation(work, record_type, values)).items():
            errors.setdefault(index, [wrong])
    else:
        scope = call.rights.scope(key, "assign") or call.rights.scope(key, "edit")
        changes: dict[int, Mapping[str, object]] = {}
        for index, row in enumerate(values):
            before = befores[index] if befores is not None else {}
            changed = {path: value for path, value in row.items() if before.get(path) != value}
            if changed:
                changes[index] = changed
            wrong_owner = check_owner(record_type, changed, work.actor, scope, before=before)
            if wrong_owner is not None:
                errors.setdefault(index, [wrong_owner])
        moves = await check_moves(work, record_type, changes, "edit", befores=befores or [{} for _ in values])
        for index, wrong in moves.items():
            errors.setdefault(index, [wrong])
    return [_told(errors[index]) if index in errors else row for index, row in enumerate(values)]


def _told(errors: Sequence[Refused]) -> Refused:
    return errors[0] if len(errors) == 1 else InvalidInputs(errors)
