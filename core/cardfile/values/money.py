"""Sums of money: what people type ↔ minor units and an ISO 4217 code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.numbers import NumberPattern, parse_pattern

from cardfile.errors import InvalidInput
from cardfile.values.cell import UnitNumber, is_empty, shown
from cardfile.values.numbers import known_locale, parse_scaled
from cardfile.values.text import clean

__all__ = ["CURRENCIES", "Money", "format_money", "minor_digits", "parse_money"]

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UYW UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW
ZWG
"""

CURRENCIES: Final = frozenset(_CODES.split())
"""The currencies in use, by ISO 4217 list one, without funds and metals; BGN stays for older deals."""

# ISO 4217 list one, column "minor unit"; all others have two digits. CLDR differs: it tells what is usual.
_BY_MINOR_DIGITS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_MINOR_DIGITS: Mapping[str, int] = {
    code: digits for digits, codes in _BY_MINOR_DIGITS.items() for code in codes.split()
}

_WORDS: Mapping[str, str] = {
    "RUB": "₽ руб рубль рубля рублей рубли р rur rouble roubles ruble rubles т.р тр",
    "USD": "$ us$ долл доллар доллара долларов доллары dollar dollars",
    "EUR": "€ евро euro euros",
    "KZT": "₸ тг тенге tenge",
    "UAH": "₴ грн гривна гривны гривен hryvnia",
    "GBP": "£ фунт фунта фунтов pound pounds",
    "BYN": "br бел.руб",
    "UZS": "сум сумов",
    "KGS": "сом сомов",
    "GEL": "₾ лари",
    "AMD": "֏ драм драмов",
    "AZN": "₼ манат манатов",
    "TRY": "₺",
    "INR": "₹",
    "ILS": "₪",
    "KRW": "₩",
    "VND": "₫",
    "PLN": "zł злотый злотых",
    "CNY": "cn¥ юань юаня юаней yuan",
    "JPY": "jp¥ иена иены иен yen",
}
_CURRENCY_OF: Mapping[str, str] = {
    **{code.lower(): code for code in CURRENCIES},
    **{word: code for code, words in _WORDS.items() for word in words.split()},
}
_THOUSANDS_OF_ROUBLES = frozenset(("т.р", "тр"))

_LIMIT = 80
_NUMBER = r"[0-9][0-9.,\s'’`ʼ]*[0-9]|[.,]?[0-9]+"
_FACTOR = "|".join(
    (
        r"тыс(?:яч[аи]?)?\.?|млн\.?|миллион(?:а|ов)?|млрд\.?|миллиард(?:а|ов)?",
        r"k|к|thousand|mln\.?|million|bn|billion",
    )
)
_SIGN = r"[-+\u2212\u2013\u2012]"
_CURRENCY = r"[^\W\d_][^\W\d_]*(?:\.\s?[^\W\d_]+)*[$¥]?|[$€₽₸₴£¥₾֏₼₺₹₪₩₫]"
_written = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>{_SIGN})?\s*(?:(?P<before>{_CURRENCY})\.?)?\s*(?P<inner>{_SIGN})?\s*"
    rf"(?P<number>{_NUMBER})\s*(?:(?P<factor>{_FACTOR})(?![^\W\d_]))?\s*(?:(?P<after>{_CURRENCY})\.?)?"
    r"(?:\s*(?P<kopecks>[0-9]{1,2})\s*коп(?:еек|ейки|ейка)?\.?)?\s*(?P<close>\))?",
    re.IGNORECASE,
).fullmatch


# How book-keepers write that there are no kopecks: "1 000-00", "1 000=", "1 000.-".
_whole_end = re.compile(r"(?<=[0-9])(?:[.,]?[-–—=]|[-–—=]00)$").sub


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in the minor units of its currency: 12 roubles are `Money(1200, "RUB")`."""

    minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        """The sum in whole units of the currency, exact."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency has by ISO 4217; raises `InvalidInput` for an unknown code."""
    if currency not in CURRENCIES:
        raise InvalidInput(
            "{value} is not a currency: write a code like RUB, USD or EUR.", value=shown(currency)
        )
    return _MINOR_DIGITS.get(currency, 2)


