"""Who of a list is known already: by contacts, by the record's own code, by an earlier import of the file."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cardfile.imports.columns import Key, ReadRow
from cardfile.imports.tables import ImportState
from cardfile.journal.plans import Plan
from cardfile.journal.statements import chunks
from cardfile.journal.units import Unit
from cardfile.journal.upkeep import entry_values
from cardfile.model.fields import Kind
from cardfile.query.rows import fetch_records, visible_ids
from cardfile.rights import EVERYTHING, Rights

__all__ = ["Known", "Matcher", "earlier_imports"]

PORTION: Final = 1_000
"""How many keys are looked up at once: the fastest way on both databases, with flat memory."""

_KEY_KINDS: Final = (Kind.PHONE, Kind.EMAIL)


@dataclass(frozen=True, slots=True)
class Known:
    """The records that the rows of a portion mean.

    `holders` are the ids by key; `earlier` the ids by row number, from earlier imports of the same file. Only
    records in `readable` may be told of, only those in `editable` be changed; `values` are theirs by path.
    """

    holders: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)
    earlier: Mapping[int, int] = field(default_factory=dict)
    alive: frozenset[int] = frozenset()
    readable: frozenset[int] = frozenset()
    editable: frozenset[int] = frozenset()
    values: Mapping[int, Mapping[str, object]] = field(default_factory=dict)


class Matcher:
    """Looks up the records that rows mean, a portion at a time, all of them by a handful of statements.

    Only holders of a contact who may be seen are found: else a list of guessed numbers would tell which of
    them are colleagues' clients. What an earlier import of the reader's made is known wherever it is now.
    """

    def __init__(self, plan: Plan, rights: Rights, *, earlier: Sequence[int], paths: Collection[str]) -> None:
        self._plan = plan
        self._rights = rights
        self._earlier = list(earlier)
        self._paths = frozenset(paths)
        self._keyed = {path: entry for path, entry in plan.entries.items() if entry.kind in _KEY_KINDS}

    async def look_up(self, unit: Unit, rows: Sequence[ReadRow], *, with_values: bool) -> Known:
        """Return what is known of the rows; `with_values` also reads the records that may be changed."""
        holders = await self._visible(
            unit, await self._holders(unit, {key for row in rows for key in row.keys})
        )
        strangers = [row.number for row in rows if not any(key in holders for key in row.keys)]
        earlier = await self._rows_of_earlier_imports(unit, strangers)
        told = {row.record for row in rows if row.record is not None}
        alive = await self._alive(unit, {*told, *earlier.values()})
        earlier = {number: record for number, record in earlier.items() if record in alive}
        found = {record for records in holders.values() for record in records} | alive
        readable = await self._reach(unit, found, "read")
        editable = await self._reach(unit, found, "edit") & readable if with_values else set[int]()
        values = await self._values(unit, editable) if editable else {}
        return Known(holders, earlier, frozenset(alive), frozenset(readable), frozenset(editable), values)

    async def _visible(
        self, unit: Unit, holders: Mapping[Key, tuple[int, ...]]
    ) -> dict[Key, tuple[int, ...]]:
        seen = await self._reach(unit, {record for records in holders.values() for record in records}, "read")
        near = {key: tuple(one for one in records if one in seen) for key, records in holders.items()}
        return {key: records for key, records in near.items() if records}

    async def _holders(self, unit: Unit, keys: Iterable[Key]) -> dict[Key, tuple[int, ...]]:
        wanted: dict[str, set[str]] = defaultdict(set)
        for path, value in keys:
            wanted[path].add(value)
        found: dict[Key, set[int]] = defaultdict(set)
        host = unit.app
        for path, values in wanted.items():
            entry = self._keyed.get(path)
            if entry is None or not self._rights.sees(entry.target, "value"):
                continue
            link, target = entry.link, host.model[entry.target]
            back = next(
                one for one in target.links.values() if one.source == link.column and one.column == "id"
            )
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
                        back.key: {"archived_at": {"isNull": True}},
                    },
                    paths=("value", link.column),
                )
                for row in rows:
                    found[path, str(row["value"])].add(int(str(row[link.column])))
        return {key: tuple(sorted(records)) for key, records in found.items()}

    async def _rows_of_earlier_imports(self, unit: Unit, numbers: Sequence[int]) -> dict[int, int]:
        """Return the records that earlier imports of the same sheet made of these rows or found for them."""
        if not self._earlier or not numbers:
            return {}
        host = unit.app
        rows = await fetch_records(
            host.database,
            host.model,
            host.model["import_row"],
            EVERYTHING,
            now=unit.now,
            filter={"origin": {"id": {"in": self._earlier}}, "row": {"in": list(numbers)}},
            order=("id",),
            paths=("row", "client"),
        )
        return {int(str(row["row"])): int(str(row["client"])) for row in rows if row["client"] is not None}

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


async def earlier_imports(
    unit: Unit, rights: Rights, sha256: str, sheet: str, entity: str, *, but: int
) -> list[int]:
    """Return the imports of the same sheet of the same file that were not undone, without the import `but`.

    Only those that one with `rights` may see.
    """
    host = unit.app
    rows = await fetch_records(
        host.database,
        host.model,
        host.model["import"],
        rights,
        now=unit.now,
        filter={
            "sha256": {"eq": sha256},
            "sheet": {"eq": sheet},
            "entity": {"eq": entity},
            "state": {"notIn": [ImportState.UNDONE.value]},
        },
        paths=("last_row",),
        order=("id",),
        limit=100,
    )
    return [int(str(row["id"])) for row in rows if row["id"] != but and row["last_row"]]
