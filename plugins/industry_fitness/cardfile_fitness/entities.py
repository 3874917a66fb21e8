"""The nouns of a fitness club: plans, memberships, freezes and visits."""

from enum import StrEnum

from cardfile.model.entities import Entity, Everyone
from cardfile.model.fields import Choice, Field, Kind
from cardfile_fitness.tables import Freeze, Membership, Plan, Visit

__all__ = ["ENTITIES", "Status", "Via", "freezes", "memberships", "plans", "visits"]


class Status(StrEnum):
    """What a membership is in: sold and waiting for its first day, in use, paused, or over."""

    WAITING = "waiting"
    ACTIVE = "active"
    FROZEN = "frozen"
    USED_UP = "used_up"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Via(StrEnum):
    """How a visit came to be known."""

    TURNSTILE = "turnstile"
    MANUAL = "manual"
    IMPORT = "import"


STATUSES = (
    Choice(Status.WAITING, {"en": "Not begun", "ru": "Не начат"}, synonyms=("ожидает", "куплен")),
    Choice(
        Status.ACTIVE, {"en": "Active", "ru": "Действует"}, synonyms=("активный", "активен", "действующий")
    ),
    Choice(Status.FROZEN, {"en": "Frozen", "ru": "Заморожен"}, synonyms=("заморозка",)),
    Choice(Status.USED_UP, {"en": "Used up", "ru": "Исчерпан"}, synonyms=("посещения кончились",)),
    Choice(Status.ENDED, {"en": "Ended", "ru": "Закончился"}, synonyms=("истёк", "просрочен", "неактивен")),
    Choice(Status.CANCELLED, {"en": "Cancelled", "ru": "Расторгнут"}, synonyms=("возврат", "отменён")),
)
WAYS = (
    Choice(Via.TURNSTILE, {"en": "Turnstile", "ru": "Турникет"}),
    Choice(Via.MANUAL, {"en": "By hand", "ru": "Вручную"}),
    Choice(Via.IMPORT, {"en": "Import", "ru": "Импорт"}),
)

plans = Entity(
    Plan,
    label={"en": "Membership plan", "ru": "Вид абонемента"},
    plural={"en": "Membership plans", "ru": "Виды абонементов"},
    collection="plans",
    description="A membership that the club sells.",
    fields=(
        Field(
            "name",
            {"en": "Name", "ru": "Название"},
            Kind.TEXT,
            required=True,
            max_length=200,
            folded="sort_name",
        ),
        Field(
            "duration_days",
            {"en": "Days", "ru": "Дней"},
            Kind.INTEGER,
            required=True,
            synonyms=("срок", "срок, дней", "длительность", "duration", "days"),
        ),
        Field(
            "visits",
            {"en": "Visits", "ru": "Посещений"},
            Kind.INTEGER,
            hint={"en": "Empty: as many as one likes", "ru": "Пусто — без ограничения"},
        ),
        Field("freeze_days", {"en": "Days of freeze", "ru": "Дней заморозки"}, Kind.INTEGER, default=0),
        Field("price", {"en": "Price", "ru": "Цена"}, Kind.MONEY),
        Field("on_sale", {"en": "On sale", "ru": "Продаётся"}, Kind.BOOLEAN, default=True),
    ),
    visibility=Everyone(),
    alike=(("name",),),
    order=("name", "id"),
    title="name",
    importable=True,
)

