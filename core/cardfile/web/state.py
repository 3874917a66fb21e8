"""What the gate knows about a request, and how an endpoint asks for it."""

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from cardfile.errors import Unauthenticated
from cardfile.rights import Actor

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["actor_of", "app_of", "headers_of", "locale_of", "request_id_of", "require_actor"]

Scope = MutableMapping[str, Any]


def app_of(scope: Scope) -> "App":
    """Return the app that a request belongs to."""
    app: App = scope["app"]
    return app


def headers_of(scope: Scope) -> Mapping[bytes, bytes]:
    """Return the headers of a request by their names in small letters; of several alike the last one."""
    headers: Mapping[bytes, bytes] = scope["state"]["headers"]
    return headers


def actor_of(scope: Scope) -> Actor | None:
    """Return who makes a request, None when nobody is signed in."""
    actor: Actor | None = scope["state"]["actor"]
    return actor


def require_actor(scope: Scope) -> Actor:
    """Return who makes a request; raises `Unauthenticated` when nobody is signed in."""
    actor = actor_of(scope)
    if actor is None:
        raise Unauthenticated("Sign in first.")
    return actor


def locale_of(scope: Scope) -> str:
    """Return the language in which to answer a request."""
    locale: str = scope["state"]["locale"]
    return locale


def request_id_of(scope: Scope) -> str:
    """Return the number under which the log knows a request."""
    request_id: str = scope["state"]["request_id"]
    return request_id
