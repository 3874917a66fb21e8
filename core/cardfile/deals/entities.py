"""What hangs on a deal: who takes part, what was reached, allowed, attached, and the way that it has gone."""

from typing import Final

from cardfile.deals.card import deals
from cardfile.deals.choices import CAUSES, OUTCOMES
from cardfile.deals.products import PRODUCT_ENTITIES, deal_lines, prices, products
from cardfile.deals.tables import (
    Attachment,
    DealApproval,
    DealGoal,
    DealParticipant,
    DealTimelineEntry,
    LostReason,
    OpenGoal,
    StageChange,
)
from cardfile.model.entities import Entity, Everyone
from cardfile.model.fields import Field, Kind
from cardfile.timeline.entities import timeline

__all__ = [
    "ENTITIES",
    "attachments",
    "deal_lines",
    "deals",
    "lost_reasons",
    "open_goals",
    "participants",
    "prices",
    "products",
    "stage_changes",
]

STAGE: Final = {"en": "Stage", "ru": "Этап"}
GOAL: Final = {"en": "Goal", "ru": "Цель"}
ROLE: Final = {"en": "Role", "ru": "Роль"}
WHO: Final = {"en": "Who", "ru": "Кто"}
WHEN: Final = {"en": "When", "ru": "Когда"}
NOTE: Final = {"en": "Note", "ru": "Примечание"}

lost_reasons = Entity(
    LostReason,
    label={"en": "Reason for losing", "ru": "Причина отказа"},
    plural={"en": "Reasons for losing", "ru": "Причины отказа"},
    collection="lost_reasons",
    description="Why deals are lost: a list that the company keeps itself.",
    fields=(
        Field(
            "name",
            {"en": "Name", "ru": "Название"},
            Kind.TEXT,
            required=True,
            max_length=200,
            folded="sort_name",
        ),
        Field("position", {"en": "Place in the list", "ru": "Место в списке"}, Kind.INTEGER, default=100),
    ),
    visibility=Everyone(),
    unique=("sort_name",),
    alike=(("name",),),
    order=("position", "name", "id"),
    title="name",
    importable=True,
)

participants = Entity(
    DealParticipant,
    label={"en": "Participant", "ru": "Участник"},
    plural={"en": "Participants", "ru": "Участники"},
    collection="participants",
    description="A colleague who takes part in a deal in some role, and therefore sees it.",
    fields=(
        Field("user", {"en": "Colleague", "ru": "Сотрудник"}, Kind.USER, read_only=True),
        Field("role", ROLE, Kind.TEXT, read_only=True),
    ),
    on="deal",
    unique=(("deal", "user", "role"),),
    order=("role", "id"),
    actions=("read",),
)

goals_reached = Entity(
    DealGoal,
    label={"en": "Reached goal", "ru": "Достигнутая цель"},
    plural={"en": "Reached goals", "ru": "Достигнутые цели"},
    collection="reached_goals",
    description="A goal of a stage that was reached in a deal.",
    fields=(
        Field("stage", STAGE, Kind.REFERENCE, to="stage", read_only=True),
        Field("goal", GOAL, Kind.REFERENCE, to="goal", read_only=True),
        Field("reached_at", WHEN, Kind.DATETIME, read_only=True),
        Field("by", WHO, Kind.USER, read_only=True),
        Field("note", NOTE, Kind.TEXT, read_only=True),
    ),
    on="deal",
    order=("-reached_at", "-id"),
    actions=("read",),
)

approvals = Entity(
    DealApproval,
    label={"en": "Approval", "ru": "Согласование"},
    plural={"en": "Approvals", "ru": "Согласования"},
    collection="approvals",
    description="Somebody's word that a deal may leave a stage, or enter one.",
    fields=(
        Field("stage", STAGE, Kind.REFERENCE, to="stage", read_only=True),
        Field("role", ROLE, Kind.TEXT, read_only=True),
        Field("by", WHO, Kind.USER, read_only=True),
        Field("at", WHEN, Kind.DATETIME, read_only=True),
        Field("note", NOTE, Kind.TEXT, read_only=True),
    ),
    on="deal",
    order=("-at", "-id"),
    actions=("read",),
)

