"""Which encoding a text table is written in: marks first, then strict UTF-8, then the frequency of letters.

The statistical libraries name cp866 never and short cp1251 seldom; a table of letters is right on all of
them, because a list of clients is made of words.
"""

import codecs
import re
from typing import BinaryIO, Final

__all__ = ["find_encoding", "guess_single_byte"]

_PIECE: Final = 1 << 18
_ASCII: Final = bytes(range(128))
_SAMPLE: Final = 64 * 1024
_TOLERATED: Final = 0.01

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_SINGLE_BYTE: Final = ("cp1251", "cp866", "koi8-r", "mac-cyrillic", "cp1252")

# Letters of Russian texts, in per cent; the Ukrainian and Kazakh ones count as rare letters.
_FREQUENCY: Final = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґәғқңөұүһ",
        (
            11.0, 8.5, 8.0, 7.4, 6.7, 6.3, 5.5, 4.7, 4.5, 4.3, 3.5, 3.2, 3.0, 2.8, 2.6, 2.0, 1.9, 1.7, 1.7,
            1.7, 1.6, 1.5, 1.2, 1.0, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.1, 0.1,
            0.3, 0.2, 0.2, 0.1, 0.2, 0.2, 0.3, 0.2, 0.2, 0.1, 0.2, 0.1,
        ),
        strict=True,
    )
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W\d_]+")
_PUNCTUATION: Final = frozenset("«»—–№“”„…’‘\u00a0€£¥°§¶©®™•·±")
_LETTERS_ALONE: Final = frozenset("авикосуямж")


def find_encoding(file: BinaryIO) -> tuple[str, str]:
    """Return the encoding of `file` and what to do with bytes foreign to it (`strict` or `replace`).

    The whole file is looked at: the first foreign letter may stand in its last row.
    """
    file.seek(0)
    head = file.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, "replace"
    if (wide := _bare_utf16(head)) is not None:
        return wide, "replace"
    foreign, sample = _look_at_utf8(file)
    if foreign == 0:
        return "utf-8", "strict"
    letters = sum(1 for byte in sample if byte >= 0xC0)
    if letters and foreign / letters < _TOLERATED:
        return "utf-8", "replace"
    return guess_single_byte(sample), "replace"


def _bare_utf16(head: bytes) -> str | None:
    even = head[: len(head) // 2 * 2]
    if b"\x00" not in even:
        return None
    if b"\n\x00" in even and 0 not in even[0::2]:
        return "utf-16-le"
    if b"\x00\n" in even and 0 not in even[1::2]:
        return "utf-16-be"
    return None


def _look_at_utf8(file: BinaryIO) -> tuple[int, bytes]:
    """Return how many places of the sampled lines are no UTF-8, 0 if the whole file is; and those lines."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    sample, is_utf8 = b"", True
    while piece := file.read(_PIECE):
        if is_utf8:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                is_utf8 = False
        if len(sample) < _SAMPLE and piece.translate(None, _ASCII):
            sample += b"\n".join(line for line in piece.splitlines() if not line.isascii())[:_SAMPLE]
        elif not is_utf8 and len(sample) >= _SAMPLE:
            break
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    if is_utf8:
        return 0, sample
    return max(1, sample.decode("utf-8", "replace").count("\ufffd")), sample


def guess_single_byte(sample: bytes) -> str:
    """Return the single-byte encoding in which `sample` reads most like words."""
    return max(_SINGLE_BYTE, key=lambda encoding: _readability(sample.decode(encoding, "replace")))


def _readability(text: str) -> float:
    score = 0.0
    for found in _WORD.finditer(text):
        word = found[0]
        if word.isascii():
            continue
        if len(word) > 1 or "\u00c0" <= word <= "\u024f":
            score += _word_readability(word)
        else:
            around = text[max(0, found.start() - 1) : found.end() + 1]
            score += _letter_readability(word, has_digits=any(map(str.isdigit, around)))
    for character in text:
        if not character.isascii() and not character.isalpha():
            score += 1.0 if character in _PUNCTUATION else -6.0
    return score


def _letter_readability(letter: str, *, has_digits: bool) -> float:
    """Return how likely a letter stands alone: in most encodings of the West it is a sign and no letter."""
    if has_digits:
        return -4.0
    return 0.5 if letter.lower() in _LETTERS_ALONE else -1.0


def _word_readability(word: str) -> float:
    lower = word.lower()
    if len(set(lower)) == 1 and len(lower) > 3:
        return -4.0 * len(word)  # Dots and dashes in a row.
    latin = sum(letter.isascii() for letter in lower)
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in lower)
    accented = len(word) - latin - cyrillic
    if cyrillic and (latin or accented):
        return -4.0 * len(word)  # No alphabet mixes with another inside a word.
    if accented:
        # Müller and Café have few accents; a Cyrillic word read as Latin-1 is made of nothing else.
        return 4.0 * accented if accented * 2 <= len(word) and _is_cased(word) else -4.0 * accented
    score = sum(_FREQUENCY.get(letter, -4.0) for letter in lower)
    return score if _is_cased(word) else score - 4.0 * len(word)


def _is_cased(word: str) -> bool:
    return word.islower() or word.isupper() or word.istitle()
