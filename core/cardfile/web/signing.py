"""Signing in and out over HTTP: a cookie for pages, a token for apps."""

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from cardfile.errors import InvalidInput, NotAllowed
from cardfile.web.answers import JSONAnswer
from cardfile.web.cookies import FOREIGN_PAGE, expired_cookie, is_from_our_pages, session_cookie, session_of
from cardfile.web.json_body import read_json
from cardfile.web.state import app_of, require_actor

__all__ = ["change_password", "sign_in", "sign_out"]

LARGEST = 10_000
"""No name and password need more bytes."""


async def sign_in(request: Request) -> Response:
    """Take `{"login", "password"}` and set the session cookie; with `"token": true` tell the secret instead.

    A session that the request came with ends; the new one has a secret of its own.
    """
    app, given = app_of(request.scope), await _object(request)
    _refuse_foreign_pages(request)
    login, password = _text(given, "login"), _text(given, "password")
    former = _shown_key(request)
    signed_in = await app.access.sign_in.sign_in(
        login,
        password,
        address=request.scope["state"]["address"],
        agent=request.headers.get("user-agent", ""),
        former=former,
    )
    actor = await app.access.resolve_session(signed_in.key)
    told: dict[str, Any] = {
        "user": {"id": f"user_{signed_in.user}", "name": actor.name if actor else ""},
        "expiresAt": signed_in.expires_at.isoformat(),
    }
    if given.get("token") is True:
        return JSONAnswer({**told, "token": signed_in.key})
    seconds = int((signed_in.expires_at - app.clock.now()).total_seconds())
    cookie = session_cookie(signed_in.key, seconds=seconds, is_secure=_is_secure(request))
    return JSONAnswer(told, headers={"set-cookie": cookie})


async def sign_out(request: Request) -> Response:
    """End the session that the request came with, and take the cookie away."""
    key = _shown_key(request)
    if key is not None:
        await app_of(request.scope).access.sign_in.sign_out(key)
    return JSONAnswer(
        {"signedOut": True}, headers={"set-cookie": expired_cookie(is_secure=_is_secure(request))}
    )


async def change_password(request: Request) -> Response:
    """Take `{"old", "new"}`; all sessions of this person end, the one that asks too."""
    actor, given = require_actor(request.scope), await _object(request)
    if actor.session is None or actor.user is None:
        raise NotAllowed("A password is changed by its person, not by a program.")
    await app_of(request.scope).access.sign_in.change_password(
        actor.user, old=_text(given, "old"), new=_text(given, "new")
    )
    return JSONAnswer(
        {"changed": True}, headers={"set-cookie": expired_cookie(is_secure=_is_secure(request))}
    )


async def _object(request: Request) -> dict[str, Any]:
    # Forms of foreign pages cannot send this type without asking first.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise InvalidInput("Send JSON, with the header Content-Type: application/json.")
    return await read_json(request, limit=LARGEST, max_depth=4)


def _text(given: dict[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidInput("A text is needed in {key}.", key=key, path=(key,))
    return value


def _shown_key(request: Request) -> str | None:
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return key.strip()
    return session_of(request.headers.get("cookie", ""))


def _refuse_foreign_pages(request: Request) -> None:
    """Refuse to sign a browser in on behalf of a foreign page; programs, which say nothing, may."""
    origin, site = request.headers.get("origin", ""), request.headers.get("sec-fetch-site", "")
    if (origin or site) and not is_from_our_pages(
        fetch_site=site,
        origin=origin,
        host=request.headers.get("host", ""),
        base_url=app_of(request.scope).settings.base_url,
    ):
        raise NotAllowed(FOREIGN_PAGE)


def _is_secure(request: Request) -> bool:
    return urlsplit(app_of(request.scope).settings.base_url).scheme == "https"
