"""Processes: steps that a client or a deal goes through, in strict order or with conditions."""

from typing import Final

from cardfile.processes.book import ProcessBook, ProcessSpec, StepSpec, process_book
from cardfile.processes.choices import RunState, StepState
from cardfile.processes.entities import ENTITIES, process_runs, process_steps, processes, run_steps
from cardfile.processes.grants import GRANTS
from cardfile.processes.migrations import MIGRATIONS
from cardfile.processes.rules import ProcessRules
from cardfile.processes.running import COMMANDS as RUNNING
from cardfile.processes.running import begin_run, cancel_run, skip_step, start_process
from cardfile.processes.shipping import process_seeds
from cardfile.processes.tables import Process, ProcessRun, ProcessStep, RunStep
from cardfile.processes.waking import JOBS, WAKING

COMMANDS: Final = (*RUNNING, *WAKING)
"""The commands of this room, beside those that every entity has."""

__all__ = [
    "COMMANDS",
    "ENTITIES",
    "GRANTS",
    "JOBS",
    "MIGRATIONS",
    "Process",
    "ProcessBook",
    "ProcessRules",
    "ProcessRun",
    "ProcessSpec",
    "ProcessStep",
    "RunState",
    "RunStep",
    "StepSpec",
    "StepState",
    "begin_run",
    "cancel_run",
    "process_book",
    "process_runs",
    "process_seeds",
    "process_steps",
    "processes",
    "run_steps",
    "skip_step",
    "start_process",
]
