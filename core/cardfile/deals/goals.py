"""Goals of a stage: whoever reaches one says so, and the deal goes where the goal leads."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Final

from cardfile.access.guards import access_of
from cardfile.calendars import add, calendar_book
from cardfile.deals.choices import Cause
from cardfile.deals.closing import keep_reason
from cardfile.deals.moving import book_of, id_of, move, move_of
from cardfile.deals.rows import called, of_deals, rows_of
from cardfile.deals.stays import marks
from cardfile.deals.tables import Deal, DealGoal, LostReason
from cardfile.deals.waking import wake_later
from cardfile.declarations.stages import GoalOutcome, StageOutcome
from cardfile.errors import DeclarationError, InvalidInput, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.pipelines.book import GoalSpec, PipelineBook, StageSpec
from cardfile.pipelines.tables import Goal

__all__ = ["reach_goal", "reached_in", "unreach_goal"]

MOST_NOTE: Final = 1_000


@command(
    "deal.reach_goal",
    label={"en": "Reach a goal", "ru": "Цель достигнута"},
    event="deal.goal_reached",
    done={"en": "a goal was reached", "ru": "достигнута цель"},
)
async def reach_goal(
    call: Call,
    deal: Deal,
    goal: Annotated[Goal, "A goal of the stage in which the deal stands."],
    note: Annotated[str | None, "What is worth remembering of it."] = None,
    reason: Annotated[LostReason | None, "Why it was lost, for a goal that refuses."] = None,
) -> Deal:
    """Note that a goal of the deal's stage was reached, and move the deal as the goal says.

    Goals that are needed together move it when the last of them is reached. A goal that postpones leaves it
    where it is and wakes it later. Raises `MissingForStage` when the deal cannot leave or enter yet: the goal is
    not noted then.
    """
    book = await book_of(call)
    stage = book.stage(id_of(deal.stage))
    spec = _goal_of(call, stage, goal)
    reached = await reached_in(call, deal)
    if spec.id in reached and spec.outcome is not GoalOutcome.POSTPONE:
        return deal
    note = _noted(note)
    # Never before the stay in which it was reached, whatever the clock says.
    at = max(call.now, deal.stage_since)
    await call.create(
        DealGoal,
        {
            "deal": deal.id,
            "stage": stage.id,
            "goal": spec.id,
            "reached_at": at,
            "by": call.actor.user,
            "note": note,
        },
    )
    call.record("deal.goal_reached", deal, goal=spec.key, note=note)
    if spec.outcome is GoalOutcome.POSTPONE:
        await _postpone(call, deal, stage, spec)
        return deal
    to = _target(book, stage, spec, {*reached, spec.id})
    if to is None:
        await call.write(deal, rots_at=marks(stage, at)["rots_at"])
        return deal
    if to.outcome is StageOutcome.LOST:
        await keep_reason(call, deal, to, reason, note or spec.label)
    await move(call, [move_of(deal, stage, to, cause=Cause.GOAL, goal=spec)])
    return deal


@command(
    "deal.unreach_goal",
    label={"en": "Take a goal back", "ru": "Отменить цель"},
    action="reach_goal",
    event="deal.goal_unreached",
    done={"en": "a goal was taken back", "ru": "отмена цели"},
)
async def unreach_goal(
    call: Call, deal: Deal, goal: Annotated[Goal, "A goal that was noted by mistake."]
) -> Deal:
    """Take back that a goal was reached, as long as the deal is still in its stage."""
    stage = (await book_of(call)).stage(id_of(deal.stage))
    spec = _goal_of(call, stage, goal)
    noted = (await reached_in(call, deal)).get(spec.id)
    if noted is None:
        raise Refused("The goal {goal} was not reached yet.", goal=called(call, spec), path=("goal",))
    (row,) = await call.load(DealGoal, [noted])
    await call.archive(row)
    call.record("deal.goal_unreached", deal, goal=spec.key)
    return deal


async def reached_in(call: Call, deal: Deal) -> dict[int, int]:
    """Return the goals that were reached since the deal came into its stage, with the rows that say so."""
    rows = await rows_of(
        call,
        DealGoal,
        where=of_deals([deal.id], reached_at={"gte": deal.stage_since}),
        paths=("goal",),
    )
    return {row["goal"]: row["id"] for row in rows}


def _goal_of(call: Call, stage: StageSpec, goal: Goal) -> GoalSpec:
    spec = next((one for one in stage.goals if one.id == goal.id), None)
    if spec is None:
        raise InvalidInput(
            "{goal} is no goal of the stage {stage}; its goals are: {known}.",
            goal=call.told(goal, "label"),
            stage=called(call, stage),
            known=", ".join(called(call, one) for one in stage.goals) or "-",
            path=("goal",),
        )
    return spec


def _target(
    book: PipelineBook, stage: StageSpec, goal: GoalSpec, reached: Collection[int]
) -> StageSpec | None:
    """Return where the deal goes, None as long as other goals are needed too."""
    if goal.together is not None:
        group = [one for one in stage.goals if one.together == goal.together]
        if any(one.id not in reached for one in group):
            return None
        goal = next((one for one in group if one.target is not None), goal)
    if goal.target is not None:
        return book.stage(goal.target)
    pipeline = book.pipeline(stage.pipeline)
    match goal.outcome:
        case GoalOutcome.REFUSE:
            return pipeline.first(StageOutcome.LOST)
        case GoalOutcome.ADVANCE:
            return pipeline.next_after(stage)
        case _:
            raise DeclarationError(f"goal {goal.key!r} branches off and says not where to")


async def _postpone(call: Call, deal: Deal, stage: StageSpec, goal: GoalSpec) -> None:
    if goal.by is None:
        raise DeclarationError(f"goal {goal.key!r} postpones and says not for how long")
    book = await calendar_book(access_of(call))
    owner = deal.owner if isinstance(deal.owner, int) else None
    calendar = book.of_user(owner, now=call.now, zone=call.settings.zone)
    until: datetime = add(calendar, call.now, goal.by)
    await call.write(deal, {"wake_at": until, **marks(stage, until)})
    await wake_later(call, deal, until)


def _noted(note: str | None) -> str | None:
    note = " ".join((note or "").split()) or None
    if note is not None and len(note) > MOST_NOTE:
        raise InvalidInput("A note has at most {most} characters.", most=MOST_NOTE, path=("note",))
    return note