stage_changes = Entity(
    StageChange,
    label={"en": "Stay in a stage", "ru": "Пребывание на этапе"},
    plural={"en": "Stage history", "ru": "История этапов"},
    key="stage_change",
    collection="stage_changes",
    description="One stay of a deal in a stage: where it came from, when, why, and how long it stayed.",
    fields=(
        Field("was", {"en": "From", "ru": "Откуда"}, Kind.REFERENCE, to="stage", read_only=True),
        Field("stage", STAGE, Kind.REFERENCE, to="stage", read_only=True),
        Field("entered_at", {"en": "Entered", "ru": "Вошла"}, Kind.DATETIME, read_only=True),
        Field("left_at", {"en": "Left", "ru": "Вышла"}, Kind.DATETIME, read_only=True),
        Field(
            "working_seconds",
            {"en": "Working time, seconds", "ru": "Рабочее время, секунд"},
            Kind.INTEGER,
            read_only=True,
        ),
        Field("cause", {"en": "Cause", "ru": "Почему"}, Kind.CHOICE, choices=CAUSES, read_only=True),
        Field("owner", {"en": "Manager", "ru": "Менеджер"}, Kind.USER, read_only=True),
        Field("goal", GOAL, Kind.REFERENCE, to="goal", read_only=True),
    ),
    on="deal",
    order=("entered_at", "id"),
    actions=("read",),
)

attachments = Entity(
    Attachment,
    label={"en": "Attachment", "ru": "Вложение"},
    plural={"en": "Attachments", "ru": "Вложения"},
    key="attachment",
    collection="attachments",
    description="A file of a deal, by the kind of what it is.",
    fields=(
        Field(
            "kind",
            {"en": "Kind", "ru": "Вид"},
            Kind.TEXT,
            max_length=64,
            default="file",
            hint={"en": "As rules name it: measurement, act", "ru": "Как в правилах: measurement, act"},
        ),
        Field("title", {"en": "Title", "ru": "Название"}, Kind.TEXT, max_length=300),
        Field("file", {"en": "File", "ru": "Файл"}, Kind.FILE, required=True),
    ),
    on="deal",
    order=("-id",),
    title="title",
    actions=("read", "edit", "archive"),
)

deal_timeline = Entity(
    DealTimelineEntry,
    label={"en": "Line of a deal's history", "ru": "Запись истории сделки"},
    plural={"en": "Histories of deals", "ru": "История сделок"},
    collection="deal_timeline",
    description="Interactions about a deal and its events together, the latest first.",
    fields=tuple(one for one in timeline.fields if one.key != "entity"),
    on="deal",
    order=("-at", "-id"),
    actions=("read",),
    read_only=True,
    united=("deal_timeline_of_interactions", "deal_timeline_of_events"),
    repeats=timeline.repeats,
)

open_goals = Entity(
    OpenGoal,
    label={"en": "Open goal", "ru": "Открытая цель"},
    plural={"en": "Open goals", "ru": "Открытые цели"},
    key="open_goal",
    collection="open_goals",
    description="A goal of the stage in which a deal stands, not reached yet.",
    fields=(
        Field("goal", GOAL, Kind.REFERENCE, to="goal"),
        Field("key", {"en": "Key", "ru": "Ключ"}, Kind.TEXT),
        Field("label", {"en": "Name", "ru": "Название"}, Kind.TEXT),
        Field("outcome", {"en": "What then", "ru": "Что дальше"}, Kind.CHOICE, choices=OUTCOMES),
        Field("position", {"en": "Place in the list", "ru": "Место в списке"}, Kind.INTEGER),
    ),
    on="deal",
    order=("position", "id"),
    actions=("read",),
    read_only=True,
    repeats={key: f"goal.{key}" for key in ("key", "label", "outcome", "position")},
)

ENTITIES: Final = (
    *PRODUCT_ENTITIES[:2],
    lost_reasons,
    deals,
    deal_lines,
    participants,
    goals_reached,
    approvals,
    stage_changes,
    attachments,
    open_goals,
    deal_timeline,
)
"""The entities of this room, in the order of their declaration."""
