"""The core as a plugin: what its rooms declare goes the same way as what others declare."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from cardfile import (
    access,
    calendars,
    clients,
    deals,
    exports,
    imports,
    journal,
    pipelines,
    processes,
    reports,
    seeds,
    tasks,
    timeline,
)
from cardfile import jobs as jobs_room
from cardfile.database import PluginMigrations
from cardfile.database.tables import Record
from cardfile.deals.next_steps import StepTask
from cardfile.declarations import Grants
from cardfile.errors import DeclarationError
from cardfile.journal.calls import Call
from cardfile.model.record_types import CORE
from cardfile.plugins import Demo, Plugin, SignIn
from cardfile.plugins.hookspecs import Befores, hookimpl
from cardfile.rights import Actor

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["CorePlugin"]

PEOPLE = (
    ("owner", "Olga Orlova", "owner"),
    ("head", "Pavel Petrov", "head"),
    ("anna", "Anna Andreeva", "manager"),
    ("boris", "Boris Belov", "manager"),
    ("clara", "Clara Chernova", "manager"),
    ("specialist", "Sergey Sokolov", "specialist"),
    ("analyst", "Alisa Antonova", "analyst"),
)
"""The people of the demo: login, name, role."""

TEAM = ("head", "anna", "boris", "clara", "specialist")


def _together(*rooms: Grants) -> Grants:
    """Return what several rooms grant, each about entities of its own."""
    found: dict[str, dict[str, str]] = {}
    for room in rooms:
        for role, permissions in room.items():
            if twice := found.setdefault(role, {}).keys() & permissions.keys():
                raise DeclarationError(f"core: two rooms grant {role!r} rights to {', '.join(sorted(twice))}")
            found[role].update(permissions)
    return found


TASKS: Final = tasks.TaskRules()
PROCESSES: Final = processes.ProcessRules()
REPORTS: Final = reports.ReportRules()

RULES: Final = (
    clients.ClientRules(),
    calendars.CalendarRules(),
    pipelines.PipelineRules(),
    deals.DealRules(),
    TASKS,
    PROCESSES,
    REPORTS,
)
"""What the rooms ask of every record, whoever writes it; a plugin has one answer to a hook, so it asks them all."""

ARCHIVING: Final = (
    calendars.CalendarRules(),
    pipelines.PipelineRules(),
    TASKS,
    PROCESSES,
)
"""Those of them who also care about what is laid aside."""

KEEPING: Final = (deals.DealRules(), TASKS, PROCESSES, REPORTS)
"""Those of them who act on what is written."""


class CorePlugin(Plugin):
    """People and rights, clients and deals and their history, tasks, the journal and the jobs."""

    name = CORE
    label: ClassVar = {"en": "Cardfile", "ru": "Картотека"}
    requires = "cardfile>=0"

    entities = (
        *access.ENTITIES,
        *clients.ENTITIES,
        *timeline.ENTITIES,
        *calendars.ENTITIES,
        *pipelines.ENTITIES,
        *deals.ENTITIES,
        *tasks.ENTITIES,
        *processes.ENTITIES,
        *reports.ENTITIES,
        *imports.ENTITIES,
        *exports.ENTITIES,
    )
    commands = (
        *access.COMMANDS,
        *clients.COMMANDS,
        *deals.COMMANDS,
        *tasks.COMMANDS,
        *processes.COMMANDS,
        *imports.COMMANDS,
        *exports.COMMANDS,
    )
    grants = _together(
        access.GRANTS,
        clients.GRANTS,
        calendars.GRANTS,
        pipelines.GRANTS,
        deals.GRANTS,
        tasks.GRANTS,
        processes.GRANTS,
        reports.GRANTS,
        imports.GRANTS,
        exports.GRANTS,
    )
    jobs = (
        *jobs_room.JOBS,
        *access.JOBS,
        *deals.JOBS,
        *tasks.JOBS,
        *processes.JOBS,
        *imports.JOBS,
        *exports.JOBS,
    )
    reports = reports.REPORTS
    pipelines = (pipelines.SALES,)
    reminder_policies = tasks.REMINDER_POLICIES

    def seeds(self, app: "App") -> Sequence[seeds.Seed]:
        """Return the rows that come of what all plugins declare."""
        locale = app.settings.locale
        return [
            *calendars.calendar_seeds(locale),
            *pipelines.pipeline_seeds(app.plugins, locale),
            *tasks.task_seeds(app.plugins, locale),
            *processes.process_seeds(app.plugins, locale),
        ]

    @hookimpl
    async def record_creating(self, call: Call, entity: str, values: MutableMapping[str, object]) -> None:
        """Ask the rooms about a new record."""
        await self.records_creating(call, entity, [values])

    @hookimpl
    async def records_creating(
        self, call: Call, entity: str, rows: Sequence[MutableMapping[str, object]]
    ) -> None:
        """Ask the rooms about new records."""
        for room in RULES:
            await room.records_creating(call, entity, rows)

    @hookimpl
    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, MutableMapping[str, object]]
    ) -> None:
        """Ask the rooms about changes."""
        for room in RULES:
            await room.records_changing(call, entity, befores, changes)

    @hookimpl
    async def record_archiving(self, call: Call, entity: str, record: Record) -> None:
        """Ask the rooms about a record that is to be laid aside."""
        for room in ARCHIVING:
            await room.record_archiving(call, entity, record)

    @hookimpl
    async def records_keeping(
        self,
        call: Call,
        entity: str,
        created: Mapping[int, Mapping[str, object]],
        changed: Mapping[int, Mapping[str, object]],
    ) -> None:
        """Let the rooms act on what is written."""
        for room in KEEPING:
            await room.records_keeping(call, entity, created, changed)

    @hookimpl
    async def records_reverting(
        self, call: Call, entity: str, changed: Mapping[int, Mapping[str, object]]
    ) -> None:
        """Let the rooms act on what was taken back."""
        await TASKS.records_reverting(call, entity, changed)

    @hookimpl
    async def deals_missing(
        self, call: Call, moves: Sequence[deals.Move], missing: Mapping[int, list[deals.Missing]]
    ) -> None:
        """Let tasks say what deals still lack."""
        await TASKS.deals_missing(call, moves, missing)

    @hookimpl
    async def deals_entering(self, call: Call, moves: Sequence[deals.Move]) -> None:
        """Let tasks be set, cancelled and told of, and processes begin."""
        await TASKS.deals_entering(call, moves)
        await PROCESSES.deals_entering(call, moves)

    @hookimpl
    async def deals_telling(self, call: Call, tasks: Mapping[int, list[StepTask]]) -> None:
        """Let tasks be told among what comes next."""
        await TASKS.deals_telling(call, tasks)

    @hookimpl
    async def deals_waking(self, call: Call, deals: Sequence[deals.Deal]) -> None:
        """Let owners be reminded of postponed deals."""
        await TASKS.deals_waking(call, deals)

    async def demo(self, demo: Demo) -> None:
        """Hire a small company: an owner, a head, three managers in his team, a specialist and an analyst."""
        password = demo.new_password()
        # Hashing is slow on purpose, and all of them may well have the same password.
        hashed = await demo.app.access.passwords.hash(password)
        people: dict[str, int] = {}
        async with demo.app.unit_of_work(Actor.system("demo"), via="demo") as work:
            for login, name, role in PEOPLE:
                values = {"login": f"{login}@demo.example", "name": name, "locale": demo.app.settings.locale}
                made = await work.do("user.create", values=values, roles=[role])
                assert isinstance(made, access.User)
                people[login] = made.id
                await demo.app.access.sign_in.keep_password(made.id, hashed)
                demo.sign_ins.append(SignIn(f"{login}@demo.example", password, role, made.id))
            team = await work.do("team.create", values={"name": "Sales", "head": people["head"]})
            for login in TEAM:
                await work.do("team.add_member", team=team, member=people[login])

    def migration_lists(self) -> PluginMigrations:
        """Return a list for every room, so that each can grow at its own end."""
        return {
            "core.access": access.MIGRATIONS,
            "core.journal": journal.MIGRATIONS,
            "core.clients": clients.MIGRATIONS,
            "core.seeds": seeds.MIGRATIONS,
            "core.calendars": calendars.MIGRATIONS,
            "core.pipelines": pipelines.MIGRATIONS,
            "core.deals": deals.MIGRATIONS,
            "core.tasks": tasks.MIGRATIONS,
            "core.processes": processes.MIGRATIONS,
            "core.reports": reports.MIGRATIONS,
            "core.jobs": jobs_room.MIGRATIONS,
            "core.spreadsheets": imports.MIGRATIONS,
            "core.exports": exports.MIGRATIONS,
        }
