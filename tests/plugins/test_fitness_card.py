"""What the club writes on a client's card, and what it computes there."""

from datetime import date, timedelta

import pytest
from club import Club

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import InvalidInput, Refused
from cardfile.plugins import Plugin
from cardfile_fitness import FitnessPlugin

pytestmark = pytest.mark.anyio

TODAY = date(2026, 1, 1)
DAY = timedelta(days=1)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (FitnessPlugin,)


@pytest.fixture
def club(app: App) -> Club:
    return Club(app)


async def test_the_card_understands_what_people_write(club: Club) -> None:
    ruslan = await club.colleague("Ruslan", "trainer")
    anna = await club.member(
        fitness={
            "goal": "похудеть",
            "interests": "йога, бассейн",
            "trainer": ruslan.user,
            "joinedOn": "15.03.25",
            "card_number": "100 017",
        }
    )
    card = await club.card(anna)
    assert (card["goal"], card["interests"]) == ("weight", ("yoga", "swimming"))
    assert (card["trainer"], card["joined_on"]) == (ruslan.user, date(2025, 3, 15))
    assert card["card_number"] == "100 017"


async def test_a_computed_line_cannot_be_written(club: Club) -> None:
    with pytest.raises(Refused, match="read-only"):
        await club.member(fitness={"visitsTotal": 100})


async def test_a_goal_that_is_none_is_refused(club: Club) -> None:
    with pytest.raises(InvalidInput):
        await club.member(fitness={"goal": "to become a fish"})


async def test_clients_are_found_by_the_lines_of_the_club(club: Club) -> None:
    anna = await club.member("Анна Иванова", fitness={"goal": "strength", "interests": ["yoga"]})
    await club.member("Олег Смирнов", fitness={"goal": "weight"})
    for wanted in ({"goal": {"eq": "strength"}}, {"interests": {"has": "yoga"}}):
        assert [row["id"] for row in await club.rows("client", {"fitness": wanted})] == [anna]


async def test_visits_are_counted_after_every_change(club: Club, clock: MovableClock) -> None:
    anna = await club.member()
    card = await club.card(anna)
    assert (card["visits_total"], card["visits_in_month"], card["last_visit"]) == (0, 0, None)
    visits, moments = [], []
    for _ in range(3):
        visits.append(await club.do("visit.check_in", client=anna, as_guest=True))
        moments.append(clock.now())
        clock.advance(20 * DAY)
    card = await club.card(anna)
    assert (card["visits_total"], card["visits_in_month"], card["last_visit"]) == (3, 1, moments[2])
    await club.do("visit.archive", record=visits[2])
    card = await club.card(anna)
    assert (card["visits_total"], card["visits_in_month"], card["last_visit"]) == (2, 0, moments[1])
    await club.do("visit.restore", record=visits[2])
    assert (await club.card(anna))["last_visit"] == moments[2]


async def test_a_visit_noted_for_the_wrong_person_is_counted_for_the_right_one(club: Club) -> None:
    anna, oleg = await club.member("Анна Иванова"), await club.member("Олег Смирнов")
    visit = await club.do("visit.check_in", client=anna, as_guest=True)
    await club.do("visit.update", record=visit, values={"client": oleg})
    assert (await club.card(anna))["visits_total"] == 0
    assert (await club.card(oleg))["visits_total"] == 1


async def test_the_card_tells_when_the_last_membership_ends(club: Club) -> None:
    anna, plan = await club.member(), await club.plan(30)
    assert (await club.card(anna))["membership_ends"] is None
    await club.do("membership.sell", client=anna, plan=plan)
    assert (await club.card(anna))["membership_ends"] == TODAY + 29 * DAY
    renewed = await club.do("membership.sell", client=anna, plan=plan)
    assert (await club.card(anna))["membership_ends"] == TODAY + 59 * DAY
    await club.do("membership.archive", record=renewed)
    assert (await club.card(anna))["membership_ends"] == TODAY + 29 * DAY


async def test_clients_are_ordered_by_the_end_of_their_membership(club: Club) -> None:
    anna, oleg, eva = [await club.member(name) for name in ("Анна Иванова", "Олег Смирнов", "Ева Белова")]
    await club.do("membership.sell", client=anna, plan=await club.plan(60))
    await club.do("membership.sell", client=oleg, plan=await club.plan(30))
    rows = await club.rows("client", order=("fitness.membership_ends",))
    assert [row["id"] for row in rows] == [eva, oleg, anna]


async def test_a_merged_member_brings_visits_memberships_and_card(club: Club) -> None:
    anna = await club.member("Анна", fitness={"interests": ["yoga"]})
    again = await club.member("Анна Иванова", fitness={"goal": "health", "interests": ["sauna", "yoga"]})
    sold = await club.do("membership.sell", client=again, plan=await club.plan(30))
    await club.do("visit.check_in", client=again)
    before = {client: await club.card(client) for client in (anna, again)}
    batch = await club.batch("client.merge", client=anna, other=again)
    card = await club.card(anna)
    assert (card["goal"], card["interests"]) == ("health", ("yoga", "sauna"))
    assert (card["visits_total"], card["membership_ends"]) == (1, TODAY + 29 * DAY)
    assert (await club.membership(sold.id))["client"] == anna
    await club.undo(batch)
    for client in (anna, again):
        after = await club.card(client)
        assert {**after, "version": 0, "updated_at": 0} == {**before[client], "version": 0, "updated_at": 0}


async def test_the_reception_sees_no_medical_notes(club: Club) -> None:
    reception = await club.colleague("Alina", "reception")
    await club.member(fitness={"medicalNote": "Asthma"})
    with pytest.raises(InvalidInput, match="no field"):
        await club.rows("client", {"fitness": {"medicalNote": {"contains": "Asthma"}}}, by=reception)


async def test_the_reception_cannot_write_medical_notes(club: Club) -> None:
    reception = await club.colleague("Alina", "reception")
    anna = await club.member()
    with pytest.raises(Refused):
        await club.do(
            "client.update", by=reception, record=anna, values={"fitness": {"medicalNote": "Healthy"}}
        )


async def test_a_trainer_sees_no_contacts_of_the_clients(club: Club) -> None:
    ruslan = await club.colleague("Ruslan", "trainer")
    anna = await club.member(owner=ruslan.user, phones=["8-916-123-45-67"])
    assert [row["id"] for row in await club.rows("client", by=ruslan)] == [anna]
    for wanted in (
        {"phones": {"some": {"value": {"eq": "+79161234567"}}}},
        {"contactPoints": {"some": {"value": {"eq": "+79161234567"}}}},
    ):
        with pytest.raises(InvalidInput, match="no field"):
            await club.rows("client", wanted, by=ruslan)


async def test_a_trainer_changes_the_goal_but_not_the_contract(club: Club) -> None:
    ruslan = await club.colleague("Ruslan", "trainer")
    anna = await club.member(owner=ruslan.user)
    await club.do("client.update", by=ruslan, record=anna, values={"fitness": {"goal": "strength"}})
    assert (await club.card(anna))["goal"] == "strength"
    with pytest.raises(Refused, match="may not change"):
        await club.do("client.update", by=ruslan, record=anna, values={"fitness": {"contractNumber": "26-1"}})
