"""What holds for every task, whoever writes it: a person, an import, a stage or a program."""

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from typing import Any, Final

from cardfile.access.guards import access_of
from cardfile.calendars import CalendarBook, calendar_book
from cardfile.deals import Deal, Missing, Move
from cardfile.deals.next_steps import StepTask
from cardfile.declarations import Span
from cardfile.declarations.keys import refuse_odd_key
from cardfile.errors import InvalidInput, Refused
from cardfile.journal.calls import Call
from cardfile.plugins.hookspecs import Befores
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING
from cardfile.tasks.book import read_spans, task_book
from cardfile.tasks.choices import NoticeKind, TaskCause, TaskState
from cardfile.tasks.choosing import hand_on_parts
from cardfile.tasks.house import house_of
from cardfile.tasks.notices import Tiding, tell
from cardfile.tasks.reminding import begin_ladders, move_ladders
from cardfile.tasks.repeating import Repeat
from cardfile.tasks.sending import RESET
from cardfile.tasks.stages import (
    cancel_what_was_left,
    missing_tasks,
    set_stage_tasks,
    tell_next_tasks,
    tell_of_stages,
    wake_owners,
)

__all__ = ["TaskRules"]

Values = MutableMapping[str, object]
Row = Mapping[str, Any]

TASK: Final = "task"
SEEDED: Final = frozenset(("reminder_policy", "task_template"))
OF_HOURS: Final = frozenset(
    ("work_calendar", "holiday", "work_calendar_team", "team", "team_member", "reminder_policy")
)
"""Entities by which it is decided when people are reminded."""

MOST_APART: Final = 20
"""With more new tasks at once one is told how many they are, instead of each by itself."""


class TaskRules:
    """What the plugin of the core asks of tasks: they agree with their deal, remind of themselves, and are told."""

    async def records_creating(self, call: Call, entity: str, rows: Sequence[Values]) -> None:
        """Complete new tasks; check new policies and templates."""
        if entity == TASK:
            await _complete(call, rows)
        elif entity in SEEDED:
            for values in rows:
                _check_seeded(entity, values)
            await access_of(call).changed()

    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, Values]
    ) -> None:
        """Keep changed tasks in agreement with their deal; check policies and templates."""
        if entity == TASK:
            await _agree(call, await befores(), changes)
        elif entity in SEEDED:
            rows = await befores()
            for record, values in changes.items():
                _check_seeded(entity, {**rows[record], **values})
            await access_of(call).changed()

    async def record_archiving(self, call: Call, entity: str, record: object) -> None:
        """Let everybody learn of policies and templates that go."""
        if entity in SEEDED:
            await access_of(call).changed()

    async def records_keeping(
        self, call: Call, entity: str, created: Mapping[int, Row], changed: Mapping[int, Row]
    ) -> None:
        """Set, move and end reminders with the tasks, and tell people of what they were given."""
        if entity == TASK:
            house = house_of(call)
            await begin_ladders(call, house, created)
            await move_ladders(call, house, changed)
            await _tell_of_tasks(call, created, changed)
        elif entity in OF_HOURS and (created or changed):
            await house_of(call).jobs.enqueue(RESET)
        elif entity == "user":
            moved = sorted(user for user, row in changed.items() if {"zone", "is_active"} & row.keys())
            if moved:
                await house_of(call).jobs.enqueue(RESET, {"users": moved})

    async def records_reverting(self, call: Call, entity: str, changed: Mapping[int, Row]) -> None:
        """Set reminders as they have to be for tasks that were taken back to what they were."""
        if entity == TASK:
            await move_ladders(call, house_of(call), changed)

    async def deals_missing(
        self, call: Call, moves: Sequence[Move], missing: Mapping[int, list[Missing]]
    ) -> None:
        """Tell which tasks have to be done before deals move."""
        await missing_tasks(call, moves, missing)

    async def deals_entering(self, call: Call, moves: Sequence[Move]) -> None:
        """Cancel what the left stages had set, set what the new ones want, and tell people of it."""
        await cancel_what_was_left(call, moves)
        await set_stage_tasks(call, moves)
        await tell_of_stages(call, moves)

    async def deals_telling(self, call: Call, tasks: Mapping[int, list[StepTask]]) -> None:
        """Tell what is to be done for deals."""
        await tell_next_tasks(call, tasks)

    async def deals_waking(self, call: Call, deals: Sequence[Deal]) -> None:
        """Remind owners of deals that were postponed until now."""
        await wake_owners(call, deals)


async def _complete(call: Call, rows: Sequence[Values]) -> None:
    book = await calendar_book(access_of(call))
    usual = (await task_book(access_of(call))).usual
    for values in rows:
        values.setdefault("author", call.actor.user)
        # Nobody gives the cause of a task that he sets himself: it has its default by now.
        if call.via == "import" and values.get("cause") == TaskCause.MANUAL:
            values["cause"] = TaskCause.IMPORT.value
        values.setdefault("policy", usual)
        values.setdefault("state", TaskState.OPEN.value)
        _require_assignee(call, book, values)
        _tidy_repeat(values, values.get("due_at"))
        values["awaits"] = values["state"] == TaskState.OPEN and values.get("due_at") is not None
    await _take_client_of_deal(call, rows)


