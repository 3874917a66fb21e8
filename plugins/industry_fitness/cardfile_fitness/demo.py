"""A club to try the edition with: its people, its members, and a year of their visits."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cardfile.clients import Client, Standing
from cardfile.journal import Call, Command, command, command_of
from cardfile.plugins import Demo
from cardfile.rights import Actor
from cardfile.values.money import Money
from cardfile_fitness.demo_extras import add_extras
from cardfile_fitness.demo_life import PLANS, Life, Spell, live
from cardfile_fitness.demo_people import birthday, companies, email, names, phones, tax_number, wishes
from cardfile_fitness.demo_staff import Staff, hire
from cardfile_fitness.entities import Via
from cardfile_fitness.tables import Freeze, Membership, Plan, Visit

__all__ = ["make_club"]

LEADS: Final = 0.06
"""Which share of the clients has only asked so far."""

REFUSALS: Final = ("Дорого", "Далеко от дома", "Выбрал другой клуб", "Не берёт трубку", "Нет нужных занятий")
NOTES: Final = ("Грыжа поясничного отдела", "Гипертония", "Астма", "Колено после операции", "Беременность")

QUERY: Final = """{
  clients(first: 5, filter: { fitness: { goal: { eq: "strength" } } }, orderBy: [{ field: NAME }]) {
    totalCount
    nodes {
      id
      name
      phones { value }
      owner { name }
      fitness { goal { label } lastVisit membershipEnds }
    }
  }
}"""

Values = dict[str, object]


@dataclass(slots=True)
class Guest:
    """A client of the demo: his values, and his life in the club if he has one."""

    values: Values
    life: Life | None = None
    client: int = 0
    memberships: list[int] = field(default_factory=list)


async def make_club(demo: Demo) -> None:
    """Open a club with its staff, `demo.size` clients and a year of visits; the same for the same seed."""
    staff = await hire(demo)
    demo.say(f"{demo.size} clients of a fitness club, and a year of their visits")
    async with demo.app.unit_of_work(Actor.system("demo"), via="demo") as work:
        opening = _opening(demo, staff)
        call = Call(work, opening)
        await opening.function(call)
        await call.finish()
    demo.queries.append(QUERY)


def _opening(demo: Demo, staff: Staff) -> Command:
    """Return the command that opens the club; it is offered to nobody."""

    @command("client.open_club", label={"en": "Open a club", "ru": "Открыть клуб"}, owner_only=True)
    async def open_club(call: Call) -> None:
        zone = ZoneInfo(call.settings.zone)
        guests = [*_members(demo, staff, zone), *_leads(demo, staff), *_companies(demo, staff)]
        for guest, client in zip(
            guests, await call.bulk_create(Client, [guest.values for guest in guests]), strict=True
        ):
            guest.client = client
        await _sell(call, demo, guests)
        await _let_in(call, demo, guests)
        await add_extras(call, demo, staff, [(guest.client, guest.values) for guest in guests])

    return command_of(open_club)


def _members(demo: Demo, staff: Staff, zone: ZoneInfo) -> list[Guest]:
    """Return everybody who has or had a membership."""
    random, today = demo.random, demo.now.astimezone(zone).date()
    people, numbers = names(random), phones(random)
    guests = []
    for number in range(1, demo.size - int(demo.size * LEADS) + 1):
        name, wish = next(people), wishes(random)
        life = live(random, demo.now, zone, int(str(wish["fitness.expected_visits_per_week"])))
        trainer = random.choice(staff.trainers) if random.random() < 0.2 else None
        values: Values = {
            **name.parts,
            **wish,
            "birthday": birthday(random, today),
            "phones": [next(numbers)],
            "standing": _standing(life, demo.now),
            # Whoever trains with a trainer is led by him.
            "owner": trainer or random.choice(staff.managers),
            "fitness.trainer": trainer,
            "fitness.joined_on": life.joined_on,
            "fitness.card_number": f"{100_000 + number}",
            "fitness.contract_number": f"{life.joined_on.year % 100}-{number:05}",
        }
        if values["standing"] == Standing.LOST:
            values["standing_reason"] = "Не продлил абонемент"
        if random.random() < 0.6:
            values["emails"] = [email(random, name, number)]
        if random.random() < 0.06:
            values["fitness.medical_note"] = random.choice(NOTES)
        guests.append(Guest(values, life))
    return guests


def _standing(life: Life, now: datetime) -> str:
    if (now.date() - life.last.ends_on).days > 60:
        return Standing.LOST.value
    return (Standing.PERMANENT if len(life.spells) > 1 else Standing.ACTIVE).value


def _leads(demo: Demo, staff: Staff) -> list[Guest]:
    """Return those who have asked and not bought: new ones, promising ones, rejected ones."""
    random = demo.random
    people, numbers = names(random), phones(random)
    guests = []
    for _ in range(int(demo.size * LEADS)):
        standing = random.choices((Standing.LEAD, Standing.POTENTIAL, Standing.LOST), (5, 3, 2))[0]
        values: Values = {
            **next(people).parts,
            **wishes(random),
            "phones": [next(numbers)],
            "standing": standing.value,
            "owner": random.choice(staff.managers) if random.random() < 0.8 else None,
        }
        if standing is Standing.LOST:
            values["standing_reason"] = random.choice(REFUSALS)
        guests.append(Guest(values))
    return guests


def _companies(demo: Demo, staff: Staff) -> list[Guest]:
    """Return firms that pay for their people."""
    random = demo.random
    return [
        Guest(
            {
                "kind": "company",
                "name": name,
                "phones": [f"+7 495 {random.randrange(200, 999)}-{random.randrange(10, 99)}-{number:02}"],
                "tax_number": tax_number(random),
                "standing": Standing.ACTIVE.value,
                "source": "partner",
                "owner": random.choice(staff.managers),
                "comment": "Корпоративные абонементы",
            }
        )
        for number, name in enumerate(companies(random, max(2, demo.size // 150)), start=1)
    ]


async def _sell(call: Call, demo: Demo, guests: list[Guest]) -> None:
    """Make plans, memberships and freezes; each membership names the one before it."""
    plans = await call.bulk_create(
        Plan,
        [
            {
                "name": plan.name,
                "duration_days": plan.days,
                "visits": plan.visits,
                "freeze_days": plan.freeze_days,
                "price": Money(plan.roubles * 100, "RUB"),
            }
            for plan in PLANS
        ],
    )
    frozen: list[Values] = []
    for place in range(max((len(guest.life.spells) for guest in guests if guest.life), default=0)):
        buyers = [(guest, guest.life.spells[place]) for guest in guests if _has(guest, place) and guest.life]
        rows = [_membership(guest, spell, plans[spell.plan]) for guest, spell in buyers]
        made = await call.bulk_create(Membership, rows)
        for (guest, spell), membership in zip(buyers, made, strict=True):
            guest.memberships.append(membership)
            if spell.frozen:
                first, last = spell.frozen
                reason = demo.random.choice(("Отпуск", "Болезнь", "Командировка"))
                frozen.append(
                    {"membership": membership, "starts_on": first, "ends_on": last, "reason": reason}
                )
    await call.bulk_create(Freeze, frozen)


def _has(guest: Guest, place: int) -> bool:
    return guest.life is not None and place < len(guest.life.spells)


def _membership(guest: Guest, spell: Spell, plan: int) -> Values:
    return {
        "client": guest.client,
        "plan": plan,
        "starts_on": spell.starts_on,
        "ends_on": spell.ends_on,
        "activated_on": spell.starts_on,
        "status": spell.status.value,
        "visits_left": spell.visits_left,
        "price": Money(PLANS[spell.plan].roubles * 100, "RUB"),
        "previous": guest.memberships[-1] if guest.memberships else None,
    }


async def _let_in(call: Call, demo: Demo, guests: list[Guest]) -> None:
    """Note all visits, in the order in which they were made."""
    random = demo.random
    came = sorted(
        (moment, guest.client, membership)
        for guest in guests
        if guest.life
        for spell, membership in zip(guest.life.spells, guest.memberships, strict=True)
        for moment in spell.visits
    )
    rows: list[Values] = []
    for number, (moment, client, membership) in enumerate(came, start=1):
        left = moment + timedelta(minutes=random.randrange(50, 115))
        by_turnstile = random.random() < 0.85
        rows.append(
            {
                "client": client,
                "membership": membership,
                "entered_at": moment,
                "left_at": left if left < demo.now else None,
                "via": (Via.TURNSTILE if by_turnstile else Via.MANUAL).value,
                "external_id": f"T-{number:07}" if by_turnstile else None,
            }
        )
    await call.bulk_create(Visit, rows)
