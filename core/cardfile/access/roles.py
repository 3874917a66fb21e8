"""Roles: the built-in ones, and what a plugin says about roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from cardfile.declarations import Grants, Role
from cardfile.rights import Scope
from cardfile.texts import Label

__all__ = ["BUILT_IN", "OWNER", "DeclaredRights", "Deed", "RoleRights"]

OWNER: Final = "owner"
"""The key of the role that may do everything."""

# What a person may not change about himself, though he may edit the rest of his own entry.
_FOR_OWNERS: Final = {"user": ("login", "is_active", "head", "stand_in", "stand_in_until")}

BUILT_IN: Final = (
    Role(OWNER, {"en": "Owner", "ru": "Владелец"}),
    Role("head", {"en": "Head of a team", "ru": "Руководитель"}, lock=_FOR_OWNERS),
    Role("manager", {"en": "Manager", "ru": "Менеджер"}, lock=_FOR_OWNERS),
    Role("specialist", {"en": "Specialist", "ru": "Специалист"}, lock=_FOR_OWNERS),
    Role(
        "analyst",
        {"en": "Analyst", "ru": "Аналитик"},
        can={"*": "read:all"},
        hide_kinds=("phone", "email"),
        lock=_FOR_OWNERS,
    ),
)
"""The roles that every installation has; rooms and plugins fill them by their grants."""


class Deed(Protocol):
    """What the role book needs to know of a command."""

    @property
    def name(self) -> str:
        """The full name, such as `client.merge`."""
        ...

    @property
    def entity(self) -> str:
        """The full key of the entity."""
        ...

    @property
    def action(self) -> str:
        """The action that a role must be given."""
        ...

    @property
    def owner_only(self) -> bool:
        """Whether nobody but owners may do it."""
        ...


@dataclass(frozen=True, slots=True)
class DeclaredRights:
    """What one plugin (or the core) says about roles."""

    plugin: str
    roles: Sequence[Role] = ()
    grants: Grants = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoleRights:
    """A role in full: its scopes by (entity, action), and the field paths that it hides and locks."""

    key: str
    label: Label
    plugin: str
    scopes: Mapping[tuple[str, str], Scope]
    hidden: frozenset[tuple[str, str]]
    locked: frozenset[tuple[str, str]]
