"""What is noted about clients: calls, letters, meetings, visits and notes."""

from collections.abc import Mapping, MutableMapping
from typing import Annotated

from cardfile.clients.tables import Client
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.journal.commands import Values, command
from cardfile.timeline.tables import Interaction

__all__ = ["add_note", "complete_interaction", "is_contact", "log_interaction"]

NO_CONTACT_KINDS = ("note",)
NO_CONTACT_STATES = ("planned", "missed", "failed")
MOST_TEXT = 50_000


@command("interaction.create", label={"en": "Log a contact", "ru": "Записать контакт"})
async def log_interaction(call: Call, values: Values) -> Interaction:
    """Note a call, letter, message, meeting or visit of a client, now unless `at` is given.

    One that the channel reports again under the same external id is taken once and returned as it is.
    """
    channel, external_id = values.get("channel"), values.get("external_id")
    if external_id and not channel:
        raise InvalidInput("An external id belongs to a channel: give that too.", path=("channel",))
    if external_id:
        wanted = {"channel": {"eq": channel}, "external_id": {"eq": external_id}}
        if known := await call.find(Interaction, filter=wanted, limit=1):
            return known[0]
    values.setdefault("user", call.actor.user)
    return await call.create(Interaction, values)


@command("client.add_note", label={"en": "Add a note", "ru": "Добавить заметку"}, action="edit")
async def add_note(call: Call, client: Client, text: Annotated[str, "What to remember."]) -> Interaction:
    """Write a note about a client into his history."""
    text = text.strip()
    if not text:
        raise InvalidInput("The note is empty.", path=("text",))
    if len(text) > MOST_TEXT:
        raise InvalidInput("A note has at most {most} characters.", most=MOST_TEXT, path=("text",))
    return await call.create(
        Interaction,
        {"client": client.id, "kind": "note", "text": text, "at": call.now, "user": call.actor.user},
    )


def complete_interaction(call: Call, values: MutableMapping[str, object]) -> None:
    """Fill in when a new interaction was, of what kind, and whether one reached the client by it.

    A list that tells the day of the last contact does not say how it was; one that tells no day holds notes.
    """
    if values.get("kind") is None and call.via == "import":
        values["kind"] = "note" if values.get("at") is None else "contact"
    if values.get("at") is None:
        values["at"] = call.now
    values["is_contact"] = is_contact(values)


def is_contact(values: Mapping[str, object]) -> bool:
    """Tell whether an interaction counts as a contact: a note does not, nor does a call that nobody took."""
    return values.get("kind") not in NO_CONTACT_KINDS and values.get("state") not in NO_CONTACT_STATES
