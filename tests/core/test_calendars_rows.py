"""Calendars as rows: which one somebody works by, and that a change is known at once."""

from datetime import UTC, datetime

import pytest
from clients_desk import Desk

from cardfile.app import App
from cardfile.calendars import ALWAYS, calendar_book, calendar_of, next_working_moment
from cardfile.errors import InvalidInput, NotAllowed

pytestmark = pytest.mark.anyio

SATURDAY = datetime(2026, 1, 10, 9, tzinfo=UTC)


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def default_id(desk: Desk) -> int:
    (row,) = await desk.rows("work_calendar", {"isDefault": {"eq": True}})
    return int(row["id"])


async def test_everybody_works_by_the_default_calendar_in_his_own_zone(desk: Desk) -> None:
    anna = await desk.colleague("Anna", "manager", zone="Asia/Vladivostok")
    boris = await desk.colleague("Boris", "manager")
    assert anna.user is not None
    hers = await calendar_of(desk.app, user=anna.user)
    his = await calendar_of(desk.app, user=boris.user)
    assert (hers.zone, his.zone) == ("Asia/Vladivostok", "UTC")
    assert next_working_moment(hers, SATURDAY) == datetime(2026, 1, 11, 23, tzinfo=UTC)
    assert next_working_moment(his, SATURDAY) == datetime(2026, 1, 12, 9, tzinfo=UTC)


async def test_a_team_has_a_calendar_of_its_own_and_so_have_the_teams_below(desk: Desk) -> None:
    anna = await desk.colleague("Anna", "manager")
    above = await desk.do("team.create", values={"name": "Service"})
    below = await desk.do("team.create", values={"name": "Night shift", "parent": above.id})
    await desk.do("team.add_member", team=below, member=anna.user)
    calendar = await desk.do("work_calendar.create", values={"name": "Always", "week": ALWAYS})
    await desk.do("work_calendar_team.create", values={"calendar": calendar.id, "team": above.id})
    works = await calendar_of(desk.app, user=anna.user)
    assert next_working_moment(works, SATURDAY) == SATURDAY
    assert next_working_moment(await calendar_of(desk.app, team=below.id), SATURDAY) == SATURDAY
    assert next_working_moment(await calendar_of(desk.app), SATURDAY) > SATURDAY


async def test_a_holiday_is_known_as_soon_as_it_is_entered(desk: Desk) -> None:
    monday = datetime(2026, 1, 12, 9, tzinfo=UTC)
    assert next_working_moment(await calendar_of(desk.app), monday) == monday
    values = {"calendar": await default_id(desk), "day": "2026-01-12", "name": "Day off"}
    holiday = await desk.do("holiday.create", values=values)
    assert next_working_moment(await calendar_of(desk.app), monday) == datetime(2026, 1, 13, 9, tzinfo=UTC)
    await desk.do("holiday.update", record=holiday, values={"hours": "12:00-15:00"})
    assert next_working_moment(await calendar_of(desk.app), monday) == datetime(2026, 1, 12, 12, tzinfo=UTC)
    await desk.do("holiday.archive", record=holiday)
    assert next_working_moment(await calendar_of(desk.app), monday) == monday


async def test_weeks_are_kept_tidy_and_unreadable_ones_are_refused(desk: Desk) -> None:
    made = await desk.do("work_calendar.create", values={"name": "Shop", "week": "пн-сб 9:00-20:00"})
    assert made.week == "mon-sat 09:00-20:00"
    for week in ("mon 18:00-09:00", "someday 9:00-10:00", "mon 09:00-12:00, 11:00-13:00", ";"):
        with pytest.raises(InvalidInput):
            await desk.do("work_calendar.update", record=made, values={"week": week})
    with pytest.raises(InvalidInput):
        await desk.do("work_calendar.update", record=made, values={"zone": "Mars/Olympus"})


async def test_one_calendar_is_the_default_and_it_stays(desk: Desk) -> None:
    olga = await desk.colleague("Olga", "owner")
    was = await default_id(desk)
    made = await desk.do(
        "work_calendar.create", by=olga, values={"name": "Shop", "week": ALWAYS, "is_default": True}
    )
    assert await default_id(desk) == made.id != was
    with pytest.raises(NotAllowed):
        await desk.do("work_calendar.archive", by=olga, record=made)


async def test_managers_read_calendars_and_do_not_change_them(desk: Desk) -> None:
    anna = await desk.colleague("Anna", "manager")
    assert len(await desk.rows("work_calendar", by=anna)) == 1
    with pytest.raises(NotAllowed):
        await desk.do(
            "holiday.create", by=anna, values={"calendar": await default_id(desk), "day": "2026-01-12"}
        )


async def test_whoever_is_above_somebody_is_his_head_or_that_of_his_team(desk: Desk) -> None:
    head = await desk.colleague("Pavel", "head")
    anna = await desk.colleague("Anna", "manager")
    assert anna.user is not None
    assert head.user is not None
    team = await desk.do("team.create", values={"name": "Sales", "head": head.user})
    await desk.do("team.add_member", team=team, member=anna.user)
    await desk.do("team.add_member", team=team, member=head.user)
    book = await calendar_book(desk.app.access)
    now = desk.app.clock.now()
    assert book.head_of(anna.user, now=now) == head.user
    assert book.head_of(head.user, now=now) is None
