"""Telephone numbers: what people type ↔ E.164."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from cardfile.errors import InvalidInput
from cardfile.values.cell import EXACT_FLOAT, cell_text, is_empty, refuse_lost_digits, shown
from cardfile.values.text import clean

__all__ = ["Phone", "format_phone", "parse_phone", "parse_phones"]


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number: E.164, its extension, the text it came from, and whether such a number exists.

    `valid` is False for a number of a plausible length in a range that nobody has been given.
    """

    e164: str
    extension: str | None
    raw: str
    valid: bool


_SEPARATORS = (
    " \t-().\u00a0\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2212\u200b\u200e\u200f\u202a\u202c\ufeff"
)
_STRIP = str.maketrans("", "", _SEPARATORS)
_LIMIT = 400
_FULL_LENGTH = 10
_KINDS = (
    "mobile", "fixed_line", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip
"""The kinds of numbers by which the library tells that a number exists."""

_split = re.compile(r"\s*(?:[,;/|\n]|(?<!\w)(?:или|и|or|and)(?!\w))\s*", re.IGNORECASE).split
_before_plus = re.compile(r"(?<=\d)\)?\s*(?=\(?\+\s*\(?\d)").sub
_extension = re.compile(
    r"[\s,;(]*(?:доб(?:авочный|ав)?|вн(?:утр(?:енний)?)?|extension|ext|extn|доп|x|х|#)\s*[.:=№]*\s*([0-9]{1,7})\s*\)?$",
    re.IGNORECASE,
).search
_LABEL = (
    "телефон|тел|моб(?:ильный|ил)?|сот(?:овый)?|раб(?:очий)?|дом(?:ашний)?|гор(?:одской)?|факс|контактный|т|м|"
    "tel(?:ephone)?|phone|mob(?:ile)?|cell|work|home|office|fax|whats ?app|viber|telegram|"
    "вотсап|ватсап|вайбер"
)
_labels = re.compile(rf"(?<!\w)(?:{_LABEL})(?![^\W\d])\s*[.:№]*\s*", re.IGNORECASE).sub
_notes = re.compile(r"\(\s*[^\W\d_][^\d()]*\)").sub
# Words beside a number of full length, with a space or a dash between: "мама 89161234567 - после шести".
_beside = re.compile(
    rf"(?:[^\W\d_]{{2}}[^\d+(]*[\s:–—-])?(?P<number>\+?[0-9{re.escape(_SEPARATORS)}]*[0-9])"
    r"(?:[\s–—-]+[^\W\d_]{2}[^\d+]*)?"
).fullmatch
# A number that some program took for one: "79161234567.0".
_tail_of_float = re.compile(r"(?<![\d.,])([0-9]{10,15})[.,]0(?![\d.,])").sub
_shape = re.compile(rf"\+?[0-9{re.escape(_SEPARATORS)}]+").fullmatch


@lru_cache(maxsize=256)
def _known(region: str) -> tuple[str, Callable[[str], re.Match[str] | None]]:
    """Return a region's country code and a match of its numbers, bare, with prefix or with code.

    They are the mobile ones, or all where no number has less than ten digits: others may be a part of something.
    """
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
    if plan is None or plan.mobile is None or plan.mobile.national_number_pattern is None:
        raise InvalidInput("{value} is not a country: write two letters like RU.", value=shown(region))
    code, pattern = str(plan.country_code), plan.mobile.national_number_pattern
    if plan.general_desc and min(plan.general_desc.possible_length, default=0) == _FULL_LENGTH:
        plans = [plan, phonenumbers.PhoneMetadata.metadata_for_region("KZ")] if region == "RU" else [plan]
        kinds = (getattr(one, kind) for one in plans for kind in _KINDS)
        patterns = [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
        pattern = rf"(?=[0-9]{{{_FULL_LENGTH}}}\Z)(?:{'|'.join(patterns)})"
    # Only where the national prefix is one plain digit does stripping it mean the same as in the library.
    plain = (
        plan.national_prefix == plan.national_prefix_for_parsing and not plan.national_prefix_transform_rule
    )
    prefix = rf"(?:\+{code}|{plan.national_prefix})?" if plain and plan.national_prefix else rf"\+{code}"
    if region == "RU":
        # +8 is a common way to write the prefix; before 9 only, for abroad begin Vietnam, China and others so.
        prefix = r"(?:\+?7|8|\+8(?=9))?"
    return "+" + code, re.compile(f"{prefix}({pattern})", re.ASCII).fullmatch


def parse_phones(raw: object, *, region: str = "RU") -> tuple[Phone, ...]:
    """Return the numbers in `raw` in their order, none twice; an empty cell has none.

    Raises `InvalidInput` when any part of `raw` is not a number of a possible length.
    """
    code, known = _known(region)
    if isinstance(raw, float) and 0 < raw < EXACT_FLOAT and raw.is_integer():
        raw = f"{raw:.0f}"  # Before all else, for this is how most sheets keep phones.
    if isinstance(raw, str) and (found := known(raw.translate(_STRIP))):
        return (Phone(code + found[1], None, raw, valid=True),)
    if is_empty(raw):
        return ()
    text = _tail_of_float(r"\1", _text_of(raw))
    pieces = _pieces(text)
    if len(pieces) == 1 and sum(map(str.isdigit, text)) > 15:
        pieces = _unglued(text, region) or pieces
    phones = [_one(piece, region) for piece in pieces]
    return tuple({(phone.e164, phone.extension): phone for phone in reversed(phones)}.values())[::-1]


def parse_phone(raw: object, *, region: str = "RU") -> Phone:
    """Return the one number in `raw`; raises `InvalidInput` when there is none, or more than one."""
    phones = parse_phones(raw, region=region)
    if len(phones) == 1:
        return phones[0]
    if not phones:
        raise InvalidInput("The phone number is empty.")
    raise InvalidInput("{value} holds several phone numbers: give one.", value=shown(raw))


def _text_of(raw: object) -> str:
    if isinstance(raw, str):
        if len(raw) > _LIMIT:
            raise InvalidInput("{value} is too long for a phone number.", value=shown(raw))
        lines = unicodedata.normalize("NFKC", raw).replace("\r", "\n").split("\n")
        return "\n".join(line for line in map(clean, lines) if line)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw < 0:
        raise InvalidInput("{value} is not a phone number.", value=shown(raw))
    return cell_text(raw)


def _pieces(text: str) -> list[str]:
    """Cut a cell into numbers; an extension that stands after a separator stays with its number."""
    text = re.sub(r"(?i)(?<!\w)tel:", "", text)
    if re.fullmatch(r"\s*[0-9]+[.,][0-9]*\s*[eEеЕ]\s*\+?\s*[0-9]+\s*", text):
        return [text]
    pieces: list[str] = []
    for piece in _split(_before_plus(";", text)):
        if not piece:
            continue
        found = _extension(piece) if pieces else None
        if found and not piece[: found.start()]:
            pieces[-1] += " " + piece
        else:
            pieces.append(piece)
    return pieces


def _unglued(text: str, region: str) -> list[str]:
    """Return the only way to cut `text` at its spaces, or at every number's length, into valid numbers."""
    _, known = _known(region)
    tokens = text.split()[:24]
    if len(tokens) == 1:
        size = 11 if len(text) % 11 == 0 else 10
        cut = [text[start : start + size] for start in range(0, len(text), size)]
        return cut if all(map(known, cut)) else []
    ways = _ways(tokens, region)
    return ways[0] if len(ways) == 1 else []


def _ways(tokens: Sequence[str], region: str) -> list[list[str]]:
    ends: list[list[list[str]]] = [[[]]]
    for end in range(1, len(tokens) + 1):
        here: list[list[str]] = []
        for start in range(max(0, end - 6), end):
            if ends[start] and _exists(group := " ".join(tokens[start:end]), region):
                here += [[*way, group] for way in ends[start]]
        ends.append(here[:2])
    return ends[-1]


def _exists(piece: str, region: str) -> bool:
    digits = sum(map(str.isdigit, piece))
    if not 10 <= digits <= 15:
        return False
    try:
        return _one(piece, region).valid
    except InvalidInput:
        return False


def _one(piece: str, region: str) -> Phone:
    code, known = _known(region)
    rest, extension = piece, None
    if found := _extension(piece):
        rest, extension = piece[: found.start()], found[1]
    rest = refuse_lost_digits(_notes("", _labels("", rest)).strip(" .:,;"))
    if found := known(rest.translate(_STRIP)):
        return Phone(code + found[1], extension, piece, valid=True)
    if (beside := _beside(rest)) and sum(map(str.isdigit, beside["number"])) >= 10:
        rest = beside["number"]
    if not _shape(rest) or not any(map(str.isdigit, rest)):
        raise InvalidInput(
            "{value} is not a phone number: write it like +7 916 123-45-67, in digits only.",
            value=shown(piece),
        )
    number = _parsed(_with_plus(rest), region, piece)
    plausible = phonenumbers.is_possible_number_with_reason(number)
    if plausible == ValidationResult.TOO_LONG:
        raise InvalidInput("{value} has too many digits for a phone number.", value=shown(piece))
    if plausible != ValidationResult.IS_POSSIBLE:
        raise InvalidInput(
            "{value} has too few digits for a phone number: write it with the area code.", value=shown(piece)
        )
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(e164, extension, piece, valid=phonenumbers.is_valid_number(number))


def _with_plus(text: str) -> str:
    """Put + in place of 00, which in no country starts a national number of this length."""
    digits = text.translate(_STRIP)
    return "+" + digits[2:] if re.match("00[1-9].{8}", digits) else text


def _parsed(text: str, region: str, piece: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            template = "{value} begins with a country code that does not exist."
        elif error.error_type == NumberParseException.TOO_LONG:
            template = "{value} has too many digits for a phone number."
        else:
            template = "{value} has too few digits for a phone number: write it with the area code."
        raise InvalidInput(template, value=shown(piece)) from error


_HOME = {"ru": "RU", "kk": "KZ", "uk": "UA", "be": "BY"}


def format_phone(e164: str, locale: str) -> str:
    """Return a number for people: as at home in the locale's own country, else international.

    What is not a number is returned unchanged: a card must show whatever it holds.
    """
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return e164
    language, _, territory = locale.replace("_", "-").partition("-")
    home = territory.upper() or _HOME.get(language.lower())
    at_home = home is not None and phonenumbers.region_code_for_number(number) == home
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)
