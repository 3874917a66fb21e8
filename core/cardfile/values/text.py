"""How texts are made comparable: the one meaning of "the same word" for search and duplicates.

Both databases offer the same function in SQL (see `Dialect.fold`), and a test compares them with this one.
"""

import unicodedata

__all__ = ["FOLD_FROM", "FOLD_TO", "fold"]

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


def fold(text: str) -> str:
    """Return `text` in small letters, with ё as е and accented Latin letters as bare ones."""
    return text.lower().translate(_TABLE)
