"""Records made from nothing but their declarations, for tests that know no more of an entity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from cardfile.app import App
from cardfile.errors import DeclarationError
from cardfile.journal import Parameter, ParameterKind
from cardfile.model.fields import Kind
from cardfile.model.record_types import Line, RecordType
from cardfile.testing.people import create
from cardfile.testing.samples import SAMPLES, sample

__all__ = ["Maker"]

SCALARS: Final[Mapping[type, object]] = {
    str: "text",
    bool: True,
    int: 1,
    date: date(2026, 1, 15),
    datetime: datetime(2026, 1, 15, 12, tzinfo=UTC),
    Decimal: Decimal(1),
}


@dataclass(slots=True)
class Maker:
    """Makes records of an app, each different from the others, with whatever they must refer to.

    `plugin` is whose card fields are filled; `values` gives by entity what a plugin's own rules demand.
    """

    app: App
    plugin: str
    values: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    _number: int = 0
    _users: list[int] = field(default_factory=list)

    def can_make(self, record_type: RecordType) -> bool:
        """Tell whether there is a command that makes such a record of its fields."""
        name = f"{record_type.key}.create"
        return name in self.app.commands and self.app.commands[name].values is not None

    async def make(self, record_type: RecordType) -> tuple[int, dict[str, object]]:
        """Make a record; return its id, and by path what it was made of."""
        self._number += 1
        number = self._number
        given: dict[str, object] = {}
        for line in record_type.lines.values():
            if self._is_wanted(record_type, line):
                value = await self._value(line, number)
                if value is not None:
                    given[line.path] = value
        given.update(self.values.get(record_type.key, {}))
        return await create(self.app, record_type.key, given), given

    async def argument(self, parameter: Parameter) -> object:
        """Return something that can be given for a parameter of a command."""
        one = await self._single(parameter)
        return [one] if parameter.is_list else one

    def _is_wanted(self, record_type: RecordType, line: Line) -> bool:
        if not line.field.is_editable:
            return False
        if line.card is not None:
            return line.card == self.plugin
        # The other fields of a foreign noun are somebody else's to test.
        is_needed = line.field.required or line.path == record_type.entity.title
        return is_needed or record_type.plugin == self.plugin

    async def _value(self, line: Line, number: int) -> object:
        if line.kind in SAMPLES:
            return sample(line.field, number)
        if line.kind is Kind.USER:
            return await self._user()
        if line.kind is Kind.REFERENCE and line.field.required and line.field.to:
            return (await self.make(self._type_of(line.plugin, line.field.to)))[0]
        return None

    async def _single(self, parameter: Parameter) -> object:
        match parameter.kind:
            case ParameterKind.RECORD:
                record_type = self.app.model.of_table(parameter.type)
                return (await self.make(record_type))[0] if self.can_make(record_type) else 1
            case ParameterKind.CHOICE:
                return next(iter(parameter.type))  # type: ignore[call-overload]  # a StrEnum class
            case ParameterKind.INPUT:
                return {one.name: await self.argument(one) for one in parameter.members if one.is_required}
            case ParameterKind.SCALAR:
                return SCALARS[parameter.type]
            case _:
                return {}

    async def _user(self) -> int:
        if not self._users:
            values: dict[str, Any] = {"name": "Ann", "login": "ann.of.the.contract@example.com"}
            self._users.append(await create(self.app, "user", values))
        return self._users[0]

    def _type_of(self, plugin: str, name: str) -> RecordType:
        for key in (f"{plugin}.{name}", name):
            if key in self.app.model:
                return self.app.model[key]
        raise DeclarationError(f"{plugin}: there is no entity {name!r} to refer to")
