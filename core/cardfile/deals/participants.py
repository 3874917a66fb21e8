"""Who takes part in a deal: colleagues in roles, who see it by that."""

from collections.abc import Iterable
from typing import Annotated

from cardfile.access.guards import access_of
from cardfile.access.tables import User
from cardfile.deals.rows import of_deals, rows_of
from cardfile.deals.tables import Deal, DealParticipant
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command

__all__ = ["add_participant", "let_take_part", "remove_participant"]


@command(
    "deal.add_participant",
    label={"en": "Add a participant", "ru": "Добавить участника"},
    action="edit",
    event="deal.participant_added",
    done={"en": "a participant was added", "ru": "добавлен участник"},
)
async def add_participant(
    call: Call,
    deal: Deal,
    user: Annotated[User, "The colleague."],
    role: Annotated[str, "The key of the role in which he takes part."],
) -> Deal:
    """Let a colleague take part in a deal in a role, and see it by that."""
    if role not in access_of(call).roles.roles:
        known = ", ".join(access_of(call).roles.roles)
        raise InvalidInput(
            "There is no role {role}; there are: {known}.", role=role[:80], known=known, path=("role",)
        )
    if not user.is_active:
        raise Refused(
            "{name} does not work here any more: choose somebody else.", name=call.told(user, "name")
        )
    await let_take_part(call, [(deal.id, user.id, role)])
    return deal


@command(
    "deal.remove_participant",
    label={"en": "Remove a participant", "ru": "Убрать участника"},
    action="edit",
    event="deal.participant_removed",
    done={"en": "a participant was removed", "ru": "убран участник"},
)
async def remove_participant(
    call: Call,
    deal: Deal,
    user: Annotated[User, "The colleague."],
    role: Annotated[str | None, "In which role; in all of them, when left out."] = None,
) -> Deal:
    """Let a colleague take part in a deal no more."""
    asked = {"user": {"id": {"eq": user.id}}} | ({"role": {"eq": role}} if role is not None else {})
    for row in await rows_of(call, DealParticipant, where=of_deals([deal.id], **asked)):
        await call.archive(await call.get(DealParticipant, row["id"]))
    return deal


async def let_take_part(call: Call, wanted: Iterable[tuple[int, int, str]]) -> None:
    """Let people take part in deals, given as deal, user and role; who does already, does on."""
    asked = list(dict.fromkeys(wanted))
    deals = sorted({deal for deal, _, _ in asked})
    rows = await rows_of(call, DealParticipant, where=of_deals(deals), paths=("deal", "user", "role"))
    there = {(row["deal"], row["user"], row["role"]) for row in rows}
    await call.bulk_create(
        DealParticipant,
        [
            {"deal": deal, "user": user, "role": role}
            for deal, user, role in asked
            if (deal, user, role) not in there
        ],
    )
