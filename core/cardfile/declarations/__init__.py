"""What a plugin may declare besides its model: roles, routes, the way of deals, reminders and processes."""

from cardfile.declarations.processes import Process, Step
from cardfile.declarations.roles import Grants, Role, parse_permissions
from cardfile.declarations.routes import ROUTE_ACCESS, Route, RouteAccess
from cardfile.declarations.spans import Span, Unit, days, hours, minutes, working_days
from cardfile.declarations.stages import (
    Approved,
    Attached,
    Filled,
    Goal,
    GoalOutcome,
    Holds,
    Notice,
    Pipeline,
    Reached,
    Rule,
    Stage,
    StageDocument,
    StageOutcome,
    TaskDone,
)
from cardfile.declarations.tasks import Choose, ReminderPolicy, TaskTemplate

__all__ = [
    "ROUTE_ACCESS",
    "Approved",
    "Attached",
    "Choose",
    "Filled",
    "Goal",
    "GoalOutcome",
    "Grants",
    "Holds",
    "Notice",
    "Pipeline",
    "Process",
    "Reached",
    "ReminderPolicy",
    "Role",
    "Route",
    "RouteAccess",
    "Rule",
    "Span",
    "Stage",
    "StageDocument",
    "StageOutcome",
    "Step",
    "TaskDone",
    "TaskTemplate",
    "Unit",
    "days",
    "hours",
    "minutes",
    "parse_permissions",
    "working_days",
]
