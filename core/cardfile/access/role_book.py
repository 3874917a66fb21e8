"""What every role comes to in an installation: worked out and checked once, at the start."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from cardfile.access.following import Telling, tellings_of
from cardfile.access.roles import BUILT_IN, OWNER, DeclaredRights, Deed, RoleRights
from cardfile.declarations import Role, parse_permissions
from cardfile.errors import DeclarationError
from cardfile.model.entities import Owned
from cardfile.model.model import Model
from cardfile.model.record_types import CORE, RecordType
from cardfile.rights import Scope

__all__ = ["RoleBook", "Union"]

Pair = tuple[str, str]

INHERITED: Final[Mapping[str, str]] = {
    "read": "read",
    "create": "edit",
    "edit": "edit",
    "archive": "edit",
    "export": "export",
    "import": "import",
}
"""Which action on the record that an entity hangs on gives which action on the entity."""

COLLEAGUES: Final = "user"
"""The entity that `hide_kinds` leaves alone: the numbers of colleagues are no clients' contacts."""


class Union(NamedTuple):
    """What several roles come to together."""

    scopes: Mapping[Pair, Scope]
    hidden: frozenset[Pair]
    locked: frozenset[Pair]


class RoleBook:
    """All roles by key, in the order of their declaration; and the actions of every entity."""

    def __init__(
        self,
        roles: Mapping[str, RoleRights],
        actions: Mapping[str, frozenset[str]] | None = None,
        tellings: Sequence[Telling] = (),
    ) -> None:
        self.roles: Mapping[str, RoleRights] = MappingProxyType(dict(roles))
        self.actions: Mapping[str, frozenset[str]] = MappingProxyType(dict(actions or {}))
        self._tellings = tellings
        self._unions: dict[frozenset[str], Union] = {}

    @classmethod
    def build(cls, model: Model, commands: Iterable[Deed], declared: Sequence[DeclaredRights]) -> "RoleBook":
        """Work out every role; raises `DeclarationError` that names plugin, role and remedy.

        Every action of every entity must be given by name to somebody besides owners, or come with the
        entity's `on=`, or be for owners alone (`owner_only=True` on the command, or a grant to `owner`).
        """
        builder = _Builder(model, tuple(commands), tuple(declared))
        return cls(builder.build(), builder.actions, tellings_of(model))

    def union(self, keys: Collection[str]) -> Union:
        """Return what the roles of one person come to; keys of roles that are gone count for nothing.

        A scope is the widest that any role gives. A field is hidden when all the roles that let one read the
        entity hide it, and locked when all that let one change it lock or hide it.
        """
        known = frozenset(key for key in keys if key in self.roles)
        if known not in self._unions:
            union = _unite([self.roles[key] for key in sorted(known)])
            self._unions[known] = union._replace(hidden=self.concealed(union.scopes, union.hidden))
        return self._unions[known]

    def concealed(self, scopes: Mapping[Pair, Scope], hidden: frozenset[Pair]) -> frozenset[Pair]:
        """Return what is hidden, and with it every field that would tell it or is made of rows out of reach."""
        more = {one.field for one in self._tellings if one.tells_more(scopes, hidden)} - hidden
        return self.concealed(scopes, hidden | more) if more else hidden


def _unite(roles: Sequence[RoleRights]) -> Union:
    scopes: dict[Pair, Scope] = {}
    for role in roles:
        for pair, scope in role.scopes.items():
            scopes[pair] = max(scope, scopes.get(pair, Scope.NONE))
    hidden = {
        (entity, path)
        for entity, path in {pair for role in roles for pair in role.hidden}
        if all((entity, path) in role.hidden for role in _giving(roles, entity, ("read",)))
    }
    locked = {
        (entity, path)
        for entity, path in {pair for role in roles for pair in role.locked}
        if all(
            (entity, path) in role.locked | role.hidden for role in _giving(roles, entity, ("edit", "create"))
        )
    }
    return Union(MappingProxyType(scopes), frozenset(hidden), frozenset(locked))


def _giving(roles: Sequence[RoleRights], entity: str, actions: Sequence[str]) -> list[RoleRights]:
    return [role for role in roles if any(role.scopes.get((entity, action)) for action in actions)]


@dataclass(slots=True)
class _Draft:
    """A role while permissions are still being added.

    `said` are the entities of which somebody said who reads or changes them: only that counts then. A grant of
    named commands alone, `moor:own`, adds to what comes with the entity's host.
    """

    role: Role
    plugin: str
    scopes: dict[Pair, Scope]
    said: set[str]
    everywhere: dict[str, Scope]


