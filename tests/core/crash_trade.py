"""A small trade whose deals go all the way while servers and workers die: stages, goals, tasks, processes, documents.

A `Course` is one client's whole story over GraphQL. It asks for each step again until it was taken, looking at the
database in between, and keeps what it was told: what was acknowledged must be there afterwards.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Final

from httpx2 import AsyncClient, HTTPError
from piccolo.columns import Column

from cardfile import (
    Client,
    Goal,
    JobKind,
    Pipeline,
    Plugin,
    ReminderPolicy,
    Stage,
    StageDocument,
    Step,
    TaskDone,
    TaskTemplate,
    hours,
    minutes,
)  # fmt: skip
from cardfile import Process as Steps
from cardfile.app import App
from cardfile.calendars import ALWAYS
from cardfile.calendars.tables import Calendar
from cardfile.database import Record
from cardfile.deals import Deal, DealGoal, DealLine
from cardfile.declarations import Notice
from cardfile.model.names import camel
from cardfile.pipelines.tables import Goal as GoalRow
from cardfile.pipelines.tables import Pipeline as PipelineRow
from cardfile.plugins import JobRun
from cardfile.rights import Actor
from cardfile.tasks.sending import SEND
from cardfile.tasks.tables import Policy, Task
from cardfile.testing.people import make_person
from cardfile_documents.tables import Document

SETTINGS: Final = """
[documents.seller]
name = "Bright windows"
address = "1 High Street"
bank = "First Bank"
iban = "DE89370400440532013000"
"""

SYSTEM: Final = Actor.system("trade")
NOW: Final = minutes(0)

OFFER = Stage(
    "offer", "Offer", tasks=(TaskTemplate("Call them", due=NOW, reminders="storm"),),
    notices=(Notice("owner", "A new deal"),),
    goals=(Goal("later", "Later", outcome="postpone", by=NOW), Goal("agreed", "Agreed")),
)  # fmt: skip

WORK = Stage(
    "work", "Work", documents=(StageDocument("invoice"),), processes=("closing",), leave=(TaskDone("do_the_work"),),
    tasks=(TaskTemplate("Do the work", due=hours(1), reminders="storm", blocks=True),),
    goals=(Goal("paid", "Paid", together="all", to="won"), Goal("served", "Served", together="all")),
)  # fmt: skip


async def _hurry(run: JobRun) -> None:
    """Look for reminders every second: what looks every minute would keep the tests waiting."""
    await run.app.jobs.enqueue(SEND)


class Trade(Plugin):
    name = "trade"
    label = "Trade"
    requires = "cardfile>=0.1"
    # Whoever is killed while doing a job has made an attempt.
    jobs = (JobKind("hurry", _hurry, attempts=100, every=timedelta(seconds=1)),)
    reminder_policies = (
        ReminderPolicy(
            key="storm", label="Storm", before=(minutes(1),), every=minutes(1), most=3, head_after=NOW
        ),
    )
    processes = (
        Steps("welcome", "Welcome", on="client", begins={"name": {"contains": "Client"}}, steps=(
            Step("greet", "Greet", due=NOW, reminders="storm"),
            Step("tell", "Tell them", kind="message", after=(), text="A new client"),
            Step("rest", "Rest", kind="wait", after=(), due=minutes(1)),
        )),
        Steps("closing", "Closing", steps=(
            Step("act", "Make the act", kind="document", document="act"),
            Step("sign", "Get it signed", due=NOW, reminders="storm"),
            Step("sum", "Wait for the sum", kind="check", until={"amount": {"isNull": False}}, due=minutes(1)),
            Step("ask", "Ask how it was", due=hours(1), reminders="storm"),
        )),
    )  # fmt: skip
    pipelines = (
        Pipeline("trade", "Trade", stages=(
            OFFER, WORK, Stage("won", "Won", outcome="won"), Stage("lost", "Lost", outcome="lost"),
        )),
    )  # fmt: skip


PATIENCE: Final = 90.0
"""For how many seconds one step is asked for again and again."""

Found = Callable[[], Awaitable[int | None]]


@dataclass(slots=True)
class Trader:
    """A manager with a head, and what he was told that he has done."""

    app: App
    key: str
    user: int
    head: int
    ids: dict[str, int]
    made: dict[str, set[int]] = field(default_factory=dict)
    reached: set[tuple[int, int]] = field(default_factory=set)
    completed: set[int] = field(default_factory=set)
    numbers: dict[int, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    courses: int = 0
    answers: int = 0
    unanswered: int = 0

    async def run_course(self, port: int, number: int) -> bool:
        """Lead one client from the first word to the end of his deal; tell that it was done."""
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
            await Course(self, http, number).run()
        self.courses += 1
        return True


@dataclass(slots=True)
class Course:
    """One client's story, step by step."""

    trader: Trader
    http: AsyncClient
    number: int

    async def run(self) -> None:
        """Do all steps; each is asked for until it was taken."""
        client = await self._client()
        deal = await self._deal(client)
        await self._line(deal)
        await self._offer(deal)
        await self._reach(deal, "later")
        if self.number % 2 == 0:
            # The others go on at once, and may do so while somebody wakes them.
            await self._wait(self._one(Task, Task.deal == deal, Task.cause == "postponed"))
        await self._reach(deal, "agreed")
        await self._complete(deal, "Do the work")
        await self._reach(deal, "paid")
        await self._errand(client)
        await self._complete(deal, "Get it signed")
        await self._complete(deal, "Ask how it was")
        await self._reach(deal, "served")

    async def _client(self) -> int:
        name = f"Client {self.number}"
        give = {"name": name, "phones": [f"+7916{self.number % 10_000_000:07}"]}
        return await self._make("client", "clientCreate", give, self._one(Client, Client.name == name))

    async def _deal(self, client: int) -> int:
        known = self._known("client", client)
        give = {"id": known, "pipelineId": self._known("pipeline", self.trader.ids["pipeline trade"])}
        found = self._one(Deal, Deal.client == client)
        answer = await self._sure("clientQualify", give, "result { deal { id } }", found)
        if answer:
            self._keep("deal", answer["result"]["deal"]["id"])
        return await _there(found)

    async def _line(self, deal: int) -> int:
        price = {"amount": "100.00", "currency": "RUB"}
        give = {
            "dealId": self._known("deal", deal),
            "name": "Window",
            "quantity": "2",
            "unit": "pc",
            "price": price,
        }
        return await self._make(
            "deal_line", "dealLineCreate", give, self._one(DealLine, DealLine.deal == deal)
        )

    async def _offer(self, deal: int) -> None:
        give = {"dealId": self._known("deal", deal), "kind": "OFFER"}
        found = self._one(Document, Document.deal == deal, Document.kind == "offer")
        answer = await self._sure("documentsDocumentIssue", give, "documentsDocument { id number }", found)
        if answer:
            one = answer["documentsDocument"]
            record = self.trader.app.model["documents.document"].local_id(one["id"])
            self.trader.numbers[record] = one["number"]

    async def _reach(self, deal: int, goal: str) -> None:
        reached = self.trader.ids[f"goal {goal}"]
        give = {"id": self._known("deal", deal), "goalId": self._known("goal", reached)}
        found = self._one(DealGoal, DealGoal.deal == deal, DealGoal.goal == reached)
        if await self._sure("dealReachGoal", give, "deal { id }", found):
            self.trader.reached.add((deal, reached))

    async def _complete(self, deal: int, title: str) -> None:
        task = await _there(self._one(Task, Task.deal == deal, Task.title == title))
        found = self._one(Task, Task.id == task, Task.state == "done")
        if await self._sure("taskComplete", {"id": self._known("task", task)}, "task { id }", found):
            self.trader.completed.add(task)

    async def _errand(self, client: int) -> None:
        """Set a task that is due in a moment; every third one comes again when it is done."""
        due = self.trader.app.clock.now() + timedelta(seconds=0.5)
        give: dict[str, Any] = {
            "title": f"Errand {self.number}",
            "clientId": self._known("client", client),
            "dueAt": due.isoformat(),
            "policyId": self._known("reminder_policy", self.trader.ids["policy storm"]),
        }
        repeats = self.number % 3 == 0
        if repeats:
            give["repeat"] = "1d"
        found = self._one(Task, Task.client == client, Task.title == give["title"])
        task = await self._make("task", "taskCreate", give, found)
        if repeats:
            done = self._one(Task, Task.id == task, Task.state == "done")
            if await self._sure("taskComplete", {"id": self._known("task", task)}, "task { id }", done):
                self.trader.completed.add(task)

    async def _make(self, entity: str, mutation: str, give: Mapping[str, Any], found: Found) -> int:
        """Make a record and return its id."""
        answer = await self._sure(mutation, give, f"{camel(entity)} {{ id }}", found)
        if answer:
            return self._keep(entity, answer[camel(entity)]["id"])
        return await _there(found)

    async def _sure(
        self, mutation: str, give: Mapping[str, Any], selection: str, found: Found
    ) -> Mapping[str, Any] | None:
        """Ask until it is done; return the answer, None when it was done and nobody said so."""
        trader, end = self.trader, monotonic() + PATIENCE
        type_ = mutation[0].upper() + mutation[1:] + "Input"
        query = (
            f"mutation ($input: {type_}!) {{ done: {mutation}(input: $input) "
            f"{{ {selection} userErrors {{ message }} }} }}"
        )
        body = {"query": query, "variables": {"input": give}}
        lost = 0
        while monotonic() < end:
            try:
                answer = await self.http.post(
                    "/graphql", json=body, headers={"Authorization": f"Bearer {trader.key}"}
                )
            except HTTPError:
                trader.unanswered += 1
                lost += 1
                await asyncio.sleep(0.05)
                if await found() is not None:
                    return None
                continue
            said = answer.json()
            if answer.status_code != 200 or "errors" in said:
                trader.refusals.append(f"{mutation}: {answer.status_code} {str(said)[:500]}")
            elif said["data"]["done"]["userErrors"]:
                # What was kept without an answer may be refused when it is asked for again.
                if lost and await found() is not None:
                    return None
                trader.refusals.append(f"{mutation} {give}: {said['data']['done']['userErrors']}")
            else:
                trader.answers += 1
                done: Mapping[str, Any] = said["data"]["done"]
                return done
            await asyncio.sleep(0.1)
            if len(trader.refusals) > 20:
                break
        raise AssertionError(f"{mutation} was not done: {trader.refusals[-5:]}")

    async def _wait(self, found: Found) -> None:
        """Wait for what the jobs do."""
        end = monotonic() + PATIENCE
        while await found() is None:
            assert monotonic() < end, "nobody woke the deal"
            await asyncio.sleep(0.1)

    def _known(self, entity: str, record: int) -> str:
        return self.trader.app.model[entity].global_id(record)

    def _keep(self, entity: str, known: str) -> int:
        record = self.trader.app.model[entity].local_id(known)
        self.trader.made.setdefault(entity, set()).add(record)
        return record

    def _one(self, table: type[Record], *where: Any) -> Found:
        """Return what looks for the first such row."""
        key: Column = table.id

        async def look() -> int | None:
            rows = await self.trader.app.database.run(table.select(key).where(*where).order_by(key).limit(1))
            return int(rows[0]["id"]) if rows else None

        return look


async def _there(found: Found) -> int:
    record = await found()
    assert record is not None, "what was kept is gone"
    return record


async def open_trade(app: App) -> Trader:
    """Let the trade begin: people who work day and night, and what they know by name."""
    (calendar,) = await app.database.run(Calendar.select(Calendar.id).where(Calendar.is_default.eq(True)))
    await app.do(SYSTEM, "work_calendar.update", record=calendar["id"], values={"week": ALWAYS})
    head = await make_person(app, "head", number=0)
    manager = await make_person(app, "manager", number=1, head=head.user)
    ids: dict[str, int] = {}
    for table, entity in ((PipelineRow, "pipeline"), (GoalRow, "goal"), (Policy, "policy")):
        rows = await app.database.run(table.select(table.id, table.key).where(table.plugin == "trade"))
        ids |= {f"{entity} {row['key']}": row["id"] for row in rows}
    return Trader(app, manager.key, manager.user, head.user, ids)


def settle_in(folder: Path) -> None:
    """Write down who sells, so that documents can be made."""
    (folder / "cardfile.toml").write_text(SETTINGS, encoding="utf-8")
