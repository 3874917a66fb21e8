"""What hangs on a client, and what clients are sorted by."""

from cardfile.clients.card import clients
from cardfile.clients.choices import CONTACT_KINDS, STANDINGS, TOUCHES
from cardfile.clients.custom_fields import KIND_CHOICES, SCALE
from cardfile.clients.tables import (
    Attribution,
    ClientStanding,
    ClientTag,
    ContactPoint,
    CustomField,
    CustomValue,
    Segment,
    Tag,
)
from cardfile.model.entities import Entity, Everyone, Personal
from cardfile.model.fields import Field, Kind

__all__ = ["ENTITIES", "attributions", "clients", "contact_points", "segments", "tags"]

NAME = {"en": "Name", "ru": "Имя"}

contact_points = Entity(
    ContactPoint,
    label={"en": "Contact", "ru": "Контакт"},
    plural={"en": "Contacts", "ru": "Контакты"},
    collection="contact_points",
    description="A phone, e-mail, messenger or site of a client.",
    fields=(
        Field("kind", {"en": "Kind", "ru": "Вид"}, Kind.CHOICE, required=True, choices=CONTACT_KINDS),
        Field("value", {"en": "Contact", "ru": "Контакт"}, Kind.TEXT, required=True, max_length=300),
        Field("raw", {"en": "As typed", "ru": "Как записано"}, Kind.TEXT),
        Field("label", {"en": "Label", "ru": "Подпись"}, Kind.TEXT, max_length=100),
        Field("extension", {"en": "Extension", "ru": "Добавочный"}, Kind.TEXT, max_length=20),
        Field("is_primary", {"en": "Main one", "ru": "Основной"}, Kind.BOOLEAN, default=False),
        Field("is_valid", {"en": "Exists", "ru": "Существует"}, Kind.BOOLEAN, default=True, read_only=True),
    ),
    on="client",
    unique=(("client", "kind", "value"),),
    order=("-is_primary", "id"),
    title="value",
)

standing_changes = Entity(
    ClientStanding,
    label={"en": "Change of standing", "ru": "Смена статуса"},
    plural={"en": "Changes of standing", "ru": "Смены статуса"},
    collection="standing_changes",
    description="When and why a client became what he is.",
    fields=(
        Field("was", {"en": "From", "ru": "Был"}, Kind.CHOICE, choices=STANDINGS, read_only=True),
        Field("became", {"en": "To", "ru": "Стал"}, Kind.CHOICE, choices=STANDINGS, read_only=True),
        Field("at", {"en": "At", "ru": "Когда"}, Kind.DATETIME, read_only=True),
        Field("reason", {"en": "Reason", "ru": "Причина"}, Kind.TEXT, read_only=True),
    ),
    on="client",
    order=("-at", "-id"),
    actions=("read",),
)

attributions = Entity(
    Attribution,
    label={"en": "Touch", "ru": "Касание"},
    plural={"en": "Attribution", "ru": "Откуда пришёл"},
    collection="attributions",
    description="Where a client came from at his first touch, and at his last.",
    fields=(
        Field("touch", {"en": "Touch", "ru": "Касание"}, Kind.CHOICE, required=True, choices=TOUCHES),
        Field("at", {"en": "At", "ru": "Когда"}, Kind.DATETIME),
        Field("source", {"en": "Source", "ru": "Источник"}, Kind.TEXT, synonyms=("utm_source",)),
        Field("medium", {"en": "Medium", "ru": "Канал"}, Kind.TEXT, synonyms=("utm_medium",)),
        Field("campaign", {"en": "Campaign", "ru": "Кампания"}, Kind.TEXT, synonyms=("utm_campaign",)),
        Field("term", {"en": "Term", "ru": "Запрос"}, Kind.TEXT, synonyms=("utm_term",)),
        Field("content", {"en": "Content", "ru": "Содержание"}, Kind.TEXT, synonyms=("utm_content",)),
        Field("search_engine", {"en": "Search engine", "ru": "Поисковая система"}, Kind.TEXT),
        Field("keyword", {"en": "Keyword", "ru": "Ключевое слово"}, Kind.TEXT),
        Field("click_id", {"en": "Click id", "ru": "Номер клика"}, Kind.TEXT, synonyms=("yclid", "gclid")),
        Field("landing_page", {"en": "Landing page", "ru": "Страница входа"}, Kind.TEXT, max_length=1_000),
        Field("referrer", {"en": "Referrer", "ru": "Откуда перешёл"}, Kind.TEXT, max_length=1_000),
    ),
    on="client",
    unique=(("client", "touch"),),
    order=("id",),
)

