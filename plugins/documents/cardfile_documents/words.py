"""Sums in words, as invoices and acts must have them, in Russian and in English."""

from dataclasses import dataclass
from typing import Final

from babel.numbers import get_currency_name

from cardfile.values.money import Money, minor_digits

__all__ = ["money_words", "number_words"]


@dataclass(frozen=True, slots=True)
class _Noun:
    """A Russian noun after 1, after 2 to 4 and after 5, and whether it is feminine."""

    one: str
    few: str
    many: str
    is_feminine: bool = False

    def after(self, number: int) -> str:
        """Return the form that follows `number`."""
        if number % 100 in range(11, 15):
            return self.many
        last = number % 10
        return self.one if last == 1 else self.few if last in (2, 3, 4) else self.many


_KOPECK: Final = _Noun("копейка", "копейки", "копеек", is_feminine=True)
_CENT: Final = _Noun("цент", "цента", "центов")

# Babel knows the names of all currencies, but neither their gender nor their small change.
_RU: Final[dict[str, tuple[_Noun, _Noun]]] = {
    "RUB": (_Noun("рубль", "рубля", "рублей"), _KOPECK),
    "BYN": (_Noun("белорусский рубль", "белорусских рубля", "белорусских рублей"), _KOPECK),
    "UAH": (_Noun("гривна", "гривны", "гривен", is_feminine=True), _KOPECK),
    "KZT": (_Noun("тенге", "тенге", "тенге"), _Noun("тиын", "тиына", "тиынов")),
    "UZS": (_Noun("сум", "сума", "сумов"), _Noun("тийин", "тийина", "тийинов")),
    "KGS": (_Noun("сом", "сома", "сомов"), _Noun("тыйын", "тыйына", "тыйынов")),
    "AMD": (_Noun("драм", "драма", "драмов"), _Noun("лума", "лумы", "лум", is_feminine=True)),
    "GEL": (_Noun("лари", "лари", "лари"), _Noun("тетри", "тетри", "тетри")),
    "AZN": (_Noun("манат", "маната", "манатов"), _Noun("гяпик", "гяпика", "гяпиков")),
    "USD": (_Noun("доллар США", "доллара США", "долларов США"), _CENT),
    "EUR": (_Noun("евро", "евро", "евро"), _CENT),
    "GBP": (
        _Noun("фунт стерлингов", "фунта стерлингов", "фунтов стерлингов"),
        _Noun("пенс", "пенса", "пенсов"),
    ),
    "CNY": (_Noun("юань", "юаня", "юаней"), _Noun("фэнь", "фэня", "фэней")),
    "TRY": (
        _Noun("турецкая лира", "турецкие лиры", "турецких лир", is_feminine=True),
        _Noun("куруш", "куруша", "курушей"),
    ),
}
_EN: Final[dict[str, tuple[str, str, str, str]]] = {
    "RUB": ("rouble", "roubles", "kopeck", "kopecks"),
    "BYN": ("Belarusian rouble", "Belarusian roubles", "kopeck", "kopecks"),
    "UAH": ("hryvnia", "hryvnias", "kopiyka", "kopiykas"),
    "KZT": ("tenge", "tenge", "tiyn", "tiyn"),
    "USD": ("US dollar", "US dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound sterling", "pounds sterling", "penny", "pence"),
}

_RU_UNITS: Final = [
    "ноль",
    "один",
    "два",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
]
_RU_TENS: Final = [
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
    "восемьдесят",
    "девяносто",
]
_RU_HUNDREDS: Final = [
    "сто",
    "двести",
    "триста",
    "четыреста",
    "пятьсот",
    "шестьсот",
    "семьсот",
    "восемьсот",
    "девятьсот",
]
_RU_POWERS: Final = (
    _Noun("тысяча", "тысячи", "тысяч", is_feminine=True),
    *(
        _Noun(word, word + "а", word + "ов")
        for word in ("миллион", "миллиард", "триллион", "квадриллион", "квинтиллион")
    ),
)
_EN_UNITS: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_EN_POWERS: Final = ("thousand", "million", "billion", "trillion", "quadrillion", "quintillion")


