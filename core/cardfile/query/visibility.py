"""Who sees which rows: the one place where rights become SQL.

Nobody acts on what he does not see, so a scope of an action counts as far as the scope of reading does.
"""

from collections.abc import Mapping

from cardfile.database.dialect import literal
from cardfile.database.names import quoted
from cardfile.model.entities import PARTICIPANT, Everyone, Owned, Personal, Through
from cardfile.model.model import Model
from cardfile.model.record_types import Link, RecordType
from cardfile.query.binds import Statement
from cardfile.query.row import constant
from cardfile.rights import Rights, Scope

__all__ = ["NOTHING", "concealed_rows", "is_implied", "visible"]

NOTHING = "1 = 0"
SHARED: Mapping[str, str] = {"read": "", "edit": " and s.level = 'edit'"}
"""What a share opens, and what it must say for that: nobody archives, merges or exports what was lent to him."""


def visible(statement: Statement, record_type: RecordType, alias: str, *, action: str = "read") -> str | None:
    """Return the condition under which the reader may do `action` to the row `alias`, None when to every row."""
    rights = statement.rights
    scope = min(rights.scope(record_type.key, action), rights.scope(record_type.key, "read"))
    conditions = (
        _within(statement, record_type, alias, scope, action=action),
        concealed_rows(statement, record_type, alias),
        _repeated(statement, record_type, alias),
        _about(statement, record_type, alias),
    )
    return " and ".join(condition for condition in conditions if condition) or None


def concealed_rows(statement: Statement, record_type: RecordType, alias: str) -> str | None:
    """Return the condition that keeps out what stands in lists of entries which are hidden from the reader.

    Whoever must not see a client's phones sees them in no list of contacts either.
    """
    conditions = []
    for link in _hidden_entries(statement.rights, statement.model, record_type.key):
        alike = [
            f"{alias}.{quoted(column)} = {constant(value, statement)}" for column, value in link.where.items()
        ]
        conditions.append(f"not ({' and '.join(alike)})" if alike else NOTHING)
    return " and ".join(conditions) or None


def _hidden_entries(rights: Rights, model: Model, target: str) -> list[Link]:
    hidden = [
        model[entity].links[path]
        for entity, path in sorted(rights.hidden)
        if entity in model and path in model[entity].links
    ]
    return [link for link in hidden if link.entry is not None and link.target == target]


def _about(statement: Statement, record_type: RecordType, alias: str) -> str | None:
    """Return the condition that a row of a view tells of no entity of which the reader may read nothing."""
    model, rights = statement.model, statement.rights
    if not _tells_too_much(rights, model, record_type):
        return None
    column = f"{alias}.{quoted(record_type.entity.about)}"
    told = ", ".join(literal(one.key) for one in model if _is_open(rights, one.key))
    return f"({column} is null or {column} in ({told}))" if told else f"{column} is null"


def _tells_too_much(rights: Rights, model: Model, record_type: RecordType) -> bool:
    """Tell whether a view may tell of an entity of which the reader may read nothing."""
    if not record_type.entity.about:
        return False
    return not all(_is_open(rights, key) for key in {one.entity for one in model.happenings.values()})


def _is_open(rights: Rights, entity: str) -> bool:
    return rights.scope(entity, "read") is not Scope.NONE or entity in rights.shared


def _repeated(statement: Statement, record_type: RecordType, alias: str) -> str | None:
    """Return the condition that the record which a row of a view repeats may be seen itself."""
    link = _repeated_by(statement.rights, statement.model, record_type)
    if link is None:
        return None
    target = statement.model[link.target]
    key, row = f"{alias}.{quoted(link.source)}", statement.alias()
    seen = visible(statement, target, row) or "1 = 1"
    return f"({key} is null or exists (select 1 from {quoted(target.table)} {row} where {row}.id = {key} and {seen}))"


