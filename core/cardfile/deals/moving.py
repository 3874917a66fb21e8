"""Moving deals: the one way from stage to stage, whoever asks for it.

Every change of a deal's stage ends here. `move` looks at the rules before anything is written and then writes
the stage; a stage that is written by other means (a form, an import, a plugin's own command) meets the same rules
in `DealRules` once its row is written, and is undone with its transaction when something is missing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cardfile.access.guards import access_of
from cardfile.deals.checking import missing_for
from cardfile.deals.choices import Cause
from cardfile.deals.moves import MissingForStage, Move
from cardfile.deals.rows import ALL, called, id_of
from cardfile.deals.standing import keep_standings
from cardfile.deals.stays import close_stays, open_stays
from cardfile.deals.tables import Deal
from cardfile.declarations.stages import StageOutcome
from cardfile.errors import NotAllowed, Refused
from cardfile.failpoints import failpoint
from cardfile.journal.calls import Call
from cardfile.journal.commands import Values
from cardfile.pipelines.book import GoalSpec, PipelineBook, StageSpec, pipeline_book
from cardfile.query import visible_ids

__all__ = [
    "book_of",
    "cause_of",
    "check_moves",
    "checked_moves",
    "deals_of",
    "finish_moves",
    "id_of",
    "move",
    "move_of",
    "write_moves",
]

NONE: Final[Mapping[int, Move]] = MappingProxyType({})
_MOVING: ContextVar[Mapping[int, Move]] = ContextVar("cardfile_moving_deals", default=NONE)
"""The moves that have been looked at and are being written."""


async def book_of(call: Call) -> PipelineBook:
    """Return all pipelines as they are now."""
    return await pipeline_book(access_of(call))


def cause_of(call: Call) -> Cause:
    """Return why deals move when nobody says why."""
    if call.via == "import":
        return Cause.IMPORT
    return Cause.SYSTEM if call.actor.user is None else Cause.MANUAL


def move_of(deal: Deal, was: StageSpec, to: StageSpec, *, cause: Cause, goal: GoalSpec | None = None) -> Move:
    """Return the move of a deal from the stage where it is into another."""
    return Move(
        deal=deal.id,
        to=to,
        was=was,
        cause=cause,
        goal=goal,
        since=deal.stage_since,
        owner=_number(deal.owner),
        client=_number(deal.client),
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


async def move(call: Call, moves: Sequence[Move]) -> list[int]:
    """Move deals, all of them or none, and return which ones stand elsewhere now.

    A deal that stands in its stage already is left as it is. Raises `MissingForStage` with all that is missing,
    `NotAllowed` for a closed deal that may not be opened again.
    """
    wanted = [one for one in moves if one.was is None or one.was.id != one.to.id]
    if not wanted:
        return []
    await check_moves(call, wanted)
    await write_moves(call, wanted)
    return [one.deal for one in wanted]


async def write_moves(call: Call, moves: Sequence[Move]) -> None:
    """Write moves that have been looked at."""
    with _looked_at(moves):
        changes = {one.deal: Values(stage=one.to.id) for one in moves}
        if len(moves) == 1:
            (deal,) = await deals_of(call, changes)
            await call.write(deal, changes[deal.id])
        elif moves:
            await call.bulk_write(Deal, changes, rights=ALL)


@contextmanager
def _looked_at(moves: Sequence[Move]) -> Iterator[None]:
    token = _MOVING.set({one.deal: one for one in moves})
    try:
        yield
    finally:
        _MOVING.reset(token)


def checked_moves() -> Mapping[int, Move]:
    """Return the moves, by deal, that `move` has looked at and is writing just now."""
    return _MOVING.get()


async def check_moves(call: Call, moves: Sequence[Move], *, missing: bool = True) -> None:
    """Raise unless these deals may move, ask the plugins too; without `missing` nothing is asked of the deals."""
    for one in moves:
        if one.to.is_archived:
            raise Refused("The stage {stage} is archived: choose another one.", stage=called(call, one.to))
    await _require_reopening(call, [one for one in moves if one.was is not None and not one.was.is_open])
    if missing:
        found = await missing_for(call, moves)
        if found:
            to = next(one.to for one in moves if one.deal in found)
            raise MissingForStage(called(call, to), found)
    if call.hooks.has("deal_moving"):
        deals = {one.id: one for one in await deals_of(call, [one.deal for one in moves])}
        for one in moves:
            await call.hooks.each("deal_moving", call=call, deal=deals[one.deal], to=one.to)
    await call.hooks.each("deals_moving", call=call, moves=moves)


async def _require_reopening(call: Call, moves: Sequence[Move]) -> None:
    """Raise `NotAllowed` for closed deals that this person may not open again."""
    if not moves:
        return
    ids = [one.deal for one in moves]
    app, record_type = call.app, call.app.model.of_table(Deal)
    allowed = await visible_ids(
        app.database, app.model, record_type, call.rights, ids, now=call.now, action="reopen"
    )
    if not allowed.issuperset(ids):
        raise NotAllowed("This deal is closed, and you may not open it again.")


async def finish_moves(call: Call, moves: Sequence[Move], since: Mapping[int, datetime]) -> None:
    """Do what follows from deals that stand in their new stages `since` then: history, tasks, documents."""
    moved = [one for one in moves if one.was is not None]
    if moved:
        await close_stays(call, moved)
    await open_stays(call, moves, since)
    failpoint("deals.moved")
    wanting = [one.deal for one in moves if one.was is not None or one.to.documents]
    deals = {one.id: one for one in await deals_of(call, wanting)}
    for one in moved:
        _tell(call, deals[one.deal], one)
    await keep_standings(call, moves)
    await call.hooks.each("deals_entering", call=call, moves=moves)
    failpoint("deals.tasks_made")
    for one in moves:
        for document in one.to.documents:
            wanted = {"deal": deals[one.deal], "kind": document.kind, "template": document.template}
            await call.hooks.each("document_making", call=call, **wanted)


def _tell(call: Call, deal: Deal, move: Move) -> None:
    """Let the journal tell where a deal has gone, and what that means."""
    told = {"was": move.was.key if move.was else None, "to": move.to.key, "cause": move.cause.value}
    call.record("deal.moved", deal, **told, goal=move.goal.key if move.goal else None)
    if not move.to.is_open:
        call.record("deal.won" if move.to.outcome is StageOutcome.WON else "deal.lost", deal)
    elif move.was is not None and not move.was.is_open:
        call.record("deal.reopened", deal)


async def deals_of(call: Call, ids: Collection[int]) -> list[Deal]:
    """Return deals as this unit of work knows them; those that it does not know yet are read, and locked."""
    known = call.work.images.get(call.plan(Deal).key, {})
    missing = [one for one in ids if one not in known]
    found = (
        {one.id: one for one in await call.load(Deal, missing, rights=ALL, lock=call.writes)}
        if missing
        else {}
    )
    found |= {
        one: image.record for one in ids if (image := known.get(one)) and isinstance(image.record, Deal)
    }
    return [found[one] for one in ids]
