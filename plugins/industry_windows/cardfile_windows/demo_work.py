"""The orders of the demo company as rows: deals with their ways, measurements, estimates, installations, claims."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from cardfile.access.guards import access_of
from cardfile.calendars import calendar_book, working_between
from cardfile.deals import Attachment, Cause, Deal, DealGoal, DealLine, DealParticipant, StageChange
from cardfile.deals.rows import ALL, of_deals, rows_of
from cardfile.journal import Call
from cardfile.pipelines import pipeline_book
from cardfile.plugins import Demo
from cardfile.tasks import Task
from cardfile.values.money import Money
from cardfile_windows.choices import ClaimStatus, EstimateStatus, InstallationStatus, MeasurementStatus
from cardfile_windows.claiming import task_kind
from cardfile_windows.demo_names import COMPLAINTS, PRAISE, PRODUCTS
from cardfile_windows.demo_orders import Order
from cardfile_windows.demo_staff import Staff
from cardfile_windows.installing import ROLE as INSTALLER
from cardfile_windows.installing import SIGNED_ACT
from cardfile_windows.measuring import DIMENSIONS
from cardfile_windows.measuring import ROLE as MEASURER
from cardfile_windows.tables import (
    Estimate,
    EstimateLine,
    Installation,
    Installer,
    Measurement,
    Opening,
    WarrantyClaim,
)

__all__ = ["Company", "enter_deals", "keep_ways", "keep_work"]

Row = dict[str, object]

MORE_LINES: Final = (6, 7, 9, 10)
"""What else is in an estimate, by its place in the list of products: sills, slopes, delivery, work."""

CLAIMED: Final = 0.08
NEW_CLAIMS: Final = 3
LARGEST_FILE: Final = 10_000


@dataclass(slots=True)
class Company:
    """The demo company while it is being made; the lists hold ids."""

    demo: Demo
    staff: Staff
    orders: list[Order]
    products: list[int] = field(default_factory=list)
    crews: list[int] = field(default_factory=list)
    reasons: list[int] = field(default_factory=list)


async def enter_deals(call: Call, company: Company) -> None:
    """Make the deals of all orders, each in the stage where it is now."""
    book, random = await pipeline_book(access_of(call)), company.demo.random
    rows = []
    for order in company.orders:
        row: Row = {
            "title": f"{'Окна' if order.pipeline == 'windows' else 'Ремонт'}: {order.address.partition(', ')[2]}",
            "client": order.client,
            "stage": book.stage_by_key(f"{order.pipeline}/{order.stage}").id,
            "stage_since": order.since,
            "owner": order.owner,
            # A stage asks for the amount; the lines take over when they are there.
            "amount": Money(100, "RUB"),
            "windows.object_address": order.address,
            "windows.floor": order.floor,
            "windows.building": random.choices(("flat", "house", "country_house", "office"), (70, 15, 8, 7))[
                0
            ],
            "windows.openings_number": len(order.openings),
        }
        if order.stage == "lost":
            row |= {"lost_reason": random.choice(company.reasons)}
        if order.stage == "won":
            row["windows.feedback_score"], row["windows.feedback"] = random.choice(PRAISE)
        rows.append(row)
    for order, deal in zip(company.orders, await call.bulk_create(Deal, rows), strict=True):
        order.deal = deal


async def keep_ways(call: Call, company: Company) -> None:
    """Write down where deals have been before, how long, and by which goals they went on."""
    book = await pipeline_book(access_of(call))
    people = await calendar_book(access_of(call))
    deals = [order.deal for order in company.orders]
    current = {
        row["deal"]: row["id"]
        for row in await rows_of(call, StageChange, where=of_deals(deals), paths=("deal",))
    }
    stays: list[Row] = []
    goals: list[Row] = []
    latest: dict[int, Row] = {}
    for order in company.orders:
        specs = [book.stage_by_key(f"{order.pipeline}/{one.stage}") for one in order.stays]
        works = people.of_user(order.owner, now=call.now, zone=call.settings.zone)
        was, by = None, None
        for one, spec, after in zip(order.stays, specs, [*order.stays[1:], None], strict=True):
            way: Row = {
                "was": was.id if was else None,
                "cause": (Cause.GOAL if by else Cause.MANUAL).value,
                "goal": by.id if by else None,
            }
            if after is None:
                latest[current[order.deal]] = way
                break
            by = spec.goal(one.goal or "")
            stays.append(
                {
                    **way,
                    "deal": order.deal,
                    "stage": spec.id,
                    "entered_at": one.entered,
                    "left_at": after.entered,
                    "working_seconds": int(
                        working_between(works, one.entered, after.entered).total_seconds()
                    ),
                    "owner": order.owner,
                }
            )
            if by:
                reached = {"stage": spec.id, "goal": by.id, "reached_at": after.entered, "by": order.owner}
                goals.append({"deal": order.deal, **reached})
            was = spec
    await call.bulk_create(StageChange, stays)
    await call.bulk_write(StageChange, latest, rights=ALL, ask=False)
    await call.bulk_create(DealGoal, goals)


async def keep_work(call: Call, company: Company) -> None:
    """Make what the trade keeps of the orders: what was measured, counted, installed and complained of."""
    sheets = {}
    for order in company.orders:
        if order.entered("coordination"):
            sheets[order.deal] = await _file(call, f"Замерный лист {order.deal}.txt", _sheet(order))
    await _measure(call, company, sheets)
    await _count(call, company)
    await _install(call, company, sheets)
    await _complain(call, company)


def _measured(company: Company) -> Iterator[tuple[Order, int]]:
    """Yield the orders that have come to be measured, each with its measurer."""
    for order in company.orders:
        if order.entered("measurements"):
            yield order, company.staff.measurers[order.deal % len(company.staff.measurers)]


async def _measure(call: Call, company: Company, sheets: dict[int, int]) -> None:
    visits: list[Row] = []
    openings: list[Row] = []
    for order, measurer in _measured(company):
        done, lost = order.entered("coordination"), order.entered("lost")
        status = MeasurementStatus.CANCELLED if lost else MeasurementStatus.PLANNED
        visits.append(
            {
                "deal": order.deal,
                "measurer": measurer,
                "starts_at": done - timedelta(hours=1) if done else lost or _soon(company, 3),
                "status": (MeasurementStatus.DONE if done else status).value,
                "measured_at": done,
                "sheet": sheets.get(order.deal),
            }
        )
        if done:
            openings += [
                {
                    "deal": order.deal,
                    "room": one.room,
                    "kind": one.kind,
                    "width": one.width,
                    "height": one.height,
                    "product": company.products[one.product],
                }
                for one in order.openings
            ]
    await call.bulk_create(Measurement, visits)
    await call.bulk_create(Opening, openings)
    await _let_take_part(call, [(order.deal, measurer) for order, measurer in _measured(company)], MEASURER)
    await call.bulk_create(
        Attachment,
        [
            {"deal": deal, "kind": DIMENSIONS, "file": file, "title": "Замерный лист"}
            for deal, file in sheets.items()
        ],
    )


async def _count(call: Call, company: Company) -> None:
    """Make the estimates, and let the lines of accepted ones be the deals' own."""
    counted = [order for order in company.orders if order.entered("coordination")]
    lines = {order.deal: _lines(company, order) for order in counted}
    rows: list[Row] = []
    for order in counted:
        decided = order.entered("payment")
        status = EstimateStatus.ACCEPTED if decided else EstimateStatus.SENT
        if order.stage == "lost" and not decided:
            status = EstimateStatus.REFUSED
        rows.append(
            {
                "deal": order.deal,
                "status": status.value,
                "total": Money(sum(_minor(line) for line in lines[order.deal]), "RUB"),
                "sent_at": order.entered("coordination"),
                "decided_at": decided,
            }
        )
    made = await call.bulk_create(Estimate, rows)
    await call.bulk_create(
        EstimateLine,
        [
            {**line, "estimate": estimate, "amount": Money(_minor(line), "RUB")}
            for order, estimate in zip(counted, made, strict=True)
            for line in lines[order.deal]
        ],
    )
    await call.bulk_create(
        DealLine, [{**line, "deal": order.deal} for order in counted for line in lines[order.deal]]
    )
    totals = {order.deal: row["total"] for order, row in zip(counted, rows, strict=True)}
    accepted = {
        order.deal: {"windows.estimate_accepted": totals[order.deal]}
        for order in counted
        if order.entered("payment")
    }
    # The sum of the lines takes the place of the amount, and where there are none nothing is known of it.
    amounts: dict[int, Row] = {order.deal: {"amount": None} for order in company.orders}
    await call.bulk_write(
        Deal, {deal: {**row, **accepted.get(deal, {})} for deal, row in amounts.items()}, rights=ALL
    )


