"""Commands: verbs of the trade as typed functions, from which mutations, rights and audit are derived."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from cardfile.database.tables import Record
from cardfile.declarations.keys import KEY
from cardfile.errors import DeclarationError, NotFound
from cardfile.journal.derived import DERIVED
from cardfile.journal.forms import Form, build_forms
from cardfile.journal.plans import Plan, build_plans
from cardfile.journal.signatures import (
    CommandFunction,
    Parameter,
    ParameterKind,
    Values,
    check_preparation,
    read_signature,
)
from cardfile.journal.verbs import past
from cardfile.model.model import Model
from cardfile.model.record_types import CORE, RecordType
from cardfile.texts import Label

__all__ = [
    "Command",
    "CommandBook",
    "CommandFunction",
    "Parameter",
    "ParameterKind",
    "Values",
    "command",
    "command_of",
]

F = TypeVar("F", bound=CommandFunction)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb of the trade: what it is called, who may do it, what it takes and gives.

    `name` is `client.merge` and, once a plugin's commands are in a `CommandBook`, `fitness.visit.check_in`;
    `entity` is then the full key of the record type. `action` is the permission on that entity; `event` the
    name under which the journal keeps what was done; `result` a Record subclass, a frozen dataclass or None.
    One that does not write (`writes`) is done without a transaction; what `prepare` returns is the call's
    `prepared`. `subject` is the parameter that is the record which the command is done to, known once it is in a
    book; `values` the one that holds field values of the entity.
    """

    name: str
    entity: str
    action: str
    label: Label
    function: CommandFunction
    parameters: tuple[Parameter, ...]
    result: type | None
    event: str
    plugin: str = ""
    owner_only: bool = False
    is_derived: bool = False
    takes_archived: bool = False
    done: Label = ""
    also: Mapping[str, Label] = field(default_factory=dict)
    description: str = ""
    writes: bool = True
    prepare: CommandFunction | None = None
    subject: Parameter | None = field(init=False, default=None)
    values: Parameter | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        subject = next((one for one in self.parameters if one.is_subject), None)
        values = next((one for one in self.parameters if one.kind is ParameterKind.VALUES), None)
        object.__setattr__(self, "subject", subject)
        object.__setattr__(self, "values", values)

    @property
    def verb(self) -> str:
        """The last word of the name: `merge`."""
        return self.name.rpartition(".")[2]

    @property
    def is_creation(self) -> bool:
        """Whether the command makes a new record of its entity."""
        return self.action == "create"


def command(
    name: str,
    *,
    label: Label,
    action: str | None = None,
    event: str | None = None,
    takes_archived: bool = False,
    done: Label = "",
    also: Mapping[str, Label] | None = None,
    owner_only: bool = False,
    description: str = "",
    writes: bool = True,
    prepare: CommandFunction | None = None,
) -> Callable[[F], F]:
    """Declare an async function as the command `name` (`client.merge`: entity and verb).

    The verb is the permission's action unless `action` is given; the event is the entity with the verb's past
    form unless `event` is given. A command that only reads says `writes=False`: no transaction is opened for
    it; one whose subject may be in the archive says `takes_archived=True`. The history tells what was done in
    the words of `done`, else by the label; `also` gives words for further events that the command records, by
    name. What takes long and writes nothing (a hash, a look at a file) is done by `prepare`, an async function
    with the command's own parameters, before the transaction is opened; the command finds what it returned in
    `call.prepared`. The function is returned as it is; `command_of` gives its `Command`. Raises
    `DeclarationError` when nothing can be derived from the signature.
    """
    entity, dot, verb = name.rpartition(".")
    if not dot or not KEY.fullmatch(verb) or not all(KEY.fullmatch(part) for part in entity.split(".")):
        raise DeclarationError(f"command {name!r}: a name is an entity and a verb, such as 'client.merge'")

    if prepare is not None and not writes:
        raise DeclarationError(
            f"command {name!r} writes nothing, so all of it is done outside of a transaction: leave out prepare"
        )

    def declare(function: F) -> F:
        parameters, result = read_signature(name, function)
        if prepare is not None:
            check_preparation(name, function, prepare)
        made = Command(
            name=name,
            entity=entity,
            action=action or verb,
            label=label,
            function=function,
            parameters=parameters,
            result=result,
            event=event or f"{entity}.{past(verb)}",
            takes_archived=takes_archived,
            done=done,
            also=also or {},
            owner_only=owner_only,
            description=description or inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0],
            writes=writes,
            prepare=prepare,
        )
        setattr(function, _MARK, made)
        return function

    return declare


_MARK: Final = "cardfile_command"


