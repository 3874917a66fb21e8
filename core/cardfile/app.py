"""The app: everything of one installation, built once from its settings and passed to whoever needs it."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Final, TypeVar

from pydantic import BaseModel

from cardfile.access import Access, DeclaredRights, RoleBook
from cardfile.clock import Clock, SystemClock
from cardfile.core_plugin import CorePlugin
from cardfile.database import (
    CardTable,
    Database,
    PluginMigrations,
    SerializationFailed,
    check_migrated,
    migrate,
    open_database,
)
from cardfile.database.sqlite import SqliteDatabase
from cardfile.errors import Busy, DeclarationError, MigrationError, SettingsError
from cardfile.failpoints import failpoint
from cardfile.jobs import Jobs, plan_delivery
from cardfile.journal import CommandBook, Deed, Glance, UnitOfWork, unit_of_work
from cardfile.journal.happenings import happenings_of
from cardfile.model.card_tables import card_tables
from cardfile.model.model import Declared, Model, build_model
from cardfile.plugins import Hooks, Plugin, ReportBook, load_plugins
from cardfile.plugins.hookspecs import register_card_fields
from cardfile.rights import Actor
from cardfile.seeds import Seed, is_sown, sow
from cardfile.settings import Settings
from cardfile.spreadsheets import MEGABYTE, FileLimits, SheetReaders
from cardfile.texts import Texts, read_catalogue

__all__ = ["App"]

SectionModel = TypeVar("SectionModel", bound=BaseModel)
AnyPlugin = TypeVar("AnyPlugin", bound=Plugin)

TRIES: Final = 4
"""How often a command is done that others are in the way of."""

_UNITS_OF: ContextVar[tuple["App", ...]] = ContextVar("cardfile_apps_with_an_open_unit", default=())


class App:
    """One installation: settings, plugins, model, commands, roles, hooks, database, jobs.

    `App.build` puts it together without I/O, `running()` opens it. Two apps may live in one process. What is
    wrong with a declaration or a setting stops the building with a sentence that names it and the remedy.
    """

    def __init__(self, settings: Settings, plugins: tuple[Plugin, ...], clock: Clock) -> None:
        self.settings = settings
        self.plugins = plugins
        self.clock = clock
        self.log = logging.getLogger("cardfile")
        self.sections = _sections(settings, plugins)
        self.hooks = Hooks(plugins)
        self.model: Model = build_model(_declared(self.hooks, plugins, settings))
        self.commands = CommandBook.build(self.model, [(one.name, one.commands) for one in plugins])
        self.model = replace(self.model, happenings=happenings_of(self.model, self.commands))
        self.roles = RoleBook.build(
            self.model, self.commands, [DeclaredRights(one.name, one.roles, one.grants) for one in plugins]
        )
        self.reports = ReportBook.build(self.model, [(one.name, one.reports) for one in plugins])
        self.database: Database = _database(settings)
        self.jobs = Jobs(self)
        self.access = Access(self)
        self.sheets = _readers(settings)
        self._texts: dict[str, Texts] = {}

    @classmethod
    def build(
        cls, settings: Settings, *, plugins: Sequence[type[Plugin]] = (), clock: Clock | None = None
    ) -> "App":
        """Put an app together: import plugins, build the model, check every declaration; no other I/O.

        `plugins` are loaded beside the installed ones that the settings ask for. Raises `DeclarationError` or
        `SettingsError`.
        """
        return cls(settings, load_plugins(settings, core=CorePlugin, extra=plugins), clock or SystemClock())

    @asynccontextmanager
    async def running(self) -> AsyncIterator["App"]:
        """Open the database and the plugins; close all in the opposite order.

        Raises `MigrationError` when the database is not as this version and its plugins need it.
        """
        async with AsyncExitStack() as stack:
            await self.database.start()
            stack.push_async_callback(self.database.close)
            await self._require_migrated()
            await stack.enter_async_context(self.access.running())
            for plugin in self.plugins:
                await stack.enter_async_context(plugin.lifespan(self))
            yield self

    async def migrate(self) -> tuple[str, ...]:
        """Bring the database up to date, in one transaction, and then what plugins ship; return what was done.

        The app must not be running; the folders of the data and of an SQLite database are made if need be.
        Raises `MigrationError`, and `SettingsError` for a folder that cannot be made.
        """
        folders = [self.settings.data_dir]
        if isinstance(self.database, SqliteDatabase):
            folders.append(self.database.path.parent)
        for folder in folders:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SettingsError(
                    f"The folder {folder} cannot be made: {error.strerror}. Name another one in data_dir or "
                    "database_url."
                ) from None
        await self.database.start()
        try:
            done = await migrate(self.database, self.migrations, now=self.clock.now(), cards=self.card_tables)
            async with self.unit_of_work(Actor.system("migrate"), via="system") as work:
                sown = await sow(work, self.seeds)
            return (*done, *sown.lines())
        finally:
            await self.database.close()

    async def check_migrated(self) -> None:
        """Raise `MigrationError` unless the database is up to date; the app must not be running."""
        await self.database.start()
        try:
            await self._require_migrated()
        finally:
            await self.database.close()

    async def _require_migrated(self) -> None:
        await check_migrated(self.database, self.migrations, self.card_tables)
        if not await is_sown(self.database, self.seeds):
            raise MigrationError(
                "What the plugins ship (pipelines, reminders, templates) is not in the database as it is declared: "
                "run cardfile migrate."
            )

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """The rows that all plugins ship, in an order in which each may refer to those before it."""
        return tuple(seed for one in self.plugins for seed in one.seeds(self))

    @property
    def migrations(self) -> PluginMigrations:
        """The migrations of all plugins, in the order of loading."""
        return {
            name: migrations for one in self.plugins for name, migrations in one.migration_lists().items()
        }

    @property
    def card_tables(self) -> tuple[CardTable, ...]:
        """The tables that hold plugins' card fields."""
        return card_tables(self.model)

    @asynccontextmanager
    async def unit_of_work(
        self,
        actor: Actor,
        *,
        via: str | None = None,
        batch: int | None = None,
        cause: int | None = None,
        lasting: bool = True,
    ) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work: what is done in the block happens as a whole, or not at all.

        Inside another one it is a savepoint. `batch` and `cause` are as the journal takes them, `lasting` as the
        database does. After the commit the worker of this process is called for the jobs that were put in.
        """
        is_nested = self in _UNITS_OF.get()
        token = _UNITS_OF.set((*_UNITS_OF.get(), self))
        try:
            async with unit_of_work(self, actor, via=via, batch=batch, cause=cause, lasting=lasting) as work:
                yield work
                if not is_nested:
                    await plan_delivery(self, work)
                    failpoint("unit.before_commit")
        finally:
            _UNITS_OF.reset(token)
        failpoint("unit.after_commit")
        self.jobs.call()

    async def do(
        self, actor: Actor, command: str, /, *, expected_version: int | None = None, **arguments: object
    ) -> object:
        """Do one command, whole or not at all, and return what it returns.

        What it prepares is prepared before the transaction is opened, and one that only reads opens none. When
        others lock the same records in another order, PostgreSQL undoes one of them: that command is done anew,
        which it can be, for until its commit it has no effect outside of the database. Raises `Busy` when the
        others are in the way each time.
        """
        deed = Deed(self.commands[command], arguments, expected_version)
        glance = Glance.of(self, actor)
        if not deed.command.writes:
            return await glance.carry_out(deed)
        ready = await glance.prepare(deed)
        # Inside a unit of work the whole of that would have to be done anew.
        tries = 1 if self in _UNITS_OF.get() else TRIES
        while True:
            try:
                async with self.unit_of_work(actor) as work:
                    return await work.carry_out(ready)
            except SerializationFailed as error:
                tries -= 1
                if tries == 0:
                    raise Busy("The database is busy. Try again in a moment.") from error

    def texts(self, locale: str) -> Texts:
        """Return the speaker of `locale`, with the sentences of all plugins."""
        if locale not in self._texts:
            more = [
                read_catalogue(file)
                for plugin in self.plugins
                for file in plugin.texts
                if file.name == f"{locale}.toml"
            ]
            self._texts[locale] = Texts(locale, more=more)
        return self._texts[locale]

    def plugin(self, kind: type[AnyPlugin]) -> AnyPlugin:
        """Return this app's instance of a plugin class; raises `DeclarationError` when it is not loaded."""
        for one in self.plugins:
            if isinstance(one, kind):
                return one
        raise DeclarationError(f"the plugin {kind.name!r} is not loaded; loaded are: {_names(self.plugins)}")

    def section(self, kind: type[SectionModel]) -> SectionModel:
        """Return the settings of the plugin whose model is `kind`."""
        for one in self.sections.values():
            if isinstance(one, kind):
                return one
        raise DeclarationError(f"no loaded plugin has settings of the type {kind.__name__}")


