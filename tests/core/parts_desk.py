"""A desk at which rows go the way of an import without a file: read, decided about, written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clients_desk import Desk

from cardfile.imports.decisions import Decision
from cardfile.imports.plan import ColumnPlan, SheetPlan
from cardfile.imports.portions import SheetWork, WorkOptions
from cardfile.imports.tables import DuplicateMode
from cardfile.journal import Glance
from cardfile.rights import Actor

SYSTEM = replace(Actor.system("import"), zone="Europe/Moscow")


@dataclass(frozen=True)
class PartsDesk(Desk):
    """One app at which rows are brought in, portion by portion."""

    async def bring(
        self,
        entity: str,
        columns: Sequence[str],
        *portions: Sequence[Sequence[Any]],
        by: Actor = SYSTEM,
        mode: str = "skip",
        keys: Sequence[str] = (),
        batch: int | None = None,
        **options: Any,
    ) -> list[Decision]:
        """Bring rows in whose columns go to these places, each portion in a transaction of its own."""
        plan = SheetPlan(
            "Sheet", 1, 1, entity, tuple(ColumnPlan(n, path, path) for n, path in enumerate(columns))
        )
        given = WorkOptions(DuplicateMode(mode), keys=tuple(keys), **options)
        sheet = await SheetWork.of(self.app, by, plan, given)
        found: list[Decision] = []
        number = 2
        for portion in portions:
            rows = await sheet.read([(n, tuple(row)) for n, row in enumerate(portion, start=number)])
            number += len(portion)
            async with self.app.unit_of_work(by, via="import", batch=batch) as work:
                decisions = await sheet.decide(work, rows)
                await sheet.write(work, decisions)
            found += decisions
        return found

    async def try_out(self, entity: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
        """Return the outcomes of rows of which nothing is written."""
        plan = SheetPlan(
            "Sheet", 1, 1, entity, tuple(ColumnPlan(n, path, path) for n, path in enumerate(columns))
        )
        sheet = await SheetWork.of(self.app, SYSTEM, plan, WorkOptions(remembers=True))
        read = await sheet.read([(n, tuple(row)) for n, row in enumerate(rows, start=2)])
        return outcomes(await sheet.decide(Glance.of(self.app, SYSTEM), read))

    async def live(self) -> Mapping[str, int]:
        """Return how many live rows every table of records has; the journal and the imports have none of their own."""
        counts = {}
        for one in self.app.model:
            columns = {column._meta.name for column in one.entity.table._meta.columns}
            if "archived_at" in columns and not one.entity.read_only:
                sql = f'select count(*) from "{one.table}" where archived_at is null'
                counts[one.key] = int(str(await self.app.database.fetch_value(sql)))
        return counts


def outcomes(decisions: Sequence[Decision]) -> list[str]:
    """Return what became of each row."""
    return [one.outcome.value for one in decisions]


def of_parts(decision: Decision) -> dict[str, str]:
    """Return what became of the other parts of a row."""
    return {one.part.name: one.own.value for one in decision.parts if one.part is not None}


def told(decision: Decision) -> list[str]:
    """Return what was noticed in a row, in the words of the house."""
    return [one.template.format(**one.values) for one in decision.row.issues]
