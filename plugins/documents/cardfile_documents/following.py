"""What becomes of a document: sent, signed, paid, cancelled."""

from collections.abc import Mapping
from typing import Annotated, Final

from cardfile.errors import InvalidInput, Refused
from cardfile.journal import Call, command
from cardfile_documents.choices import STATUSES, DocumentKind, FileState, Status
from cardfile_documents.issuing import detach
from cardfile_documents.tables import Document

__all__ = ["cancel", "pay", "send", "sign"]

Reason = Annotated[str | None, "How, or why."]

_FROM: Final[Mapping[Status, tuple[Status, ...]]] = {
    Status.SENT: (Status.ISSUED,),
    Status.SIGNED: (Status.ISSUED, Status.SENT),
    Status.PAID: (Status.ISSUED, Status.SENT),
    Status.CANCELLED: (Status.DRAFT, Status.ISSUED, Status.SENT),
}
"""From what a document may become what."""


@command(
    "document.send",
    label={"en": "Mark as sent", "ru": "Отметить отправку"},
    done={"en": "sent", "ru": "отправка"},
)
async def send(call: Call, document: Document, *, reason: Reason = None) -> Document:
    """Say that a document has gone to the client; `reason` may tell how."""
    return await _become(call, document, Status.SENT, reason)


@command(
    "document.sign",
    label={"en": "Mark as signed", "ru": "Отметить подписание"},
    done={"en": "signed", "ru": "подписание"},
)
async def sign(call: Call, document: Document, *, reason: Reason = None) -> Document:
    """Say that a document is signed, or an offer accepted; invoices are paid instead."""
    if document.kind == DocumentKind.INVOICE:
        raise Refused("An invoice is not signed: mark it as paid.")
    return await _become(call, document, Status.SIGNED, reason)


@command(
    "document.pay",
    label={"en": "Mark as paid", "ru": "Отметить оплату"},
    done={"en": "paid", "ru": "оплата"},
)
async def pay(call: Call, document: Document, *, reason: Reason = None) -> Document:
    """Say that an invoice is paid."""
    if document.kind != DocumentKind.INVOICE:
        raise Refused("Only an invoice is paid: mark this document as signed.")
    return await _become(call, document, Status.PAID, reason)


@command(
    "document.cancel",
    label={"en": "Cancel", "ru": "Отменить"},
    done={"en": "cancelled", "ru": "отмена"},
)
async def cancel(call: Call, document: Document, *, reason: Annotated[str, "Why."]) -> Document:
    """Cancel a document that is neither signed nor paid; its number stays with it and is not given again."""
    if not reason.strip():
        raise InvalidInput("Say why the document is cancelled.", path=("reason",))
    await detach(call, document)
    return await _become(call, document, Status.CANCELLED, reason)


async def _become(call: Call, document: Document, status: Status, reason: str | None) -> Document:
    if document.status not in _FROM[status]:
        raise Refused(
            "This document is {status} already: that cannot be changed.",
            status=next(one.label for one in STATUSES if one.key == document.status),
        )
    if status is not Status.CANCELLED and document.file_state != FileState.READY:
        raise Refused("The file of this document is not ready yet.")
    return await call.write(document, status=status.value, reason=reason)
