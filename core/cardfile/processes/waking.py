"""What time does to processes: waits that are over, and checks that take too long."""

from typing import Any, Final

from cardfile.access.guards import access_of
from cardfile.calendars import calendar_book
from cardfile.errors import NotFound
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.plugins.job_kinds import JobKind, JobRun
from cardfile.processes.choices import StepState
from cardfile.processes.stepping import LOOK, OVERDUE, go_on
from cardfile.processes.subjects import subject_of
from cardfile.processes.tables import ProcessRun, RunStep
from cardfile.rights import EVERYTHING, Actor
from cardfile.tasks.choices import NoticeKind
from cardfile.tasks.notices import Tiding, tell

__all__ = ["JOBS", "WAKING", "look_after_run", "tell_of_overdue_step"]


@command(
    "process_run.look_after",
    label={"en": "Look whether a process can go on", "ru": "Продвинуть процесс"},
    action="look_after",
    owner_only=True,
)
async def look_after_run(call: Call, run: ProcessRun) -> ProcessRun:
    """Let a run go on as far as it can now: waits that are over end, checks that are met as well."""
    await go_on(call, [run.id])
    return run


@command(
    "process_run.tell_overdue",
    label={"en": "Tell that a step takes too long", "ru": "Сообщить о просроченном шаге"},
    action="look_after",
    owner_only=True,
)
async def tell_of_overdue_step(call: Call, run: ProcessRun, step: str) -> ProcessRun:
    """Tell the head that a check of a run is not met in time, once."""
    wanted = {"process_run": {"id": {"eq": run.id}}, "key": {"eq": step}}
    found = await call.find(RunStep, filter=wanted, limit=1, rights=EVERYTHING)
    subject = await subject_of(call, run)
    if not found or found[0].state != StepState.ACTIVE or subject.owner is None:
        return run
    book = await calendar_book(access_of(call))
    head = book.head_of(subject.owner, now=call.now) or subject.owner
    tiding = Tiding(
        head,
        NoticeKind.ESCALATED,
        "A process waits too long: {step}",
        {"step": found[0].label},
        deal=subject.deal.id if subject.deal else None,
        key=f"{OVERDUE}:{found[0].id}",
    )
    await tell(call, [tiding])
    return run


async def _look(run: JobRun) -> None:
    await _do(run, "process_run.look_after", int(run.payload["run"]))


async def _overdue(run: JobRun) -> None:
    await _do(run, "process_run.tell_overdue", int(run.payload["run"]), step=str(run.payload["step"]))


async def _do(run: JobRun, name: str, process_run: int, **arguments: Any) -> None:
    async with run.app.unit_of_work(Actor.system("processes"), via="job") as work:
        try:
            await work.do(name, run=process_run, **arguments)
        except NotFound:
            return  # It was archived, or taken away by an undo.


JOBS: Final = (JobKind(LOOK, _look), JobKind(OVERDUE, _overdue))
"""The jobs of this room."""

WAKING: Final = (look_after_run, tell_of_overdue_step)
"""The commands that the jobs do."""
