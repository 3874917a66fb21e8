"""The closed sets of the plugin, and how people call what is in them."""

from enum import StrEnum

from cardfile.model.fields import Choice

__all__ = [
    "ENGINES",
    "FILE_STATES",
    "KINDS",
    "LANGUAGES",
    "STATUSES",
    "DocumentKind",
    "Engine",
    "FileState",
    "Language",
    "Status",
]


class DocumentKind(StrEnum):
    """What a document is for."""

    OFFER = "offer"
    INVOICE = "invoice"
    ACT = "act"
    CONTRACT = "contract"
    OTHER = "other"


class Language(StrEnum):
    """The languages that documents are written in."""

    RU = "ru"
    EN = "en"


class Engine(StrEnum):
    """What turns a template into a file."""

    TYPST = "typst"
    DOCX = "docx"


class Status(StrEnum):
    """How far a document is between the two parties.

    A draft has no number yet, for something that it needs is missing. One that was replaced has a newer
    revision.
    """

    DRAFT = "draft"
    ISSUED = "issued"
    SENT = "sent"
    SIGNED = "signed"
    PAID = "paid"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


class FileState(StrEnum):
    """How far the file of a document is."""

    RENDERING = "rendering"
    READY = "ready"
    FAILED = "failed"


KINDS = (
    Choice(
        DocumentKind.OFFER, {"en": "Offer", "ru": "Коммерческое предложение"}, synonyms=("кп", "quotation")
    ),
    Choice(DocumentKind.INVOICE, {"en": "Invoice", "ru": "Счёт"}, synonyms=("счёт на оплату", "bill")),
    Choice(DocumentKind.ACT, {"en": "Act of acceptance", "ru": "Акт"}, synonyms=("акт приёмки",)),
    Choice(DocumentKind.CONTRACT, {"en": "Contract", "ru": "Договор"}, synonyms=("agreement",)),
    Choice(DocumentKind.OTHER, {"en": "Other", "ru": "Другой"}),
)
LANGUAGES = (
    Choice(Language.RU, {"en": "Russian", "ru": "Русский"}),
    Choice(Language.EN, {"en": "English", "ru": "Английский"}),
)
ENGINES = (
    Choice(Engine.TYPST, {"en": "PDF, shipped", "ru": "PDF, встроенный"}),
    Choice(Engine.DOCX, {"en": "Word, one's own", "ru": "Word, свой файл"}),
)
STATUSES = (
    Choice(Status.DRAFT, {"en": "Draft", "ru": "Черновик"}),
    Choice(Status.ISSUED, {"en": "Issued", "ru": "Выпущен"}),
    Choice(Status.SENT, {"en": "Sent", "ru": "Отправлен"}),
    Choice(Status.SIGNED, {"en": "Signed", "ru": "Подписан"}),
    Choice(Status.PAID, {"en": "Paid", "ru": "Оплачен"}),
    Choice(Status.REPLACED, {"en": "Replaced", "ru": "Заменён"}),
    Choice(Status.CANCELLED, {"en": "Cancelled", "ru": "Отменён"}),
)
FILE_STATES = (
    Choice(FileState.RENDERING, {"en": "Being made", "ru": "Готовится"}),
    Choice(FileState.READY, {"en": "Ready", "ru": "Готов"}),
    Choice(FileState.FAILED, {"en": "Failed", "ru": "Не получился"}),
)
