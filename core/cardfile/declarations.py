"""What a plugin may declare besides its model: roles, rights for roles that exist, and routes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from cardfile.errors import DeclarationError
from cardfile.rights import Scope
from cardfile.texts import Label

__all__ = ["ROUTE_ACCESS", "Grants", "Role", "Route", "RouteAccess", "parse_permissions"]

Grants = Mapping[str, Mapping[str, str]]
"""Rights that a plugin adds to roles which it did not make: `{"manager": {"visit": "check_in:own"}}`.

A right given to `owner` alone says that nobody else needs it.
"""

RouteAccess = Literal["open", "signed_in", "token"]
"""Who may call a route: everybody, whoever is signed in, or only programs with an API token."""

ROUTE_ACCESS: Final[tuple[RouteAccess, ...]] = ("open", "signed_in", "token")

_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Role:
    """What a person in this role may do and may not see.

    `can` maps an entity to permissions, words of the form `action:scope`: `{"client": "read:team edit:own",
    "visit": "*:own"}`. The action `*` means all actions of the entity, the entity `*` all entities of which
    the role does not speak. `hide` and `lock` map an entity to paths of its fields and lists (`phones`,
    `fitness.goal`) that the role may not see or not change; `hide_kinds` hides all fields of these kinds
    (`phone`, `email`) wherever they are, plugins' ones included.
    """

    key: str
    label: Label
    can: Mapping[str, str] = field(default_factory=dict)
    hide: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lock: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hide_kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise DeclarationError(
                f"role {self.key!r}: a key is lower case words joined by underscores, such as 'head_trainer'"
            )
        for what, paths in (("hide", self.hide), ("lock", self.lock)):
            for entity, given in paths.items():
                if not isinstance(given, tuple):
                    raise DeclarationError(
                        f"role {self.key!r}: {what}[{entity!r}] is {given!r}: write a tuple, as ('phones',)"
                    )


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


def parse_permissions(text: str) -> dict[str, Scope]:
    """Return `read:team edit:own` as scopes by action; raises `ValueError` that says which word is wrong."""
    scopes: dict[str, Scope] = {}
    for word in text.split():
        action, colon, scope = word.partition(":")
        if (
            not colon
            or scope.upper() not in Scope.__members__
            or not (action == "*" or _KEY.fullmatch(action))
        ):
            raise ValueError(
                f"{word!r} is no permission: write action:scope, such as 'read:own'; "
                "the scopes are none, own, team, all"
            )
        if action in scopes:
            raise ValueError(f"the action {action!r} is given twice")
        scopes[action] = Scope.named(scope)
    return scopes
