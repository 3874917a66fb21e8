"""Names of GraphQL types, each with its owner: two declarations that want the same one stop the start."""

import re

from cardfile.errors import DeclarationError
from cardfile.model.names import camel, pascal
from cardfile.model.record_types import RecordType

__all__ = [
    "TypeNames",
    "card_name",
    "enum_value",
    "mutation_name",
    "own_type_name",
    "root_name",
    "type_name_of",
]


_WORD = re.compile(r"[A-Z][^A-Z]*")


class TypeNames:
    """The names that are taken, and by whom."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def take(self, name: str, owner: str) -> str:
        """Return `name` for `owner`; raises `DeclarationError` that names both when it is taken.

        A name is taken once for each type: two of the same owner would be one type of two meanings.
        """
        other = self._owners.setdefault(name, owner) if name in self._owners else None
        self._owners[name] = owner
        if other is not None:
            raise DeclarationError(
                f"{owner}: the GraphQL name {name} is taken by {other} already: rename the entity, command or field"
            )
        return name


def card_name(record_type: RecordType, plugin: str) -> str:
    """Return the type of what a plugin adds to a record: `FitnessClientCard`."""
    return f"{pascal(plugin)}{record_type.name}Card"


def root_name(record_type: RecordType) -> str:
    """Return the query for one record: `client`, `fitnessVisit`."""
    return camel(record_type.prefix)


def mutation_name(command: str) -> str:
    """Return `fitness.visit.check_in` as `fitnessVisitCheckIn`."""
    return camel(command.replace(".", "_"))


def type_name_of(command: str, ending: str) -> str:
    """Return the name of a command's input or payload: `ClientMergeInput`."""
    return f"{pascal(command)}{ending}"


def own_type_name(command: str, cls: type) -> str:
    """Return the name of a type that only commands know, with their entity in front: `ShareLevel`.

    What the class's own name says of the entity is not said twice.
    """
    entity, name = pascal(command.rpartition(".")[0]), cls.__name__
    if entity in name:
        return name
    words = _WORD.findall(name)
    for count in range(len(words), 0, -1):
        if entity.endswith("".join(words[:count])):
            return entity + "".join(words[count:])
    return entity + name


def enum_value(path: str) -> str:
    """Return `fitness.last_visit` as `FITNESS_LAST_VISIT`."""
    return path.replace(".", "_").upper()
