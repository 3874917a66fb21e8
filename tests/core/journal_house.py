"""A small club, declared for the tests of the journal: users, clients, contacts, and a plugin with visits."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from piccolo.columns import JSON, BigInt, Boolean, Date, ForeignKey, OnDelete, Text, Timestamptz

from cardfile.clock import MovableClock
from cardfile.database import CreateTable, Database, IndexSpec, Migration, migrate
from cardfile.database.tables import Record
from cardfile.errors import InvalidInput
from cardfile.journal import (
    MIGRATIONS,
    Call,
    CommandBook,
    Event,
    UnitOfWork,
    command,
    fetch_events,
    unit_of_work,
)
from cardfile.model.card_tables import card_tables
from cardfile.model.computed import count, latest
from cardfile.model.entities import Entity, Everyone, Owned, Relation
from cardfile.model.fields import CardField, Field, Kind
from cardfile.model.model import Declared, build_model
from cardfile.rights import EVERYTHING, Actor, Rights, Scope
from cardfile.settings import Settings
from cardfile.texts import Texts

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Person(Record, tablename="person"):
    """A colleague."""

    name = Text(null=False, default=None)
    password_hash = Text(null=False, default="")


class Client(Record, tablename="client"):
    """Somebody one deals with."""

    name = Text(null=False, default=None)
    sort_name = Text(null=False, default="")
    birthday = Date(null=True, default=None)
    standing = Text(null=False, default="lead")
    owner = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    referred_by = BigInt(null=True, default=None)
    code = Text(null=True, default=None)
    search_text = Text(null=False, default="")

    keys = (IndexSpec(columns=("code",), unique=True, living=True),)


class ContactPoint(Record, tablename="contact_point"):
    """A way to reach a client."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    kind = Text(null=False, default=None)
    value = Text(null=False, default=None)
    raw = Text(null=True, default=None)  # type: ignore[assignment]  # hides Table.raw, which nobody uses
    label = Text(null=True, default=None)
    extension = Text(null=True, default=None)
    is_primary = Boolean(null=False, default=False)


class Visit(Record, tablename="club_visit"):
    """One entry to the club."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    entered_at = Timestamptz(null=False, default=None)
    note = Text(null=True, default=None)
    weight = BigInt(null=True, default=None)
    details = JSON(null=True, default=None)


people = Entity(
    Person,
    "Person",
    "People",
    key="user",
    fields=(Field("name", "Name", Kind.TEXT, required=True),),
    visibility=Everyone(),
)
clients = Entity(
    Client,
    "Client",
    "Clients",
    fields=(
        Field("name", "Name", Kind.TEXT, required=True, folded="sort_name", max_length=60),
        Field("birthday", "Birthday", Kind.DATE),
        Field("standing", "Standing", Kind.CHOICE, choices=("lead", "active", "lost"), read_only=True),
        Field("owner", "Owner", Kind.USER),
        Field("referred_by", "Referred by", Kind.REFERENCE, to="client"),
        Field("code", "Code", Kind.TEXT),
    ),
    relations=(
        Relation(
            "phones",
            "Phones",
            target="contact_point",
            via="client",
            where={"kind": "phone"},
            order=("-is_primary", "id"),
            plain=True,
            entry=Kind.PHONE,
        ),
    ),
    visibility=Owned(),
    unique=("code",),
    search=("name", "phones"),
)
contacts = Entity(
    ContactPoint,
    "Contact",
    "Contacts",
    collection="contact_points",
    fields=(
        Field("kind", "Kind", Kind.CHOICE, choices=("phone", "email"), required=True),
        Field("value", "Value", Kind.TEXT, required=True),
        Field("label", "Label", Kind.TEXT),
    ),
    on="client",
)
visits = Entity(
    Visit,
    "Visit",
    "Visits",
    fields=(
        Field("entered_at", "Came at", Kind.DATETIME, required=True),
        Field("note", "Note", Kind.LONG_TEXT),
        Field("weight", "Weight", Kind.DECIMAL, scale=1),
    ),
    on="client",
)
CARD = (
    CardField("goal", "Goal", Kind.CHOICE, on="client", choices=("health", "strength")),
    CardField("interests", "Interests", Kind.CHOICES, on="client", choices=("yoga", "boxing")),
    CardField("balance", "Balance", Kind.MONEY, on="client"),
    CardField("trainer", "Trainer", Kind.USER, on="client"),
    CardField("visit_count", "Visits", Kind.INTEGER, on="client", computed=count(visits), stored=True),
    CardField(
        "last_visit",
        "Last visit",
        Kind.DATETIME,
        on="client",
        computed=latest(visits.entered_at),
        stored=True,
    ),
)


@command("client.promote", label="Make active")
async def promote(call: Call, client: Client, reason: str | None = None) -> Client:
    """Make a client active."""
    await call.write(client, standing="active")
    await call.write(client, {"club": {"goal": "health"}})
    call.record("client.promoted", client, reason=reason)
    return client


@command("client.merge", label="Merge")
async def merge(call: Call, client: Client, other: Client) -> Client:
    """Move everything of the other client to this one."""
    points = await call.find(ContactPoint, filter={"client": {"id": {"eq": other.id}}})
    await call.bulk_write(ContactPoint, {one.id: {"client": client.id} for one in points})
    await call.archive(other)
    return client


@command("visit.check_in", label="Check in", action="create")
async def check_in(call: Call, client: Client, note: str | None = None) -> Visit:
    """Let a client in."""
    return await call.create(Visit, {"client": client.id, "entered_at": call.now, "note": note})


class NoHooks:
    """No plugin takes part, unless a test says what happens."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, object]] = []
        self.refuse: str | None = None

    def has(self, spec: str, /) -> bool:
        return True

    async def each(self, spec: str, /, **values: object) -> None:
        self.seen.append((spec, values.get("command") or values.get("entity")))

    async def each_creating(
        self, call: object, entity: str, rows: Sequence[MutableMapping[str, object]], /
    ) -> None:
        self.seen.append(("creating", len(rows)))
        if self.refuse is not None and any(row.get("name") == self.refuse for row in rows):
            raise InvalidInput("{name} is not welcome.", name=self.refuse)

    async def each_changing(
        self,
        call: object,
        entity: str,
        records: Callable[[], Awaitable[Mapping[int, object]]],
        befores: Callable[[], Awaitable[Mapping[int, Mapping[str, object]]]],
        changes: Mapping[int, MutableMapping[str, object]],
        /,
    ) -> None:
        self.seen.append(("changing", {record: sorted(given) for record, given in changes.items()}))


