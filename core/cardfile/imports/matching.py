"""Who of a list is known already: by keys, by the record's own code, by its name, by an earlier import of the file."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cardfile.imports.keys import Key, KeyFields, Keys, forms_of
from cardfile.imports.parts import may_be_part
from cardfile.imports.pending import Pending
from cardfile.imports.read_rows import ReadRow
from cardfile.journal.plans import Plan
from cardfile.journal.statements import chunks
from cardfile.journal.units import Unit
from cardfile.journal.upkeep import entry_values
from cardfile.query.named import ids_by_text
from cardfile.query.rows import fetch_records, visible_ids
from cardfile.rights import EVERYTHING, Rights

__all__ = ["Known", "Matcher"]

PORTION: Final = 1_000
"""How many keys are looked up at once: the fastest way on both databases, with flat memory."""


EarlierOf = Callable[[Collection[int]], Awaitable[Mapping[int, int]]]
"""Gives records by the numbers of rows."""


@dataclass(frozen=True, slots=True)
class Known:
    """The records that the rows of a portion mean.

    `holders` are the ids by key, `archived` those that lie in the archive; `alike` are the ids by the fields that
    make records alike, `titled` by their folded title; `earlier` the ids by row number, from earlier imports of
    the same file. Only records in `readable` may be told of, only those in `editable` be changed; `values` are
    theirs by path, `told` those of records that are alike.
    """

    holders: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)
    archived: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)
    alike: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)
    titled: Mapping[str, Sequence[int]] = field(default_factory=dict)
    earlier: Mapping[int, int] = field(default_factory=dict)
    alive: frozenset[int] = frozenset()
    readable: frozenset[int] = frozenset()
    editable: frozenset[int] = frozenset()
    values: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    told: Mapping[int, Mapping[str, object]] = field(default_factory=dict)


class Matcher:
    """Looks up the records that rows mean, a portion at a time, all of them by a handful of statements.

    Only records that may be seen are found: else a list of guessed numbers would tell which of them are
    colleagues' clients. What an earlier import of the reader's made is known wherever it is now.
    """

    def __init__(
        self, plan: Plan, rights: Rights, keys: Keys, *, paths: Collection[str], title: str | None = None
    ) -> None:
        self._plan = plan
        self._rights = rights
        self._keys = keys
        self._paths = frozenset(paths)
        self._title = title
        self._sure = sorted({path for one in keys.sure for path in one.paths})

    async def look_up(
        self, unit: Unit, rows: Sequence[ReadRow], earlier_of: EarlierOf, *, with_values: bool
    ) -> Known:
        """Return what is known of the rows; `with_values` also reads the records that may be changed.

        `earlier_of` gives the records that earlier imports of the same sheet made of rows or found for them.
        """
        contacts = {key for row in rows for key in row.keys if key[0] in self._keys.contacts}
        holders = await self._visible(unit, await self._holders(unit, contacts))
        for fields in self._keys.sure:
            found, _ = await self._by_fields(unit, fields, rows)
            holders |= found
        here = {row.number for row in rows if not any(key in holders for key in row.keys)}
        earlier = await earlier_of(sorted(here))
        told = {row.record for row in rows if row.record is not None}
        chosen = {row.choice for row in rows if row.choice}
        held = {record for records in holders.values() for record in records}
        alive = await self._alive(unit, {*told, *chosen, *earlier.values(), *held})
        earlier = {number: record for number, record in earlier.items() if record in alive}
        live = {key: one for key, some in holders.items() if (one := tuple(r for r in some if r in alive))}
        archived = {key: some for key, some in holders.items() if key not in live}
        strangers = [row for row in rows if row.number in here and row.number not in earlier]
        alike, values_told = await self._alike(unit, strangers)
        titled = await self._titled(unit, strangers)
        found_here = {one for some in (*alike.values(), *titled.values()) for one in some}
        readable = await self._reach(unit, alive, "read") | found_here
        editable = await self._reach(unit, readable, "edit") & readable if with_values else set[int]()
        values = await self._values(unit, editable) if editable else {}
        return Known(
            holders=live,
            archived=archived,
            alike=alike,
            titled=titled,
            earlier=earlier,
            alive=frozenset(alive),
            readable=frozenset(readable),
            editable=frozenset(editable),
            values=values,
            told=values_told,
        )

    async def _visible(
        self, unit: Unit, holders: Mapping[Key, tuple[int, ...]]
    ) -> dict[Key, tuple[int, ...]]:
        seen = await self._reach(unit, {record for records in holders.values() for record in records}, "read")
        near = {key: tuple(one for one in records if one in seen) for key, records in holders.items()}
        return {key: records for key, records in near.items() if records}

    async def _holders(self, unit: Unit, keys: Iterable[Key]) -> dict[Key, tuple[int, ...]]:
        wanted: dict[str, set[str]] = defaultdict(set)
        for path, value in keys:
            wanted[path].add(str(value))
        found: dict[Key, set[int]] = defaultdict(set)
        host = unit.app
        for path, values in wanted.items():
            entry = self._plan.entries[path]
            link, target = entry.link, host.model[entry.target]
            for portion in chunks(sorted(values), PORTION):
                rows = await fetch_records(
                    host.database,
                    host.model,
                    target,
                    EVERYTHING,
                    now=unit.now,
                    filter={
                        **{key: {"eq": value} for key, value in link.where.items()},
                        "value": {"in": portion},
                    },
                    paths=("value", link.column),
                )
                for row in rows:
                    found[path, str(row["value"])].add(int(str(row[link.column])))
        return {key: tuple(sorted(records)) for key, records in found.items()}

    async def _alike(
        self, unit: Unit, rows: Sequence[ReadRow]
    ) -> tuple[Mapping[Key, tuple[int, ...]], Mapping[int, Mapping[str, object]]]:
        found: dict[Key, tuple[int, ...]] = {}
        told: dict[int, Mapping[str, object]] = {}
        for fields in self._keys.alike:
            some, values = await self._by_fields(unit, fields, rows)
            found |= some
            told |= values
        return found, told

    async def _by_fields(
        self, unit: Unit, fields: KeyFields, rows: Sequence[ReadRow]
    ) -> tuple[dict[Key, tuple[int, ...]], dict[int, Mapping[str, object]]]:
        """Return the visible records that have the same in these fields as one of the rows, and their values."""
        wanted = {key: row for row in rows if (key := fields.in_values(row.values)) is not None}
        path = self._by(unit, fields)
        link = self._plan.record_type.links.get(path)
        asked = {
            one
            for row in wanted.values()
            for one in forms_of(path, row.values[path])
            if not isinstance(one, Pending)
        }
        if not asked:
            return {}, {}
        host, records = unit.app, self._plan.record_type
        found: dict[Key, list[int]] = defaultdict(list)
        told: dict[int, Mapping[str, object]] = {}
        for portion in chunks(sorted(asked, key=str), PORTION):
            ids: Collection[int] | None = None
            if link is None and records.lines[path].field.folded:
                named = await ids_by_text(
                    host.database,
                    host.model,
                    records,
                    self._rights,
                    path,
                    list(map(str, portion)),
                    now=unit.now,
                )
                ids = sorted({one for some in named.values() for one in some})
            read = await fetch_records(
                host.database,
                host.model,
                records,
                self._rights,
                now=unit.now,
                ids=ids,
                filter=None if ids is not None else _filter_of(path, portion, is_link=link is not None),
                order=("id",),
                paths={*fields.paths, *self._sure},
            )
            for row in read:
                key = fields.in_values(row)
                if key in wanted:
                    record = int(str(row["id"]))
                    found[key].append(record)
                    told[record] = row
        return {key: tuple(some) for key, some in found.items()}, told

    def _by(self, unit: Unit, fields: KeyFields) -> str:
        """Return the field by which to look: what the record hangs on, a name, or the last one, as of a channel."""
        record_type = self._plan.record_type
        for path in fields.paths:
            link = record_type.links.get(path)
            if link is not None and may_be_part(unit.app.model[link.target]):
                return path
        for path in fields.paths:
            if record_type.lines[path].field.folded:
                return path
        return fields.paths[-1]

    async def _titled(self, unit: Unit, rows: Sequence[ReadRow]) -> Mapping[str, Sequence[int]]:
        """Return whom rows mean that tell nothing but a name."""
        if self._title is None:
            return {}
        texts = {str(text) for row in rows if not row.keys and (text := row.values.get(self._title))}
        host = unit.app
        return await ids_by_text(
            host.database, host.model, self._plan.record_type, self._rights, self._title, texts, now=unit.now
        )

    async def _alive(self, unit: Unit, ids: Collection[int]) -> set[int]:
        if not ids:
            return set()
        host, record_type = unit.app, self._plan.record_type
        rows = await fetch_records(
            host.database,
            host.model,
            record_type,
            EVERYTHING,
            now=unit.now,
            ids=sorted(ids),
            paths=("archived_at",),
        )
        return {int(str(row["id"])) for row in rows if row.get("archived_at") is None}

    async def _reach(self, unit: Unit, ids: Collection[int], action: str) -> set[int]:
        if not ids:
            return set()
        host = unit.app
        return await visible_ids(
            host.database,
            host.model,
            self._plan.record_type,
            self._rights,
            sorted(ids),
            now=unit.now,
            action=action,
        )

    async def _values(self, unit: Unit, ids: Collection[int]) -> dict[int, dict[str, object]]:
        host, plan = unit.app, self._plan
        rows = await fetch_records(
            host.database,
            host.model,
            plan.record_type,
            EVERYTHING,
            now=unit.now,
            ids=sorted(ids),
            paths=self._paths,
        )
        values = {int(str(row["id"])): row for row in rows}
        for path in self._paths & plan.entries.keys():
            entries = await entry_values(unit, plan, path, sorted(values))
            for record, row in values.items():
                row[path] = entries.get(record, ())
        return values


def _filter_of(path: str, values: Sequence[object], *, is_link: bool) -> Mapping[str, object]:
    """Return the filter of records that have one of these values at a path, be it on a plugin's card."""
    condition: dict[str, object] = {"in": list(values)}
    found: dict[str, object] = {"id": condition} if is_link else condition
    for step in reversed(path.split(".")):
        found = {step: found}
    return found
