"""The end of a deal: won, or lost for a reason; and taking one up again that was closed."""

from typing import Annotated

from cardfile.deals.moving import book_of, cause_of, id_of, move, move_of
from cardfile.deals.rows import called, of_deals, rows_of
from cardfile.deals.tables import Deal, LostReason, StageChange
from cardfile.declarations.stages import StageOutcome
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.pipelines.book import PipelineBook, StageSpec
from cardfile.pipelines.tables import Stage

__all__ = ["keep_reason", "lose_deal", "reopen_deal", "win_deal"]

MOST_NOTE = 1_000


@command(
    "deal.win",
    label={"en": "Won", "ru": "Выиграть"},
    event="deal.won",
    done={"en": "won", "ru": "выигрыш"},
)
async def win_deal(call: Call, deal: Deal) -> Deal:
    """Close a deal as won, if it lacks nothing that the won stage asks for."""
    book = await book_of(call)
    was = book.stage(id_of(deal.stage))
    to = book.pipeline(was.pipeline).first(StageOutcome.WON)
    await move(call, [move_of(deal, was, to, cause=cause_of(call))])
    return deal


@command(
    "deal.lose",
    label={"en": "Lost", "ru": "Проиграть"},
    event="deal.lost",
    done={"en": "lost", "ru": "отказ"},
)
async def lose_deal(
    call: Call,
    deal: Deal,
    reason: Annotated[LostReason | None, "Why, from the company's list."] = None,
    note: Annotated[str | None, "Why, in words."] = None,
) -> Deal:
    """Close a deal as lost, with a reason of the list or in words."""
    if reason is None and not (note or "").strip():
        raise Refused("A reason is needed.", path=("reason",))
    book = await book_of(call)
    was = book.stage(id_of(deal.stage))
    to = book.pipeline(was.pipeline).first(StageOutcome.LOST)
    await keep_reason(call, deal, to, reason, note)
    await move(call, [move_of(deal, was, to, cause=cause_of(call))])
    return deal


@command(
    "deal.reopen",
    label={"en": "Reopen", "ru": "Вернуть в работу"},
    event="deal.reopened",
    done={"en": "reopened", "ru": "возврат в работу"},
)
async def reopen_deal(
    call: Call,
    deal: Deal,
    to: Annotated[Stage | None, "Where it goes on; where it was last, when left out."] = None,
) -> Deal:
    """Take up a closed deal again, in the stage where it was last or in another open one."""
    book = await book_of(call)
    was = book.stage(id_of(deal.stage))
    if was.is_open:
        raise Refused("{title} is open.", title=call.told(deal, "title"))
    stage = book.stage(to.id) if to is not None else await _last_open(call, book, deal)
    if not stage.is_open:
        raise InvalidInput("{stage} is no open stage: choose one.", stage=called(call, stage), path=("to",))
    await move(call, [move_of(deal, was, stage, cause=cause_of(call))])
    return deal


async def keep_reason(
    call: Call, deal: Deal, to: StageSpec, reason: LostReason | None, note: str | None
) -> None:
    """Write down why a deal is about to be lost; raises `InvalidInput` when it is about to go elsewhere."""
    if to.outcome is not StageOutcome.LOST:
        raise InvalidInput(
            "{stage} is no lost stage, so that there is no reason to give.", stage=called(call, to)
        )
    note = " ".join((note or "").split()) or None
    if note is not None and len(note) > MOST_NOTE:
        raise InvalidInput("A note has at most {most} characters.", most=MOST_NOTE, path=("note",))
    await call.write(deal, lost_reason=reason.id if reason is not None else None, lost_note=note)


async def _last_open(call: Call, book: PipelineBook, deal: Deal) -> StageSpec:
    rows = await rows_of(call, StageChange, where=of_deals([deal.id]), paths=("stage", "entered_at"))
    for row in sorted(rows, key=lambda one: one["entered_at"], reverse=True):
        stage = book.stage(row["stage"])
        if stage.is_open and not stage.is_archived:
            return stage
    return book.pipeline(id_of(deal.pipeline)).first(StageOutcome.OPEN)
