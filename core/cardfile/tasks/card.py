"""The card of a task."""

from typing import Final

from cardfile.model.entities import Entity, Owned, Relation
from cardfile.model.fields import Field, Kind
from cardfile.tasks.choices import CAUSES, PRIORITIES, STATES, TaskCause, TaskState
from cardfile.tasks.tables import Task

__all__ = ["SPAN_HINT", "tasks"]

SPAN_HINT: Final = {
    "en": "15m, 2h, 3d (days) or 1wd (working days)",
    "ru": "15m, 2h, 3d (дни) или 1wd (рабочие дни)",
}

tasks = Entity(
    Task,
    label={"en": "Task", "ru": "Задача"},
    plural={"en": "Tasks", "ru": "Задачи"},
    description="Something to be done by somebody; it reminds of itself until it is done.",
    fields=(
        Field(
            "title",
            {"en": "Title", "ru": "Что сделать"},
            Kind.TEXT,
            required=True,
            max_length=300,
            slots=("header", "list", "card"),
            position=10,
        ),
        Field(
            "due_at",
            {"en": "Due", "ru": "Срок"},
            Kind.DATETIME,
            slots=("header", "list", "card"),
            position=20,
        ),
        Field(
            "assignee",
            {"en": "Who does it", "ru": "Исполнитель"},
            Kind.USER,
            slots=("header", "list", "card"),
            position=30,
        ),
        Field(
            "state",
            {"en": "State", "ru": "Состояние"},
            Kind.CHOICE,
            choices=STATES,
            default=TaskState.OPEN.value,
            read_only=True,
            slots=("header", "list", "card"),
            position=40,
        ),
        Field(
            "priority",
            {"en": "Priority", "ru": "Приоритет"},
            Kind.CHOICE,
            choices=PRIORITIES,
            default="normal",
            slots=("list", "card"),
            position=41,
        ),
        Field("kind", {"en": "Kind", "ru": "Вид"}, Kind.TEXT, default="task", max_length=60, position=42),
        Field(
            "client",
            {"en": "Client", "ru": "Клиент"},
            Kind.REFERENCE,
            to="client",
            hint={"en": "Of the deal, where there is one", "ru": "Клиент сделки, если она указана"},
            slots=("list", "card"),
            position=50,
        ),
        Field(
            "deal",
            {"en": "Deal", "ru": "Сделка"},
            Kind.REFERENCE,
            to="deal",
            slots=("list", "card"),
            position=51,
        ),
        Field("details", {"en": "Details", "ru": "Подробности"}, Kind.LONG_TEXT, position=60),
        Field(
            "script",
            {"en": "What to say and ask", "ru": "Сценарий разговора"},
            Kind.LONG_TEXT,
            position=61,
        ),
        Field(
            "policy",
            {"en": "Reminders", "ru": "Напоминания"},
            Kind.REFERENCE,
            to="reminder_policy",
            hint={"en": "The usual ones when left out", "ru": "Если не указано — обычные"},
            position=70,
        ),
        Field(
            "repeat",
            {"en": "Again every", "ru": "Повторять"},
            Kind.TEXT,
            max_length=20,
            hint={"en": "1d, 2w, 1mo or 5wd: days, weeks, months, working days", "ru": "1d, 2w, 1mo или 5wd"},
            position=71,
        ),
        Field(
            "repeat_from",
            {"en": "Repeated from", "ru": "Повторять с"},
            Kind.DATETIME,
            read_only=True,
            transfer=False,
            slots=(),
            position=72,
        ),
        Field(
            "awaits",
            {"en": "Open and dated", "ru": "Ждёт срока"},
            Kind.BOOLEAN,
            read_only=True,
            transfer=False,
            default=False,
            slots=(),
            position=73,
        ),
        Field("author", {"en": "Set by", "ru": "Поставил"}, Kind.USER, read_only=True, position=80),
        Field(
            "cause",
            {"en": "Set because", "ru": "Откуда"},
            Kind.CHOICE,
            choices=CAUSES,
            default=TaskCause.MANUAL.value,
            read_only=True,
            position=81,
        ),
        Field(
            "template",
            {"en": "Template", "ru": "Шаблон"},
            Kind.REFERENCE,
            to="task_template",
            read_only=True,
            position=82,
        ),
        Field("role", {"en": "For the role", "ru": "Для роли"}, Kind.TEXT, read_only=True, position=83),
        Field(
            "blocks",
            {"en": "Keeps the deal in its stage", "ru": "Держит сделку на этапе"},
            Kind.BOOLEAN,
            read_only=True,
            default=False,
            position=84,
        ),
        Field("result", {"en": "Result", "ru": "Результат"}, Kind.LONG_TEXT, read_only=True, position=90),
        Field("done_at", {"en": "Done at", "ru": "Завершена"}, Kind.DATETIME, read_only=True, position=91),
        Field(
            "done_late",
            {"en": "Done too late", "ru": "Выполнена с опозданием"},
            Kind.BOOLEAN,
            past="due_at",
            past_at="done_at",
            transfer=False,
            position=93,
        ),
        Field("done_by", {"en": "Done by", "ru": "Кто завершил"}, Kind.USER, read_only=True, position=92),
    ),
    relations=(
        Relation("notices", {"en": "Notices", "ru": "Уведомления"}, "notice", "task", order=("at", "id")),
    ),
    visibility=Owned("assignee", also=("author", "deal.owner", "client.owner")),
    order=("due_at", "id"),
    title="title",
)
