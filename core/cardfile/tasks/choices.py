"""The closed sets of tasks and notices."""

from enum import StrEnum
from typing import Final

from cardfile.model.fields import Choice

__all__ = ["CAUSES", "NOTICE_KINDS", "PRIORITIES", "STATES", "WAYS", "NoticeKind", "TaskCause", "TaskState"]


class TaskState(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskCause(StrEnum):
    """What set a task."""

    MANUAL = "manual"
    STAGE = "stage"
    REPEAT = "repeat"
    PROCESS = "process"
    POSTPONED = "postponed"
    IMPORT = "import"


class NoticeKind(StrEnum):
    """Why somebody is told something: the rungs of a task's ladder, and other occasions."""

    BEFORE = "before"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    ASSIGNED = "assigned"
    CHOOSE = "choose"
    STAGE = "stage"
    MESSAGE = "message"


STATES: Final = (
    Choice(TaskState.OPEN, {"en": "Open", "ru": "Открыта"}),
    Choice(TaskState.DONE, {"en": "Done", "ru": "Выполнена"}, color="green"),
    Choice(TaskState.CANCELLED, {"en": "Cancelled", "ru": "Отменена"}, color="grey"),
)

PRIORITIES: Final = (
    Choice("low", {"en": "Low", "ru": "Низкий"}),
    Choice("normal", {"en": "Normal", "ru": "Обычный"}),
    Choice("high", {"en": "High", "ru": "Высокий"}, color="orange"),
    Choice("urgent", {"en": "Urgent", "ru": "Срочный"}, color="red"),
)

CAUSES: Final = (
    Choice(TaskCause.MANUAL, {"en": "By hand", "ru": "Вручную"}),
    Choice(TaskCause.STAGE, {"en": "By a stage", "ru": "Этапом сделки"}),
    Choice(TaskCause.REPEAT, {"en": "Repeated", "ru": "Повтор"}),
    Choice(TaskCause.PROCESS, {"en": "By a process", "ru": "Процессом"}),
    Choice(TaskCause.POSTPONED, {"en": "A postponed deal", "ru": "Отложенная сделка"}),
    Choice(TaskCause.IMPORT, {"en": "Imported", "ru": "Импорт"}),
)

NOTICE_KINDS: Final = (
    Choice(NoticeKind.BEFORE, {"en": "Soon due", "ru": "Скоро срок"}),
    Choice(NoticeKind.DUE, {"en": "Due", "ru": "Срок"}),
    Choice(NoticeKind.OVERDUE, {"en": "Overdue", "ru": "Просрочено"}, color="red"),
    Choice(NoticeKind.ESCALATED, {"en": "For the head", "ru": "Руководителю"}, color="red"),
    Choice(NoticeKind.ASSIGNED, {"en": "New task", "ru": "Новая задача"}),
    Choice(NoticeKind.CHOOSE, {"en": "Choose who does it", "ru": "Выберите исполнителя"}),
    Choice(NoticeKind.STAGE, {"en": "The deal moved", "ru": "Сделка сменила этап"}),
    Choice(NoticeKind.MESSAGE, {"en": "Message", "ru": "Сообщение"}),
)

WAYS: Final = (
    Choice("least_loaded", {"en": "Whoever has least to do", "ru": "Кто меньше загружен"}),
    Choice("fixed", {"en": "Always the same one", "ru": "Всегда один и тот же"}),
    Choice("by_hand", {"en": "Chosen by hand", "ru": "Выбирают вручную"}),
)
