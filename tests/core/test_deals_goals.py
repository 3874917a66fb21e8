"""Goals of a stage, reached and taken back, and where they lead."""

import asyncio
from contextvars import Context
from datetime import timedelta

import pytest
from deals_desk import DealDesk, GlassPlugin, lacked

from cardfile import App, Plugin
from cardfile.clock import MovableClock
from cardfile.deals.moves import MissingForStage
from cardfile.errors import InvalidInput, Refused
from cardfile.jobs import JobRun
from cardfile.rights import Actor

pytestmark = pytest.mark.anyio


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GlassPlugin,)


@pytest.fixture
def desk(app: App) -> DealDesk:
    return DealDesk(app)


async def open_goals(desk: DealDesk, deal: int) -> list[str]:
    rows = await desk.rows("open_goal", {"deal": {"id": {"eq": deal}}}, order=("position",))
    return [row["key"] for row in rows]


async def test_a_goal_that_is_reached_moves_the_deal(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.reach(deal, "measuring", note="Friday")
    assert await desk.stays(deal, "stage", "cause") == [("call", "system"), ("measurement", "goal")]
    (goal,) = await desk.rows("deal_goal")
    assert (goal["deal"], goal["note"]) == (deal, "Friday")
    events = await desk.app.database.fetch("select name from event where entity = 'deal' order by id", ())
    assert [name for (name,) in events] == ["deal.created", "deal.goal_reached", "deal.moved"]


async def test_goals_that_are_needed_together_move_it_when_all_are_reached(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.move(deal, "measurement")
    await desk.measured(deal)
    await desk.reach(deal, "measured")
    assert (await desk.where(deal), await open_goals(desk, deal)) == ("measurement", ["priced"])
    await desk.reach(deal, "priced")
    assert await desk.where(deal) == "payment"


async def test_a_goal_does_not_move_a_deal_that_lacks_something(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.move(deal, "measurement")
    await desk.reach(deal, "measured")
    with pytest.raises(MissingForStage) as caught:
        await desk.reach(deal, "priced")
    assert ("attached", "measurement") in lacked(caught.value)
    assert await open_goals(desk, deal) == ["priced"]


async def test_a_refusal_ends_the_deal_with_a_reason(desk: DealDesk) -> None:
    deal = await desk.deal()
    reason = await desk.do("lost_reason.create", values={"name": "Price"})
    await desk.reach(deal, "refused", reason=reason.id)
    row = await desk.row("deal", deal)
    assert (row["result"], row["lost_reason"], row["lost_note"]) == ("lost", reason.id, "Refused")


async def test_a_branch_leads_into_another_pipeline(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.reach(deal, "service")
    row = await desk.row("deal", deal)
    book = await desk.book()
    assert book.stage(row["stage"]).key == "intake"
    assert book.pipeline(row["pipeline"]).key == "repair"


async def test_a_postponed_deal_sleeps_and_is_woken(desk: DealDesk, clock: MovableClock) -> None:
    deal = await desk.deal()
    await desk.reach(deal, "later")
    until = (await desk.row("deal", deal))["wake_at"]
    assert until >= clock.now() + timedelta(days=29)
    assert await desk.where(deal) == "call"
    assert "later" in await open_goals(desk, deal)
    clock.set(until - timedelta(minutes=1))
    await desk.app.jobs.run_due()
    assert (await desk.row("deal", deal))["wake_at"] == until
    clock.set(until + timedelta(minutes=1))
    await desk.app.jobs.run_due()
    row = await desk.row("deal", deal)
    assert (row["wake_at"], row["rots_at"]) == (None, clock.now() + timedelta(days=5))


async def test_a_deal_that_moved_meanwhile_is_not_woken(desk: DealDesk, clock: MovableClock) -> None:
    deal = await desk.deal()
    await desk.reach(deal, "later")
    await desk.move(deal, "measurement")
    clock.advance(timedelta(days=60))
    await desk.app.jobs.run_due()
    names = await desk.app.database.fetch("select name from event where name = 'deal.woken'", ())
    assert list(names) == []


async def test_a_deal_that_moves_while_it_is_woken_is_left_alone(desk: DealDesk, clock: MovableClock) -> None:
    app, deal = desk.app, await desk.deal()
    await desk.reach(deal, "later")
    until = (await desk.row("deal", deal))["wake_at"]
    clock.set(until)

    async def wake() -> None:
        run = JobRun(app, 1, {"deal": deal, "until": until.isoformat()}, "x", 1, clock.now())
        async with app.database.transaction():
            await app.jobs.kinds["deals.wake"].function(run)

    async with app.unit_of_work(Actor.system("test")) as work:
        await work.do("deal.move", deal=deal, to=await desk.stage("measurement"))
        waking = asyncio.create_task(wake(), context=Context())
        # It waits for us, or has not come so far yet; both end well.
        await asyncio.wait({waking}, timeout=0.5)
    await waking
    assert await desk.where(deal) == "measurement"


async def test_a_postponed_deal_may_be_taken_up_at_once(desk: DealDesk) -> None:
    deal = await desk.deal()
    with pytest.raises(Refused, match="not postponed"):
        await desk.do("deal.wake", deal=deal)
    await desk.reach(deal, "later")
    await desk.do("deal.wake", deal=deal)
    assert (await desk.row("deal", deal))["wake_at"] is None


async def test_a_goal_is_noted_once(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.move(deal, "measurement")
    await desk.reach(deal, "measured")
    await desk.reach(deal, "measured")
    assert len(await desk.rows("deal_goal")) == 1


async def test_a_goal_of_another_stage_is_refused(desk: DealDesk) -> None:
    deal = await desk.deal()
    with pytest.raises(InvalidInput, match="no goal of the stage First call"):
        await desk.do("deal.reach_goal", deal=deal, goal=await desk.goal("payment", "paid"))


async def test_a_goal_that_was_noted_by_mistake_is_open_again(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.move(deal, "measurement")
    await desk.reach(deal, "measured")
    goal = await desk.goal("measurement", "measured")
    await desk.do("deal.unreach_goal", deal=deal, goal=goal)
    assert await open_goals(desk, deal) == ["measured", "priced"]
    with pytest.raises(Refused, match="not reached yet"):
        await desk.do("deal.unreach_goal", deal=deal, goal=goal)


async def test_a_goal_counts_for_the_stay_in_which_it_was_reached(desk: DealDesk) -> None:
    deal = await desk.deal()
    await desk.move(deal, "measurement")
    await desk.reach(deal, "measured")
    await desk.move(deal, "lost", note="Waits")
    await desk.do("deal.reopen", deal=deal)
    assert await open_goals(desk, deal) == ["measured", "priced"]


async def test_a_clock_that_is_set_back_leaves_stays_in_order(desk: DealDesk, clock: MovableClock) -> None:
    deal = await desk.deal()
    clock.advance(timedelta(hours=2))
    await desk.reach(deal, "measuring")
    clock.advance(timedelta(hours=-3))
    await desk.measured(deal)
    await desk.reach(deal, "measured")
    await desk.reach(deal, "priced")
    assert await desk.where(deal) == "payment"
    entered = await desk.stays(deal, "entered_at")
    assert entered == sorted(entered)
    left = [moment for moment in await desk.stays(deal, "left_at") if moment]
    assert left == entered[1:]