def parse_money(raw: object, *, currency: str, decimal: str | None = None) -> Money:
    """Return the sum in `raw`; a currency that it names itself goes before `currency`.

    Nobody writes money with three decimals where the currency has fewer, so there `12,345` is twelve
    thousand; elsewhere `decimal`, the mark of the author, decides.
    """
    if isinstance(raw, UnitNumber):
        return _money_of_cell(raw, currency)
    if not isinstance(raw, str):
        return Money(parse_scaled(raw, minor_digits(currency)), currency)
    text = _whole_end("", clean(raw[: _LIMIT + 1]))
    if is_empty(text):
        raise InvalidInput("The sum is empty.")
    found = _written(text) if len(text) <= _LIMIT else None
    if not found or bool(found["open"]) != bool(found["close"]) or (found["before"] and found["after"]):
        raise _refusal(raw)
    signs = [sign for sign in (found["sign"], found["inner"]) if sign]
    if len(signs) > 1 or (signs and found["open"]):
        raise _refusal(raw)
    word = (found["before"] or found["after"] or "").lower().replace(" ", "")
    currency = _currency(word, currency, raw) if word else currency
    minor = _minor(found, word, currency, raw, decimal=decimal)
    return Money(-minor if found["open"] or "".join(signs) not in ("", "+") else minor, currency)


def format_money(money: Money, locale: str) -> str:
    """Return the sum for people, with as many decimals as its currency has and with its sign."""
    pattern = _pattern(locale, minor_digits(money.currency))
    text: str = pattern.apply(
        money.amount, known_locale(locale), currency=money.currency, currency_digits=False
    )
    return text


@lru_cache(maxsize=64)
def _pattern(locale: str, digits: int) -> NumberPattern:
    pattern = parse_pattern(known_locale(locale).currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern


def _refusal(raw: object) -> InvalidInput:
    return InvalidInput("{value} is not a sum of money: write it like 1234.56 RUB.", value=shown(raw))


def _currency(word: str, expected: str, raw: object) -> str:
    if word == "¥" and expected in ("JPY", "CNY"):
        return expected
    try:
        return _CURRENCY_OF[word]
    except KeyError:
        raise InvalidInput(
            "{value} names no currency that I know: write a code like RUB, USD or EUR.", value=shown(raw)
        ) from None


def _money_of_cell(raw: UnitNumber, currency: str) -> Money:
    """Return the sum in a cell; a unit that is no currency (`0 pcs`) says nothing about the sum."""
    unit = raw.unit.lower().replace(" ", "").removesuffix(".")
    known = _CURRENCY_OF.get(unit) if unit != "¥" else _currency(unit, currency, raw)
    if unit in _THOUSANDS_OF_ROUBLES or re.match(_FACTOR, raw.unit, re.IGNORECASE):
        return parse_money(str(raw), currency=currency, decimal=".")
    return Money(parse_scaled(float(raw), minor_digits(known or currency)), known or currency)


def _minor(found: re.Match[str], word: str, currency: str, raw: object, *, decimal: str | None) -> int:
    digits = minor_digits(currency)
    factor = found["factor"] or ("тыс" if word in _THOUSANDS_OF_ROUBLES else "")
    mark = "." if digits < 3 else decimal
    try:
        minor = parse_scaled(f"{found['number']} {factor}".strip(), digits, decimal=mark)
        if found["kopecks"]:
            minor += parse_scaled(found["kopecks"], digits) // 100
        return parse_scaled(minor, 0)
    except InvalidInput as error:
        values = {**error.values, "value": shown(raw)}
        raise InvalidInput(error.template, path=(), **values) from error
