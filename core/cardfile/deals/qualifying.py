"""From a lead to a deal: the request of somebody new is worth working on."""

from dataclasses import dataclass
from typing import Annotated

from cardfile.clients.choices import Standing
from cardfile.clients.tables import Client
from cardfile.deals.tables import Deal
from cardfile.errors import Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.pipelines.tables import Pipeline

__all__ = ["Qualified", "qualify_client"]


@dataclass(frozen=True, slots=True)
class Qualified:
    """A lead who became a potential client, and the deal that was opened with him."""

    client: Client
    deal: Deal


@command(
    "client.qualify",
    label={"en": "Qualify", "ru": "Квалифицировать"},
    done={"en": "qualified", "ru": "квалификация"},
)
async def qualify_client(
    call: Call,
    client: Client,
    title: Annotated[str | None, "What the deal is called; after the client, when left out."] = None,
    pipeline: Annotated[Pipeline | None, "Its pipeline; the first one, when left out."] = None,
) -> Qualified:
    """Make a lead a potential client and open a deal with him, which belongs to his manager and keeps his source."""
    if client.standing != Standing.LEAD:
        raise Refused("{name} is no lead any more.", name=call.told(client, "name"))
    await call.write(client, standing=Standing.POTENTIAL.value)
    deal = await call.create(
        Deal,
        {
            "title": title or "",
            "client": client.id,
            "owner": client.owner if client.owner is not None else call.actor.user,
            "team": client.team,
            "source": client.source,
            **({"pipeline": pipeline.id} if pipeline is not None else {}),
        },
    )
    return Qualified(client, deal)