def command_of(function: CommandFunction | Command) -> Command:
    """Return the command that was declared on `function`; raises `DeclarationError` when there is none."""
    made = function if isinstance(function, Command) else getattr(function, _MARK, None)
    if not isinstance(made, Command):
        name = getattr(function, "__qualname__", repr(function))
        raise DeclarationError(
            f"{name} is listed as a command: mark it with @command('entity.verb', label=…)"
        )
    return made


@dataclass(frozen=True, slots=True)
class CommandBook:
    """All commands of an app by full name: the core's first, then each plugin's, then the derived ones.

    `plans` and `forms` say, by record type, how records are written and what may be written into them; `by_table`
    has the plans by the class of the records.
    """

    commands: Mapping[str, Command]
    plans: Mapping[str, Plan]
    forms: Mapping[str, Form]
    by_table: Mapping[type, Plan] = field(default_factory=dict)

    @classmethod
    def build(
        cls, model: Model, declared: Iterable[tuple[str, Sequence[CommandFunction | Command]]]
    ) -> "CommandBook":
        """Put the commands of all plugins together and add the derived ones.

        Raises `DeclarationError` for an entity that does not exist and for two commands of one name; both
        plugins are named.
        """
        found: dict[str, Command] = {}
        for plugin, functions in declared:
            for one in functions:
                made = _bound(model, plugin, command_of(one))
                if made.name in found:
                    other = found[made.name]
                    raise DeclarationError(
                        f"{plugin}: the command {made.name!r} is declared by {other.plugin} already "
                        f"({_place(other)} and {_place(made)}): rename one of them"
                    )
                found[made.name] = made
        for record_type in model.types.values():
            for made in _derived(record_type):
                found.setdefault(made.name, made)
        plans = build_plans(model)
        by_table = {one.record_type.entity.table: one for one in plans.values()}
        return cls(found, plans, build_forms(plans, model), by_table)

    def __getitem__(self, name: str) -> Command:
        try:
            return self.commands[name]
        except KeyError:
            raise NotFound("There is no command {name}.", name=name) from None

    def __contains__(self, name: str) -> bool:
        return name in self.commands

    def __iter__(self) -> Iterator[Command]:
        return iter(self.commands.values())

    def __len__(self) -> int:
        return len(self.commands)

    def plan_of(self, table: type[Record]) -> Plan:
        """Return how records of `table` are written; raises `DeclarationError` when they are not."""
        found = self.by_table.get(table)
        if found is None:
            raise DeclarationError(
                f"nobody writes records of the table {table.__name__}: add it to the plugin's entities, not read-only"
            )
        return found

    def of(self, entity: str) -> tuple[Command, ...]:
        """Return the commands of one record type."""
        return tuple(one for one in self if one.entity == entity)


def _place(made: Command) -> str:
    return f"{made.function.__module__}.{made.function.__qualname__}"


def _bound(model: Model, plugin: str, made: Command) -> Command:
    """Return the command with full names; its entity is sought in its own plugin first, then in the core."""
    names = (made.entity,) if plugin == CORE else (f"{plugin}.{made.entity}", made.entity)
    entity = next((name for name in names if name in model), None)
    if entity is None:
        known = ", ".join(sorted(model.types))
        raise DeclarationError(
            f"{plugin}: the command {made.name!r} is about an entity {made.entity!r} that does not exist; "
            f"there are: {known}"
        )
    record_type = model[entity]
    parameters, has_subject = [], made.action == "create"
    for one in made.parameters:
        is_record = one.kind is ParameterKind.RECORD
        if is_record:
            model.of_table(one.type)  # A record without an entity could be loaded under nobody's rights.
        is_subject = is_record and not has_subject and one.type is record_type.entity.table
        has_subject = has_subject or is_subject
        parameters.append(replace(one, is_subject=is_subject))
    prefix = "" if plugin == CORE or made.name.startswith(f"{plugin}.") else f"{plugin}."
    return replace(
        made,
        name=prefix + made.name,
        entity=entity,
        event=_full(prefix, made.event),
        also={_full(prefix, name): label for name, label in made.also.items()},
        plugin=plugin,
        parameters=tuple(parameters),
    )


def _full(prefix: str, name: str) -> str:
    return name if name.startswith(prefix) else prefix + name


def _derived(record_type: RecordType) -> Iterator[Command]:
    table = record_type.entity.table
    if record_type.entity.read_only or not issubclass(table, Record):
        return
    for one in DERIVED:
        if one.action not in record_type.entity.actions or (
            one.action == "archive" and not record_type.is_archivable
        ):
            continue
        yield Command(
            name=f"{record_type.key}.{one.verb}",
            entity=record_type.key,
            action=one.action,
            label=one.label,
            function=one.make(table),
            parameters=one.parameters(table),
            result=table,
            event=f"{record_type.key}.{past(one.verb)}",
            plugin=record_type.plugin,
            is_derived=True,
            takes_archived=one.takes_archived,
            description=one.description,
        )
