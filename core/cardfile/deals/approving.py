"""Approvals: the word of somebody whose role a stage asks for."""

from typing import Annotated, Final

from cardfile.access.tables import UserRole
from cardfile.deals.moving import book_of, id_of
from cardfile.deals.rows import rows_of
from cardfile.deals.tables import Deal, DealApproval
from cardfile.declarations.stages import Approved
from cardfile.errors import InvalidInput, NotAllowed
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.pipelines.tables import Stage

__all__ = ["approve_deal"]

OWNER: Final = "owner"
MOST_NOTE: Final = 1_000


@command(
    "deal.approve",
    label={"en": "Approve", "ru": "Согласовать"},
    event="deal.approved",
    done={"en": "approved", "ru": "согласование"},
)
async def approve_deal(
    call: Call,
    deal: Deal,
    stage: Annotated[
        Stage | None, "The stage to be entered; to leave the present one, when left out."
    ] = None,
    note: Annotated[str | None, "On which condition, for the history."] = None,
) -> Deal:
    """Approve that a deal leaves its stage, or enters another, in every role that is asked for and that one has.

    The word of an owner counts for every role. It holds for this stay in the stage. Raises `NotAllowed` when
    nobody asks for a role that the caller has.
    """
    book = await book_of(call)
    here = book.stage(id_of(deal.stage))
    there = book.stage(stage.id) if stage is not None else here
    rules = here.leave if there.id == here.id else there.enter
    wanted = {one.rule.role for one in rules if isinstance(one.rule, Approved)}
    roles = await _roles_of(call)
    given = wanted if OWNER in roles or call.rights.unlimited else wanted & roles
    if not given:
        raise NotAllowed("Nobody asks for your approval here.")
    if note is not None and len(note) > MOST_NOTE:
        raise InvalidInput("A note has at most {most} characters.", most=MOST_NOTE, path=("note",))
    await call.bulk_create(
        DealApproval,
        [
            {
                "deal": deal.id,
                "stage": there.id,
                "role": role,
                "by": call.actor.user,
                "at": max(call.now, deal.stage_since),
                "note": note,
            }
            for role in sorted(given)
        ],
    )
    call.record("deal.approved", deal, stage=there.key, roles=sorted(given))
    return deal


async def _roles_of(call: Call) -> set[str]:
    if call.actor.user is None:
        return set()
    rows = await rows_of(call, UserRole, where={"holder": {"id": {"eq": call.actor.user}}}, paths=("role",))
    return {row["role"] for row in rows}
