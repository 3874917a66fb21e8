"""What stages have to do with tasks: they set them, wait for them, and cancel what they leave behind."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from cardfile.access.guards import access_of
from cardfile.calendars import CalendarBook, add, calendar_book, next_working_moment
from cardfile.deals import Cause, Deal, Missing, Move
from cardfile.deals.checking import rules_of
from cardfile.deals.next_steps import StepTask
from cardfile.deals.rows import id_of, of_deals, rows_of
from cardfile.declarations import TaskDone
from cardfile.journal.calls import Call
from cardfile.journal.commands import Values
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING
from cardfile.tasks.book import TaskBook, TemplateSpec, task_book
from cardfile.tasks.choices import NoticeKind, TaskCause, TaskState
from cardfile.tasks.choosing import Chooser
from cardfile.tasks.notices import Tiding, tell
from cardfile.tasks.tables import Task

__all__ = [
    "cancel_what_was_left",
    "missing_tasks",
    "set_stage_tasks",
    "tell_next_tasks",
    "tell_of_stages",
    "wake_owners",
]

TASK_DONE: Final = "task_done"

MOST: Final = 100_000
"""How many open tasks are cancelled at once."""

Found = dict[tuple[int, str], Missing]


async def missing_tasks(call: Call, moves: Sequence[Move], missing: Mapping[int, list[Missing]]) -> None:
    """Add what is not done yet of what the stages demand: by a rule, or by a template that blocks leaving."""
    book = await task_book(access_of(call))
    asking = [one for one in moves if _asks(book, one)]
    if not asking:
        return
    rows = await rows_of(
        call,
        Task,
        where=of_deals([one.deal for one in asking], template={"id": {"isNull": False}}),
        paths=("title", "deal", "state", "blocks", "template", "created_at"),
    )
    tasks: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        tasks.setdefault(row["deal"], []).append(row)
    for move in asking:
        found: Found = {}
        _look_for_blocking(book, move, tasks.get(move.deal, ()), found)
        _look_for_done(book, move, tasks.get(move.deal, ()), found)
        # Of a task whose title is hidden from whoever asks, the key of its template says enough.
        is_shown = call.rights.sees("task", "title") and call.rights.sees("task_template", "title")
        lacking = found.values() if is_shown else (replace(one, label=one.key) for one in found.values())
        missing[move.deal].extend(lacking)


def _asks(book: TaskBook, move: Move) -> bool:
    if any(isinstance(rule, TaskDone) for rule, _ in rules_of(move)):
        return True
    return (
        move.was is not None
        and not move.is_lost
        and any(one.blocks for one in book.all_of_stage(move.was.id))
    )


def _look_for_blocking(book: TaskBook, move: Move, tasks: Iterable[Mapping[str, Any]], found: Found) -> None:
    if move.was is None or move.is_lost:
        return
    for task in tasks:
        template = book.templates[task["template"]]
        if task["blocks"] and task["state"] == TaskState.OPEN and template.stage == move.was.id:
            found[template.stage, template.key] = Missing(TASK_DONE, template.key, task["title"])


def _look_for_done(book: TaskBook, move: Move, tasks: Iterable[Mapping[str, Any]], found: Found) -> None:
    tasks = list(tasks)
    for rule, stage in rules_of(move):
        if not isinstance(rule, TaskDone):
            continue
        is_leaving = move.was is not None and stage == move.was.id
        # What the stage itself has set counts in this stay only; what is asked on entering was set elsewhere.
        is_done = any(
            book.templates[task["template"]].key == rule.task
            and task["state"] == TaskState.DONE
            and (not is_leaving or _is_of_stay(book, move, task))
            for task in tasks
        )
        if not is_done:
            label = next((one.title for one in book.all_of_stage(stage) if one.key == rule.task), rule.task)
            found.setdefault((stage, rule.task), Missing(TASK_DONE, rule.task, label))


def _is_of_stay(book: TaskBook, move: Move, task: Mapping[str, Any]) -> bool:
    is_here = move.was is not None and book.templates[task["template"]].stage == move.was.id
    return is_here and (move.since is None or task["created_at"] >= move.since)


async def cancel_what_was_left(call: Call, moves: Sequence[Move]) -> None:
    """Cancel the open tasks that a stage had set for deals which have left it: nobody needs them any more."""
    book = await task_book(access_of(call))
    left = [one for one in moves if one.was is not None and book.all_of_stage(one.was.id)]
    if not left:
        return
    templates = {one.id for move in left if move.was for one in book.all_of_stage(move.was.id)}
    wanted = {"state": {"eq": TaskState.OPEN.value}, "template": {"id": {"in": sorted(templates)}}}
    of_left = of_deals([one.deal for one in left], **wanted)
    tasks = await call.find(Task, filter=of_left, limit=MOST, rights=EVERYTHING, lock=True)
    by_deal = {one.deal: one for one in left}
    changes = {}
    for task in tasks:
        move = by_deal[id_of(task.deal)]
        if move.was is not None and book.templates[id_of(task.template)].stage == move.was.id:
            reason = call.texts.say("The deal has moved on to {stage}.", stage=move.to.label)
            changes[task.id] = Values(
                state=TaskState.CANCELLED.value, result=reason, done_at=call.now, done_by=call.actor.user
            )
    if changes:
        await call.bulk_write(Task, changes, rights=EVERYTHING)


async def set_stage_tasks(call: Call, moves: Sequence[Move]) -> None:
    """Set the tasks of the stages that deals have entered; a list that is imported sets none for its new deals."""
    book = await task_book(access_of(call))
    wanted = [
        (move, template) for move in moves if not _is_imported(move) for template in book.of_stage(move.to.id)
    ]
    if not wanted:
        return
    people = await calendar_book(access_of(call))
    chooser = await Chooser.of(call, people, wanted)
    rows = [_row(call, people, chooser, move, template) for move, template in wanted]
    await chooser.let_take_part(call)
    by_hand = [row.pop("by_hand") for row in rows]
    made = await call.bulk_create(Task, rows)
    await tell(
        call,
        [
            Tiding(
                owner,
                NoticeKind.CHOOSE,
                "Choose who does it: {title}",
                {"title": row["title"]},
                task=task,
                deal=move.deal,
            )
            for task, row, (move, _), is_open in zip(made, rows, wanted, by_hand, strict=True)
            if is_open and isinstance(owner := row["assignee"], int)
        ],
    )


def _is_imported(move: Move) -> bool:
    return move.was is None and move.cause is Cause.IMPORT


def _row(
    call: Call, people: CalendarBook, chooser: Chooser, move: Move, template: TemplateSpec
) -> dict[str, object]:
    chosen = chooser.choose(move, template)
    works = people.of_user(chosen.user, now=call.now, zone=call.settings.zone)
    return Values(
        title=template.title,
        kind=template.kind,
        script=template.script,
        deal=move.deal,
        assignee=chosen.user,
        author=call.actor.user,
        due_at=add(works, call.now, template.due),
        policy=template.policy,
        template=template.id,
        cause=TaskCause.STAGE.value,
        role=chosen.role,
        blocks=template.blocks,
        by_hand=chosen.by_hand,
    )


async def tell_of_stages(call: Call, moves: Sequence[Move]) -> None:
    """Tell people that deals have come into stages which want them to know it."""
    telling = [one for one in moves if one.to.notices and not _is_imported(one)]
    if not telling:
        return
    people = await calendar_book(access_of(call))
    titles = {
        row["id"]: row["title"]
        for row in await rows_of(call, Deal, ids=[one.deal for one in telling], paths=("title",))
    }
    taking_part = await _taking_part(call, [one.deal for one in telling])
    await tell(
        call,
        [
            Tiding(
                user,
                NoticeKind.STAGE,
                "{deal}: {text}",
                {"deal": titles.get(move.deal, ""), "text": notice.text},
                deal=move.deal,
            )
            for move in telling
            for notice in move.to.notices
            for user in _recipients(call, people, taking_part, move, notice.to)
        ],
    )


def _recipients(
    call: Call,
    people: CalendarBook,
    taking_part: Mapping[tuple[int, str], list[int]],
    move: Move,
    to: str,
) -> Collection[int]:
    if to == "owner":
        return [move.owner] if move.owner is not None else []
    if to == "head":
        head = people.head_of(move.owner, now=call.now) if move.owner is not None else None
        return [head] if head is not None else []
    return taking_part.get((move.deal, to), ())


async def _taking_part(call: Call, deals: Sequence[int]) -> Mapping[tuple[int, str], list[int]]:
    from_rows: dict[tuple[int, str], list[int]] = {}
    for row in await Chooser.participants(call, deals):
        from_rows.setdefault((row["deal"], row["role"]), []).append(row["user"])
    return from_rows


async def wake_owners(call: Call, deals: Sequence[Deal]) -> None:
    """Set a task for the owners of deals that were postponed until now."""
    people = await calendar_book(access_of(call))
    rows = []
    for deal in deals:
        owner = deal.owner if isinstance(deal.owner, int) else None
        works = people.of_user(owner, now=call.now, zone=call.settings.zone)
        rows.append(
            {
                "title": call.app.texts(call.settings.locale).say("Take up again: {title}", title=deal.title),
                "deal": deal.id,
                "assignee": owner,
                "due_at": next_working_moment(works, call.now),
                "cause": TaskCause.POSTPONED.value,
            }
        )
    await call.bulk_create(Task, rows)


async def tell_next_tasks(call: Call, tasks: Mapping[int, list[StepTask]]) -> None:
    """Add what is still to be done for deals, as far as whoever asks may see it."""
    app, user = call.app, call.app.model["user"]
    hidden = {path for entity, path in call.rights.hidden if entity == "task"}
    if not hidden.isdisjoint(("deal", "state")):
        return
    rows = await fetch_records(
        app.database,
        app.model,
        app.model["task"],
        call.rights,
        now=call.now,
        filter=of_deals(tasks, state={"eq": TaskState.OPEN.value}),
        order=("id",) if "due_at" in hidden else ("due_at", "id"),
        paths=("title", "deal", "assignee", "due_at", "blocks"),
    )
    for row in rows:
        assignee, due = (None if path in hidden else row[path] for path in ("assignee", "due_at"))
        number = app.model["task"].global_id(int(str(row["id"])))
        tasks[int(str(row["deal"]))].append(
            StepTask(
                id=number,
                title=number if "title" in hidden else str(row["title"]),
                assignee=user.global_id(assignee) if isinstance(assignee, int) else None,
                due_at=due if isinstance(due, datetime) else None,
                blocks="blocks" not in hidden and bool(row["blocks"]),
            )
        )
