"""What a plugin is: one class that lists all that it adds."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, ClassVar

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import BaseModel

from cardfile.database import Migration, PluginMigrations
from cardfile.declarations import Grants, Pipeline, Process, ReminderPolicy, Role, Route
from cardfile.declarations.keys import KEY
from cardfile.errors import DeclarationError
from cardfile.journal.commands import Command, CommandFunction, command_of
from cardfile.model.entities import Entity
from cardfile.model.fields import CardField
from cardfile.plugins.demo import Demo
from cardfile.plugins.job_kinds import JobKind
from cardfile.plugins.reports import Report, ReportFunction, report_of
from cardfile.texts import Label

if TYPE_CHECKING:
    from typer import Typer

    from cardfile.app import App
    from cardfile.seeds import Seed

__all__ = ["Plugin", "required_versions"]


class Plugin:
    """An edition or extension: subclass it and list what it adds; everything else is derived.

    `name` is the prefix of its tables, types and settings; `requires` the versions of Cardfile it works with;
    `depends` the plugins that must be loaded before it. `grants` add rights to roles that exist, by role and
    entity: `{"manager": {"visit": "check_in:own"}}`. `reports` are functions marked `@report`. `pipelines`,
    `reminder_policies` and `processes` become rows that administrators may edit; an upgrade leaves their edits
    alone. `settings` is the pydantic model of its section in the settings. `texts` are catalogues, files named
    `<locale>.toml`. Methods marked `@hookimpl` are its
    hooks. A plugin is instantiated once for every app, so it may keep what belongs to that app. The edition of a
    trade says `is_edition`: a demo shows one edition at a time, with `demo_size` records of its main sort.
    """

    name: ClassVar[str] = ""
    label: ClassVar[Label] = ""
    version: ClassVar[str] = ""
    requires: ClassVar[str] = ""
    depends: ClassVar[tuple[str, ...]] = ()
    entities: ClassVar[tuple[Entity, ...]] = ()
    card_fields: ClassVar[tuple[CardField, ...]] = ()
    roles: ClassVar[tuple[Role, ...]] = ()
    grants: ClassVar[Grants] = {}
    commands: ClassVar[tuple[CommandFunction | Command, ...]] = ()
    reports: ClassVar[tuple[ReportFunction | Report, ...]] = ()
    migrations: ClassVar[tuple[Migration, ...]] = ()
    jobs: ClassVar[tuple[JobKind, ...]] = ()
    pipelines: ClassVar[tuple[Pipeline, ...]] = ()
    reminder_policies: ClassVar[tuple[ReminderPolicy, ...]] = ()
    processes: ClassVar[tuple[Process, ...]] = ()
    settings: ClassVar[type[BaseModel] | None] = None
    texts: ClassVar[tuple[Traversable, ...]] = ()
    is_edition: ClassVar[bool] = False
    demo_size: ClassVar[int] = 2_000

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.name:  # without a name it is something in between, from which plugins are made
            _check(cls)

    def migration_lists(self) -> PluginMigrations:
        """Return the migrations by the name under which the database remembers them."""
        return {self.name: self.migrations} if self.migrations else {}

    def seeds(self, app: "App") -> "Sequence[Seed]":
        """Return the rows that the plugin ships and people may edit, beside its pipelines, policies and processes."""
        return ()

    def routes(self, app: "App") -> Sequence[Route]:
        """Return the plugin's own routes; each says who may call it."""
        return ()

    @asynccontextmanager
    async def lifespan(self, app: "App") -> AsyncIterator[None]:
        """Open what the plugin needs while the app runs, and close it afterwards."""
        yield

    def cli(self) -> "Typer | None":
        """Return the commands of `cardfile <name> …`, if there are any."""
        return None

    async def demo(self, demo: Demo) -> None:
        """Fill a fresh database with made-up data that shows the plugin."""


def required_versions(plugin: type[Plugin]) -> SpecifierSet:
    """Return the versions of Cardfile that the plugin works with; raises `DeclarationError`."""
    name, _, versions = plugin.requires.partition("cardfile")
    try:
        if name.strip() or not versions.strip():
            raise InvalidSpecifier
        return SpecifierSet(versions)
    except InvalidSpecifier:
        raise DeclarationError(
            f"{plugin.name}: requires is {plugin.requires!r}; say which versions of Cardfile it works with, "
            "such as requires = 'cardfile>=0.1,<0.2'"
        ) from None


def _check(plugin: type[Plugin]) -> None:
    """Refuse what can be seen to be wrong in the class alone; raises `DeclarationError`."""
    if not isinstance(plugin.name, str) or not KEY.fullmatch(plugin.name):
        raise DeclarationError(
            f"{plugin.__qualname__}: its name {plugin.name!r} is not lower case words joined by underscores"
        )
    if not plugin.label:
        raise DeclarationError(
            f"{plugin.name}: it has no label: say how people call it, with label = 'Fitness club'"
        )
    required_versions(plugin)
    for attribute, what in _LISTS.items():
        listed = getattr(plugin, attribute)
        if not isinstance(listed, tuple):
            raise DeclarationError(
                f"{plugin.name}: {attribute} is a {type(listed).__name__}: write {attribute} = (…,)"
            )
        for one in listed:
            if not isinstance(one, what):
                raise DeclarationError(
                    f"{plugin.name}: {attribute} holds {one!r}, which is no {what.__name__}: remove it"
                )
    _check_marked(plugin, "commands", command_of, "(check_in,)")
    _check_marked(plugin, "reports", report_of, "(renewals,)")
    if not isinstance(plugin.grants, Mapping):
        raise DeclarationError(
            f"{plugin.name}: grants is a mapping: grants = {{'manager': {{'visit': 'check_in:own'}}}}"
        )
    if plugin.settings is not None and not (
        isinstance(plugin.settings, type) and issubclass(plugin.settings, BaseModel)
    ):
        raise DeclarationError(
            f"{plugin.name}: settings is the class of a pydantic model, not {plugin.settings!r}"
        )
    _check_unknown(plugin)


def _check_marked(plugin: type[Plugin], what: str, made_of: Callable[[Any], object], example: str) -> None:
    """Refuse a list of functions that is no tuple, or that holds one which was not declared."""
    listed = getattr(plugin, what)
    if not isinstance(listed, tuple):
        raise DeclarationError(f"{plugin.name}: {what} is no tuple; make it one: {what} = {example}")
    for one in listed:
        try:
            made_of(one)
        except DeclarationError as error:
            raise DeclarationError(f"{plugin.name}: {error}") from None


def _check_unknown(plugin: type[Plugin]) -> None:
    """Refuse a misspelt list: `card_field = (…)` would otherwise be silently without effect."""
    from_us = {name for name in vars(Plugin) if not name.startswith("_")}
    for name, value in vars(plugin).items():
        if name.startswith("_") or name in from_us or not isinstance(value, tuple):
            continue
        if any(isinstance(one, _KINDS) for one in value):
            known = (
                ", ".join(attribute for attribute, kind in _LISTS.items() if isinstance(value[0], kind))
                or "none"
            )
            raise DeclarationError(
                f"{plugin.name}: nobody reads {name!r}; what it holds belongs into: {known}"
            )


_LISTS: Mapping[str, type] = {
    "depends": str,
    "entities": Entity,
    "card_fields": CardField,
    "roles": Role,
    "migrations": Migration,
    "jobs": JobKind,
    "pipelines": Pipeline,
    "reminder_policies": ReminderPolicy,
    "processes": Process,
    "texts": Traversable,
}
_KINDS = (Entity, CardField, Role, Migration, JobKind, Pipeline, ReminderPolicy, Process)