async def _agree(call: Call, befores: Mapping[int, Row], changes: Mapping[int, Values]) -> None:
    book = await calendar_book(access_of(call))
    handed = []
    for record, values in changes.items():
        now = {**befores[record], **values}
        if "assignee" in values:
            _require_assignee(call, book, values)
            handed.append(({**befores[record], "id": record}, values["assignee"]))
        if "repeat" in values or "due_at" in values:
            _tidy_repeat(values, now["due_at"], repeat=now["repeat"])
        if {"state", "due_at"} & values.keys():
            values["awaits"] = now["state"] == TaskState.OPEN and now["due_at"] is not None
        if "client" in values and "deal" not in values and now["deal"] is not None:
            values["deal"] = now["deal"]  # The client comes with it, whatever was given.
    await hand_on_parts(call, handed)
    await _take_client_of_deal(call, [values for values in changes.values() if values.get("deal")])


async def _take_client_of_deal(call: Call, rows: Iterable[Values]) -> None:
    """Let tasks of a deal be tasks of its client."""
    of_deals = [values for values in rows if values.get("deal")]
    wanted = {int(str(values["deal"])) for values in of_deals}
    known = call.work.images.get("deal", {})
    clients: dict[object, object] = {deal: known[deal].values["client"] for deal in wanted & known.keys()}
    if unknown := sorted(wanted - known.keys()):
        found = await fetch_records(
            call.app.database,
            call.app.model,
            call.app.model["deal"],
            EVERYTHING,
            now=call.now,
            ids=unknown,
            archived=True,
            paths=("client",),
        )
        clients |= {row["id"]: row["client"] for row in found}
    for values in of_deals:
        values["client"] = clients.get(values["deal"], values.get("client"))


def _require_assignee(call: Call, book: CalendarBook, values: Row) -> None:
    assignee = values.get("assignee")
    if isinstance(assignee, int) and not book.is_active(assignee) and assignee in book.people:
        is_shown = call.rights.sees("user", "name")
        name = book.people[assignee].name if is_shown else call.app.model["user"].global_id(assignee)
        raise Refused(
            "{name} does not work here any more: choose somebody else.", name=name, path=("assignee",)
        )


def _tidy_repeat(values: Values, due: object, *, repeat: object = None) -> None:
    text = values.get("repeat", repeat)
    if not text:
        if "repeat" in values:
            values["repeat"], values["repeat_from"] = None, None
        return
    if due is None:
        raise InvalidInput("A task that comes again needs a moment at which it is due.", path=("due_at",))
    if "repeat" not in values:
        return
    try:
        values["repeat"] = str(Repeat.parse(str(text)))
    except InvalidInput as error:
        raise error.at("repeat") from None
    values.setdefault("repeat_from", due)


def _check_seeded(entity: str, values: Row) -> None:
    refuse_odd_key(values)
    for path in ("before", "every", "head_after") if entity == "reminder_policy" else ("due",):
        try:
            spans = read_spans(str(values.get(path) or ""))
        except InvalidInput as error:
            raise error.at(path) from None
        if path != "before" and len(spans) > 1:
            raise InvalidInput("One span of time is enough here.", path=(path,))
    if entity == "reminder_policy":
        _check_repeats(values)


def _check_repeats(values: Row) -> None:
    every, most = values.get("every"), values.get("most")
    if isinstance(every, str) and every and Span.parse(every).amount < 1:
        raise InvalidInput("Reminders that follow each other at once would never end.", path=("every",))
    if isinstance(most, int) and not 0 <= most <= 100:
        raise InvalidInput("A task reminds again at most a hundred times.", path=("most",))


async def _tell_of_tasks(call: Call, created: Mapping[int, Row], changed: Mapping[int, Row]) -> None:
    """Tell people of tasks that somebody else has given them."""
    if call.via == "import":
        return
    given: dict[int, list[int]] = {}
    for task, row in (*created.items(), *changed.items()):
        assignee = row.get("assignee")
        is_open = row.get("state", TaskState.OPEN) == TaskState.OPEN
        if isinstance(assignee, int) and assignee != call.actor.user and is_open:
            given.setdefault(assignee, []).append(task)
    if not given:
        return
    titles = await _titles(
        call, created, [task for some in given.values() for task in some[: MOST_APART + 1]]
    )
    tidings = []
    for assignee, some in given.items():
        if len(some) > MOST_APART:
            sentence = "You were given {count} tasks."
            tidings.append(Tiding(assignee, NoticeKind.ASSIGNED, sentence, {"count": len(some)}))
            continue
        tidings += [
            Tiding(
                assignee,
                NoticeKind.ASSIGNED,
                "New task: {title}",
                {"title": titles[task][0]},
                task=task,
                deal=titles[task][1],
            )
            for task in some
            if task in titles
        ]
    await tell(call, tidings)


async def _titles(
    call: Call, created: Mapping[int, Row], tasks: Collection[int]
) -> Mapping[int, tuple[str, Any]]:
    found = {
        task: (str(created[task]["title"]), created[task].get("deal")) for task in tasks if task in created
    }
    rest = [task for task in tasks if task not in created]
    if rest:
        rows = await fetch_records(
            call.app.database,
            call.app.model,
            call.app.model[TASK],
            EVERYTHING,
            now=call.now,
            ids=rest,
            archived=True,
            paths=("title", "deal", "state"),
        )
        found |= {
            int(str(row["id"])): (str(row["title"]), row["deal"])
            for row in rows
            if row["state"] == TaskState.OPEN.value
        }
    return found