tags = Entity(
    Tag,
    label={"en": "Tag", "ru": "Метка"},
    plural={"en": "Tags", "ru": "Метки"},
    description="A word by which clients are sorted.",
    fields=(
        Field("name", NAME, Kind.TEXT, required=True, max_length=100, folded="sort_name"),
        Field("category", {"en": "Group", "ru": "Группа"}, Kind.TEXT, max_length=100, default=""),
        Field("color", {"en": "Colour", "ru": "Цвет"}, Kind.TEXT, max_length=20),
    ),
    visibility=Everyone(),
    unique=(("category", "sort_name"),),
    order=("name", "id"),
    title="name",
)

client_tags = Entity(
    ClientTag,
    label={"en": "Tag of a client", "ru": "Метка клиента"},
    plural={"en": "Tags of clients", "ru": "Метки клиентов"},
    collection="client_tags",
    description="A tag on a client.",
    fields=(Field("tag", {"en": "Tag", "ru": "Метка"}, Kind.REFERENCE, to="tag", required=True),),
    on="client",
    unique=(("client", "tag"),),
    actions=("read",),
)

segments = Entity(
    Segment,
    label={"en": "Segment", "ru": "Сегмент"},
    plural={"en": "Segments", "ru": "Сегменты"},
    description="A filter with a name: one's own, or shared with all.",
    fields=(
        Field("name", NAME, Kind.TEXT, required=True, max_length=200, folded="sort_name"),
        Field("owner", {"en": "Owner", "ru": "Владелец"}, Kind.USER, read_only=True),
        Field("shared", {"en": "For everybody", "ru": "Для всех"}, Kind.BOOLEAN, default=False),
        Field("entity", {"en": "Of what", "ru": "Чего"}, Kind.TEXT, read_only=True, max_length=100),
        Field(
            "filter",
            {"en": "Filter", "ru": "Отбор"},
            Kind.LONG_TEXT,
            read_only=True,
            hint={"en": "The filter as JSON", "ru": "Отбор в виде JSON"},
        ),
    ),
    visibility=Personal(shared="shared"),
    order=("name", "id"),
    title="name",
    actions=("read", "archive"),
)

custom_fields = Entity(
    CustomField,
    label={"en": "Custom field", "ru": "Своё поле"},
    plural={"en": "Custom fields", "ru": "Свои поля"},
    description="A field that a business has added to its clients by itself.",
    fields=(
        Field(
            "label",
            {"en": "Label", "ru": "Название"},
            Kind.TEXT,
            required=True,
            max_length=100,
            folded="sort_name",
        ),
        Field("kind", {"en": "Kind", "ru": "Вид"}, Kind.CHOICE, choices=KIND_CHOICES, default="text"),
        Field("position", {"en": "Position", "ru": "Место"}, Kind.INTEGER, default=100),
    ),
    visibility=Everyone(),
    unique=("sort_name",),
    order=("position", "label", "id"),
    title="label",
)

custom_values = Entity(
    CustomValue,
    label={"en": "Value of a custom field", "ru": "Значение своего поля"},
    plural={"en": "Values of custom fields", "ru": "Значения своих полей"},
    collection="custom_field_values",
    description="What a client has in a field that the business has added by itself.",
    fields=(
        Field("field", {"en": "Field", "ru": "Поле"}, Kind.REFERENCE, to="custom_field", required=True),
        Field("value", {"en": "Value", "ru": "Значение"}, Kind.LONG_TEXT, required=True),
        Field("number", {"en": "As a number", "ru": "Числом"}, Kind.DECIMAL, scale=SCALE, read_only=True),
        Field("day", {"en": "As a date", "ru": "Датой"}, Kind.DATE, read_only=True),
    ),
    on="client",
    unique=(("client", "field"),),
    order=("id",),
    title="value",
)

ENTITIES = (
    clients,
    contact_points,
    standing_changes,
    attributions,
    tags,
    client_tags,
    custom_fields,
    custom_values,
    segments,
)
"""The entities of this room, in the order of their declaration."""
