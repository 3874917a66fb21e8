"""What the lines of a document come to: sums, tax, and all of it as text."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from babel.numbers import format_decimal

from cardfile.errors import Refused
from cardfile.values.money import Money, format_money, minor_digits
from cardfile_documents.settings import DocumentsSettings, VatMode
from cardfile_documents.words import money_words

__all__ = ["Sold", "Totals", "plain_money", "totals_of"]

SPACE: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Sold:
    """One line: its sum after the discount, and its rate of tax in per cent if it has one of its own."""

    sum: Money
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document comes to: the sum of its lines, the tax by rate, and what is to be paid.

    `change` is by how much people have agreed to pay more than the lines come to, or less.
    """

    sum: Money
    taxes: Mapping[Decimal, Money]
    total: Money
    mode: VatMode
    change: int = 0

    def values(self, language: str, count: int) -> dict[str, object]:
        """Return it as templates take it."""
        texts = _TEXTS[language]
        rows: list[dict[str, object]] = []
        if self.taxes or self.change or self.mode is VatMode.NONE:
            rows.append({"label": texts["sum"] + ":", "value": format_money(self.sum, language)})
        if self.change:
            label = texts["less" if self.change < 0 else "more"]
            changed = format_money(Money(self.change, self.sum.currency), language)
            rows.append({"label": label + ":", "value": changed})
        for rate, tax in self.taxes.items():
            label = texts["within" if self.mode is VatMode.INCLUDED else "on_top"]
            shown = format_decimal(rate.normalize(), locale=language)
            rows.append({"label": f"{label} {shown}{SPACE}%:", "value": format_money(tax, language)})
        if not self.taxes and texts["no_tax"]:
            rows.append({"label": texts["no_tax"] + ":", "value": "–"})
        rows.append(
            {"label": texts["total"] + ":", "value": format_money(self.total, language), "strong": True}
        )
        taxes = sum(one.minor for one in self.taxes.values())
        return {
            "rows": rows,
            "count": str(count),
            "sum": format_money(self.sum, language),
            "tax": format_money(Money(taxes, self.total.currency), language) if self.taxes else "",
            "total": format_money(self.total, language),
            "words": money_words(self.total, language),
            "currency": self.total.currency,
        }


_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "ru": {
        "sum": "Итого",
        "within": "В том числе НДС",
        "on_top": "НДС",
        "no_tax": "Без налога (НДС)",
        "less": "Скидка по договорённости",
        "more": "Надбавка по договорённости",
        "total": "Всего к оплате",
    },
    "en": {
        "sum": "Subtotal",
        "within": "Including VAT",
        "on_top": "VAT",
        "no_tax": "",
        "less": "Agreed discount",
        "more": "Agreed surcharge",
        "total": "Total",
    },
}


def totals_of(
    sold: Iterable[Sold], settings: DocumentsSettings, *, agreed: Money | None = None
) -> Totals | None:
    """Return what lines come to, None where there are none; raises `Refused` for several currencies.

    The tax is reckoned once for each rate, not for each line, and rounded half up. `agreed` is what people have
    agreed on instead of the sum of the lines, before a tax on top; all rates share in the difference.
    """
    sums: dict[Decimal, int] = defaultdict(int)
    currencies: set[str] = set()
    for one in sold:
        currencies.add(one.sum.currency)
        rate = one.rate if one.rate is not None else settings.vat_rate or Decimal(0)
        sums[rate] += one.sum.minor
    if not currencies:
        return None
    if len(currencies) > 1:
        raise Refused(
            "The lines are in several currencies ({currencies}): a document has one.",
            currencies=", ".join(sorted(currencies)),
        )
    (currency,) = currencies
    whole = sum(sums.values())
    change = 0
    if agreed is not None and agreed.currency == currency and whole > 0:
        change = agreed.minor - whole
        sums = _shared(sums, whole, agreed.minor)
    taxes = {
        rate: Money(_tax(minor, rate, settings.vat), currency)
        for rate, minor in sorted(sums.items())
        if rate and settings.vat is not VatMode.NONE
    }
    added = sum(tax.minor for tax in taxes.values()) if settings.vat is VatMode.ON_TOP else 0
    total = Money(whole + change + added, currency)
    return Totals(Money(whole, currency), taxes, total, settings.vat, change)


def plain_money(money: Money, language: str) -> str:
    """Return a sum without its currency, with all its decimals: for the columns of a table."""
    digits = minor_digits(money.currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text: str = format_decimal(money.amount, format=pattern, locale=language)
    return text


def _shared(sums: Mapping[Decimal, int], whole: int, agreed: int) -> dict[Decimal, int]:
    """Return the sums by rate, together `agreed` instead of `whole`; the largest takes what rounding leaves."""
    found = {rate: minor * agreed // whole for rate, minor in sums.items()}
    found[max(sums, key=sums.__getitem__)] += agreed - sum(found.values())
    return found


def _tax(minor: int, rate: Decimal, mode: VatMode) -> int:
    part = rate / (100 + rate) if mode is VatMode.INCLUDED else rate / 100
    return int((minor * part).quantize(Decimal(1), rounding=ROUND_HALF_UP))
