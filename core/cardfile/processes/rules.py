"""What holds for processes, whoever edits them, and what lets runs go on."""

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from typing import Any, Final

import orjson

from cardfile.access.guards import access_of
from cardfile.clients.tables import Client
from cardfile.deals import Cause, Deal, Move
from cardfile.deals.rows import rows_of
from cardfile.declarations import Span
from cardfile.declarations.keys import refuse_odd_key
from cardfile.errors import InvalidInput, NotFound
from cardfile.journal.calls import Call
from cardfile.plugins.hookspecs import Befores
from cardfile.processes.book import keys_of, process_book
from cardfile.processes.choices import RunState, StepState
from cardfile.processes.running import begin_run
from cardfile.processes.stepping import go_on
from cardfile.processes.tables import RunStep
from cardfile.rights import EVERYTHING
from cardfile.tasks.choices import TaskState

__all__ = ["ProcessRules"]

Values = MutableMapping[str, object]
Row = Mapping[str, Any]

SEEDED: Final = frozenset(("process", "process_step"))
ASKED: Final = frozenset(("client", "deal"))


class ProcessRules:
    """What the plugin of the core asks of processes: their steps make sense, and runs go on by themselves."""

    async def records_creating(self, call: Call, entity: str, rows: Sequence[Values]) -> None:
        """Check new processes and steps."""
        if entity in SEEDED:
            for values in rows:
                _check(values)
            await access_of(call).changed()
        await _check_stages(call, entity, rows)

    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, Values]
    ) -> None:
        """Check changed processes and steps."""
        if entity in SEEDED:
            rows = await befores()
            for record, values in changes.items():
                _check({**rows[record], **values})
            await access_of(call).changed()
        await _check_stages(call, entity, changes.values())

    async def record_archiving(self, call: Call, entity: str, record: object) -> None:
        """Let everybody learn of processes that go."""
        if entity in SEEDED:
            await access_of(call).changed()

    async def records_keeping(
        self, call: Call, entity: str, created: Mapping[int, Row], changed: Mapping[int, Row]
    ) -> None:
        """Let runs go on whose tasks are over, and whose checks may be met now."""
        if entity in ASKED and created and call.via != "import":
            await _begin_by_themselves(call, entity, created)
        if entity == "task":
            over = [
                task for task, row in changed.items() if row.get("state", TaskState.OPEN) != TaskState.OPEN
            ]
            if over and (runs := await _runs_of_tasks(call, over)):
                await go_on(call, runs)
        elif entity in ASKED and changed:
            book = await process_book(access_of(call))
            if any(one.kind == "check" for one in book.steps.values()):
                await go_on(call, await _runs_that_check(call, entity, list(changed)))

    async def deals_entering(self, call: Call, moves: Sequence[Move]) -> None:
        """Begin the processes that stages start."""
        book = await process_book(access_of(call))
        for move in moves:
            for key in move.to.processes if move.cause is not Cause.IMPORT else ():
                deal = await call.get(Deal, move.deal, rights=EVERYTHING)
                await begin_run(call, book.process_by_key(key).id, deal)


async def _check_stages(call: Call, entity: str, rows: Iterable[Row]) -> None:
    """Refuse stages that begin processes which do not exist; what plugins ship is checked where it is declared."""
    if entity != "stage" or call.via == "system":
        return
    for key in {key for values in rows for key in keys_of(str(values.get("processes") or ""))}:
        try:
            (await process_book(access_of(call))).process_by_key(key)
        except NotFound:
            raise InvalidInput("There is no process {key}.", key=key, path=("processes",)) from None


async def _begin_by_themselves(call: Call, entity: str, created: Collection[int]) -> None:
    processes = (await process_book(access_of(call))).begun_by(entity)
    if not processes:
        return
    table: type[Client] | type[Deal] = Deal if entity == "deal" else Client
    for process in processes:
        wanted = {"and": [{"id": {"in": sorted(created)}}, dict(process.begins or {})]}
        found = await call.find(table, filter=wanted, order=("id",), limit=len(created), rights=EVERYTHING)
        for record in found:
            await begin_run(call, process.id, record)


async def _runs_of_tasks(call: Call, tasks: Sequence[int]) -> set[int]:
    wanted = {"task": {"id": {"in": list(tasks)}}, "state": {"eq": StepState.ACTIVE.value}}
    return {row["process_run"] for row in await rows_of(call, RunStep, where=wanted, paths=("process_run",))}


async def _runs_that_check(call: Call, entity: str, records: Sequence[int]) -> set[int]:
    wanted = {
        "process_run": {entity: {"id": {"in": list(records)}}, "state": {"eq": RunState.RUNNING.value}},
        "state": {"eq": StepState.ACTIVE.value},
        "kind": {"eq": "check"},
    }
    return {row["process_run"] for row in await rows_of(call, RunStep, where=wanted, paths=("process_run",))}


def _check(values: Row) -> None:
    refuse_odd_key(values)
    for path in ("begins", "condition", "until"):
        _check_filter(values, path)
    if "kind" not in values:
        return
    if values.get("due"):
        try:
            Span.parse(str(values["due"]))
        except InvalidInput as error:
            raise error.at("due") from None
    if values["kind"] in ("task", "wait") and not values.get("due"):
        raise InvalidInput("Say within what time, such as 2h or 1wd.", path=("due",))
    if values["kind"] == "document" and not values.get("document"):
        raise InvalidInput("Say which kind of document.", path=("document",))
    if values["kind"] == "check" and not values.get("until"):
        raise InvalidInput("Say what the step waits for, as a filter.", path=("until",))


def _check_filter(values: Row, path: str) -> None:
    if not values.get(path):
        return
    try:
        if not isinstance(orjson.loads(str(values[path])), dict):
            raise ValueError
    except ValueError:
        raise InvalidInput("The filter is no JSON object.", path=(path,)) from None
