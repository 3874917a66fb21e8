"""Cardfile: declare what a client card holds and what can be done with it; the rest follows.

These are the names for integrators. They are looked up when they are used, because the command line and the
pytest plugin live in this package and must start fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cardfile.app import App
    from cardfile.clients.tables import Client
    from cardfile.clock import Clock, MovableClock, SystemClock
    from cardfile.database import (
        AddColumn,
        AddIndex,
        ColumnSpec,
        ColumnType,
        CreateTable,
        CreateView,
        IndexSpec,
        Migration,
        Rebuild,
        Record,
        RunData,
        RunSQL,
        TableSpec,
    )
    from cardfile.declarations import (
        Approved,
        Attached,
        Choose,
        Filled,
        Goal,
        Holds,
        Notice,
        Pipeline,
        Process,
        Reached,
        ReminderPolicy,
        Role,
        Route,
        Span,
        Stage,
        StageDocument,
        Step,
        TaskDone,
        TaskTemplate,
        days,
        hours,
        minutes,
        working_days,
    )
    from cardfile.errors import (
        CardfileError,
        DeclarationError,
        InvalidInput,
        NotAllowed,
        NotFound,
        Refused,
        SettingsError,
        VersionConflict,
    )
    from cardfile.journal import Call, Event, UnitOfWork, Values, command
    from cardfile.model.computed import count, earliest, latest, total
    from cardfile.model.entities import Entity, Everyone, Owned, Personal, Relation, Through
    from cardfile.model.fields import CardField, Choice, Field, Kind
    from cardfile.plugins import Demo, JobKind, JobRun, Plugin, hookimpl, report
    from cardfile.rights import Actor, Rights, Scope
    from cardfile.settings import Settings

__all__ = [
    "Actor",
    "AddColumn",
    "AddIndex",
    "App",
    "Approved",
    "Attached",
    "Call",
    "CardField",
    "CardfileError",
    "Choice",
    "Choose",
    "Client",
    "Clock",
    "ColumnSpec",
    "ColumnType",
    "CreateTable",
    "CreateView",
    "DeclarationError",
    "Demo",
    "Entity",
    "Event",
    "Everyone",
    "Field",
    "Filled",
    "Goal",
    "Holds",
    "IndexSpec",
    "InvalidInput",
    "JobKind",
    "JobRun",
    "Kind",
    "Migration",
    "MovableClock",
    "NotAllowed",
    "NotFound",
    "Notice",
    "Owned",
    "Personal",
    "Pipeline",
    "Plugin",
    "Process",
    "Reached",
    "Rebuild",
    "Record",
    "Refused",
    "Relation",
    "ReminderPolicy",
    "Rights",
    "Role",
    "Route",
    "RunData",
    "RunSQL",
    "Scope",
    "Settings",
    "SettingsError",
    "Span",
    "Stage",
    "StageDocument",
    "Step",
    "SystemClock",
    "TableSpec",
    "TaskDone",
    "TaskTemplate",
    "Through",
    "UnitOfWork",
    "Values",
    "VersionConflict",
    "command",
    "count",
    "days",
    "earliest",
    "hookimpl",
    "hours",
    "latest",
    "minutes",
    "report",
    "total",
    "working_days",
]

_HOMES = {
    "cardfile.app": ("App",),
    "cardfile.clients.tables": ("Client",),
    "cardfile.clock": ("Clock", "MovableClock", "SystemClock"),
    "cardfile.database": (
        "AddColumn",
        "AddIndex",
        "ColumnSpec",
        "ColumnType",
        "CreateTable",
        "CreateView",
        "IndexSpec",
        "Migration",
        "Rebuild",
        "Record",
        "RunData",
        "RunSQL",
        "TableSpec",
    ),
    "cardfile.declarations": (
        "Approved",
        "Attached",
        "Choose",
        "Filled",
        "Goal",
        "Holds",
        "Notice",
        "Pipeline",
        "Process",
        "Reached",
        "ReminderPolicy",
        "Role",
        "Route",
        "Span",
        "Stage",
        "StageDocument",
        "Step",
        "TaskDone",
        "TaskTemplate",
        "days",
        "hours",
        "minutes",
        "working_days",
    ),
    "cardfile.errors": (
        "CardfileError",
        "DeclarationError",
        "InvalidInput",
        "NotAllowed",
        "NotFound",
        "Refused",
        "SettingsError",
        "VersionConflict",
    ),
    "cardfile.journal": ("Call", "Event", "UnitOfWork", "Values", "command"),
    "cardfile.model.computed": ("count", "earliest", "latest", "total"),
    "cardfile.model.entities": ("Entity", "Everyone", "Owned", "Personal", "Relation", "Through"),
    "cardfile.model.fields": ("CardField", "Choice", "Field", "Kind"),
    "cardfile.plugins": ("Demo", "JobKind", "JobRun", "Plugin", "hookimpl", "report"),
    "cardfile.rights": ("Actor", "Rights", "Scope"),
    "cardfile.settings": ("Settings",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