class Club:
    """An app as small as the journal needs it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.settings = Settings()
        self.clock = MovableClock(START)
        self.hooks = NoHooks()
        self.model = build_model(
            (
                Declared("core", (people, clients, contacts)),
                Declared("club", (visits,), CARD),
            )
        )
        self.commands = CommandBook.build(self.model, [("core", (promote, merge)), ("club", (check_in,))])

    def texts(self, locale: str) -> Texts:
        return Texts(locale)

    @asynccontextmanager
    async def work(self, actor: Actor | None = None, batch: int | None = None) -> AsyncIterator[UnitOfWork]:
        async with unit_of_work(self, actor or SYSTEM, batch=batch) as work:
            yield work

    async def do(self, name: str, actor: Actor | None = None, **arguments: object) -> Record:
        async with self.work(actor) as work:
            result = await work.do(name, **arguments)  # type: ignore[arg-type]  # expected_version is an int
        assert isinstance(result, Record)
        return result

    async def events(self, *, after: int = 0) -> list[Event]:
        return await fetch_events(self.database, after=after)

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        return await self.database.fetch(sql)


SYSTEM = Actor(rights=EVERYTHING, name="test", via="api")


def manager(user: int, *, reach: Scope = Scope.OWN, **rights: object) -> Actor:
    """Return a person who may do everything with clients and visits within `reach`."""
    actions = ("create", "read", "edit", "archive", "promote", "merge")
    scopes = {
        (entity, action): reach for entity in ("client", "club.visit", "contact_point") for action in actions
    }
    given = {
        "own": (user,),
        "team": (user,),
        "scopes": {**scopes, ("user", "read"): Scope.ALL},
        **rights,
    }
    return Actor(Rights(user=user, **given), f"user {user}", user)  # type: ignore[arg-type]  # a test names only real fields


async def open_club(database: Database) -> Club:
    """Return a club on an empty database, with the colleagues 1 and 2."""
    club = Club(database)
    tables = Migration("0001", tuple(CreateTable(one) for one in (Person, Client, ContactPoint, Visit)))
    await migrate(
        database,
        {"core.journal": MIGRATIONS, "core": (tables,)},
        now=START,
        cards=card_tables(club.model),
    )
    async with club.work() as work:
        for name in ("Ann", "Bob"):
            await work.do("user.create", values={"name": name})
    return club
