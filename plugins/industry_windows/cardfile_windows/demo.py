"""A company to try the edition with: its people, its orders of two years, and what is to be done today."""

from typing import Final
from zoneinfo import ZoneInfo

from cardfile.access.guards import access_of
from cardfile.clients import Client
from cardfile.deals import Deal, LostReason, Product, reach_goal
from cardfile.journal import Call, Command, command, command_of
from cardfile.pipelines import Goal, pipeline_book
from cardfile.plugins import Demo
from cardfile.rights import Actor
from cardfile.timeline import Interaction
from cardfile.values.money import Money
from cardfile_windows.demo_names import PRODUCTS, REASONS, TALKS, clients, firms
from cardfile_windows.demo_orders import Order, orders
from cardfile_windows.demo_staff import Staff, hire
from cardfile_windows.demo_tasks import date_tasks, tell_what_was_done
from cardfile_windows.demo_work import Company, enter_deals, keep_ways, keep_work
from cardfile_windows.tables import Crew, CrewMember

__all__ = ["make_company"]

RETURNING: Final = 0.12
"""Which share of the orders is of somebody who has ordered before."""

FIRMS: Final = 0.04
PUT_OFF: Final = 4

QUERY: Final = """{
  tasks(first: 5, filter: { state: { eq: "open" } }, orderBy: [{ field: DUE_AT }]) {
    totalCount
    nodes { title dueAt assignee { name } deal { title } }
  }
  deals(first: 5, filter: { stage: { key: { eq: "coordination" } } }) {
    totalCount
    nodes {
      title
      amount { amount currency }
      owner { name }
      windows { objectAddress openingsMeasured estimates(first: 1) { nodes { revision status { label } } } }
      nextSteps { goals { label } missing { label } tasks { title dueAt } }
    }
  }
}"""


async def make_company(demo: Demo) -> None:
    """Open a company with its people and `demo.size` orders; the same for the same seed."""
    staff = await hire(demo)
    demo.say(f"{demo.size} orders of a window company, two years of them")
    async with demo.app.unit_of_work(Actor.system("demo"), via="demo") as work:
        opening = _opening(demo, staff)
        call = Call(work, opening)
        await opening.function(call)
        await call.finish()
    demo.queries.append(QUERY)


def _opening(demo: Demo, staff: Staff) -> Command:
    """Return the command that opens the company; it is offered to nobody."""

    @command("deal.open_company", label={"en": "Open a company", "ru": "Открыть компанию"}, owner_only=True)
    async def open_company(call: Call) -> None:
        made = orders(demo.random, demo.now, ZoneInfo(call.settings.zone), demo.size)
        company = Company(demo, staff, made)
        company.products = await _list_products(call)
        company.reasons = await call.bulk_create(LostReason, [{"name": name} for name in REASONS])
        company.crews = await _form_crews(call, staff)
        await _acquaint(call, company)
        await enter_deals(call, company)
        await keep_ways(call, company)
        await keep_work(call, company)
        await tell_what_was_done(call, company)
        await date_tasks(call, company)
        await _put_off(call, company)
        await _talk(call, company)

    return command_of(open_company)


async def _list_products(call: Call) -> list[int]:
    return await call.bulk_create(
        Product,
        [
            {
                "name": one.name,
                "code": one.code,
                "unit": one.unit,
                "category": one.category,
                "price": Money(one.roubles * 100, "RUB"),
            }
            for one in PRODUCTS
        ],
    )


async def _form_crews(call: Call, staff: Staff) -> list[int]:
    crews = await call.bulk_create(
        Crew,
        [
            {"name": f"Бригада {number}", "foreman": foreman}
            for number, (foreman, _) in enumerate(staff.crews, start=1)
        ],
    )
    members = zip(crews, staff.crews, strict=True)
    await call.bulk_create(
        CrewMember, [{"crew": crew, "user": user} for crew, pair in members for user in pair]
    )
    return crews


async def _acquaint(call: Call, company: Company) -> None:
    """Make the clients of all orders; whoever has ordered before orders of the same manager."""
    random = company.demo.random
    people, companies = clients(random), firms(random)
    rows: list[dict[str, object]] = []
    whose: list[int] = []
    for order in company.orders:
        if rows and random.random() < RETURNING:
            whose.append(random.randrange(len(rows)))
            continue
        values = next(companies, None) if random.random() < FIRMS else None
        values = values or next(people)
        manager = random.choice(company.staff.managers)
        rows.append({**values, "address": order.address, "owner": manager, "standing": _standing(order)})
        whose.append(len(rows) - 1)
    made = await call.bulk_create(Client, rows)
    for order, place in zip(company.orders, whose, strict=True):
        order.client, order.owner = made[place], int(str(rows[place]["owner"]))


def _standing(order: Order) -> str:
    return "lead" if order.stage == "first_call" else "lost" if order.stage == "lost" else "potential"


async def _put_off(call: Call, company: Company) -> None:
    """Let some clients ask to be called later: their deals sleep, and somebody hears of them in a month."""
    asked = [order.deal for order in company.orders if order.stage == "first_call"][:PUT_OFF]
    stage = (await pipeline_book(access_of(call))).stage_by_key("windows/first_call")
    later = next(one.id for one in stage.goals if one.key == "later")
    for deal in await call.load(Deal, asked):
        await reach_goal(call, deal, await call.get(Goal, later), note="После отпуска")


async def _talk(call: Call, company: Company) -> None:
    random, rows = company.demo.random, []
    for order in company.orders:
        for kind, direction, subject, text in TALKS[: random.randrange(1, len(TALKS))]:
            begun, ended = order.stays[0].entered, min(order.since, company.demo.now)
            rows.append(
                {
                    "client": order.client,
                    "deal": order.deal,
                    "kind": kind,
                    "direction": direction,
                    "subject": subject,
                    "text": text,
                    "user": order.owner,
                    "at": begun + (ended - begun) * random.random(),
                    "duration_seconds": random.randrange(40, 500) if kind == "call" else None,
                }
            )
    rows.sort(key=lambda row: str(row["at"]))
    await call.bulk_create(Interaction, rows)
