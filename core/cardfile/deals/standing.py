"""What a won deal makes of its client: the first one an active client, some more a permanent one."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from cardfile.clients.choices import Standing
from cardfile.clients.tables import Client
from cardfile.deals.choices import Result
from cardfile.deals.moves import Move
from cardfile.deals.rows import ALL, rows_of
from cardfile.deals.tables import Deal
from cardfile.declarations.stages import StageOutcome
from cardfile.journal.calls import Call

__all__ = ["keep_standings"]

WON: Final = "A deal was won."


async def keep_standings(call: Call, moves: Sequence[Move]) -> None:
    """Let clients stand as their won deals say; nobody is moved back by what follows."""
    clients = sorted(
        {move.client for move in moves if move.to.outcome is StageOutcome.WON and move.client is not None}
    )
    if not clients:
        return
    won = await rows_of(
        call,
        Deal,
        where={"client": {"id": {"in": clients}}, "result": {"eq": Result.WON.value}},
        paths=("client",),
    )
    numbers = Counter(row["client"] for row in won)
    reason = call.app.texts(call.settings.locale).say(WON)
    changes: dict[int, dict[str, object]] = {}
    for row in await rows_of(call, Client, ids=clients, paths=("standing",)):
        earned = (
            Standing.PERMANENT if numbers[row["id"]] >= call.settings.permanent_after else Standing.ACTIVE
        )
        if row["standing"] not in (earned, Standing.PERMANENT):
            changes[row["id"]] = {"standing": earned.value, "standing_reason": reason}
    if changes:
        await call.bulk_write(Client, changes, rights=ALL)
