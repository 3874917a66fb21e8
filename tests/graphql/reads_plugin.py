"""A plugin with a field of every kind, on an entity of its own and on a client's card, for the tests of reads."""

from datetime import timedelta
from typing import ClassVar

from piccolo.columns import JSON, BigInt, Boolean, Date, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.table import Table

from cardfile.access.file_table import File
from cardfile.access.tables import User
from cardfile.clients import Client
from cardfile.database import CreateTable, IndexSpec, Migration, Record
from cardfile.declarations import days
from cardfile.model.computed import count, earliest, latest, total
from cardfile.model.entities import Entity, Owned, Relation
from cardfile.model.fields import CardField, Choice, Field, Kind
from cardfile.plugins.plugin import Plugin

__all__ = ["ProbePlugin"]

RESTRICT = OnDelete.restrict
WAYS = (
    Choice("by_air", {"en": 'By "air"', "ru": "По воздуху ё"}, color="#00f"),
    Choice("by_sea", {"en": "By\nsea", "ru": "Морем"}),
    Choice("by_land", "Land's end"),
)


class Box(Record, tablename="probe_box"):
    """A record that belongs to somebody and hangs on nothing."""

    name = Text(null=False, default=None)
    sort_name = Text(null=False, default="")
    owner = ForeignKey(User, null=True, default=None, on_delete=RESTRICT)
    parent: "ForeignKey[Table]" = ForeignKey("self", null=True, default=None, on_delete=RESTRICT)


class Sample(Record, tablename="probe_sample"):
    """A record with a column of every kind."""

    client = ForeignKey(Client, null=False, on_delete=RESTRICT)
    box = ForeignKey(Box, null=True, default=None, on_delete=RESTRICT)
    text = Text(null=True, default=None)
    long_text = Text(null=True, default=None)
    integer = Integer(null=True, default=None)
    decimal = BigInt(null=True, default=None)
    fine = BigInt(null=True, default=None)
    whole = BigInt(null=False, default=0)
    money = BigInt(null=True, default=None)
    money_currency = Text(null=True, default=None)
    percent = BigInt(null=True, default=None)
    boolean = Boolean(null=True, default=None)
    day = Date(null=True, default=None)
    moment = Timestamptz(null=True, default=None)
    choice = Text(null=True, default=None)
    choices = JSON(null=True, default=None)
    phone = Text(null=True, default=None)
    email = Text(null=True, default=None)
    url = Text(null=True, default=None)
    colleague = ForeignKey(User, null=True, default=None, on_delete=RESTRICT)
    friend = ForeignKey(Client, null=True, default=None, on_delete=RESTRICT)
    paper = ForeignKey(File, null=True, default=None, on_delete=RESTRICT)

    keys: ClassVar = (IndexSpec(columns=("client",)), IndexSpec(columns=("box",)))


boxes = Entity(
    Box,
    {"en": "Box", "ru": "Ящик"},
    {"en": "Boxes", "ru": "Ящики"},
    fields=(
        Field("name", {"en": "Name", "ru": "Имя"}, Kind.TEXT, required=True, folded="sort_name"),
        Field("owner", {"en": "Owner", "ru": "Владелец"}, Kind.USER),
        Field("parent", {"en": "Inside of", "ru": "Внутри"}, Kind.REFERENCE, to="box"),
    ),
    relations=(
        Relation("samples", "Samples", "sample", "box", order=("-day", "text")),
        Relation("inner", "Inner boxes", "box", "parent", order=("-name",), plain=True),
        Relation("best", "Best one", "sample", "box", order=("-decimal",), one=True),
        Relation("flown", "Flown ones", "sample", "box", where={"choice": "by_air"}, order=("moment",)),
    ),
    visibility=Owned(),
    order=("name", "id"),
    title="name",
)

