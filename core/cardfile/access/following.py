"""What follows from rights: fields that tell of other records are hidden with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cardfile.model.model import Model
from cardfile.model.record_types import Line, RecordType
from cardfile.rights import Scope

__all__ = ["Telling", "tellings_of"]

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Telling:
    """A field that tells of fields of another entity.

    What is `computed` is made of all of its rows, and so needs as wide a sight of them as of its own record.
    """

    field: Pair
    source: str
    told: frozenset[Pair]
    is_computed: bool

    def tells_more(self, scopes: Mapping[Pair, Scope], hidden: frozenset[Pair]) -> bool:
        """Tell whether the field shows what one with these rights may not see."""
        if not self.told.isdisjoint(hidden):
            return True
        source, host = (scopes.get((key, "read"), Scope.NONE) for key in (self.source, self.field[0]))
        return self.is_computed and (source is Scope.NONE or source < host)


def tellings_of(model: Model) -> tuple[Telling, ...]:
    """Return all fields that are computed from, or repeat, fields of other entities."""
    return tuple(one for record_type in model.types.values() for one in _of(model, record_type))


def _of(model: Model, record_type: RecordType) -> Iterator[Telling]:
    for line in record_type.lines.values():
        if line.field.computed is not None:
            yield _computed(model, record_type, line)
    for path, origin in record_type.entity.repeats.items():
        reference, _, field = origin.partition(".")
        target = record_type.links[reference].target
        yield Telling((record_type.key, path), target, frozenset({(target, field)}), is_computed=False)


def _computed(model: Model, record_type: RecordType, line: Line) -> Telling:
    computed = line.field.computed
    if computed is None:
        raise ValueError(f"{line.path} is not computed")
    source = model.of_table(computed.table)
    paths = {computed.field, *(key for key, _ in computed.where)}
    if computed.last is not None:
        paths.add(computed.when)
    told = frozenset((source.key, path) for path in paths if path is not None)
    return Telling((record_type.key, line.path), source.key, told, is_computed=True)
