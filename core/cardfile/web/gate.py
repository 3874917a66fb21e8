"""The gate that every request passes: who asks, from where, how much, how long; and what goes out."""

import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from cardfile.access.admission import Pass
from cardfile.errors import NotAllowed, RateLimited
from cardfile.rights import Actor
from cardfile.web.addresses import TrustedProxies
from cardfile.web.answers import TimedOut, TooLarge, answer_to
from cardfile.web.cookies import FOREIGN_PAGE, is_from_our_pages, session_of
from cardfile.web.deadline import Deadline
from cardfile.web.languages import wished_locale
from cardfile.web.pace import Pace

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["Gate"]

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]
Given = Mapping[bytes, bytes]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]

UPLOADS: Final = "/uploads"
AROUND_A_FILE: Final = 64_000
"""How many bytes a form may need around the file in it."""

PATIENCE: Final = 15
"""How many times longer an upload may take than another request."""

MOST_GUESTS: Final = 10_000
LONGEST_TOKEN: Final = 300
"""No Authorization header of ours is longer, so that longer ones are not even hashed."""

MOST_VOICES: Final = 10_000
MOST_DRESSES: Final = 1_000

SAFE: Final = ("GET", "HEAD", "OPTIONS")

HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    (b"cache-control", b"no-store"),
    (b"vary", b"Accept-Language, Authorization, Cookie"),
)
"""What every answer carries unless an endpoint says otherwise."""


@dataclass(frozen=True, slots=True)
class _Guest:
    """A program that has come with this token and this wish of a language before."""

    shown: Pass
    actor: Actor
    locale: str


class Gate:
    """Puts what it knows of a request into `scope["state"]`, where `state.py` finds it, and the app beside it.

    Whatever an endpoint raises becomes a JSON answer; an answer that has begun is cut off.
    """

    def __init__(self, app: "App", inner: ASGI) -> None:
        self._app, self._inner = app, inner
        settings = app.settings
        self._limits = settings.limits
        self._proxies = TrustedProxies(settings.trusted_proxies)
        self._pace = Pace(settings.limits.requests_per_minute)
        self._base_url = settings.base_url
        self._guests: dict[tuple[bytes, bytes | None], _Guest] = {}
        self._voices: dict[tuple[int, str], tuple[Actor, Actor]] = {}
        secure = urlsplit(settings.base_url).scheme == "https"
        lasting = (b"strict-transport-security", b"max-age=31536000")
        self._headers = (*HEADERS, lasting) if secure else HEADERS
        self._missing: dict[tuple[bytes, ...], Headers] = {}
        self._ids: Iterator[str] = iter(())

    def guest(self, given: Given) -> _Guest | None:
        """Return who has come with these headers before, if nothing has to be waited for to let him in again.

        Programs ask often, and with the same headers each time.
        """
        token = given.get(b"authorization")
        if token is None or len(token) > LONGEST_TOKEN:
            return None
        known = self._guests.get((sha256(token).digest(), given.get(b"accept-language")))
        return known if known is not None and self._app.access.admission.honours(known.shown) else None

    def remember(self, given: Given, shown: Pass, actor: Actor, locale: str) -> None:
        """Keep who came with these headers, one of which shows a token."""
        if len(self._guests) >= MOST_GUESTS:
            self._guests.clear()
        kept_as = sha256(given[b"authorization"]).digest()
        self._guests[kept_as, given.get(b"accept-language")] = _Guest(shown, actor, locale)

    def speaking(self, actor: Actor, locale: str) -> Actor:
        """Return the same person in another language; kept, because every request of a browser asks."""
        known = self._voices.get((id(actor), locale))
        if known is not None and known[0] is actor:
            return known[1]
        if len(self._voices) >= MOST_VOICES:
            self._voices.clear()
        made = replace(actor, locale=locale)
        self._voices[id(actor), locale] = (actor, made)
        return made

    def new_id(self) -> str:
        """Return a new number of a request, which nobody can guess; the system is asked for many at once."""
        found = next(self._ids, None)
        if found is None:
            digits = os.urandom(512).hex()
            self._ids = iter([digits[start : start + 16] for start in range(0, len(digits), 16)])
            found = next(self._ids)
        return found

    def missing(self, given: tuple[bytes, ...]) -> Headers:
        """Return the headers to add to an answer that has `given`; kept, because answers are much alike."""
        found = self._missing.get(given)
        if found is None:
            if len(self._missing) >= MOST_DRESSES:
                self._missing.clear()
            said = {name.lower() for name in given}
            found = tuple(pair for pair in self._headers if pair[0] not in said)
            self._missing[given] = found
        return found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._inner(scope, receive, send)
            return
        request = _Passage(self, scope, receive, send)
        try:
            await request.pass_on()
        except Exception as error:  # noqa: BLE001  # the ASGI edge: whatever it is, the client gets an answer
            await request.refuse(error)


