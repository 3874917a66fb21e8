"""Names of people and firms: the parts of a name, and who is no person."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cardfile.errors import InvalidInput
from cardfile.values.cell import shown
from cardfile.values.given_names import GIVEN_NAMES
from cardfile.values.text import clean, fold

__all__ = [
    "NamePiece",
    "PersonName",
    "looks_like_company",
    "piece_of_name",
    "reads_like_name",
    "reads_like_person",
    "split_name",
]


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a person's name; a part that is not there is empty."""

    last: str
    first: str
    middle: str

    @property
    def full(self) -> str:
        """The parts in the order last, first, middle."""
        return " ".join(part for part in (self.last, self.first, self.middle) if part)


_LIMIT = 300
_initials_apart = re.compile(r"(?<![^\W\d_])([^\W\d_]\.)(?=[^\W\d_])").sub
_dotted = re.compile(r"[^\W\d_]{1,2}\.").fullmatch
_cyrillic = re.compile("[а-яёіїєґәғқңөұүһ]", re.IGNORECASE).search
_patronymic_form = re.compile(
    r"[^\W\d_]{2,}(?:ович|евич|йович|ьич|овна|евна|івна|ївна|инична|ична|ұлы|улы|қызы|кызы)", re.IGNORECASE
).fullmatch
_KINSHIP = frozenset(("оглы", "оглу", "кызы", "улы", "уулу"))
_PARTICLES = frozenset(
    [
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "la",
        "le",
        "bin",
        "al",
        "el",
        "mac",
        "st",
    ]
)
_HONOURS = frozenset(["mr", "mrs", "ms", "miss", "dr", "prof", "г-н", "г-жа", "господин", "госпожа"])
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv", "phd", "md", "esq"])

_FORMS = (
    "ооо|оао|зао|пао|нао|ао|ип|тоо|чп|чуп|фоп|тов|одо|фгуп|фгбу|гуп|муп|мбу|мбоу|гбу|гбоу|гк|ано|нко"
    '|кфх|снт|тсж|жск|ао[«"“]|оо[«"“]'
    r"|llc|l\.l\.c\.|ltd\.?|limited|inc\.?|incorporated|corp\.?|corporation|gmbh|plc|llp|s\.a\.|s\.r\.l\.|oy|oü|pty"
)
_FIRMS = (
    "компания|фирма|завод|фабрика|магазин|салон|агентство|холдинг|корпорация|предприятие|кооператив"
    "|университет|институт|школа|больница|поликлиника|банк|торговый дом|индивидуальный предприниматель"
    "|company|group|holding|bank|agency|studio|solutions|technologies|university|school|hotel"
)
_LEGAL_FORMS = re.compile(rf"(?<![\w.])(?:{_FORMS})(?!\w)", re.IGNORECASE).search
_CASED_FORMS = re.compile(r"\s(?:AG|AB|SA|BV|B\.V\.|NV|KG|Co\.|SpA|AS)$").search
_QUOTED = re.compile(r"[«“„\"][^«»“”„\"]{2,}[»”“\"]").search
_FIRM_WORDS = re.compile(rf"(?<!\w)(?:{_FIRMS})(?!\w)", re.IGNORECASE).search
_words_of = re.compile(r"\w+").findall
_QUOTES = re.compile('[«“„"]').search
_CASED_ENDS = ("AG", "AB", "SA", "BV", "B.V.", "NV", "KG", "Co.", "SpA", "AS")


def _first_words(pattern: str) -> frozenset[str]:
    """Return the words with which the alternatives of a pattern begin."""
    return frozenset(_words_of(one.replace("\\", ""))[0] for one in pattern.split("|"))


_FIRST_WORDS = _first_words(_FORMS) | _first_words(_FIRMS)


def looks_like_company(raw: str) -> bool:
    """Tell whether a name is a firm's: by its legal form (ООО, ИП, LLC), quotes, or a word like `завод`."""
    text = clean(raw[:_LIMIT])
    # Nearly all names are people's, and a set of words is quicker than a search for any of eighty.
    if not _FIRST_WORDS.isdisjoint(_words_of(text.lower())) and (_LEGAL_FORMS(text) or _FIRM_WORDS(text)):
        return True
    return (text.endswith(_CASED_ENDS) and bool(_CASED_FORMS(text))) or bool(_QUOTES(text) and _QUOTED(text))


def split_name(raw: object) -> PersonName:
    """Return the parts of a person's full name, every word of it in one of them, spelled as it was.

    Understands `Иванов Иван Иванович` in both orders, `Last, First Middle`, initials on either side and
    `John Smith`. A patronymic or a known given name decides the order; failing that Cyrillic names begin with
    the last name and Latin ones with the first. Forms of address (`Mr.`, `г-н`) are left out.
    """
    text = clean(raw) if isinstance(raw, str) else ""
    if not text:
        raise InvalidInput("The name is empty.")
    if len(str(raw)) > _LIMIT:
        raise InvalidInput("{value} is too long for a name.", value=shown(raw))
    before, comma, after = text.partition(",")
    words = _words(before)
    behind = _words(after.replace(",", " ")) if comma else []
    if behind and all(_bare(word) in _SUFFIXES for word in behind):
        name = _in_order(words)
        return PersonName(" ".join(filter(None, (name.last, *behind))), name.first, name.middle)
    if behind and words:
        return PersonName(" ".join(words), behind[0], " ".join(behind[1:]))
    if not (words := words or behind):
        raise InvalidInput("{value} is not a name.", value=shown(raw))
    return _in_order(words)


class NamePiece(StrEnum):
    """What of a person's name a text is."""

    WHOLE = "whole"
    GIVEN = "given"
    SURNAME = "surname"
    PATRONYMIC = "patronymic"


