"""What an order costs: estimates in revisions, and their lines."""

from typing import Final

from cardfile.model.entities import Entity
from cardfile.model.fields import Field, Kind
from cardfile_windows.choices import ESTIMATE_STATUSES, EstimateStatus
from cardfile_windows.tables import Estimate, EstimateLine

__all__ = ["estimate_lines", "estimates"]

SUM: Final = {"en": "Sum", "ru": "Сумма"}

estimates = Entity(
    Estimate,
    label={"en": "Estimate", "ru": "Смета"},
    plural={"en": "Estimates", "ru": "Сметы"},
    description="What an order costs, in one revision.",
    fields=(
        Field("revision", {"en": "Revision", "ru": "Редакция"}, Kind.INTEGER, default=1, read_only=True),
        Field(
            "status",
            {"en": "Status", "ru": "Статус"},
            Kind.CHOICE,
            choices=ESTIMATE_STATUSES,
            default=EstimateStatus.DRAFT.value,
            read_only=True,
        ),
        Field(
            "previous", {"en": "Replaces", "ru": "Заменяет"}, Kind.REFERENCE, to="estimate", read_only=True
        ),
        Field("total", {"en": "Total", "ru": "Итого"}, Kind.MONEY, read_only=True),
        Field("valid_until", {"en": "Valid until", "ru": "Действует до"}, Kind.DATE),
        Field("sent_at", {"en": "Sent at", "ru": "Отправлена"}, Kind.DATETIME, read_only=True),
        Field("decided_at", {"en": "Decided at", "ru": "Решение принято"}, Kind.DATETIME, read_only=True),
        Field("note", {"en": "Note", "ru": "Примечание"}, Kind.LONG_TEXT),
    ),
    on="deal",
    unique=(("deal", "revision"),),
    order=("-revision", "-id"),
    actions=("read", "edit"),
)

estimate_lines = Entity(
    EstimateLine,
    label={"en": "Line of an estimate", "ru": "Позиция сметы"},
    plural={"en": "Lines of estimates", "ru": "Позиции смет"},
    collection="lines",
    description="One line of an estimate; its sum is quantity times price, less the discount.",
    fields=(
        Field("opening", {"en": "Opening", "ru": "Проём"}, Kind.REFERENCE, to="opening", read_only=True),
        Field("product", {"en": "Product", "ru": "Товар"}, Kind.REFERENCE, to="product", read_only=True),
        Field("name", {"en": "Name", "ru": "Название"}, Kind.TEXT, max_length=300, read_only=True),
        Field(
            "quantity",
            {"en": "Quantity", "ru": "Количество"},
            Kind.DECIMAL,
            scale=3,
            default=1_000,
            read_only=True,
        ),
        Field("unit", {"en": "Unit", "ru": "Единица"}, Kind.TEXT, max_length=40, read_only=True),
        Field("price", {"en": "Price", "ru": "Цена"}, Kind.MONEY, read_only=True),
        Field("discount", {"en": "Discount", "ru": "Скидка"}, Kind.PERCENT, read_only=True),
        Field("vat", {"en": "VAT", "ru": "НДС"}, Kind.PERCENT, read_only=True),
        Field("amount", SUM, Kind.MONEY, read_only=True),
        Field(
            "position",
            {"en": "Place in the list", "ru": "Место в списке"},
            Kind.INTEGER,
            default=100,
            slots=(),
        ),
    ),
    on="estimate",
    order=("position", "id"),
    title="name",
    actions=("read",),
)
