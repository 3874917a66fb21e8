"""The nouns of a window company: what is measured, counted, installed, and put right afterwards."""

from typing import Final

from cardfile.model.entities import Entity, Everyone, Owned
from cardfile.model.fields import Field, Kind
from cardfile_windows.choices import (
    CLAIM_KINDS,
    CLAIM_STATUSES,
    INSTALLATION_STATUSES,
    MEASUREMENT_STATUSES,
    OPENING_KINDS,
    ClaimKind,
    ClaimStatus,
    InstallationStatus,
    MeasurementStatus,
    OpeningKind,
)
from cardfile_windows.pricing import estimate_lines, estimates
from cardfile_windows.tables import (
    Crew,
    CrewMember,
    Installation,
    Installer,
    Measurement,
    Opening,
    WarrantyClaim,
)

__all__ = [
    "ENTITIES",
    "crew_members",
    "crews",
    "estimate_lines",
    "estimates",
    "installations",
    "installers",
    "measurements",
    "openings",
    "warranty_claims",
]

NOTE: Final = {"en": "Note", "ru": "Примечание"}
STATUS: Final = {"en": "Status", "ru": "Статус"}
WHO: Final = {"en": "Who", "ru": "Кто"}

CONTACT: Final = (
    Field(
        "contact_name",
        {"en": "Whom to ask for", "ru": "Контактное лицо"},
        Kind.TEXT,
        hint={
            "en": "Copied from the client, whom those who go there do not see",
            "ru": "Из карточки клиента, которую выезжающие не видят",
        },
    ),
    Field("contact_phone", {"en": "Phone on the spot", "ru": "Телефон на объекте"}, Kind.PHONE),
)

measurements = Entity(
    Measurement,
    label={"en": "Measurement", "ru": "Замер"},
    plural={"en": "Measurements", "ru": "Замеры"},
    description="A visit to the object to take the dimensions.",
    fields=(
        Field("measurer", {"en": "Measurer", "ru": "Замерщик"}, Kind.USER, read_only=True),
        Field("starts_at", {"en": "When", "ru": "Когда"}, Kind.DATETIME, read_only=True),
        Field("minutes", {"en": "Minutes it takes", "ru": "Сколько минут"}, Kind.INTEGER, default=60),
        Field(
            "status",
            STATUS,
            Kind.CHOICE,
            choices=MEASUREMENT_STATUSES,
            default=MeasurementStatus.PLANNED.value,
            read_only=True,
        ),
        *CONTACT,
        Field("sheet", {"en": "Sheet of dimensions", "ru": "Замерный лист"}, Kind.FILE, read_only=True),
        Field("measured_at", {"en": "Done at", "ru": "Выполнен"}, Kind.DATETIME, read_only=True),
        Field("note", NOTE, Kind.LONG_TEXT),
    ),
    on="deal",
    visibility=Owned("measurer", also=("deal.owner",)),
    order=("-starts_at", "-id"),
    actions=("read", "edit", "archive"),
)

openings = Entity(
    Opening,
    label={"en": "Opening", "ru": "Проём"},
    plural={"en": "Openings", "ru": "Проёмы"},
    description="A hole in a wall, with what is to stand in it.",
    fields=(
        Field(
            "room", {"en": "Room", "ru": "Помещение"}, Kind.TEXT, synonyms=("комната", "room"), max_length=100
        ),
        Field(
            "kind",
            {"en": "Kind", "ru": "Вид"},
            Kind.CHOICE,
            choices=OPENING_KINDS,
            default=OpeningKind.WINDOW.value,
            synonyms=("тип", "вид проёма", "изделие"),
        ),
        Field(
            "width",
            {"en": "Width, mm", "ru": "Ширина, мм"},
            Kind.INTEGER,
            required=True,
            synonyms=("ширина", "width", "ені", "ш"),
        ),
        Field(
            "height",
            {"en": "Height, mm", "ru": "Высота, мм"},
            Kind.INTEGER,
            required=True,
            synonyms=("высота", "height", "висота", "биіктігі", "в"),
        ),
        Field(
            "quantity",
            {"en": "Quantity", "ru": "Количество"},
            Kind.INTEGER,
            default=1,
            synonyms=("кол-во", "штук", "шт", "кількість", "к-сть", "саны", "дана"),
        ),
        Field(
            "product",
            {"en": "What stands in it", "ru": "Что ставим"},
            Kind.REFERENCE,
            to="product",
            hint={"en": "Estimates take its price", "ru": "По его цене считается смета"},
            synonyms=("профиль", "система"),
        ),
        Field("note", NOTE, Kind.TEXT, max_length=500),
    ),
    on="deal",
    alike=(("deal", "room", "width", "height"), ("deal", "width", "height")),
    order=("id",),
    title="room",
    importable=True,
)