def piece_of_name(text: str) -> NamePiece | None:
    """Return what of a person's name a cleaned text reads like, None when it does not read like any.

    A whole name has a given name, a patronymic, initials, or a surname of a common form in it; a text without
    capitals is none.
    """
    words = text.replace(",", " ").split()
    if not 0 < len(words) < 6 or not _name_like(text) or text.islower():
        return None
    if len(words) == 1:
        if _is_given(words[0]):
            return NamePiece.GIVEN
        if _patronymic(words[0]):
            return NamePiece.PATRONYMIC
        return NamePiece.SURNAME if _surname(words[0]) else None
    if reads_like_person(text):
        return NamePiece.WHOLE
    if len(words) < 4 and _surname(words[0]) and len(words[0]) > 4 and words[1][0].isupper():
        return NamePiece.WHOLE
    return None


def reads_like_person(text: str) -> bool:
    """Tell whether a text has a given name, a patronymic or initials in it."""
    words = _initials_apart(r"\1 ", text).replace(",", " ").split()
    return any(_is_given(word) or _patronymic(word) or (len(words) > 1 and _dotted(word)) for word in words)


def reads_like_name(raw: str) -> bool:
    """Tell whether a text may well be what a person or a firm is called, and not the caption of a group.

    A given name, a patronymic or initials tell a person, and so do two to four words that all begin with a capital.
    """
    words = clean(raw[:_LIMIT]).replace(",", " ").split()
    if any(_is_given(word) or _patronymic(word) or _dotted(word) for word in words):
        return True
    are_capitalised = all(word[0].isupper() and not word.isupper() for word in words)
    return (1 < len(words) < 5 and are_capitalised) or looks_like_company(raw)


@lru_cache(maxsize=4096)  # the words of names come again and again
def _bare(word: str) -> str:
    return fold(word).rstrip(".")


def _words(text: str) -> list[str]:
    words = (_initials_apart(r"\1 ", text) if "." in text else text).split()
    while len(words) > 1 and _bare(words[0]) in _HONOURS:
        del words[0]
    return words


def _in_order(words: list[str]) -> PersonName:
    if len(words) > 1 and _bare(words[-1]) in _SUFFIXES:
        name = _in_order(words[:-1])
        return PersonName(f"{name.last} {words[-1]}".strip(), name.first, name.middle)
    if any(map(_dotted, [word for word in words if word[-1] == "."])) and (
        with_initials := _with_initials(words)
    ):
        return with_initials
    return _cyrillic_name(words) if _cyrillic(words[0]) else _latin_name(words)


def _with_initials(words: list[str]) -> PersonName | None:
    """Return `Петров А. Б.` and `А. Б. Петров`; a Latin `John A. Smith` is an ordinary name."""
    initial = [bool(_dotted(word)) for word in words]
    count = sum(initial)
    if all(initial[-count:]) and count < len(words) and (_cyrillic(words[0]) or count > 1):
        last, rest = words[:-count], words[-count:]
    elif all(initial[:count]) and count < len(words):
        last, rest = words[count:], words[:count]
    else:
        return None
    return PersonName(" ".join(last), rest[0], " ".join(rest[1:]))


def _patronymic(word: str) -> bool:
    return word[-2:].lower() in ("ич", "на", "лы", "зы") and _patronymic_form(word) is not None


@lru_cache(maxsize=4096)
def _is_given(word: str) -> bool:
    return fold(word) in GIVEN_NAMES


def _cyrillic_name(words: list[str]) -> PersonName:
    if len(words) == 1:
        return PersonName("", words[0], "") if _is_given(words[0]) else _surname_or_first(words[0])
    if _bare(words[-1]) in _KINSHIP and len(words) > 2:
        return _cyrillic_ending(words[:-2], " ".join(words[-2:]))
    if len(words) == 2:
        return _two_words(*words)
    is_patronymic = [_patronymic(word) for word in words]
    if len(words) == 3 and is_patronymic[1] and (not is_patronymic[2] or _is_given(words[0])):
        return PersonName(words[2], words[0], words[1])
    if not any(is_patronymic) and _is_given(words[0]) and not _is_given(words[1]):
        return PersonName(" ".join(words[1:]), words[0], "")
    if is_patronymic[-1]:
        return _cyrillic_ending(words[:-1], words[-1])
    return PersonName(words[0], words[1], " ".join(words[2:]))


_name_like = re.compile(r"[^\W\d_](?:[^\W\d_]|[\s.,'’ʼ`-])*").fullmatch
_surname = re.compile(
    r".+(?:ов|ев|ин|ын|ова|ева|ина|ына|ский|цкий|ская|цкая|енко|чук|швили|дзе|янц?)", re.I
).fullmatch


def _surname_or_first(word: str) -> PersonName:
    return PersonName(word, "", "") if _surname(word) else PersonName("", word, "")


def _cyrillic_ending(words: list[str], middle: str) -> PersonName:
    return PersonName(" ".join(words[:-1]), words[-1], middle)


def _two_words(one: str, two: str) -> PersonName:
    if _patronymic(two) and _is_given(one):
        return PersonName("", one, two)
    if _is_given(one) and not _is_given(two):
        return PersonName(two, one, "")
    return PersonName(one, two, "")


def _latin_name(words: list[str]) -> PersonName:
    if len(words) == 1:
        return PersonName("", words[0], "")
    start = next(
        (place for place in range(1, len(words) - 1) if fold(words[place]) in _PARTICLES), len(words) - 1
    )
    return PersonName(" ".join(words[start:]), words[0], " ".join(words[1:start]))
