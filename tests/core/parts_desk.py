"""A desk at which rows go the way of an import without a file: read, decided about, written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from clients_desk import Desk

from cardfile.imports.decisions import Decision, parts_to_text
from cardfile.imports.host import host_of
from cardfile.imports.plan import ColumnPlan, ImportPlan, SheetPlan
from cardfile.imports.portions import SheetWork, WorkOptions
from cardfile.imports.results import keep_result
from cardfile.imports.tables import DuplicateMode, Import, Result
from cardfile.journal import Call, Glance
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
        choices: Mapping[int, Mapping[str, int]] = MappingProxyType({}),
        **options: Any,
    ) -> list[Decision]:
        """Bring rows in whose columns go to these places, each portion in a transaction of its own.

        `choices` are the records that somebody says rows mean, by row and part.
        """
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
            for row in rows:
                for name, record in choices.get(row.number, {}).items():
                    (row.part(name) if name else row).choice = record
            async with self.app.unit_of_work(by, via="import", batch=batch) as work:
                decisions = await sheet.decide(work, rows)
                await sheet.write(work, decisions)
            found += decisions
        return found

    async def opened(self, plan: ImportPlan) -> int:
        """Keep an import of the file `f…f` with such a plan, and return its number."""
        async with self.app.unit_of_work(SYSTEM) as work:
            call = Call(work, self.app.commands["import.start"])
            values = {"file_name": "a.xlsx", "sha256": "f" * 64, "sheet": plan.sheets[0].sheet}
            made = await call.create(Import, values)
            await call.finish()
        await keep_result(host_of(self.app), Result.PLAN, made.id, plan.to_text())
        return int(made.id)

    async def keep(self, number: int, decisions: Sequence[Decision]) -> None:
        """Keep what became of rows of the first sheet of an import."""
        columns = ("id", "origin", "row", "outcome", "record", "parts")
        async with self.app.database.transaction() as transaction:
            ids = await transaction.reserve_ids("sheet_import_row", len(decisions))
            rows = [
                (made, number, one.row.number, one.outcome.value, one.record, parts_to_text(one))
                for made, one in zip(ids, decisions, strict=True)
            ]
            await transaction.insert_many("sheet_import_row", columns, rows)

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
