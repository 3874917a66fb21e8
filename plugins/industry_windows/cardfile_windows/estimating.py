"""Estimates: made of openings or of lines, revised, sent, accepted, refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from cardfile.deals import Deal, DealLine, Product
from cardfile.deals.amounts import complete_lines
from cardfile.deals.rows import of_deals, rows_of
from cardfile.errors import InvalidInput, Refused
from cardfile.journal import Call, RecordId, command
from cardfile.rights import EVERYTHING
from cardfile.values.money import Money, minor_digits
from cardfile_windows.choices import EstimateStatus
from cardfile_windows.steps import deal_of, reach_if_open, require_open
from cardfile_windows.tables import Estimate, EstimateLine, Opening

__all__ = [
    "EstimateItem",
    "accept_estimate",
    "create_estimate",
    "refuse_estimate",
    "revise_estimate",
    "send_estimate",
]

SQUARE: Final = ("м²", "м2", "кв. м", "кв.м", "кв м", "m²", "m2", "sq m")
"""Units of products that are sold by the area of the opening."""

MOST_LINES: Final = 500
STEP: Final = 10
COPIED: Final = ("product", "name", "unit", "quantity", "price", "discount", "vat", "position")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EstimateItem:
    """A line to be counted: a product of the catalogue, or a name with a price; the discount in per cent."""

    name: str | None = None
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None
    unit: str | None = None
    discount: Decimal | None = None
    product: RecordId | None = None


Items = Annotated[
    list[EstimateItem] | None, "The lines; one for each opening, at the price of its product, when left out."
]
Discount = Annotated[Decimal | None, "Per cent off, for lines without a discount of their own."]
ValidUntil = Annotated[date | None, "The last day on which the price holds."]
Note = Annotated[str | None, "What to say with it."]


@command(
    "estimate.create",
    label={"en": "New estimate", "ru": "Новая смета"},
    done={"en": "made", "ru": "смета составлена"},
)
async def create_estimate(
    call: Call,
    deal: Annotated[Deal, "For which order."],
    items: Items = None,
    *,
    discount: Discount = None,
    valid_until: ValidUntil = None,
    note: Note = None,
) -> Estimate:
    """Count what an order costs, by its openings or by the lines given; what was refused before is left as it is."""
    require_open(deal)
    deal = await deal_of(call, deal.id)
    current = await _current(call, deal)
    if current is not None:
        raise Refused(
            "There is an estimate already, in revision {revision}: revise it.", revision=current.revision
        )
    return await _made(call, deal, items, discount, valid_until, note)


@command(
    "estimate.revise",
    label={"en": "Revise", "ru": "Новая редакция"},
    done={"en": "revised", "ru": "новая редакция сметы"},
)
async def revise_estimate(
    call: Call,
    estimate: Estimate,
    items: Items = None,
    *,
    discount: Discount = None,
    valid_until: ValidUntil = None,
    note: Note = None,
) -> Estimate:
    """Count an order anew, as the next revision; the estimate given is replaced by it."""
    _require(estimate, EstimateStatus.DRAFT, EstimateStatus.SENT, EstimateStatus.REFUSED)
    deal = await deal_of(call, estimate.deal)
    await call.write(estimate, status=EstimateStatus.REPLACED.value)
    until = valid_until or estimate.valid_until
    return await _made(call, deal, items, discount, until, note, previous=estimate)


@command(
    "estimate.send",
    label={"en": "Mark as sent", "ru": "Отметить отправку"},
    done={"en": "sent", "ru": "смета отправлена"},
)
async def send_estimate(call: Call, estimate: Estimate) -> Estimate:
    """Say that the client has got an estimate."""
    _require(estimate, EstimateStatus.DRAFT)
    return await call.write(estimate, status=EstimateStatus.SENT.value, sent_at=call.now)


@command(
    "estimate.accept",
    label={"en": "The client accepts", "ru": "Клиент согласен"},
    done={"en": "accepted", "ru": "смета принята"},
)
async def accept_estimate(call: Call, estimate: Estimate) -> Estimate:
    """Say that the client accepts an estimate: its lines become the deal's, and the deal goes on to be paid."""
    _require(estimate, EstimateStatus.DRAFT, EstimateStatus.SENT)
    today = call.now.astimezone(ZoneInfo(call.settings.zone)).date()
    if estimate.valid_until is not None and estimate.valid_until < today:
        raise Refused("This estimate was valid until {day}: revise it.", day=estimate.valid_until.isoformat())
    deal = await deal_of(call, estimate.deal)
    require_open(deal)
    accepted = await call.write(estimate, status=EstimateStatus.ACCEPTED.value, decided_at=call.now)
    await _hand_over(call, deal, estimate)
    await reach_if_open(call, deal, "price_accepted")
    return accepted


