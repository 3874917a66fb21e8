"""Cells that hold contacts of several kinds at once: phones and e-mails beside each other."""

import re
from dataclasses import dataclass

__all__ = ["Contacts", "parted_contacts"]

_email = re.compile(r"(?:mailto:)?[^@\s<>,;|/]+@[^@\s<>,;|/]+\.[^\W\d_]{2,}", re.IGNORECASE)
_label = re.compile(
    r"(?:адрес\s+)?(?:e-?mail|эл\.?\s*почта|электронная\s+почта|почта|пошта)\s*[:\-–—]?\s*$", re.IGNORECASE
)
_edges = " \t\n\r,;|/<>()"


@dataclass(frozen=True, slots=True)
class Contacts:
    """The text of a cell without its e-mails, and these."""

    rest: str
    emails: tuple[str, ...]


def parted_contacts(text: str) -> Contacts:
    """Return the e-mails in `text` and what is left of it; every other word of it stays.

    `8 916 123-45-67, anna@example.com` gives `8 916 123-45-67` and the address.
    """
    emails: list[str] = []
    rest: list[str] = []
    end = 0
    for found in _email.finditer(text):
        rest.append(_label.sub("", text[end : found.start()]).strip(_edges))
        emails.append(found[0])
        end = found.end()
    rest.append(text[end:].strip(_edges))
    return Contacts("; ".join(piece for piece in rest if piece), tuple(emails))