def _lines(company: Company, order: Order) -> list[Row]:
    def line(place: int, name: str, quantity: Decimal, position: int) -> Row:
        product = PRODUCTS[place]
        return {
            "product": company.products[place],
            "name": name,
            "unit": product.unit,
            "quantity": quantity,
            "price": Money(product.roubles * 100, "RUB"),
            "position": position,
        }

    made = []
    for position, one in enumerate(order.openings, start=1):
        area = Decimal(one.width * one.height).scaleb(-6).quantize(Decimal("0.001"))
        name = f"{PRODUCTS[one.product].name}: {one.room}, {one.width}×{one.height}"
        made.append(line(one.product, name, area, position * 10))
    for position, place in enumerate(MORE_LINES, start=len(order.openings) + 1):
        number = Decimal(1 if PRODUCTS[place].code == "T-01" else len(order.openings))
        made.append(line(place, PRODUCTS[place].name, number, position * 10))
    return made


def _minor(line: Row) -> int:
    quantity, price = line["quantity"], line["price"]
    if not isinstance(quantity, Decimal) or not isinstance(price, Money):
        raise TypeError("a line of the demo has a quantity and a price")
    thousandths = int(quantity.scaleb(3))
    return (price.minor * thousandths + 500) // 1_000


async def _install(call: Call, company: Company, sheets: dict[int, int]) -> None:
    installed = [
        (order, order.deal % len(company.crews)) for order in company.orders if order.entered("installation")
    ]
    rows: list[Row] = []
    acts: list[Row] = []
    for order, crew in installed:
        done = order.entered("act")
        begins = done - timedelta(days=2) if done else _soon(company, 9)
        act = await _file(call, f"Акт {order.deal}.txt", b"Act of acceptance, signed") if done else None
        if act is not None:
            acts.append({"deal": order.deal, "kind": SIGNED_ACT, "file": act, "title": "Подписанный акт"})
        rows.append(
            {
                "deal": order.deal,
                "crew": company.crews[crew],
                "foreman": company.staff.crews[crew][0],
                "starts_at": begins,
                "finish_by": begins + timedelta(days=2),
                "status": (InstallationStatus.DONE if done else InstallationStatus.PLANNED).value,
                "finished_at": done,
                "sheet": sheets.get(order.deal),
                "act": act,
            }
        )
    made = await call.bulk_create(Installation, rows)
    await call.bulk_create(
        Installer,
        [
            {"installation": one, "user": user}
            for one, (_, crew) in zip(made, installed, strict=True)
            for user in company.staff.crews[crew]
        ],
    )
    pairs = [(order.deal, user) for order, crew in installed for user in company.staff.crews[crew]]
    await _let_take_part(call, pairs, INSTALLER)
    await call.bulk_create(Attachment, acts)


