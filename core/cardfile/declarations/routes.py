"""Routes: the HTTP paths of a plugin, each with who may call it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from cardfile.errors import DeclarationError

__all__ = ["ROUTE_ACCESS", "Route", "RouteAccess"]

RouteAccess = Literal["open", "signed_in", "token"]
"""Who may call a route: everybody, whoever is signed in, or only programs with an API token."""

ROUTE_ACCESS: Final[tuple[RouteAccess, ...]] = ("open", "signed_in", "token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An HTTP route of a plugin: `endpoint` is an ASGI application, or a function from request to response.

    `access` must be stated: a route without it stops the start. `methods` hold for functions and applications
    alike; a `websocket` route takes an ASGI application.
    """

    path: str
    endpoint: Callable[..., Any]
    access: RouteAccess | None = None
    methods: tuple[str, ...] = ("GET",)
    websocket: bool = False

    def __post_init__(self) -> None:
        if not self.path.startswith("/"):
            raise DeclarationError(f"route {self.path!r}: a path begins with a slash")
        if self.access is not None and self.access not in ROUTE_ACCESS:
            raise DeclarationError(
                f"route {self.path!r}: access={self.access!r} is unknown; "
                f"there are: {', '.join(ROUTE_ACCESS)}"
            )
