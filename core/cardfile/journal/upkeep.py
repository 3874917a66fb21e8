"""What is kept beside the values: texts for search, and fields computed from other rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from cardfile.database.names import quoted
from cardfile.journal.entries import Entry
from cardfile.journal.plans import SEARCH, Plan, SearchPart, Watcher
from cardfile.journal.statements import CHUNK, chunks
from cardfile.journal.units import Unit
from cardfile.model.kinds import Reading
from cardfile.query.binds import Statement
from cardfile.query.row import computed_value, constant
from cardfile.rights import EVERYTHING
from cardfile.values.text import fold_all

__all__ = ["Upkeep", "entry_texts", "entry_values", "refresh_computed", "search_texts"]


def search_texts(
    parts: Sequence[SearchPart],
    cells: Mapping[str, Sequence[object]],
    number: int,
    folded: Mapping[str, Sequence[str]] | None = None,
) -> list[str]:
    """Return what a search looks through in each of `number` rows: folded texts, and the digits of phones.

    `cells` are the values by path, row by row; `folded` are texts that somebody has folded already.
    """
    columns = [
        (folded or {}).get(part.path) or _turned(part, _texts(part, cells[part.path]))
        for part in parts
        if any(cells.get(part.path, ()))
    ]
    if len(columns) == 1:
        return list(columns[0])
    return [" ".join(filter(None, texts)) for texts in zip(*columns, strict=True)] or [""] * number


def _turned(part: SearchPart, texts: Sequence[str]) -> Sequence[str]:
    if part.is_phone:
        return [text.removeprefix("+").replace(" +", " ") for text in texts]
    return fold_all(texts)


def _texts(part: SearchPart, values: Sequence[object]) -> list[str]:
    """Return the text of each value, that of lists with a space between their entries."""
    if not part.is_entry:
        return [str(value) if value else "" for value in values]
    return [
        ""
        if not isinstance(value, tuple)
        else _text_of(value[0])
        if len(value) == 1
        else " ".join(map(_text_of, value))
        for value in values
    ]


def _text_of(one: object) -> str:
    return one.value if type(one) is Entry else str(one)


class Upkeep:
    """Remembers what one command has touched, and then brings what depends on it up to date."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._search: dict[str, set[int]] = {}
        self._computed: dict[tuple[str, str], tuple[Watcher, set[int]]] = {}

    def search(self, entity: str, ids: Iterable[int]) -> None:
        """Let the search texts of these records be made anew."""
        self._search.setdefault(entity, set()).update(ids)

    def touched(
        self, plan: Plan, values: Iterable[Mapping[str, object]], changed: Collection[str] | None
    ) -> None:
        """Take note of rows that others are computed from or searched by; `changed` None means all paths."""
        watchers = [one for one in plan.watchers if changed is None or not one.paths.isdisjoint(changed)]
        hosts = [one for one in plan.searched_by if changed is None or not one.paths.isdisjoint(changed)]
        if not watchers and not hosts:
            return
        rows = list(values)
        for watcher in watchers:
            _, ids = self._computed.setdefault((watcher.host, watcher.line.path), (watcher, set()))
            ids.update(_references(rows, watcher.reference))
        for one in hosts:
            self.search(one.host, _references(rows, one.reference))

    async def settle(self) -> None:
        """Bring search texts and stored computed fields up to date."""
        plans = self._unit.app.commands.plans
        for entity, ids in self._search.items():
            for part in chunks(sorted(ids), CHUNK):
                await _refresh_search(self._unit, plans[entity], part)
        for watcher, ids in self._computed.values():
            for part in chunks(sorted(ids), CHUNK):
                await refresh_computed(self._unit, plans[watcher.host], watcher, part)
        self._search, self._computed = {}, {}


def _references(rows: Iterable[Mapping[str, object]], path: str) -> set[int]:
    return {value for row in rows if isinstance(value := row.get(path), int)}


