"""Tags on clients."""

from typing import Annotated

from cardfile.clients.tables import Client, ClientTag, Tag
from cardfile.errors import Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command

__all__ = ["tag_client", "untag_client"]


@command("client.tag", label={"en": "Tag", "ru": "Поставить метку"}, action="edit")
async def tag_client(call: Call, client: Client, tag: Annotated[Tag, "The tag to put on."]) -> Client:
    """Put a tag on a client; one that is there already stays."""
    if (await call.values(tag))["archived_at"]:
        raise Refused(
            "The tag {name} is archived: restore it first.", name=call.told(tag, "name"), path=("tagId",)
        )
    if not await _tags(call, client, tag):
        await call.create(ClientTag, {"client": client.id, "tag": tag.id})
    return client


@command("client.untag", label={"en": "Remove a tag", "ru": "Снять метку"}, action="edit")
async def untag_client(call: Call, client: Client, tag: Annotated[Tag, "The tag to take off."]) -> Client:
    """Take a tag off a client."""
    for found in await _tags(call, client, tag):
        await call.archive(found)
    return client


async def _tags(call: Call, client: Client, tag: Tag) -> list[ClientTag]:
    wanted = {"client": {"id": {"eq": client.id}}, "tag": {"id": {"eq": tag.id}}}
    return await call.find(ClientTag, filter=wanted, limit=1)
