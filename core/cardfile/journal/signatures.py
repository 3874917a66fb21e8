"""What a command takes and gives, read from its signature when it is declared."""

import inspect
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final

from cardfile.database.tables import Record
from cardfile.errors import DeclarationError
from cardfile.model.names import camel

__all__ = [
    "CommandFunction",
    "Parameter",
    "ParameterKind",
    "RecordId",
    "Values",
    "check_preparation",
    "read_signature",
]

CommandFunction = Callable[..., Awaitable[object]]


class RecordId(str):
    """The id of a record of any type, such as `client_42`; nothing is loaded for it."""

    __slots__ = ()


SCALARS: Final = (str, RecordId, bool, int, date, datetime, Decimal)


class Values(dict[str, object]):
    """Values of a record's fields by path: `name`, `fitness.goal`; entry lists by their key: `phones`.

    As the type of a command's parameter it stands for whatever may be given to a record of the command's
    entity, cards included; the function receives it checked and parsed, with the paths flat.
    """


class ParameterKind(StrEnum):
    """What a parameter of a command is."""

    RECORD = "record"
    VALUES = "values"
    SCALAR = "scalar"
    CHOICE = "choice"
    INPUT = "input"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a command, or one member of a dataclass that is one.

    `type` is the Record subclass, `Values`, the scalar, the StrEnum, the frozen dataclass (its fields are the
    `members`), or `dict` for free JSON data. `is_subject` marks the record that the command is done to.
    `description` is the text of `Annotated[date, "The first day."]`.
    """

    name: str
    kind: ParameterKind
    type: type
    is_list: bool = False
    is_optional: bool = False
    # A dataclass takes MISSING itself for no default at all.
    default: object = field(default_factory=lambda: MISSING)
    members: tuple["Parameter", ...] = ()
    is_subject: bool = False
    description: str = ""

    @property
    def is_required(self) -> bool:
        """Whether the caller must give it."""
        return self.default is MISSING and not self.is_optional

    @property
    def input_name(self) -> str:
        """The name in a GraphQL input: `id` for the subject, `otherId` for another record."""
        if self.kind is not ParameterKind.RECORD:
            return camel(self.name)
        if self.is_subject:
            return "ids" if self.is_list else "id"
        return f"{camel(self.name)}{'Ids' if self.is_list else 'Id'}"


def read_signature(name: str, function: CommandFunction) -> tuple[tuple[Parameter, ...], type | None]:
    """Return the parameters after `call`, and the result; raises `DeclarationError` that names the remedy."""
    where = f"command {name!r} ({function.__module__}.{function.__qualname__})"
    if not inspect.iscoroutinefunction(function):
        raise DeclarationError(f"{where} is not an async function: write 'async def'")
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except NameError as error:
        raise DeclarationError(
            f"{where}: a type of its signature is not imported at run time: {error}"
        ) from error
    given = list(inspect.signature(function).parameters.values())
    if not given or given[0].name != "call":
        raise DeclarationError(f"{where}: its first parameter must be 'call: Call'")
    parameters = []
    for one in given[1:]:
        if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
            raise DeclarationError(f"{where}: *{one.name} cannot be derived from: name every parameter")
        if one.name not in hints:
            raise DeclarationError(f"{where}: parameter {one.name!r} has no type: give it one")
        default = MISSING if one.default is one.empty else one.default
        parameters.append(_parameter(where, one.name, hints[one.name], default))
    markers = [one.name for one in parameters if one.kind is ParameterKind.VALUES]
    if len(markers) > 1:
        raise DeclarationError(f"{where}: only one parameter can be Values, not {' and '.join(markers)}")
    if "return" not in hints:
        raise DeclarationError(f"{where}: say what it returns: a record, a frozen dataclass or None")
    return tuple(parameters), _result(where, hints["return"])


def check_preparation(name: str, function: CommandFunction, prepare: CommandFunction) -> None:
    """Raise `DeclarationError` unless `prepare` is async and takes what the command's own function takes."""
    where = f"command {name!r}: its preparation ({prepare.__module__}.{prepare.__qualname__})"
    if not inspect.iscoroutinefunction(prepare):
        raise DeclarationError(f"{where} is not an async function: write 'async def'")
    own, taken = inspect.signature(function).parameters, inspect.signature(prepare).parameters
    if list(own) != list(taken):
        raise DeclarationError(
            f"{where} takes {', '.join(taken)}: give it the command's own {', '.join(own)}"
        )


def _result(where: str, hint: Any) -> type | None:
    if hint is None or hint is type(None):
        return None
    if isinstance(hint, type) and (_is_record(hint) or _is_frozen(hint)):
        return hint
    raise DeclarationError(f"{where} returns {hint!r}: it can return a record, a frozen dataclass or None")


def _parameter(where: str, name: str, hint: Any, default: object) -> Parameter:
    hint, description = _without_note(hint)
    inner, is_optional = _without_none(hint)
    is_list = typing.get_origin(inner) is list
    if is_list:
        (inner,) = typing.get_args(inner)
    origin = typing.get_origin(inner)
    if origin is dict or (isinstance(origin, type) and issubclass(origin, Mapping)):
        inner = dict
    kind = _kind(inner)
    if kind is None or (is_list and kind is ParameterKind.VALUES):
        raise DeclarationError(
            f"{where}: parameter {name!r} is {hint!r}, from which nothing can be derived; possible are "
            "a record, Values, str, int, bool, date, datetime, Decimal, a StrEnum, a frozen dataclass, "
            "dict[str, object], list[…] and … | None"
        )
    members: tuple[Parameter, ...] = ()
    if kind is ParameterKind.INPUT:
        members = _members(where, name, inner)
    return Parameter(name, kind, inner, is_list, is_optional, default, members, description=description)


def _members(where: str, name: str, cls: type) -> tuple[Parameter, ...]:
    hints = typing.get_type_hints(cls, include_extras=True)
    members = []
    for one in fields(cls):
        default = one.default if one.default_factory is MISSING else one.default_factory()
        member = _parameter(where, f"{name}.{one.name}", hints[one.name], default)
        if member.kind in (ParameterKind.RECORD, ParameterKind.VALUES):
            raise DeclarationError(
                f"{where}: {name}.{one.name} is a {member.kind}: make it a parameter of the command itself"
            )
        members.append(replace(member, name=one.name))
    return tuple(members)


def _without_note(hint: Any) -> tuple[Any, str]:
    if typing.get_origin(hint) is not Annotated:
        return hint, ""
    inner, *notes = typing.get_args(hint)
    return inner, next((note for note in notes if isinstance(note, str)), "")


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint, False
    rest = [one for one in typing.get_args(hint) if one is not type(None)]
    return (rest[0], True) if len(rest) == 1 else (hint, False)


def _kind(cls: Any) -> ParameterKind | None:
    if not isinstance(cls, type):
        return None
    if cls in SCALARS:
        return ParameterKind.SCALAR
    rules = (
        (ParameterKind.VALUES, issubclass(cls, Values)),
        (ParameterKind.DATA, cls is dict),
        (ParameterKind.RECORD, _is_record(cls)),
        (ParameterKind.CHOICE, issubclass(cls, StrEnum)),
        (ParameterKind.INPUT, _is_frozen(cls)),
    )
    return next((kind for kind, holds in rules if holds), None)


def _is_record(cls: type) -> bool:
    return issubclass(cls, Record) and cls is not Record


def _is_frozen(cls: type) -> bool:
    return is_dataclass(cls) and bool(getattr(cls, "__dataclass_params__").frozen)  # noqa: B009 - not in typeshed
