"""What holds for every deal, whoever writes it: a form, an import, a plugin or a program."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from cardfile.clients.tables import Client
from cardfile.deals.amounts import complete_lines, follow_lines, totals_of
from cardfile.deals.checking import missing_for
from cardfile.deals.choices import Cause
from cardfile.deals.moves import Move
from cardfile.deals.moving import (
    book_of,
    cause_of,
    check_moves,
    checked_moves,
    deals_of,
    finish_moves,
    id_of,
    move_of,
)
from cardfile.deals.rows import ALL, rows_of
from cardfile.deals.stays import entering, marks, stage_values, stays_of
from cardfile.deals.tables import Deal
from cardfile.declarations.stages import StageOutcome
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.pipelines.book import PipelineBook, StageSpec
from cardfile.plugins.hookspecs import Befores

__all__ = ["DealRules"]

Row = Mapping[str, Any]
Values = MutableMapping[str, object]

DEAL: Final = "deal"
LINE: Final = "deal_line"
STAGE: Final = "stage"
INTERACTION: Final = "interaction"
NORMS: Final = frozenset(("expected_days", "rots_after"))
GIVEN: Final = frozenset(("stage", "pipeline", "stage_since", "result"))
"""What the stage alone decides, whatever else was given."""


class DealRules:
    """What the core asks of deals: stages are entered by their rules, and history and amounts follow."""

    async def records_creating(self, call: Call, entity: str, rows: Sequence[Values]) -> None:
        """Let new deals begin in a stage, and lines know their sums."""
        if entity == DEAL:
            await _complete_deals(call, rows)
        elif entity == LINE:
            await complete_lines(call, [({}, values) for values in rows])
        elif entity == INTERACTION:
            await _require_of_the_client(call, [row for row in rows if row.get("deal") is not None])

    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, Values]
    ) -> None:
        """Let what a stage makes of a deal change with the stage, and sums with what they are made of."""
        if entity == DEAL:
            await _change_deals(call, befores, changes)
        elif entity == LINE:
            rows = await befores()
            await complete_lines(call, [(rows[record], values) for record, values in changes.items()])

    async def records_keeping(
        self, call: Call, entity: str, created: Mapping[int, Row], changed: Mapping[int, Row]
    ) -> None:
        """Let deals that were put into a stage meet its rules, and do what follows."""
        if entity == DEAL:
            await _keep_deals(call, created, changed)
        elif entity == LINE:
            await follow_lines(call, created, changed)
        elif entity == STAGE:
            await _mark_anew(call, [stage for stage, row in changed.items() if not NORMS.isdisjoint(row)])


async def _complete_deals(call: Call, rows: Sequence[Values]) -> None:
    book = await book_of(call)
    names = await _names_of(call, [row for row in rows if not row.get("title")])
    for row in rows:
        stage = _first_stage(book, row)
        since = row.get("stage_since")
        made = stage_values(stage, since if isinstance(since, datetime) else call.now)
        row.update({path: value for path, value in made.items() if row.get(path) is None or path in GIVEN})
        if not row.get("title"):
            row["title"] = names.get(row.get("client"), "")
        row["amount_by_hand"] = row.get("amount") is not None


async def _names_of(call: Call, rows: Sequence[Values]) -> Mapping[object, str]:
    """Return what the clients of deals are called, for a deal without a title is called by its client."""
    clients = {client for row in rows if isinstance(client := row.get("client"), int)}
    if not clients:
        return {}
    return {one["id"]: one["name"] for one in await rows_of(call, Client, ids=clients, paths=("name",))}


def _first_stage(book: PipelineBook, row: Values) -> StageSpec:
    """Return the stage in which a new deal begins: the one given, else the first of its pipeline."""
    stage, pipeline = row.get("stage"), row.get("pipeline")
    if isinstance(stage, int):
        return book.stage(stage)
    chosen = book.pipeline(pipeline) if isinstance(pipeline, int) else book.default
    return chosen.first(StageOutcome.OPEN)


async def _change_deals(call: Call, befores: Befores, changes: Mapping[int, Values]) -> None:
    moved = {deal: values for deal, values in changes.items() if "stage" in values}
    if moved:
        book, rows = await book_of(call), await befores()
        for deal, values in moved.items():
            since = rows[deal]["stage_since"]
            made = stage_values(
                book.stage(int(str(values["stage"]))),
                entering(call.now, since if isinstance(since, datetime) else None),
            )
            values.update(
                {path: value for path, value in made.items() if path not in values or path in GIVEN}
            )
    for values in changes.values():
        if "pipeline" in values and "stage" not in values:
            raise InvalidInput(
                "A deal comes into another pipeline by a stage of it: give the stage.", path=("pipeline",)
            )
    emptied = [deal for deal, values in changes.items() if values.get("amount", 0) is None]
    totals = await totals_of(call, emptied) if emptied else {}
    for deal, values in changes.items():
        if "amount" in values:
            values["amount_by_hand"] = values["amount"] is not None
            if values["amount"] is None:
                values["amount"] = totals.get(deal)


async def _keep_deals(call: Call, created: Mapping[int, Row], changed: Mapping[int, Row]) -> None:
    moved = [deal for deal, row in changed.items() if "stage" in row]
    if not created and not moved:
        return
    since = {deal: row["stage_since"] for deal, row in (*created.items(), *changed.items()) if "stage" in row}
    new = await _new_deals(call, created)
    looked_at = checked_moves()
    others = await _unforeseen(call, [deal for deal in moved if deal not in looked_at])
    if others:
        await check_moves(call, others)
    await finish_moves(
        call, [*new, *others, *(looked_at[deal] for deal in moved if deal in looked_at)], since
    )


async def _new_deals(call: Call, created: Mapping[int, Row]) -> list[Move]:
    """Return new deals as moves into their first stages, which are open to them.

    A list from elsewhere tells how deals stand: what they lack for that is noted in their events.
    """
    if not created:
        return []
    book, cause = await book_of(call), cause_of(call)
    moves = [
        Move(deal, book.stage(row["stage"]), cause=cause, owner=row.get("owner"), client=row["client"])
        for deal, row in created.items()
    ]
    if cause is not Cause.IMPORT:
        await check_moves(call, moves)
        return moves
    lacking = await missing_for(call, moves)
    for record in await deals_of(call, lacking.keys()):
        call.record("deal.created", record, missing=[one.key for one in lacking[record.id]])
    return moves


async def _unforeseen(call: Call, deals: Sequence[int]) -> list[Move]:
    """Return the moves of deals whose stage was written as if it were any field."""
    if not deals:
        return []
    book, cause, stays = await book_of(call), cause_of(call), await stays_of(call, deals)
    moves = []
    for deal in await deals_of(call, deals):
        stay = stays[deal.id]
        one = move_of(deal, book.stage(stay["stage"]), book.stage(id_of(deal.stage)), cause=cause)
        moves.append(replace(one, since=stay["entered_at"]))
    return moves


async def _require_of_the_client(call: Call, rows: Sequence[Values]) -> None:
    """Raise `InvalidInput` for an interaction that is about a deal of somebody else."""
    if not rows:
        return
    ids = {id_of(row["deal"]) for row in rows}
    people = {
        one["id"]: (one["client"], one["contact"])
        for one in await rows_of(call, Deal, ids=ids, paths=("client", "contact"))
    }
    for row in rows:
        if row.get("client") not in people[id_of(row["deal"])]:
            raise InvalidInput("This deal is another client's.", path=("deal",))


async def _mark_anew(call: Call, stages: Sequence[int]) -> None:
    """Let the open deals of stages whose norms have changed be measured by the new ones."""
    book = await book_of(call)
    for stage in stages:
        rows = await rows_of(
            call, Deal, where={"stage": {"id": {"eq": stage}}}, paths=("stage_since", "wake_at")
        )
        changes = {row["id"]: marks(book.stage(stage), row["wake_at"] or row["stage_since"]) for row in rows}
        if changes:
            await call.bulk_write(Deal, changes, rights=ALL, ask=False)
