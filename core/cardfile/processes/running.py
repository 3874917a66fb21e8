"""Starting a process on a client or a deal, passing a step over, ending it before its time."""

from typing import Annotated, Final

from cardfile.access.guards import access_of
from cardfile.clients.tables import Client
from cardfile.deals.tables import Deal
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.processes.book import process_book
from cardfile.processes.choices import RunState, StepState
from cardfile.processes.stepping import OVER, STEPS, go_on, steps_of
from cardfile.processes.tables import Process, ProcessRun, RunStep
from cardfile.rights import EVERYTHING
from cardfile.tasks.choices import TaskState
from cardfile.tasks.tables import Task

__all__ = ["COMMANDS", "begin_run", "cancel_run", "skip_step", "start_process"]


@command("process_run.start", label={"en": "Start a process", "ru": "Запустить процесс"})
async def start_process(
    call: Call,
    process: Annotated[Process, "Which process."],
    deal: Annotated[Deal | None, "On which deal, for a process that runs on deals."] = None,
    client: Annotated[Client | None, "On which client, for a process that runs on clients."] = None,
) -> ProcessRun:
    """Start a process on a client or a deal, on which several may run at once; its first steps begin now."""
    record = deal if process.subject == "deal" else client
    if record is None or (deal is not None and client is not None):
        raise InvalidInput(
            "The process {name} runs on one {subject}: give that.",
            name=call.told(process, "label"),
            subject=process.subject,
            path=(f"{process.subject}Id",),
        )
    if not await call.load(type(record), [record.id], action="edit"):
        raise NotAllowed("You may look at this record, but not start anything on it.")
    return await begin_run(call, process.id, record)


async def begin_run(call: Call, process: int, record: Client | Deal) -> ProcessRun:
    """Start a process on a record, whoever may do what: for those who have asked that already."""
    spec = (await process_book(access_of(call))).processes[process]
    if spec.is_archived or not spec.steps:
        raise Refused("The process {name} has no steps any more.", name=spec.label)
    if len(spec.steps) > STEPS:
        raise Refused("A process has at most {most} steps.", most=STEPS)
    deal = record if isinstance(record, Deal) else None
    run = await call.create(
        ProcessRun,
        {
            "process": process,
            "client": deal.client if deal else record.id,
            "deal": deal.id if deal else None,
            "owner": record.owner,
            "state": RunState.RUNNING.value,
            "started_at": call.now,
        },
    )
    await call.bulk_create(
        RunStep,
        [
            {
                "process_run": run.id,
                "step": one.id,
                "key": one.key,
                "label": one.label,
                "kind": one.kind,
                "state": StepState.WAITING.value,
                "position": one.position,
            }
            for one in spec.steps
        ],
    )
    await go_on(call, [run.id])
    return run


@command("process_run.cancel", label={"en": "Cancel a process", "ru": "Отменить процесс"})
async def cancel_run(
    call: Call, run: ProcessRun, reason: Annotated[str, "Why, for the history."]
) -> ProcessRun:
    """End a process before its time; its open tasks are cancelled with it."""
    _require_running(run)
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInput("A reason is needed.", path=("reason",))
    # First of all, for a task that ends would let the run go on.
    await call.write(run, state=RunState.CANCELLED.value, ended_at=call.now, reason=reason)
    for step in await steps_of(call, run):
        if step.state not in OVER:
            await call.write(step, state=StepState.CANCELLED.value, ended_at=call.now)
            await _end_task(call, step)
    return run


@command("process_run.skip_step", label={"en": "Pass a step over", "ru": "Пропустить шаг"}, action="cancel")
async def skip_step(
    call: Call,
    run: ProcessRun,
    step: Annotated[str, "The step's key."],
    reason: Annotated[str | None, "Why, for the history."] = None,
) -> ProcessRun:
    """Pass over a step that is under way, so that the process goes on."""
    _require_running(run)
    found = next((one for one in await steps_of(call, run) if one.key == step), None)
    if found is None or found.state != StepState.ACTIVE:
        raise InvalidInput("The step {step} is not under way.", step=step, path=("step",))
    await call.write(found, state=StepState.SKIPPED.value, ended_at=call.now)
    await _end_task(call, found)
    call.record("process_run.step_skipped", run, step=step, reason=reason)
    await go_on(call, [run.id])
    return run


async def _end_task(call: Call, step: RunStep) -> None:
    if not isinstance(step.task, int):
        return
    for task in await call.load(Task, [step.task], rights=EVERYTHING):
        if task.state == TaskState.OPEN:
            await call.write(task, state=TaskState.CANCELLED.value, done_at=call.now, done_by=call.actor.user)


def _require_running(run: ProcessRun) -> None:
    if run.state != RunState.RUNNING:
        raise Refused("This process is over.")


COMMANDS: Final = (start_process, cancel_run, skip_step)
"""The commands of this room."""
