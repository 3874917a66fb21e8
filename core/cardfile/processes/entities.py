"""Processes, their steps, and their runs."""

from typing import Final

from cardfile.model.entities import Entity, Everyone, Owned
from cardfile.model.fields import Field, Kind
from cardfile.pipelines.entities import KEYED, PLACED
from cardfile.processes.choices import KINDS, RUN_STATES, STEP_STATES, SUBJECTS
from cardfile.processes.picture import BATCH_FIELDS
from cardfile.processes.tables import Process, ProcessRun, ProcessStep, RunStep
from cardfile.tasks.choices import WAYS

__all__ = ["ENTITIES", "process_runs", "process_steps", "processes", "run_steps"]

KIND: Final = {"en": "Kind", "ru": "Вид"}
STATE: Final = {"en": "State", "ru": "Состояние"}
AS_JSON: Final = {"en": "A filter as JSON", "ru": "Отбор в виде JSON"}

processes = Entity(
    Process,
    label={"en": "Process", "ru": "Процесс"},
    plural={"en": "Processes", "ru": "Процессы"},
    description="Steps that are gone through on a client or a deal.",
    fields=(
        *KEYED,
        Field(
            "subject", {"en": "Runs on", "ru": "По чему идёт"}, Kind.CHOICE, choices=SUBJECTS, default="deal"
        ),
        Field(
            "begins",
            {"en": "Begins with new records", "ru": "Начинается с новыми записями"},
            Kind.LONG_TEXT,
            hint={
                "en": "Which match this filter, as JSON; {} all",
                "ru": "Под отбором в виде JSON; {} — все",
            },
        ),
        *PLACED,
    ),
    visibility=Everyone(),
    unique=("key",),
    order=("position", "id"),
    title="label",
)

process_steps = Entity(
    ProcessStep,
    label={"en": "Step of a process", "ru": "Шаг процесса"},
    plural={"en": "Steps of processes", "ru": "Шаги процессов"},
    collection="steps",
    description="One step: what is done, when it begins, who does it and by when.",
    fields=(
        *KEYED,
        Field("kind", KIND, Kind.CHOICE, choices=KINDS, default="task"),
        Field(
            "after",
            {"en": "After the steps", "ru": "После шагов"},
            Kind.TEXT,
            max_length=500,
            hint={
                "en": "Keys with commas; empty: the one before",
                "ru": "Ключи через запятую; пусто — предыдущий",
            },
        ),
        Field("condition", {"en": "Only if", "ru": "Только если"}, Kind.LONG_TEXT, hint=AS_JSON),
        Field(
            "assignee",
            {"en": "Who", "ru": "Кто"},
            Kind.TEXT,
            max_length=60,
            default="owner",
            hint={"en": "owner, head, or a role", "ru": "owner, head или роль"},
        ),
        Field(
            "choose",
            {"en": "How chosen", "ru": "Как выбирают"},
            Kind.CHOICE,
            choices=WAYS,
            default="least_loaded",
        ),
        Field(
            "due",
            {"en": "Within", "ru": "Срок"},
            Kind.TEXT,
            max_length=20,
            hint={"en": "15m, 2h, 3d, 1wd", "ru": "15m, 2h, 3d, 1wd"},
        ),
        Field(
            "reminders", {"en": "Reminders", "ru": "Напоминания"}, Kind.TEXT, max_length=60, default="normal"
        ),
        Field("text", {"en": "Text", "ru": "Текст"}, Kind.LONG_TEXT),
        Field("document", {"en": "Document", "ru": "Документ"}, Kind.TEXT, max_length=60),
        Field("until", {"en": "Until", "ru": "Пока не"}, Kind.LONG_TEXT, hint=AS_JSON),
        *PLACED,
    ),
    on="process",
    unique=(("process", "key"),),
    order=("position", "id"),
    title="label",
)

process_runs = Entity(
    ProcessRun,
    label={"en": "Run of a process", "ru": "Запуск процесса"},
    plural={"en": "Runs of processes", "ru": "Запуски процессов"},
    collection="process_runs",
    description="A process under way on one client or deal, or over.",
    fields=(
        Field("process", {"en": "Process", "ru": "Процесс"}, Kind.REFERENCE, to="process", read_only=True),
        Field("client", {"en": "Client", "ru": "Клиент"}, Kind.REFERENCE, to="client", read_only=True),
        Field("deal", {"en": "Deal", "ru": "Сделка"}, Kind.REFERENCE, to="deal", read_only=True),
        Field("owner", {"en": "Owner", "ru": "Ответственный"}, Kind.USER, read_only=True),
        Field("state", STATE, Kind.CHOICE, choices=RUN_STATES, read_only=True),
        Field("started_at", {"en": "Started", "ru": "Начат"}, Kind.DATETIME, read_only=True),
        Field("ended_at", {"en": "Ended", "ru": "Окончен"}, Kind.DATETIME, read_only=True),
        Field("reason", {"en": "Why cancelled", "ru": "Почему отменён"}, Kind.TEXT, read_only=True),
    ),
    visibility=Owned("owner", also=("deal.owner", "client.owner")),
    order=("-started_at", "-id"),
    actions=("read",),
    batch_fields=BATCH_FIELDS,
)

run_steps = Entity(
    RunStep,
    label={"en": "Step of a run", "ru": "Шаг запуска"},
    plural={"en": "Steps of runs", "ru": "Шаги запусков"},
    collection="run_steps",
    description="How far one step of a process under way is.",
    fields=(
        Field("key", {"en": "Key", "ru": "Ключ"}, Kind.TEXT, read_only=True),
        Field("label", {"en": "Label", "ru": "Название"}, Kind.TEXT, read_only=True),
        Field("kind", KIND, Kind.CHOICE, choices=KINDS, read_only=True),
        Field("state", STATE, Kind.CHOICE, choices=STEP_STATES, read_only=True),
        Field("step", {"en": "Step", "ru": "Шаг"}, Kind.REFERENCE, to="process_step", read_only=True),
        Field("position", {"en": "Position", "ru": "Порядок"}, Kind.INTEGER, read_only=True),
        Field("began_at", {"en": "Began", "ru": "Начат"}, Kind.DATETIME, read_only=True),
        Field("due_at", {"en": "Due", "ru": "Срок"}, Kind.DATETIME, read_only=True),
        Field("ended_at", {"en": "Ended", "ru": "Окончен"}, Kind.DATETIME, read_only=True),
        Field("task", {"en": "Task", "ru": "Задача"}, Kind.REFERENCE, to="task", read_only=True),
    ),
    on="process_run",
    key="process_run_step",
    order=("position", "id"),
    actions=("read",),
)

ENTITIES: Final = (processes, process_steps, process_runs, run_steps)
"""The entities of this room, in the order of their declaration."""
