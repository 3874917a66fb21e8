"""The pipeline that every installation has: for those who sell before they have an edition of their trade."""

from typing import Final

from cardfile.declarations import Goal, Pipeline, Stage, TaskTemplate, days, hours

__all__ = ["SALES"]

SALES: Final = Pipeline(
    "sales",
    {"en": "Sales", "ru": "Продажи"},
    stages=(
        Stage(
            "request",
            {"en": "Request", "ru": "Обращение"},
            probability=10,
            expected_days=1,
            rots_after=3,
            tasks=(
                TaskTemplate(
                    {"en": "Call back", "ru": "Перезвонить"},
                    due=hours(1),
                    reminders="urgent",
                    key="call_back",
                ),
            ),
            goals=(
                Goal("understood", {"en": "The need is understood", "ru": "Потребность понятна"}),
                Goal("refused", {"en": "Refused", "ru": "Отказ"}, outcome="refuse"),
                Goal(
                    "later",
                    {"en": "Asked to call later", "ru": "Просит позже"},
                    outcome="postpone",
                    by=days(30),
                ),
            ),
        ),
        Stage(
            "proposal",
            {"en": "Proposal", "ru": "Предложение"},
            probability=40,
            expected_days=5,
            rots_after=14,
            goals=(
                Goal("agreed", {"en": "The proposal is accepted", "ru": "Предложение принято"}),
                Goal("refused", {"en": "Refused", "ru": "Отказ"}, outcome="refuse"),
                Goal(
                    "later",
                    {"en": "Asked to wait", "ru": "Просит подождать"},
                    outcome="postpone",
                    by=days(14),
                ),
            ),
        ),
        Stage(
            "payment",
            {"en": "Payment", "ru": "Оплата"},
            probability=80,
            expected_days=7,
            rots_after=21,
            goals=(
                Goal("paid", {"en": "Paid", "ru": "Оплачено"}),
                Goal("refused", {"en": "Refused", "ru": "Отказ"}, outcome="refuse"),
            ),
        ),
        Stage("won", {"en": "Won", "ru": "Успешно"}, outcome="won", probability=100, color="green"),
        Stage("lost", {"en": "Lost", "ru": "Отказ"}, outcome="lost", probability=0, color="red"),
    ),
)
