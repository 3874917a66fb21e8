"""The commands that every record type has without anybody writing them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from cardfile.database.tables import Record
from cardfile.journal.signatures import CommandFunction, Parameter, ParameterKind, Values
from cardfile.texts import Label

__all__ = ["DERIVED", "Derived"]

R = TypeVar("R", bound=Record)


class Writer(Protocol):
    """The part of a call that derived commands use."""

    async def create(self, table: type[R], values: Mapping[str, object], /) -> R:
        """Make a record."""
        ...

    async def write(self, record: R, values: Mapping[str, object], /) -> R:
        """Change a record."""
        ...

    async def archive(self, record: R, /) -> R:
        """Lay a record aside."""
        ...

    async def restore(self, record: R, /) -> R:
        """Bring a record back."""
        ...


def _create(table: type[Record]) -> CommandFunction:
    async def create(call: Writer, values: Values) -> Record:
        return await call.create(table, values)

    return create


async def _update(call: Writer, record: Record, values: Values) -> Record:
    return await call.write(record, values)


async def _archive(call: Writer, record: Record) -> Record:
    return await call.archive(record)


async def _restore(call: Writer, record: Record) -> Record:
    return await call.restore(record)


@dataclass(frozen=True, slots=True)
class Derived:
    """How one command is made for any record type: its verb, the action it needs, what it takes."""

    verb: str
    action: str
    label: Label
    description: str
    make: Callable[[type[Record]], CommandFunction]
    takes: tuple[ParameterKind, ...]
    takes_archived: bool = False

    def parameters(self, table: type[Record]) -> tuple[Parameter, ...]:
        """Return the parameters for records of `table`."""
        known = {
            ParameterKind.RECORD: Parameter("record", ParameterKind.RECORD, table, is_subject=True),
            ParameterKind.VALUES: Parameter("values", ParameterKind.VALUES, Values),
        }
        return tuple(known[kind] for kind in self.takes)


DERIVED: Final = (
    Derived(
        "create",
        "create",
        {"en": "Create", "ru": "Создать"},
        "Make a new record.",
        _create,
        (ParameterKind.VALUES,),
    ),
    Derived(
        "update",
        "edit",
        {"en": "Change", "ru": "Изменить"},
        "Change fields of a record.",
        lambda _table: _update,
        (ParameterKind.RECORD, ParameterKind.VALUES),
    ),
    Derived(
        "archive",
        "archive",
        {"en": "Archive", "ru": "В архив"},
        "Lay a record aside: lists show it no more, reports still count it.",
        lambda _table: _archive,
        (ParameterKind.RECORD,),
    ),
    Derived(
        "restore",
        "archive",
        {"en": "Restore", "ru": "Вернуть из архива"},
        "Bring an archived record back.",
        lambda _table: _restore,
        (ParameterKind.RECORD,),
        takes_archived=True,
    ),
)
"""Create, update, archive and restore, in the order in which a page offers them."""
