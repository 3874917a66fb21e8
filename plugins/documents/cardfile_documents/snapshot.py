"""The snapshot of a deal: all that a document may say, as plain values, as its author sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date

from cardfile.access import User
from cardfile.clients import Client, ContactPoint
from cardfile.deals import Deal, DealLine
from cardfile.errors import Refused
from cardfile.journal import Call
from cardfile.values.money import Money
from cardfile.values.phone import format_phone
from cardfile_documents.choices import DocumentKind
from cardfile_documents.settings import DocumentsSettings
from cardfile_documents.sight import Sight, at_path, plain
from cardfile_documents.sums import Sold, plain_money, totals_of

__all__ = ["Snapshot", "take_snapshot"]

MOST_LINES: Final = 10_000

_NEEDED: Final[Mapping[str, tuple[DocumentKind, ...]]] = {
    "seller.name": tuple(DocumentKind),
    "seller.bank": (DocumentKind.INVOICE,),
    "seller.account": (DocumentKind.INVOICE,),
    "buyer.name": tuple(DocumentKind),
    "totals.total": (DocumentKind.OFFER, DocumentKind.INVOICE, DocumentKind.ACT),
}
"""What documents of a kind cannot be without."""

_CALLED: Final[Mapping[str, str]] = {
    "seller.name": "the name of the seller (settings: [documents.seller] name)",
    "seller.bank": "the bank of the seller (settings: [documents.seller] bank)",
    "seller.account": "the account of the seller (settings: [documents.seller] account or iban)",
    "buyer.name": "the name of the client",
    "totals.total": "the amount: lines of the deal with prices, or its amount",
}
_HIDDEN: Final = "{what}, which is hidden from you"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a document says, and what is still missing in it, in sentences to its author."""

    values: dict[str, Any]
    amount: Money | None
    missing: tuple[str, ...]

    def numbered(self, number: str, revision: int) -> dict[str, Any]:
        """Return the values with the number in them."""
        document = {**self.values["document"], "number": plain(number), "revision": str(revision)}
        return {**self.values, "document": document}


async def take_snapshot(
    call: Call, settings: DocumentsSettings, deal: Deal, kind: DocumentKind, language: str
) -> Snapshot:
    """Return what a document of `deal` says, from what the acting person may see and from the settings."""
    sight = Sight(call, language)
    client = next(iter(await call.load(Client, [deal.client])), None)
    deal_texts = await sight.texts(deal)
    client_texts = await sight.texts(client) if client else {}
    lines, sold = await _lines(call, sight, deal, language)
    totals = totals_of(sold, settings, agreed=await _agreed(sight, deal))
    today = call.now.astimezone(ZoneInfo(call.settings.zone)).date()
    days = {DocumentKind.INVOICE: settings.pay_days, DocumentKind.OFFER: settings.valid_days}.get(kind, 0)
    values: dict[str, Any] = {
        "language": language,
        "document": {
            "kind": kind.value,
            "number": "",
            "revision": "1",
            "date": _day(today, language),
            "due": _day(today + timedelta(days=days), language) if days else "",
            "subject": str(deal_texts.get("title", "")),
            "object": _address(call, settings, deal_texts, client_texts),
        },
        "seller": {key: plain(value) for key, value in settings.seller.values.items()},
        "buyer": await _buyer(call, sight, deal, client, client_texts) if client else {},
        "manager": await _manager(call, sight, deal),
        "lines": lines,
        "totals": totals.values(language, len(lines)) if totals else {},
        "deal": deal_texts,
        "client": client_texts,
    }
    return Snapshot(values, totals.total if totals else None, _missing(call, kind, values, client))


def _missing(
    call: Call, kind: DocumentKind, values: Mapping[str, Any], client: Client | None
) -> tuple[str, ...]:
    found = []
    for path, kinds in _NEEDED.items():
        if kind not in kinds or at_path(values, path):
            continue
        if path == "seller.account" and at_path(values, "seller.iban"):
            continue
        what = call.texts.say(_CALLED[path])
        is_hidden = (path == "totals.total" and not _sees_sums(call)) or (
            path == "buyer.name" and (client is None or not call.rights.sees("client", "name"))
        )
        found.append(call.texts.say(_HIDDEN, what=what) if is_hidden else what)
    return tuple(found)


