"""A desk at which the tests of clients work: do something as somebody, look at what there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cardfile.app import App
from cardfile.journal import Reverted, revert_batch
from cardfile.model.kinds import Reading
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING, Actor

Row = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """One app, with the system sitting at it unless somebody else is named."""

    app: App

    async def do(self, name: str, /, *, by: Actor | None = None, **arguments: Any) -> Any:
        """Do a command in a unit of work of its own and return what it returns."""
        async with self.app.unit_of_work(by or Actor.system("test")) as work:
            return await work.do(name, **arguments)

    async def batch(self, name: str, /, *, by: Actor | None = None, **arguments: Any) -> int:
        """Do a command and return the batch under which it can be taken back."""
        async with self.app.unit_of_work(by or Actor.system("test")) as work:
            await work.do(name, **arguments)
            return await work.open_batch()

    async def undo(self, batch: int) -> Reverted:
        """Take a batch back."""
        async with self.app.unit_of_work(Actor.system("test")) as work:
            return await revert_batch(work, batch)

    async def client(self, name: str = "", **values: Any) -> int:
        """Make a client and return his id; fields of cards are given as `fitness={…}`."""
        by = values.pop("by", None)
        made = await self.do("client.create", by=by, values={"name": name, **values})
        return int(made.id)

    async def colleague(self, name: str, *roles: str, **values: Any) -> Actor:
        """Make a colleague with roles and return him as an actor."""
        fields = {"name": name, "login": f"{name.lower()}@example.com", **values}
        made = await self.do("user.create", values=fields, roles=list(roles))
        actor = await self.app.access.actor(made.id)
        assert actor is not None
        return actor

    async def rows(
        self,
        entity: str,
        wanted: Mapping[str, Any] | None = None,
        *,
        by: Actor | None = None,
        order: Sequence[str] = ("id",),
        limit: int | None = None,
        archived: bool = False,
        locale: str = "en",
    ) -> list[Row]:
        """Return the records of an entity that somebody sees."""
        now = self.app.clock.now()
        return await fetch_records(
            self.app.database,
            self.app.model,
            self.app.model[entity],
            by.rights if by else EVERYTHING,
            now=now,
            reading=Reading(now.date(), locale=locale),
            filter=wanted,
            order=order,
            limit=limit,
            archived=archived,
        )

    async def row(self, entity: str, record: int) -> Row:
        """Return one record, archived or not, by path."""
        (found,) = await self.rows(entity, {"id": {"eq": record}}, archived=True)
        return found

    async def of(self, entity: str, client: int, *keys: str, archived: bool = False) -> list[Any]:
        """Return values of the records that hang on a client, in the order of their ids."""
        rows = await self.rows(entity, {"client": {"id": {"eq": client}}}, archived=archived)
        return [row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys) for row in rows]
