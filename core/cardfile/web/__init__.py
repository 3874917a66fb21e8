"""The web: HTTP in front of an app. The only room that knows Starlette, beside the GraphQL endpoint."""

from cardfile.web.answers import JSONAnswer, TimedOut, TooLarge, answer_to
from cardfile.web.application import make_asgi
from cardfile.web.json_body import parse_json, read_body, read_json
from cardfile.web.state import actor_of, app_of, locale_of, require_actor

__all__ = [
    "JSONAnswer",
    "TimedOut",
    "TooLarge",
    "actor_of",
    "answer_to",
    "app_of",
    "locale_of",
    "make_asgi",
    "parse_json",
    "read_body",
    "read_json",
    "require_actor",
]