def _within(
    statement: Statement, record_type: RecordType, alias: str, scope: Scope, *, action: str
) -> str | None:
    if scope is Scope.ALL:
        return None
    ways = _ways(statement, record_type, alias, scope, action=action) if scope else []
    if ways is None:
        return None
    shared = _shared(statement, record_type, alias, action=action)
    if shared is not None:
        ways.append(shared)
    if scope and action == "read":
        ways += _referred(statement, record_type, alias)
    # One bracket for all of them: SQLite's parser bears only so many, one inside of the other.
    return f"({' or '.join(ways)})" if len(ways) > 1 else ways[0] if ways else NOTHING


def _ways(
    statement: Statement, record_type: RecordType, alias: str, scope: Scope, *, action: str
) -> list[str] | None:
    """Return the conditions any of which puts the row within `scope`, the cheap ones first; None for every row."""
    match record_type.visibility:
        case Everyone():
            return None
        case Owned() as owned:
            return _held(statement, record_type, owned, alias, scope, action=action)
        case Personal(owner, shared):
            mine = _owned(statement, f"{alias}.{quoted(owner)}", Scope.OWN)
            return [mine] if shared is None or action != "read" else [mine, f"{alias}.{quoted(shared)}"]
        case Through(reference):
            link = record_type.links[reference]
            parent_type = statement.model[link.target]
            parent = statement.alias()
            inside = _within(statement, parent_type, parent, scope, action=action)
            if inside is None:
                return None
            joined = f"{quoted(parent_type.table)} {parent} where {parent}.id = {alias}.{quoted(link.source)}"
            return [f"exists (select 1 from {joined} and {inside})"]


def _held(
    statement: Statement, record_type: RecordType, owned: Owned, alias: str, scope: Scope, *, action: str
) -> list[str]:
    """Return the conditions that somebody within `scope` owns the row or takes part in it."""
    participants = owned.participants if _takes_part(owned, action) else None
    if not owned.also and participants is None:
        return [_owned(statement, f"{alias}.{quoted(owned.owner)}", scope)]
    columns = dict.fromkeys((owned.owner, *(path for path in owned.also if "." not in path)))
    ways = [_among(statement, f"{alias}.{quoted(column)}", scope) for column in columns]
    ways += [_owned_there(statement, record_type, alias, path, scope) for path in owned.also if "." in path]
    if participants is not None:
        ways.append(_taken_part(statement, record_type.links[participants], alias, scope))
    return ways


def _takes_part(owned: Owned, action: str) -> bool:
    # What a command makes on a record asks for `create.<entity>`: see journal/references.py.
    return action.partition(".")[0] in owned.participating


def _owned(statement: Statement, column: str, scope: Scope) -> str:
    if scope is Scope.OWN and len(statement.rights.own) == 1:
        return f"{column} = {statement.right('own_one')}"
    return _among(statement, column, scope)


def _among(statement: Statement, column: str, scope: Scope) -> str:
    # The unary plus keeps SQLite from taking the owner's index and sorting afterwards, or one index for each of
    # several ways to own a row: rights filter rows, they must not choose the access path.
    column = statement.dialect.filter_only(column)
    if scope is Scope.OWN and len(statement.rights.own) == 1:
        return f"{column} = {statement.right('own_one')}"
    return f"{column} {statement.right_any_of('own' if scope is Scope.OWN else 'team')}"


def _owned_there(statement: Statement, record_type: RecordType, alias: str, path: str, scope: Scope) -> str:
    """Return the condition that somebody within `scope` owns the record to which the row refers."""
    reference, _, owner = path.partition(".")
    link, there = record_type.links[reference], statement.alias()
    joined = (
        f"{quoted(statement.model[link.target].table)} {there} "
        f"where {there}.id = {alias}.{quoted(link.source)}"
    )
    return f"exists (select 1 from {joined} and {_among(statement, f'{there}.{quoted(owner)}', scope)})"


def _taken_part(statement: Statement, link: Link, alias: str, scope: Scope) -> str:
    """Return the condition that somebody within `scope` stands in a live record of the list of participants."""
    target, there = statement.model[link.target], statement.alias()
    conditions = [f"{there}.{quoted(link.column)} = {alias}.id"]
    conditions += [
        f"{there}.{quoted(column)} = {constant(value, statement)}" for column, value in link.where.items()
    ]
    conditions.append(_among(statement, f"{there}.{quoted(PARTICIPANT)}", scope))
    if target.is_archivable:
        conditions.append(f"{there}.archived_at is null")
    return f"exists (select 1 from {quoted(target.table)} {there} where {' and '.join(conditions)})"


