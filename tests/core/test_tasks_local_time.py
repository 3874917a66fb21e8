"""Every notice once and at the right local time: nights of changed clocks, year ends, leap days, moving people."""

from datetime import timedelta

import pytest
from tasks_desk import TaskDesk, at

from cardfile.app import App
from cardfile.calendars import ALWAYS
from cardfile.clock import MovableClock

pytestmark = pytest.mark.anyio

HALF_HOUR = timedelta(minutes=30)
BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock("2026-01-01T00:00")


@pytest.fixture
def desk(app: App) -> TaskDesk:
    return TaskDesk(app)


async def told_of(
    desk: TaskDesk, zone: str, start: str, due: str, end: str, policy: str = "gentle"
) -> list[str]:
    """Return the wall times at which somebody in a zone is told of a task, with the kind."""
    anna = await desk.colleague("Anna", "manager", zone=zone)
    desk.clock.set(at(start, zone))
    await desk.task(by=anna, policy=policy, due_at=at(due, zone).isoformat())
    await desk.pass_time(at(end, zone), HALF_HOUR)
    return [f"{kind} {moment}" for kind, moment in await desk.told(anna, zone=zone)]


@pytest.mark.parametrize(
    ("zone", "saturday", "sunday", "monday"),
    [
        pytest.param(BERLIN, "2026-03-28", "2026-03-29", "2026-03-30", id="Berlin forward"),
        pytest.param(BERLIN, "2026-10-24", "2026-10-25", "2026-10-26", id="Berlin back"),
        pytest.param(NEW_YORK, "2026-03-07", "2026-03-08", "2026-03-09", id="New York forward"),
        pytest.param(NEW_YORK, "2026-10-31", "2026-11-01", "2026-11-02", id="New York back"),
        pytest.param(LORD_HOWE, "2026-10-03", "2026-10-04", "2026-10-05", id="Lord Howe forward"),
        pytest.param(LORD_HOWE, "2026-04-04", "2026-04-05", "2026-04-06", id="Lord Howe back"),
    ],
)
async def test_a_night_of_changed_clocks_moves_no_reminder(
    desk: TaskDesk, zone: str, saturday: str, sunday: str, monday: str
) -> None:
    told = await told_of(desk, zone, f"{saturday}T08:00", f"{monday}T10:00", f"{monday}T12:00")
    # A day before is a Sunday, on which nobody works: it waits for Monday morning, with the hour before.
    assert told == [f"before {monday} 09:00", f"before {monday} 09:00", f"due {monday} 10:00"]


@pytest.mark.parametrize(
    ("zone", "due", "before", "hour_before"),
    [
        pytest.param(BERLIN, "2026-03-29T03:30", "2026-03-28 03:30", "2026-03-29 01:30", id="Berlin"),
        pytest.param(NEW_YORK, "2026-03-08T03:30", "2026-03-07 03:30", "2026-03-08 01:30", id="New York"),
        pytest.param(LORD_HOWE, "2026-10-04T03:00", "2026-10-03 03:00", "2026-10-04 01:30", id="Lord Howe"),
    ],
)
async def test_who_works_at_night_is_told_through_the_leap(
    desk: TaskDesk, zone: str, due: str, before: str, hour_before: str
) -> None:
    (office,) = await desk.rows("work_calendar")
    await desk.do("work_calendar.update", record=office["id"], values={"week": ALWAYS})
    day = due[:10]
    told = await told_of(desk, zone, f"{before[:10]}T01:00", due, f"{day}T06:00")
    assert told == [f"before {before}", f"before {hour_before}", f"due {due.replace('T', ' ')}"]


async def test_repeats_in_an_hour_that_comes_twice_come_in_both_and_once_each(desk: TaskDesk) -> None:
    (office,) = await desk.rows("work_calendar")
    await desk.do("work_calendar.update", record=office["id"], values={"week": ALWAYS})
    await desk.do(
        "reminder_policy.create", values={"key": "hourly", "label": "Hourly", "every": "30m", "most": 6}
    )
    told = await told_of(
        desk, BERLIN, "2026-10-25T01:00", "2026-10-25T01:30", "2026-10-25T05:00", policy="hourly"
    )
    assert told == [
        "due 2026-10-25 01:30",
        *[f"overdue 2026-10-25 {time}" for time in ("02:00", "02:30", "02:00", "02:30", "03:00", "03:30")],
    ]


