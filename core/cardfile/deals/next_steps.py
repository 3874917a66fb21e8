"""What comes next for a deal: its goals, what it lacks to go on, and what is to be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cardfile.deals.checking import missing_for
from cardfile.deals.moves import Missing, Move
from cardfile.deals.moving import book_of
from cardfile.deals.rows import called, of_deals, rows_of
from cardfile.deals.tables import Deal, DealGoal
from cardfile.errors import Refused
from cardfile.journal.calls import Call
from cardfile.model.batch_fields import BatchArgument, BatchField
from cardfile.pipelines.book import PipelineBook
from cardfile.rights import Scope

__all__ = ["BATCH_FIELDS", "MoveCheck", "NextSteps", "StepGoal", "StepTask"]


TOLD_BY: Final = {
    "reached": "goal",
    "task_done": "task",
    "approved": "stage_rule",
    "attached": "stage_rule",
    "holds": "stage_rule",
}
"""Of which entity the words are in which something missing is told; a field's are those of the model."""


@dataclass(frozen=True, slots=True)
class StepGoal:
    """A goal of the stage in which a deal stands, and whether it is reached."""

    id: str
    key: str
    label: str
    outcome: str
    reached: bool


@dataclass(frozen=True, slots=True)
class StepTask:
    """Something that is still to be done for a deal."""

    id: str
    title: str
    assignee: str | None
    due_at: datetime | None
    blocks: bool


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The goals of the stage, what the deal lacks to go on to the next one, and what is to be done by whom."""

    goals: list[StepGoal]
    missing: list[Missing]
    tasks: list[StepTask] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MoveCheck:
    """Whether a deal lacks nothing for a stage, and what it lacks."""

    allowed: bool
    missing: list[Missing]


async def next_steps(call: Call, deals: Sequence[int]) -> Mapping[int, NextSteps]:
    """Return what comes next for deals; a closed one needs nothing any more."""
    book, rows = await book_of(call), await _rows(call, deals)
    reached = await rows_of(call, DealGoal, where=of_deals(deals), paths=("deal", "goal", "reached_at"))
    done = {
        (row["deal"], row["goal"]) for row in reached if row["reached_at"] >= rows[row["deal"]]["stage_since"]
    }
    missing = await missing_for(call, [one for row in rows.values() if (one := _onward(book, row))])
    tasks: dict[int, list[StepTask]] = {deal: [] for deal in rows}
    await call.hooks.each("deals_telling", call=call, tasks=tasks)
    goal_type = call.app.model["goal"]
    return {
        deal: NextSteps(
            goals=[
                StepGoal(
                    goal_type.global_id(one.id),
                    one.key,
                    called(call, one),
                    one.outcome.value,
                    (deal, one.id) in done,
                )
                for one in (book.stage(row["stage"]).goals if _reads(call, "goal") else ())
            ],
            missing=_shown(call, missing.get(deal, [])),
            tasks=tasks[deal],
        )
        for deal, row in rows.items()
    }


async def can_move_to(call: Call, deals: Sequence[int], *, stage: int) -> Mapping[int, MoveCheck]:
    """Return whether deals may go to a stage, as far as the rules say: rights and plugins are asked on moving."""
    book, rows = await book_of(call), await _rows(call, deals)
    to = book.stage(stage)
    moves = [_move(book, row, to.id) for row in rows.values() if row["stage"] != to.id]
    missing = await missing_for(call, moves)
    return {
        deal: MoveCheck(not missing.get(deal) and not to.is_archived, _shown(call, missing.get(deal, [])))
        for deal in rows
    }


def _shown(call: Call, missing: Sequence[Missing]) -> list[Missing]:
    """Leave out what would tell the words of goals and rules to somebody who may not read them."""
    told = [one for one in missing if _reads(call, TOLD_BY.get(one.kind, "deal"))]
    return told if call.rights.sees("task", "state") else [one for one in told if one.kind != "task_done"]


def _reads(call: Call, entity: str) -> bool:
    return call.rights.scope(entity, "read") is not Scope.NONE


async def _rows(call: Call, deals: Sequence[int]) -> dict[int, dict[str, Any]]:
    paths = ("stage", "stage_since", "owner", "client")
    return {row["id"]: row for row in await rows_of(call, Deal, ids=deals, paths=paths)}


def _onward(book: PipelineBook, row: Mapping[str, Any]) -> Move | None:
    """Return the move to the next stage, None for a deal that is closed or whose pipeline ends nowhere."""
    stage = book.stage(row["stage"])
    if not stage.is_open:
        return None
    try:
        return _move(book, row, book.pipeline(stage.pipeline).next_after(stage).id)
    except Refused:
        return None


def _move(book: PipelineBook, row: Mapping[str, Any], to: int) -> Move:
    return Move(
        row["id"],
        book.stage(to),
        was=book.stage(row["stage"]),
        since=row["stage_since"],
        owner=row["owner"],
        client=row["client"],
    )


BATCH_FIELDS: Final = (
    BatchField("next_steps", {"en": "Next steps", "ru": "Что дальше"}, NextSteps, next_steps),
    BatchField(
        "can_move_to",
        {"en": "Whether it may go to a stage", "ru": "Можно ли перевести на этап"},
        MoveCheck,
        can_move_to,
        (BatchArgument("stage", "The stage.", to="stage"),),
    ),
)
"""What Python tells of deals."""
