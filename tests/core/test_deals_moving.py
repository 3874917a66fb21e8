"""Deals move by the rules of their stages, whichever way they are moved."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from clients_desk import Desk
from deals_desk import DealDesk, GlassPlugin, lacked

from cardfile import App, Plugin
from cardfile.clock import MovableClock
from cardfile.deals.moves import MissingForStage
from cardfile.deals.tables import Deal
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.journal import Call
from cardfile.rights import Actor

pytestmark = pytest.mark.anyio

EVERYTHING_MISSING = [
    ("filled", "amount"),
    ("filled", "glass.address"),
    ("filled", "client.birthday"),
    ("filled", "client.phones"),
    ("attached", "measurement"),
    ("holds", "More than 1000"),
]


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GlassPlugin,)


@pytest.fixture
def desk(app: App) -> DealDesk:
    return DealDesk(app)


async def written(
    desk: DealDesk, changes: Mapping[int, Mapping[str, object]], *, via: str = "plugin"
) -> None:
    """Write deals as a plugin may: one by `write`, several by `bulk_write`."""
    async with desk.app.unit_of_work(Actor.system("plugin"), via=via) as work:
        call = Call(work, desk.app.commands["deal.update"])
        if len(changes) == 1:
            ((deal, values),) = changes.items()
            await call.write(await call.get(Deal, deal), values)
        else:
            await call.bulk_write(Deal, changes)
        await call.finish()


async def test_a_deal_begins_in_the_first_stage_of_the_first_pipeline(
    desk: DealDesk, clock: MovableClock
) -> None:
    row = await desk.row("deal", await desk.deal(title=""))
    assert await desk.where(row["id"]) == "call"
    assert (row["title"], row["result"], row["probability"]) == ("Anna Petrova", "open", 10)
    assert (row["stage_since"], row["stuck_at"], row["rots_at"]) == (
        clock.now(),
        clock.now() + timedelta(days=2),
        clock.now() + timedelta(days=5),
    )
    assert await desk.stays(row["id"], "stage", "was", "cause", "left_at") == [("call", None, "system", None)]


async def test_a_deal_that_moves_leaves_a_stay_behind(desk: DealDesk, clock: MovableClock) -> None:
    deal = await desk.deal()
    clock.advance(timedelta(hours=2))
    await desk.move(deal, "measurement")
    first, second = await desk.stays(deal, "stage", "entered_at", "left_at", "working_seconds", "cause")
    begun = clock.now() - timedelta(hours=2)
    assert first[:3] == ("call", begun, clock.now())
    assert second == ("measurement", clock.now(), None, None, "system")
    row = await desk.row("deal", deal)
    assert (row["stage_since"], row["probability"], row["stuck_at"]) == (clock.now(), 40, None)


async def test_stays_count_working_time(desk: DealDesk, clock: MovableClock) -> None:
    deal = await desk.deal()
    clock.set("2026-01-12 10:00")  # a Monday
    await desk.move(deal, "measurement")
    clock.set("2026-01-14 10:00")
    await desk.measured(deal)
    await desk.move(deal, "payment")
    day = (await desk.stays(deal, "working_seconds"))[1]
    assert day == 2 * 9 * 3_600  # from nine to six


async def test_a_move_tells_all_that_is_missing(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.move(deal, "measurement")
    with pytest.raises(MissingForStage) as caught:
        await desk.move(deal, "payment")
    assert lacked(caught.value) == EVERYTHING_MISSING
    assert "Client: Birthday" in str(caught.value)
    assert "Клиент: День рождения" in caught.value.say(desk.app.texts("ru"))
    assert await desk.where(deal) == "measurement"


async def test_a_deal_with_everything_goes_on(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.move(deal, "measurement")
    await desk.measured(deal)
    await desk.move(deal, "payment")
    assert await desk.where(deal) == "payment"


async def test_a_stage_that_is_entered_asks_too(desk: DealDesk) -> None:
    deal = await desk.deal()
    with pytest.raises(MissingForStage) as caught:
        await desk.move(deal, "payment")
    assert lacked(caught.value) == [("holds", "More than 1000")]


async def test_a_lost_stage_is_entered_whatever_is_missing(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.move(deal, "measurement")
    await desk.move(deal, "lost", note="Too dear")
    row = await desk.row("deal", deal)
    assert (row["result"], row["lost_note"], row["probability"]) == ("lost", "Too dear", 0)


async def test_the_stage_where_it_is_moves_nothing(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.move(deal, "call")
    assert (await desk.row("deal", deal))["version"] == 1
    assert await desk.stays(deal, "stage") == ["call"]


async def test_a_form_that_changes_the_stage_meets_the_rules(desk: DealDesk) -> None:
    deal = await desk.deal()
    stage = await desk.stage("payment")
    with pytest.raises(MissingForStage):
        await desk.do("deal.update", record=deal, values={"stage": stage})
    assert await desk.where(deal) == "call"
    values = {"stage": stage, "amount": {"amount": "5000", "currency": "RUB"}}
    await desk.do("deal.update", record=deal, values=values)
    assert await desk.stays(deal, "stage", "left_at") == [
        ("call", (await desk.row("deal", deal))["stage_since"]),
        ("payment", None),
    ]


async def test_a_deal_that_is_made_in_a_stage_meets_its_rules(desk: DealDesk) -> None:
    with pytest.raises(MissingForStage):
        await desk.deal(stage="payment")
    assert await desk.rows("deal") == []
    deal = await desk.deal(stage="payment", amount={"amount": "5000", "currency": "RUB"})
    assert await desk.stays(deal, "stage") == ["payment"]


async def test_a_plugin_that_writes_the_stage_meets_the_rules(desk: DealDesk) -> None:
    deal = await desk.deal()
    stage = await desk.stage("payment")
    with pytest.raises(MissingForStage):
        await written(desk, {deal: {"stage": stage}})
    assert await desk.where(deal) == "call"


async def test_many_that_are_written_at_once_meet_the_rules(desk: DealDesk) -> None:
    ids = [await desk.deal(f"Deal {number}") for number in range(3)]
    stage = await desk.stage("payment")
    with pytest.raises(MissingForStage) as caught:
        await written(desk, {deal: {"stage": stage} for deal in ids})
    assert set(caught.value.by_deal) == set(ids)
    assert [await desk.where(deal) for deal in ids] == ["call"] * 3


async def test_an_import_makes_deals_where_they_are_and_notes_what_they_lack(desk: DealDesk) -> None:
    client, stage = await desk.client("Anna"), await desk.stage("payment")
    async with desk.app.unit_of_work(Actor.system("list"), via="import") as work:
        call = Call(work, desk.app.commands["deal.create"])
        (deal,) = await call.bulk_create(Deal, [{"client": client, "title": "Old", "stage": stage}])
        await call.finish()
    assert await desk.stays(deal, "stage", "cause") == [("payment", "import")]
    rows = await desk.app.database.fetch("select name, data from event where entity = 'deal'", ())
    assert [(name, "More than 1000" in str(data)) for name, data in rows] == [("deal.created", True)]


async def test_an_import_that_moves_deals_meets_the_rules(desk: DealDesk) -> None:
    deal, stage = await desk.deal(), await desk.stage("payment")
    with pytest.raises(MissingForStage):
        await written(desk, {deal: {"stage": stage}}, via="import")


async def test_many_are_moved_and_those_that_lack_something_are_told(desk: DealDesk) -> None:
    rich = await desk.deal("Rich", amount={"amount": "5000", "currency": "RUB"})
    other = await desk.deal("Other", amount={"amount": "7000", "currency": "RUB"})
    poor = await desk.deal("Poor")
    done = await desk.do("deal.move_many", deals=[rich, other, poor], to=await desk.stage("payment"))
    assert done.moved == [f"deal_{rich}", f"deal_{other}"]
    assert [(one.id, one.missing) for one in done.lacking] == [(f"deal_{poor}", ["More than 1000"])]
    assert [await desk.where(deal) for deal in (rich, other, poor)] == ["payment", "payment", "call"]
    assert await desk.stays(rich, "stage") == ["call", "payment"]


async def test_a_plugin_may_refuse_a_move(desk: DealDesk) -> None:
    deal = await desk.deal("Cursed")
    with pytest.raises(Refused, match="cursed"):
        await desk.move(deal, "measurement")


async def test_stages_set_going_what_they_declare(desk: DealDesk) -> None:
    plugin = desk.app.plugin(GlassPlugin)
    deal = await desk.deal(amount={"amount": "5000", "currency": "RUB"})
    await desk.move(deal, "payment")
    assert plugin.documents == [(deal, "invoice")]
    assert plugin.entered == [(deal, "call"), (deal, "payment")]


async def test_an_approval_is_asked_for_and_given_by_the_role(desk: DealDesk) -> None:
    head = await desk.colleague("Helen", "head")
    manager = await desk.colleague("Max", "manager")
    deal = await desk.deal(by=manager, amount={"amount": "5000", "currency": "RUB"})
    await desk.move(deal, "payment", by=manager)
    with pytest.raises(MissingForStage) as caught:
        await desk.reach(deal, "paid", by=manager)
    assert lacked(caught.value) == [("approved", "head")]
    with pytest.raises(NotAllowed, match="Nobody asks for your approval"):
        await desk.do("deal.approve", by=manager, deal=deal)
    await desk.do("team.create", values={"name": "Sales", "head": head.user})
    team = (await desk.rows("team"))[0]["id"]
    await desk.do("team.add_member", team=team, member=manager.user)
    head = await refreshed(desk, head)
    await desk.do("deal.approve", by=head, deal=deal)
    await desk.reach(deal, "paid", by=manager)
    assert await desk.where(deal) == "won"


async def refreshed(desk: Desk, actor: Actor) -> Actor:
    """Return somebody with the rights that he has by now."""
    assert actor.user is not None
    found = await desk.app.access.actor(actor.user)
    assert found is not None
    return found


async def test_an_approval_holds_for_one_stay(desk: DealDesk) -> None:
    deal = await desk.deal(amount={"amount": "5000", "currency": "RUB"})
    await desk.move(deal, "payment")
    await desk.do("deal.approve", deal=deal)
    await desk.move(deal, "lost", note="Waits")
    await desk.do("deal.reopen", deal=deal)
    assert await desk.where(deal) == "payment"
    with pytest.raises(MissingForStage) as caught:
        await desk.reach(deal, "paid")
    assert lacked(caught.value) == [("approved", "head")]


async def test_only_who_may_reopen_takes_a_closed_deal_up_again(desk: DealDesk) -> None:
    manager = await desk.colleague("Max", "manager")
    deal = await desk.deal(by=manager)
    await desk.do("deal.lose", by=manager, deal=deal, note="Too dear")
    with pytest.raises(NotAllowed, match="may not open it again"):
        await desk.move(deal, "measurement", by=manager)
    with pytest.raises(NotAllowed):
        await desk.do("deal.reopen", by=manager, deal=deal)
    await desk.do("deal.reopen", deal=deal, to=await desk.stage("measurement"))
    row = await desk.row("deal", deal)
    assert (row["result"], row["closed_at"], row["lost_note"]) == ("open", None, None)


async def test_a_deal_is_lost_for_a_reason(desk: DealDesk) -> None:
    deal = await desk.deal()
    with pytest.raises(Refused, match="reason is needed"):
        await desk.do("deal.lose", deal=deal)
    reason = await desk.do("lost_reason.create", values={"name": "Price"})
    await desk.do("deal.lose", deal=deal, reason=reason.id)
    row = await desk.row("deal", deal)
    assert (row["result"], row["lost_reason"]) == ("lost", reason.id)
    with pytest.raises(InvalidInput, match="no lost stage"):
        await desk.move(await desk.deal(), "measurement", note="Why")


async def test_a_first_won_deal_makes_an_active_client_and_the_third_a_permanent_one(desk: DealDesk) -> None:
    client = await desk.client("Anna")
    standings = []
    for _ in range(3):
        deal = await desk.deal(client=client, stage="repair/intake")
        await desk.do("deal.win", deal=deal)
        standings.append((await desk.row("client", client))["standing"])
    assert standings == ["active", "active", "permanent"]


async def test_taking_back_a_move_brings_the_stay_back(desk: DealDesk) -> None:
    deal = await desk.deal()
    batch = await desk.batch("deal.move", deal=deal, to=await desk.stage("measurement"))
    await desk.undo(batch)
    assert await desk.where(deal) == "call"
    assert await desk.stays(deal, "stage", "left_at") == [("call", None)]


async def test_a_changed_norm_measures_the_deals_that_are_there(desk: DealDesk, clock: MovableClock) -> None:
    deal = await desk.deal()
    await desk.do("stage.update", record=await desk.stage("call"), values={"expected_days": 7})
    assert (await desk.row("deal", deal))["stuck_at"] == clock.now() + timedelta(days=7)