def _readers(settings: Settings) -> SheetReaders:
    sheets = settings.sheets
    limits = FileLimits(
        packed=settings.limits.upload_bytes,
        unpacked=sheets.unpacked_megabytes * MEGABYTE,
        cells=sheets.cells,
        sheets=sheets.in_a_file,
        memory=sheets.memory_megabytes * MEGABYTE,
        cpu_seconds=sheets.seconds,
    )
    return SheetReaders(at_once=sheets.at_once, limits=limits)


def _database(settings: Settings) -> Database:
    # SQLite has its own number of readers: more do not make one machine faster.
    pool = {} if settings.database_url.startswith("sqlite:") else {"pool_size": settings.database_pool}
    return open_database(settings.database_url, **pool)


def _names(plugins: Sequence[Plugin]) -> str:
    return ", ".join(one.name for one in plugins)


def _sections(settings: Settings, plugins: Sequence[Plugin]) -> Mapping[str, BaseModel]:
    settings.check_sections(one.name for one in plugins if one.settings is not None)
    return {one.name: settings.section(one.name, one.settings) for one in plugins if one.settings is not None}


def _declared(hooks: Hooks, plugins: Sequence[Plugin], settings: Settings) -> Iterator[Declared]:
    more: dict[str, list[object]] = {}
    for name, fields in hooks.gather(register_card_fields, settings=settings):
        more.setdefault(name, []).extend(fields)
    for one in plugins:
        yield Declared(one.name, one.entities, (*one.card_fields, *more.get(one.name, ())))
