"""Roles: what the people of a trade may do, and what they may not see."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardfile.declarations.keys import KEY, require_key
from cardfile.errors import DeclarationError
from cardfile.rights import Scope
from cardfile.texts import Label

__all__ = ["Grants", "Role", "parse_permissions"]

Grants = Mapping[str, Mapping[str, str]]
"""Rights that a plugin adds to roles which it did not make: `{"manager": {"visit": "check_in:own"}}`.

A right given to `owner` alone says that nobody else needs it.
"""


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
        require_key("role", self.key)
        for what, paths in (("hide", self.hide), ("lock", self.lock)):
            for entity, given in paths.items():
                if not isinstance(given, tuple):
                    raise DeclarationError(
                        f"role {self.key!r}: {what}[{entity!r}] is {given!r}: write a tuple, as ('phones',)"
                    )


def parse_permissions(text: str) -> dict[str, Scope]:
    """Return `read:team edit:own` as scopes by action; raises `ValueError` that says which word is wrong."""
    scopes: dict[str, Scope] = {}
    for word in text.split():
        action, colon, scope = word.partition(":")
        if (
            not colon
            or scope.upper() not in Scope.__members__
            or not (action == "*" or KEY.fullmatch(action))
        ):
            raise ValueError(
                f"{word!r} is no permission: write action:scope, such as 'read:own'; "
                "the scopes are none, own, team, all"
            )
        if action in scopes:
            raise ValueError(f"the action {action!r} is given twice")
        scopes[action] = Scope.named(scope)
    return scopes
