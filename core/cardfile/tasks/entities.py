"""Tasks and what belongs to them: reminder policies, templates of stages, and notices."""

from typing import Final

from cardfile.model.entities import Entity, Everyone, Personal, Through
from cardfile.model.fields import Field, Kind
from cardfile.tasks.card import SPAN_HINT, tasks
from cardfile.tasks.choices import NOTICE_KINDS, WAYS
from cardfile.tasks.tables import Notice, Policy, Template

__all__ = ["ENTITIES", "notices", "policies", "tasks", "templates"]

KEY: Final = {"en": "Key", "ru": "Ключ"}
POSITION: Final = Field("position", {"en": "Position", "ru": "Порядок"}, Kind.INTEGER, default=100)
SHIPPED: Final = Field(
    "plugin",
    {"en": "Shipped by", "ru": "Поставщик"},
    Kind.TEXT,
    read_only=True,
    hint={"en": "Empty: made here", "ru": "Пусто — создано здесь"},
)

policies = Entity(
    Policy,
    label={"en": "Reminder policy", "ru": "Порядок напоминаний"},
    plural={"en": "Reminder policies", "ru": "Порядки напоминаний"},
    collection="reminder_policies",
    description="How a task that is not done reminds of itself: a ladder that ends with the head.",
    fields=(
        Field("key", KEY, Kind.TEXT, required=True, max_length=60),
        Field("label", {"en": "Label", "ru": "Название"}, Kind.TEXT, required=True, max_length=200),
        Field(
            "before",
            {"en": "Before it is due", "ru": "До срока"},
            Kind.TEXT,
            max_length=100,
            hint={"en": "1d, 1h", "ru": "1d, 1h"},
        ),
        Field("at_due", {"en": "When it is due", "ru": "В срок"}, Kind.BOOLEAN, default=True),
        Field("every", {"en": "Then every", "ru": "Затем каждые"}, Kind.TEXT, max_length=20, hint=SPAN_HINT),
        Field("most", {"en": "At most times", "ru": "Не более раз"}, Kind.INTEGER, default=20),
        Field(
            "head_after",
            {"en": "The head after", "ru": "Руководителю через"},
            Kind.TEXT,
            max_length=20,
            hint=SPAN_HINT,
        ),
        POSITION,
        SHIPPED,
    ),
    visibility=Everyone(),
    unique=("key",),
    order=("position", "id"),
    title="label",
)

templates = Entity(
    Template,
    label={"en": "Task template", "ru": "Шаблон задачи"},
    plural={"en": "Task templates", "ru": "Шаблоны задач"},
    collection="task_templates",
    description="A task that a stage sets for every deal that enters it.",
    fields=(
        Field("key", KEY, Kind.TEXT, required=True, max_length=60),
        Field("title", {"en": "Title", "ru": "Что сделать"}, Kind.TEXT, required=True, max_length=300),
        Field("kind", {"en": "Kind", "ru": "Вид"}, Kind.TEXT, default="task", max_length=60),
        Field(
            "due", {"en": "Due after", "ru": "Срок"}, Kind.TEXT, required=True, max_length=20, hint=SPAN_HINT
        ),
        Field(
            "assignee",
            {"en": "For whom", "ru": "Кому"},
            Kind.TEXT,
            default="owner",
            max_length=60,
            hint={"en": "owner, head or the key of a role", "ru": "owner, head или ключ роли"},
        ),
        Field(
            "choose",
            {"en": "Whom of the role", "ru": "Кого из роли"},
            Kind.CHOICE,
            choices=WAYS,
            default="least_loaded",
        ),
        Field("person", {"en": "Always", "ru": "Всегда"}, Kind.USER),
        Field("policy", {"en": "Reminders", "ru": "Напоминания"}, Kind.REFERENCE, to="reminder_policy"),
        Field("script", {"en": "What to say and ask", "ru": "Сценарий разговора"}, Kind.LONG_TEXT),
        Field(
            "blocks",
            {"en": "Must be done before the deal leaves", "ru": "Без неё сделка не уйдёт с этапа"},
            Kind.BOOLEAN,
            default=False,
        ),
        POSITION,
        SHIPPED,
    ),
    on="stage",
    visibility=Through("stage"),
    unique=(("stage", "key"),),
    order=("position", "id"),
    title="title",
)

notices = Entity(
    Notice,
    label={"en": "Notice", "ru": "Уведомление"},
    plural={"en": "Notices", "ru": "Уведомления"},
    description="Something that one person is told.",
    fields=(
        Field("recipient", {"en": "For", "ru": "Кому"}, Kind.USER, read_only=True),
        Field("kind", {"en": "Kind", "ru": "Вид"}, Kind.CHOICE, choices=NOTICE_KINDS, read_only=True),
        Field("title", {"en": "Title", "ru": "Заголовок"}, Kind.TEXT, read_only=True, max_length=500),
        Field("text", {"en": "Text", "ru": "Текст"}, Kind.LONG_TEXT, read_only=True),
        Field("task", {"en": "Task", "ru": "Задача"}, Kind.REFERENCE, to="task", read_only=True),
        Field("deal", {"en": "Deal", "ru": "Сделка"}, Kind.REFERENCE, to="deal", read_only=True),
        Field("at", {"en": "At", "ru": "Когда"}, Kind.DATETIME, read_only=True),
        Field("read_at", {"en": "Read at", "ru": "Прочитано"}, Kind.DATETIME, read_only=True),
    ),
    visibility=Personal("recipient"),
    order=("-at", "-id"),
    title="title",
    actions=("read",),
)

ENTITIES: Final = (policies, templates, tasks, notices)
"""The entities of this room."""