async def _refresh_search(unit: Unit, plan: Plan, ids: Sequence[int]) -> None:
    database = unit.app.database
    any_of = database.dialect.any_of(1, "bigint")
    own = [part for part in plan.search if not part.is_entry]
    columns = ", ".join(quoted(name) for name in ("id", SEARCH, *(part.path for part in own)))
    rows = await database.fetch(f"select {columns} from {quoted(plan.table)} where id {any_of}", (list(ids),))
    values: dict[int, dict[str, object]] = {}
    kept: dict[int, object] = {}
    for record, text, *texts in rows:
        kept[int(str(record))] = text
        values[int(str(record))] = dict(zip((part.path for part in own), texts, strict=True))
    for part in plan.search:
        if part.is_entry:
            for record, entries in (await entry_values(unit, plan, part.path, ids)).items():
                values[record][part.path] = entries
    cells = {part.path: [row.get(part.path) for row in values.values()] for part in plan.search}
    made = dict(zip(values, search_texts(plan.search, cells, len(values)), strict=True))
    await unit.transaction.execute_many(
        f"update {quoted(plan.table)} set {quoted(SEARCH)}=$2 where id=$1",
        [(record, text) for record, text in made.items() if text != kept[record]],
    )


async def entry_values(unit: Unit, plan: Plan, path: str, ids: Sequence[int]) -> dict[int, tuple[Entry, ...]]:
    """Return the live entries of a list for each record that has any, the main one first."""
    has_extension = plan.entries[path].has_extension
    names = ["value", "raw", "label", "is_primary", *(["extension"] if has_extension else [])]
    found: dict[int, list[Entry]] = {}
    for host, value, raw, label, is_primary, *more in await _entry_rows(unit, plan, path, ids, names):
        one = Entry(
            str(value), str(raw or ""), _text(label), bool(is_primary), _text(more[0]) if more else None
        )
        found.setdefault(int(str(host)), []).append(one)
    return {host: tuple(entries) for host, entries in found.items()}


async def _entry_rows(
    unit: Unit, plan: Plan, path: str, ids: Sequence[int], columns: Sequence[str]
) -> Sequence[Sequence[object]]:
    entry = plan.entries[path]
    database, table = unit.app.database, unit.app.model[entry.target].table
    via = quoted(entry.link.column)
    statement = Statement(unit.app.model, database.dialect, EVERYTHING, unit.reading)
    where = "".join(
        f" and {quoted(key)} = {constant(value, statement)}" for key, value in entry.link.where.items()
    )
    return await database.fetch(
        f"select {via}, {', '.join(map(quoted, columns))} from {quoted(table)} "
        f"where {via} {database.dialect.any_of(1, 'bigint')} and archived_at is null{where} "
        "order by is_primary desc, id",
        (list(ids),),
    )


async def entry_texts(unit: Unit, plan: Plan, path: str, ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Return the live texts of a list for each record that has any, the main one first."""
    found: dict[int, tuple[str, ...]] = {}
    for host, value in await _entry_rows(unit, plan, path, ids, ("value",)):
        if isinstance(host, int):
            found[host] = (*found.get(host, ()), str(value))
    return found


def _text(value: object) -> str | None:
    return None if value is None else str(value)


async def refresh_computed(
    unit: Unit, host: Plan, watcher: Watcher, ids: Sequence[int] | None = None
) -> None:
    """Compute a stored field anew for these records (None: for all), by one statement."""
    line, dialect = watcher.line, unit.app.database.dialect
    statement = Statement(unit.app.model, dialect, EVERYTHING, Reading(unit.now.date()))
    arguments: tuple[object, ...] = () if ids is None else (list(ids),)
    chosen = "1 = 1" if ids is None else f"{{record}} {dialect.any_of(1, 'bigint')}"
    column = quoted(line.column)
    if line.card is None:
        record = f"{quoted(host.table)}.id"
        value = computed_value(statement, line, record)
        sql = f"update {quoted(host.table)} set {column} = {value} where {chosen.format(record=record)}"
    else:
        value = computed_value(statement, line, "h.id")
        sql = (
            f"insert into {quoted(host.cards[line.card].table)} (id, {column}) "
            f"select h.id, {value} from {quoted(host.table)} h where {chosen.format(record='h.id')} "
            f"on conflict (id) do update set {column} = excluded.{column}"
        )
    await unit.transaction.execute(sql, arguments)
