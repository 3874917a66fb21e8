"""Reports: questions about many records at once, declared as typed functions that only read."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from types import MappingProxyType
from typing import Final, TypeVar

from cardfile.declarations.keys import KEY
from cardfile.errors import DeclarationError, NotFound
from cardfile.journal import Command, Deed, Glance
from cardfile.journal.host import Host
from cardfile.journal.signatures import CommandFunction, ParameterKind, read_signature
from cardfile.model.model import Model
from cardfile.model.record_types import CORE
from cardfile.rights import Actor
from cardfile.texts import Label

__all__ = ["Report", "ReportBook", "ReportFunction", "report", "report_of"]

F = TypeVar("F", bound=CommandFunction)

ReportFunction = CommandFunction


@dataclass(frozen=True, slots=True)
class Report:
    """A question about many records: what it is called, of which entity one must read something to ask it.

    `command` is the deed of asking: its parameters are the report's arguments, its result the frozen dataclass
    that the function returns.
    """

    key: str
    command: Command

    @property
    def label(self) -> Label:
        """What people call it."""
        return self.command.label

    @property
    def plugin(self) -> str:
        """Whose it is."""
        return self.command.plugin

    @property
    def result(self) -> type:
        """The frozen dataclass that it gives."""
        assert self.command.result is not None
        return self.command.result

    async def make(self, app: Host, actor: Actor, /, **arguments: object) -> object:
        """Return what the report comes to for somebody, with his rights on every row and every field.

        Raises `NotAllowed` for who may read nothing of its entity, `NotFound` and `InvalidInput` for arguments.
        """
        return await Glance.of(app, actor).carry_out(Deed(self.command, arguments))


def report(key: str, *, entity: str, label: Label, description: str = "") -> Callable[[F], F]:
    """Declare an async function as the report `key`; whoever may read something of `entity` may ask it.

    The function takes `call`, reads with the rights of whoever asks, and returns a frozen dataclass; its further
    parameters are arguments, as those of a command. Raises `DeclarationError` when nothing can be derived.
    """
    if not KEY.fullmatch(key):
        raise DeclarationError(f"report {key!r}: a key is lower case words joined by underscores")

    def declare(function: F) -> F:
        name = f"report.{key}"
        parameters, result = read_signature(name, function)
        if result is None or not is_dataclass(result):
            raise DeclarationError(
                f"report {key!r} ({function.__module__}) returns no frozen dataclass: make it one"
            )
        for one in parameters:
            if one.kind is ParameterKind.VALUES:
                raise DeclarationError(
                    f"report {key!r}: {one.name} holds values of a record, but a report writes none"
                )
        made = Command(
            name=name,
            entity=entity,
            action="read",
            label=label,
            function=function,
            parameters=parameters,
            result=result,
            event="",
            description=description or inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0],
            writes=False,
        )
        setattr(function, _MARK, Report(key, made))
        return function

    return declare


_MARK: Final = "cardfile_report"


def report_of(function: ReportFunction | Report) -> Report:
    """Return the report that was declared on `function`; raises `DeclarationError` when there is none."""
    made = function if isinstance(function, Report) else getattr(function, _MARK, None)
    if not isinstance(made, Report):
        name = getattr(function, "__qualname__", repr(function))
        raise DeclarationError(
            f"{name} is listed as a report: mark it with @report('key', entity=…, label=…)"
        )
    return made


@dataclass(frozen=True, slots=True)
class ReportBook:
    """All reports of an app by full key: `funnel` of the core, `fitness_renewals` of a plugin."""

    reports: Mapping[str, Report]

    @classmethod
    def build(
        cls, model: Model, declared: Iterable[tuple[str, Sequence[ReportFunction | Report]]]
    ) -> "ReportBook":
        """Put the reports of all plugins together; raises `DeclarationError` that names plugin and report."""
        found: dict[str, Report] = {}
        for plugin, functions in declared:
            for one in functions:
                made = _bound(model, plugin, report_of(one))
                if made.key in found:
                    raise DeclarationError(
                        f"{plugin}: the report {made.key!r} is declared by {found[made.key].plugin} already: "
                        "rename one of them"
                    )
                found[made.key] = made
        return cls(MappingProxyType(found))

    def __getitem__(self, key: str) -> Report:
        try:
            return self.reports[key]
        except KeyError:
            raise NotFound("There is no report {name}.", name=key) from None

    def __iter__(self) -> Iterator[Report]:
        return iter(self.reports.values())

    def __len__(self) -> int:
        return len(self.reports)


def _bound(model: Model, plugin: str, made: Report) -> Report:
    """Return the report with full names; its entity is sought in its own plugin first, then in the core."""
    entity = made.command.entity
    names = (entity,) if plugin == CORE else (f"{plugin}.{entity}", entity)
    full = next((name for name in names if name in model), None)
    if full is None:
        known = ", ".join(sorted(model.types))
        raise DeclarationError(
            f"{plugin}: the report {made.key!r} is about an entity {entity!r} that does not exist; there are: {known}"
        )
    for one in made.command.parameters:
        if one.kind is ParameterKind.RECORD:
            model.of_table(one.type)  # A record without an entity could be loaded under nobody's rights.
    key, name = (
        (made.key, made.command.name)
        if plugin == CORE
        else (f"{plugin}_{made.key}", f"{plugin}.{made.command.name}")
    )
    return Report(key, replace(made.command, name=name, entity=full, plugin=plugin))
