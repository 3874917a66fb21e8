"""`cardfile token`."""

from datetime import timedelta
from typing import Annotated

from typer import Argument, Option, Typer

from cardfile.access.sharing import NewApiToken
from cardfile.app import App
from cardfile.cli.opened import build_app, fetch, operator, run
from cardfile.cli.people import find_user
from cardfile.cli.tables import print_table
from cardfile.errors import Unauthenticated

program = Typer(no_args_is_help=True, help="Make, list and revoke API tokens.")


@program.command()
def create(
    login: Annotated[str, Argument(help="For whom the token acts.")],
    *,
    name: Annotated[str, Option(help="What the token is for.")] = "command line",
    allow: Annotated[
        list[str] | None, Option(help="What it may do: client:read, *:read:own; may be given several times.")
    ] = None,
    days: Annotated[int | None, Option(help="How many days it lives; else for ever.", min=1)] = None,
) -> None:
    """Make a token that acts for a user, and print it: it is shown this once."""
    print(run(_create(build_app(), login, name, allow or ["*:*"], days)))


@program.command("list")
def list_(*, login: Annotated[str | None, Option(help="Only the tokens of this user.")] = None) -> None:
    """List tokens, without their secrets."""
    rows = run(_list(build_app(), login))
    print_table(("id", "name", "user", "allows", "expires", "last used", "revoked"), rows)


@program.command()
def revoke(token: Annotated[int, Argument(help="The id of the token, as the list shows it.")]) -> None:
    """Revoke a token: it opens nothing any more."""
    run(_revoke(build_app(), token))
    print(f"Token {token} is revoked.")


async def _create(app: App, login: str, name: str, allow: list[str], days: int | None) -> str:
    async with app.running():
        user = await find_user(app, login)
        # A token acts for a person, and only that person can give one away.
        actor = await app.access.actor(user, via="cli")
        if actor is None:
            raise Unauthenticated("{login} is not let in: the account is closed.", login=login)
        until = app.clock.now() + timedelta(days=days) if days else None
        made = await app.do(actor, "api_token.create", name=name, scopes=allow, expires_at=until)
    if not isinstance(made, NewApiToken):
        raise TypeError(f"api_token.create returned {made!r} and no token")
    return made.secret


async def _list(app: App, login: str | None) -> list[tuple[object, ...]]:
    async with app.running():
        wanted = await find_user(app, login) if login else None
        tokens = await fetch(app, "api_token", order=("id",))
        people = {one["id"]: one["login"] for one in await fetch(app, "user")}
    return [
        (
            one["id"],
            one["name"],
            people.get(one["holder"]),
            one.get("scopes"),
            one.get("expires_at"),
            one.get("last_used_at"),
            one.get("revoked_at"),
        )
        for one in tokens
        if wanted is None or one["holder"] == wanted
    ]


async def _revoke(app: App, token: int) -> None:
    async with app.running():
        await app.do(operator("token revoke"), "api_token.revoke", token=token)