def _sees_sums(call: Call) -> bool:
    return call.rights.sees("deal", "amount") and call.rights.sees("deal_line", "amount")


async def _lines(
    call: Call, sight: Sight, deal: Deal, language: str
) -> tuple[list[dict[str, str]], list[Sold]]:
    """Return the lines as texts and as sums; a deal without lines is one line of its own."""
    wanted = {"deal": {"id": {"eq": deal.id}}}
    found = await call.find(DealLine, filter=wanted, order=("position", "id"), limit=MOST_LINES + 1)
    if len(found) > MOST_LINES:
        raise Refused("The deal has more than {limit} lines: split it.", limit=MOST_LINES)
    lines, sold = [], []
    for number, one in enumerate(found, start=1):
        price, amount = await sight.value(one, "price"), await sight.value(one, "amount")
        lines.append(
            {
                "number": str(number),
                "title": await sight.text(one, "name"),
                "quantity": await sight.text(one, "quantity"),
                "unit": await sight.text(one, "unit"),
                "price": plain_money(price, language) if isinstance(price, Money) else "",
                "discount": await sight.text(one, "discount"),
                "sum": plain_money(amount, language) if isinstance(amount, Money) else "",
            }
        )
        if isinstance(amount, Money):
            rate = await sight.value(one, "vat")
            sold.append(Sold(amount, Decimal(rate).scaleb(-2) if isinstance(rate, int) else None))
    if not found:
        amount = await sight.value(deal, "amount")
        title = await sight.text(deal, "title")
        if isinstance(amount, Money) and title:
            sold.append(Sold(amount))
            shown = plain_money(amount, language)
            lines.append({"number": "1", "title": title, "quantity": "1", "price": shown, "sum": shown})
    return lines, sold


async def _agreed(sight: Sight, deal: Deal) -> Money | None:
    """Return the amount of the deal where somebody has set it by hand."""
    amount = await sight.value(deal, "amount") if await sight.value(deal, "amount_by_hand") else None
    return amount if isinstance(amount, Money) else None


async def _buyer(
    call: Call, sight: Sight, deal: Deal, client: Client, texts: Mapping[str, object]
) -> dict[str, str]:
    found = {
        "name": str(texts.get("name", "")),
        "inn": str(texts.get("tax_number", "")),
        "address": str(texts.get("address") or texts.get("city") or ""),
        "phone": await _reached(call, client, "phone", sight),
        "email": await _reached(call, client, "email", sight),
    }
    contact = await sight.value(deal, "contact")
    if isinstance(contact, int):
        people = await call.load(Client, [contact])
        found["contact"] = await sight.text(people[0], "name") if people else ""
    return {key: value for key, value in found.items() if value}


async def _reached(call: Call, client: Client, kind: str, sight: Sight) -> str:
    """Return the main phone or e-mail of the client, as far as it is seen."""
    if not call.rights.sees("client", f"{kind}s"):
        return ""
    wanted = {"client": {"id": {"eq": client.id}}, "kind": {"eq": kind}}
    found = await call.find(ContactPoint, filter=wanted, order=("-is_primary", "id"), limit=1)
    text = await sight.text(found[0], "value") if found else ""
    return format_phone(text, sight.language) if kind == "phone" and text else text


async def _manager(call: Call, sight: Sight, deal: Deal) -> dict[str, str]:
    owner = await sight.value(deal, "owner")
    people = await call.load(User, [owner]) if isinstance(owner, int) else []
    if not people:
        return {}
    found = {"name": await sight.text(people[0], "name"), "email": await sight.text(people[0], "login")}
    return {key: value for key, value in found.items() if value}


def _address(
    call: Call,
    settings: DocumentsSettings,
    deal: Mapping[str, object],
    client: Mapping[str, object],
) -> str:
    """Return the address of the site: the first that is filled of the named fields, or of the deal's own."""
    paths = settings.address or tuple(
        f"deal.{path}"
        for path, line in call.app.model["deal"].lines.items()
        if line.key == "address" or line.key.endswith("_address")
    )
    places = {"deal": deal, "client": client}
    return next((text for path in paths if (text := at_path(places, path))), "")


def _day(day: Any, language: str) -> str:
    pattern = "d MMMM y 'г.'" if language == "ru" else "d MMMM y"
    text: str = format_date(day, pattern, locale=language)
    return text
