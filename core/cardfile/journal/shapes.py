"""What writing certain fields of a record touches, worked out once for all records that change alike."""

from dataclasses import dataclass

from cardfile.database.columns import ColumnType
from cardfile.errors import InvalidInput
from cardfile.journal.plans import CardPlan, Plan, Slot

__all__ = ["CardShape", "Shape", "shape_of"]

MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class CardShape:
    """The places of a plugin's card among the fields; `zeros` are computed ones that a new card begins with."""

    card: CardPlan
    slots: tuple[Slot, ...]
    zeros: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a set of fields touches.

    `own` are the places in the record's own table, `columns` what they and the folded texts (`folds`) are kept in;
    `entries` are lists; `required` must not become empty, `missing` are required and not among the fields. `told` are
    those that events tell, None when it is all of them; `is_searched` whether the search looks through any.
    """

    paths: frozenset[str]
    own: tuple[Slot, ...]
    columns: tuple[tuple[str, ColumnType], ...]
    folds: tuple[tuple[str, str], ...]
    cards: tuple[CardShape, ...]
    entries: tuple[str, ...]
    required: tuple[Slot, ...]
    missing: tuple[Slot, ...]
    told: frozenset[str] | None
    is_searched: bool


def shape_of(plan: Plan, paths: frozenset[str]) -> Shape:
    """Return what writing these fields touches; raises `InvalidInput` for a field that there is not."""
    known: dict[frozenset[str], Shape] = plan.shapes
    found = known.get(paths)
    if found is None:
        if len(known) >= MOST_KEPT:
            known.clear()
        found = known[paths] = _shape(plan, paths)
    return found


def _shape(plan: Plan, paths: frozenset[str]) -> Shape:
    for path in sorted(paths):
        if path not in plan.slots and path not in plan.entries:
            names = ", ".join(sorted((*plan.slots, *plan.entries)))
            raise InvalidInput(
                "{entity} has no field {name}; there are: {known}.",
                entity=plan.key,
                name=path,
                known=names,
            )
    own = tuple(slot for slot in plan.own if slot.path in paths and slot.path in plan.slots)
    folds = tuple((slot.path, plan.folds[slot.path]) for slot in own if slot.path in plan.folds)
    told = frozenset(path for path in paths if path in plan.entries or plan.slots[path].is_kept)
    return Shape(
        paths=paths,
        own=own,
        columns=(
            *(column for slot in own for column in slot.columns()),
            *((column, ColumnType.TEXT) for _, column in folds),
        ),
        folds=folds,
        cards=tuple(_cards(plan, paths)),
        entries=tuple(path for path in plan.entries if path in paths),
        required=tuple(slot for path in sorted(paths) if (slot := plan.slots.get(path)) and not slot.is_null),
        missing=tuple(
            slot
            for slot in plan.own
            if slot.path not in paths and slot.path not in plan.computed and not slot.is_null
        ),
        told=None if len(told) == len(paths) else told,
        is_searched=not paths.isdisjoint(part.path for part in plan.search),
    )


def _cards(plan: Plan, paths: frozenset[str]) -> list[CardShape]:
    found = []
    for card in plan.cards.values():
        slots = tuple(slot for slot in card.slots if slot.path in paths)
        zeros = tuple(slot for slot in card.slots if plan.computed.get(slot.path) is not None)
        if slots or zeros:
            found.append(CardShape(card, slots, zeros))
    return found
