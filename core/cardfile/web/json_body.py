"""JSON from strangers: refused cheaply when it is too deep, too large, or no JSON."""

import re
from typing import Any, Final

import orjson
from starlette.requests import Request

from cardfile.errors import InvalidInput
from cardfile.web.answers import TooLarge

__all__ = ["DEEPEST", "parse_json", "read_body", "read_json"]

DEEPEST: Final = 64
"""How many arrays and objects may be inside each other."""

# An unfinished string runs to the end: were it no match, every quote in it would be tried anew.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


async def read_body(request: Request, *, limit: int) -> bytes:
    """Return the body of a request; raises `TooLarge` as soon as it is seen to be over `limit` bytes."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise TooLarge("This request is larger than {limit} bytes.", limit=limit)
        pieces.append(piece)
    return b"".join(pieces)


async def read_json(request: Request, *, limit: int, max_depth: int = DEEPEST) -> dict[str, Any]:
    """Return the JSON object that is the body of a request; raises `TooLarge` or `InvalidInput`."""
    return parse_json(await read_body(request, limit=limit), max_depth=max_depth)


def parse_json(body: bytes, *, max_depth: int = DEEPEST) -> dict[str, Any]:
    """Return the JSON object in `body`, in time linear in its length; raises `InvalidInput`."""
    if _is_deeper(body, max_depth):
        raise InvalidInput("This JSON is nested deeper than {most} levels.", most=max_depth)
    try:
        parsed = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError):
        raise InvalidInput("The body of this request is not valid JSON in UTF-8.") from None
    if not isinstance(parsed, dict):
        raise InvalidInput("The body of this request must be a JSON object.")
    return parsed


def _is_deeper(body: bytes, most: int) -> bool:
    if body.count(b"[") + body.count(b"{") <= most:
        return False
    depth = 0
    for bracket in _STRING.sub(b"", body).translate(None, _NOT_BRACKETS):
        if bracket in b"[{":
            depth += 1
            if depth > most:
                return True
        else:
            depth -= 1
    return False
