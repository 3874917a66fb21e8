"""E-mail addresses: what people type → what is compared."""

import re
import unicodedata

from cardfile.errors import InvalidInput
from cardfile.values.cell import is_empty, shown
from cardfile.values.text import clean

__all__ = ["parse_email", "parse_emails"]

_LONGEST = 254  # RFC 5321: a path holds 256 octets, two of them are the angle brackets.
_LIMIT = 4000

_ATOM = r"[^\s@<>()\[\]\\,;:\"'`|\x00-\x20\x7f-\xa0]"
_LABEL = r"(?!-)(?:[^\W_]|-){1,63}(?<!-)"
_address = re.compile(
    rf"(?=[^@]{{1,64}}@)(?:{_ATOM}|')(?:{_ATOM}|')*@(?:{_LABEL}\.)+(?:xn--(?:[^\W_]|-){{1,58}}[^\W_]|[^\W\d_]{{2,63}})"
).fullmatch
_plain = re.compile(
    r"[a-z0-9_](?:[a-z0-9_+%-]|\.(?=[a-z0-9_+%-])){0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
).fullmatch
_angled = re.compile(r"<\s*(?:mailto:)?([^<>]*)>", re.IGNORECASE)
_labels = re.compile(r"(?:mailto|e-?mail|эл\.?\s*почта|почта|e-?мейл|имейл)\s*:\s*", re.IGNORECASE).sub
_comments = re.compile(r"\([^()@]*\)").sub
_tokens = re.compile(r"[^\s,;/|()]+").findall
_latin = re.compile("[a-zA-Z]").search
_cyrillic = re.compile("[а-яА-ЯёЁіІїЇєЄґҐ]").search


def parse_emails(raw: object) -> tuple[str, ...]:
    """Return the addresses in `raw`, casefolded, in their order, none twice; an empty cell has none.

    Accents stay, for they make another address; a punycode domain becomes readable. Raises `InvalidInput`
    when any part of `raw` is not an address.
    """
    if isinstance(raw, str):
        whole = raw.strip().lower()
        if len(whole) <= _LONGEST and _plain(whole) and "xn--" not in whole:
            return (whole,)
    if is_empty(raw):
        return ()
    if not isinstance(raw, str):
        raise _refusal(raw)
    if len(raw) > _LIMIT:
        raise InvalidInput("{value} is too long for a list of e-mail addresses.", value=shown(raw))
    return tuple(dict.fromkeys(_checked(token) for token in _addresses(raw)))


def parse_email(raw: object) -> str:
    """Return the one address in `raw`; raises `InvalidInput` when there is none, or more than one."""
    emails = parse_emails(raw)
    if len(emails) == 1:
        return emails[0]
    if not emails:
        raise InvalidInput("The e-mail address is empty.")
    raise InvalidInput("{value} holds several e-mail addresses: give one.", value=shown(raw))


def _refusal(value: object) -> InvalidInput:
    return InvalidInput(
        "{value} is not an e-mail address: write it like name@example.com.", value=shown(value)
    )


def _addresses(raw: str) -> list[str]:
    text = _labels("", clean(unicodedata.normalize("NFKC", raw)))
    angled = [found.strip() for found in _angled.findall(text)]
    tokens = _tokens(_comments(" ", _angled.sub(" ", text)))
    if angled:
        tokens = [token for token in tokens if "@" in token]  # The rest are the people's names.
    tokens = angled + [token for token in (token.strip(".:'\"`<>") for token in tokens) if token]
    if not tokens:
        raise _refusal(raw)
    return [token.partition("?")[0] for token in tokens]


def _checked(token: str) -> str:
    address = token.casefold()
    local, _, domain = address.rpartition("@")
    if len(address) > _LONGEST:
        raise InvalidInput("{value} is longer than an e-mail address may be.", value=shown(token))
    if "xn--" in domain:
        domain = _readable(domain)
        address = f"{local}@{domain}"
    if not _address(address) or ".." in address or local.startswith(".") or local.endswith("."):
        raise _refusal(token)
    for part in (local, *domain.split(".")):
        if _latin(part) and _cyrillic(part):
            raise InvalidInput(
                "{value} mixes Latin and Cyrillic letters that look alike: type the address again.",
                value=shown(token),
            )
    return address


def _readable(domain: str) -> str:
    try:
        return domain.encode("ascii").decode("idna").casefold()
    except UnicodeError:
        return domain
