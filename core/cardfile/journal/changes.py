"""How records change: what is different is written, and nothing else."""

from collections.abc import Awaitable, Callable, Collection, Container, Iterable, Mapping, Sequence
from typing import Final

from cardfile.database.columns import ColumnType
from cardfile.database.failures import ConstraintViolated
from cardfile.database.names import quoted
from cardfile.errors import InvalidInput, NotFound, VersionConflict
from cardfile.journal.creation import Books, columns_of, insert_entries, label_of, refusal_of
from cardfile.journal.entries import Entry
from cardfile.journal.ledger import Marked
from cardfile.journal.plans import SEARCH, EntryPlan, Plan, Slot
from cardfile.journal.records import LazyRecords
from cardfile.journal.shapes import CardShape, Shape, shape_of
from cardfile.journal.statements import kept_moment, update_columns, upsert_columns
from cardfile.journal.units import Unit
from cardfile.journal.upkeep import entry_texts, entry_values, search_texts
from cardfile.query.binds import Statement
from cardfile.query.row import constant
from cardfile.rights import EVERYTHING
from cardfile.values.text import fold_all

__all__ = ["change_rows", "needed_paths", "read_entries_of"]

Row = dict[str, object]

Complete = Callable[[Collection[int]], Awaitable[None]]

_MISSING: Final = object()
_HOOKS: Final = ("record_changing", "records_changing")


async def change_rows(
    call: object,
    unit: Unit,
    books: Books,
    plan: Plan,
    befores: Mapping[int, Row],
    changes: Mapping[int, Mapping[str, object]],
    *,
    ask: bool = True,
    complete: Complete | None = None,
) -> Mapping[int, Mapping[str, object]]:
    """Change records from what they were read as, and return what was different, by id.

    `befores` hold every value, or at least those of `needed_paths`: then `complete` reads the others into them.
    Hooks are asked with the differences (not with `ask=False`), and may change them. `befores` then hold the
    new values and versions. Raises `VersionConflict` when somebody else was quicker.
    """
    if plan.entries:
        await read_entries_of(unit, plan, befores, changes)
    different = _differences(plan, befores, changes)
    if ask and different and any(unit.app.hooks.has(name) for name in _HOOKS):
        different = await _asked(call, unit, plan, befores, different, complete)
    if not different:
        return {}
    shape = shape_of(plan, frozenset().union(*different.values()))
    _check(unit, shape, different)
    texts = await _search_texts(unit, plan, befores, different) if shape.is_searched else {}
    await _update(unit, plan, befores, different, texts)
    for one in [card for card in shape.cards if card.slots]:
        await _update_cards(unit, plan, one, different)
    for path in shape.entries:
        await _replace_entries(unit, plan.entries[path], path, befores, different)
    _note(unit, books, plan, befores, different, shape)
    return different


def needed_paths(plan: Plan, changes: Mapping[int, Mapping[str, object]]) -> Collection[str]:
    """Return what has to be read of records before these changes: the rest is read when a hook asks for it."""
    kept_beside = {one.reference for one in plan.watchers} | {one.reference for one in plan.searched_by}
    searched = {part.path for part in plan.search if not part.is_entry}
    return plan.paths & {"version", *kept_beside, *searched, *set().union(*changes.values())}


async def _asked(
    call: object,
    unit: Unit,
    plan: Plan,
    befores: Mapping[int, Row],
    different: dict[int, Row],
    complete: Complete | None,
) -> dict[int, Row]:
    """Return the differences as the hooks want them."""
    rows: dict[int, Row] = {}

    async def whole() -> Mapping[int, Row]:
        if not rows:
            if complete is not None:
                await complete(different.keys())
            rows.update((record, befores[record]) for record in different)
        return rows

    async def records() -> Mapping[int, object]:
        return LazyRecords(plan, await whole())

    shown = {record: dict(values) for record, values in different.items()}
    await unit.app.hooks.each_changing(call, plan.key, records, whole, different)
    changed = {record: values for record, values in different.items() if values != shown[record]}
    if not changed:
        return different
    await whole()
    await read_entries_of(unit, plan, befores, changed)
    again = _differences(plan, befores, changed)
    merged = {
        record: again.get(record, {}) if record in changed else different[record] for record in different
    }
    return {record: values for record, values in merged.items() if values}


def _differences(
    plan: Plan, befores: Mapping[int, Row], changes: Mapping[int, Mapping[str, object]]
) -> dict[int, Row]:
    found = {}
    lists = plan.entries.keys() & set().union(*changes.values()) if plan.entries else ()
    for record, given in changes.items():
        before = befores[record]
        different = {path: value for path, value in given.items() if before.get(path, _MISSING) != value}
        for path in lists:
            if path in different and _are_the_same(before.get(path), different[path]):
                del different[path]
        if different:
            found[record] = different
    return found


