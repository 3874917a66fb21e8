"""What is done to users: made, changed, given roles and passwords, sent away, replaced for a while."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from cardfile.access.guards import (
    access_of,
    require_another_owner,
    require_in_person,
    require_reach,
    require_zone,
)
from cardfile.access.roles import OWNER
from cardfile.access.sign_in import fold_login
from cardfile.access.tables import User, UserRole
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.journal.rows import check_rows
from cardfile.journal.signatures import Values

__all__ = ["PEOPLE", "check_new_colleague"]


@command("user.create", label={"en": "Add a colleague", "ru": "Добавить сотрудника"})
async def create_user(
    call: Call, values: Values, roles: Annotated[list[str] | None, "Keys of roles, such as manager."] = None
) -> User:
    """Add a colleague, with roles; a password is set apart."""
    require_in_person(call)
    values.pop("id", None)  # A new entry is nobody's yet, whoever makes it.
    await _check(call, values)
    keys = list(dict.fromkeys(roles or ()))
    _require_roles(call, keys)
    user = await call.create(User, Values({**values, "is_active": True}))
    for key in keys:
        await call.create(UserRole, {"holder": user.id, "role": key})
    await access_of(call).changed()
    return user


@command("user.update", label={"en": "Change", "ru": "Изменить"}, action="edit")
async def update_user(call: Call, user: User, values: Values) -> User:
    """Change a colleague's entry; everybody may change his own name, extension, language and zone."""
    require_reach(call, user)
    if "login" in values:
        require_in_person(call)
    await _check(call, values, user)
    await call.write(user, values)
    await access_of(call).changed()
    return user


@command("user.deactivate", label={"en": "Close the account", "ru": "Закрыть доступ"}, owner_only=True)
async def deactivate_user(call: Call, user: User) -> User:
    """Let a colleague in no more: all sessions and tokens are dead at once; what is his stays his."""
    require_in_person(call)
    if user.id == call.actor.user:
        raise NotAllowed("Nobody can close his own account.")
    await require_another_owner(call, user)
    await call.write(user, is_active=False)
    await access_of(call).sign_in.sign_out_everywhere(user.id)
    return user


@command("user.activate", label={"en": "Open the account", "ru": "Открыть доступ"}, owner_only=True)
async def activate_user(call: Call, user: User) -> User:
    """Let a colleague in again, with the password and the roles of before."""
    require_in_person(call)
    await call.write(user, is_active=True)
    await access_of(call).changed()
    return user


async def _hashed(call: Call, user: User, password: str) -> str:
    require_in_person(call)
    return await access_of(call).passwords.hash(password)


@command(
    "user.set_password",
    label={"en": "Set a password", "ru": "Задать пароль"},
    owner_only=True,
    prepare=_hashed,
)
async def set_user_password(call: Call, user: User, password: Annotated[str, "The new password."]) -> User:
    """Give a colleague a new password; all his sessions end."""
    await access_of(call).sign_in.keep_password(user.id, str(call.prepared))
    call.record("user.password_set", user)
    return user


@command(
    "user.sign_out_everywhere", label={"en": "End all sessions", "ru": "Завершить все сеансы"}, action="edit"
)
async def sign_out_user(call: Call, user: User) -> User:
    """End all sessions of oneself, or of a colleague."""
    require_reach(call, user)
    await access_of(call).sign_in.sign_out_everywhere(user.id)
    call.record("user.signed_out_everywhere", user)
    return user


@command("user.grant_role", label={"en": "Give a role", "ru": "Дать роль"}, owner_only=True)
async def grant_role(
    call: Call, user: User, role: Annotated[str, "The key of the role, such as manager."]
) -> User:
    """Give a colleague a role; one that he has stays his."""
    require_in_person(call)
    _require_role(call, role)
    if await _role_of(call, user, role) is None:
        await call.create(UserRole, {"holder": user.id, "role": role})
    call.record("user.role_granted", user, role=role)
    await access_of(call).changed()
    return user


@command("user.revoke_role", label={"en": "Take a role away", "ru": "Снять роль"}, owner_only=True)
async def revoke_role(
    call: Call, user: User, role: Annotated[str, "The key of the role, such as manager."]
) -> User:
    """Take a role away from a colleague; the last active owner stays one."""
    require_in_person(call)
    found = await _role_of(call, user, role)
    if found is None:
        raise InvalidInput(
            "{name} does not have the role {role}.", name=call.told(user, "name"), role=role, path=("role",)
        )
    if role == OWNER and user.is_active:
        await require_another_owner(call, user)
    await call.archive(await call.get(UserRole, found))
    call.record("user.role_revoked", user, role=role)
    await access_of(call).changed()
    return user


@command("user.stand_in", label={"en": "Name a stand-in", "ru": "Назначить заместителя"})
async def stand_in_for(
    call: Call,
    user: User,
    stand_in: Annotated[User | None, "Who stands in; nobody any more when it is left out."] = None,
    until: Annotated[datetime | None, "When it ends by itself."] = None,
) -> User:
    """Let a colleague's records count as another's own too, until a moment; without `stand_in`, no more."""
    require_in_person(call)
    require_reach(call, user)
    if stand_in is not None and stand_in.id == user.id:
        raise InvalidInput("Nobody stands in for himself.", path=("standIn",))
    if stand_in is not None and not stand_in.is_active:
        raise InvalidInput(
            "{name} does not work here any more.", name=call.told(stand_in, "name"), path=("standIn",)
        )
    if until is not None and until <= call.now:
        raise InvalidInput("This moment is over already.", path=("until",))
    await call.write(
        user,
        stand_in=stand_in.id if stand_in is not None else None,
        stand_in_until=until if stand_in is not None else None,
    )
    await access_of(call).changed()
    return user


async def _check(call: Call, values: Values, user: User | None = None) -> None:
    require_zone(values.get("zone"))
    login = values.get("login")
    if login is None:
        return
    values["login"] = folded = fold_login(str(login))
    taken = await call.run(User.select(User.id).where(User.login == folded).first())
    if taken is not None and (user is None or taken["id"] != user.id):
        raise InvalidInput(
            "Somebody else signs in as {login} already.", login=folded, path=("values", "login")
        )


async def check_new_colleague(call: Call, given: Mapping[str, object], roles: Sequence[str]) -> None:
    """Refuse whom `user.create` would refuse, before anything else is asked of a person; writes nothing."""
    (values,) = await check_rows(call, [given], creating=True)
    if isinstance(values, Refused):
        raise values
    await _check(call, values)
    _require_roles(call, roles)


def _require_roles(call: Call, roles: Sequence[str]) -> None:
    for role in roles:
        _require_role(call, role)


def _require_role(call: Call, role: str) -> None:
    known = access_of(call).roles.roles
    if role not in known:
        raise InvalidInput(
            "There is no role {role}; there are: {known}.",
            role=role[:64],
            known=", ".join(known),
            path=("role",),
        )


async def _role_of(call: Call, user: User, role: str) -> int | None:
    row = await call.run(
        UserRole.select(UserRole.id)
        .where((UserRole.holder == user.id) & (UserRole.role == role) & UserRole.archived_at.is_null())
        .first()
    )
    return row["id"] if row else None


PEOPLE = (
    create_user,
    update_user,
    deactivate_user,
    activate_user,
    set_user_password,
    sign_out_user,
    grant_role,
    revoke_role,
    stand_in_for,
)
"""The commands on users, for the core's declaration."""
