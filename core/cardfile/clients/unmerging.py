"""Two clients who are two after all: a merger taken back, and what stands in the way of it."""

from dataclasses import dataclass
from typing import Annotated

from cardfile.access.guards import access_of
from cardfile.clients.tables import Client
from cardfile.errors import NotAllowed, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.journal.events import Event, fetch_history
from cardfile.journal.kept import KeptAsIs, kept_as_is
from cardfile.journal.undo import revert_batch
from cardfile.texts import said

__all__ = ["Unmerged", "restore_client", "unmerge_client"]

MERGED_AWAY = "client.merged_away"


@dataclass(frozen=True, slots=True)
class Unmerged:
    """What the taking back of a merger did: who stands by himself again, apart from whom, and what stays.

    `restored` records have earlier values again, `archived` ones had been made by the merger; `kept` tells what
    stays as it is because somebody has changed it since, the first of `kept_total`.
    """

    client_id: str
    winner_id: str
    restored: int
    archived: int
    kept: list[KeptAsIs]
    kept_total: int


@command(
    "client.unmerge",
    label={"en": "Undo the merger", "ru": "Отменить объединение"},
    done={"en": "merger undone", "ru": "отмена объединения"},
    also={"client.parted": {"en": "parted from another", "ru": "отделение от другого клиента"}},
    action="merge",
    takes_archived=True,
)
async def unmerge_client(
    call: Call, client: Annotated[Client, "The client who was merged into another, by his id."]
) -> Unmerged:
    """Take back the merger by which a client went into another: both are as they were before.

    All that was done together with the merger is taken back. What people have changed since then stays as it
    is and is told, and so does what came to the other since.
    """
    merger = await _merger_of(call, client)
    into = int(str((merger.data or {})["into"]))
    winners = await call.load(Client, [into], action="merge")
    if not winners:
        raise NotAllowed("You may not do this: {deed}.", deed=said(call.command.label, call.locale))
    reverted = await revert_batch(call.work, merger.batch)
    await access_of(call).changed()
    call.record("client.unmerged", client, out_of=into)
    call.record("client.parted", winners[0], other=client.id)
    name = call.app.model["client"].global_id
    kept = await kept_as_is(call, reverted.kept)
    return Unmerged(
        name(client.id), name(into), reverted.restored, reverted.archived, kept, len(reverted.kept)
    )


async def _merger_of(call: Call, client: Client) -> Event:
    """Return the event of the last merger of a client; raises `Refused` unless it can be taken back now."""
    now = (await call.values(client))["merged_into"]
    events = await fetch_history(call.app.database, "client", client.id, name=MERGED_AWAY, limit=1)
    if now is None or not events:
        raise Refused("{name} was not merged into another client.", name=call.told(client, "name"))
    into = int(str((events[0].data or {})["into"]))
    if into != now:
        others = await call.load(Client, [into])
        raise Refused(
            "{name} was merged into {other}, who was merged away himself later: undo that merger first.",
            name=call.told(client, "name"),
            other=call.told(others[0], "name") if others else call.app.model["client"].global_id(into),
        )
    return events[0]


@command(
    "client.restore",
    label={"en": "Restore", "ru": "Вернуть из архива"},
    action="archive",
    takes_archived=True,
)
async def restore_client(call: Call, record: Client) -> Client:
    """Bring an archived client back; one who was merged into another comes back by undoing the merger."""
    if (await call.values(record))["merged_into"] is not None:
        raise Refused(
            "{name} was merged into another client: undo the merger instead.", name=call.told(record, "name")
        )
    return await call.restore(record)
