"""Colleagues by their logins, and who acts when the command line names one or nobody."""

from dataclasses import replace

from cardfile.access import fold_login
from cardfile.app import App
from cardfile.cli.opened import fetch, operator
from cardfile.errors import NotAllowed, NotFound
from cardfile.rights import Actor

__all__ = ["find_user", "who"]


async def find_user(app: App, login: str) -> int:
    """Return the id of the user who signs in as `login`; raises `NotFound`."""
    found = await fetch(app, "user", filter={"login": {"eq": fold_login(login)}}, limit=1)
    if not found:
        raise NotFound("Nobody signs in as {login}.", login=login)
    return int(str(found[0]["id"]))


async def who(app: App, login: str | None, command: str) -> Actor:
    """Return who brings lists in or takes them out: a colleague by his login, or whoever is at the keyboard.

    Raises `NotFound` for an unknown login, `NotAllowed` for somebody who does not work here any more.
    """
    if login is None:
        return replace(operator(command), via="import", locale=app.settings.locale, zone=app.settings.zone)
    actor = await app.access.actor(await find_user(app, login), via="import")
    if actor is None:
        raise NotAllowed("{login} does not work here any more.", login=login)
    return actor
