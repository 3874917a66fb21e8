"""A club for the tests of the fitness edition: who does what in it, and what there is afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cardfile.app import App
from cardfile.journal import Reverted, revert_batch
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING, Actor

Row = dict[str, Any]


@dataclass(frozen=True)
class Club:
    """One app with the fitness plugin; the system acts unless somebody else is named."""

    app: App

    async def do(self, name: str, /, *, by: Actor | None = None, **arguments: Any) -> Any:
        """Do a command and return what it returns; the plugin's are named without its name in front."""
        known = f"fitness.{name}" if f"fitness.{name}" in set(self.names()) else name
        async with self.app.unit_of_work(by or Actor.system("test")) as work:
            return await work.do(known, **arguments)

    def names(self) -> list[str]:
        """Return the names of all commands."""
        return [command.name for command in self.app.commands]

    async def batch(self, name: str, /, **arguments: Any) -> int:
        """Do a command and return the batch under which it can be taken back."""
        async with self.app.unit_of_work(Actor.system("test")) as work:
            await work.do(name, **arguments)
            return await work.open_batch()

    async def undo(self, batch: int) -> Reverted:
        """Take a batch back."""
        async with self.app.unit_of_work(Actor.system("test")) as work:
            return await revert_batch(work, batch)

    async def member(self, name: str = "Анна Иванова", *, by: Actor | None = None, **values: Any) -> int:
        """Make a client and return the id; the club's own lines are given as `fitness={…}`."""
        return int((await self.do("client.create", by=by, values={"name": name, **values})).id)

    async def plan(self, days: int = 30, **values: Any) -> int:
        """Put a plan on sale and return its id."""
        given = {"name": f"{days} days", "duration_days": days, **values}
        return int((await self.do("plan.create", values=given)).id)

    async def colleague(self, name: str, *roles: str) -> Actor:
        """Hire somebody with roles and return him as an actor."""
        values = {"name": name, "login": f"{name.lower()}@club.example"}
        made = await self.do("user.create", values=values, roles=list(roles))
        actor = await self.app.access.actor(made.id)
        assert actor is not None
        return actor

    async def rows(
        self,
        entity: str,
        wanted: Mapping[str, Any] | None = None,
        *,
        by: Actor | None = None,
        order: tuple[str, ...] = ("id",),
    ) -> list[Row]:
        """Return the live records of an entity that somebody sees."""
        return await fetch_records(
            self.app.database,
            self.app.model,
            self.app.model[entity],
            by.rights if by else EVERYTHING,
            now=self.app.clock.now(),
            filter=wanted,
            order=order,
        )

    async def card(self, client: int) -> Row:
        """Return what the club knows of a client."""
        (row,) = await self.rows("client", {"id": {"eq": client}})
        return {path.removeprefix("fitness."): value for path, value in row.items()}

    async def membership(self, record: int) -> Row:
        """Return one membership."""
        (row,) = await self.rows("fitness.membership", {"id": {"eq": record}})
        return row
