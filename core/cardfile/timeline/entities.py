"""What people see of a client's history: interactions that they write, and the timeline that they read."""

from cardfile.model.entities import Entity
from cardfile.model.fields import Choice, Field, Kind
from cardfile.timeline.tables import Interaction, TimelineEntry

__all__ = ["ENTITIES", "interactions", "timeline"]

KINDS = (
    Choice("call", {"en": "Call", "ru": "Звонок"}, synonyms=("телефонный звонок", "тел")),
    Choice("email", {"en": "E-mail", "ru": "Письмо"}, synonyms=("почта", "имейл", "e-mail")),
    Choice("sms", {"en": "SMS", "ru": "СМС"}, synonyms=("смс-сообщение",)),
    Choice(
        "message",
        {"en": "Message", "ru": "Сообщение"},
        synonyms=("чат", "мессенджер", "whatsapp", "telegram"),
    ),
    Choice("meeting", {"en": "Meeting", "ru": "Встреча"}),
    Choice("visit", {"en": "Visit", "ru": "Визит"}, synonyms=("посещение",)),
    Choice("contact", {"en": "Contact", "ru": "Контакт"}, synonyms=("общение", "связались")),
    Choice("note", {"en": "Note", "ru": "Заметка"}, synonyms=("комментарий", "примечание")),
)
DIRECTIONS = (
    Choice(
        "incoming", {"en": "Incoming", "ru": "Входящий"}, synonyms=("входящая", "входящее", "in", "inbound")
    ),
    Choice(
        "outgoing",
        {"en": "Outgoing", "ru": "Исходящий"},
        synonyms=("исходящая", "исходящее", "out", "outbound"),
    ),
)
STATES = (
    Choice("planned", {"en": "Planned", "ru": "Запланировано"}),
    Choice("done", {"en": "Done", "ru": "Состоялось"}, synonyms=("завершено", "отвечен", "answered")),
    Choice("missed", {"en": "Missed", "ru": "Пропущено"}, synonyms=("пропущен", "не отвечен", "no answer")),
    Choice("sent", {"en": "Sent", "ru": "Отправлено"}),
    Choice("delivered", {"en": "Delivered", "ru": "Доставлено"}),
    Choice("failed", {"en": "Failed", "ru": "Не удалось"}, synonyms=("ошибка",)),
)

interactions = Entity(
    Interaction,
    label={"en": "Interaction", "ru": "Взаимодействие"},
    plural={"en": "Interactions", "ru": "Взаимодействия"},
    description="A call, letter, message, meeting or visit of a client, or a note about him.",
    fields=(
        Field(
            "kind",
            {"en": "Kind", "ru": "Вид"},
            Kind.CHOICE,
            required=True,
            completed=True,
            choices=KINDS,
            synonyms=("тип",),
        ),
        Field("deal", {"en": "Deal", "ru": "Сделка"}, Kind.REFERENCE, to="deal", transfer=False),
        Field("direction", {"en": "Direction", "ru": "Направление"}, Kind.CHOICE, choices=DIRECTIONS),
        Field(
            "at",
            {"en": "At", "ru": "Когда"},
            Kind.DATETIME,
            synonyms=(
                "дата",
                "время",
                "дата и время",
                "date",
                "час",
                "дата і час",
                "коли",
                "күні",
                "уақыты",
                "қашан",
            ),
            beside=(
                "последний контакт",
                "дата последнего контакта",
                "дата контакта",
                "последний звонок",
                "дата звонка",
                "последнее общение",
                "последняя встреча",
                "last contact",
                "last contacted",
                "last contact date",
                "last activity",
                "last call",
                "date of contact",
            ),
        ),
        Field(
            "user",
            {"en": "Colleague", "ru": "Сотрудник"},
            Kind.USER,
            synonyms=("менеджер", "кто", "співробітник", "хто", "қызметкер", "кім"),
        ),
        Field(
            "duration_seconds",
            {"en": "Duration, seconds", "ru": "Длительность, секунд"},
            Kind.INTEGER,
            synonyms=("длительность", "секунд", "тривалість", "ұзақтығы"),
        ),
        Field("subject", {"en": "Subject", "ru": "Тема"}, Kind.TEXT),
        Field(
            "text",
            {"en": "Text", "ru": "Текст"},
            Kind.LONG_TEXT,
            synonyms=("комментарий", "содержание", "коментар", "зміст", "мазмұны", "түсініктеме"),
            beside=(
                "итог разговора",
                "содержание разговора",
                "результат звонка",
                "комментарий к звонку",
                "итог контакта",
                "call notes",
                "contact notes",
                "conversation",
            ),
        ),
        Field("channel", {"en": "Channel", "ru": "Канал"}, Kind.TEXT, max_length=80),
        Field(
            "external_id",
            {"en": "Number in the channel", "ru": "Номер в канале"},
            Kind.TEXT,
            max_length=200,
            hint={
                "en": "What the channel itself calls it; unique within the channel",
                "ru": "Как это называет сам канал; в пределах канала не повторяется",
            },
        ),
        Field("state", {"en": "State", "ru": "Состояние"}, Kind.CHOICE, choices=STATES, synonyms=("статус",)),
        Field(
            "is_contact",
            {"en": "Is a contact", "ru": "Это контакт"},
            Kind.BOOLEAN,
            read_only=True,
            transfer=False,
            slots=(),
        ),
    ),
    on="client",
    unique=(("channel", "external_id"),),
    alike=(("client", "at", "text"), ("client", "at"), ("client", "text"), ("client", "subject")),
    order=("-at",),
    title="subject",
    importable=True,
)

timeline = Entity(
    TimelineEntry,
    label={"en": "Line of history", "ru": "Запись истории"},
    plural={"en": "History", "ru": "История"},
    collection="timeline",
    description="Interactions and events of a client together, the latest first.",
    fields=(
        Field("at", {"en": "At", "ru": "Когда"}, Kind.DATETIME),
        Field(
            "kind",
            {"en": "Kind", "ru": "Вид"},
            Kind.CHOICE,
            choices=(*KINDS, Choice("event", {"en": "Event", "ru": "Событие"})),
        ),
        Field("direction", {"en": "Direction", "ru": "Направление"}, Kind.CHOICE, choices=DIRECTIONS),
        Field("title", {"en": "Title", "ru": "Заголовок"}, Kind.TEXT, worded="event"),
        Field("text", {"en": "Text", "ru": "Текст"}, Kind.LONG_TEXT),
        Field("actor", {"en": "Who", "ru": "Кто"}, Kind.USER),
        Field("interaction", {"en": "Interaction", "ru": "Взаимодействие"}, Kind.REFERENCE, to="interaction"),
        Field("event", {"en": "Event", "ru": "Событие"}, Kind.TEXT),
    ),
    on="client",
    order=("-at", "-id"),
    actions=("read",),
    read_only=True,
    united=("timeline_of_interactions", "timeline_of_events", "timeline_of_merged"),
    repeats={
        "at": "interaction.at",
        "kind": "interaction.kind",
        "direction": "interaction.direction",
        "title": "interaction.subject",
        "text": "interaction.text",
        "actor": "interaction.user",
    },
    about="entity",
)

ENTITIES = (interactions, timeline)
"""The entities of this room, in the order of their declaration."""
