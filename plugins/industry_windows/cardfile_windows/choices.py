"""The closed lists of the trade."""

from enum import StrEnum
from typing import Final

from cardfile.model.fields import Choice

__all__ = [
    "BUILDINGS",
    "CLAIM_KINDS",
    "CLAIM_STATUSES",
    "ESTIMATE_STATUSES",
    "FEEDBACK",
    "INSTALLATION_STATUSES",
    "MEASUREMENT_STATUSES",
    "OPENING_KINDS",
    "ClaimKind",
    "ClaimStatus",
    "EstimateStatus",
    "Feedback",
    "InstallationStatus",
    "MeasurementStatus",
    "OpeningKind",
]


class MeasurementStatus(StrEnum):
    """How far a measurement is."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class EstimateStatus(StrEnum):
    """What became of an estimate."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"


class InstallationStatus(StrEnum):
    """How far an installation is."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


class ClaimStatus(StrEnum):
    """How far a warranty claim is."""

    NEW = "new"
    IN_WORK = "in_work"
    SOLVED = "solved"
    REFUSED = "refused"


class OpeningKind(StrEnum):
    """What is to stand in an opening."""

    WINDOW = "window"
    BALCONY_DOOR = "balcony_door"
    BALCONY = "balcony"
    DOOR = "door"


class ClaimKind(StrEnum):
    """What a warranty claim is about."""

    ADJUSTMENT = "adjustment"
    LEAK = "leak"
    GLASS = "glass"
    FITTINGS = "fittings"
    OTHER = "other"


class Feedback(StrEnum):
    """How the client liked it."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


BUILDINGS: Final = (
    Choice("flat", {"en": "Flat", "ru": "Квартира"}, synonyms=("многоквартирный", "новостройка")),
    Choice("house", {"en": "House", "ru": "Частный дом"}, synonyms=("дом", "коттедж")),
    Choice("country_house", {"en": "Country house", "ru": "Дача"}),
    Choice("office", {"en": "Office", "ru": "Офис"}),
    Choice("other", {"en": "Other", "ru": "Другое"}),
)
OPENING_KINDS: Final = (
    Choice(OpeningKind.WINDOW, {"en": "Window", "ru": "Окно"}),
    Choice(OpeningKind.BALCONY_DOOR, {"en": "Balcony door", "ru": "Балконная дверь"}),
    Choice(
        OpeningKind.BALCONY,
        {"en": "Balcony glazing", "ru": "Остекление балкона"},
        synonyms=("балкон", "лоджия"),
    ),
    Choice(OpeningKind.DOOR, {"en": "Door", "ru": "Дверь"}),
)
MEASUREMENT_STATUSES: Final = (
    Choice(MeasurementStatus.PLANNED, {"en": "Planned", "ru": "Назначен"}),
    Choice(MeasurementStatus.DONE, {"en": "Done", "ru": "Выполнен"}, color="green"),
    Choice(MeasurementStatus.CANCELLED, {"en": "Cancelled", "ru": "Отменён"}),
)
ESTIMATE_STATUSES: Final = (
    Choice(EstimateStatus.DRAFT, {"en": "Draft", "ru": "Черновик"}),
    Choice(EstimateStatus.SENT, {"en": "Sent", "ru": "Отправлен"}),
    Choice(EstimateStatus.ACCEPTED, {"en": "Accepted", "ru": "Принят"}, color="green"),
    Choice(EstimateStatus.REFUSED, {"en": "Refused", "ru": "Отклонён"}, color="red"),
    Choice(EstimateStatus.REPLACED, {"en": "Replaced", "ru": "Заменён"}),
)
INSTALLATION_STATUSES: Final = (
    Choice(InstallationStatus.PLANNED, {"en": "Planned", "ru": "Назначен"}),
    Choice(InstallationStatus.STARTED, {"en": "Under way", "ru": "Идёт"}),
    Choice(InstallationStatus.DONE, {"en": "Done", "ru": "Выполнен"}, color="green"),
    Choice(InstallationStatus.CANCELLED, {"en": "Cancelled", "ru": "Отменён"}),
)
CLAIM_KINDS: Final = (
    Choice(ClaimKind.ADJUSTMENT, {"en": "Adjustment", "ru": "Регулировка"}),
    Choice(ClaimKind.LEAK, {"en": "Leak", "ru": "Продувает или течёт"}),
    Choice(ClaimKind.GLASS, {"en": "Glass", "ru": "Стеклопакет"}),
    Choice(ClaimKind.FITTINGS, {"en": "Fittings", "ru": "Фурнитура"}),
    Choice(ClaimKind.OTHER, {"en": "Other", "ru": "Другое"}),
)
FEEDBACK: Final = (
    Choice(Feedback.EXCELLENT, {"en": "Excellent", "ru": "Отлично"}, color="green", synonyms=("5",)),
    Choice(Feedback.GOOD, {"en": "Good", "ru": "Хорошо"}, synonyms=("4",)),
    Choice(Feedback.FAIR, {"en": "Fair", "ru": "Удовлетворительно"}, synonyms=("3",)),
    Choice(Feedback.POOR, {"en": "Poor", "ru": "Плохо"}, color="red", synonyms=("1", "2")),
)
CLAIM_STATUSES: Final = (
    Choice(ClaimStatus.NEW, {"en": "New", "ru": "Новая"}),
    Choice(ClaimStatus.IN_WORK, {"en": "In work", "ru": "В работе"}),
    Choice(ClaimStatus.SOLVED, {"en": "Solved", "ru": "Устранена"}, color="green"),
    Choice(ClaimStatus.REFUSED, {"en": "Not ours", "ru": "Не гарантия"}),
)