def _are_the_same(old: object, new: object) -> bool:
    """Tell whether two lists hold the same; they have no order of their own."""
    if not old or not new:
        return not _entries(old) and not _entries(new)
    return set(_entries(old)) == set(_entries(new))


async def read_entries_of(
    unit: Unit, plan: Plan, befores: Mapping[int, Row], changes: Mapping[int, Mapping[str, object]]
) -> None:
    """Complete what the records were read as by the lists that are to change."""
    given_paths = set().union(*changes.values())
    for path in [one for one in plan.entries if one in given_paths]:
        wanted = [
            record for record, given in changes.items() if path in given and path not in befores[record]
        ]
        if wanted:
            found = await entry_values(unit, plan, path, wanted)
            for record in wanted:
                befores[record][path] = found.get(record, ())


def _check(unit: Unit, shape: Shape, different: Mapping[int, Row]) -> None:
    for slot in shape.required:
        path = slot.path
        for record, values in different.items():
            if path in values and values[path] is None:
                where = (path,) if len(different) == 1 else (record, path)
                label = label_of(slot, unit.actor.locale)
                raise InvalidInput("{field} must be filled in.", field=label, path=where)


async def _search_texts(
    unit: Unit, plan: Plan, befores: Mapping[int, Row], different: Mapping[int, Row]
) -> Mapping[int, str]:
    """Return the new search texts of those records of which a searched field changes."""
    searched = {part.path for part in plan.search}
    records = [record for record, values in different.items() if not searched.isdisjoint(values)]
    if not records:
        return {}
    cells: dict[str, Sequence[object]] = {}
    now = [(record, different[record], befores[record]) for record in records]
    for part in plan.search:
        path = part.path
        texts: Mapping[int, object] = {}
        if part.is_entry:
            unknown = [record for record, values, was in now if path not in values and path not in was]
            texts = await entry_texts(unit, plan, path, unknown) if unknown else {}
        cells[path] = [
            values[path] if path in values else was[path] if path in was else texts.get(record)
            for record, values, was in now
        ]
    return dict(zip(records, search_texts(plan.search, cells, len(records)), strict=True))


async def _update(
    unit: Unit,
    plan: Plan,
    befores: Mapping[int, Row],
    different: Mapping[int, Row],
    texts: Mapping[int, str],
) -> None:
    stamp = (("updated_at", kept_moment(unit.transaction, unit.now)), ("updated_by", unit.actor.user))
    for shape, records in _alike(plan, different, apart=texts):
        given = [different[record] for record in records]
        columns = shape.columns
        cells: list[Sequence[object]] = [records, [befores[record]["version"] for record in records]]
        cells += _cells_of(shape.own, given, unit.actor.locale)
        cells += [fold_all([str(values[path] or "") for values in given]) for path, _ in shape.folds]
        if records[0] in texts:
            columns = (*columns, (SEARCH, ColumnType.TEXT))
            cells.append([texts[record] for record in records])
        try:
            done = await update_columns(unit.transaction, plan.table, columns, cells, stamp=stamp)
        except ConstraintViolated as error:
            raise refusal_of(plan, error, unit.actor.locale) from error
        if done != len(records):
            await _raise_conflict(unit, plan, befores, records)


def _cells_of(slots: Iterable[Slot], rows: Sequence[Row], locale: str) -> list[Sequence[object]]:
    return [
        cell for slot in slots for cell in columns_of(slot, [row[slot.path] for row in rows], locale).values()
    ]


def _alike(
    plan: Plan, different: Mapping[int, Row], *, apart: Container[int] = ()
) -> Iterable[tuple[Shape, list[int]]]:
    """Return the records in groups that change the same places of their own table, those in `apart` by themselves."""
    if len(different) == 1:
        ((record, values),) = different.items()
        return [(shape_of(plan, frozenset(values)), [record])]
    by_paths: dict[tuple[tuple[str, ...], bool], list[int]] = {}
    for record, values in different.items():
        by_paths.setdefault((tuple(values), record in apart), []).append(record)
    groups: dict[tuple[tuple[tuple[str, ColumnType], ...], bool], tuple[Shape, list[int]]] = {}
    for (paths, is_apart), records in by_paths.items():
        shape = shape_of(plan, frozenset(paths))
        groups.setdefault((shape.columns, is_apart), (shape, []))[1].extend(records)
    return groups.values()


