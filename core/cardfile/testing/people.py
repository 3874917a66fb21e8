"""Records for tests, made the way people make them: by commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cardfile.app import App
from cardfile.database import Record
from cardfile.errors import Unauthenticated
from cardfile.rights import Actor

__all__ = ["Person", "create", "make_person"]

SYSTEM: Final = Actor.system("tests")
NAMES: Final = ("Ann", "Boris", "Clara", "Daniil", "Eva", "Fyodor")


@dataclass(frozen=True, slots=True)
class Person:
    """A user of a test: his id, himself as an actor, and the secret of a session of his."""

    user: int
    actor: Actor
    key: str


async def make_person(app: App, *roles: str, number: int, **values: object) -> Person:
    """Make a user with roles; name and login are made up from `number` unless given."""
    name = NAMES[number % len(NAMES)]
    fields = {"name": name, "login": f"{name.lower()}{number}@example.com", **values}
    made = await _do(app, "user.create", values=fields, roles=list(roles))
    session = await app.access.sign_in.open_session(made)
    actor = await app.access.resolve_session(session.key)
    if actor is None:
        raise Unauthenticated("The user who was just made is not let in.")
    return Person(made, actor, session.key)


async def create(app: App, entity: str, values: Mapping[str, object], *, actor: Actor | None = None) -> int:
    """Make a record of `entity` by its own command, as the system unless an actor is given; return its id."""
    return await _do(app, f"{entity}.create", actor=actor, values=dict(values))


async def _do(app: App, command: str, *, actor: Actor | None = None, **arguments: Any) -> int:
    async with app.unit_of_work(actor or SYSTEM) as work:
        made = await work.do(command, **arguments)
    if not isinstance(made, Record):
        raise TypeError(f"the command {command} returned {made!r} and no record")
    return made.id