@pytest.mark.parametrize(
    ("start", "due", "end", "expected"),
    [
        pytest.param(
            "2027-12-30T08:00",
            "2027-12-31T17:30",
            "2028-01-03T12:00",
            ["before 2027-12-30 17:30", "before 2027-12-31 16:30", "due 2027-12-31 17:30"],
            id="year end",
        ),
        pytest.param(
            "2028-02-28T08:00",
            "2028-02-29T12:00",
            "2028-03-01T12:00",
            ["before 2028-02-28 12:00", "before 2028-02-29 11:00", "due 2028-02-29 12:00"],
            id="leap day",
        ),
    ],
)
async def test_odd_days_of_the_calendar_are_days_like_others(
    desk: TaskDesk, start: str, due: str, end: str, expected: list[str]
) -> None:
    assert await told_of(desk, BERLIN, start, due, end) == expected


async def test_a_holiday_that_is_entered_late_still_lets_people_rest(desk: TaskDesk) -> None:
    anna = await desk.colleague("Anna", "manager", zone=BERLIN)
    desk.clock.set(at("2026-05-28T08:00", BERLIN))  # a Thursday
    await desk.task(by=anna, due_at=at("2026-05-29T10:00", BERLIN).isoformat())
    (office,) = await desk.rows("work_calendar")
    await desk.do("holiday.create", values={"calendar": office["id"], "day": "2026-05-29", "name": "Day off"})
    await desk.pass_time(at("2026-06-01T12:00", BERLIN), HALF_HOUR)
    assert await desk.told(anna, zone=BERLIN) == [("due", "2026-06-01 09:00")]


async def test_a_working_saturday_that_is_entered_late_brings_reminders_forward(desk: TaskDesk) -> None:
    anna = await desk.colleague("Anna", "manager", zone=BERLIN)
    desk.clock.set(at("2026-05-28T08:00", BERLIN))
    await desk.task(by=anna, due_at=at("2026-05-30T10:00", BERLIN).isoformat())
    (office,) = await desk.rows("work_calendar")
    values = {"calendar": office["id"], "day": "2026-05-30", "hours": "09:00-15:00"}
    await desk.do("holiday.create", values=values)
    await desk.app.jobs.run_due()
    await desk.pass_time(at("2026-06-01T12:00", BERLIN), HALF_HOUR)
    assert await desk.told(anna, zone=BERLIN) == [("due", "2026-05-30 10:00")]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        pytest.param("Asia/Vladivostok", ("due", "2026-03-09 09:00"), id="eastwards: earlier"),
        pytest.param("America/New_York", ("due", "2026-03-09 09:00"), id="westwards: later"),
    ],
)
async def test_whoever_moves_to_another_zone_is_told_in_its_mornings(
    desk: TaskDesk, to: str, expected: tuple[str, str]
) -> None:
    anna = await desk.colleague("Anna", "manager", zone=BERLIN)
    desk.clock.set(at("2026-03-06T08:00", BERLIN))  # a Friday
    await desk.task(by=anna, due_at=at("2026-03-07T12:00", BERLIN).isoformat())
    await desk.do("user.update", by=anna, user=anna.user, values={"zone": to})
    await desk.app.jobs.run_due()
    await desk.pass_time(at("2026-03-09T12:00", to), HALF_HOUR)
    assert await desk.told(anna, zone=to) == [expected]


async def test_the_head_is_called_in_his_own_morning(desk: TaskDesk) -> None:
    head = await desk.colleague("Pavel", "head", zone=NEW_YORK)
    anna = await desk.colleague("Anna", "manager", zone=BERLIN, head=head.user)
    desk.clock.set(at("2026-03-04T08:00", BERLIN))
    await desk.task(by=anna, due_at=at("2026-03-04T09:00", BERLIN).isoformat(), policy="urgent")
    await desk.pass_time(at("2026-03-05T09:00", BERLIN), HALF_HOUR)
    assert await desk.told(head, zone=NEW_YORK) == [("escalated", "2026-03-04 09:00")]
