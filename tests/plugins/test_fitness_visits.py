"""Coming to the club and going."""

from datetime import date, timedelta
from typing import Any

import pytest
from club import Club

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import InvalidInput, NotAllowed, NotFound, Refused
from cardfile.plugins import Plugin
from cardfile_fitness import FitnessPlugin

pytestmark = pytest.mark.anyio

TODAY = date(2026, 1, 1)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (FitnessPlugin,)


@pytest.fixture
def club(app: App) -> Club:
    return Club(app)


async def test_the_first_visit_activates_the_membership(club: Club, clock: MovableClock) -> None:
    anna = await club.member()
    sold = await club.do("membership.sell", client=anna, plan=await club.plan(30))
    clock.advance(timedelta(days=3))
    visit = await club.do("visit.check_in", client=anna)
    row = await club.membership(sold.id)
    came = TODAY + timedelta(days=3)
    assert (row["status"], row["activated_on"]) == ("active", came)
    assert (row["starts_on"], row["ends_on"]) == (came, came + timedelta(days=29))
    assert (visit.membership, visit.entered_at) == (sold.id, clock.now())


async def test_a_counted_visit_is_taken_and_the_last_one_uses_it_up(club: Club, clock: MovableClock) -> None:
    anna = await club.member()
    sold = await club.do("membership.sell", client=anna, plan=await club.plan(60, visits=2))
    await club.do("visit.check_in", client=anna)
    assert (await club.membership(sold.id))["visits_left"] == 1
    clock.advance(timedelta(days=1))
    await club.do("visit.check_in", client=anna)
    row = await club.membership(sold.id)
    assert (row["visits_left"], row["status"]) == (0, "used_up")
    clock.advance(timedelta(days=1))
    with pytest.raises(Refused, match="no membership"):
        await club.do("visit.check_in", client=anna)


async def test_a_second_entry_within_minutes_is_a_mistake(club: Club, clock: MovableClock) -> None:
    anna = await club.member()
    sold = await club.do("membership.sell", client=anna, plan=await club.plan(60, visits=5))
    await club.do("visit.check_in", client=anna)
    clock.advance(timedelta(minutes=29))
    with pytest.raises(Refused, match="came in at 09:00 already"):
        await club.do("visit.check_in", client=anna)
    assert (await club.membership(sold.id))["visits_left"] == 4
    clock.advance(timedelta(minutes=1))
    await club.do("visit.check_in", client=anna)
    assert len(await club.rows("fitness.visit")) == 2


async def test_two_people_may_come_at_once(club: Club) -> None:
    plan = await club.plan()
    for name in ("Анна Иванова", "Олег Иванов"):
        member = await club.member(name)
        await club.do("membership.sell", client=member, plan=plan)
        await club.do("visit.check_in", client=member)
    assert len(await club.rows("fitness.visit")) == 2


async def test_an_event_that_the_turnstile_repeats_is_one_visit(club: Club) -> None:
    anna = await club.member()
    sold = await club.do("membership.sell", client=anna, plan=await club.plan(60, visits=5))
    entered: dict[str, Any] = {"client": anna, "via": "turnstile", "external_id": "T-1"}
    first = await club.do("visit.check_in", **entered)
    again = await club.do("visit.check_in", **entered)
    assert first.id == again.id
    assert (await club.membership(sold.id))["visits_left"] == 4


async def test_nobody_comes_in_without_a_membership_but_as_a_guest(club: Club) -> None:
    anna = await club.member()
    with pytest.raises(Refused, match="no membership"):
        await club.do("visit.check_in", client=anna)
    visit = await club.do("visit.check_in", client=anna, as_guest=True)
    assert visit.membership is None


async def test_a_visit_is_never_in_the_future(club: Club, clock: MovableClock) -> None:
    anna = await club.member()
    with pytest.raises(InvalidInput, match="future"):
        await club.do("visit.check_in", client=anna, at=clock.now() + timedelta(hours=1), as_guest=True)


async def test_a_visit_that_is_told_late_counts_at_its_own_time(club: Club, clock: MovableClock) -> None:
    anna = await club.member()
    sold = await club.do("membership.sell", client=anna, plan=await club.plan(30))
    clock.advance(timedelta(days=40))
    at = clock.now() - timedelta(days=35)
    visit = await club.do("visit.check_in", client=anna, at=at, via="turnstile")
    assert (visit.entered_at, visit.membership) == (at, sold.id)


async def test_who_is_in_goes_once(club: Club, clock: MovableClock) -> None:
    anna = await club.member()
    visit = await club.do("visit.check_in", client=anna, as_guest=True)
    clock.advance(timedelta(hours=1))
    left = await club.do("visit.check_out", visit=visit)
    assert left.left_at == clock.now()
    with pytest.raises(Refused, match="ended already"):
        await club.do("visit.check_out", visit=visit)


async def test_the_reception_lets_in_whom_it_does_not_own(club: Club) -> None:
    reception = await club.colleague("Alina", "reception")
    boris = await club.colleague("Boris", "manager")
    anna = await club.member(by=boris)
    await club.do("visit.check_in", by=reception, client=anna, as_guest=True)
    assert len(await club.rows("fitness.visit", by=reception)) == 1


async def test_a_trainer_lets_in_and_sees_his_own_people_only(club: Club) -> None:
    ruslan = await club.colleague("Ruslan", "trainer")
    mine = await club.member("Анна Иванова", owner=ruslan.user)
    other = await club.member("Олег Смирнов")
    for client in (mine, other):
        await club.do("visit.check_in", client=client, as_guest=True)
    assert [row["client"] for row in await club.rows("fitness.visit", by=ruslan)] == [mine]
    with pytest.raises(NotFound):
        await club.do("visit.check_in", by=ruslan, client=other, as_guest=True)


async def test_an_analyst_lets_nobody_in(club: Club) -> None:
    alan = await club.colleague("Alan", "analyst")
    anna = await club.member()
    with pytest.raises(NotAllowed):
        await club.do("visit.check_in", by=alan, client=anna, as_guest=True)
