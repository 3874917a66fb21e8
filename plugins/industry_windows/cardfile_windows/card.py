"""What a window company adds to the card of a deal."""

from typing import Final

from cardfile.model.computed import latest, total
from cardfile.model.fields import CardField, Kind
from cardfile_windows.choices import BUILDINGS, FEEDBACK
from cardfile_windows.entities import measurements, openings

__all__ = ["CARD_FIELDS"]

CARD_FIELDS: Final = (
    CardField(
        "object_address",
        {"en": "Address of the object", "ru": "Адрес объекта"},
        Kind.TEXT,
        on="deal",
        max_length=500,
        synonyms=(
            "адрес",
            "адрес монтажа",
            "адреса",
            "адреса монтажу",
            "адреса об'єкта",
            "мекенжайы",
            "нысан мекенжайы",
            "адрес установки",
            "адрес замера",
            "объект",
            "site",
            "address",
        ),
        slots=("header", "list", "card"),
        position=10,
    ),
    CardField(
        "floor",
        {"en": "Floor", "ru": "Этаж"},
        Kind.INTEGER,
        on="deal",
        synonyms=(
            "этажность",
            "поверх",
            "қабат",
        ),
        position=11,
    ),
    CardField(
        "building",
        {"en": "Building", "ru": "Тип здания"},
        Kind.CHOICE,
        on="deal",
        choices=BUILDINGS,
        synonyms=("здание", "тип дома", "building type"),
        position=12,
    ),
    CardField(
        "openings_number",
        {"en": "Number of openings", "ru": "Количество проёмов"},
        Kind.INTEGER,
        on="deal",
        hint={"en": "As the client says before anybody has measured", "ru": "Со слов клиента, до замера"},
        synonyms=(
            "окон",
            "количество окон",
            "кількість вікон",
            "терезе саны",
            "сколько окон",
            "кол-во проёмов",
            "windows",
        ),
        position=13,
    ),
    CardField(
        "install_by",
        {"en": "To be installed by", "ru": "Смонтировать до"},
        Kind.DATE,
        on="deal",
        synonyms=(
            "срок монтажа",
            "дата монтажа",
            "термін монтажу",
            "дата монтажу",
            "орнату мерзімі",
            "install by",
        ),
        slots=("list", "card"),
        position=20,
    ),
    CardField(
        "prepayment",
        {"en": "Prepayment", "ru": "Предоплата"},
        Kind.MONEY,
        on="deal",
        synonyms=("аванс", "задаток", "передоплата", "алдын ала төлем", "prepaid"),
        position=30,
    ),
    CardField(
        "feedback_score",
        {"en": "Feedback", "ru": "Оценка"},
        Kind.CHOICE,
        on="deal",
        choices=FEEDBACK,
        synonyms=("оценка клиента", "score"),
        position=40,
    ),
    CardField(
        "feedback",
        {"en": "What the client said", "ru": "Отзыв"},
        Kind.LONG_TEXT,
        on="deal",
        synonyms=("отзыв клиента", "feedback"),
        position=41,
    ),
    CardField(
        "last_measurement",
        {"en": "Last measurement", "ru": "Последний замер"},
        Kind.DATETIME,
        on="deal",
        computed=latest(measurements.measured_at),
        stored=True,
        slots=("list", "card"),
        position=50,
    ),
    CardField(
        "openings_measured",
        {"en": "Openings measured", "ru": "Проёмов по замеру"},
        Kind.INTEGER,
        on="deal",
        computed=total(openings.quantity),
        stored=True,
        position=51,
    ),
    CardField(
        "estimate_accepted",
        {"en": "Accepted estimate", "ru": "Принятая смета"},
        Kind.MONEY,
        on="deal",
        read_only=True,
        position=52,
    ),
)
"""The lines of a window company on the card of a deal."""
