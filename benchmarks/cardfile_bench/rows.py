"""The data: a fitness club that has been there for years, the same every time it is made.

Computed fields hold what the journal would have put there.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from cardfile.values.text import fold
from cardfile_bench.sizes import Size

__all__ = ["NOW", "STANDINGS", "Table", "tables"]

NOW: Final = datetime(2026, 11, 1, 9, tzinfo=UTC)
"""The moment at which the benchmarks take place."""

STANDINGS: Final = ("lead", "potential", "active", "permanent", "lost")

FIRST = (
    "Анна", "Ольга", "Мария", "Елена", "Ирина", "Наталья", "Павел", "Иван", "Олег", "Дмитрий", "Сергей",
    "Николай", "Татьяна", "Светлана", "Пётр", "Юлия", "Алексей", "Максим", "Артём", "София", "Emma", "Noah",
    "Liam", "Mia", "Clara", "Hugo", "Alma", "Jonas", "Greta", "Bruno",
)  # fmt: skip
ROOTS = "Петр Иван Смирн Ковал Кузнец Попов Новик Морозо Волк Лебед Berg Lund Silv Cost"
ENDINGS = "ов ев ова ева енко ский ин ина a"
LAST = tuple(f"{root}{ending}" for root in ROOTS.split() for ending in ENDINGS.split())
WORDS = (
    "пробная", "годовой", "семейный", "зал", "студия", "группа", "персональная", "бассейн", "йога", "сила",
    "продление", "заморозка", "вечер", "утро", "выходные", "договор", "оплата", "перенос", "отзыв",
    "вопрос",
)  # fmt: skip
GOALS = ("health", "weight", "strength", "endurance", "flexibility", "recovery")
INTERESTS = ("gym", "swimming", "yoga", "pilates", "dance", "boxing", "sauna")
PLANS = (
    ("Год", 365, None, 45, 3_600_000),
    ("Полгода", 182, None, 21, 2_100_000),
    ("Три месяца", 91, None, 7, 1_200_000),
    ("Месяц", 30, None, 0, 500_000),
    ("12 посещений", 90, 12, 0, 600_000),
    ("Разовое", 1, 1, 0, 70_000),
)
STAGES = ((1, (1, 2, 3)), (2, (4, 5, 6)), (3, (7, 8)))
"""The open stages of the pipeline that every installation has, the first one to be shipped, with their goals."""
WON, LOST = 4, 5
STAMPS = ("id", "created_at", "created_by", "updated_at", "updated_by", "version", "archived_at")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its rows: `columns` name the members of each row."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


def tables(size: Size) -> Iterator[Table]:
    """Yield the tables in an order in which references lead backwards."""
    chance = random.Random(7)  # data, not secrets
    yield from _people(size, chance)
    club = _Club(size, chance)
    club.fill()
    yield from club.tables()
    yield from _sales(size, chance, club.owners)


def _stamps(record: int, at: datetime, *, archived: datetime | None = None) -> tuple[object, ...]:
    return (record, at, None, at, None, 1, archived)


def _people(size: Size, chance: random.Random) -> Iterator[Table]:
    began = NOW - timedelta(days=1_500)
    users = [
        (
            *_stamps(one, began),
            f"user{one}@club.example",
            f"{chance.choice(FIRST)} {chance.choice(LAST)}",
            "ru",
        )
        for one in range(1, size.users + 1)
    ]
    yield Table("user_account", (*STAMPS, "login", "name", "locale"), users)
    teams = [(*_stamps(one, began), f"Команда {one}") for one in range(1, size.teams + 1)]
    yield Table("team", (*STAMPS, "name"), teams)
    members = [(*_stamps(one, began), one % size.teams + 1, one) for one in range(2, size.users + 1)]
    yield Table("team_member", (*STAMPS, "team", "member"), members)
    roles = [
        (*_stamps(one, began), one, "owner" if one == 1 else "manager") for one in range(1, size.users + 1)
    ]
    yield Table("user_role", (*STAMPS, "holder", "role"), roles)


class _Club:
    """Clients and what hangs on them; the first sixth has come more often, and a few hardly go home."""

    def __init__(self, size: Size, chance: random.Random) -> None:
        self.size = size
        self.chance = chance
        self.clients: list[tuple[object, ...]] = []
        self.contacts: list[tuple[object, ...]] = []
        self.cards: list[tuple[object, ...]] = []
        self.interactions: list[tuple[object, ...]] = []
        self.visits: list[tuple[object, ...]] = []
        self.memberships: list[tuple[object, ...]] = []
        self.events: list[tuple[object, ...]] = []
        self.tags: list[tuple[object, ...]] = []
        self.owners: dict[int, int | None] = {}
        self.last_contact: dict[int, datetime] = {}
        self.last_visit: dict[int, datetime] = {}
        self.visits_of: dict[int, int] = {}
        self.membership_of: dict[int, tuple[int, date]] = {}

    def fill(self) -> None:
        for one in range(1, self.size.clients + 1):
            # The first user owns everything by his role; the others share the clients out.
            is_free = self.chance.random() < 0.05
            self.owners[one] = None if is_free else self.chance.randint(2, self.size.users)
        for one in range(1, self.size.interactions + 1):
            self._interaction(one)
        for one in range(1, self.size.clients + 1):
            if self.chance.random() < 0.7:
                self._membership(one)
        for one in range(1, self.size.visits + 1):
            self._visit(one)
        for one in range(1, self.size.clients + 1):
            self._client(one)

    def _somebody(self) -> int:
        luck, clients = self.chance.random(), self.size.clients
        most = max(1, clients // 250) if luck < 0.1 else clients // 6 if luck < 0.45 else clients
        return self.chance.randint(1, most)

    def _ago(self, days: int) -> datetime:
        return NOW - timedelta(microseconds=self.chance.randint(1, days * 86_400_000_000))

    def _interaction(self, record: int) -> None:
        client, at = self._somebody(), self._ago(700)
        kind = self.chance.choice(("call", "email", "message", "meeting", "note"))
        is_contact = kind != "note"
        subject = f"{self.chance.choice(WORDS)} «{self.chance.choice(WORDS)}» {record}".capitalize()
        text = 'Просил "перезвонить"\nпосле обеда' if self.chance.random() < 0.2 else None
        self.interactions.append(
            (
                *_stamps(record, at), client, kind, self.chance.choice(("incoming", "outgoing", None)),
                self.owners[client] or 1, at, self.chance.randint(10, 900) if kind == "call" else None,
                subject, text, "done" if is_contact else None, is_contact,
            )
        )  # fmt: skip
        if is_contact and at > self.last_contact.get(client, at - timedelta(1)):
            self.last_contact[client] = at

    def _membership(self, client: int) -> None:
        plan = self.chance.randint(1, len(PLANS))
        _, days, visits, _, price = PLANS[plan - 1]
        begins = self._ago(500).date()
        ends = begins + timedelta(days=days)
        record = len(self.memberships) + 1
        status = "active" if ends >= NOW.date() else "ended"
        at = datetime(begins.year, begins.month, begins.day, 10, tzinfo=UTC)
        self.memberships.append(
            (*_stamps(record, at), client, plan, begins, ends, begins, status, visits, price, "RUB")
        )
        self.membership_of[client] = (record, ends)

    def _visit(self, record: int) -> None:
        client, at = self._somebody(), self._ago(400)
        left = at + timedelta(minutes=self.chance.randint(30, 150)) if self.chance.random() < 0.9 else None
        membership = self.membership_of[client][0] if client in self.membership_of else None
        via = self.chance.choice(("turnstile", "turnstile", "manual"))
        self.visits.append((*_stamps(record, at), client, membership, at, left, via))
        self.visits_of[client] = self.visits_of.get(client, 0) + 1
        if at > self.last_visit.get(client, at - timedelta(1)):
            self.last_visit[client] = at

    def _client(self, client: int) -> None:
        chance = self.chance
        name = f"{chance.choice(LAST)} {chance.choice(FIRST)}"
        at = self._ago(1_400)
        archived = at + timedelta(days=30) if chance.random() < 0.02 else None
        phones = [
            f"+7{chance.randint(9_000_000_000, 9_999_999_999)}" for _ in range(chance.choice((0, 1, 1, 1, 2)))
        ]
        emails = [f"client{client}@mail.example"] if chance.random() < 0.5 else []
        for kind, values in (("phone", phones), ("email", emails)):
            for index, value in enumerate(values):
                self.contacts.append(
                    (*_stamps(len(self.contacts) + 1, at), client, kind, value, value, index == 0, True)
                )
        company = f"ООО «{chance.choice(LAST)}»" if chance.random() < 0.1 else None
        searched = [
            fold(name),
            *([fold(company)] if company else []),
            *(one.strip("+") for one in phones),
            *emails,
        ]
        self.clients.append(
            (
                *_stamps(client, at, archived=archived), "person", name, fold(name),
                chance.choice(("female", "male", None)),
                date(chance.randint(1950, 2008), chance.randint(1, 12), chance.randint(1, 28))
                if chance.random() < 0.7 else None,
                company, chance.choice(("Москва", "Казань", None)),
                'Звонить "вечером"\nне раньше шести' if chance.random() < 0.1 else None,
                chance.choices(STANDINGS, (30, 20, 30, 10, 10))[0], at, self.owners[client],
                chance.randint(1, self.size.teams), chance.choice(("site", "call", "referral", "search", None)),
                self.last_contact.get(client), " ".join(searched),
            )
        )  # fmt: skip
        self._card(client)
        if chance.random() < 0.4:
            self.tags.append((*_stamps(len(self.tags) + 1, at), client, chance.randint(1, len(WORDS))))
        self.events.append(
            (
                client,
                at,
                None,
                "import",
                "import",
                1,
                "client.created",
                "client",
                client,
                client,
                '{"kind":"person"}',
                1,
            )
        )

    def _card(self, client: int) -> None:
        chance = self.chance
        visits = self.visits_of.get(client, 0)
        ends = self.membership_of[client][1] if client in self.membership_of else None
        if not visits and ends is None and chance.random() < 0.5:
            return
        interests = chance.sample(INTERESTS, chance.randint(0, 3))
        self.cards.append(
            (
                client, chance.choice((*GOALS, None)),
                "[" + ",".join(f'"{one}"' for one in interests) + "]" if interests else None,
                chance.randint(2, self.size.users) if chance.random() < 0.3 else None,
                chance.randint(1, 5) if chance.random() < 0.5 else None,
                f"Д-{client}" if ends else None, f"{client:08}" if ends else None,
                ends, self.last_visit.get(client), visits,
            )
        )  # fmt: skip

    def tables(self) -> Iterator[Table]:
        began = NOW - timedelta(days=1_500)
        yield Table(
            "tag",
            (*STAMPS, "name", "sort_name", "category", "color"),
            [(*_stamps(at, began), word, fold(word), "", "#0a84ff") for at, word in enumerate(WORDS, 1)],
        )
        yield Table(
            "fitness_plan",
            (
                *STAMPS,
                "name",
                "sort_name",
                "duration_days",
                "visits",
                "freeze_days",
                "price",
                "price_currency",
            ),
            [
                (*_stamps(at, began), name, fold(name), days, visits, freeze, price, "RUB")
                for at, (name, days, visits, freeze, price) in enumerate(PLANS, 1)
            ],
        )
        yield Table(
            "client",
            (
                *STAMPS, "kind", "name", "sort_name", "gender", "birthday", "company", "city", "comment",
                "standing", "standing_since", "owner", "team", "source", "last_contact_at", "search_text",
            ),
            self.clients,
        )  # fmt: skip
        contact = ("client", "kind", "value", "raw", "is_primary", "is_valid")
        yield Table("contact_point", (*STAMPS, *contact), self.contacts)
        yield Table("client_tag", (*STAMPS, "client", "tag"), self.tags)
        yield Table(
            "interaction",
            (
                *STAMPS, "client", "kind", "direction", "user", "at", "duration_seconds", "subject", "text",
                "state", "is_contact",
            ),
            self.interactions,
        )  # fmt: skip
        yield Table(
            "fitness_membership",
            (
                *STAMPS, "client", "plan", "starts_on", "ends_on", "activated_on", "status", "visits_left",
                "price", "price_currency",
            ),
            self.memberships,
        )  # fmt: skip
        yield Table(
            "fitness_visit",
            (*STAMPS, "client", "membership", "entered_at", "left_at", "via"),
            self.visits,
        )
        yield Table(
            "card_fitness_client",
            (
                "id", "goal", "interests", "trainer", "expected_visits_per_week", "contract_number",
                "card_number", "membership_ends", "last_visit", "visits_total",
            ),
            self.cards,
        )  # fmt: skip
        yield Table(
            "event",
            (
                "id", "at", "actor", "actor_name", "via", "batch", "name", "entity", "record", "client",
                "after", "version",
            ),
            self.events,
        )  # fmt: skip


def _sales(size: Size, chance: random.Random, owners: Mapping[int, int | None]) -> Iterator[Table]:
    """Yield deals, open ones and closed ones mixed, with the goals that were reached and the tasks."""
    deals: list[tuple[object, ...]] = []
    reached: list[tuple[object, ...]] = []
    tasks: list[tuple[object, ...]] = []
    results = ["open"] * size.open_deals + ["won", "lost"] * (size.closed_deals // 2)
    chance.shuffle(results)
    for deal, result in enumerate(results, 1):
        client = chance.randint(1, size.clients)
        owner, title = owners[client], f"{chance.choice(WORDS)} {chance.choice(WORDS)} {deal}".capitalize()
        since = NOW - timedelta(microseconds=chance.randint(1, 60 * 86_400_000_000))
        begun = since - timedelta(days=chance.randint(0, 40))
        here, goals = chance.choice(STAGES)
        stage = here if result == "open" else WON if result == "won" else LOST
        deals.append(
            (
                *_stamps(deal, begun), title, fold(title), client, 1, stage, since, owner,
                chance.randint(10, 9_000) * 10_000 if chance.random() < 0.9 else None,
                "RUB", 50, None if result == "open" else since, result, fold(title),
            )
        )  # fmt: skip
        if chance.random() < 0.4:
            # Some were reached in an earlier stay, and are to be reached again.
            at = since + (NOW - since) * chance.uniform(-0.5, 1)
            goal = chance.choice(goals)
            reached.append((*_stamps(len(reached) + 1, at), deal, here, goal, at, owner))
        for _ in range(chance.choice((0, 1, 1, 2))):
            due, is_done = NOW + timedelta(minutes=chance.randint(-9_000, 9_000)), result != "open"
            subject = f"{chance.choice(WORDS)} {chance.choice(WORDS)}".capitalize()
            tasks.append(
                (
                    *_stamps(len(tasks) + 1, since), subject, client, deal, owner, owner, due,
                    "done" if is_done else "open", not is_done, since if is_done else None,
                )
            )  # fmt: skip
    yield Table(
        "deal",
        (
            *STAMPS, "title", "sort_title", "client", "pipeline", "stage", "stage_since", "owner", "amount",
            "amount_currency", "probability", "closed_at", "result", "search_text",
        ),
        deals,
    )  # fmt: skip
    yield Table("deal_goal", (*STAMPS, "deal", "stage", "goal", "reached_at", "by"), reached)
    yield Table(
        "task",
        (*STAMPS, "title", "client", "deal", "assignee", "author", "due_at", "state", "awaits", "done_at"),
        tasks,
    )
