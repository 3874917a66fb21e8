"""What follows from rights: fields that tell of other records are hidden with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cardfile.model.entities import Everyone, Through
from cardfile.model.model import Model
from cardfile.model.record_types import Line, RecordType
from cardfile.rights import Scope

__all__ = ["Telling", "tellings_of"]

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Telling:
    """A field that tells of fields of another entity.

    What is computed is made of all of its rows, and so needs a sight of them as wide as that of its own record.
    Scopes tell that only of rows that are seen `with_host`, through the record itself: others have owners and
    participants of their own, and all of them are seen by whoever sees everybody's.
    """

    field: Pair
    source: str
    told: frozenset[Pair]
    is_computed: bool
    with_host: bool = True

    def tells_more(self, scopes: Mapping[Pair, Scope], hidden: frozenset[Pair]) -> bool:
        """Tell whether the field shows what one with these rights may not see."""
        if not self.told.isdisjoint(hidden):
            return True
        source, host = (scopes.get((key, "read"), Scope.NONE) for key in (self.source, self.field[0]))
        enough = host if self.with_host else Scope.ALL
        return self.is_computed and (source is Scope.NONE or source < enough)


def tellings_of(model: Model) -> tuple[Telling, ...]:
    """Return all fields and lists that are made of, chosen by, or repeat fields of other entities."""
    return tuple(one for record_type in model.types.values() for one in _of(model, record_type))


def _of(model: Model, record_type: RecordType) -> Iterator[Telling]:
    for line in record_type.lines.values():
        if line.field.computed is not None:
            yield _computed(model, record_type, line)
        if line.field.past is not None:
            moments = (line.field.past, line.field.past_at)
            told = frozenset((record_type.key, one) for one in moments if one is not None)
            yield Telling((record_type.key, line.path), record_type.key, told, is_computed=False)
    for path, origin in record_type.entity.repeats.items():
        reference, _, field = origin.partition(".")
        target = record_type.links[reference].target
        yield Telling((record_type.key, path), target, frozenset({(target, field)}), is_computed=False)
    for link in record_type.links.values():
        lines = model[link.target].lines
        if chosen_by := frozenset((link.target, key) for key in link.where if key in lines):
            yield Telling((record_type.key, link.path), link.target, chosen_by, is_computed=False)


def _computed(model: Model, record_type: RecordType, line: Line) -> Telling:
    computed = line.field.computed
    if computed is None:
        raise ValueError(f"{line.path} is not computed")
    source = model.of_table(computed.table)
    paths = {computed.field, *(key for key, _ in computed.where)}
    if computed.last is not None:
        paths.add(computed.when)
    told = frozenset((source.key, path) for path in paths if path is not None)
    with_host = _is_seen_with(model, source, record_type)
    return Telling((record_type.key, line.path), source.key, told, is_computed=True, with_host=with_host)


def _is_seen_with(model: Model, record_type: RecordType, host: RecordType) -> bool:
    """Tell whether records are seen with the record of `host` on which they hang, be it over several steps."""
    here, passed = record_type, {record_type.key}
    while isinstance(here.visibility, Through):
        here = model[here.links[here.visibility.reference].target]
        if here.key in passed:
            return False
        passed.add(here.key)
        if here.key == host.key:
            return True
    return isinstance(here.visibility, Everyone)
