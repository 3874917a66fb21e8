"""Addresses of web pages, as people type them."""

import re
from urllib.parse import urlsplit, urlunsplit

from cardfile.errors import InvalidInput
from cardfile.values.cell import shown
from cardfile.values.text import clean

__all__ = ["parse_url"]

_LONGEST = 2048
_scheme = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE).match
_host = re.compile(r"(?:(?!-)[\w-]{1,63}(?<!-)\.)+(?![0-9]+$)[^\W_][\w-]{0,61}[^\W_]").fullmatch
_number_host = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}", re.ASCII).fullmatch


def parse_url(raw: object) -> str:
    """Return the address of a web page, its host in small letters, `https://` put before a bare host.

    Only http and https are let through: the address becomes a link that others click. Raises `InvalidInput`.
    """
    text = clean(raw) if isinstance(raw, str) else ""
    if not text or re.search(r"[\s<>\"\\^`{|}]", text):
        raise _refusal(raw)
    if len(text) > _LONGEST:
        raise InvalidInput("{value} is too long for a web address.", value=shown(raw))
    if not _scheme(text):
        text = "https://" + text.removeprefix("//")
    try:
        parts = urlsplit(text)
        host, port, user = (parts.hostname or "").rstrip("."), parts.port, parts.username
    except ValueError as error:
        raise _refusal(raw) from error
    if parts.scheme not in ("http", "https"):
        raise InvalidInput(
            "{value} is not the address of a web page: only http and https are.", value=shown(raw)
        )
    if user is not None:
        raise InvalidInput("{value} holds a user name or password: leave it out.", value=shown(raw))
    if len(host) > 253 or not (_host(host) or _is_number_host(host)):
        raise _refusal(raw)
    return urlunsplit(
        (parts.scheme, host if port is None else f"{host}:{port}", parts.path, parts.query, parts.fragment)
    )


def _is_number_host(host: str) -> bool:
    return bool(_number_host(host)) and all(int(part) < 256 for part in host.split("."))


def _refusal(raw: object) -> InvalidInput:
    return InvalidInput("{value} is not a web address: write it like https://example.com.", value=shown(raw))
