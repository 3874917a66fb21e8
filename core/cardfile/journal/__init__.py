"""The journal: commands, units of work, events and undo. The only way to write."""

from cardfile.journal.calls import Call
from cardfile.journal.commands import Command, CommandBook, CommandFunction, command, command_of
from cardfile.journal.deeds import Deed, Written
from cardfile.journal.entries import Entry
from cardfile.journal.events import Change, Event, fetch_events, fetch_history
from cardfile.journal.rows import check_rows
from cardfile.journal.signatures import Parameter, ParameterKind, RecordId, Values
from cardfile.journal.tables import MIGRATIONS, EventRow
from cardfile.journal.undo import Kept, Reverted, revert_batch
from cardfile.journal.unit_of_work import Glance, UnitOfWork, unit_of_work

__all__ = [
    "MIGRATIONS",
    "Call",
    "Change",
    "Command",
    "CommandBook",
    "CommandFunction",
    "Deed",
    "Entry",
    "Event",
    "EventRow",
    "Glance",
    "Kept",
    "Parameter",
    "ParameterKind",
    "RecordId",
    "Reverted",
    "UnitOfWork",
    "Values",
    "Written",
    "check_rows",
    "command",
    "command_of",
    "fetch_events",
    "fetch_history",
    "revert_batch",
    "unit_of_work",
]
