"""The templates that come with the plugin."""

from typing import Final

from cardfile.seeds import Seed
from cardfile_documents.choices import DocumentKind, Engine, Language
from cardfile_documents.tables import Template

__all__ = ["SHIPPED"]

_TITLES: Final = (
    (DocumentKind.OFFER, Language.RU, "Коммерческое предложение"),
    (DocumentKind.OFFER, Language.EN, "Quotation"),
    (DocumentKind.INVOICE, Language.RU, "Счёт на оплату"),
    (DocumentKind.INVOICE, Language.EN, "Invoice"),
    (DocumentKind.ACT, Language.RU, "Акт сдачи-приёмки"),
    (DocumentKind.ACT, Language.EN, "Certificate of acceptance"),
)

SHIPPED: Final = tuple(
    Seed(
        Template,
        "documents",
        f"{kind}_{language}",
        {
            "key": f"{kind}_{language}",
            "kind": kind.value,
            "language": language.value,
            "title": title,
            "engine": Engine.TYPST.value,
            "source": kind.value,
        },
    )
    for kind, language, title in _TITLES
)
"""The rows of the shipped templates; their sources stay in the package, so a newer plugin brings newer ones."""
