"""Moving deals from stage to stage by hand, one or many."""

from dataclasses import dataclass
from typing import Annotated

from cardfile.deals.checking import missing_for
from cardfile.deals.closing import keep_reason
from cardfile.deals.moves import MissingForStage
from cardfile.deals.moving import book_of, cause_of, check_moves, id_of, move, move_of, write_moves
from cardfile.deals.rows import called
from cardfile.deals.tables import Deal, LostReason
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.pipelines.tables import Stage
from cardfile.texts import said

__all__ = ["LackingDeal", "MovedDeals", "move_deal", "move_deals"]

MOST: int = 1_000
"""How many deals are moved at once by one command."""


@dataclass(frozen=True, slots=True)
class LackingDeal:
    """A deal that stayed where it is, by its opaque id, and what it lacks."""

    id: str
    message: str
    missing: list[str]


@dataclass(frozen=True, slots=True)
class MovedDeals:
    """What a bulk move did: the opaque ids of deals that stand elsewhere now, and those that lack something."""

    moved: list[str]
    lacking: list[LackingDeal]


@command(
    "deal.move",
    label={"en": "Move to a stage", "ru": "Перевести на этап"},
    done={"en": "moved to another stage", "ru": "переход на другой этап"},
)
async def move_deal(
    call: Call,
    deal: Deal,
    to: Annotated[Stage, "The stage, of its own pipeline or of another."],
    reason: Annotated[LostReason | None, "Why it was lost, for a lost stage."] = None,
    note: Annotated[str | None, "Why it was lost, in words."] = None,
) -> Deal:
    """Move a deal to a stage.

    Raises `MissingForStage` with all that the stages still ask for.
    """
    book = await book_of(call)
    stage = book.stage(to.id)
    if reason is not None or note is not None:
        await keep_reason(call, deal, stage, reason, note)
    await move(call, [move_of(deal, book.stage(id_of(deal.stage)), stage, cause=cause_of(call))])
    return deal


@command("deal.move_many", label={"en": "Move many", "ru": "Перевести несколько"}, action="move")
async def move_deals(
    call: Call, deals: list[Deal], to: Annotated[Stage, "The stage, of any pipeline."]
) -> MovedDeals:
    """Move those of many deals that lack nothing for a stage; the others stay, and are told with what they lack."""
    if len(deals) > MOST:
        raise InvalidInput("At most {most} records are given at once.", most=MOST, path=("ids",))
    book, cause = await book_of(call), cause_of(call)
    stage = book.stage(to.id)
    moves = [move_of(one, book.stage(id_of(one.stage)), stage, cause=cause) for one in deals]
    moves = [one for one in moves if one.was is None or one.was.id != stage.id]
    lacking = await missing_for(call, moves)
    ready = [one for one in moves if one.deal not in lacking]
    await check_moves(call, ready, missing=False)
    await write_moves(call, ready)
    record_type, locale = call.app.model.of_table(Deal), call.locale
    return MovedDeals(
        moved=[record_type.global_id(one.deal) for one in ready],
        lacking=[
            LackingDeal(
                record_type.global_id(deal),
                MissingForStage(called(call, stage), {deal: found}).say(call.texts),
                [said(one.label, locale) for one in found],
            )
            for deal, found in lacking.items()
        ],
    )
