"""What earlier imports made of the same rows of the same file: a second import of a list makes nothing twice."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cardfile.imports.decisions import parts_from_text
from cardfile.imports.host import host_of
from cardfile.imports.parts import MAIN
from cardfile.imports.plan import ImportPlan, SheetPlan
from cardfile.imports.results import read_result, read_results
from cardfile.imports.tables import ImportState, Result
from cardfile.journal.units import Unit
from cardfile.query.rows import fetch_records, iterate_records
from cardfile.rights import EVERYTHING, Rights

__all__ = ["EarlierRows", "Origin", "earlier_sheets", "records_of_import"]


@dataclass(frozen=True, slots=True)
class Origin:
    """From which import, of which file, the rows come: what an earlier one made of the same rows is known."""

    number: int
    sha256: str


@dataclass(slots=True)
class EarlierRows:
    """What earlier imports made of rows of a portion; `sheets` are the imports, each with places in its plan."""

    unit: Unit
    sheets: Mapping[int, Sequence[int]]
    _found: dict[int, dict[str, int]] = field(default_factory=dict)

    async def records(self, part: str, numbers: Collection[int]) -> Mapping[int, int]:
        """Return the records that were made of a part of rows or found for it, by the rows' numbers."""
        if not self.sheets:
            return {}
        await self._read([number for number in numbers if number not in self._found])
        return {number: found[part] for number in numbers if part in (found := self._found[number])}

    async def _read(self, numbers: Sequence[int]) -> None:
        if not numbers:
            return
        self._found |= {number: {} for number in numbers}
        host = self.unit.app
        rows = await fetch_records(
            host.database,
            host.model,
            host.model["import_row"],
            EVERYTHING,
            now=self.unit.now,
            filter={"origin": {"id": {"in": list(self.sheets)}}, "row": {"in": list(numbers)}},
            order=("id",),
            paths=("origin", "sheet", "row", "record", "parts"),
        )
        for row in rows:
            if row["sheet"] not in self.sheets[int(str(row["origin"]))]:
                continue
            found = self._found[int(str(row["row"]))]
            if row["record"] is not None:
                found[MAIN] = int(str(row["record"]))
            found |= {
                one["part"]: one["record"]
                for one in parts_from_text(row["parts"])
                if one["record"] is not None
            }


async def records_of_import(unit: Unit, origin: Origin | None) -> Mapping[str, set[int]]:
    """Return the records that an import has made or found up to now, by their entity."""
    if origin is None:
        return {}
    host, found = unit.app, defaultdict[str, set[int]](set)
    text = await read_result(host_of(host), Result.PLAN, origin.number)
    sheets = ImportPlan.of(text).sheets if text is not None else ()
    portions = iterate_records(
        host.database,
        host.model,
        host.model["import_row"],
        EVERYTHING,
        now=unit.now,
        filter={"origin": {"id": {"eq": origin.number}}},
        paths=("sheet", "record", "parts"),
    )
    async for rows in portions:
        for row in rows:
            if row["record"] is not None:
                found[sheets[int(str(row["sheet"]))].entity].add(int(str(row["record"])))
            for one in parts_from_text(row["parts"]):
                if one["record"] is not None:
                    found[one["entity"]].add(one["record"])
    return found


async def earlier_sheets(
    unit: Unit, rights: Rights, origin: Origin | None, plan: SheetPlan
) -> Mapping[int, Sequence[int]]:
    """Return the imports of the same sheet of the same file that were not undone, as far as one may see them."""
    if origin is None:
        return {}
    host = unit.app
    rows = await fetch_records(
        host.database,
        host.model,
        host.model["import"],
        rights,
        now=unit.now,
        filter={"sha256": {"eq": origin.sha256}, "state": {"notIn": [ImportState.UNDONE.value]}},
        paths=(),
        order=("id",),
        limit=100,
    )
    numbers = [int(str(row["id"])) for row in rows if row["id"] != origin.number]
    plans = await read_results(host_of(host), Result.PLAN, numbers)
    sheets = {
        number: [
            place
            for place, one in enumerate(ImportPlan.of(text).sheets)
            if (one.sheet, one.entity) == (plan.sheet, plan.entity)
        ]
        for number, text in plans.items()
    }
    return {number: places for number, places in sheets.items() if places}
