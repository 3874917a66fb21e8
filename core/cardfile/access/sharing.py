"""Opening single records to others, for a time; and API tokens, which open a part of oneself to programs."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from cardfile.access.guards import access_of, require_in_person
from cardfile.access.tables import ApiToken, Share, Team, User
from cardfile.access.token_scopes import TokenScopes
from cardfile.database.tables import Record
from cardfile.errors import InvalidInput, NotAllowed, NotFound
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.journal.signatures import RecordId
from cardfile.model.entities import Owned
from cardfile.model.names import split_id
from cardfile.model.record_types import RecordType
from cardfile.rights import EVERYTHING

__all__ = ["SHARING", "Level", "NewApiToken", "move_shares"]

PRIVATE: Final = ("user", "share", "file")
"""Entities whose records belong to somebody and are not shared."""


class Level(StrEnum):
    """What a share lets one do."""

    READ = "read"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class NewApiToken:
    """A token that was made; `secret` is shown this once."""

    secret: str
    expires_at: datetime | None


@command("share.create", label={"en": "Share", "ru": "Открыть доступ"})
async def create_share(
    call: Call,
    record: Annotated[RecordId, "The id of the record to open."],
    to_user: Annotated[User | None, "The colleague to whom it is opened."] = None,
    to_team: Annotated[Team | None, "The team to which it is opened."] = None,
    level: Annotated[Level, "What may be done with it."] = Level.READ,
    until: Annotated[datetime | None, "When it ends by itself."] = None,
) -> Share:
    """Open one record to one colleague or one team; nobody gives more than he has, or what he was lent."""
    if (to_user is None) == (to_team is None):
        raise InvalidInput("Say to whom: either to a colleague or to a team.", path=("toUserId",))
    if until is not None and until <= call.now:
        raise InvalidInput("This moment is over already.", path=("until",))
    record_type, number = _shared_thing(call, record)
    table = record_type.entity.table
    if not issubclass(table, Record):
        raise InvalidInput(
            "{entity} is not shared one by one.", entity=record_type.entity.label, path=("record",)
        )
    found = await call.load(table, [number])
    if not found:
        raise NotFound("There is no such record: {id}.", id=record, path=("record",))
    # A share that could be passed on would outlive its end.
    lasting = replace(call.rights, shared=frozenset())
    if not await call.load(table, [number], rights=lasting):
        raise NotAllowed("This record was lent to you: only whoever has it may share it.", path=("record",))
    if level is Level.EDIT and not await call.load(table, [number], rights=lasting, action="edit"):
        raise NotAllowed("You may not change this record yourself.", path=("level",))
    share = await call.create(
        Share,
        {
            "entity": record_type.key,
            "record": number,
            "to_user": to_user.id if to_user is not None else None,
            "to_team": to_team.id if to_team is not None else None,
            "level": level.value,
            "until": until,
            "author": call.actor.user,
        },
    )
    call.record(
        f"{record_type.key}.shared", found[0], to_user=share.to_user, to_team=share.to_team, level=level.value
    )
    await access_of(call).changed()
    return share


@command("share.revoke", label={"en": "Stop sharing", "ru": "Закрыть доступ"})
async def revoke_share(call: Call, share: Share) -> Share:
    """Close what a share has opened."""
    await call.archive(share)
    await access_of(call).changed()
    return share


@command("api_token.create", label={"en": "Make an API token", "ru": "Создать API-токен"})
async def create_token(
    call: Call,
    name: Annotated[str, "What the token is for."],
    scopes: Annotated[list[str], "What it may do: client:read, *:read:own."],
    expires_at: Annotated[datetime | None, "When it ends; never when it is left out."] = None,
) -> NewApiToken:
    """Make a token that acts for oneself within `scopes`, such as `client:read` or `*:read:own`."""
    require_in_person(call)
    if call.actor.user is None:
        raise NotAllowed("Only a person can have a token.")
    if not name.strip() or len(name) > 200 or not name.isprintable():
        raise InvalidInput("Give the token a name of at most 200 characters.", path=("name",))
    if not scopes or len(scopes) > 200:
        raise InvalidInput("Say what the token may do, such as client:read.", path=("scopes",))
    if expires_at is not None and expires_at <= call.now:
        raise InvalidInput("This moment is over already.", path=("expiresAt",))
    access = access_of(call)
    limits = TokenScopes.parse(scopes, known=access.roles.actions)
    issued = await access.tokens.issue(call.actor.user, name.strip(), limits, expires_at=expires_at)
    call.record("api_token.created", await call.get(ApiToken, issued.token), name=name.strip())
    return NewApiToken(issued.key, expires_at)


@command("api_token.revoke", label={"en": "Revoke", "ru": "Отозвать"})
async def revoke_token(call: Call, token: ApiToken) -> ApiToken:
    """End a token: it opens nothing from now on."""
    if (await call.values(token))["revoked_at"] is None:
        await call.write(token, revoked_at=call.now)
    await access_of(call).changed()
    return token


async def move_shares(call: Call, entity: str, *, to: int, away: int) -> None:
    """Open the record `to` of an entity to all to whom `away` is open, as far and as long, and close `away`.

    What has ended already stays as it is. Made anew, for the history of a share does not tell its record.
    """
    theirs = await _open_shares(call, entity, away)
    if not theirs:
        return
    ours = {_terms(one) for one in await _open_shares(call, entity, to)}
    for one in theirs:
        if _terms(one) not in ours:
            terms = {name: getattr(one, name) for name in ("to_user", "to_team", "level", "until", "author")}
            await call.create(Share, {"entity": entity, "record": to, **terms})
        await call.archive(one)
    await access_of(call).changed()


async def _open_shares(call: Call, entity: str, record: int) -> list[Share]:
    rows = await call.run(
        Share.select(Share.id)
        .where((Share.entity == entity) & (Share.record == record) & Share.archived_at.is_null())
        .order_by(Share.id)
    )
    # Whose they are does not matter: the record that they open is about to be another.
    found = await call.load(Share, [row["id"] for row in rows], rights=EVERYTHING)
    return [one for one in found if one.until is None or one.until > call.now]


def _terms(share: Share) -> tuple[object, ...]:
    return share.to_user, share.to_team, share.level, share.until


def _shared_thing(call: Call, record: str) -> tuple[RecordType, int]:
    parts = split_id(record)
    record_type = call.app.model.by_prefix(parts[0]) if parts is not None else None
    if parts is None or record_type is None:
        raise NotFound("There is no such record: {id}.", id=record[:100], path=("record",))
    if not isinstance(record_type.visibility, Owned) or record_type.key in PRIVATE:
        raise InvalidInput(
            "{entity} is not shared one by one.", entity=record_type.entity.label, path=("record",)
        )
    return record_type, parts[1]


SHARING = (create_share, revoke_share, create_token, revoke_token)
"""The commands on shares and tokens, for the core's declaration."""