class _Passage:
    """One request on its way through the gate."""

    __slots__ = (
        "_begun",
        "_deadline",
        "_gate",
        "_given",
        "_left",
        "_limit",
        "_receive",
        "_request_id",
        "_scope",
        "_send",
    )

    def __init__(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        self._gate, self._scope, self._receive, self._send = gate, scope, receive, send
        self._request_id = gate.new_id()
        self._begun = False
        self._deadline: Deadline | None = None
        self._given: Given = dict(scope["headers"])
        is_upload = scope["path"] == UPLOADS
        limits = gate._limits
        self._limit = limits.upload_bytes + AROUND_A_FILE if is_upload else limits.body_bytes
        self._left = self._limit

    async def pass_on(self) -> None:
        gate, scope = self._gate, self._scope
        scope["app"] = app = gate._app
        address = self._address()
        guest = gate.guest(self._given)
        # A server's own state may be shared between requests, so ours is a new dict each time.
        scope["state"] = {
            **scope.get("state", {}),
            "headers": self._given,
            "actor": guest.actor if guest is not None else None,
            "locale": guest.locale if guest is not None else app.settings.locale,
            "address": address,
            "request_id": self._request_id,
        }
        actor = guest.actor if guest is not None else await self._admit()
        wait = gate._pace.take(actor.user if actor is not None else address)
        if wait:
            raise RateLimited("Too many requests. Try again in {wait} s.", retry_after=wait, wait=wait)
        if scope["type"] == "websocket":
            await gate._inner(scope, self._receive, self._send)
            return
        self._check_length()
        seconds = gate._limits.request_seconds
        if scope["path"] == UPLOADS:
            seconds *= PATIENCE
        work = gate._inner(scope, self._receive_limited, self._send_dressed)
        self._deadline = deadline = Deadline(work, seconds)
        try:
            await deadline
        except TimeoutError:
            if deadline.has_passed:
                raise TimedOut("This request took longer than {seconds} s.", seconds=int(seconds)) from None
            raise
        finally:
            self._deadline = None

    async def refuse(self, error: Exception) -> None:
        """Answer with an error; an answer that has begun is cut off by letting the error through."""
        if self._begun:
            raise error
        if self._scope["type"] == "websocket":
            await self._send({"type": "websocket.close", "code": 4403 if _is_about_rights(error) else 1011})
            return
        state = self._scope.get("state", {})
        texts = self._gate._app.texts(str(state.get("locale", "en")))
        answer = answer_to(error, texts, self._request_id)
        await answer(self._scope, self._receive, self._send_dressed)

    def _said(self, header: bytes) -> str:
        found = self._given.get(header)
        return found.decode("latin-1") if found else ""

    def _address(self) -> str:
        client = self._scope.get("client")
        peer = str(client[0]) if client else ""
        forwarded = self._given.get(b"x-forwarded-for")
        return self._gate._proxies.address(peer, forwarded.decode("latin-1")) if forwarded else peer

    async def _admit(self) -> Actor | None:
        """Find out who asks and in which language to answer him."""
        if b"authorization" not in self._given:
            return self._greeted(await self._browser())
        kind, _, key = self._said(b"authorization").partition(" ")
        key = key.strip()
        access = self._gate._app.access
        actor = await access.resolve(key) if kind.lower() == "bearer" else None
        greeted = self._greeted(actor)
        shown = access.admission.pass_of(key) if actor is not None else None
        # Rights may have changed while we waited: then the pass is somebody's who came later.
        if greeted is not None and shown is not None and shown.actor is actor:
            self._gate.remember(self._given, shown, greeted, self._scope["state"]["locale"])
        return greeted

    async def _browser(self) -> Actor | None:
        """Return who is signed in with the cookie that a browser sends."""
        access = self._gate._app.access
        cookie = self._said(b"cookie")
        session = session_of(cookie) if cookie else None
        if not session:
            return None
        actor = await access.resolve_session(session)
        if actor is not None and not self._is_safe():
            raise NotAllowed(FOREIGN_PAGE)
        return actor

    def _is_safe(self) -> bool:
        """Tell whether a request that carries the cookie changes nothing, or was made by a page of ours."""
        if self._scope["type"] == "http" and self._scope["method"] in SAFE:
            return True
        return is_from_our_pages(
            fetch_site=self._said(b"sec-fetch-site"),
            origin=self._said(b"origin"),
            host=self._said(b"host"),
            base_url=self._gate._base_url,
        )

    def _greeted(self, actor: Actor | None) -> Actor | None:
        """Return who asks in the language that he wishes, both written down for the endpoints."""
        state = self._scope["state"]
        header = self._said(b"accept-language")
        wished = wished_locale(header) if header else None
        if actor is not None:
            wished = wished or actor.locale
            if wished != actor.locale:
                actor = self._gate.speaking(actor, wished)
            state["actor"] = actor
        if wished:
            state["locale"] = wished
        return actor

    def _check_length(self) -> None:
        length = self._given.get(b"content-length")
        # Of bytes, isdigit() means the ten digits and no others.
        if length is not None and (not length.isdigit() or len(length) > 18 or int(length) > self._limit):
            raise self._too_large()

    def _too_large(self) -> TooLarge:
        return TooLarge("This request is larger than {limit} bytes.", limit=self._limit)

    async def _receive_limited(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise self._too_large()
        return message

    def _send_dressed(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self._begun = True
            if self._deadline is not None:
                # What has begun may go on as long as it likes: a stream, a download.
                self._deadline.lift()
            given = message.get("headers", ())
            missing = self._gate.missing(tuple([name for name, _ in given]))
            headers = [*given, *missing, (b"x-request-id", self._request_id.encode())]
            message = {**message, "headers": headers}
        return self._send(message)


def _is_about_rights(error: Exception) -> bool:
    return isinstance(error, NotAllowed | RateLimited)