async def _complain(call: Call, company: Company) -> None:
    """Let some clients complain, the last of them yesterday; whoever has to solve it has a task."""
    random, rows = company.demo.random, []
    won = [order for order in company.orders if order.stage == "won"]
    for place, order in enumerate(reversed(won)):
        is_new = place < NEW_CLAIMS
        if not is_new and random.random() > CLAIMED:
            continue
        kind, complaint = random.choice(COMPLAINTS)
        reported = order.since + timedelta(days=random.randrange(5, 90))
        if is_new or reported + timedelta(days=5) > company.demo.now:
            reported, is_new = company.demo.now - timedelta(hours=random.randrange(4, 40)), True
        rows.append(
            {
                "deal": order.deal,
                "kind": kind,
                "complaint": complaint,
                "status": (ClaimStatus.IN_WORK if is_new else ClaimStatus.SOLVED).value,
                "responsible": company.staff.crews[order.deal % len(company.crews)][0],
                "reported_at": reported,
                "solve_by": reported + timedelta(days=5),
                "solved_at": None if is_new else reported + timedelta(days=3),
                "solution": None if is_new else "Отрегулировали на месте.",
            }
        )
    made = await call.bulk_create(WarrantyClaim, rows)
    await call.bulk_create(
        Task,
        [
            {
                "title": f"Устранить рекламацию: {row['complaint']}",
                "kind": task_kind(claim),
                "deal": row["deal"],
                "assignee": row["responsible"],
                "due_at": row["solve_by"],
            }
            for claim, row in zip(made, rows, strict=True)
            if row["solved_at"] is None
        ],
    )


async def _let_take_part(call: Call, pairs: list[tuple[int, int]], role: str) -> None:
    """Let people take part, instead of whom the stages have chosen by themselves."""
    deals = sorted({deal for deal, _ in pairs})
    rows = await rows_of(
        call, DealParticipant, where=of_deals(deals, role={"eq": role}), paths=("deal", "user")
    )
    there = {(row["deal"], row["user"]): row["id"] for row in rows}
    gone = {there[pair]: {"archived_at": call.now} for pair in there.keys() - set(pairs)}
    await call.bulk_write(DealParticipant, gone, rights=ALL, ask=False)
    await call.bulk_create(
        DealParticipant,
        [{"deal": deal, "user": user, "role": role} for deal, user in pairs if (deal, user) not in there],
    )


def _soon(company: Company, days: int) -> datetime:
    """Return a full hour of one of the next days."""
    at = company.demo.now + timedelta(days=company.demo.random.randrange(0, days), hours=2)
    return at.replace(minute=0, second=0, microsecond=0)


def _sheet(order: Order) -> bytes:
    lines = [f"{one.room}: {one.width} × {one.height} мм" for one in order.openings]
    return "\n".join((order.address, *lines)).encode()


async def _file(call: Call, name: str, content: bytes) -> int:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    kept = await access_of(call).files.put(pieces(), name=name, owner=None, limit=LARGEST_FILE)
    return kept.id
