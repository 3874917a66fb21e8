"""Going on: steps whose turn has come begin, those that are over let the next ones begin.

A run is locked while it goes on, so that two things which happen at once make no step begin twice.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cardfile.access.guards import access_of
from cardfile.calendars import add, calendar_book, calendar_of
from cardfile.failpoints import failpoint
from cardfile.jobs import jobs_of
from cardfile.journal.calls import Call
from cardfile.processes.book import ProcessBook, StepSpec, predecessors, process_book
from cardfile.processes.choices import RunState, StepState
from cardfile.processes.subjects import Subject, matches, subject_of
from cardfile.processes.tables import ProcessRun, RunStep
from cardfile.rights import EVERYTHING
from cardfile.tasks.book import task_book
from cardfile.tasks.choices import NoticeKind, TaskCause, TaskState
from cardfile.tasks.choosing import Chooser, Chosen
from cardfile.tasks.house import house_of
from cardfile.tasks.notices import Tiding, tell
from cardfile.tasks.tables import Task

__all__ = ["LOOK", "OVERDUE", "STEPS", "go_on", "steps_of"]

LOOK: Final = "processes.look"
OVERDUE: Final = "processes.overdue"
OVER: Final = frozenset((StepState.DONE, StepState.SKIPPED, StepState.CANCELLED))
STEPS: Final = 200
"""At most so many steps has a process."""


@dataclass(frozen=True, slots=True)
class _Matter:
    """Whom the tasks of a run are chosen for."""

    deal: int | None
    owner: int | None


@dataclass(slots=True)
class _Run:
    """A run while it goes on."""

    call: Call
    run: ProcessRun
    rows: dict[str, RunStep]
    specs: Mapping[str, StepSpec]
    before: Mapping[str, tuple[str, ...]]
    subject: Subject
    ended: dict[int, Task] = field(default_factory=dict)

    @property
    def matter(self) -> _Matter:
        """The deal of the run, and whose it is."""
        return _Matter(self.subject.deal.id if self.subject.deal else None, self.subject.owner)


async def steps_of(call: Call, run: ProcessRun) -> list[RunStep]:
    """Return the steps of a run in their order."""
    wanted = {"process_run": {"id": {"eq": run.id}}}
    return await call.find(RunStep, filter=wanted, order=("position", "id"), limit=STEPS, rights=EVERYTHING)


async def go_on(call: Call, runs: Collection[int]) -> None:
    """Let runs go on as far as they can now; those that are over stay as they are."""
    book = await process_book(access_of(call))
    for run in await call.load(ProcessRun, sorted(runs), rights=EVERYTHING, lock=True):
        if run.state == RunState.RUNNING:
            await _go_on(await _opened(call, run, book))


async def _opened(call: Call, run: ProcessRun, book: ProcessBook) -> _Run:
    # By the keys that the steps have now: somebody may have renamed one while the run was on its way.
    rows = {book.steps[_id(one.step)].key: one for one in await steps_of(call, run)}
    specs = {key: book.steps[_id(row.step)] for key, row in rows.items()}
    tasks = [_id(one.task) for one in rows.values() if one.task is not None and one.state == StepState.ACTIVE]
    known = {one.id: one for one in await call.load(Task, tasks, rights=EVERYTHING)}
    ended = {key: one for key, one in known.items() if one.state != TaskState.OPEN}
    before = predecessors(tuple(specs.values()))
    return _Run(call, run, rows, specs, before, await subject_of(call, run), ended)


async def _go_on(one: _Run) -> None:
    goes_on = True
    while goes_on:
        goes_on = False
        for key, row in one.rows.items():
            state = StepState(row.state)
            if state is StepState.WAITING and all(
                one.rows[before].state in OVER for before in one.before[key]
            ):
                await _begin(one, row, one.specs[key])
                goes_on = True
            elif state is StepState.ACTIVE and (became := await _became(one, row, one.specs[key])):
                await one.call.write(row, state=became.value, ended_at=one.call.now)
                goes_on = True
    failpoint("processes.stepped")
    if all(row.state in OVER for row in one.rows.values()):
        await one.call.write(one.run, state=RunState.DONE.value, ended_at=one.call.now)
        one.call.record("process_run.finished", one.run)


async def _begin(one: _Run, row: RunStep, spec: StepSpec) -> None:
    call = one.call
    if not await matches(call, one.subject, spec.condition):
        await call.write(row, state=StepState.SKIPPED.value, ended_at=call.now)
        return
    due = await _due(one, spec)
    await call.write(row, state=StepState.ACTIVE.value, began_at=call.now, due_at=due)
    await _DEEDS[spec.kind](one, row, spec)


async def _became(one: _Run, row: RunStep, spec: StepSpec) -> StepState | None:
    """Return what an active step has become, None while it goes on."""
    match spec.kind:
        case "task":
            task = one.ended.get(_id(row.task)) if row.task is not None else None
            if task is None:
                return None
            return StepState.DONE if task.state == TaskState.DONE else StepState.SKIPPED
        case "wait":
            is_over = row.due_at is None or row.due_at <= one.call.now
        case "check":
            is_over = await matches(one.call, one.subject, spec.until)
        case _:
            is_over = True
    return StepState.DONE if is_over else None


async def _due(one: _Run, spec: StepSpec) -> datetime | None:
    if spec.due is None:
        return None
    house = house_of(one.call)
    return add(await calendar_of(house, user=one.subject.owner), one.call.now, spec.due)


async def _set_task(one: _Run, row: RunStep, spec: StepSpec) -> None:
    call, book = one.call, await task_book(access_of(one.call))
    chosen = await _chosen(one, spec)
    task = await call.create(
        Task,
        {
            "title": spec.label,
            "kind": "task",
            "script": spec.text,
            "client": one.subject.client.id,
            "deal": one.subject.deal.id if one.subject.deal else None,
            "assignee": chosen.user,
            "role": chosen.role,
            "due_at": row.due_at,
            "policy": book.policy(spec.reminders).id,
            "cause": TaskCause.PROCESS.value,
        },
    )
    await call.write(row, task=task.id)


async def _tell(one: _Run, row: RunStep, spec: StepSpec) -> None:
    chosen = await _chosen(one, spec)
    if chosen.user is None:
        return
    deal = one.subject.deal.id if one.subject.deal else None
    sentence = "{label}: {text}"
    values = {"label": spec.label, "text": spec.text or ""}
    await tell(
        one.call,
        [Tiding(chosen.user, NoticeKind.MESSAGE, sentence, values, deal=deal, key=f"process_step:{row.id}")],
    )


async def _make_document(one: _Run, _row: RunStep, spec: StepSpec) -> None:
    if one.subject.deal is not None:
        await one.call.hooks.each(
            "document_making", call=one.call, deal=one.subject.deal, kind=spec.document or "", template=None
        )


async def _wait(one: _Run, row: RunStep, _spec: StepSpec) -> None:
    if row.due_at is not None and row.due_at > one.call.now:
        payload = {"run": one.run.id}
        await jobs_of(one.call).enqueue(LOOK, payload, key=f"{LOOK}:{row.id}", run_at=row.due_at)


async def _check(one: _Run, row: RunStep, _spec: StepSpec) -> None:
    if row.due_at is not None:
        payload = {"run": one.run.id, "step": row.key}
        await jobs_of(one.call).enqueue(OVERDUE, payload, key=f"{OVERDUE}:{row.id}", run_at=row.due_at)


_DEEDS: Final = {
    "task": _set_task,
    "message": _tell,
    "document": _make_document,
    "wait": _wait,
    "check": _check,
}


async def _chosen(one: _Run, spec: StepSpec) -> Chosen:
    """Return who does a step, and let him take part in the deal when he does it in a role."""
    people = await calendar_book(access_of(one.call))
    chooser = await Chooser.of(one.call, people, [(one.matter, spec)])
    chosen = chooser.choose(one.matter, spec)
    await chooser.let_take_part(one.call)
    return chosen


def _id(reference: object) -> int:
    if isinstance(reference, int):
        return reference
    raise TypeError(f"{reference!r} is no id of a record: this was read without its references")
