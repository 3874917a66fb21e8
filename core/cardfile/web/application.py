"""The app as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.routing import Router

from cardfile.web.gate import ASGI, Gate, Receive, Scope, Send
from cardfile.web.routing import build_router

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["make_asgi"]


def make_asgi(app: "App", *, lifespan: bool = True) -> ASGI:  # keyword-only
    """Return the ASGI application of `app`; raises `DeclarationError` for a route that states no access.

    Its lifespan runs the app; with `lifespan=False` the app is run by the caller (a test, another server).
    """

    @asynccontextmanager
    async def running(_router: Any) -> AsyncIterator[None]:
        async with app.running():
            yield

    gate = Gate(app, build_router(app))
    living = Router(lifespan=running)

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            if lifespan:
                await living(scope, receive, send)
            return
        await gate(scope, receive, send)

    return asgi