@command(
    "estimate.refuse",
    label={"en": "The client refuses", "ru": "Клиент не согласен"},
    done={"en": "refused", "ru": "смета отклонена"},
)
async def refuse_estimate(
    call: Call, estimate: Estimate, reason: Annotated[str, "What he says against it."]
) -> Estimate:
    """Say that the client does not accept an estimate; the deal stays where it is."""
    _require(estimate, EstimateStatus.DRAFT, EstimateStatus.SENT)
    if not reason.strip():
        raise InvalidInput("A reason is needed.", path=("reason",))
    refused = await call.write(estimate, status=EstimateStatus.REFUSED.value, decided_at=call.now)
    call.record("windows.estimate.refused", refused, reason=reason.strip())
    return refused


def _require(estimate: Estimate, *statuses: EstimateStatus) -> None:
    if estimate.status not in statuses:
        raise Refused("This estimate is decided on or replaced: look at the latest revision.")


async def _current(call: Call, deal: Deal) -> Estimate | None:
    """Return the estimate of a deal that is still to be decided on, or accepted."""
    over = [EstimateStatus.REPLACED.value, EstimateStatus.REFUSED.value]
    wanted = {"deal": {"id": {"eq": deal.id}}, "status": {"notIn": over}}
    found = await call.find(Estimate, filter=wanted, order=("-revision",), limit=1, rights=EVERYTHING)
    return found[0] if found else None


async def _made(
    call: Call,
    deal: Deal,
    items: Sequence[EstimateItem] | None,
    discount: Decimal | None,
    valid_until: date | None,
    note: str | None,
    *,
    previous: Estimate | None = None,
) -> Estimate:
    if items is not None and len(items) > MOST_LINES:
        raise InvalidInput("An estimate has at most {most} lines.", most=MOST_LINES, path=("items",))
    lines = _of_items(call, items) if items is not None else await _of_openings(call, deal)
    if not lines:
        raise Refused("There is nothing to count: note the openings of the deal, or give lines.")
    for line in lines:
        if line["discount"] is None and discount is not None:
            line["discount"] = _scaled(discount, 2)
    await complete_lines(call, [({}, line) for line in lines])
    total = _total(lines)
    wanted = {"deal": {"id": {"eq": deal.id}}}
    last = await call.find(
        Estimate, filter=wanted, order=("-revision",), limit=1, rights=EVERYTHING, archived=True
    )
    made = await call.create(
        Estimate,
        {
            "deal": deal.id,
            "revision": last[0].revision + 1 if last else 1,
            "previous": previous.id if previous else None,
            "total": total,
            "valid_until": valid_until,
            "note": note,
        },
    )
    rows = [
        {**_unscaled(line), "estimate": made.id, "position": place * STEP}
        for place, line in enumerate(lines, 1)
    ]
    await call.bulk_create(EstimateLine, rows)
    return made


