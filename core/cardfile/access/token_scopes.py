"""What an API token may do: less than the person it acts for, never more."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from cardfile.errors import InvalidInput
from cardfile.rights import Rights, Scope

__all__ = ["TokenScopes"]

_WORD = re.compile(
    r"(?P<entity>\*|[a-z][a-z0-9_.]*):(?P<action>\*|[a-z][a-z0-9_]*)(?::(?P<scope>own|team|all))?"
)


@dataclass(frozen=True, slots=True)
class TokenScopes:
    """Limits like `entity:action` or `entity:action:scope`, with `*` for any: `client:read *:read:own`.

    Without a limit a token may do nothing. Records shared with the person are within reach only where a limit
    allows all actions on the entity, because a share itself does not tell reading from everything else.
    """

    limits: tuple[tuple[str, str, Scope], ...]

    @classmethod
    def parse(
        cls, words: Iterable[str], *, known: Mapping[str, Iterable[str]] | None = None
    ) -> "TokenScopes":
        """Return the limits that `words` say; raises `InvalidInput` for what is none.

        `known` maps entities to their actions: with it, names that mean nothing are refused.
        """
        limits = []
        for word in words:
            match = _WORD.fullmatch(word)
            if match is None:
                raise InvalidInput(
                    "{word} is no limit of a token: write entity:action or entity:action:scope.",
                    word=word[:100],
                )
            entity, action = match["entity"], match["action"]
            if known is not None:
                _require_known(entity, action, known)
            limits.append((entity, action, Scope.named(match["scope"] or "all")))
        return cls(tuple(limits))

    @classmethod
    def read(cls, kept: str) -> "TokenScopes":
        """Return the limits that the database keeps as one text."""
        return _read(kept)

    def __str__(self) -> str:
        return " ".join(
            f"{entity}:{action}" + ("" if scope is Scope.ALL else f":{scope.name.lower()}")
            for entity, action, scope in self.limits
        )

    def most(self, entity: str, action: str) -> Scope:
        """Return how far the token reaches at most."""
        reaches = (
            scope for one, deed, scope in self.limits if one in ("*", entity) and deed in ("*", action)
        )
        return max(reaches, default=Scope.NONE)

    def cut(self, rights: Rights) -> Rights:
        """Return `rights` with everything taken away that the token does not reach."""
        scopes = {pair: min(scope, self.most(*pair)) for pair, scope in rights.scopes.items()}
        whole = {entity for entity, action, scope in self.limits if action == "*" and scope is Scope.ALL}
        shared = rights.shared if "*" in whole else rights.shared & whole
        return replace(rights, scopes={pair: scope for pair, scope in scopes.items() if scope}, shared=shared)


@lru_cache(maxsize=1_024)
def _read(kept: str) -> TokenScopes:
    return TokenScopes.parse(kept.split())


def _require_known(entity: str, action: str, known: Mapping[str, Iterable[str]]) -> None:
    if entity != "*" and entity not in known:
        raise InvalidInput(
            "There is no entity {entity}; there are: {known}.", entity=entity, known=", ".join(sorted(known))
        )
    actions = {one for each in ((entity,) if entity != "*" else known) for one in known[each]}
    if action != "*" and action not in actions:
        raise InvalidInput(
            "There is no action {action}; there are: {known}.",
            action=action,
            known=", ".join(sorted(actions)),
        )
