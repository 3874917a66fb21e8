"""Figures of reports: each opens the list behind it, and shows nobody more than he may see."""

from datetime import date, timedelta
from typing import Any

import pytest
from reports_desk import YEAR, BlindPlugin, ReportDesk, figures_in

from cardfile import App, Plugin
from cardfile.errors import InvalidInput, NotAllowed
from cardfile.reports import Period
from cardfile.rights import Actor

pytestmark = pytest.mark.anyio

ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("funnel", {"period": YEAR}),
    ("leads", {"period": YEAR}),
    ("first_response", {"period": YEAR}),
    ("time_in_stage", {"period": YEAR}),
    ("velocity", {"period": YEAR}),
    ("work", {"period": YEAR}),
    ("sources", {"period": YEAR}),
    ("sources", {"period": YEAR, "kind": "campaign"}),
    ("forecast", {"months": 8}),
    ("plan_fact", {"period": YEAR}),
)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (BlindPlugin,)


@pytest.fixture
def desk(app: App) -> ReportDesk:
    return ReportDesk(app)


async def test_every_figure_opens_the_list_behind_it_for_whoever_asks(desk: ReportDesk) -> None:
    people = await desk.hire()
    await desk.trade(people)
    assert {key for key, _ in ASKED} == {one.key for one in desk.app.reports}
    for by in (None, people.head, people.anna, people.analyst, people.blind):
        for key, arguments in ASKED:
            figures = list(figures_in(await desk.made(key, by=by, **arguments)))
            assert figures, key
            for figure in figures:
                await desk.opens(figure, by=by)


async def test_figures_of_a_team_or_a_person_open_their_lists_too(desk: ReportDesk) -> None:
    people = await desk.hire()
    await desk.trade(people, deals=16)
    for key, arguments in ASKED:
        who = "person" if key == "work" else "owner"
        for more in ({who: people.anna.user}, {"team": people.team}):
            for figure in figures_in(await desk.made(key, **arguments, **more)):
                await desk.opens(figure)
    team, anna, boris = [
        await desk.made("velocity", period=YEAR, **more)
        for more in ({"team": people.team}, {"owner": people.anna.user}, {"owner": people.boris.user})
    ]
    assert team.total.open.count == anna.total.open.count + boris.total.open.count > 0


async def test_a_manager_counts_his_own_and_an_analyst_everybodys(desk: ReportDesk) -> None:
    people = await desk.hire()
    await desk.trade(people)
    mine = await desk.made("velocity", by=people.anna, period=YEAR)
    hers = await desk.made("velocity", by=people.analyst, period=YEAR, owner=people.anna.user)
    all_of_it = await desk.made("velocity", by=people.analyst, period=YEAR)
    told = [(one.won.count, one.won.sums, one.lost.count, one.open.sums) for one in (mine.total, hers.total)]
    assert told[0] == told[1]
    assert [one.manager.name for one in mine.managers] == ["Anna"]
    assert all_of_it.total.open.count == len(await desk.rows("deal", {"result": {"eq": "open"}}))


async def test_whoever_must_not_see_sums_gets_numbers_without_them(desk: ReportDesk) -> None:
    people = await desk.hire()
    await desk.trade(people)
    for key, arguments in ASKED:
        assert all(one.sums is None for one in figures_in(await desk.made(key, by=people.blind, **arguments)))
    forecast = await desk.made("forecast", by=people.blind)
    assert (forecast.total.weighted, forecast.total.deals.count > 0) == (None, True)
    plans = await desk.made("plan_fact", by=people.blind, period=YEAR)
    assert {(one.plan, one.done, one.part) for one in plans.lines} == {(None, None, None)}
    speed = (await desk.made("velocity", by=people.blind, period=YEAR)).total
    assert (speed.average, speed.per_day, speed.won.count > 0) == (None, None, True)


async def test_what_others_do_changes_no_byte_of_what_a_manager_is_told(desk: ReportDesk) -> None:
    people = await desk.hire()
    await desk.trade(people, deals=20)

    async def told(by: Actor) -> str:
        return repr([await desk.made(key, by=by, **arguments) for key, arguments in ASKED])

    before = [await told(people.anna), await told(people.analyst)]
    theirs = await desk.rows("deal", {"owner": {"id": {"eq": people.clara.user}}, "result": {"eq": "open"}})
    for row in theirs:
        await desk.do("deal.update", record=row["id"], values={"amount": {"amount": "7", "currency": "EUR"}})
        await desk.do("deal.win", deal=row["id"])
    client = await desk.client("New one", owner=people.clara.user, source="site")
    await desk.do("deal.create", values={"title": "New", "client": client, "owner": people.clara.user})
    await desk.do("task.create", values={"title": "New", "assignee": people.clara.user, "client": client})
    plan = {"owner": people.clara.user, "month": "2026-03-01", "amount": {"amount": "1", "currency": "EUR"}}
    await desk.do("sales_plan.create", values=plan)
    after = [await told(people.anna), await told(people.analyst)]
    assert before[0] == after[0]
    assert before[1] != after[1]


async def test_nobody_asks_about_what_he_may_not_read(desk: ReportDesk) -> None:
    nobody = await desk.colleague("Nobody")
    for key, arguments in ASKED:
        with pytest.raises(NotAllowed):
            await desk.made(key, by=nobody, **arguments)


@pytest.mark.parametrize(
    ("period", "sentence"),
    [
        (Period(date(2026, 2, 1), date(2026, 1, 31)), "ends before it begins"),
        (Period(date(2010, 1, 1), date(2026, 1, 1)), "at most 10 years"),
    ],
)
async def test_a_period_has_an_end_after_its_beginning_and_not_too_far(
    desk: ReportDesk, period: Period, sentence: str
) -> None:
    for key in ("funnel", "leads", "work", "plan_fact"):
        with pytest.raises(InvalidInput, match=sentence):
            await desk.made(key, period=period)


async def test_a_day_of_a_period_is_one_of_the_readers_clock(desk: ReportDesk) -> None:
    await desk.do(
        "user.create",
        values={"login": "far@example.com", "name": "Far", "zone": "Pacific/Kiritimati"},
        roles=["owner"],
    )
    far = await desk.app.access.actor(
        (await desk.rows("user", {"login": {"eq": "far@example.com"}}))[0]["id"]
    )
    desk.clock.set(desk.clock.now().replace(hour=11))  # the second of January already, there
    client = await desk.client("Anna")
    await desk.do("deal.create", values={"title": "Deal", "client": client})
    first, second = (Period(date(2026, 1, day), date(2026, 1, day)) for day in (1, 2))
    assert [(await desk.made("sources", by=far, period=one)).deals.count for one in (first, second)] == [0, 1]
    assert [(await desk.made("sources", period=one)).deals.count for one in (first, second)] == [1, 0]
    desk.clock.advance(timedelta(days=1))
