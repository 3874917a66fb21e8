"""The closed sets of words about deals, with the other words that people use for them."""

from enum import StrEnum
from typing import Final

from cardfile.declarations import GoalOutcome
from cardfile.model.fields import Choice

__all__ = ["CAUSES", "OUTCOMES", "RESULTS", "Cause", "Result"]


class Result(StrEnum):
    """How a deal stands: still open, or how it ended."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Cause(StrEnum):
    """Why a deal came into a stage."""

    MANUAL = "manual"
    GOAL = "goal"
    RULE = "rule"
    IMPORT = "import"
    SYSTEM = "system"


RESULTS: Final = (
    Choice(Result.OPEN, {"en": "Open", "ru": "В работе"}, "#0a84ff", ("открыта", "в процессе", "active")),
    Choice(
        Result.WON,
        {"en": "Won", "ru": "Выиграна"},
        "#34c759",
        ("успешно", "успешна", "продажа", "успешно реализовано", "закрыта успешно"),
    ),
    Choice(
        Result.LOST,
        {"en": "Lost", "ru": "Проиграна"},
        "#ff3b30",
        ("отказ", "провалена", "закрыто и не реализовано", "неуспешно"),
    ),
)
CAUSES: Final = (
    Choice(Cause.MANUAL, {"en": "By hand", "ru": "Вручную"}),
    Choice(Cause.GOAL, {"en": "A goal was reached", "ru": "Достигнута цель"}),
    Choice(Cause.RULE, {"en": "A rule", "ru": "По правилу"}),
    Choice(Cause.IMPORT, {"en": "An import", "ru": "Импорт"}),
    Choice(Cause.SYSTEM, {"en": "The system", "ru": "Система"}),
)
OUTCOMES: Final = (
    Choice(GoalOutcome.ADVANCE, {"en": "Goes on", "ru": "Дальше по этапам"}),
    Choice(GoalOutcome.REFUSE, {"en": "Refuses", "ru": "Отказ"}),
    Choice(GoalOutcome.POSTPONE, {"en": "Later", "ru": "Отложить"}),
    Choice(GoalOutcome.BRANCH, {"en": "Goes elsewhere", "ru": "Другой путь"}),
)
