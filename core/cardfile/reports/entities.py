"""What people see of sales plans."""

from typing import Final

from cardfile.model.entities import Entity, Owned
from cardfile.model.fields import Field, Kind
from cardfile.reports.tables import SalesPlan

__all__ = ["ENTITIES", "sales_plans"]

sales_plans = Entity(
    SalesPlan,
    label={"en": "Sales plan", "ru": "План продаж"},
    plural={"en": "Sales plans", "ru": "Планы продаж"},
    description="What a person, a team or the whole company is to win in a month.",
    fields=(
        Field(
            "month",
            {"en": "Month", "ru": "Месяц"},
            Kind.DATE,
            required=True,
            synonyms=("период", "дата", "period"),
            hint={"en": "Any day of it", "ru": "Любой его день"},
            slots=("header", "list", "card"),
            position=10,
        ),
        Field(
            "owner",
            {"en": "Manager", "ru": "Менеджер"},
            Kind.USER,
            synonyms=("ответственный", "сотрудник", "responsible"),
            hint={
                "en": "Whose plan it is; of a team its head, nobody for the whole company",
                "ru": "Чей это план; у команды её руководитель, у всей компании никто",
            },
            slots=("header", "list", "card"),
            position=20,
        ),
        Field(
            "team",
            {"en": "Team", "ru": "Команда"},
            Kind.REFERENCE,
            to="team",
            synonyms=("отдел", "department"),
            hint={"en": "When the plan is the whole team's", "ru": "Если это план всей команды"},
            slots=("list", "card"),
            position=30,
        ),
        Field(
            "amount",
            {"en": "Plan", "ru": "План"},
            Kind.MONEY,
            required=True,
            synonyms=("сумма", "план продаж", "amount", "target"),
            slots=("header", "list", "card"),
            position=40,
        ),
        Field("note", {"en": "Note", "ru": "Примечание"}, Kind.TEXT, position=50),
        Field(
            "mark",
            {"en": "For whom and when", "ru": "Для кого и когда"},
            Kind.TEXT,
            read_only=True,
            transfer=False,
            slots=(),
        ),
    ),
    visibility=Owned("owner"),
    unique=("mark",),
    alike=(("month", "owner"), ("month", "team")),
    order=("-month", "id"),
    importable=True,
)

ENTITIES: Final = (sales_plans,)
"""The entities of this room."""