crews = Entity(
    Crew,
    label={"en": "Crew", "ru": "Бригада"},
    plural={"en": "Crews", "ru": "Бригады"},
    description="People who install together.",
    fields=(
        Field(
            "name",
            {"en": "Name", "ru": "Название"},
            Kind.TEXT,
            required=True,
            max_length=100,
            synonyms=("бригада", "crew"),
        ),
        Field("foreman", {"en": "Foreman", "ru": "Бригадир"}, Kind.USER, synonyms=("старший",)),
        Field("phone", {"en": "Phone", "ru": "Телефон"}, Kind.PHONE),
        Field("is_active", {"en": "Takes orders", "ru": "Работает"}, Kind.BOOLEAN, default=True),
    ),
    visibility=Everyone(),
    unique=("name",),
    order=("name", "id"),
    title="name",
    importable=True,
)

crew_members = Entity(
    CrewMember,
    label={"en": "Member of a crew", "ru": "Участник бригады"},
    plural={"en": "Members of crews", "ru": "Участники бригад"},
    collection="members",
    description="Somebody of a crew.",
    fields=(Field("user", WHO, Kind.USER, required=True),),
    on="crew",
    unique=(("crew", "user"),),
    order=("id",),
)

installations = Entity(
    Installation,
    label={"en": "Installation", "ru": "Монтаж"},
    plural={"en": "Installations", "ru": "Монтажи"},
    description="The work at the object, from its planning to the signed act.",
    fields=(
        Field("crew", {"en": "Crew", "ru": "Бригада"}, Kind.REFERENCE, to="crew", read_only=True),
        Field("foreman", {"en": "Foreman", "ru": "Бригадир"}, Kind.USER, read_only=True),
        Field("starts_at", {"en": "Begins", "ru": "Начало"}, Kind.DATETIME, read_only=True),
        Field("finish_by", {"en": "To be finished by", "ru": "Закончить до"}, Kind.DATETIME, read_only=True),
        Field(
            "status",
            STATUS,
            Kind.CHOICE,
            choices=INSTALLATION_STATUSES,
            default=InstallationStatus.PLANNED.value,
            read_only=True,
        ),
        *CONTACT,
        Field("sheet", {"en": "Sheet of dimensions", "ru": "Замерный лист"}, Kind.FILE, read_only=True),
        Field("finished_at", {"en": "Finished at", "ru": "Закончен"}, Kind.DATETIME, read_only=True),
        Field("act", {"en": "Signed act", "ru": "Подписанный акт"}, Kind.FILE, read_only=True),
        Field("note", NOTE, Kind.LONG_TEXT),
    ),
    on="deal",
    visibility=Owned(
        "foreman",
        also=("deal.owner",),
        participants="installers",
        participating=("read", "start", "finish"),
    ),
    order=("-starts_at", "-id"),
    actions=("read", "edit", "archive"),
)

installers = Entity(
    Installer,
    label={"en": "Installer", "ru": "Монтажник"},
    plural={"en": "Installers", "ru": "Монтажники"},
    description="Somebody who works at an installation, and therefore sees it.",
    fields=(Field("user", WHO, Kind.USER, read_only=True),),
    on="installation",
    unique=(("installation", "user"),),
    order=("id",),
    actions=("read",),
)

warranty_claims = Entity(
    WarrantyClaim,
    label={"en": "Warranty claim", "ru": "Рекламация"},
    plural={"en": "Warranty claims", "ru": "Рекламации"},
    description="Something that does not work as it was promised.",
    fields=(
        Field("opening", {"en": "Opening", "ru": "Проём"}, Kind.REFERENCE, to="opening", read_only=True),
        Field(
            "kind",
            {"en": "Kind", "ru": "Вид"},
            Kind.CHOICE,
            choices=CLAIM_KINDS,
            default=ClaimKind.ADJUSTMENT.value,
        ),
        Field("complaint", {"en": "What is wrong", "ru": "Что не так"}, Kind.LONG_TEXT, read_only=True),
        Field(
            "status",
            STATUS,
            Kind.CHOICE,
            choices=CLAIM_STATUSES,
            default=ClaimStatus.NEW.value,
            read_only=True,
        ),
        Field("responsible", {"en": "Who solves it", "ru": "Кто устраняет"}, Kind.USER, read_only=True),
        *CONTACT,
        Field("reported_at", {"en": "Reported at", "ru": "Поступила"}, Kind.DATETIME, read_only=True),
        Field("solve_by", {"en": "To be solved by", "ru": "Устранить до"}, Kind.DATETIME, read_only=True),
        Field("solved_at", {"en": "Solved at", "ru": "Устранена"}, Kind.DATETIME, read_only=True),
        Field("solution", {"en": "What was done", "ru": "Что сделано"}, Kind.LONG_TEXT, read_only=True),
    ),
    on="deal",
    visibility=Owned("responsible", also=("deal.owner",)),
    order=("-reported_at", "-id"),
    actions=("read", "edit", "archive"),
)

ENTITIES: Final = (
    measurements,
    openings,
    estimates,
    estimate_lines,
    crews,
    crew_members,
    installations,
    installers,
    warranty_claims,
)
"""The entities of the edition, in the order of their declaration."""
