"""Batch fields: made by Python for all records of an answer at once, and told as the selection asks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, get_type_hints

from cardfile.errors import NotFound
from cardfile.journal import Call, Command, Glance
from cardfile.model.batch_fields import BatchField
from cardfile.model.names import snake
from cardfile.query.binds import Moment
from cardfile.query.pieces import BatchFill
from cardfile.texts import Label, said
from cardfile_graphql.plain import plain

if TYPE_CHECKING:
    from cardfile_graphql.context import RequestContext

__all__ = ["BATCH", "Told", "fill_made"]

Json = object

BATCH: Final = "batch:"
"""Stands before the key of a batch field in the name of what is to be filled in."""

Told = tuple[str, str, "Sequence[Told] | None"]
"""What is asked of a result: the response key, the member or the type's name, and what is asked of the member."""


async def fill_made(
    context: "RequestContext", batch: BatchFill, rows: Sequence[list[Json]], moment: Moment
) -> Sequence[Json]:
    """Return what a batch field has for each of the rows, which hold the ids of records."""
    field = next(one for one in batch.type.entity.batch_fields if BATCH + one.key == batch.name)
    ids = [int(str(row[0])) for row in rows]
    if any(not context.actor.rights.sees(batch.type.key, path) for path in field.tells):
        return [None] * len(rows)
    arguments = _arguments(context, field, batch, moment)
    actor = replace(context.actor, locale=context.locale)
    call = Call(Glance.of(context.app, actor), _command(batch, field))
    made = await field.make(call, list(dict.fromkeys(ids)), arguments) if ids else {}
    shape: Sequence[Told] = batch.arguments["shape"].value  # type: ignore[assignment]  # put in by Selecting
    return [_told(made[one], shape, context.locale) if one in made else None for one in ids]


def _arguments(
    context: "RequestContext", field: BatchField, batch: BatchFill, moment: Moment
) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in field.arguments:
        given = batch.arguments.get(one.name)
        value = given.value_for(moment.variables) if given is not None else None
        if one.to is not None:
            target = context.app.model[one.to]
            value = target.local_id_or_none(value)
            if value is None:
                raise NotFound("There is no such record: {id}.", id=str(value), path=(one.name,))
        found[one.name] = value
    return found


def _command(batch: BatchFill, field: BatchField) -> Command:
    """Return the deed of reading, in whose name the field is made."""

    async def read() -> None:
        return None

    return Command(
        name=f"{batch.type.key}.read_{field.key}",
        entity=batch.type.key,
        action="read",
        label=field.label,
        function=read,
        parameters=(),
        result=None,
        event="",
        writes=False,
    )


def _told(value: object, shape: Sequence[Told], locale: str) -> Json:
    hints = get_type_hints(type(value))
    told: dict[str, Json] = {}
    for key, name, inner in shape:
        if name.startswith("__"):
            told[key] = name.removeprefix("__")
            continue
        member = getattr(value, snake(name))
        if inner is not None:
            told[key] = _told_inside(member, inner, locale)
        else:
            told[key] = said(member, locale) if hints[snake(name)] == Label else plain(member)
    return told


def _told_inside(member: object, shape: Sequence[Told], locale: str) -> Json:
    if member is None:
        return None
    if isinstance(member, list | tuple):
        return [_told(one, shape, locale) for one in member]
    return _told(member, shape, locale)
