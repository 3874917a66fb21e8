"""Fields that a business adds to its clients by itself, without a plugin: rows, so that they are there at once.

A plugin's card field is a column with a type in the API. What a business makes up while it brings in a list is a
`custom_field`, and each client's value of it a `custom_value`: the text as people read it, beside it the number or
the day, by which lists are filtered and ordered.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from cardfile.clients.tables import CustomField
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.calls import Call
from cardfile.journal.host import reading_of
from cardfile.model.fields import Choice, Field, Kind
from cardfile.model.kinds import KINDS, Reading

__all__ = ["KIND_CHOICES", "SCALE", "CustomKind", "complete_custom_values", "custom_text", "refuse_new_kind"]

Values = MutableMapping[str, object]
Row = Mapping[str, object]


class CustomKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"


KIND_CHOICES: Final = (
    Choice(CustomKind.TEXT, {"en": "Text", "ru": "Текст"}),
    Choice(CustomKind.LONG_TEXT, {"en": "Long text", "ru": "Длинный текст"}),
    Choice(CustomKind.NUMBER, {"en": "Number", "ru": "Число"}),
    Choice(CustomKind.DATE, {"en": "Date", "ru": "Дата"}),
    Choice(CustomKind.BOOLEAN, {"en": "Yes or no", "ru": "Да или нет"}),
)

SCALE: Final = 6
"""How many decimal places of a custom number are kept."""

_AS: Final[Mapping[str, Field]] = {
    CustomKind.TEXT: Field("value", {"en": "Value", "ru": "Значение"}, Kind.TEXT, max_length=1_000),
    CustomKind.LONG_TEXT: Field("value", {"en": "Value", "ru": "Значение"}, Kind.LONG_TEXT),
    CustomKind.NUMBER: Field("value", {"en": "Value", "ru": "Значение"}, Kind.DECIMAL, scale=SCALE),
    CustomKind.DATE: Field("value", {"en": "Value", "ru": "Значение"}, Kind.DATE),
    CustomKind.BOOLEAN: Field("value", {"en": "Value", "ru": "Значение"}, Kind.BOOLEAN),
}
"""As what kind of field the values of each custom kind are read."""


def custom_text(kind: str, typed: object, reading: Reading) -> dict[str, object]:
    """Return a value of a custom field as it is kept: `value` as people read it, `number` or `day` beside it.

    Raises `InvalidInput` when what was typed is no value of this kind.
    """
    field = _AS[kind]
    read = KINDS[field.kind].parse(typed, field, reading)
    if read is None:
        return {"value": "", "number": None, "day": None}
    return _KEPT[kind](read)


def _number(read: object) -> dict[str, object]:
    assert isinstance(read, int), "decimals are kept as whole numbers of their last place"
    text = f"{Decimal(read).scaleb(-SCALE):f}".rstrip("0").rstrip(".")
    return {"value": text, "number": read, "day": None}


def _day(read: object) -> dict[str, object]:
    assert isinstance(read, date)
    return {"value": read.isoformat(), "number": None, "day": read}


def _yes_or_no(read: object) -> dict[str, object]:
    return {"value": "yes" if read else "no", "number": 10**SCALE if read else 0, "day": None}


def _plain(read: object) -> dict[str, object]:
    return {"value": str(read), "number": None, "day": None}


_KEPT: Final[Mapping[str, Callable[[object], dict[str, object]]]] = {
    CustomKind.TEXT: _plain,
    CustomKind.LONG_TEXT: _plain,
    CustomKind.NUMBER: _number,
    CustomKind.DATE: _day,
    CustomKind.BOOLEAN: _yes_or_no,
}


async def complete_custom_values(call: Call, rows: Sequence[Values], befores: Sequence[Row]) -> None:
    """Bring values into the form of their fields; `befores` are the rows that they change, or empty ones."""
    given = [(row, before) for row, before in zip(rows, befores, strict=True) if "value" in row]
    if not given:
        return
    kinds = await _kinds(call, {_field(row, before) for row, before in given})
    reading = reading_of(call.app, call.actor, call.now)
    for row, before in given:
        kind = kinds.get(_field(row, before))
        if kind is None:
            raise InvalidInput("There is no such custom field.", path=("field",))
        try:
            row.update(custom_text(kind, row["value"], reading))
        except InvalidInput as error:
            raise error.at("value") from None


def _field(row: Row, before: Row) -> int:
    field = row.get("field", before.get("field"))
    return int(field) if isinstance(field, int) else 0


async def _kinds(call: Call, ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted: dict[str, Any] = {"id": {"in": sorted(ids)}}
    for one in await call.find(CustomField, filter=wanted, limit=len(ids)):
        found[one.id] = str(one.kind)
    return found


def refuse_new_kind(before: Row, changes: Row) -> None:
    """Refuse another kind for a field that there is: its values would not be values of that kind."""
    if changes.get("kind", before.get("kind")) != before.get("kind"):
        raise Refused(
            "The kind of a custom field stays as it is: make another field and archive this one.",
            path=("kind",),
        )