def _of_items(call: Call, items: Sequence[EstimateItem]) -> list[Line]:
    """Return lines as columns keep them, so that they can be summed up as those of deals are."""
    products, lines = call.app.model.of_table(Product), []
    for place, one in enumerate(items):
        if one.product is None and (one.price is None or not one.name):
            raise InvalidInput(
                "A line is a product, or has a name and a price of its own.", path=("items", place, "name")
            )
        currency = call.settings.currency
        minor = _scaled(one.price, minor_digits(currency)) if one.price is not None else None
        lines.append(
            {
                "product": products.local_id(one.product) if one.product else None,
                "name": one.name,
                "unit": one.unit,
                "quantity": _scaled(one.quantity, 3),
                "price": Money(minor, currency) if minor is not None else None,
                "discount": _scaled(one.discount, 2) if one.discount is not None else None,
            }
        )
    return lines


async def _of_openings(call: Call, deal: Deal) -> list[Line]:
    paths = ("room", "width", "height", "quantity", "product")
    openings = await rows_of(call, Opening, where=of_deals([deal.id]), paths=paths)
    if len(openings) > MOST_LINES:
        raise Refused("An estimate has at most {most} lines.", most=MOST_LINES)
    bare = [_called(one) for one in openings if one["product"] is None]
    if bare:
        raise Refused(
            "These openings do not say what stands in them: {openings}. Choose a product for each, or give lines.",
            openings="; ".join(bare),
        )
    ids = {one["product"] for one in openings}
    rows = await rows_of(call, Product, ids=ids, paths=("name", "unit")) if ids else []
    products = {row["id"]: row for row in rows}
    return [_of_opening(one, products) for one in sorted(openings, key=lambda one: int(one["id"]))]


def _of_opening(opening: Mapping[str, Any], products: Mapping[int, Mapping[str, Any]]) -> Line:
    product = products[opening["product"]]
    # A column keeps thousandths, and a square millimetre is a millionth of a square metre.
    area = (opening["width"] * opening["height"] * opening["quantity"] + 500) // 1_000
    is_square = str(product["unit"] or "").strip().lower() in SQUARE
    return {
        "opening": opening["id"],
        "product": product["id"],
        "name": f"{product['name']}: {_called(opening)}",
        "unit": product["unit"],
        "quantity": area if is_square else opening["quantity"] * 1_000,
        "price": None,
        "discount": None,
    }


def _called(opening: Mapping[str, Any]) -> str:
    size = f"{opening['width']}×{opening['height']}"
    return f"{opening['room']}, {size}" if opening["room"] else size


def _total(lines: Sequence[Line]) -> Money:
    """Return the sum of lines; raises `Refused` for one that has no price, or another currency."""
    for line in lines:
        if line.get("amount") is None:
            raise Refused(
                "{name} has no price: give it one in the catalogue, or in the line.", name=line["name"]
            )
    currencies = sorted({line["amount"].currency for line in lines})
    if len(currencies) > 1:
        raise Refused("An estimate is in one currency, and here are {listed}.", listed=", ".join(currencies))
    return Money(sum(line["amount"].minor for line in lines), currencies[0])


async def _hand_over(call: Call, deal: Deal, estimate: Estimate) -> None:
    """Let the lines of a deal be those of the estimate, and its amount their sum."""
    wanted = {"deal": {"id": {"eq": deal.id}}}
    for one in await call.find(DealLine, filter=wanted, limit=10_000, rights=EVERYTHING):
        await call.archive(one)
    lines = await rows_of(call, EstimateLine, where={"estimate": {"id": {"eq": estimate.id}}}, paths=COPIED)
    rows = [{**_unscaled({key: line[key] for key in COPIED}), "deal": deal.id} for line in lines]
    await call.bulk_create(DealLine, rows)
    if deal.amount_by_hand:
        await call.write(deal, amount=None)  # The sum of the lines takes its place.
    await call.write(deal, {"windows.estimate_accepted": (await call.values(estimate))["total"]})


def _scaled(number: Decimal, places: int) -> int:
    return int(number.scaleb(places).to_integral_value())


def _unscaled(line: Line) -> Line:
    """Return a line as people would give it."""
    scales = {"quantity": 3, "discount": 2, "vat": 2}
    return {
        key: Decimal(value).scaleb(-scales[key]) if key in scales and value is not None else value
        for key, value in line.items()
    }
