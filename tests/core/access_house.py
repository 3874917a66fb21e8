"""A house with people in it: what the tests of access share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.columns import ForeignKey, OnDelete, Varchar

from cardfile.access.access import Access
from cardfile.access.entities import ENTITIES, GRANTS
from cardfile.access.migrations import MIGRATIONS
from cardfile.access.role_book import RoleBook
from cardfile.access.roles import DeclaredRights
from cardfile.access.rows import add_row
from cardfile.access.tables import Share, Team, TeamMember, User, UserRole
from cardfile.clock import MovableClock
from cardfile.database import Database, migrate
from cardfile.database.tables import Record, Stored
from cardfile.declarations import Role
from cardfile.model.entities import Entity, Owned
from cardfile.model.fields import Field, Kind
from cardfile.model.model import Declared, Model, build_model
from cardfile.rights import Rights
from cardfile.settings import Settings


class Letter(Record, tablename="post_letter"):
    """A record that belongs to somebody."""

    subject = Varchar(length=200)
    phone = Varchar(length=20, null=True, default=None)
    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)


letter = Entity(
    Letter,
    "Letter",
    "Letters",
    visibility=Owned(),
    fields=(
        Field("subject", "Subject", Kind.TEXT, required=True),
        Field("phone", "Phone", Kind.PHONE),
        Field("owner", "Owner", Kind.USER),
    ),
)

POST_GRANTS = {
    "manager": {"letter": "*:own"},
    "head": {"letter": "*:team"},
    "specialist": {"letter": "read:own"},
}


@dataclass(frozen=True)
class Deed:
    """A command as the role book sees it."""

    name: str
    entity: str
    action: str
    owner_only: bool = False


ACCESS_DEEDS = (
    Deed("user.stand_in", "user", "stand_in"),
    Deed("user.deactivate", "user", "deactivate", owner_only=True),
    Deed("share.create", "share", "create"),
    Deed("api_token.revoke", "api_token", "revoke"),
)


def model_of(*entities: Entity) -> Model:
    """Return a model of people and of a plugin `post` with `entities`."""
    return build_model([Declared("core", ENTITIES), Declared("post", entities)])


def role_book(
    *entities: Entity,
    grants: Any = None,
    roles: Sequence[Role] = (),
    deeds: Sequence[Deed] = (),
) -> RoleBook:
    """Return the roles of people and of a plugin `post`."""
    declared = [DeclaredRights("core", grants=GRANTS), DeclaredRights("post", roles, grants or {})]
    return RoleBook.build(model_of(*entities), (*ACCESS_DEEDS, *deeds), declared)


class House:
    """A database with people, and the access to it."""

    def __init__(self, database: Database, clock: MovableClock, settings: Settings | None = None) -> None:
        self.database, self.clock = database, clock
        self.settings = settings or Settings()
        self.roles = role_book(letter, grants=POST_GRANTS)
        self.access = Access(self)

    @classmethod
    async def built(cls, database: Database, clock: MovableClock | None = None) -> "House":
        """Return a house on an empty database."""
        clock = clock or MovableClock()
        await migrate(database, {"core": MIGRATIONS}, now=clock.now())
        return cls(database, clock)

    def another_process(self) -> Access:
        """Return what another process would have: its own memory of the same database."""
        return Access(self)

    async def user(self, name: str, *roles: str, password: str | None = None, **values: Any) -> int:
        """Add a user and return the id."""
        row = {"name": name, "login": f"{name}@example.com", **values}
        made = await self.add(User, **row)
        for role in roles:
            await self.add(UserRole, holder=made, role=role)
        if password is not None:
            await self.access.sign_in.set_password(made, password)
        await self.access.changed()
        return made

    async def team(self, name: str, *members: int, parent: int | None = None, head: int | None = None) -> int:
        """Add a team and return its id."""
        made = await self.add(Team, name=name, parent=parent, head=head)
        for member in members:
            await self.member(made, member)
        await self.access.changed()
        return made

    async def member(
        self, team: int, member: int, *, since: datetime | None = None, until: datetime | None = None
    ) -> None:
        """Put somebody into a team."""
        await self.add(TeamMember, team=team, member=member, since=since, until=until)
        await self.access.changed()

    async def share(self, entity: str, record: int, **values: Any) -> None:
        """Share a record."""
        await self.add(Share, entity=entity, record=record, **values)
        await self.access.changed()

    async def add(self, table: type[Stored], **values: object) -> int:
        """Add a row and return its id."""
        return await add_row(self.database, table, values, now=self.clock.now())

    async def rights(self, user: int) -> Rights:
        """Return the rights of a user who has some."""
        rights = await self.access.directory.rights(user, self.clock.now())
        assert rights is not None
        return rights
