"""Memberships of the club: sold, frozen, over."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from club import Club

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import Refused
from cardfile.plugins import Plugin
from cardfile.values.money import Money
from cardfile_fitness import FitnessPlugin

pytestmark = pytest.mark.anyio

TODAY = date(2026, 1, 1)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (FitnessPlugin,)


@pytest.fixture
def club(app: App) -> Club:
    return Club(app)


async def test_a_membership_sold_begins_today_at_the_plan_s_price(club: Club) -> None:
    anna = await club.member()
    plan = await club.plan(30, price={"amount": "4900", "currency": "RUB"})
    sold = await club.do("membership.sell", client=anna, plan=plan)
    row = await club.membership(sold.id)
    assert (row["starts_on"], row["ends_on"], row["status"]) == (TODAY, day(29), "waiting")
    assert (row["price"], row["previous"]) == (Money(490_000, "RUB"), None)


async def test_another_price_may_be_agreed_on(club: Club) -> None:
    plan = await club.plan(30, price={"amount": "4900", "currency": "EUR"})
    sold = await club.do("membership.sell", client=await club.member(), plan=plan, price=Decimal("4500.50"))
    assert (await club.membership(sold.id))["price"] == Money(450_050, "EUR")


async def test_a_renewal_begins_when_the_old_one_ends_and_names_it(club: Club) -> None:
    anna, plan = await club.member(), await club.plan(30)
    first = await club.do("membership.sell", client=anna, plan=plan)
    second = await club.do("membership.sell", client=anna, plan=plan)
    row = await club.membership(second.id)
    assert (row["starts_on"], row["previous"]) == (day(30), first.id)


async def test_who_buys_is_active_and_who_buys_again_is_permanent(club: Club) -> None:
    anna, plan = await club.member(), await club.plan(30)
    await club.do("membership.sell", client=anna, plan=plan)
    assert (await club.card(anna))["standing"] == "active"
    await club.do("membership.sell", client=anna, plan=plan)
    assert (await club.card(anna))["standing"] == "permanent"


async def test_two_memberships_do_not_overlap(club: Club) -> None:
    anna, plan = await club.member(), await club.plan(30)
    await club.do("membership.sell", client=anna, plan=plan)
    with pytest.raises(Refused, match="until 2026-01-30"):
        await club.do("membership.sell", client=anna, plan=plan, starts_on=day(10))


async def test_what_is_not_on_sale_is_not_sold(club: Club) -> None:
    plan = await club.plan(30, on_sale=False)
    with pytest.raises(Refused, match="not on sale"):
        await club.do("membership.sell", client=await club.member(), plan=plan)


async def test_a_frozen_membership_ends_as_much_later(club: Club) -> None:
    anna = await club.member()
    sold = await club.do("membership.sell", client=anna, plan=await club.plan(91, freeze_days=14))
    await club.do("membership.freeze", membership=sold.id, first=TODAY, last=day(6), reason="Holidays")
    row = await club.membership(sold.id)
    assert (row["status"], row["ends_on"]) == ("frozen", day(97))
    with pytest.raises(Refused, match="frozen"):
        await club.do("visit.check_in", client=anna)


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        pytest.param(0, 20, "for 14 more days, not for 21", id="longer than the plan allows"),
        pytest.param(-1, 3, "today or later", id="in the past"),
        pytest.param(95, 99, "within the membership", id="after the end"),
        pytest.param(5, 4, "after the first", id="backwards"),
    ],
)
async def test_a_freeze_that_cannot_be_is_refused(club: Club, first: int, last: int, sentence: str) -> None:
    plan = await club.plan(91, freeze_days=14)
    sold = await club.do("membership.sell", client=await club.member(), plan=plan)
    with pytest.raises(Refused, match=sentence):
        await club.do("membership.freeze", membership=sold.id, first=day(first), last=day(last))


async def test_freezes_share_the_days_of_the_plan_and_do_not_overlap(club: Club) -> None:
    plan = await club.plan(91, freeze_days=14)
    sold = await club.do("membership.sell", client=await club.member(), plan=plan)
    await club.do("membership.freeze", membership=sold.id, first=day(10), last=day(19))
    with pytest.raises(Refused, match="frozen at that time"):
        await club.do("membership.freeze", membership=sold.id, first=day(19), last=day(20))
    with pytest.raises(Refused, match="for 4 more days, not for 5"):
        await club.do("membership.freeze", membership=sold.id, first=day(30), last=day(34))


async def test_ending_a_freeze_early_gives_back_what_is_left_of_it(club: Club, clock: MovableClock) -> None:
    plan = await club.plan(91, freeze_days=14)
    sold = await club.do("membership.sell", client=await club.member(), plan=plan)
    await club.do("membership.freeze", membership=sold.id, first=TODAY, last=day(9))
    clock.advance(timedelta(days=4))
    await club.do("membership.unfreeze", membership=sold.id)
    row = await club.membership(sold.id)
    assert (row["status"], row["ends_on"]) == ("waiting", day(94))
    assert [one["ends_on"] for one in await club.rows("fitness.freeze")] == [day(3)]


async def test_a_cancelled_membership_ends_today(club: Club, clock: MovableClock) -> None:
    anna = await club.member()
    sold = await club.do("membership.sell", client=anna, plan=await club.plan(30))
    clock.advance(timedelta(days=5))
    await club.do("membership.cancel", membership=sold.id, reason="Moves away")
    row = await club.membership(sold.id)
    assert (row["status"], row["ends_on"]) == ("cancelled", day(5))
    with pytest.raises(Refused, match="no membership"):
        await club.do("visit.check_in", client=anna)


async def test_the_calendar_freezes_takes_up_and_ends_memberships(club: Club, clock: MovableClock) -> None:
    plan = await club.plan(30, freeze_days=14)
    anna, oleg = await club.member("Анна"), await club.member("Олег")
    frozen = await club.do("membership.sell", client=anna, plan=plan)
    plain = await club.do("membership.sell", client=oleg, plan=plan)
    for member in (anna, oleg):
        await club.do("visit.check_in", client=member)
    await club.do("membership.freeze", membership=frozen.id, first=day(10), last=day(14))

    async def statuses_on(number: int) -> tuple[str, str]:
        clock.set(day(number))
        await club.do("membership.keep_up")
        return (await club.membership(frozen.id))["status"], (await club.membership(plain.id))["status"]

    assert await statuses_on(9) == ("active", "active")
    assert await statuses_on(12) == ("frozen", "active")
    assert await statuses_on(15) == ("active", "active")
    assert await statuses_on(31) == ("active", "ended")
    assert await statuses_on(36) == ("ended", "ended")
