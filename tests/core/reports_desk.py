"""A desk at which the tests of reports work: a made-up company with two years behind it, and a walk over figures."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

from clients_desk import Desk

from cardfile import Plugin, Role
from cardfile.clock import MovableClock
from cardfile.model.kinds import Reading
from cardfile.pipelines import pipeline_book
from cardfile.query import count_records, fetch_records
from cardfile.reports import Figure, Period
from cardfile.rights import EVERYTHING, Actor
from cardfile.values.money import Money, minor_digits

STAGES = ("request", "need", "proposal", "payment")
SOURCES = ("site", "call", "referral", None)
STANDINGS = ("potential", "active", "permanent", "lost")
CAMPAIGNS = ("spring", "autumn", "spring", None)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


class BlindPlugin(Plugin):
    """A role that sees deals of all, and not what they are worth."""

    name = "blind"
    label = "Blind"
    requires = "cardfile>=0"
    roles: ClassVar = (
        Role(
            "blind",
            "Blind",
            can={"*": "read:all"},
            hide={"deal": ("amount",), "sales_plan": ("amount",)},
        ),
    )


@dataclass(frozen=True)
class People:
    """Who works there: two managers in the team of a head, one outside of it, an analyst, and one who sees no sums."""

    team: int
    head: Actor
    anna: Actor
    boris: Actor
    clara: Actor
    analyst: Actor
    blind: Actor


@dataclass(frozen=True)
class ReportDesk(Desk):
    """The desk, with the words of reports."""

    @property
    def clock(self) -> MovableClock:
        """The clock that the tests move."""
        assert isinstance(self.app.clock, MovableClock)
        return self.app.clock

    async def made(self, key: str, *, by: Actor | None = None, **arguments: Any) -> Any:
        """Return what a report comes to for somebody."""
        return await self.app.reports[key].make(self.app, by or Actor.system("test"), **arguments)

    async def stages(self) -> list[int]:
        """Return the ids of the stages of the shipped pipeline: open ones in their order, won, lost."""
        return [one.id for one in (await pipeline_book(self.app.access)).default.stages]

    async def hire(self) -> People:
        """Hire the people."""
        head, anna, boris, clara, analyst, blind = [
            await self.colleague(name, role)
            for name, role in (
                ("Head", "head"),
                ("Anna", "manager"),
                ("Boris", "manager"),
                ("Clara", "manager"),
                ("Analyst", "analyst"),
                ("Blind", "blind"),
            )
        ]
        team = (await self.do("team.create", values={"name": "North", "head": head.user})).id
        for one in (anna, boris):
            await self.do("team.add_member", team=team, member=one.user)
        everybody = [await self.again(one) for one in (head, anna, boris, clara, analyst, blind)]
        return People(team, *everybody)

    async def again(self, one: Actor) -> Actor:
        """Return a colleague with the rights that he has by now."""
        assert one.user is not None
        found = await self.app.access.actor(one.user)
        assert found is not None
        return found

    async def trade(self, people: People, *, deals: int = 36, seed: int = 7) -> None:
        """Let the company work for a year: leads, deals on their way, tasks, calls, plans."""
        rng = Random(seed)
        managers = [people.anna.user, people.boris.user, people.clara.user]
        stages = await self.stages()
        opened: list[int] = []
        for number in range(deals):
            self.clock.advance(timedelta(hours=rng.randint(30, 200), seconds=rng.randint(0, 999)))
            owner = rng.choice([*managers, None])
            client = await self.client(f"Client {number}", owner=owner, source=rng.choice(SOURCES))
            if campaign := rng.choice(CAMPAIGNS):
                values = {"client": client, "touch": "first", "campaign": campaign}
                await self.do("attribution.create", values=values)
            if rng.random() < 0.7:
                await self.do("client.change_standing", client=client, to=rng.choice(STANDINGS))
            self.clock.advance(timedelta(minutes=rng.randint(5, 3_000)))
            if rng.random() < 0.7:
                call = {"client": client, "kind": "call", "direction": rng.choice(("outgoing", "incoming"))}
                await self.do(
                    "interaction.create",
                    values={**call, "state": rng.choice(("done", "done", "done", "sent", "missed"))},
                )
            values = {
                "title": f"Deal {number}",
                "client": client,
                "owner": owner,
                "source": rng.choice(SOURCES),
                "stage": rng.choice(stages[:2]),
            }
            if rng.random() < 0.8:
                values["amount"] = {
                    "amount": f"{rng.randint(1, 900_000)}.{rng.randint(10, 99)}",
                    "currency": rng.choice(("RUB", "RUB", "USD")),
                }
            if rng.random() < 0.7:
                close = self.clock.now().date() + timedelta(days=rng.randint(-20, 300))
                values["expected_close"] = close.isoformat()
            opened.append((await self.do("deal.create", values=values)).id)
            for deal in rng.sample(opened, min(len(opened), 3)):
                await self._go_on(rng, deal, stages)
            await self._task(rng, managers, opened[-1])
        await self._plans(people)

    async def _go_on(self, rng: Random, deal: int, stages: list[int]) -> None:
        row = await self.row("deal", deal)
        if row["result"] != "open":
            return
        self.clock.advance(timedelta(hours=rng.randint(1, 60)))
        at = stages.index(row["stage"])
        ahead = [one for one in stages[:-1] if stages.index(one) > at]
        to = stages[-1] if rng.random() < 0.25 else ahead[0] if rng.random() < 0.8 else rng.choice(ahead)
        await self.do("deal.move", deal=deal, to=to)

    async def _task(self, rng: Random, managers: list[int | None], deal: int) -> None:
        due = self.clock.now() + timedelta(hours=rng.randint(1, 90)) if rng.random() < 0.8 else None
        values = {"title": "Call", "deal": deal, "assignee": rng.choice(managers), "due_at": due}
        task = (await self.do("task.create", values=values)).id
        self.clock.advance(timedelta(hours=rng.randint(1, 60)))
        if rng.random() < 0.7:
            await self.do("task.complete", task=task)

    async def _plans(self, people: People) -> None:
        month = self.clock.now().date().isoformat()
        whose: list[dict[str, Any]] = [{"owner": people.anna.user}, {"team": people.team}, {}]
        for one in whose:
            for currency in ("RUB", "USD"):
                amount = {"amount": "500000", "currency": currency}
                await self.do("sales_plan.create", values={**one, "month": month, "amount": amount})

    async def opens(self, figure: Figure, *, by: Actor | None = None) -> None:
        """Fail unless the list behind a figure has as many records, of as much money, for whoever looks at it."""
        rights, now = by.rights if by else EVERYTHING, self.clock.now()
        database, model = self.app.database, self.app.model
        reading = Reading(now.date())
        counted = await count_records(
            database, model, model[figure.of], rights, now=now, filter=figure.filter, reading=reading
        )
        assert counted == figure.count, figure
        if figure.sums is None:
            return
        rows = await fetch_records(
            database, model, model[figure.of], rights, now=now, filter=figure.filter, paths=("amount",)
        )
        assert {one.currency: one.amount for one in figure.sums} == summed(rows), figure


def summed(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    """Return what rows come to by currency."""
    sums: Counter[str] = Counter()
    for row in rows:
        if isinstance(row["amount"], Money):
            sums[row["amount"].currency] += row["amount"].minor
    return {currency: Decimal(minor).scaleb(-minor_digits(currency)) for currency, minor in sums.items()}


def figures_in(value: object) -> Iterator[Figure]:
    """Yield every figure of a report, however deep."""
    if isinstance(value, Figure):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from figures_in(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from figures_in(getattr(value, one.name))


def rank(values: list[int], percent: int) -> int:
    """Return the percentile by the nearest rank."""
    ordered = sorted(values)
    return ordered[(percent * len(ordered) + 99) // 100 - 1]


def seconds(since: datetime, until: datetime) -> int:
    """Return the seconds between two instants that have been cut to whole ones."""
    return int(until.replace(microsecond=0).timestamp()) - int(since.replace(microsecond=0).timestamp())


def rubles(rows: list[dict[str, Any]]) -> Mapping[str, Decimal]:
    """Return the sums of rows in roubles only."""
    return {key: value for key, value in summed(rows).items() if key == "RUB"}
