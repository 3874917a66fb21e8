"""How new records come into the tables, one or a hundred thousand, by the same way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Final

import orjson

from cardfile.database.columns import ColumnType
from cardfile.database.failures import ConstraintViolated
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.entries import Entry
from cardfile.journal.ledger import UNKNOWN, Ledger
from cardfile.journal.plans import NOW, SEARCH, EntryPlan, Plan, Slot
from cardfile.journal.shapes import CardShape, Shape, shape_of
from cardfile.journal.statements import insert_columns, kept_moment
from cardfile.journal.units import Unit
from cardfile.journal.upkeep import Upkeep, search_texts
from cardfile.texts import said
from cardfile.values.money import Money
from cardfile.values.text import fold_all

__all__ = [
    "Books",
    "columns_of",
    "create_rows",
    "insert_entries",
    "label_of",
    "paths_of_column",
    "refusal_of",
]

Row = dict[str, object]
Cells = Sequence[object]
"""The values of one path in many rows."""


@dataclass(frozen=True, slots=True)
class Books:
    """What a command keeps while it writes: what it has done, and what depends on that."""

    ledger: Ledger
    upkeep: Upkeep


async def create_rows(
    call: object, unit: Unit, books: Books, plan: Plan, rows: Sequence[Row]
) -> Sequence[int]:
    """Make records of values by path, in the order given, and return their ids.

    Defaults are filled in and hooks are asked first; the rows then hold what was written.
    """
    if not rows:
        return ()
    _fill_defaults(plan, rows, unit.now)
    await unit.app.hooks.each_creating(call, plan.key, rows)
    used = frozenset().union(*rows)
    shape = shape_of(plan, used)
    ids = await unit.transaction.reserve_ids(plan.table, len(rows))
    await _insert(unit, plan, shape, ids, {path: [row.get(path) for row in rows] for path in used})
    for path in shape.entries:
        lists = [(record, row[path]) for record, row in zip(ids, rows, strict=True) if row.get(path)]
        await insert_entries(unit, plan.entries[path], lists)
    books.ledger.created(plan, ids, _kept(shape, rows), _clients(plan, ids, rows))
    books.upkeep.touched(plan, rows, None)
    return ids


async def insert_entries(unit: Unit, entry: EntryPlan, lists: Iterable[tuple[int, object]]) -> None:
    """Write entry lists as rows of their own; the journal tells them with the record that has them."""
    hosts: list[object] = []
    rows: list[Entry] = []
    for host, entries in lists:
        for one in entries if isinstance(entries, tuple) else ():
            if isinstance(one, Entry):
                hosts.append(host)
                rows.append(one)
    if not rows:
        return
    target = unit.app.commands.plans[entry.target]
    cells: dict[str, Cells] = {
        entry.link.column: hosts,
        **{path: [value] * len(rows) for path, value in entry.link.where.items()},
        "value": [one.value for one in rows],
        "raw": [one.raw for one in rows],
        "label": [one.label for one in rows],
        "is_primary": [one.is_primary for one in rows],
    }
    if entry.has_extension:
        cells["extension"] = [one.extension for one in rows]
    for path, default in target.defaults.items():
        value = unit.now if default is NOW else default
        if path not in cells:
            cells[path] = [value] * len(rows)
        elif not target.slots[path].is_null and None in cells[path]:
            cells[path] = [value if cell is None else cell for cell in cells[path]]
    ids = await unit.transaction.reserve_ids(target.table, len(rows))
    shape = shape_of(target, frozenset(path for path in cells if path in target.slots))
    await _insert(unit, target, shape, ids, cells)


def _fill_defaults(plan: Plan, rows: Sequence[Row], now: datetime) -> None:
    for path, default in plan.defaults.items():
        value = now if default is NOW else default
        if plan.slots[path].is_null:
            for row in rows:
                row.setdefault(path, value)
        else:
            for row in rows:
                if row.get(path) is None:
                    row[path] = value


async def _insert(
    unit: Unit, plan: Plan, shape: Shape, ids: Sequence[int], cells: Mapping[str, Cells]
) -> None:
    number, locale, user = len(ids), unit.actor.locale, [unit.actor.user] * len(ids)
    if shape.missing:
        raise _not_filled(shape.missing[0], 0, number, locale)
    now = [kept_moment(unit.transaction, unit.now)] * number
    columns: dict[str, Sequence[object]] = {
        "id": ids,
        "created_at": now,
        "created_by": user,
        "updated_at": now,
        "updated_by": user,
        "version": [1] * number,
    }
    for slot in shape.own:
        columns |= columns_of(slot, cells[slot.path], locale)
    for column, value in plan.constants.items():
        columns[column] = [value] * number
    nothing = (None,) * number
    folded = {path: fold_all([str(value or "") for value in cells.get(path, nothing)]) for path in plan.folds}
    columns |= {column: folded[path] for path, column in plan.folds.items()}
    if plan.search:
        columns[SEARCH] = search_texts(plan.search, cells, number, folded)
    try:
        await insert_columns(unit.transaction, plan.table, columns)
    except ConstraintViolated as error:
        raise refusal_of(plan, error, locale) from error
    for one in shape.cards:
        await _insert_cards(unit, one, ids, cells)


async def _insert_cards(unit: Unit, one: CardShape, ids: Sequence[int], cells: Mapping[str, Cells]) -> None:
    columns: dict[str, Sequence[object]] = {"id": ids}
    for slot in one.slots:
        columns |= columns_of(slot, cells[slot.path], unit.actor.locale)
    columns |= {slot.column: [0] * len(ids) for slot in one.zeros}
    if not one.zeros:
        columns = _without_empty(columns)
    if columns["id"]:
        await insert_columns(unit.transaction, one.card.table, columns)


def _without_empty(columns: dict[str, Sequence[object]]) -> dict[str, Sequence[object]]:
    """Leave out the rows that have nothing but their id."""
    _, *values = columns.values()
    empty = [row.count(None) == len(row) for row in zip(*values, strict=True)]
    if True not in empty:
        return columns
    return {
        name: [cell for cell, is_empty in zip(column, empty, strict=True) if not is_empty]
        for name, column in columns.items()
    }


def columns_of(slot: Slot, values: Cells, locale: str) -> Mapping[str, Sequence[object]]:
    """Return the values of a slot as its columns keep them: money in two, choices and data as JSON."""
    if not slot.is_null and None in values:
        raise _not_filled(slot, values.index(None), len(values), locale)
    if slot.is_money:
        return {
            slot.column: [one.minor if isinstance(one, Money) else None for one in values],
            f"{slot.column}_currency": [one.currency if isinstance(one, Money) else None for one in values],
        }
    if slot.type is ColumnType.JSON:
        return {slot.column: [None if one is None else _json(one) for one in values]}
    return {slot.column: values}


def _not_filled(slot: Slot, index: int, number: int, locale: str) -> Refused:
    path: tuple[str | int, ...] = tuple(slot.path.split("."))
    return InvalidInput(
        "{field} must be filled in.",
        field=label_of(slot, locale),
        path=path if number == 1 else (index, *path),
    )


def label_of(slot: Slot, locale: str) -> str:
    """Return what people call the field of a slot."""
    return said(slot.line.field.label, locale) if slot.line is not None else slot.path


def _json(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _kept(shape: Shape, rows: Sequence[Row]) -> Sequence[Row]:
    """Return what the journal tells of new rows: what is filled in, and no secrets."""
    if shape.told is None:
        return [
            {path: value for path, value in row.items() if value is not None and value != ()} for row in rows
        ]
    return [
        {path: value for path in shape.told if (value := row.get(path)) is not None and value != ()}
        for row in rows
    ]


def _clients(plan: Plan, ids: Sequence[int], rows: Sequence[Row]) -> Iterable[int | None]:
    if plan.to_client is None:
        return repeat(None)
    if not plan.to_client:
        return ids
    if len(plan.to_client) > 1:
        return repeat(UNKNOWN)
    return _found(plan.to_client[0].path, rows)


def _found(path: str, rows: Sequence[Row]) -> Iterator[int | None]:
    for row in rows:
        value = row.get(path)
        yield value if isinstance(value, int) else None


_TAKEN: Final = "{fields} must be unique, and this value is taken already."
_MISSING: Final = "A record that is referred to does not exist, or is still referred to by others."


def refusal_of(plan: Plan, error: ConstraintViolated, locale: str) -> Exception:
    """Return what a constraint of the database says, in words for the person who asked."""
    paths = [path for column in error.columns for path in paths_of_column(plan, column)]
    if error.kind == "unique" and paths:
        told = ", ".join(label_of(plan.slots[path], locale) for path in paths)
        return InvalidInput(_TAKEN, fields=told, path=tuple(paths[-1].split(".")))
    if error.kind == "foreign_key":
        return InvalidInput(_MISSING, path=tuple(paths[:1]))
    return error


def paths_of_column(plan: Plan, column: str) -> Sequence[str]:
    """Return the paths of the values that a column of the record's own table keeps, folded texts included."""
    return [
        slot.path
        for slot in plan.own
        if plan.folds.get(slot.path) == column or any(name == column for name, _ in slot.columns())
    ]