memberships = Entity(
    Membership,
    label={"en": "Membership", "ru": "Абонемент"},
    plural={"en": "Memberships", "ru": "Абонементы"},
    description="A membership of one client, from its sale to its end.",
    fields=(
        Field(
            "plan",
            {"en": "Plan", "ru": "Вид абонемента"},
            Kind.REFERENCE,
            to="plan",
            required=True,
            synonyms=(
                "абонемент",
                "тариф",
                "тип абонемента",
                "membership",
                "membership plan",
                "membership type",
            ),
        ),
        Field(
            "starts_on",
            {"en": "Starts on", "ru": "Начало"},
            Kind.DATE,
            required=True,
            completed=True,
            synonyms=(
                "дата начала",
                "начало абонемента",
                "дата початку",
                "початок абонемента",
                "басталуы",
                "басталу күні",
                "действует с",
                "start date",
            ),
        ),
        Field(
            "ends_on",
            {"en": "Ends on", "ru": "Окончание"},
            Kind.DATE,
            required=True,
            completed=True,
            beside=("действует до", "абонемент до", "конец абонемента", "membership until", "membership end"),
            synonyms=(
                "дата окончания",
                "окончание абонемента",
                "дата закінчення",
                "кінець абонемента",
                "аяқталуы",
                "аяқталу күні",
                "действует до",
                "end date",
            ),
        ),
        Field(
            "activated_on", {"en": "Activated on", "ru": "Активирован"}, Kind.DATE, synonyms=("активация",)
        ),
        Field(
            "status",
            {"en": "Status", "ru": "Статус"},
            Kind.CHOICE,
            choices=STATUSES,
            default=Status.WAITING.value,
        ),
        Field("visits_left", {"en": "Visits left", "ru": "Осталось посещений"}, Kind.INTEGER),
        Field(
            "price",
            {"en": "Price", "ru": "Цена"},
            Kind.MONEY,
            synonyms=("стоимость", "сумма", "ціна", "вартість", "бағасы", "құны"),
        ),
        Field(
            "previous",
            {"en": "Previous one", "ru": "Предыдущий"},
            Kind.REFERENCE,
            to="membership",
            read_only=True,
        ),
    ),
    on="client",
    alike=(("client", "plan", "starts_on"), ("client", "plan", "ends_on"), ("client", "starts_on")),
    order=("-starts_on", "-id"),
    importable=True,
)

freezes = Entity(
    Freeze,
    label={"en": "Freeze", "ru": "Заморозка"},
    plural={"en": "Freezes", "ru": "Заморозки"},
    description="A pause of a membership, by which it ends later.",
    fields=(
        Field("starts_on", {"en": "First day", "ru": "Первый день"}, Kind.DATE, required=True),
        Field("ends_on", {"en": "Last day", "ru": "Последний день"}, Kind.DATE, required=True),
        Field("reason", {"en": "Reason", "ru": "Причина"}, Kind.TEXT),
    ),
    on="membership",
    order=("-starts_on", "-id"),
    actions=("read",),
)

visits = Entity(
    Visit,
    label={"en": "Visit", "ru": "Посещение"},
    plural={"en": "Visits", "ru": "Посещения"},
    description="One entry to the club.",
    fields=(
        Field(
            "entered_at",
            {"en": "Came at", "ru": "Пришёл"},
            Kind.DATETIME,
            required=True,
            synonyms=(
                "дата посещения",
                "вход",
                "дата відвідування",
                "дата візиту",
                "келген күні",
                "кірген уақыты",
                "время входа",
                "дата и время",
            ),
        ),
        Field("left_at", {"en": "Left at", "ru": "Ушёл"}, Kind.DATETIME, synonyms=("выход", "время выхода")),
        Field("membership", {"en": "Membership", "ru": "Абонемент"}, Kind.REFERENCE, to="membership"),
        Field(
            "via", {"en": "Noted by", "ru": "Отмечен"}, Kind.CHOICE, choices=WAYS, default=Via.MANUAL.value
        ),
        Field(
            "external_id",
            {"en": "Number of the turnstile", "ru": "Номер турникета"},
            Kind.TEXT,
            max_length=80,
            hint={"en": "An event with the same number is taken once", "ru": "Событие с этим номером — одно"},
        ),
    ),
    on="client",
    unique=("external_id",),
    alike=(("client", "entered_at"),),
    order=("-entered_at", "-id"),
    importable=True,
)

ENTITIES = (plans, memberships, freezes, visits)
"""The entities of the plugin, in the order of their declaration."""