async def _raise_conflict(unit: Unit, plan: Plan, befores: Mapping[int, Row], records: Sequence[int]) -> None:
    rows = await unit.transaction.fetch(
        f"select id, version from {quoted(plan.table)} "
        f"where id {unit.app.database.dialect.any_of(1, 'bigint')}",
        (list(records),),
    )
    versions = {int(str(record)): int(str(version)) for record, version in rows}
    stale: list[VersionConflict] = []
    for record in records:
        expected, current = int(str(befores[record]["version"])), versions.get(record)
        if current is None:
            raise NotFound("There is no such record: {id}.", id=plan.record_type.global_id(record))
        conflict = VersionConflict(entity=plan.key, record=record, expected=expected, current=current)
        # Those rows of the statement that were in time have grown by one already.
        stale.insert(0 if current != expected + 1 else len(stale), conflict)
    raise stale[0]


async def _update_cards(unit: Unit, plan: Plan, one: CardShape, different: Mapping[int, Row]) -> None:
    places = frozenset(slot.path for slot in one.slots)
    groups: dict[frozenset[str], list[int]] = {}
    for record, values in different.items():
        groups.setdefault(places.intersection(values), []).append(record)
    for paths, records in groups.items():
        if not paths:
            continue
        slots = [slot for slot in one.slots if slot.path in paths]
        columns = [("id", ColumnType.ID), *(column for slot in slots for column in slot.columns())]
        given = [different[record] for record in records]
        cells = [records, *_cells_of(slots, given, unit.actor.locale)]
        await upsert_columns(unit.transaction, one.card.table, columns, cells)


async def _replace_entries(
    unit: Unit, entry: EntryPlan, path: str, befores: Mapping[int, Row], different: Mapping[int, Row]
) -> None:
    """Bring the rows of lists to what they shall be: what stays keeps its row, what goes is archived."""
    added: list[tuple[int, object]] = []
    emptied: list[int] = []
    gone: list[tuple[object, ...]] = []
    kept: list[tuple[object, ...]] = []
    for record, values in different.items():
        if path not in values:
            continue
        if not befores[record].get(path):
            added.append((record, values[path]))
            continue
        if not values[path]:
            emptied.append(record)
            continue
        old = {one.value: one for one in _entries(befores[record].get(path))}
        new = {one.value: one for one in _entries(values[path])}
        added.append((record, tuple(one for value, one in new.items() if value not in old)))
        gone += [(record, value) for value in old if value not in new]
        kept += [
            (record, value, one.label, one.is_primary)
            for value, one in new.items()
            if value in old and (one.label, one.is_primary) != (old[value].label, old[value].is_primary)
        ]
    table, live = _entry_where(unit, entry)
    where = f"{quoted(entry.link.column)}={{host}} and value={{value}} and {live}"
    stamp = "version=version+1, updated_at=$1, updated_by=$2"
    head = (unit.now, unit.actor.user)
    if emptied:
        hosts = f"{quoted(entry.link.column)} {unit.app.database.dialect.any_of(3, 'bigint')}"
        await unit.transaction.execute(
            f"update {table} set archived_at=$1, {stamp} where {hosts} and {live}", (*head, emptied)
        )
    if gone:
        await unit.transaction.execute_many(
            f"update {table} set archived_at=$1, {stamp} where {where.format(host='$3', value='$4')}",
            [(*head, *row) for row in gone],
        )
    if kept:
        sql = (
            f"update {table} set {stamp}, label=$5, is_primary=$6 where {where.format(host='$3', value='$4')}"
        )
        await unit.transaction.execute_many(sql, [(*head, *row) for row in kept])
    await insert_entries(unit, entry, added)


def _entry_where(unit: Unit, entry: EntryPlan) -> tuple[str, str]:
    """Return the table of a list and what holds for its live rows."""
    statement = Statement(unit.app.model, unit.app.database.dialect, EVERYTHING, unit.reading)
    where = "".join(
        f" and {quoted(key)} = {constant(value, statement)}" for key, value in entry.link.where.items()
    )
    return quoted(unit.app.model[entry.target].table), f"archived_at is null{where}"


def _next_version(version: object) -> int:
    return version + 1 if isinstance(version, int) else 1


def _entries(value: object) -> tuple[Entry, ...]:
    return tuple([one for one in value if isinstance(one, Entry)]) if isinstance(value, tuple) else ()


def _note(
    unit: Unit,
    books: Books,
    plan: Plan,
    befores: Mapping[int, Row],
    different: Mapping[int, Row],
    shape: Shape,
) -> None:
    """Tell ledger and upkeep, and let the records be known as they are now."""
    told, used = shape.told, shape.paths
    books.upkeep.touched(plan, [befores[record] for record in different], used)
    now = unit.now
    marks: list[Marked] = []
    for record, values in different.items():
        row = befores[record]
        version = _next_version(row["version"])
        after = values if told is None else {path: value for path, value in values.items() if path in told}
        if after:
            marks.append((record, {path: row.get(path) for path in after}, after, version))
        row.update(values)
        row["version"] = version
        row["updated_at"] = now
    books.ledger.changed(plan, marks)
    books.upkeep.touched(plan, [befores[record] for record in different], used)
