"""Arguments as they were given: literals and variables, and what a plan had to know of them.

A plan is compiled for one set of variables and then used for others. Wherever compiling looks at a variable
(is it null? which keys has the filter? how many words has the search?) the look is kept as a `Guard`; the plan
serves every later request whose variables pass all of its guards. Everything else becomes a parameter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

__all__ = [
    "ABSENT",
    "Given",
    "Guard",
    "Guards",
    "Source",
    "Variables",
    "is_met",
    "kept",
    "literal",
    "read",
    "variable",
]

Seen = TypeVar("Seen")

Source = tuple[str | int, ...]
"""The way into the variables: the variable's name, then keys and positions."""

Variables = Mapping[str, object]


Look = Callable[[object], object]
Guards = dict[tuple[Source, Look], object]
"""The looks at variables, each with what it saw."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One look at a variable, with what it saw."""

    source: Source
    look: Look
    saw: object


class Absent:
    """The value of a variable that was not given."""

    def __bool__(self) -> bool:
        return False


ABSENT = Absent()


def read(variables: Variables, source: Source) -> object:
    """Return what lies at `source`, `ABSENT` when there is nothing."""
    value: object = variables
    for step in source:
        if type(value) is dict or isinstance(value, Mapping):
            value = value.get(step, ABSENT)
        elif isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return ABSENT
    return value


def kept(guards: Guards) -> tuple[Guard, ...]:
    """Return the looks as a plan keeps them: none that tells only what another one at the same place tells anyway."""
    known = {source for (source, look), saw in guards.items() if look in (_keys, _length) and saw is not None}
    return tuple(
        Guard(source, look, saw)
        for (source, look), saw in guards.items()
        if not (source in known and look in (_is_null, _is_absent))
    )


def is_met(guards: Sequence[Guard], variables: Variables) -> bool:
    """Tell whether a plan with `guards` may serve a request with `variables`."""
    for guard in guards:  # noqa: SIM110  # a generator costs more than the one or two guards there are
        if guard.look(read(variables, guard.source)) != guard.saw:
            return False
    return True


class Given:
    """One argument, or a part of one.

    A literal holds its parts as further `Given`s, for a variable may stand inside it; a variable knows where
    its value comes from and records every look in `guards`.
    """

    __slots__ = ("guards", "source", "value")

    def __init__(self, value: object, source: Source | None, guards: Guards | None) -> None:
        self.value = value
        self.source = source
        self.guards = guards

    def look(self, look: Callable[[object], Seen]) -> Seen:
        """Return `look(value)`; a plan that rests on it serves only requests that look alike."""
        saw = look(self.value)
        if self.source is not None and self.guards is not None:
            self.guards[self.source, look] = saw
        return saw

    @property
    def is_null(self) -> bool:
        """Whether nothing was given, or null."""
        return self.look(_is_null)

    @property
    def is_absent(self) -> bool:
        """Whether this is a variable that was not given, so that its place counts as not written."""
        return self.look(_is_absent)

    @property
    def is_constant(self) -> bool:
        """Whether no variable stands here, or inside."""
        return self.source is None and not _holds_variables(self.value)

    @property
    def current(self) -> object:
        """The value of this request, for a try: nothing of the plan may rest on it."""
        return _plain(self.value)

    def value_for(self, variables: Variables) -> object:
        """Return the value that this has in a request with `variables`, null for what is not given."""
        if self.source is None:
            return _value_for(self.value, variables)
        value = read(variables, self.source)
        return None if value is ABSENT else value

    def parts(self) -> Mapping[str, "Given"] | None:
        """Return the members of an object, None when this is no object."""
        if isinstance(self.value, Mapping) and self.source is None:
            return {
                key: part if isinstance(part, Given) else literal(part) for key, part in self.value.items()
            }
        keys = self.look(_keys)
        if keys is None or not isinstance(self.value, Mapping):
            return None
        return {key: Given(self.value[key], (*(self.source or ()), key), self.guards) for key in keys}

    def items(self) -> Sequence["Given"] | None:
        """Return the items of a list, None when this is no list; a single object counts as a list of one."""
        if self.source is None:
            if isinstance(self.value, list | tuple):
                return [part if isinstance(part, Given) else literal(part) for part in self.value]
            return None if self.value is None else [self]
        length = self.look(_length)
        if length is None:
            return None if self.is_null else [self]
        if not isinstance(self.value, Sequence):
            return None
        return [Given(self.value[index], (*self.source, index), self.guards) for index in range(length)]

    def plain(self) -> object:
        """Return the value without any `Given` in it, as a constant of the plan: a look at all of it."""
        return self.look(_plain)


def literal(value: object) -> Given:
    """Return `value` as a constant of the document."""
    return Given(value, None, None)


def variable(name: str, variables: Variables, guards: Guards) -> Given:
    """Return the variable `name`, its looks recorded in `guards`."""
    return Given(variables.get(name, ABSENT), (name,), guards)


def _is_absent(value: object) -> bool:
    return value is ABSENT


def _holds_variables(value: object) -> bool:
    if isinstance(value, Given):
        return not value.is_constant
    if isinstance(value, Mapping):
        return any(_holds_variables(part) for part in value.values())
    return isinstance(value, list | tuple) and any(_holds_variables(part) for part in value)


def _value_for(value: object, variables: Variables) -> object:
    if isinstance(value, Given):
        return value.value_for(variables)
    if isinstance(value, Mapping):
        return {key: _value_for(part, variables) for key, part in value.items()}
    return [_value_for(part, variables) for part in value] if isinstance(value, list | tuple) else value


def _is_null(value: object) -> bool:
    return value is None or value is ABSENT


def _keys(value: object) -> tuple[str, ...] | None:
    return tuple(value) if type(value) is dict or isinstance(value, Mapping) else None


def _length(value: object) -> int | None:
    return len(value) if isinstance(value, list | tuple) else None


def _plain(value: object) -> object:
    if isinstance(value, Given):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if value is ABSENT else value