class _Builder:
    def __init__(
        self, model: Model, commands: tuple[Deed, ...], declared: tuple[DeclaredRights, ...]
    ) -> None:
        self.model, self.commands, self.declared = model, commands, declared
        self.actions = {key: self._actions(record_type) for key, record_type in model.types.items()}
        self.drafts: dict[str, _Draft] = {}
        self.alone = self._alone()
        self.owners: set[Pair] = set(self.alone)

    def _actions(self, record_type: RecordType) -> frozenset[str]:
        entity = record_type.entity
        own = {"read"} if entity.read_only else {"read", *entity.actions}
        more = {"export"} | ({"import"} if "create" in own else set())
        if isinstance(entity.visibility, Owned):
            more.add("assign")
        return frozenset(
            own | more | {deed.action for deed in self.commands if deed.entity == record_type.key}
        )

    def _check_participating(self) -> None:
        """Refuse actions of participants that nobody does, to a record or to what hangs on it."""
        for key, record_type in self.model.types.items():
            if not isinstance(record_type.visibility, Owned):
                continue
            hanging = [one for one in self.actions if self._host(one) == key]
            known = self.actions[key].union(*(self.actions[one] for one in hanging))
            for action in record_type.visibility.participating:
                if action not in known:
                    raise DeclarationError(
                        f"{record_type.plugin}: participants of {key!r} may do {action!r}, which is no action on it; "
                        f"there are: {', '.join(sorted(known))}"
                    )

    def _alone(self) -> frozenset[Pair]:
        """Return what only commands for owners do."""
        theirs = {(deed.entity, deed.action) for deed in self.commands if deed.owner_only}
        others = {(deed.entity, deed.action) for deed in self.commands if not deed.owner_only}
        return frozenset(theirs - others)

    def build(self) -> dict[str, RoleRights]:
        self._check_participating()
        for role in BUILT_IN:
            self._open(CORE, role)
        for one in self.declared:
            for role in one.roles:
                self._open(one.plugin, role)
        for one in self.declared:
            for key, permissions in one.grants.items():
                if key not in self.drafts:
                    raise DeclarationError(
                        f"{one.plugin}: grants speak of a role {key!r} that does not exist; "
                        f"there are: {', '.join(self.drafts)}"
                    )
                self._add(one.plugin, self.drafts[key], permissions)
        self._require_all_given()
        return {key: self._finish(draft) for key, draft in self.drafts.items()}

    def _open(self, plugin: str, role: Role) -> None:
        if role.key in self.drafts:
            raise DeclarationError(
                f"{plugin}: the role {role.key!r} exists already, from {self.drafts[role.key].plugin}: "
                "rename one, or add rights to it by grants = {…}"
            )
        draft = self.drafts[role.key] = _Draft(role, plugin, {}, set(), {})
        self._add(plugin, draft, role.can)

    def _add(self, plugin: str, draft: _Draft, permissions: Mapping[str, str]) -> None:
        for name, text in permissions.items():
            where = f"{plugin}: role {draft.role.key!r}, {name!r}"
            try:
                scopes = parse_permissions(text)
            except ValueError as error:
                raise DeclarationError(f"{where}: {error}") from None
            if name == "*":
                draft.everywhere.update(scopes)
                continue
            entity = self._resolve(plugin, name, where)
            if scopes.keys() & {"*", *INHERITED}:
                draft.said.add(entity)
            for action in scopes.keys() - {"*"}:
                self._check_action(draft, entity, action, where)
            for action in self.actions[entity]:
                scope = scopes.get(action, scopes.get("*"))
                pair = (entity, action)
                if scope is not None and (pair not in self.alone or draft.role.key == OWNER):
                    draft.scopes[pair] = max(scope, draft.scopes.get(pair, Scope.NONE))

    def _check_action(self, draft: _Draft, entity: str, action: str, where: str) -> None:
        if action not in self.actions[entity]:
            raise DeclarationError(
                f"{where}: there is no action {action!r} on {entity!r}; "
                f"there are: {', '.join(sorted(self.actions[entity]))}"
            )
        if (entity, action) in self.alone and draft.role.key != OWNER:
            raise DeclarationError(
                f"{where}: {action!r} on {entity!r} is for owners alone (owner_only=True on its command)"
            )

    def _resolve(self, plugin: str, name: str, where: str) -> str:
        for key in (f"{plugin}.{name}", name):
            if key in self.model:
                return key
        raise DeclarationError(
            f"{where}: there is no entity {name!r}; there are: {', '.join(sorted(self.model.types))}"
        )

    def _host(self, key: str) -> str | None:
        record_type = self.model[key]
        name = record_type.entity.on
        return self._resolve(record_type.plugin, name, f"entity {key!r}") if name else None

    def _require_all_given(self) -> None:
        by_name = {
            key: {pair for pair, scope in draft.scopes.items() if scope} for key, draft in self.drafts.items()
        }
        given = set[Pair]().union(*by_name.values(), self.alone)
        missing = [pair for pair in self._needed() if pair not in given and not self._comes_with(pair, given)]
        if missing:
            raise DeclarationError("\n".join(self._how_to_give(pair) for pair in missing))
        # What was given to owners and by name to nobody else is theirs alone, whatever `*` says.
        others = set[Pair]().union(*(pairs for key, pairs in by_name.items() if key != OWNER))
        self.owners |= by_name[OWNER] - others

    def _needed(self) -> Iterator[Pair]:
        for key, record_type in self.model.types.items():
            entity = record_type.entity
            own = {"read"} if entity.read_only else {"read", *entity.actions}
            named = {deed.action for deed in self.commands if deed.entity == key}
            yield from ((key, action) for action in sorted(own | named))

    def _comes_with(self, pair: Pair, given: set[Pair]) -> bool:
        entity, action = pair
        host = self._host(entity)
        if host is None or action not in INHERITED:
            return False
        above = (host, INHERITED[action])
        return above in given or self._comes_with(above, given)

    def _how_to_give(self, pair: Pair) -> str:
        entity, action = pair
        record_type = self.model[entity]
        deeds = [deed.name for deed in self.commands if (deed.entity, deed.action) == pair]
        short = entity.removeprefix(f"{record_type.plugin}.")
        what = f"{action!r} on {entity!r}" + (f" (command {', '.join(deeds)})" if deeds else "")
        alone = (
            "say owner_only=True on the command"
            if deeds
            else f'write grants = {{"owner": {{"{short}": "{action}:all"}}}}'
        )
        return (
            f"{record_type.plugin}: a missing permission: no role may do {what}. Give it to one with "
            f'grants = {{"manager": {{"{short}": "{action}:own"}}}}; if it is for owners alone, {alone}'
        )

    def _finish(self, draft: _Draft) -> RoleRights:
        role = draft.role
        hidden = self._paths(draft, "hide", role.hide) | self._paths_of_kinds(role.hide_kinds)
        return RoleRights(
            role.key,
            role.label,
            draft.plugin,
            MappingProxyType(self._scopes(draft)),
            frozenset(hidden),
            frozenset(self._paths(draft, "lock", role.lock)),
        )

    def _scopes(self, draft: _Draft) -> dict[Pair, Scope]:
        if draft.role.key == OWNER:
            return {(entity, action): Scope.ALL for entity in self.actions for action in self.actions[entity]}
        pairs = ((entity, action) for entity in self.actions for action in self.actions[entity])
        found = {pair: self._scope(draft, pair) for pair in pairs}
        return {pair: scope for pair, scope in found.items() if scope}

    def _scope(self, draft: _Draft, pair: Pair) -> Scope:
        entity, action = pair
        if entity in draft.said:
            return draft.scopes.get(pair, Scope.NONE)
        if pair in self.owners:
            return Scope.NONE
        wide = draft.everywhere.get(action, draft.everywhere.get("*", Scope.NONE))
        wide = max(wide, draft.scopes.get(pair, Scope.NONE))
        host = self._host(entity)
        if host is None or action not in INHERITED:
            return wide
        return max(wide, self._scope(draft, (host, INHERITED[action])))

    def _paths(self, draft: _Draft, what: str, given: Mapping[str, tuple[str, ...]]) -> set[Pair]:
        found: set[Pair] = set()
        for name, paths in given.items():
            where = f"{draft.plugin}: role {draft.role.key!r}, {what}[{name!r}]"
            entity = self._resolve(draft.plugin, name, where)
            record_type = self.model[entity]
            known = record_type.lines.keys() | record_type.links.keys()
            for path in paths:
                right = next((one for one in (path, f"{draft.plugin}.{path}") if one in known), None)
                if right is None:
                    raise DeclarationError(
                        f"{where}: {entity!r} has no field or list {path!r}; "
                        f"it has: {', '.join(sorted(known))}"
                    )
                found.add((entity, right))
        return found

    def _paths_of_kinds(self, kinds: Collection[str]) -> set[Pair]:
        found: set[Pair] = set()
        for key, record_type in self.model.types.items():
            if key == COLLEAGUES:
                continue
            found |= {(key, line.path) for line in record_type.lines.values() if line.kind in kinds}
            for link in record_type.links.values():
                if link.entry is not None and link.entry in kinds:
                    # The entries can be reached by other ways too, so that their texts are hidden as well.
                    there = self.model[link.target].lines
                    found |= {
                        (key, link.path),
                        *((link.target, each) for each in ("value", "raw") if each in there),
                    }
        return found
