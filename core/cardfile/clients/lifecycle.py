"""The way of a client: made known, rejected, given to somebody, standing somewhere."""

from enum import StrEnum
from typing import Annotated, ClassVar

from cardfile.access.tables import User
from cardfile.clients.choices import Standing
from cardfile.clients.duplicates import holders_of_contacts
from cardfile.clients.tables import Client
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import Values, command

__all__ = [
    "DuplicateClient",
    "IfDuplicate",
    "assign_client",
    "change_standing",
    "create_client",
    "reject_client",
]

MOST_NAMES = 5


class DuplicateClient(Refused):
    """A client with the same contact exists, and the caller wished to be told instead of making another."""

    code: ClassVar[str] = "DUPLICATE"


class IfDuplicate(StrEnum):
    """What to do when a client with the same phone or e-mail exists already."""

    CREATE = "create"
    REFUSE = "refuse"


@command("client.create", label={"en": "New client", "ru": "Новый клиент"})
async def create_client(
    call: Call,
    values: Values,
    if_duplicate: Annotated[
        IfDuplicate, "What to do when a contact is another client's already."
    ] = IfDuplicate.CREATE,
) -> Client:
    """Make a client, who is the caller's own unless an owner is given.

    With `refuse`, raises `DuplicateClient` that names the clients with the same phone or e-mail, as far as
    the caller may see them.
    """
    if if_duplicate is IfDuplicate.REFUSE:
        await _refuse_duplicates(call, values)
    return await call.create(Client, values)


async def _refuse_duplicates(call: Call, values: Values) -> None:
    holders: set[int] = set()
    for kind, path in (("phone", "phones"), ("email", "emails")):
        entries = values.get(path)
        contacts = [one.value for one in entries] if isinstance(entries, tuple) else []
        for clients in (await holders_of_contacts(call, kind, contacts)).values():
            holders |= set(clients)
    if holders:
        found = await call.find(Client, filter={"id": {"in": sorted(holders)}}, limit=MOST_NAMES)
        raise DuplicateClient(
            "There is a client with the same contact already: {names}.",
            names=", ".join(str(call.told(one, "name")) for one in found),
        )


@command("client.reject", label={"en": "Reject", "ru": "Отказать"}, done={"en": "rejected", "ru": "отказ"})
async def reject_client(
    call: Call, client: Client, reason: Annotated[str, "Why, for the history."]
) -> Client:
    """Let a lead or a potential client go, with the reason."""
    if client.standing not in (Standing.LEAD, Standing.POTENTIAL):
        raise Refused(
            "{name} is a client already, so there is nothing to reject.", name=call.told(client, "name")
        )
    reason = _required(reason)
    return await call.write(client, standing=Standing.LOST.value, standing_reason=reason)


@command(
    "client.change_standing",
    label={"en": "Change standing", "ru": "Сменить статус"},
    done={"en": "standing changed", "ru": "смена статуса"},
)
async def change_standing(
    call: Call,
    client: Client,
    to: Annotated[str, "The key of the new standing."],
    reason: Annotated[str | None, "Why, for the history."] = None,
) -> Client:
    """Set where a client stands; what he was until now is kept in his history."""
    if to not in list(Standing):
        raise InvalidInput(
            "{value} is none of the choices: {choices}.",
            value=to[:60],
            choices=", ".join(Standing),
            path=("to",),
        )
    if client.standing == to:
        return client
    return await call.write(client, standing=to, standing_reason=reason)


@command(
    "client.assign",
    label={"en": "Assign", "ru": "Передать менеджеру"},
    done={"en": "given to a manager", "ru": "передача менеджеру"},
)
async def assign_client(
    call: Call, client: Client, to: Annotated[User, "Who looks after the client from now on."]
) -> Client:
    """Give a client to a colleague, who is his manager from now on."""
    if not to.is_active:
        raise Refused("{name} does not work here any more: choose somebody else.", name=call.told(to, "name"))
    return await call.write(client, owner=to.id)


def _required(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("A reason is needed.", path=("reason",))
    return reason
