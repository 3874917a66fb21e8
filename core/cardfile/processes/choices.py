"""The closed sets of processes."""

from enum import StrEnum
from typing import Final

from cardfile.model.fields import Choice

__all__ = ["KINDS", "RUN_STATES", "STEP_STATES", "SUBJECTS", "RunState", "StepState"]


class RunState(StrEnum):
    """How far a process is."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """How far a step is."""

    WAITING = "waiting"
    ACTIVE = "active"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


SUBJECTS: Final = (
    Choice("client", {"en": "Client", "ru": "Клиент"}),
    Choice("deal", {"en": "Deal", "ru": "Сделка"}),
)
KINDS: Final = (
    Choice("task", {"en": "Task", "ru": "Задача"}),
    Choice("message", {"en": "Message", "ru": "Сообщение"}),
    Choice("document", {"en": "Document", "ru": "Документ"}),
    Choice("wait", {"en": "Wait", "ru": "Ожидание"}),
    Choice("check", {"en": "Check", "ru": "Проверка"}),
)
RUN_STATES: Final = (
    Choice(RunState.RUNNING, {"en": "Under way", "ru": "Идёт"}),
    Choice(RunState.DONE, {"en": "Done", "ru": "Завершён"}, color="green"),
    Choice(RunState.CANCELLED, {"en": "Cancelled", "ru": "Отменён"}, color="grey"),
)
STEP_STATES: Final = (
    Choice(StepState.WAITING, {"en": "To come", "ru": "Впереди"}),
    Choice(StepState.ACTIVE, {"en": "Now", "ru": "Сейчас"}, color="blue"),
    Choice(StepState.DONE, {"en": "Done", "ru": "Пройден"}, color="green"),
    Choice(StepState.SKIPPED, {"en": "Passed over", "ru": "Пропущен"}, color="grey"),
    Choice(StepState.CANCELLED, {"en": "Cancelled", "ru": "Отменён"}, color="grey"),
)
