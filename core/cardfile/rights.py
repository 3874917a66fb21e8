"""Who acts, and what he may see and do: plain data that every room below access can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import blake2b
from typing import Final

__all__ = ["EVERYTHING", "Actor", "Rights", "Scope"]


class Scope(IntEnum):
    """How far a permission reaches."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3

    @classmethod
    def named(cls, name: str) -> "Scope":
        """Return the scope called `none`, `own`, `team` or `all`; raises `KeyError`."""
        return cls[name.upper()]


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of one person at one moment, made of roles, teams, shares and substitutions.

    `scopes` maps (entity, action) to a scope; what is missing is denied. `own` holds the ids of the people
    whose records count as one's own (oneself, and whoever one stands in for); `team` adds everybody in the
    teams that one is in or above. `hidden` and `locked` hold (entity, field path) pairs, a path being `phone`
    or `fitness.goal`. `shared` names the entities of which single records are shared with this person. `shape`
    is equal for people whose rights differ only in ids: they share compiled plans.
    """

    user: int | None = None
    scopes: Mapping[tuple[str, str], Scope] = field(default_factory=dict)
    own: tuple[int, ...] = ()
    team: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    hidden: frozenset[tuple[str, str]] = frozenset()
    locked: frozenset[tuple[str, str]] = frozenset()
    shared: frozenset[str] = frozenset()
    unlimited: bool = False
    shape: str = field(init=False, default="", compare=False)

    def __post_init__(self) -> None:
        known = (
            sorted((*key, int(scope)) for key, scope in self.scopes.items()),
            sorted(self.hidden),
            sorted(self.shared),
            len(self.own) == 1,
            self.unlimited,
        )
        object.__setattr__(self, "shape", blake2b(repr(known).encode(), digest_size=16).hexdigest())

    def scope(self, entity: str, action: str) -> Scope:
        """Return how far this person may do `action` to records of `entity`."""
        return Scope.ALL if self.unlimited else self.scopes.get((entity, action), Scope.NONE)

    def sees(self, entity: str, path: str) -> bool:
        """Tell whether the field at `path` of `entity` is not hidden from this person."""
        return (entity, path) not in self.hidden

    def edits(self, entity: str, path: str) -> bool:
        """Tell whether this person may change the field at `path` of `entity`, given that he may edit the record."""
        return (entity, path) not in self.hidden and (entity, path) not in self.locked


EVERYTHING: Final = Rights(unlimited=True)
"""The rights of the system itself: no row and no field is hidden. Its uses are counted by a test."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks or acts: a person, or the system on its own account.

    `via` says through which door (`api`, `cli`, `import`, `job`, `system`); `zone` is an IANA time zone.
    """

    rights: Rights
    name: str
    user: int | None = None
    locale: str = "en"
    zone: str = "UTC"
    via: str = "api"
    session: int | None = None
    token: int | None = None

    @classmethod
    def system(cls, reason: str) -> "Actor":
        """Return the system as an actor; `reason` appears in the journal as its name."""
        return cls(rights=EVERYTHING, name=reason, via="system")
