"""Pipelines, their stages, and what a stage asks for and sets going."""

from typing import Final

from cardfile.declarations.stages import GoalOutcome, StageOutcome
from cardfile.model.entities import Entity, Everyone, Relation
from cardfile.model.fields import Choice, Field, Kind
from cardfile.pipelines.tables import Goal, Pipeline, Stage, StageDocument, StageNotice, StageRule

__all__ = ["ENTITIES", "KEYED", "PLACED", "goals", "pipelines", "stages"]

KEY: Final = {"en": "Key", "ru": "Ключ"}
LABEL: Final = {"en": "Label", "ru": "Название"}
POSITION: Final = {"en": "Position", "ru": "Порядок"}

OUTCOMES: Final = (
    Choice(StageOutcome.OPEN, {"en": "Open", "ru": "В работе"}),
    Choice(StageOutcome.WON, {"en": "Won", "ru": "Успех"}, color="green"),
    Choice(StageOutcome.LOST, {"en": "Lost", "ru": "Отказ"}, color="red"),
)

GOAL_OUTCOMES: Final = (
    Choice(GoalOutcome.ADVANCE, {"en": "Goes on", "ru": "Двигает дальше"}),
    Choice(GoalOutcome.REFUSE, {"en": "Ends in refusal", "ru": "Завершает отказом"}),
    Choice(GoalOutcome.POSTPONE, {"en": "Postpones", "ru": "Откладывает"}),
    Choice(GoalOutcome.BRANCH, {"en": "Branches off", "ru": "Уводит в сторону"}),
)

RULE_KINDS: Final = (
    Choice("filled", {"en": "A field is filled in", "ru": "Поле заполнено"}),
    Choice("attached", {"en": "A file is attached", "ru": "Файл приложен"}),
    Choice("task_done", {"en": "A task is done", "ru": "Задача выполнена"}),
    Choice("reached", {"en": "A goal is reached", "ru": "Цель достигнута"}),
    Choice("holds", {"en": "A filter holds", "ru": "Условие выполнено"}),
    Choice("approved", {"en": "A role has approved", "ru": "Есть согласование"}),
)

SIDES: Final = (
    Choice("enter", {"en": "On entering", "ru": "При входе"}),
    Choice("leave", {"en": "On leaving", "ru": "При выходе"}),
)

KEYED: Final = (
    Field("key", KEY, Kind.TEXT, required=True, max_length=60),
    Field("label", LABEL, Kind.TEXT, required=True, max_length=200),
)
PLACED: Final = (
    Field("position", POSITION, Kind.INTEGER, default=100),
    Field(
        "plugin",
        {"en": "Shipped by", "ru": "Поставщик"},
        Kind.TEXT,
        read_only=True,
        hint={"en": "Empty: made here", "ru": "Пусто — создано здесь"},
    ),
)

pipelines = Entity(
    Pipeline,
    label={"en": "Pipeline", "ru": "Воронка"},
    plural={"en": "Pipelines", "ru": "Воронки"},
    description="A way that deals go; new ones begin in the first open stage of the first pipeline.",
    fields=(*KEYED, *PLACED),
    visibility=Everyone(),
    unique=("key",),
    order=("position", "id"),
    title="label",
)

stages = Entity(
    Stage,
    label={"en": "Stage", "ru": "Этап"},
    plural={"en": "Stages", "ru": "Этапы"},
    description="A place on the way of a deal: what it means to be there, for how long, and what to say.",
    fields=(
        *KEYED,
        Field(
            "outcome",
            {"en": "Outcome", "ru": "Исход"},
            Kind.CHOICE,
            choices=OUTCOMES,
            default=StageOutcome.OPEN.value,
        ),
        Field("probability", {"en": "Probability, %", "ru": "Вероятность, %"}, Kind.INTEGER),
        Field("expected_days", {"en": "Norm, days", "ru": "Норма, дней"}, Kind.INTEGER),
        Field(
            "rots_after",
            {"en": "Rotten after days", "ru": "Протухает через, дней"},
            Kind.INTEGER,
            hint={"en": "Without any movement", "ru": "Без движения"},
        ),
        Field("script", {"en": "What to say and ask", "ru": "Что сказать и спросить"}, Kind.LONG_TEXT),
        Field("owner_role", {"en": "Whose business", "ru": "Чья ответственность"}, Kind.TEXT, max_length=60),
        Field("color", {"en": "Colour", "ru": "Цвет"}, Kind.TEXT, max_length=20),
        Field(
            "processes",
            {"en": "Starts processes", "ru": "Запускает процессы"},
            Kind.TEXT,
            max_length=300,
            hint={"en": "Keys with commas", "ru": "Ключи через запятую"},
        ),
        *PLACED,
    ),
    relations=(
        Relation(
            "deals",
            {"en": "Deals", "ru": "Сделки"},
            target="deal",
            via="stage",
            order=("-stage_since", "-id"),
        ),
    ),
    on="pipeline",
    unique=(("pipeline", "key"),),
    order=("position", "id"),
    title="label",
)