samples = Entity(
    Sample,
    {"en": "Sample", "ru": "Образец"},
    {"en": "Samples", "ru": "Образцы"},
    fields=(
        Field("box", {"en": "Box", "ru": "Ящик"}, Kind.REFERENCE, to="box"),
        Field("text", {"en": "Text", "ru": "Текст"}, Kind.TEXT, slots=("card", "list")),
        Field("long_text", "Long text", Kind.LONG_TEXT),
        Field("integer", "Integer", Kind.INTEGER),
        Field("decimal", "Decimal", Kind.DECIMAL, position=7),
        Field("fine", "Fine decimal", Kind.DECIMAL, scale=9),
        Field("whole", "Whole decimal", Kind.DECIMAL, scale=0),
        Field("money", "Money", Kind.MONEY, slots=("card", "list")),
        Field("percent", "Percent", Kind.PERCENT, scale=1),
        Field("boolean", "Boolean", Kind.BOOLEAN),
        Field("day", "Day", Kind.DATE, position=3),
        Field("moment", "Moment", Kind.DATETIME),
        Field("choice", "Choice", Kind.CHOICE, choices=WAYS),
        Field("choices", "Choices", Kind.CHOICES, choices=WAYS),
        Field("phone", "Phone", Kind.PHONE),
        Field("email", "E-mail", Kind.EMAIL),
        Field("url", "Address", Kind.URL),
        Field("colleague", "Colleague", Kind.USER),
        Field("friend", "Friend", Kind.REFERENCE, to="client"),
        Field("paper", "Paper", Kind.FILE),
    ),
    on="client",
    order=("-moment",),
    title="text",
)


def _on_client(key: str, kind: Kind, **more: object) -> CardField:
    return CardField(key, {"en": key.title(), "ru": f"Поле {key}"}, kind, on="client", **more)  # type: ignore[arg-type]  # a field's own options


CARD_FIELDS = (
    _on_client("text", Kind.TEXT, slots=("card", "list")),
    _on_client("long_text", Kind.LONG_TEXT),
    _on_client("integer", Kind.INTEGER),
    _on_client("decimal", Kind.DECIMAL, scale=3),
    _on_client("money", Kind.MONEY),
    _on_client("percent", Kind.PERCENT),
    _on_client("boolean", Kind.BOOLEAN),
    _on_client("day", Kind.DATE),
    _on_client("moment", Kind.DATETIME),
    _on_client("choice", Kind.CHOICE, choices=WAYS),
    _on_client("choices", Kind.CHOICES, choices=WAYS),
    _on_client("phone", Kind.PHONE),
    _on_client("email", Kind.EMAIL),
    _on_client("url", Kind.URL),
    _on_client("colleague", Kind.USER),
    _on_client("box", Kind.REFERENCE, to="box"),
    _on_client("paper", Kind.FILE),
    _on_client("last_day", Kind.DATE, computed=latest(samples.day)),
    _on_client("first_moment", Kind.DATETIME, computed=earliest(samples.moment, choice="by_air")),
    _on_client("best_decimal", Kind.DECIMAL, computed=latest(samples.decimal), stored=True),
    _on_client("sum", Kind.DECIMAL, computed=total(samples.decimal, boolean=True)),
    _on_client("recent_days", Kind.INTEGER, computed=count(samples, last=days(30), when=samples.day)),
    _on_client(
        "recent_moments",
        Kind.INTEGER,
        computed=count(samples, last=timedelta(hours=36), when=samples.moment),
    ),
    _on_client("samples_total", Kind.INTEGER, computed=count(samples), stored=True),
    CardField("remark", "Remark", Kind.TEXT, on="interaction"),
    CardField("box", "Box", Kind.REFERENCE, on="interaction", to="box"),
)


class ProbePlugin(Plugin):
    """What the tests of reads look at."""

    name = "probe"
    label = "Probe"
    requires = "cardfile>=0"
    entities = (boxes, samples)
    card_fields = CARD_FIELDS
    grants: ClassVar = {"manager": {"sample": "*:own", "box": "*:own"}}
    migrations = (Migration("0001_probe", (CreateTable(Box), CreateTable(Sample))),)
