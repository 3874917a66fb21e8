"""How deals come about, what is sold in them, and who takes part."""

from datetime import timedelta
from typing import Any

import pytest
from deals_desk import DealDesk, GlassPlugin, money

from cardfile import App, Plugin
from cardfile.clock import MovableClock
from cardfile.errors import InvalidInput, InvalidInputs, NotAllowed, NotFound, Refused
from cardfile.values.money import Money

pytestmark = pytest.mark.anyio


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GlassPlugin,)


@pytest.fixture
def desk(app: App) -> DealDesk:
    return DealDesk(app)


async def line(desk: DealDesk, deal: int, **values: object) -> int:
    made = await desk.do("deal_line.create", values={"deal": deal, **values})
    return int(made.id)


async def amount(desk: DealDesk, deal: int) -> Money | None:
    found: Money | None = (await desk.row("deal", deal))["amount"]
    return found


async def test_a_qualified_lead_has_a_deal_with_his_manager_and_source(desk: DealDesk) -> None:
    max_ = await desk.colleague("Max", "manager")
    client = await desk.client("Anna", by=max_, source="site")
    done = await desk.do("client.qualify", by=max_, client=client)
    assert (done.client.standing, done.deal.title, done.deal.source) == ("potential", "Anna", "site")
    row = await desk.row("deal", done.deal.id)
    assert (row["client"], row["owner"], await desk.where(row["id"])) == (client, max_.user, "call")


async def test_a_lead_is_qualified_into_a_pipeline_of_ones_choice(desk: DealDesk) -> None:
    repair = next(one for one in (await desk.book()).live if one.key == "repair")
    done = await desk.do(
        "client.qualify", client=await desk.client("Anna"), title="Fix it", pipeline=repair.id
    )
    assert (done.deal.title, done.deal.pipeline) == ("Fix it", repair.id)


async def test_the_amount_of_a_deal_follows_its_lines(desk: DealDesk) -> None:
    deal = await desk.deal()
    frames = await line(desk, deal, name="Frames", quantity="3", price=money("1000.50"))
    await line(desk, deal, name="Work", price=money("200"), discount="10")
    assert await amount(desk, deal) == Money(300_150 + 18_000, "RUB")
    await desk.do("deal_line.update", record=frames, values={"quantity": "2"})
    assert await amount(desk, deal) == Money(200_100 + 18_000, "RUB")
    await desk.do("deal_line.archive", record=frames)
    assert await amount(desk, deal) == Money(18_000, "RUB")
    await desk.do("deal_line.restore", record=frames)
    assert await amount(desk, deal) == Money(218_100, "RUB")


async def test_an_amount_that_is_set_by_hand_stays_until_it_is_emptied(desk: DealDesk) -> None:
    deal = await desk.deal(amount=money("99"))
    await line(desk, deal, name="Frames", price=money("1000"))
    assert await amount(desk, deal) == Money(9_900, "RUB")
    await desk.do("deal.update", record=deal, values={"amount": None})
    assert await amount(desk, deal) == Money(100_000, "RUB")
    assert (await desk.row("deal", deal))["amount_by_hand"] is False


async def test_lines_of_several_currencies_are_not_mixed(desk: DealDesk) -> None:
    deal = await desk.deal()
    await line(desk, deal, name="Frames", price=money("1000"))
    with pytest.raises(InvalidInput, match="one currency"):
        await line(desk, deal, name="Glass", price=money("10", "EUR"))
    assert await amount(desk, deal) == Money(100_000, "RUB")


async def test_a_line_takes_from_the_catalogue_what_it_lacks(desk: DealDesk) -> None:
    product = await desk.do(
        "product.create", values={"name": "Frame", "unit": "pcs", "price": money("100"), "vat": "20"}
    )
    for price_list, sum_, since in (("", "90", "2025-01-01"), ("", "95", "2027-01-01"), ("vip", "70", None)):
        values = {
            "product": product.id,
            "price_list": price_list,
            "amount": money(sum_),
            "valid_from": since,
        }
        await desk.do("price.create", values=values)
    deal = await desk.deal()
    for given in ({}, {"price_list": "vip"}, {"price": money("1")}):
        await line(desk, deal, product=product.id, quantity="2", **given)
    rows = await desk.rows("deal_line")
    assert [(row["name"], row["unit"], row["vat"], row["amount"].minor) for row in rows] == [
        ("Frame", "pcs", 2_000, 18_000),
        ("Frame", "pcs", 2_000, 14_000),
        ("Frame", "pcs", 2_000, 200),
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"name": "Frames"}, "Price must be filled in", id="without a price"),
        pytest.param({"name": "Frames", "price": money("1"), "discount": "101"}, "0 to 100", id="discount"),
        pytest.param({"name": "Frames", "price": money("1"), "quantity": "-1"}, "not less", id="quantity"),
        pytest.param({"price": money("1")}, "Name must be filled in", id="without a name"),
    ],
)
async def test_a_line_keeps_sensible_values(desk: DealDesk, values: dict[str, object], message: str) -> None:
    deal = await desk.deal()
    with pytest.raises((InvalidInput, InvalidInputs), match=message):
        await line(desk, deal, **values)