def money_words(money: Money, language: str) -> str:
    """Return a sum as it is written out: «Сто рублей 00 копеек», “One hundred US dollars and 00 cents”."""
    digits = minor_digits(money.currency)
    whole, change = divmod(abs(money.minor), 10**digits)
    sign = ("минус " if language == "ru" else "minus ") if money.minor < 0 else ""
    small = f"{change:0{digits}}" if digits else ""
    text = sign + (_ru_money if language == "ru" else _en_money)(whole, change, small, money.currency)
    return text[:1].upper() + text[1:]


def _ru_money(whole: int, change: int, small: str, currency: str) -> str:
    nouns = _RU.get(currency)
    if nouns is None:
        name = get_currency_name(currency, count=whole, locale="ru")
        return f"{number_words(whole, 'ru')} {name}" + (f" {small}/{10 ** len(small)}" if small else "")
    unit, part = nouns
    text = f"{number_words(whole, 'ru', is_feminine=unit.is_feminine)} {unit.after(whole)}"
    return f"{text} {small} {part.after(change)}" if small else text


def _en_money(whole: int, change: int, small: str, currency: str) -> str:
    names = _EN.get(currency)
    if names is None:
        name = get_currency_name(currency, count=whole, locale="en")
        return f"{number_words(whole, 'en')} {name}" + (f" and {small}/{10 ** len(small)}" if small else "")
    one, many, part, parts = names
    text = f"{number_words(whole, 'en')} {one if whole == 1 else many}"
    return f"{text} and {small} {part if change == 1 else parts}" if small else text


def number_words(number: int, language: str, *, is_feminine: bool = False) -> str:
    """Return a whole number up to 10**21 in words; beyond that in digits, for nobody reads such words."""
    if not 0 <= number < 10**21:
        return str(number)
    return _ru_number(number, is_feminine=is_feminine) if language == "ru" else _en_number(number)


def _triples(number: int) -> list[int]:
    """Return the digits by threes, the lowest first."""
    found = []
    while number:
        number, triple = divmod(number, 1000)
        found.append(triple)
    return found


def _ru_number(number: int, *, is_feminine: bool) -> str:
    if not number:
        return _RU_UNITS[0]
    words: list[str] = []
    for power, triple in reversed(list(enumerate(_triples(number)))):
        if not triple:
            continue
        noun = _RU_POWERS[power - 1] if power else None
        words += _ru_triple(triple, is_feminine=noun.is_feminine if noun else is_feminine)
        if noun:
            words.append(noun.after(triple))
    return " ".join(words)


def _ru_triple(triple: int, *, is_feminine: bool) -> list[str]:
    hundreds, rest = divmod(triple, 100)
    words = [_RU_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest >= 20:
        words.append(_RU_TENS[rest // 10 - 2])
        rest %= 10
    if rest in (1, 2) and is_feminine:
        words.append(("одна", "две")[rest - 1])
    elif rest:
        words.append(_RU_UNITS[rest])
    return words


def _en_number(number: int) -> str:
    if not number:
        return _EN_UNITS[0]
    words: list[str] = []
    triples = _triples(number)
    for power, triple in reversed(list(enumerate(triples))):
        if not triple:
            continue
        words += _en_triple(triple, has_and=bool(words) and power == 0 and triple < 100)
        if power:
            words.append(_EN_POWERS[power - 1])
    return " ".join(words)


def _en_triple(triple: int, *, has_and: bool) -> list[str]:
    hundreds, rest = divmod(triple, 100)
    words = [_EN_UNITS[hundreds], "hundred"] if hundreds else []
    if rest and (hundreds or has_and):
        words.append("and")
    if rest >= 20:
        tens, unit = _EN_TENS[rest // 10 - 2], rest % 10
        words.append(f"{tens}-{_EN_UNITS[unit]}" if unit else tens)
    elif rest:
        words.append(_EN_UNITS[rest])
    return words
