"""Names of GraphQL types, each with its owner: two declarations that want the same one stop the start."""

from cardfile.errors import DeclarationError
from cardfile.model.names import camel, pascal
from cardfile.model.record_types import RecordType

__all__ = ["TypeNames", "card_name", "enum_value", "mutation_name", "root_name", "type_name_of"]


class TypeNames:
    """The names that are taken, and by whom."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def take(self, name: str, owner: str) -> str:
        """Return `name` for `owner`; raises `DeclarationError` that names both when it is taken."""
        other = self._owners.setdefault(name, owner)
        if other != owner:
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


def enum_value(path: str) -> str:
    """Return `fitness.last_visit` as `FITNESS_LAST_VISIT`."""
    return path.replace(".", "_").upper()
