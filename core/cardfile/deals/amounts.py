"""Sums: what a line comes to, and what the lines of a deal come to together."""

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from datetime import date
from typing import Any, Final

from cardfile.deals.rows import ALL, of_deals, rows_of
from cardfile.deals.tables import Deal, DealLine, Price, Product
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.values.money import Money

__all__ = ["complete_lines", "follow_lines", "totals_of"]

Row = Mapping[str, Any]
Values = MutableMapping[str, object]

WHOLE: Final = 10_000
"""A hundred percent, as a column of two decimals keeps it."""

PIECE: Final = 1_000
"""One piece, as a column of three decimals keeps it."""

MADE_OF: Final = frozenset(("quantity", "price", "discount"))
FROM_PRODUCT: Final = ("name", "unit", "vat")


async def complete_lines(call: Call, lines: Sequence[tuple[Row, Values]]) -> None:
    """Let lines, given as they were and as they shall be, take from the catalogue what they lack, and be summed up."""
    chosen = [values for _, values in lines if isinstance(values.get("product"), int)]
    if chosen:
        await _fill_from_catalogue(call, chosen)
    for was, values in lines:
        if was and values.get("deal", was["deal"]) != was["deal"]:
            raise InvalidInput(
                "A line stays in its deal: archive it, and add one to the other deal.", path=("deal",)
            )
        if not was or not MADE_OF.isdisjoint(values):
            values["amount"] = _amount({"quantity": PIECE, "discount": None, **was, **values})


def _amount(line: Row) -> Money | None:
    price, quantity, discount = line.get("price"), line["quantity"], line["discount"] or 0
    if price is None:
        return None  # The price itself is missed then, by its own name.
    if not 0 <= discount <= WHOLE:
        raise InvalidInput("A discount is from 0 to 100 percent.", path=("discount",))
    if quantity < 0:
        raise InvalidInput("A quantity is not less than nothing.", path=("quantity",))
    whole = price.minor * quantity * (WHOLE - discount)
    # Rounded half away from nothing, as people do.
    minor = (2 * abs(whole) + PIECE * WHOLE) // (2 * PIECE * WHOLE)
    return Money(minor if whole >= 0 else -minor, price.currency)


async def _fill_from_catalogue(call: Call, lines: Sequence[Values]) -> None:
    ids = {int(str(line["product"])) for line in lines}
    products = {
        row["id"]: row for row in await rows_of(call, Product, ids=ids, paths=(*FROM_PRODUCT, "price"))
    }
    prices = await _listed_prices(call, ids)
    for line in lines:
        product = products.get(int(str(line["product"])))
        if product is None:
            continue
        for path in FROM_PRODUCT:
            if line.get(path) is None:
                line[path] = product[path]
        if line.get("price") is None:
            listed = prices.get((product["id"], str(line.get("price_list") or "")))
            line["price"] = listed if listed is not None else product["price"]


async def _listed_prices(call: Call, products: Collection[int]) -> Mapping[tuple[int, str], Money]:
    """Return the price of each product in each list that holds today: the one that began last."""
    today = call.work.reading.today
    rows = await rows_of(
        call,
        Price,
        where={"product": {"id": {"in": list(products)}}},
        paths=("product", "price_list", "amount", "valid_from"),
    )
    valid = [row for row in rows if row["valid_from"] is None or row["valid_from"] <= today]
    valid.sort(key=lambda row: row["valid_from"] or date.min)
    return {(row["product"], row["price_list"]): row["amount"] for row in valid}


async def follow_lines(call: Call, created: Mapping[int, Row], changed: Mapping[int, Row]) -> None:
    """Let the amounts of deals follow their lines, unless somebody has set them by hand."""
    deals = {row["deal"] for row in created.values()}
    if changed:
        deals |= {row["deal"] for row in await rows_of(call, DealLine, ids=changed, paths=("deal",))}
    totals = await totals_of(call, deals)
    rows = await rows_of(call, Deal, ids=deals, paths=("amount_by_hand",))
    changes = {row["id"]: {"amount": totals.get(row["id"])} for row in rows if not row["amount_by_hand"]}
    if changes:
        # Unasked: a hook would take it for a sum that somebody has typed.
        await call.bulk_write(Deal, changes, rights=ALL, ask=False)


async def totals_of(call: Call, deals: Iterable[int]) -> Mapping[int, Money]:
    """Return what the lines of each deal come to; raises `InvalidInput` when they are in several currencies."""
    rows = await rows_of(call, DealLine, where=of_deals(list(deals)), paths=("deal", "amount"))
    totals: dict[int, Money] = {}
    for row in rows:
        sum_so_far, amount = totals.get(row["deal"]), row["amount"]
        if sum_so_far is not None and sum_so_far.currency != amount.currency:
            raise InvalidInput(
                "The lines of a deal are in one currency, and here are {one} and {other}.",
                one=sum_so_far.currency,
                other=amount.currency,
                path=("price",),
            )
        minor = amount.minor + (sum_so_far.minor if sum_so_far is not None else 0)
        totals[row["deal"]] = Money(minor, amount.currency)
    return totals