goals = Entity(
    Goal,
    label={"en": "Goal", "ru": "Цель"},
    plural={"en": "Goals", "ru": "Цели"},
    description="Something to achieve in a stage; whoever says that it is achieved need not know what follows.",
    fields=(
        *KEYED,
        Field(
            "outcome",
            {"en": "What it does", "ru": "Что делает"},
            Kind.CHOICE,
            choices=GOAL_OUTCOMES,
            default=GoalOutcome.ADVANCE.value,
        ),
        Field("target", {"en": "To the stage", "ru": "На этап"}, Kind.REFERENCE, to="stage"),
        Field(
            "postpone_by",
            {"en": "Postpones by", "ru": "Откладывает на"},
            Kind.TEXT,
            max_length=20,
            hint={"en": "30d, 2h, 5wd", "ru": "30d, 2h, 5wd"},
        ),
        Field(
            "together",
            {"en": "Needed together", "ru": "Нужны вместе"},
            Kind.TEXT,
            max_length=60,
            hint={
                "en": "Goals with the same word move the deal when all are reached",
                "ru": "Цели с одним словом двигают сделку, когда достигнуты все",
            },
        ),
        *PLACED,
    ),
    on="stage",
    unique=(("stage", "key"),),
    order=("position", "id"),
    title="label",
)

stage_rules = Entity(
    StageRule,
    label={"en": "Rule of a stage", "ru": "Правило этапа"},
    plural={"en": "Rules of stages", "ru": "Правила этапов"},
    collection="stage_rules",
    description="What must hold before a deal enters or leaves a stage, whoever moves it.",
    fields=(
        Field("side", {"en": "When", "ru": "Когда"}, Kind.CHOICE, choices=SIDES, default="leave"),
        Field("kind", {"en": "Kind", "ru": "Вид"}, Kind.CHOICE, choices=RULE_KINDS, required=True),
        Field(
            "subject",
            {"en": "Of what", "ru": "О чём"},
            Kind.TEXT,
            max_length=200,
            hint={
                "en": "A field, a kind of file, a task, a goal, a role",
                "ru": "Поле, вид файла, задача, цель, роль",
            },
        ),
        Field("condition", {"en": "Filter as JSON", "ru": "Отбор в виде JSON"}, Kind.LONG_TEXT),
        Field("label", {"en": "In words", "ru": "Словами"}, Kind.TEXT, max_length=300),
        *PLACED,
    ),
    on="stage",
    order=("position", "id"),
)

stage_notices = Entity(
    StageNotice,
    label={"en": "Notice of a stage", "ru": "Уведомление этапа"},
    plural={"en": "Notices of stages", "ru": "Уведомления этапов"},
    collection="stage_notices",
    description="Who is told when a deal enters a stage.",
    fields=(
        Field(
            "recipient",
            {"en": "To whom", "ru": "Кому"},
            Kind.TEXT,
            required=True,
            max_length=60,
            default="owner",
            hint={"en": "owner, head, or a role in the deal", "ru": "owner, head или роль в сделке"},
        ),
        Field("text", {"en": "Text", "ru": "Текст"}, Kind.TEXT, required=True, max_length=1_000),
        *PLACED,
    ),
    on="stage",
    order=("position", "id"),
)

stage_documents = Entity(
    StageDocument,
    label={"en": "Document of a stage", "ru": "Документ этапа"},
    plural={"en": "Documents of stages", "ru": "Документы этапов"},
    collection="stage_documents",
    description="A document that is made when a deal enters a stage.",
    fields=(
        Field("kind", {"en": "Kind", "ru": "Вид"}, Kind.TEXT, required=True, max_length=60),
        Field("template", {"en": "Template", "ru": "Шаблон"}, Kind.TEXT, max_length=100),
        *PLACED,
    ),
    on="stage",
    order=("position", "id"),
)

ENTITIES: Final = (pipelines, stages, goals, stage_rules, stage_notices, stage_documents)
"""The entities of this room, in the order of their declaration."""
