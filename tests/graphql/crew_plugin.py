"""A plugin with all ways to own a record and to take part in it, for the tests of reads and of rights."""

from typing import ClassVar

from piccolo.columns import ForeignKey, OnDelete, Text

from cardfile.access.tables import User
from cardfile.clients import Client
from cardfile.database import CreateTable, IndexSpec, Migration, Record
from cardfile.model.computed import count
from cardfile.model.entities import Entity, Owned, Relation
from cardfile.model.fields import CardField, Field, Kind
from cardfile.plugins.plugin import Plugin

__all__ = ["CrewPlugin"]

RESTRICT = OnDelete.restrict


class Job(Record, tablename="crew_job"):
    """A job that has an owner, an author, a client with an owner, and hands."""

    client = ForeignKey(Client, null=True, default=None, on_delete=RESTRICT)
    name = Text(null=False, default=None)
    owner = ForeignKey(User, null=True, default=None, on_delete=RESTRICT)
    author = ForeignKey(User, null=True, default=None, on_delete=RESTRICT)

    keys: ClassVar = (IndexSpec(columns=("client",)), IndexSpec(columns=("owner", "name")))


class Hand(Record, tablename="crew_hand"):
    """Somebody who takes part in a job, or watches it and so does not."""

    job = ForeignKey(Job, null=False, on_delete=RESTRICT)
    user = ForeignKey(User, null=False, on_delete=RESTRICT)
    kind = Text(null=False, default="helps")

    keys: ClassVar = (IndexSpec(columns=("job", "user")), IndexSpec(columns=("user",)))


class Tool(Record, tablename="crew_tool"):
    """A tool that lies with a hand, and so is seen with the job, two steps away."""

    hand = ForeignKey(Hand, null=False, on_delete=RESTRICT)
    name = Text(null=False, default=None)

    keys: ClassVar = (IndexSpec(columns=("hand",)),)


KINDS = ("helps", "watches")

jobs = Entity(
    Job,
    {"en": "Job", "ru": "Работа"},
    {"en": "Jobs", "ru": "Работы"},
    on="client",
    fields=(
        Field("client", {"en": "Client", "ru": "Клиент"}, Kind.REFERENCE, to="client"),
        Field("name", {"en": "Name", "ru": "Название"}, Kind.TEXT, required=True),
        Field("owner", {"en": "Owner", "ru": "Ответственный"}, Kind.USER),
        Field("author", {"en": "Author", "ru": "Автор"}, Kind.USER, read_only=True),
    ),
    relations=(
        Relation("helpers", "Helpers", "hand", "job", where={"kind": "helps"}, order=("-id",)),
        Relation("first_hand", "First hand", "hand", "job", order=("id",), one=True),
    ),
    visibility=Owned(
        also=("author", "client.owner"), participants="helpers", participating=("read", "edit", "create")
    ),
    order=("name", "id"),
    title="name",
)

hands = Entity(
    Hand,
    {"en": "Hand", "ru": "Участник"},
    {"en": "Hands", "ru": "Участники"},
    on="job",
    fields=(
        Field("user", {"en": "Who", "ru": "Кто"}, Kind.USER, required=True),
        Field("kind", {"en": "Kind", "ru": "Участие"}, Kind.CHOICE, choices=KINDS),
    ),
    order=("id",),
)

tools = Entity(
    Tool,
    {"en": "Tool", "ru": "Инструмент"},
    {"en": "Tools", "ru": "Инструменты"},
    on="hand",
    fields=(Field("name", {"en": "Name", "ru": "Название"}, Kind.TEXT, required=True),),
    order=("name", "id"),
    title="name",
)

CARD_FIELDS = (
    CardField("jobs_total", {"en": "Jobs", "ru": "Работ"}, Kind.INTEGER, on="client", computed=count(jobs)),
    CardField(
        "hands_total", {"en": "Hands", "ru": "Участников"}, Kind.INTEGER, on="job", computed=count(hands)
    ),
)


class CrewPlugin(Plugin):
    """Jobs and whoever has a hand in them."""

    name = "crew"
    label = "Crew"
    requires = "cardfile>=0"
    entities = (jobs, hands, tools)
    card_fields = CARD_FIELDS
    grants: ClassVar = {"manager": {"job": "*:own"}}
    migrations = (Migration("0001_crew", (CreateTable(Job), CreateTable(Hand), CreateTable(Tool))),)
