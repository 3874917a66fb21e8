"""A yacht club's edition: three lines on the client's card, the club's boats, and one thing to do with them."""

from piccolo.columns import BigInt, Date, ForeignKey, OnDelete, Varchar

from cardfile import (
    Call,
    CardField,
    CreateTable,
    Entity,
    Field,
    Kind,
    Migration,
    Plugin,
    Record,
    Refused,
    command,
)  # fmt: skip
from cardfile.clients import Client


class Boat(Record, tablename="yacht_club_boat"):
    """A boat of a member."""

    client = ForeignKey(Client, on_delete=OnDelete.restrict)
    name = Varchar(length=100)
    length = BigInt(null=True, default=None)
    berth = Varchar(length=10, null=True, default=None)
    moored_on = Date(null=True, default=None)


boats = Entity(
    Boat,
    {"en": "Boat", "ru": "Лодка"},
    {"en": "Boats", "ru": "Лодки"},
    on="client",
    title="name",
    order=("name",),
    fields=(
        Field("name", {"en": "Name", "ru": "Название"}, Kind.TEXT, required=True),
        Field("length", {"en": "Length, m", "ru": "Длина, м"}, Kind.DECIMAL),
        Field("berth", {"en": "Berth", "ru": "Место"}, Kind.TEXT, read_only=True),
        Field("moored_on", {"en": "Moored on", "ru": "Стоит с"}, Kind.DATE, read_only=True),
    ),
)


@command("boat.moor", label={"en": "Moor", "ru": "Поставить к причалу"})
async def moor(call: Call, boat: Boat, berth: str) -> Boat:
    """Give a boat a berth; a berth holds one boat."""
    if await call.count(Boat, filter={"berth": {"eq": berth}, "id": {"notIn": [boat.id]}}):
        raise Refused("The berth {berth} is taken.", berth=berth, path=("berth",))
    return await call.write(boat, berth=berth, moored_on=call.now.date())


class YachtClub(Plugin):
    """The yacht club's edition."""

    name = "yacht_club"
    label = {"en": "Yacht club", "ru": "Яхт-клуб"}
    version = "0.1.0"
    requires = "cardfile>=0.1,<0.2"

    entities = (boats,)
    card_fields = (
        CardField(
            "licence", {"en": "Licence", "ru": "Права"}, Kind.TEXT, on="client", synonyms=("удостоверение",)
        ),
        CardField(
            "experience",
            {"en": "Experience", "ru": "Опыт"},
            Kind.CHOICE,
            on="client",
            choices=("none", "crew", "skipper"),
        ),
        CardField(
            "fee", {"en": "Yearly fee", "ru": "Взнос"}, Kind.MONEY, on="client", synonyms=("годовой взнос",)
        ),
    )
    commands = (moor,)
    grants = {"manager": {"boat": "moor:own"}, "head": {"boat": "moor:team"}}
    migrations = (Migration("0001_boats", (CreateTable(Boat),)),)
