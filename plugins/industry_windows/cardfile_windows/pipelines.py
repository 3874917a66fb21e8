"""The way of an order, from the first call to the signed act, and the way of a repair."""

from typing import Final

from cardfile.declarations import (
    Attached,
    Filled,
    Goal,
    Notice,
    Pipeline,
    ReminderPolicy,
    Stage,
    StageDocument,
    TaskTemplate,
    days,
    hours,
    minutes,
    working_days,
)

__all__ = ["PIPELINES", "REMINDERS"]

REFUSED: Final = Goal("refused", {"en": "Refused", "ru": "Отказался"}, outcome="refuse")

REMINDERS: Final = (
    ReminderPolicy(
        key="first_call",
        label={"en": "First call: the head is told", "ru": "Первый звонок: узнаёт руководитель"},
        every=minutes(15),
        most=8,
        head_after=minutes(30),
    ),
)

ORDERS: Final = Pipeline(
    "windows",
    {"en": "Windows", "ru": "Окна"},
    stages=(
        Stage(
            "first_call",
            {"en": "First call", "ru": "Первый звонок"},
            probability=10,
            expected_days=1,
            rots_after=3,
            script={
                "en": "Ask for the address, the number of openings, and when they may be measured.",
                "ru": "Узнайте адрес, сколько проёмов и когда удобно сделать замер.",
            },
            tasks=(
                TaskTemplate(
                    {"en": "Call back within 15 minutes", "ru": "Перезвонить за 15 минут"},
                    due=minutes(15),
                    reminders="first_call",
                    kind="call",
                    key="call_back",
                ),
            ),
            goals=(
                Goal(
                    "measurement_agreed",
                    {"en": "Agreed on a measurement", "ru": "Договорились о замере"},
                    to="measurements",
                ),
                REFUSED,
                Goal(
                    "later",
                    {"en": "Asked to call later", "ru": "Просит позже"},
                    outcome="postpone",
                    by=days(30),
                ),
                Goal(
                    "wants_repair",
                    {"en": "Wants a repair", "ru": "Нужен ремонт"},
                    outcome="branch",
                    to="window_service/request",
                ),
            ),
        ),
        Stage(
            "measurements",
            {"en": "Measurements", "ru": "Замер"},
            probability=30,
            expected_days=3,
            rots_after=7,
            enter=(Filled("windows.object_address"),),
            leave=(Attached("dimensions"),),
            tasks=(
                TaskTemplate(
                    {"en": "Measure the openings", "ru": "Сделать замер"},
                    due=working_days(2),
                    assignee="measurer",
                    kind="measurement",
                    key="measure",
                ),
            ),
            goals=(
                Goal("measured", {"en": "Dimensions are taken", "ru": "Размеры сняты"}, to="coordination"),
                REFUSED,
            ),
        ),
        Stage(
            "coordination",
            {"en": "Coordination", "ru": "Согласование"},
            probability=50,
            expected_days=5,
            rots_after=14,
            script={
                "en": "Name the price, the term and what is included; ask what speaks against it.",
                "ru": "Назовите цену, срок и что входит; спросите, что мешает согласиться.",
            },
            leave=(Filled("amount"),),
            tasks=(
                TaskTemplate(
                    {"en": "Count the cost and call", "ru": "Посчитать стоимость и позвонить"},
                    due=hours(2),
                    reminders="urgent",
                    kind="call",
                    key="tell_the_price",
                ),
            ),
            goals=(
                Goal("price_accepted", {"en": "The price is accepted", "ru": "Цена принята"}, to="payment"),
                REFUSED,
                Goal(
                    "thinking",
                    {"en": "Wants to think", "ru": "Думает"},
                    outcome="postpone",
                    by=working_days(5),
                ),
            ),
        ),
        Stage(
            "payment",
            {"en": "Payment", "ru": "Оплата"},
            probability=80,
            expected_days=5,
            rots_after=14,
            enter=(Filled("amount"),),
            documents=(StageDocument("invoice"),),
            tasks=(
                TaskTemplate(
                    {
                        "en": "Send the invoice and agree on the day of payment",
                        "ru": "Выслать счёт и узнать день оплаты",
                    },
                    due=hours(4),
                    key="send_invoice",
                ),
            ),
            goals=(Goal("paid", {"en": "Paid", "ru": "Оплачено"}, to="installation"), REFUSED),
        ),
        Stage(
            "installation",
            {"en": "Installation", "ru": "Монтаж"},
            probability=95,
            expected_days=14,
            rots_after=30,
            tasks=(
                TaskTemplate(
                    {"en": "Install", "ru": "Смонтировать"},
                    due=working_days(10),
                    assignee="installer",
                    kind="installation",
                    key="install",
                ),
            ),
            notices=(
                Notice(
                    "installer",
                    {"en": "An order is paid and waits for you.", "ru": "Заказ оплачен и ждёт вас."},
                ),
            ),
            goals=(Goal("installed", {"en": "Installed", "ru": "Смонтировано"}, to="act"),),
        ),
        Stage(
            "act",
            {"en": "Act and feedback", "ru": "Акт и отзыв"},
            probability=98,
            expected_days=3,
            rots_after=10,
            # The act that the documents plugin prepares is attached as "act": what counts is the one with signatures.
            leave=(Attached("signed_act"), Filled("windows.feedback")),
            documents=(StageDocument("act"),),
            tasks=(
                TaskTemplate(
                    {"en": "Get the act signed and ask how it was", "ru": "Подписать акт и узнать отзыв"},
                    due=working_days(2),
                    key="act_and_feedback",
                ),
            ),
            goals=(
                Goal(
                    "act_signed",
                    {"en": "The act is signed", "ru": "Акт подписан"},
                    to="won",
                    together="both_sides_done",
                ),
                Goal(
                    "feedback_given",
                    {"en": "Feedback is given", "ru": "Отзыв получен"},
                    to="won",
                    together="both_sides_done",
                ),
            ),
        ),
        Stage("won", {"en": "Won", "ru": "Успешно"}, outcome="won", probability=100, color="green"),
        Stage("lost", {"en": "Lost", "ru": "Отказ"}, outcome="lost", probability=0, color="red"),
    ),
)

SERVICE: Final = Pipeline(
    "window_service",
    {"en": "Repair and warranty", "ru": "Ремонт и гарантия"},
    stages=(
        Stage(
            "request",
            {"en": "Request", "ru": "Обращение"},
            expected_days=1,
            rots_after=3,
            tasks=(
                TaskTemplate(
                    {"en": "Find out what is broken", "ru": "Узнать, что сломалось"},
                    due=hours(2),
                    kind="call",
                    key="find_out",
                ),
            ),
            goals=(Goal("visit_agreed", {"en": "A visit is agreed", "ru": "Договорились о выезде"}), REFUSED),
        ),
        Stage(
            "visit",
            {"en": "Visit", "ru": "Выезд"},
            expected_days=5,
            rots_after=10,
            tasks=(
                TaskTemplate(
                    {"en": "Repair", "ru": "Починить"},
                    due=working_days(3),
                    assignee="installer",
                    key="repair",
                    blocks=True,
                ),
            ),
            goals=(Goal("repaired", {"en": "Repaired", "ru": "Починено"}), REFUSED),
        ),
        Stage("done", {"en": "Done", "ru": "Готово"}, outcome="won", probability=100, color="green"),
        Stage("refused", {"en": "Refused", "ru": "Отказ"}, outcome="lost", probability=0, color="red"),
    ),
)

PIPELINES: Final = (ORDERS, SERVICE)
"""The pipelines of the edition: orders first, for that is where a request begins."""
