"""`POST /graphql`, by the GraphQL-over-HTTP specification."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from cardfile.app import App
from cardfile.errors import Refused
from cardfile.web.answers import TooLarge
from cardfile.web.json_body import parse_json
from cardfile.web.state import actor_of, headers_of, locale_of, request_id_of
from cardfile_graphql.context import RequestContext
from cardfile_graphql.engine import Answer, Engine, Request
from cardfile_graphql.errors import Code, error_json, errors_json
from cardfile_graphql.playground import PLAYGROUND, PLAYGROUND_POLICY

__all__ = ["Endpoint", "go_to_playground"]

Headers = Sequence[tuple[bytes, bytes]]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

JSON = b"application/json; charset=utf-8"
GRAPHQL = b"application/graphql-response+json; charset=utf-8"


class Endpoint:
    """The GraphQL endpoint of one app, as an ASGI application: a bare one, for reads hardly cost more than it does."""

    def __init__(self, app: App, engine: Engine) -> None:
        self.app = app
        self.engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = headers_of(scope)
        accepted = headers.get(b"accept", b"*/*")
        if scope["method"] != "POST":
            if scope["method"] in {"GET", "HEAD"} and b"text/html" in accepted:
                await _send(
                    send,
                    200,
                    b"text/html; charset=utf-8",
                    PLAYGROUND,
                    more=((b"content-security-policy", PLAYGROUND_POLICY),),
                )
                return
            await _refuse(
                send,
                accepted,
                405,
                Code.BAD_REQUEST,
                "Documents are sent by POST.",
                more=((b"allow", b"POST"),),
            )
            return
        sent = headers.get(b"content-type", b"")
        if sent != b"application/json" and sent.partition(b";")[0].strip().lower() != b"application/json":
            await _refuse(send, accepted, 415, Code.BAD_REQUEST, "The body must be application/json.")
            return
        actor = actor_of(scope)
        if actor is None:
            await _refuse(send, accepted, 401, Code.UNAUTHENTICATED, "Sign in first, or send a token.")
            return
        context = RequestContext(self.app, actor, self.engine.built, locale_of(scope), request_id_of(scope))
        try:
            request = _request(parse_json(await _body(receive, self.app.settings.limits.body_bytes)))
        except TooLarge as refusal:
            await _refuse(send, accepted, 413, Code.BAD_REQUEST, refusal.say(context.texts))
            return
        except Refused as refusal:
            await _refuse(send, accepted, 400, Code.BAD_REQUEST, refusal.say(context.texts))
            return
        answer = await self.engine.answer(request, context)
        media_type = _media_type(accepted)
        await _send(send, _status(answer, media_type), media_type, answer.body)


async def _body(receive: Receive, limit: int) -> bytes:
    body = b""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        body = message.get("body", b"")
        size += len(body)
        if size > limit:
            raise TooLarge("This request is larger than {limit} bytes.", limit=limit)
        if message.get("more_body"):
            pieces.append(body)
        else:
            return b"".join((*pieces, body)) if pieces else body


def _request(body: Mapping[str, Any]) -> Request:
    query, variables, operation = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(query, str) or not query or query.isspace():
        raise Refused("The body needs a member query with the document as a text.", path=("query",))
    if variables is not None and not isinstance(variables, dict):
        raise Refused("The member variables must be an object.", path=("variables",))
    if operation is not None and not isinstance(operation, str):
        raise Refused("The member operationName must be a text.", path=("operationName",))
    if not isinstance(body.get("extensions") or {}, dict):
        raise Refused("The member extensions must be an object.", path=("extensions",))
    return Request(query, variables or {}, operation or None)


def _media_type(accepted: bytes) -> bytes:
    return GRAPHQL if b"application/graphql-response+json" in accepted else JSON


def _status(answer: Answer, media_type: bytes) -> int:
    # Under application/json a well-formed request is answered with 200, whatever its errors (the specification's
    # watershed): older clients take other statuses for a broken connection.
    return answer.status if media_type is GRAPHQL or answer.status in {401, 403, 413, 429, 503} else 200


async def _refuse(
    send: Send, accepted: bytes, status: int, code: Code, message: str, *, more: Headers = ()
) -> None:
    await _send(send, status, _media_type(accepted), errors_json([error_json(code, message)]), more=more)


async def _send(send: Send, status: int, media_type: bytes, body: bytes, *, more: Headers = ()) -> None:
    headers = [
        (b"content-type", media_type),
        (b"content-length", b"%d" % len(body)),
        (b"vary", b"Accept, Accept-Language"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def go_to_playground(scope: Scope, receive: Receive, send: Send) -> None:
    """Send whoever opens the bare address to the playground."""
    await _send(send, 307, b"text/plain; charset=utf-8", b"See /graphql", more=((b"location", b"/graphql"),))
