"""What reports say, against the same worked out row by row."""

import shutil
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from reports_desk import YEAR, BlindPlugin, ReportDesk, rank, seconds, summed

from cardfile import App, MovableClock, Plugin, Settings
from cardfile.errors import Refused
from cardfile.pipelines import pipeline_book
from cardfile.reports import Amount, Period

pytestmark = pytest.mark.anyio

HALF = Period(date(2026, 1, 15), date(2026, 5, 31))


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (BlindPlugin,)


@pytest.fixture
def engine() -> str:
    """SQLite only: that both databases count alike, the lists behind the figures tell."""
    return "sqlite"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The year of the company, once it is made: its database and where the clock stood at its end."""
    return {"file": tmp_path_factory.mktemp("year") / "year.db"}


@pytest.fixture
async def desk(
    settings: Settings, plugins: tuple[type[Plugin], ...], clock: MovableClock, kept: dict[str, Any]
) -> AsyncIterator[ReportDesk]:
    """The company at the end of its year."""
    app = App.build(settings, plugins=plugins, clock=clock)
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    if "moment" not in kept:
        await app.migrate()
        async with app.running():
            desk = ReportDesk(app)
            await desk.trade(await desk.hire())
        shutil.copy(file, kept["file"])
        kept["moment"] = clock.now()
    shutil.copy(kept["file"], file)
    clock.set(kept["moment"])
    async with app.running():
        yield ReportDesk(app)


def during(row: dict[str, Any], path: str, period: Period = HALF) -> bool:
    return row[path] is not None and period.since <= row[path].date() <= period.until


def sums(amounts: list[Amount] | None) -> dict[str, Decimal]:
    assert amounts is not None
    return {one.currency: one.amount for one in amounts}


async def test_the_funnel_counts_what_was_ever_reached_and_not_what_is_now(desk: ReportDesk) -> None:
    *open_stages, won, lost = await desk.stages()
    way = [*open_stages, won]
    stays: dict[int, list[dict[str, Any]]] = {}
    for row in await desk.rows("stage_change", order=("entered_at", "id")):
        stays.setdefault(row["deal"], []).append(row)
    cohort = {row["id"]: row for row in await desk.rows("deal") if during(stays[row["id"]][0], "entered_at")}
    reached = [
        {deal for deal in cohort if any(stay["stage"] in way[place:] for stay in stays[deal])}
        for place in range(len(way))
    ]
    told = await desk.made("funnel", period=HALF, enough=5)
    assert told.cohort.count == len(cohort) > 15
    assert [one.reached.count for one in told.stages] == [len(one) for one in reached]
    assert [one.entered.count for one in told.stages] == [
        len({deal for deal in cohort if any(stay["stage"] == stage for stay in stays[deal])}) for stage in way
    ]
    assert [one.waiting.count for one in told.stages] == [
        sum(row["stage"] == stage for row in cohort.values()) for stage in way
    ]
    gone = Counter(stay["was"] for deal in cohort for stay in stays[deal] if stay["stage"] == lost)
    assert [one.lost.count for one in told.stages] == [gone[stage] for stage in way]
    assert sum(gone.values()) == told.lost.count > 0
    assert sums(told.won.sums) == summed([row for row in cohort.values() if row["result"] == "won"])
    parts = [round(len(two) / len(one), 4) for one, two in pairwise(reached)]
    assert [one.conversion for one in told.pairs] == parts
    enough = [part for part, one in zip(parts, reached, strict=False) if len(one) >= 5]
    assert told.bottleneck is told.pairs[parts.index(min(enough))]
    assert (await desk.made("funnel", period=HALF, enough=1_000)).bottleneck is None
    owners = Counter(row["owner"] for row in cohort.values())
    assert [one.cohort.count for one in told.managers] == sorted(owners.values(), reverse=True)
    assert sum(one.won.count for one in told.managers) == told.won.count
    for one in told.managers:
        mine = {deal for deal, row in cohort.items() if row["owner"] == await id_of(desk, one.manager)}
        assert [each.count for each in one.reached] == [len(some & mine) for some in reached]
        assert [each.reached for each in one.pairs] == [len(some & mine) for some in reached[:-1]]


async def id_of(desk: ReportDesk, person: Any) -> int | None:
    return None if person is None else desk.app.model["user"].local_id(person.id)


async def test_leads_fall_into_three_lots(desk: ReportDesk) -> None:
    history: dict[int, list[dict[str, Any]]] = {}
    for row in await desk.rows("client_standing"):
        history.setdefault(row["client"], []).append(row)
    leads = [row for row in await desk.rows("client") if during(row, "created_at")]
    became = {row["id"]: {one["became"] for one in history.get(row["id"], ())} for row in leads}
    good = {one for one, what in became.items() if what & {"potential", "active", "permanent"}}
    lost = {row["id"] for row in leads if row["standing"] == "lost"} - good
    told = (await desk.made("leads", period=HALF)).total
    assert (told.leads.count, told.qualified.count, told.rejected.count) == (len(leads), len(good), len(lost))
    assert told.waiting.count == len(leads) - len(good) - len(lost) > 0
    assert told.bought.count == len([one for one, what in became.items() if what & {"active", "permanent"}])
    assert told.conversion == round(len(good) / len(leads), 4)
    by_source = (await desk.made("leads", period=HALF)).sources
    assert {one.source and one.source.key: one.figures.leads.count for one in by_source} == Counter(
        row["source"] for row in leads
    )


async def test_a_first_answer_is_the_first_thing_that_went_out_and_reached_the_client(
    desk: ReportDesk,
) -> None:
    answers: dict[int, Any] = {}
    for row in await desk.rows("interaction", order=("-at", "-id")):
        if row["direction"] == "outgoing" and row["state"] in ("done", "sent"):
            answers[row["client"]] = row["at"]
    clients = [row for row in await desk.rows("client") if during(row, "created_at")]
    took = [seconds(row["created_at"], answers[row["id"]]) for row in clients if row["id"] in answers]
    told = await desk.made("first_response", period=HALF)
    assert len(took) > 2
    assert (told.clients.count, told.answered.count) == (len(clients), len(took))
    assert told.waiting.count == len(clients) - len(took) > 0
    assert (told.took.median_seconds, told.took.p90_seconds) == (rank(took, 50), rank(took, 90))
    assert sum(one.took.count for one in told.managers if one.took) == len(took)


async def test_times_in_stages_are_working_times_against_a_norm_of_working_time(desk: ReportDesk) -> None:
    spec = (await pipeline_book(desk.app.access)).default
    told = await desk.made("time_in_stage", period=HALF)
    for stage, one in zip([each for each in spec.stages if each.is_open], told.stages, strict=True):
        stays = [
            row
            for row in await desk.rows("stage_change")
            if row["stage"] == stage.id and during(row, "left_at")
        ]
        took = [row["working_seconds"] for row in stays]
        assert one.took.count == one.stays.count == len(stays) > 0
        assert (one.took.median_seconds, one.took.p90_seconds) == (rank(took, 50), rank(took, 90))
        # Five days of nine hours in seven days: what a norm of so many days is in working time.
        assert stage.expected_days is not None
        assert one.norm_seconds == stage.expected_days * 5 * 9 * 3600 // 7
        assert one.over.count == sum(each > one.norm_seconds for each in took)
        stuck = [row for row in await desk.rows("deal") if row["stage"] == stage.id and row["is_stuck"]]
        assert one.over_now.count == len(stuck)


async def test_velocity_is_what_is_open_times_what_is_won_of_it_by_the_days_of_a_cycle(
    desk: ReportDesk,
) -> None:
    deals = await desk.rows("deal")
    won, lost = [
        [row for row in deals if row["result"] == one and during(row, "closed_at")] for one in ("won", "lost")
    ]
    still_open = [row for row in deals if row["result"] == "open"]
    took = [seconds(row["created_at"], row["closed_at"]) for row in won]
    told = (await desk.made("velocity", period=HALF)).total
    assert (told.won.count, told.lost.count, told.open.count) == (len(won), len(lost), len(still_open))
    assert len(won) > 2
    assert (told.cycle.median_seconds, told.cycle.p90_seconds) == (rank(took, 50), rank(took, 90))
    assert told.win_rate == round(len(won) / (len(won) + len(lost)), 4)
    days, rate = Decimal(rank(took, 50)) / 86_400, Decimal(len(won)) / (len(won) + len(lost))
    expected = {
        code: round(len(still_open) * rate * whole / len(won) / days, 2)
        for code, whole in summed(won).items()
    }
    assert all(abs(sums(told.per_day)[code] - one) <= Decimal("0.01") for code, one in expected.items())
    assert sums(told.average) == {code: round(whole / len(won), 2) for code, whole in summed(won).items()}


async def test_work_tells_what_was_done_in_time_and_what_is_overdue(desk: ReportDesk) -> None:
    tasks = await desk.rows("task")
    done = [row for row in tasks if row["state"] == "done" and during(row, "done_at")]
    late = [row for row in done if row["due_at"] is not None and row["due_at"] < row["done_at"]]
    dated = [row for row in done if row["due_at"] is not None]
    still_open = [row for row in tasks if row["state"] == "open"]
    overdue = [row for row in still_open if row["due_at"] is not None and row["due_at"] < desk.clock.now()]
    told = await desk.made("work", period=HALF)
    assert (told.done.count, told.late.count, told.in_time.count) == (
        len(done),
        len(late),
        len(dated) - len(late),
    )
    assert (told.open.count, told.overdue.count) == (len(still_open), len(overdue))
    assert told.within == round((len(dated) - len(late)) / len(dated), 4)
    took = [seconds(row["created_at"], row["done_at"]) for row in done]
    assert (told.took.median_seconds, told.took.p90_seconds) == (rank(took, 50), rank(took, 90))
    assert sorted(one.done.count for one in told.people if one.done.count) == sorted(
        Counter(row["assignee"] for row in done).values()
    )


async def test_sources_are_told_by_field_and_by_first_touch(desk: ReportDesk) -> None:
    deals = [row for row in await desk.rows("deal") if during(row, "created_at")]
    told = await desk.made("sources", period=HALF)
    counted = Counter(row["source"] for row in deals)
    assert {one.source and one.source.key: one.deals.count for one in told.lines} == counted
    assert told.lines[0].deals.count == max(counted.values())
    for one in told.lines:
        won = [
            row
            for row in deals
            if row["source"] == (one.source and one.source.key) and row["result"] == "won"
        ]
        assert (one.won.count, sums(one.won.sums)) == (len(won), summed(won))
    campaigns = {row["client"]: row["campaign"] for row in await desk.rows("attribution")}
    by_touch = await desk.made("sources", period=HALF, kind="campaign")
    assert {one.source and one.source.key: one.deals.count for one in by_touch.lines} == Counter(
        campaigns.get(row["client"]) for row in deals
    )


async def test_the_forecast_weighs_each_deal_by_its_probability_and_mixes_no_currencies(
    desk: ReportDesk,
) -> None:
    today = desk.clock.now().date()
    still_open = [row for row in await desk.rows("deal") if row["result"] == "open"]
    told = await desk.made("forecast", months=4)
    assert told.months[0].month == today.replace(day=1)
    lots = [told.overdue, *(one.line for one in told.months), told.later, told.undated]
    assert sum(one.deals.count for one in lots) == told.total.deals.count == len(still_open)
    assert told.undated.deals.count == sum(row["expected_close"] is None for row in still_open) > 0
    for one in told.months:
        rows = [
            row for row in still_open
            if row["expected_close"] is not None and row["expected_close"].replace(day=1) == one.month
        ]  # fmt: skip
        assert one.line.deals.count == len(rows)
        assert sums(one.line.weighted) == weighed(rows)
    assert sums(told.total.weighted) == weighed(still_open)
    assert set(weighed(still_open)) == {"RUB", "USD"}


def weighed(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    found: dict[str, int] = {}
    for row in rows:
        if row["amount"] is not None:
            amount = row["amount"]
            found[amount.currency] = found.get(amount.currency, 0) + amount.minor * (row["probability"] or 0)
    return {
        code: (Decimal(one) / 100).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2)
        for code, one in found.items()
    }


async def test_a_plan_is_compared_with_what_was_won_by_those_whom_it_is_for(desk: ReportDesk) -> None:
    month = desk.clock.now().date().replace(day=1)
    (anna,), (team,) = await desk.rows("user", {"name": {"eq": "Anna"}}), await desk.rows("team")
    for row in await desk.rows("deal", {"result": {"eq": "open"}}, limit=12):
        await desk.do("deal.win", deal=row["id"])
    won = [
        row for row in await desk.rows("deal")
        if row["result"] == "won" and row["closed_at"].date().replace(day=1) == month
    ]  # fmt: skip
    assert len(won) > 8
    members = {row["member"] for row in await desk.rows("team_member")}
    told = (await desk.made("plan_fact", period=Period(month, month))).lines
    assert len(told) == 6
    for one in told:
        assert one.month == month
        theirs = won
        if one.team is not None:
            assert one.manager.name == "Head"
            theirs = [row for row in won if row["owner"] in members]
        elif one.manager is not None:
            theirs = [row for row in won if row["owner"] == anna["id"]]
        done = summed(theirs).get(one.plan.currency, Decimal(0))
        assert (one.fact.count, one.done.amount) == (len(theirs), done)
        assert one.part == round(float(done / one.plan.amount), 4)
    head = await desk.colleague("Other", "head")
    await desk.do("team.create", values={"name": "South", "parent": team["id"], "head": head.user})
    assert len((await desk.made("plan_fact", by=await desk.again(head), period=YEAR)).lines) == 0


async def test_there_is_one_plan_for_a_month_a_person_and_a_currency(desk: ReportDesk) -> None:
    (row,) = await desk.rows("sales_plan", {"owner": {"id": {"isNull": True}}, "mark": {"contains": "RUB"}})
    assert row["month"].day == 1
    again = {"month": row["month"] + timedelta(days=20), "amount": {"amount": "5", "currency": "RUB"}}
    with pytest.raises(Refused, match="There is a plan for this month"):
        await desk.do("sales_plan.create", values=again)
    made = await desk.do("sales_plan.create", values={**again, "month": "2030-02-11"})
    assert made.month == date(2030, 2, 1)
    with pytest.raises(Refused, match="There is a plan for this month"):
        await desk.do("sales_plan.update", record=made.id, values={"month": row["month"]})
    changed = await desk.do(
        "sales_plan.update", record=made.id, values={"month": "2030-03-09", "note": "More"}
    )
    assert (changed.month, changed.mark) == (date(2030, 3, 1), "2030-03 all RUB")


async def test_plans_of_a_team_follow_its_head_and_a_persons_own_stay_his(desk: ReportDesk) -> None:
    (team,) = await desk.rows("team")
    other = await desk.colleague("Other", "head")
    (anna,) = await desk.rows("user", {"name": {"eq": "Anna"}})
    await desk.do("team.update", team=team["id"], values={"head": other.user})
    plans = await desk.rows("sales_plan", {"team": {"id": {"eq": team["id"]}}})
    assert {row["owner"] for row in plans} == {other.user}
    assert len((await desk.made("plan_fact", by=await desk.again(other), period=YEAR)).lines) == 4
    (clara,) = await desk.rows("user", {"name": {"eq": "Clara"}})
    await desk.do("user.hand_over", user=anna["id"], to=[clara["id"]])
    assert len(await desk.rows("sales_plan", {"owner": {"id": {"eq": anna["id"]}}})) == 2
