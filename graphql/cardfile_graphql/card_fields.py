"""The lines of a card as text, made for many records at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from cardfile.model.fields import Kind, label_of
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.record_types import Line
from cardfile.query.binds import Moment
from cardfile.query.pieces import BatchFill
from cardfile.query.running import BatchFunction
from cardfile.values.money import Money
from cardfile_graphql.batch_fields import BATCH, fill_made

if TYPE_CHECKING:
    from cardfile_graphql.context import RequestContext

__all__ = ["fill_batch"]

Json = object


def fill_batch(context: "RequestContext") -> BatchFunction:
    """Return the function that makes the Python fields of a request's answers."""

    async def fill(batch: BatchFill, rows: Sequence[list[Json]], moment: Moment) -> Sequence[Json]:
        if batch.name.startswith(BATCH):
            return await fill_made(context, batch, rows, moment)
        return _card_fields(batch, rows, context)

    return fill


def _card_fields(batch: BatchFill, rows: Sequence[list[Json]], context: "RequestContext") -> Sequence[Json]:
    reading, rights = context.reading, context.actor.rights
    key = batch.type.key
    shown = sorted(
        ((line, index) for index, line in enumerate(batch.needs) if rights.sees(key, line.path)),
        key=lambda pair: (pair[0].field.position, pair[1]),
    )
    parts = batch.arguments["parts"].plain()
    names = [(str(one[0]), str(one[1])) for one in parts] if isinstance(parts, list) else []
    told = [(line, index, _constants(line, reading)) for line, index in shown]
    return [
        [_line(line, row[index], constants, names, reading) for line, index, constants in told]
        for row in rows
    ]


def _constants(line: Line, reading: Reading) -> dict[str, Json]:
    return {
        "key": line.path,
        "label": label_of(line.field, reading.locale),
        "kind": str(line.kind),
        "plugin": line.plugin,
        "__typename": "CardField",
    }


def _line(
    line: Line,
    stored: Json,
    constants: Mapping[str, Json],
    names: Sequence[tuple[str, str]],
    reading: Reading,
) -> dict[str, Json]:
    text = None if stored is None else _text(line, stored, reading)
    made = {**constants, "text": text, "href": _href(line, stored)}
    return {key: made[name] for key, name in names}


def _text(line: Line, stored: Json, reading: Reading) -> str:
    if isinstance(stored, list) and line.kind in {Kind.USER, Kind.REFERENCE, Kind.FILE}:
        return str(stored[1]) if stored[1] is not None else ""
    if line.kind is Kind.MONEY and isinstance(stored, list):
        return KINDS[line.kind].show(Money(int(stored[0]), str(stored[1])), line.field, reading)
    restore = _RESTORE.get(line.kind)
    value = restore(str(stored)) if restore is not None else stored
    return KINDS[line.kind].show(value, line.field, reading)


_RESTORE: Mapping[Kind, Callable[[str], object]] = {
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
}


def _href(line: Line, stored: Json) -> str | None:
    if stored is None:
        return None
    scheme = {Kind.PHONE: "tel:", Kind.EMAIL: "mailto:", Kind.URL: ""}.get(line.kind)
    return None if scheme is None else f"{scheme}{stored}"
