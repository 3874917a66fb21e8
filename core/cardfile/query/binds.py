"""One SQL statement in the making: its parameters, its aliases and whose rights it carries."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cardfile.database.columns import ColumnType
from cardfile.database.dialect import Dialect
from cardfile.model.kinds import Reading
from cardfile.model.model import Model
from cardfile.query.given import Given, Variables
from cardfile.rights import Rights
from cardfile.values.wall_time import start_of_day

__all__ = ["Bind", "Moment", "Statement"]

Convert = Callable[[object], object]


class Moment(NamedTuple):
    """What a statement's parameters are taken from: one request."""

    rights: Rights
    now: datetime
    variables: Variables = MappingProxyType({})
    keys: Sequence[int] = ()


Bind = Callable[[Moment], object]
"""Gives the value of one parameter for one request."""

RIGHTS: Mapping[str, tuple[Bind, str]] = {
    "user": (lambda moment: moment.rights.user, "bigint"),
    "own_one": (lambda moment: moment.rights.own[0], "bigint"),
    "own": (lambda moment: moment.rights.own, "bigint"),
    "team": (lambda moment: moment.rights.team, "bigint"),
    "teams": (lambda moment: moment.rights.teams, "bigint"),
}


class Statement:
    """Collects what one SQL text needs. Equal parameters share a place."""

    def __init__(self, model: Model, dialect: Dialect, rights: Rights, reading: Reading) -> None:
        self.model = model
        self.dialect = dialect
        self.rights = rights
        self.reading = reading
        self.binds: list[Bind] = []
        self._places: dict[object, int] = {}
        self._aliases = 0

    def alias(self) -> str:
        """Return a name for a table that is not yet used in this statement."""
        self._aliases += 1
        return f"t{self._aliases}"

    def _place(self, bind: Bind, known_as: object) -> int:
        place = self._places.get(known_as)
        if place is None:
            self.binds.append(bind)
            place = self._places[known_as] = len(self.binds)
        return place

    def right(self, name: str) -> str:
        """Return the place of a single value of the reader's rights."""
        bind, type_ = RIGHTS[name]
        return self.dialect.param(self._place(bind, ("right", name)), type_)

    def right_any_of(self, name: str) -> str:
        """Return what follows a column that must be among ids of the reader's rights."""
        bind, type_ = RIGHTS[name]
        return self.dialect.any_of(self._place(bind, ("right", name)), type_)

    def now(self, *, back: timedelta = timedelta(0)) -> str:
        """Return the place of the current instant, or of an earlier one."""
        return self.dialect.param(self._place(lambda moment: moment.now - back, ("now", back)), "timestamptz")

    def today(self, *, back: timedelta = timedelta(0)) -> str:
        """Return the place of the current UTC date, or of an earlier one."""
        return self.dialect.param(
            self._place(lambda moment: (moment.now - back).date(), ("today", back)), "date"
        )

    def day(
        self, given: Given | None, offset: Callable[[object], timedelta], type_: str, *, known_as: object
    ) -> str:
        """Return the place of a day of the reader's zone, `offset` of what was given away from today.

        As an instant it is the first one of that day.
        """
        zone, is_instant = self.reading.zone, type_ == ColumnType.INSTANT

        def bind(moment: Moment) -> object:
            away = offset(given.value_for(moment.variables) if given is not None else None)
            day = moment.now.astimezone(ZoneInfo(zone)).date() + away
            return start_of_day(day, zone) if is_instant else day

        offset(given.current if given is not None else None)  # a wrong value is told while the plan is made
        told = None if given is None else repr(given.current) if given.is_constant else given.source or given
        return self.dialect.param(self._place(bind, ("day", told, known_as, type_)), type_)

    def keys(self) -> int:
        """Return the number of the parameter that takes the rows for which a lower level is read."""
        return self._place(lambda moment: moment.keys, "keys")

    def _bind_given(self, given: Given, convert: Convert, known_as: object) -> int:
        now = convert(given.current)  # a wrong value is told while the plan is made, and again at each use
        if given.is_constant:
            return self._place(lambda _moment: now, ("constant", known_as, repr(now)))
        return self._place(_from_variables(given, convert), (given.source or given, known_as))

    def value(self, given: Given, convert: Convert, type_: str, *, known_as: object) -> str:
        """Return the place of a value that was given; `known_as` tells conversions apart."""
        return self.dialect.param(self._bind_given(given, convert, (known_as, type_)), type_)

    def any_of(self, given: Given, convert: Convert, type_: str, *, known_as: object) -> str:
        """Return what follows an expression that must be among the values that were given."""

        def convert_all(values: object) -> object:
            return [convert(one) for one in values] if isinstance(values, list | tuple) else [convert(values)]

        return self.dialect.any_of(self._bind_given(given, convert_all, (known_as, type_, "all")), type_)


def _from_variables(given: Given, convert: Convert) -> Bind:
    source = given.source
    if source is not None and len(source) == 1:
        name = str(source[0])
        return lambda moment: convert(moment.variables.get(name))
    return lambda moment: convert(given.value_for(moment.variables))