def _shared(statement: Statement, record_type: RecordType, alias: str, *, action: str) -> str | None:
    if record_type.key not in statement.rights.shared or action not in SHARED:
        return None
    level = SHARED[action]
    # What is nested deepest stands first, where SQLite's parser has the fewest open places behind it.
    to_me = f"s.to_team {statement.right_any_of('teams')} or s.to_user = {statement.right('user')}"
    return (
        f"{alias}.id in (select s.record from share s where ({to_me}) and s.entity = '{record_type.key}'{level}"
        f" and s.archived_at is null and (s.until is null or s.until > {statement.now()}))"
    )


def _referred(statement: Statement, record_type: RecordType, alias: str) -> list[str]:
    """Return the conditions that a record may be seen which shows the row in a field of its own."""
    visibility, rights, found = record_type.visibility, statement.rights, []
    if not isinstance(visibility, Owned) or not visibility.referred:
        return []
    for other, link in _references(statement.model, record_type.key):
        if not _is_open(rights, other.key) or not rights.sees(other.key, link.path):
            continue
        row = statement.alias()
        joined, holder = f"{quoted(other.table)} {row}", row
        if link.card is not None:
            holder = statement.alias()
            joined += f" join {quoted(other.cards[link.card].table)} {holder} on {holder}.id = {row}.id"
        conditions = [f"{holder}.{quoted(link.source)} = {alias}.id", visible(statement, other, row)]
        found.append(
            f"exists (select 1 from {joined} where {' and '.join(one for one in conditions if one)})"
        )
    return found


def _references(model: Model, target: str) -> list[tuple[RecordType, Link]]:
    return [
        (one, link)
        for one in model
        for link in one.links.values()
        if link.target == target and link.column == "id" and link.path in one.lines
    ]


def _repeated_by(rights: Rights, model: Model, record_type: RecordType) -> Link | None:
    """Return the link to what a row of a view repeats, when the reader may see less of that than of the view.

    Scopes tell that only of a view that is seen through the same record as what it repeats.
    """
    origin = next(iter(record_type.entity.repeats.values()), None)
    if origin is None:
        return None
    link = record_type.links[origin.partition(".")[0]]
    there, here = rights.scope(link.target, "read"), rights.scope(record_type.key, "read")
    is_enough = (
        there >= here if _host(model, record_type) == _host(model, model[link.target]) else there is Scope.ALL
    )
    return None if there is not Scope.NONE and is_enough else link


def _host(model: Model, record_type: RecordType) -> str | None:
    """Return the key of the type through whose records these are seen."""
    visibility = record_type.visibility
    return record_type.links[visibility.reference].target if isinstance(visibility, Through) else None


def _is_host(link: Link, source: RecordType) -> bool:
    """Tell whether a link leads to the record through which the rows of `source` are seen."""
    return isinstance(source.visibility, Through) and source.visibility.reference == link.path


def is_implied(rights: Rights, model: Model, link: Link, source: RecordType) -> bool:
    """Tell whether whoever sees a record of `source` sees all that `link` leads to, so that no check is needed.

    What is seen by being referred to needs none either: a hidden field shows no reference. Nor does the record
    through which another one is seen.
    """
    target = model[link.target]
    there, here = rights.scope(target.key, "read"), rights.scope(source.key, "read")
    if link.column == "id" and isinstance(target.visibility, Owned) and target.visibility.referred:
        return there is not Scope.NONE
    if not (link.implied or _is_host(link, source)):
        return False
    if _tells_too_much(rights, model, target):
        return False
    if _repeated_by(rights, model, target) is not None or _hidden_entries(rights, model, target.key):
        return False
    return there >= here and there is not Scope.NONE and source.key not in rights.shared
