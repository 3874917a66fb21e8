"""The routes of an installation: our own and the plugins', none of them open by mistake."""

import inspect
from collections.abc import Awaitable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from starlette.routing import BaseRoute, Match, Router, WebSocketRoute, request_response
from starlette.routing import Route as StarletteRoute

from cardfile.declarations import ROUTE_ACCESS, Route, RouteAccess
from cardfile.errors import DeclarationError, NotAllowed, NotFound
from cardfile.web.files import download, upload
from cardfile.web.gate import ASGI, Receive, Scope, Send
from cardfile.web.health import health
from cardfile.web.signing import change_password, sign_in, sign_out
from cardfile.web.state import require_actor

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["OURS", "build_router"]

OURS: Final = (
    Route(path="/health", endpoint=health, access="open"),
    Route(path="/sign-in", endpoint=sign_in, access="open", methods=("POST",)),
    Route(path="/sign-out", endpoint=sign_out, access="open", methods=("POST",)),
    Route(path="/change-password", endpoint=change_password, access="signed_in", methods=("POST",)),
    Route(path="/uploads", endpoint=upload, access="signed_in", methods=("POST",)),
    Route(path="/files/{id}", endpoint=download, access="signed_in"),
)
"""The routes of the core."""


def build_router(app: "App") -> ASGI:
    """Return the router over all routes; raises `DeclarationError` for a plugin's route without `access=`."""
    routes: list[BaseRoute] = []
    owners = {one.path: "core" for one in OURS}
    for plugin in app.plugins:
        for one in plugin.routes(app):
            if one.path in owners:
                raise DeclarationError(
                    f"{plugin.name}: the route {one.path!r} is {owners[one.path]}'s already: "
                    f"choose another path, such as '/{plugin.name}{one.path}'"
                )
            owners[one.path] = plugin.name
            routes.append(_bound(plugin.name, one))
    routes += (_bound("core", one) for one in OURS)
    return _Table(routes)


class _Table:
    """Finds routes without parameters by their path, and leaves all others to Starlette's router."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._router = Router(routes, redirect_slashes=False, default=_nothing_here)
        self._exact: dict[tuple[str, str], ASGI] = {}
        for route in routes:
            if isinstance(route, StarletteRoute) and not route.param_convertors:
                for method in route.methods or ():
                    if _first(routes, route.path, method) is route:
                        self._exact[method, route.path] = _bare(route.app)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        found: ASGI | None = None
        if scope["type"] == "http" and not scope.get("root_path"):
            found = self._exact.get((scope["method"], scope["path"]))
        return (found or self._router)(scope, receive, send)


def _first(routes: Iterable[BaseRoute], path: str, method: str) -> BaseRoute | None:
    asked = {"type": "http", "path": path, "method": method}
    return next((one for one in routes if one.matches(asked)[0] is Match.FULL), None)


def _bare(endpoint: ASGI) -> ASGI:
    """Return an endpoint without its guard when that guards nothing."""
    if isinstance(endpoint, _Guarded) and endpoint.access == "open":
        return endpoint.endpoint
    return endpoint


def _bound(plugin: str, one: Route) -> BaseRoute:
    if one.access is None:
        raise DeclarationError(
            f"{plugin}: the route {one.path!r} does not say who may call it: "
            f"give it access= one of {_listed(ROUTE_ACCESS)}"
        )
    guarded = _Guarded(_as_asgi(plugin, one), one.access)
    if one.websocket:
        return WebSocketRoute(one.path, guarded)
    return StarletteRoute(one.path, guarded, methods=list(one.methods))


def _as_asgi(plugin: str, one: Route) -> ASGI:
    endpoint: Any = one.endpoint
    if not (inspect.isfunction(endpoint) or inspect.ismethod(endpoint)):
        return cast(ASGI, endpoint)  # an object that is called as an ASGI application
    count = len(inspect.signature(endpoint).parameters)
    if count == 3:
        return cast(ASGI, endpoint)  # a function that is an ASGI application
    if count != 1 or one.websocket or not inspect.iscoroutinefunction(endpoint):
        raise DeclarationError(
            f"{plugin}: the endpoint of {one.path!r} must be an ASGI application, "
            "or an async function that takes a request and returns a response"
        )
    return request_response(endpoint)


class _Guarded:
    """An endpoint behind its rule; no function, for Starlette wraps functions in its own way."""

    def __init__(self, endpoint: ASGI, access: RouteAccess) -> None:
        self.endpoint, self.access = endpoint, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.access != "open":
            actor = require_actor(scope)
            if self.access == "token" and actor.token is None:
                raise NotAllowed("Only programs with an API token may call this.")
        await self.endpoint(scope, receive, send)


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    raise NotFound("There is nothing at this address.")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(repr(one) for one in words)
