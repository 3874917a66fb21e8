"""The audit of the trade: everything that must be there, once, whoever died on the way.

Each part looks at the rows of one room and returns what it has to complain of. Read when no process lives.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from crash_trade import Trader

from cardfile import Client
from cardfile.access.file_table import File
from cardfile.app import App
from cardfile.database import Record, Stored
from cardfile.deals import Attachment, Deal, DealGoal, DealLine
from cardfile.deals.tables import StageChange
from cardfile.jobs import Job, State
from cardfile.journal.tables import EventRow
from cardfile.pipelines.tables import Goal, Stage
from cardfile.processes.tables import ProcessRun, ProcessStep, RunStep
from cardfile.tasks.ladder import ROUND, Told
from cardfile.tasks.tables import Ladder, Notice, Policy, Task, Template
from cardfile_documents.tables import Counter as NumberCounter
from cardfile_documents.tables import Document

Row = dict[str, Any]

TABLES: Final[dict[str, type[Record]]] = {
    "client": Client,
    "deal": Deal,
    "deal_line": DealLine,
    "deal_goal": DealGoal,
    "stage_change": StageChange,
    "attachment": Attachment,
    "task": Task,
    "notice": Notice,
    "process_run": ProcessRun,
    "process_run_step": RunStep,
    "documents.document": Document,
}
"""The records of the story, by the key of their entities: history tells of each that it was made, once."""

OTHERS: Final[dict[str, type[Stored]]] = {
    "event": EventRow,
    "job": Job,
    "ladder": Ladder,
    "policy": Policy,
    "template": Template,
    "stage": Stage,
    "goal": Goal,
    "step": ProcessStep,
    "counter": NumberCounter,
    "file": File,
}
A_MOMENT: Final = timedelta(seconds=5)
OPEN_STATES: Final = (State.WAITING.value, State.RUNNING.value)
AGAIN_AND_AGAIN: Final = ("trade.hurry", "send_notices")
"""Jobs that are put in for as long as somebody lives."""


async def is_settled(app: App) -> bool:
    """Tell whether all is done that is due: no job, no reminder, no file is waited for."""
    now, run = app.clock.now(), app.database.run
    jobs = Job.select(Job.id).where(
        Job.state.is_in(list(OPEN_STATES)), Job.run_at <= now, Job.kind.not_in(list(AGAIN_AND_AGAIN))
    )
    late = Ladder.select(Ladder.id).where(Ladder.next_at <= now)
    unmade = Document.select(Document.id).where(Document.file_state == "rendering")
    return not any([await run(query.limit(1)) for query in (jobs, late, unmade)])


@dataclass(slots=True)
class Books:
    """All rows, and what they come to."""

    app: App
    now: datetime
    rows: dict[str, list[Row]]

    @classmethod
    async def open(cls, app: App) -> "Books":
        """Read everything."""
        tables: dict[str, type[Stored]] = {**TABLES, **OTHERS}
        rows = {key: list(await app.database.run(table.select())) for key, table in tables.items()}
        return cls(app, app.clock.now(), rows)

    def by(self, key: str, path: str, **wanted: object) -> dict[Any, list[Row]]:
        """Return the rows that are so, by what stands at a path."""
        found = defaultdict(list)
        for row in self.rows[key]:
            if all(row[name] == value for name, value in wanted.items()):
                found[row[path]].append(row)
        return found

    def names(self, key: str) -> dict[int, str]:
        return {row["id"]: row["key"] for row in self.rows[key]}


async def complaints(app: App) -> list[str]:
    """Return all that is lost, doubled or half done."""
    books = await Books.open(app)
    parts = (_journal, _jobs, _stays, _goals, _stage_work, _reminders, _tasks, _processes, _documents)
    return [one for part in parts for one in part(books)]


def doubled(what: str, values: Iterable[object]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{what} {value} is there {times} times"


def _journal(books: Books) -> Iterator[str]:
    """Every record was made by one event, and history knows its last version."""
    created: Counter[tuple[str, int]] = Counter()
    version: dict[tuple[str, int], int] = {}
    for event in books.rows["event"]:
        place = (event["entity"], event["record"])
        if event["before"] is None and event["after"] is not None:
            created[place] += 1
        if event["version"] is not None:
            version[place] = max(version.get(place, 0), event["version"])
    for entity in TABLES:
        there = {row["id"]: row for row in books.rows[entity]}
        told = {record for known, record in created if known == entity}
        yield from (f"{entity} {one} is made and history does not know it" for one in there.keys() - told)
        yield from (f"history tells of {entity} {one} that is not there" for one in told - there.keys())
        for record, row in there.items():
            if created[entity, record] > 1:
                yield f"history tells {created[entity, record]} times that {entity} {record} was made"
            if (last := version.get((entity, record))) != row["version"]:
                yield f"{entity} {record} has version {row['version']}, history says {last}"


def _jobs(books: Books) -> Iterator[str]:
    for job in books.rows["job"]:
        if job["state"] == State.DEAD.value:
            yield f"job {job['id']} ({job['kind']}) is dead: {job['last_error']}"
        elif job["last_error"] is not None:
            yield f"job {job['id']} ({job['kind']}) has failed: {job['last_error']}"


def _stays(books: Books) -> Iterator[str]:
    """The stays of a deal are a chain without gaps whose last link is where it stands; each move is told once."""
    stays, moved = books.by("stage_change", "deal"), books.by("event", "record", name="deal.moved")
    won = books.by("event", "record", name="deal.won")
    for deal in books.rows["deal"]:
        chain = sorted(stays[deal["id"]], key=lambda row: (row["entered_at"], row["id"]))
        name = f"deal {deal['id']}"
        if not chain:
            yield f"{name} has no stay"
            continue
        for before, after in pairwise(chain):
            if (before["left_at"], before["stage"]) != (after["entered_at"], after["was"]):
                yield f"{name} has a gap between its stays {before['id']} and {after['id']}"
        last = chain[-1]
        if chain[0]["was"] is not None or last["left_at"] is not None:
            yield f"{name}: its stays begin or end in the middle"
        if (last["stage"], last["entered_at"]) != (deal["stage"], deal["stage_since"]):
            yield f"{name} stands elsewhere than its history says"
        if len(moved[deal["id"]]) != len(chain) - 1:
            yield f"{name} moved {len(chain) - 1} times, told {len(moved[deal['id']])} times"
        if len(won[deal["id"]]) != (deal["result"] == "won"):
            yield f"{name} is {deal['result']}, told {len(won[deal['id']])} times that it is won"


def _goals(books: Books) -> Iterator[str]:
    """Goals are noted once in a stay, told once, and have moved the deal; postponed deals were woken once."""
    goals, stages = books.names("goal"), books.names("stage")
    reached = books.by("deal_goal", "deal")
    told = Counter(row["record"] for row in books.rows["event"] if row["name"] == "deal.goal_reached")
    woken = books.by("event", "record", name="deal.woken")
    called = books.by("task", "deal", cause="postponed")
    waiting = books.by("job", "kind", state=State.WAITING.value)["deals.wake"]
    waits = {(row["key"] or "").split(":")[1] for row in waiting}
    for deal in books.rows["deal"]:
        name, noted = f"deal {deal['id']}", [goals[row["goal"]] for row in reached[deal["id"]]]
        yield from doubled(f"{name}: the goal", (one for one in noted if one != "later"))
        if told[deal["id"]] != len(noted):
            yield f"{name} reached {len(noted)} goals, told {told[deal['id']]}"
        stage = "won" if {"paid", "served"} <= set(noted) else "work" if "agreed" in noted else "offer"
        if stages[deal["stage"]] != stage:
            yield f"{name} is in {stages[deal['stage']]} with the goals {noted}"
        if len(woken[deal["id"]]) != len(called[deal["id"]]):
            yield f"{name} was woken {len(woken[deal['id']])} times, with {len(called[deal['id']])} tasks"
        missed = noted.count("later") - len(woken[deal["id"]]) - (deal["wake_at"] is not None)
        # A deal that moves on by itself needs nobody to wake it.
        if missed < 0 or (missed and stage == "offer"):
            yield f"{name} was put off {noted.count('later')} times and woken {len(woken[deal['id']])} times"
        if deal["wake_at"] is not None and str(deal["id"]) not in waits:
            yield f"{name} sleeps until {deal['wake_at']} and nobody will wake it"


def _stage_work(books: Books) -> Iterator[str]:
    """Each stay has its tasks, notices, documents and processes once; what a left stage wanted is cancelled."""
    stays = Counter((row["deal"], row["stage"]) for row in books.rows["stage_change"])
    stage_of = {row["key"]: row["id"] for row in books.rows["stage"] if row["plugin"] == "trade"}
    deals = {row["id"]: row for row in books.rows["deal"]}
    set_ = Counter((row["deal"], row["template"]) for row in books.rows["task"] if row["template"])
    for template in (row for row in books.rows["template"] if row["plugin"] == "trade"):
        for deal in deals:
            wanted, found = stays[deal, template["stage"]], set_[deal, template["id"]]
            if wanted != found:
                yield f"deal {deal}: the task {template['key']} is set {found} times in {wanted} stays"
        for task in books.rows["task"]:
            is_left = task["deal"] and deals[task["deal"]]["stage"] != template["stage"]
            if task["template"] == template["id"] and task["state"] == "open" and is_left:
                yield f"task {task['id']} of a stage that its deal has left is open"
    telling = books.by("notice", "deal", kind="stage")
    invoices = books.by("documents.document", "deal", kind="invoice")
    runs = books.by("process_run", "deal")
    for deal in deals:
        for what, rows, stage in (
            ("notices", telling, "offer"),
            ("invoices", invoices, "work"),
            ("processes", runs, "work"),
        ):
            if len(rows[deal]) != stays[deal, stage_of[stage]]:
                yield f"deal {deal}: {len(rows[deal])} {what} of the stage {stage}"


def _reminders(books: Books) -> Iterator[str]:
    """Each rung of a ladder that was due was told once to each who is to know it, and no other."""
    policies = {row["id"]: row for row in books.rows["policy"]}
    ladders = {row["id"]: row for row in books.rows["ladder"]}
    told = books.by("notice", "task")
    for task in books.rows["task"]:
        ladder, name = ladders.get(task["id"]), f"task {task['id']}"
        policy = policies.get(task["policy"] or 0)
        if policy is None or policy["key"] != "storm":
            continue
        if ladder is None:
            yield f"{name} has no ladder"
            continue
        if ladder["next_at"] is not None and (
            task["state"] != "open" or ladder["next_at"] <= books.now - A_MOMENT
        ):
            yield f"{name} ({task['state']}) is to be told of since {ladder['next_at']}"
        rungs = Told.parse(ladder["told"])
        is_late = task["state"] == "open" and task["due_at"] <= books.now - A_MOMENT
        if is_late and not (rungs.due and rungs.escalated):
            yield f"{name} is due since {task['due_at']} and told was only: {rungs}"
        expected = {
            f"{task['id']}/{kind}/{ladder['round'] * ROUND + number}" for kind, number in _sure_rungs(rungs)
        }
        keys = [
            row["key"] for row in told[task["id"]] if row["kind"] in ("before", "due", "overdue", "escalated")
        ]
        yield from doubled(f"{name}: the notice", keys)
        yield from (f"{name}: the notice {key} is missing" for key in sorted(expected - set(keys)))
        for key in set(keys) - expected:
            _, kind, number = key.split("/")
            # A repeat may be left out when a later one is told with it, and only then.
            if kind != "overdue" or int(number) % ROUND > rungs.overdue:
                yield f"{name}: the notice {key} was told and is not known to be"


def _sure_rungs(told: Told) -> Iterator[tuple[str, int]]:
    yield from (("before", number) for number in told.before)
    if told.due:
        yield "due", 0
    if told.overdue:
        yield "overdue", told.overdue
    if told.escalated:
        yield "escalated", 0


def _tasks(books: Books) -> Iterator[str]:
    """What is done is told once, and what repeats comes again once."""
    told = Counter(row["record"] for row in books.rows["event"] if row["name"] == "task.completed")
    for task in books.rows["task"]:
        if told[task["id"]] != (task["state"] == "done"):
            yield f"task {task['id']} is {task['state']}, told {told[task['id']]} times that it is done"
    again = Counter(row["client"] for row in books.rows["task"] if row["cause"] == "repeat")
    done = Counter(row["client"] for row in books.rows["task"] if row["repeat"] and row["state"] == "done")
    for client in again.keys() | done.keys():
        if again[client] != done[client]:
            yield f"client {client}: {done[client]} repeating tasks done, {again[client]} set again"


def _processes(books: Books) -> Iterator[str]:
    """Each client was welcomed once; each step went its way once, and what it sets is there once."""
    specs = books.by("step", "process", plugin="trade", archived_at=None)
    tasks = {row["id"]: row for row in books.rows["task"]}
    steps = books.by("process_run_step", "process_run")
    said = Counter(row["key"] for row in books.rows["notice"] if row["key"])
    acts = books.by("documents.document", "deal", kind="act")
    welcomed = Counter(row["client"] for row in books.rows["process_run"] if row["deal"] is None)
    for client in books.rows["client"]:
        if welcomed[client["id"]] != 1:
            yield f"client {client['id']} was welcomed {welcomed[client['id']]} times"
    of_steps = [row["task"] for row in books.rows["process_run_step"] if row["task"]]
    yield from doubled("steps: the task", of_steps)
    for one in (row["id"] for row in tasks.values() if row["cause"] == "process"):
        if one not in of_steps:
            yield f"task {one} is of a process and of no step"
    jobs = {row["key"]: row for row in books.rows["job"] if row["key"]}
    for run in books.rows["process_run"]:
        rows = steps[run["id"]]
        name = f"run {run['id']}"
        if sorted(row["key"] for row in rows) != sorted(row["key"] for row in specs[run["process"]]):
            yield f"{name} has the steps {[row['key'] for row in rows]}"
        is_over = all(row["state"] in ("done", "skipped") for row in rows)
        if is_over != (run["state"] == "done"):
            yield f"{name} is {run['state']} with the steps {[row['state'] for row in rows]}"
        for row in rows:
            yield from _step(books, f"{name}, step {row['key']}", row, tasks, said, jobs)
        for row in (row for row in rows if row["key"] == "act"):
            if len(acts[run["deal"]]) != (row["state"] == "done"):
                yield f"{name} is {row['state']} with its act and has {len(acts[run['deal']])}"


def _step(
    books: Books, name: str, row: Row, tasks: dict[int, Row], said: Counter[str], jobs: dict[str, Row]
) -> Iterator[str]:
    began = row["state"] in ("active", "done")
    if row["kind"] == "task" and began:
        task = tasks.get(row["task"] or 0)
        if task is None or (task["state"] == "done") != (row["state"] == "done"):
            yield f"{name} is {row['state']} with the task {task and task['state']}"
    times = said[f"process_step:{row['id']}"]
    if row["kind"] == "message" and times != began:
        yield f"{name} was told {times} times"
    if row["kind"] == "wait" and row["state"] == "active":
        job = jobs.get(f"processes.look:{row['id']}")
        if job is None or job["state"] not in OPEN_STATES:
            yield f"{name} waits until {row['due_at']} and nobody will look"
        elif row["due_at"] <= books.now - A_MOMENT:
            yield f"{name} waits since {row['due_at']}"


def _documents(books: Books) -> Iterator[str]:
    """Numbers go on without gaps or doubles; each document has its file, shown once; each file its document."""
    series = defaultdict(list)
    for row in books.rows["documents.document"]:
        series[row["kind"], row["series"], row["year"]].append(row["serial"])
        if row["file_state"] != "ready" or row["file"] is None:
            yield f"document {row['id']} is {row['status']} with the file {row['file_state']}: {row['failure']}"
    counted = {(row["kind"], row["series"], row["year"]): row["last"] for row in books.rows["counter"]}
    if counted.keys() - {key for key, last in counted.items() if not last} != series.keys():
        yield f"the series are {sorted(series)}, the counts {counted}"
    for key, serials in series.items():
        if sorted(serials, key=str) != sorted(range(1, len(serials) + 1), key=str):
            yield f"the numbers of {key} are {sorted(serials, key=str)}"
        if counted.get(key) != len(serials):
            yield f"the count of {key} stands at {counted.get(key)} after {len(serials)} documents"
    documents = [row["file"] for row in books.rows["documents.document"] if row["file"]]
    shown = [row["file"] for row in books.rows["attachment"]]
    yield from doubled("documents: the file", documents)
    yield from doubled("attachments: the file", shown)
    files = {row["id"]: row for row in books.rows["file"]}
    yield from (f"file {one} is shown nowhere" for one in set(documents) ^ set(shown))
    yield from (f"file {one} belongs to no document" for one in files.keys() - set(documents))
    for file in files.values():
        if not books.app.access.files.store.path(file["sha256"]).exists():
            yield f"the content of file {file['id']} is not there"


async def broken_promises(trader: Trader) -> list[str]:
    """Return what was acknowledged and is not there."""
    books = await Books.open(trader.app)
    there = {key: {row["id"] for row in books.rows[key]} for key in TABLES}
    goals = {(row["deal"], row["goal"]) for row in books.rows["deal_goal"]}
    done = {row["id"] for row in books.rows["task"] if row["state"] == "done"}
    numbers = {row["id"]: row["number"] for row in books.rows["documents.document"]}
    lost = [f"{key} {one}" for key, ids in trader.made.items() for one in ids - there[key]]
    lost += [f"goal {goal} of deal {deal}" for deal, goal in trader.reached - goals]
    lost += [f"the end of task {one}" for one in trader.completed - done]
    lost += [
        f"document {one} {number}" for one, number in trader.numbers.items() if numbers.get(one) != number
    ]
    return [f"{one} was acknowledged and is lost" for one in lost]
