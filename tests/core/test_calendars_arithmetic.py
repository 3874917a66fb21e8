"""Working time: what two hours from now is, whatever the clocks, holidays and years do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardfile.calendars import (
    ALWAYS,
    WorkCalendar,
    add,
    is_working,
    next_working_moment,
    parse_day,
    parse_week,
    subtract,
    working_between,
)
from cardfile.declarations import Span, Unit, days, hours, minutes, working_days
from cardfile.errors import InvalidInput
from cardfile.values.wall_time import start_of_day

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
ZONES = (BERLIN, NEW_YORK, LORD_HOWE, "Asia/Kolkata", "America/Havana")
WEEKS = (
    "mon-fri 09:00-18:00",
    "mon-fri 09:00-13:00, 14:00-18:00; sat 10:00-14:00",
    ALWAYS,
    "mon-sun 00:00-03:00, 22:00-24:00",
    "wed 01:30-02:30",
)

calendars = st.builds(
    lambda zone, week, off, short: WorkCalendar(
        zone=zone,
        week=parse_week(week),
        otherwise={**dict.fromkeys(off, ()), short: parse_day("10:00-12:30")},
    ),
    st.sampled_from(ZONES),
    st.sampled_from(WEEKS),
    st.lists(st.dates(date(2023, 12, 1), date(2024, 12, 31)), max_size=20),
    st.dates(date(2023, 12, 1), date(2024, 12, 31)),
)
# A leap year with two changes of the clocks, and the ends of two years.
moments = st.integers(0, 387 * 86_400).map(
    lambda seconds: datetime(2023, 12, 20, tzinfo=UTC) + timedelta(seconds=seconds)
)
lengths = st.builds(minutes, st.integers(0, 6_000))
spans = st.one_of(
    lengths,
    st.builds(hours, st.integers(0, 200)),
    st.builds(days, st.integers(0, 40)),
    st.builds(working_days, st.integers(0, 40)),
)


def at(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(zone: str, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@given(calendars, moments, lengths)
def test_working_between_gives_back_what_was_added(
    calendar: WorkCalendar, moment: datetime, span: Span
) -> None:
    later = add(calendar, moment, span)
    assert later >= moment
    assert working_between(calendar, moment, later) == span.length


@given(calendars, moments, lengths)
def test_working_between_gives_back_what_was_subtracted(
    calendar: WorkCalendar, moment: datetime, span: Span
) -> None:
    earlier = subtract(calendar, moment, span)
    assert earlier <= moment
    assert working_between(calendar, earlier, moment) == span.length


@given(calendars, moments, st.timedeltas(timedelta(0), timedelta(days=30)), lengths)
def test_whoever_begins_later_is_not_ready_earlier(
    calendar: WorkCalendar, moment: datetime, step: timedelta, span: Span
) -> None:
    assert add(calendar, moment, span) <= add(calendar, moment + step, span)
    assert subtract(calendar, moment, span) <= subtract(calendar, moment + step, span)
    assert next_working_moment(calendar, moment) <= next_working_moment(calendar, moment + step)


@given(calendars, moments, st.integers(0, 60), st.integers(0, 60), st.sampled_from(["m", "h", "d", "wd"]))
def test_a_longer_span_does_not_end_earlier(
    calendar: WorkCalendar, moment: datetime, some: int, more: int, unit: str
) -> None:
    short, long = Span.parse(f"{some}{unit}"), Span.parse(f"{some + more}{unit}")
    assert add(calendar, moment, short) <= add(calendar, moment, long)
    assert subtract(calendar, moment, long) <= subtract(calendar, moment, short)


@given(calendars, moments, spans)
def test_what_was_added_ends_in_working_time_or_at_its_end(
    calendar: WorkCalendar, moment: datetime, span: Span
) -> None:
    later = add(calendar, moment, span)
    assert is_working(calendar, later) or is_working(calendar, later - timedelta(microseconds=1))


@given(calendars, st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_working_time_is_the_sum_of_its_parts(calendar: WorkCalendar, three: list[datetime]) -> None:
    first, second, third = three
    parts = working_between(calendar, first, second) + working_between(calendar, second, third)
    assert parts == working_between(calendar, first, third)
    assert working_between(calendar, third, first) == -parts


@settings(max_examples=50)
@given(st.sampled_from(ZONES), moments, moments)
def test_whoever_works_day_and_night_works_all_the_time(zone: str, start: datetime, end: datetime) -> None:
    calendar = WorkCalendar(zone=zone, week=parse_week(ALWAYS))
    assert working_between(calendar, start, end) == end - start
    assert next_working_moment(calendar, start) == start


@pytest.mark.parametrize(
    ("zone", "evening", "morning", "night"),
    [
        pytest.param(BERLIN, "2024-03-30T12:00", "2024-03-31T12:00", 23, id="Berlin forward"),
        pytest.param(BERLIN, "2024-10-26T12:00", "2024-10-27T12:00", 25, id="Berlin back"),
        pytest.param(NEW_YORK, "2024-03-09T12:00", "2024-03-10T12:00", 23, id="New York forward"),
        pytest.param(NEW_YORK, "2024-11-02T12:00", "2024-11-03T12:00", 25, id="New York back"),
        pytest.param(LORD_HOWE, "2024-10-05T12:00", "2024-10-06T12:00", 23.5, id="Lord Howe forward"),
        pytest.param(LORD_HOWE, "2024-04-06T12:00", "2024-04-07T12:00", 24.5, id="Lord Howe back"),
    ],
)
def test_a_day_over_a_change_of_clocks_ends_at_the_same_wall_time(
    zone: str, evening: str, morning: str, night: float
) -> None:
    calendar = WorkCalendar(zone=zone, week=parse_week(ALWAYS))
    start, end = at(zone, evening), at(zone, morning)
    assert add(calendar, start, days(1)) == end
    assert add(calendar, start, working_days(1)) == end
    assert subtract(calendar, end, days(1)) == start
    assert working_between(calendar, start, end) == timedelta(hours=night)


def test_an_hour_that_is_leapt_over_is_no_working_time() -> None:
    calendar = WorkCalendar(zone=BERLIN, week=parse_week("sun 02:00-03:00"))
    before = at(BERLIN, "2024-03-31T00:00")
    assert local(BERLIN, next_working_moment(calendar, before)) == "2024-04-07 02:00"
    assert working_between(calendar, before, at(BERLIN, "2024-04-01T00:00")) == timedelta(0)


def test_hours_that_begin_inside_the_leap_begin_when_it_is_over() -> None:
    calendar = WorkCalendar(zone=BERLIN, week=parse_week("sun 02:30-05:00"))
    begins = next_working_moment(calendar, at(BERLIN, "2024-03-31T00:00"))
    assert local(BERLIN, begins) == "2024-03-31 03:00"
    assert local(BERLIN, add(calendar, begins, hours(2))) == "2024-03-31 05:00"


def test_a_night_shift_of_a_longer_night_is_longer() -> None:
    calendar = WorkCalendar(zone=BERLIN, week=parse_week("sun 00:00-06:00"))
    day = at(BERLIN, "2024-10-27T00:00")
    assert working_between(calendar, day, day + timedelta(days=1)) == timedelta(hours=7)


def test_a_day_without_a_midnight_begins_at_its_first_instant() -> None:
    assert start_of_day(date(2024, 3, 10), "America/Havana") == datetime(2024, 3, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        pytest.param("2024-02-28T17:00", working_days(1), "2024-02-29T17:00", id="leap day"),
        pytest.param("2024-02-29T10:00", days(366), "2025-03-03T09:00", id="a year after a leap day"),
        pytest.param("2024-12-31T17:00", hours(2), "2025-01-02T10:00", id="year end with a holiday"),
        pytest.param("2024-12-31T17:50", minutes(15), "2025-01-02T09:05", id="minutes over the year end"),
        pytest.param("2024-11-22T17:00", hours(1), "2024-11-22T18:00", id="to the end of the day"),
        pytest.param("2024-11-22T17:00", hours(2), "2024-11-25T10:00", id="over a weekend"),
        pytest.param("2024-11-23T12:00", hours(2), "2024-11-25T11:00", id="from a weekend"),
        pytest.param(
            "2024-11-23T12:00", working_days(1), "2024-11-26T09:00", id="a working day from a weekend"
        ),
        pytest.param("2024-11-22T12:00", days(1), "2024-11-25T09:00", id="a day into a weekend"),
        pytest.param(
            "2024-11-22T12:00", working_days(1), "2024-11-25T12:00", id="a working day over a weekend"
        ),
        pytest.param("2024-11-22T20:00", minutes(0), "2024-11-25T09:00", id="nothing, after hours"),
    ],
)
def test_spans_end_when_an_office_says_so(start: str, span: Span, end: str) -> None:
    calendar = WorkCalendar(zone=BERLIN, otherwise={date(2025, 1, 1): ()})
    assert local(BERLIN, add(calendar, at(BERLIN, start), span)) == end.replace("T", " ")


def test_a_working_saturday_counts_and_a_holiday_does_not() -> None:
    calendar = WorkCalendar(
        zone=BERLIN, otherwise={date(2024, 12, 28): parse_day("09:00-18:00"), date(2024, 12, 30): ()}
    )
    friday = at(BERLIN, "2024-12-27T17:00")
    assert local(BERLIN, add(calendar, friday, working_days(1))) == "2024-12-28 17:00"
    assert local(BERLIN, add(calendar, friday, working_days(2))) == "2024-12-31 17:00"


def test_before_something_is_due_counts_back_over_the_weekend() -> None:
    calendar = WorkCalendar(zone=BERLIN)
    monday = at(BERLIN, "2024-11-25T10:00")
    assert local(BERLIN, subtract(calendar, monday, hours(2))) == "2024-11-22 17:00"
    assert local(BERLIN, subtract(calendar, monday, hours(1))) == "2024-11-25 09:00"
    assert local(BERLIN, subtract(calendar, monday, working_days(1))) == "2024-11-22 10:00"
    assert local(BERLIN, subtract(calendar, monday, days(1))) == "2024-11-24 10:00"


def test_what_is_out_of_reach_is_refused_and_does_not_run_for_ever() -> None:
    rare = WorkCalendar(week=parse_week("mon 09:00-09:01"))
    with pytest.raises(InvalidInput, match="forty years"):
        add(rare, datetime(2024, 1, 1, tzinfo=UTC), Span(87_840, Unit.HOUR))
