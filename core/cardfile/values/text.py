"""How texts are made comparable: the one meaning of "the same word" for search and duplicates.

Both databases offer the same function in SQL (see `Dialect.fold`), and a test compares them with this one.
"""

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["FOLD_FROM", "FOLD_TO", "clean", "clean_long", "fold", "fold_all", "fold_key"]

# No canonical decomposition exists for these, yet people type the bare letter for them.
_STROKED = {"đ": "d", "ħ": "h", "ı": "i", "ŀ": "l", "ł": "l", "ŉ": "n", "ø": "o", "ŧ": "t", "ſ": "s"}

# Which of the two a capital sigma becomes depends on its neighbours: as one letter they cannot disagree.
_CYRILLIC_AND_GREEK = {"ё": "е", "ς": "σ"}


def _bare_letters() -> dict[str, str]:
    """Return every small accented letter of Latin-1 and Latin Extended-A with the letter under its accent."""
    bare: dict[str, str] = {}
    for code in range(0xC0, 0x180):
        letter = chr(code)
        first = unicodedata.normalize("NFD", letter)[0]
        if letter == letter.lower() and first != letter and first.isascii() and first.isalpha():
            bare[letter] = first
    return bare


_PAIRS = dict(sorted({**_bare_letters(), **_STROKED, **_CYRILLIC_AND_GREEK}.items()))

FOLD_FROM = "".join(_PAIRS)
"""The small letters that `fold` replaces, in code-point order."""

FOLD_TO = "".join(_PAIRS.values())
"""What `fold` puts in their place, one character for one character."""

_TABLE = str.maketrans(FOLD_FROM, FOLD_TO)
_to_be_folded = re.compile(f"[{FOLD_FROM}]").search


def fold(text: str) -> str:
    """Return `text` in small letters, with ё as е and accented Latin letters as bare ones."""
    text = text.lower()
    # To look for such letters is much quicker than to translate, and most texts have none.
    return text.translate(_TABLE) if _to_be_folded(text) else text


def fold_all(texts: Sequence[str]) -> list[str]:
    """Return what `fold` makes of each text, by one fold for all of them."""
    folded = fold("\0".join(texts)).split("\0")
    # No text that can be kept has a NUL, which is what parts them here.
    return folded if len(folded) == len(texts) else [fold(text) for text in texts]


# Zero-width, soft-hyphen and direction marks come along when text is copied from phones and web pages; lone
# surrogates and NUL cannot be stored at all.
_INVISIBLE = "\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_UNSTORABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
_dirt_of_line = re.compile(f"[{_INVISIBLE}{_UNSTORABLE}\u200d]").sub
_dirt_of_text = re.compile(f"[{_INVISIBLE}{_UNSTORABLE}]").sub
_spaces = re.compile(r"\s+").sub
_spaces_in_line = re.compile(r"[^\S\n]+").sub
_line_ends = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]").sub

_LOOK_ALIKES = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")
_not_words = re.compile(r"[\W_]+").sub


def clean(text: str) -> str:
    """Return `text` as one line without invisible characters, its spaces plain, single and inside only."""
    # What is printable has no invisible characters and no spaces but the plain one.
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip()
    text = _spaces(" ", _line_ends(" ", text))
    return unicodedata.normalize("NFC", _dirt_of_line("", text)).strip()


def clean_long(text: str) -> str:
    """Return `text` without invisible characters and trailing spaces, its lines kept.

    The joiner that holds an emoji together stays.
    """
    if text.isprintable():
        return clean(text)  # It is one line, with no joiner.
    text = _dirt_of_text("", _line_ends("\n", text))
    lines = (_spaces_in_line(" ", line).rstrip() for line in text.split("\n"))
    return unicodedata.normalize("NFC", "\n".join(lines)).strip()


def fold_key(text: str) -> str:
    """Return what headers and choices are compared by: folded words of look-alike letters, one space apart.

    Cyrillic letters become the Latin ones that they look like, so the result is for comparing only. A text of
    nothing but signs keeps its signs.
    """
    folded = fold(unicodedata.normalize("NFKC", clean(text).replace("№", "#"))).translate(_LOOK_ALIKES)
    return _not_words(" ", folded).strip() or folded