async def test_who_takes_part_sees_the_deal_as_long_as_he_does(desk: DealDesk) -> None:
    victor = await desk.colleague("Victor", "specialist")
    deal = await desk.deal()
    await desk.deal("Another")
    add: dict[str, Any] = {"deal": deal, "user": victor.user, "role": "specialist"}
    await desk.do("deal.add_participant", **add)
    await desk.do("deal.add_participant", **add)
    assert [row["id"] for row in await desk.rows("deal", by=victor)] == [deal]
    assert len(await desk.rows("deal_participant", by=victor)) == 1
    await desk.do("deal.remove_participant", deal=deal, user=victor.user)
    assert await desk.rows("deal", by=victor) == []


async def test_only_roles_that_exist_take_part(desk: DealDesk) -> None:
    victor = await desk.colleague("Victor", "specialist")
    with pytest.raises(InvalidInput, match="There is no role pilot"):
        await desk.do("deal.add_participant", deal=await desk.deal(), user=victor.user, role="pilot")


async def test_who_takes_part_lets_nobody_else_in(desk: DealDesk) -> None:
    victor = await desk.colleague("Victor", "specialist")
    deal = await desk.deal()
    await desk.do("deal.add_participant", deal=deal, user=victor.user, role="specialist")
    with pytest.raises(NotAllowed):
        await desk.do("deal.add_participant", by=victor, deal=deal, user=victor.user, role="head")


async def test_who_takes_part_attaches_files_of_his_own(desk: DealDesk) -> None:
    victor = await desk.colleague("Victor", "specialist")
    deal = await desk.deal()
    await desk.do("deal.add_participant", deal=deal, user=victor.user, role="specialist")
    await desk.attach(deal, "measurement", by=victor)
    (row,) = await desk.rows("attachment")
    assert (row["deal"], row["kind"], row["title"]) == (deal, "measurement", "sheet.txt")
    with pytest.raises(NotFound):
        await desk.do("deal.attach", by=victor, deal=deal, file=await desk.file())
    with pytest.raises(InvalidInput, match="is no key"):
        await desk.do("deal.attach", deal=deal, file=await desk.file(), kind="Лист замера")


async def test_a_manager_sees_his_own_deals_and_his_head_those_of_the_team(desk: DealDesk) -> None:
    helen, max_ = await desk.colleague("Helen", "head"), await desk.colleague("Max", "manager")
    team = await desk.do("team.create", values={"name": "Sales", "head": helen.user})
    await desk.do("team.add_member", team=team.id, member=max_.user)
    own = await desk.deal("Own", by=max_)
    await desk.deal("Of somebody else")
    assert helen.user is not None
    head = await desk.app.access.actor(helen.user)
    assert [row["id"] for row in await desk.rows("deal", by=max_)] == [own]
    assert [row["id"] for row in await desk.rows("deal", by=head)] == [own]


async def test_an_archived_stage_takes_no_new_deals_and_keeps_those_it_has(desk: DealDesk) -> None:
    deal = await desk.deal(stage="measurement")
    await desk.do("stage.archive", record=await desk.stage("measurement"))
    with pytest.raises((Refused, NotFound)):
        await desk.do("deal.move", deal=await desk.deal(), to=(await desk.row("deal", deal))["stage"])
    await desk.measured(deal)
    await desk.move(deal, "payment")
    assert await desk.where(deal) == "payment"


async def test_the_history_of_a_deal_tells_contacts_and_events_by_time(
    desk: DealDesk, clock: MovableClock
) -> None:
    deal = await desk.deal()
    client = (await desk.row("deal", deal))["client"]
    clock.advance(timedelta(hours=1))
    values = {"client": client, "deal": deal, "kind": "call", "subject": "First call"}
    await desk.do("interaction.create", values=values)
    clock.advance(timedelta(hours=1))
    await desk.reach(deal, "measuring")
    rows = await desk.rows("deal_timeline_entry", {"deal": {"id": {"eq": deal}}}, order=("at", "id"))
    assert [(row["kind"], row["event"] or row["title"]) for row in rows] == [
        ("event", "deal.created"),
        ("call", "First call"),
        ("event", "deal.goal_reached"),
        ("event", "deal.moved"),
    ]
    shown = await desk.rows("timeline_entry", {"client": {"id": {"eq": client}}}, order=("at", "id"))
    assert [row["event"] for row in shown if row["event"] and row["event"].startswith("deal")] == [
        "deal.created",
        "deal.goal_reached",
        "deal.moved",
    ]
    assert {row["event"] for row in shown if row["event"]} <= {
        "client.created",
        "deal.created",
        "deal.goal_reached",
        "deal.moved",
        "task.created",
        "task.cancelled",
    }


async def test_a_contact_is_about_a_deal_of_its_own_client(desk: DealDesk) -> None:
    deal, other = await desk.deal(), await desk.client("Somebody else")
    with pytest.raises(InvalidInput, match="another client"):
        await desk.do("interaction.create", values={"client": other, "deal": deal, "kind": "call"})
