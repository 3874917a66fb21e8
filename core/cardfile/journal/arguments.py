"""What is given to a command, checked against its parameters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from cardfile.database.tables import Record
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.commands import Command
from cardfile.journal.forms import raise_all
from cardfile.journal.signatures import Parameter, ParameterKind, RecordId
from cardfile.model.kinds import Reading
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.values.dates import parse_date, parse_datetime
from cardfile.values.text import clean_long

__all__ = ["read_arguments", "read_ids"]

MAX_TEXT: Final = 100_000
MAX_ITEMS: Final = 10_000

LOADED: Final = (ParameterKind.RECORD, ParameterKind.VALUES)


def read_arguments(command: Command, given: Mapping[str, object], reading: Reading) -> dict[str, object]:
    """Return the plain arguments; records and field values are left as they were given.

    Raises one refusal with the path of what is wrong, `InvalidInputs` for several.
    """
    errors: list[Refused] = []
    read = _read_members(command.parameters, given, reading, errors, ())
    raise_all(errors)
    return read


def read_ids(parameter: Parameter, given: object, model: Model) -> list[int]:
    """Return the ids of the records that a parameter stands for; raises `InvalidInput` or `NotFound`."""
    record_type = model.of_table(parameter.type)
    items = given if isinstance(given, list | tuple) else [given]
    if len(items) > MAX_ITEMS:
        raise _too_many(items)
    ids = []
    for item in items:
        if isinstance(item, Record):
            ids.append(item.id)
        elif isinstance(item, int) and not isinstance(item, bool):
            ids.append(item)
        else:
            ids.append(record_type.local_id(item))
    return ids


def _read_members(
    members: Sequence[Parameter],
    given: Mapping[str, object],
    reading: Reading,
    errors: list[Refused],
    path: tuple[str | int, ...],
) -> dict[str, object]:
    known = {name: one for one in members for name in (one.name, camel(one.name))}
    read: dict[str, object] = {}
    for name, value in given.items():
        one = known.get(name)
        if one is None:
            names = ", ".join(each.name for each in members) or "none"
            errors.append(
                InvalidInput(
                    "There is no {name} here; known are: {known}.", name=name, known=names, path=(*path, name)
                )
            )
            continue
        try:
            read[one.name] = value if one.kind in LOADED else _read(one, value, reading)
        except Refused as error:
            errors.extend(error.at(*path, name).errors)
    for one in members:
        if one.name in read and (read[one.name] is not None or one.is_optional):
            continue
        if one.default is not MISSING and one.name not in read:
            read[one.name] = one.default
        elif one.is_optional:
            read[one.name] = None
        elif one.kind is ParameterKind.VALUES:
            read[one.name] = {}
        elif not any(
            error.path[: len(path) + 1] in ((*path, one.name), (*path, camel(one.name))) for error in errors
        ):
            errors.append(InvalidInput("{field} must be given.", field=one.name, path=(*path, one.name)))
    return read


def _read(one: Parameter, value: object, reading: Reading) -> object:
    if value is None:
        return None
    if not one.is_list:
        return _read_one(one, value, reading)
    if not isinstance(value, list | tuple):
        raise InvalidInput("A list is needed here, not {value}.", value=_shown(value))
    if len(value) > MAX_ITEMS:
        raise _too_many(value)
    read: list[object] = []
    errors: list[Refused] = []
    for index, item in enumerate(value):
        try:
            read.append(_read_one(one, item, reading))
        except Refused as error:
            errors.extend(error.at(index).errors)
    raise_all(errors)
    return read


def _read_one(one: Parameter, value: object, reading: Reading) -> object:
    match one.kind:
        case ParameterKind.SCALAR:
            return _SCALARS[one.type](value, reading)
        case ParameterKind.CHOICE:
            return _choice(one.type, value)
        case ParameterKind.DATA:
            if not isinstance(value, Mapping):
                raise InvalidInput("An object is needed here, not {value}.", value=_shown(value))
            return dict(value)
        case _:
            return _input(one, value, reading)


def _input(one: Parameter, value: object, reading: Reading) -> object:
    if isinstance(value, one.type):
        return value
    if not isinstance(value, Mapping):
        raise InvalidInput("An object is needed here, not {value}.", value=_shown(value))
    errors: list[Refused] = []
    read = _read_members(one.members, value, reading, errors, ())
    raise_all(errors)
    return one.type(**read)


def _choice(choices: Any, value: object) -> StrEnum:
    for choice in choices:
        if isinstance(value, str) and value in (choice.value, choice.name):
            found: StrEnum = choice
            return found
    known = ", ".join(choice.value for choice in choices)
    raise InvalidInput("{value} is none of the choices: {choices}.", value=_shown(value), choices=known)


def _text(value: object, _reading: Reading) -> str:
    if not isinstance(value, str):
        raise InvalidInput("A text is needed here, not {value}.", value=_shown(value))
    if len(value) > MAX_TEXT:
        raise InvalidInput(
            "This text has {length} characters; at most {longest} fit here.",
            length=len(value),
            longest=MAX_TEXT,
        )
    return clean_long(value)


def _boolean(value: object, _reading: Reading) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput("Yes or no is needed here, not {value}.", value=_shown(value))
    return value


def _integer(value: object, _reading: Reading) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise InvalidInput("A whole number is needed here, not {value}.", value=_shown(value))
    return value


def _decimal(value: object, _reading: Reading) -> Decimal:
    try:
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            raise InvalidOperation
        found = Decimal(value)
    except InvalidOperation:
        raise InvalidInput("A number is needed here, not {value}.", value=_shown(value)) from None
    if not found.is_finite() or abs(found.adjusted()) > 18:
        raise InvalidInput("A number is needed here, not {value}.", value=_shown(value))
    return found


def _date(value: object, reading: Reading) -> date:
    return parse_date(value, day_first=reading.day_first, today=reading.today)


def _datetime(value: object, reading: Reading) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    return parse_datetime(value, zone=reading.zone, day_first=reading.day_first, today=reading.today)


_SCALARS: Final[Mapping[type, Callable[[object, Reading], object]]] = {
    str: _text,
    RecordId: lambda value, reading: RecordId(_text(value, reading)),
    bool: _boolean,
    int: _integer,
    Decimal: _decimal,
    date: _date,
    datetime: _datetime,
}


def _shown(value: object) -> str:
    return repr(value)[:60]


def _too_many(items: Sequence[object]) -> InvalidInput:
    return InvalidInput(
        "At most {longest} may be given here, not {number}.", longest=MAX_ITEMS, number=len(items)
    )
