"""`cardfile user`."""

from typing import Annotated, Any

from typer import Argument, Option, Typer, prompt

from cardfile.access import check_new_colleague
from cardfile.app import App
from cardfile.cli.opened import build_app, fetch, operator, run
from cardfile.cli.people import find_user
from cardfile.cli.tables import print_table, tell_of_more
from cardfile.journal import Call, Glance

program = Typer(no_args_is_help=True, help="Make and list people, give passwords and roles.")

Login = Annotated[str, Argument(help="The e-mail address with which the person signs in.")]
Password = Annotated[str | None, Option(help="The password; asked for when it is left out.")]


@program.command()
def create(
    login: Login,
    *,
    name: Annotated[str, Option(help="The person's name.")] = "",
    role: Annotated[list[str] | None, Option(help="A role; may be given several times.")] = None,
    password: Password = None,
) -> None:
    """Make a user who can sign in."""
    run(_create(build_app(), login, name or login.partition("@")[0], role or [], password))
    print(f"{login} can sign in now.")


@program.command("list")
def list_(*, limit: Annotated[int, Option(help="How many at most.", min=1, max=10_000)] = 500) -> None:
    """List users with their roles."""
    rows = run(_list(build_app(), limit + 1))
    print_table(("id", "login", "name", "roles", "active"), rows[:limit])
    tell_of_more(rows, limit)


@program.command("password")
def set_password(login: Login, *, password: Password = None) -> None:
    """Give a user a new password; all his sessions end."""
    run(_set_password(build_app(), login, password))
    print(f"{login} has a new password; all sessions are ended.")


@program.command("role")
def role_(
    login: Login,
    role: Annotated[str, Argument(help="The key of the role, such as manager.")],
    *,
    revoke: Annotated[bool, Option("--revoke", help="Take the role away instead.")] = False,
) -> None:
    """Give a user a role, or take it away."""
    run(_do(build_app(), "user.revoke_role" if revoke else "user.grant_role", login, role=role))
    print(f"{login} {'no longer has' if revoke else 'has'} the role {role}.")


def _ask() -> str:
    return str(prompt("Password", hide_input=True, confirmation_prompt=True))


async def _create(app: App, login: str, name: str, roles: list[str], password: str | None) -> None:
    values = {"login": login, "name": name}
    async with app.running():
        actor = operator("user create")
        await check_new_colleague(Call(Glance.of(app, actor), app.commands["user.create"]), values, roles)
        secret = password or _ask()
        app.access.passwords.require_fit(secret)
        user = await app.do(actor, "user.create", values=values, roles=roles)
        await app.do(actor, "user.set_password", user=user, password=secret)


async def _set_password(app: App, login: str, password: str | None) -> None:
    async with app.running():
        user = await find_user(app, login)
        await app.do(operator("user password"), "user.set_password", user=user, password=password or _ask())


async def _list(app: App, limit: int) -> list[tuple[object, ...]]:
    async with app.running():
        people = await fetch(app, "user", order=("login",), limit=limit)
        roles = await fetch(app, "user_role", order=("role",))
    return [
        (
            one["id"],
            one["login"],
            one["name"],
            ", ".join(str(each["role"]) for each in roles if each["holder"] == one["id"]),
            "yes" if one["is_active"] else "no",
        )
        for one in people
    ]


async def _do(app: App, command: str, login: str, **arguments: Any) -> None:
    async with app.running():
        await app.do(operator(command), command, user=await find_user(app, login), **arguments)
