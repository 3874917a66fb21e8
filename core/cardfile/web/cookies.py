"""The session cookie, and whether a request that carries it comes from our own pages."""

from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlsplit

__all__ = ["COOKIE", "FOREIGN_PAGE", "expired_cookie", "is_from_our_pages", "session_cookie", "session_of"]

COOKIE: Final = "cardfile_session"
"""The name of the cookie that holds the secret of a session."""

FOREIGN_PAGE: Final = (
    "This request does not come from a page of this site; "
    "a program signs in with a token instead of the cookie."
)
"""What is said to a request with the cookie that no page of ours made."""

OURS: Final = ("same-origin", "none")
"""Values of Sec-Fetch-Site under which a browser says that no foreign page is behind a request."""


def session_of(header: str) -> str | None:
    """Return the session's secret in a Cookie header, None when it has none."""
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and name == COOKIE:
            return value.strip('"')
    return None


def session_cookie(key: str, *, seconds: int, is_secure: bool) -> str:
    """Return the Set-Cookie header that signs a browser in: out of reach of scripts and of foreign pages."""
    return _cookie(key, seconds, is_secure=is_secure)


def expired_cookie(*, is_secure: bool) -> str:
    """Return the Set-Cookie header that signs a browser out."""
    return _cookie("", 0, is_secure=is_secure)


def _cookie(key: str, seconds: int, *, is_secure: bool) -> str:
    cookie: SimpleCookie = SimpleCookie({COOKIE: key})
    morsel = cookie[COOKIE]
    morsel["path"], morsel["max-age"], morsel["samesite"], morsel["httponly"] = "/", seconds, "Lax", True
    morsel["secure"] = is_secure
    return morsel.OutputString()


def is_from_our_pages(*, fetch_site: str, origin: str, host: str, base_url: str) -> bool:
    """Tell whether a browser's request was made by a page of ours; silence of the browser is a no.

    The Origin counts where it is the host that the browser spoke to or the configured one; without it the
    word of Sec-Fetch-Site does.
    """
    if origin:
        parts = urlsplit(base_url)
        if origin == f"{parts.scheme}://{parts.netloc}":
            return True
        is_ours = origin.partition("://")[2] == host and bool(host)
        return is_ours and fetch_site in ("", *OURS)
    return fetch_site in OURS
