"""How errors become answers: a code, a sentence, and the number under which the log knows the request."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cardfile.database import DatabaseBusy
from cardfile.errors import (
    Busy,
    FileRefused,
    InvalidInput,
    NotAllowed,
    NotFound,
    RateLimited,
    Refused,
    Unauthenticated,
    VersionConflict,
)
from cardfile.texts import Texts

__all__ = ["JSONAnswer", "TimedOut", "TooLarge", "answer_to"]


class TooLarge(Refused):
    """A body that is larger than it may be."""

    code = "PAYLOAD_TOO_LARGE"


class TimedOut(Refused):
    """A request that took longer than it may."""

    code = "REQUEST_TIMEOUT"


STATUSES: Final[Mapping[type[Refused], int]] = {
    InvalidInput: 400,
    FileRefused: 400,
    Unauthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    TimedOut: 408,
    VersionConflict: 409,
    TooLarge: 413,
    RateLimited: 429,
    Busy: 503,
}
"""The HTTP status of each refusal; a subclass has that of the nearest one above it."""

log = logging.getLogger("cardfile.web")


class JSONAnswer(Response):
    """A JSON answer."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the content as JSON."""
        return orjson.dumps(content)


def answer_to(error: Exception, texts: Texts, request_id: str) -> Response:
    """Return the answer to an error; what nobody foresaw is logged, and told without its text."""
    headers: dict[str, str] = {}
    match error:
        case Refused():
            status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 400)
            code, message = error.code, error.say(texts)
            if isinstance(error, RateLimited):
                headers["retry-after"] = str(error.retry_after)
            if isinstance(error, Unauthenticated):
                headers["www-authenticate"] = "Bearer"
        case HTTPException():
            status = error.status_code
            phrase = HTTPStatus(status).phrase
            code, message = phrase.upper().replace(" ", "_").replace("-", "_"), phrase
            headers.update(error.headers or {})
        case DatabaseBusy():
            log.warning("request %s: %s", request_id, error)
            status, code = 503, "BUSY"
            message = texts.say("The database is busy. Try again in a moment.")
            headers["retry-after"] = "2"
        case _:
            log.error("request %s failed", request_id, exc_info=error)
            status, code = 500, "INTERNAL_SERVER_ERROR"
            message = texts.say(
                "Something went wrong on our side. The request is logged as {id}.", id=request_id
            )
    told = {"error": {"code": code, "message": message, "requestId": request_id}}
    return JSONAnswer(told, status_code=status, headers=headers)
