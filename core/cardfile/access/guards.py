"""What the commands of access ask before they do anything."""

from zoneinfo import ZoneInfo

from cardfile.access.access import Access
from cardfile.access.tables import User, UserRole
from cardfile.errors import InvalidInput, NotAllowed
from cardfile.journal.calls import Call
from cardfile.rights import Scope

__all__ = ["access_of", "require_another_owner", "require_in_person", "require_reach", "require_zone"]


def access_of(call: Call) -> Access:
    """Return the access of the app in which a command runs."""
    access = getattr(call.app, "access", None)
    if not isinstance(access, Access):
        raise TypeError("the app of this command has no access: it was not built by App.build")
    return access


def require_in_person(call: Call) -> None:
    """Refuse what a program may not do, whatever its token says: else a token could make a stronger one."""
    if call.actor.token is not None:
        raise NotAllowed("This is done by a person who is signed in, not with an API token.")


def require_reach(call: Call, user: User) -> None:
    """Refuse to do to a colleague whom one only stands in for what is his own business.

    Standing in makes his records one's own, but not his entry: oneself, one's teams and everybody are told
    apart here.
    """
    scope = call.rights.scope("user", call.command.action)
    if user.id == call.actor.user or scope is Scope.ALL or call.rights.unlimited:
        return
    absent = set(call.rights.own) - {call.actor.user}
    if scope is Scope.TEAM and user.id in call.rights.team and user.id not in absent:
        return
    raise NotAllowed("You may do this only for yourself or for people of your teams.")


async def require_another_owner(call: Call, user: User) -> None:
    """Refuse to take away the last active owner: nobody could give rights to anybody any more."""
    # Waits for others who change rights: two owners must not send each other away at the same moment.
    await access_of(call).changed()
    holders = await call.run(
        UserRole.select(UserRole.holder).where(
            (UserRole.role == "owner") & UserRole.archived_at.is_null() & (UserRole.holder != user.id)
        )
    )
    others = [row["holder"] for row in holders]
    if others:
        active = await call.run(
            User.select(User.id).where(User.id.is_in(others) & (User.is_active == True)).first()  # noqa: E712  # SQL
        )
        if active is not None:
            return
    raise NotAllowed("This is the last active owner: make somebody else an owner first.")


def require_zone(zone: object) -> None:
    """Refuse a time zone that does not exist."""
    if not zone:
        return
    try:
        ZoneInfo(str(zone))
    except (KeyError, ValueError, OSError):
        raise InvalidInput(
            "There is no time zone {zone}; right ones look like Europe/Moscow.",
            zone=str(zone)[:64],
            path=("values", "zone"),
        ) from None
