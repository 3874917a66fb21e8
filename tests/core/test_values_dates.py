"""Dates and instants as people type them and as spreadsheets keep them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardfile.errors import InvalidInput
from cardfile.values.date_order import DateOrder, date_order
from cardfile.values.dates import parse_date, parse_datetime

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        pytest.param("2025-12-31", date(2025, 12, 31), id="iso"),
        pytest.param("31.12.2025", date(2025, 12, 31), id="points"),
        pytest.param("31.12.25", date(2025, 12, 31), id="two digits"),
        pytest.param("31/12/2025", date(2025, 12, 31), id="slashes"),
        pytest.param("1.2.2025 г.", date(2025, 2, 1), id="short with year mark"),
        pytest.param("5 мая 2024 г.", date(2024, 5, 5), id="russian month"),
        pytest.param("понедельник, 1 сент. 2025", date(2025, 9, 1), id="russian short month"),
        pytest.param("May 5, 2024", date(2024, 5, 5), id="american"),
        pytest.param("Mon, 5th of May 2025", date(2025, 5, 5), id="british"),
        pytest.param("5-May-24", date(2024, 5, 5), id="english hyphens"),
        pytest.param("2024-01-31 00:00:00", date(2024, 1, 31), id="with a time"),
        pytest.param("2025-12-31T23:59:59Z", date(2025, 12, 31), id="iso with a time"),
        pytest.param("31,12,2025", date(2025, 12, 31), id="commas of a key pad"),
        pytest.param("31 12 2025", date(2025, 12, 31), id="spaces"),
        pytest.param("31 січня 2025 г.", date(2025, 1, 31), id="ukrainian month"),
        pytest.param("5 лют. 2025", date(2025, 2, 5), id="ukrainian short month"),
        pytest.param("1 ақпан 2026", date(2026, 2, 1), id="kazakh month"),
        pytest.param("39690", date(2008, 8, 30), id="serial as text"),
        pytest.param(39690, date(2008, 8, 30), id="serial"),
        pytest.param(39690.75, date(2008, 8, 30), id="serial with a time"),
        pytest.param(45000.99999999, date(2023, 3, 16), id="serial with float noise"),
        pytest.param(1, date(1900, 1, 1), id="first serial"),
        pytest.param(59, date(1900, 2, 28), id="before the day that never was"),
        pytest.param(61, date(1900, 3, 1), id="after the day that never was"),
        pytest.param(20251231, date(2025, 12, 31), id="digits"),
        pytest.param("31122025", date(2025, 12, 31), id="digits from the day"),
        pytest.param("31.12.1899", date(1899, 12, 31), id="before Excel"),
        pytest.param("29.02.2024", date(2024, 2, 29), id="leap day"),
        pytest.param("01.01.46", date(2046, 1, 1), id="twenty years ahead"),
        pytest.param("01.01.47", date(1947, 1, 1), id="more than twenty years ahead"),
        pytest.param(datetime.fromisoformat("2025-12-31T23:59:59.999500"), date(2026, 1, 1), id="noisy cell"),
        pytest.param(date(2025, 12, 31), date(2025, 12, 31), id="date cell"),
        pytest.param("\u00a031.12.2025\u200b", date(2025, 12, 31), id="invisible"),
    ],
)
def test_a_day_is_read(raw: object, day: date) -> None:
    assert parse_date(raw, today=TODAY) == day


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param("30.02.2025", "calendar", id="no such day"),
        pytest.param("2025-13-01", "calendar", id="no such month"),
        pytest.param("12/31/2025", "calendar", id="month first against the rule"),
        pytest.param("31.12-2025", "not a date", id="mixed marks"),
        pytest.param("5 мая", "not a date", id="no year"),
        pytest.param("5 блабла 2024", "month", id="no month"),
        pytest.param("31.12.0205", "past", id="slip"),
        pytest.param(60, "never was", id="the day that never was"),
        pytest.param("2024", "only a year", id="year as text"),
        pytest.param(2024, "only a year", id="year"),
        pytest.param(0, "not a date", id="zero"),
        pytest.param(-5, "not a date", id="negative"),
        pytest.param(float("nan"), "not a date", id="nan"),
        pytest.param(10**400, "not a date", id="huge"),
        pytest.param(True, "not a date", id="yes"),
        pytest.param(None, "not a date", id="none"),
        pytest.param("", "not a date", id="empty"),
        pytest.param("1" * 500, "not a date", id="endless"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(raw: object, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_date(raw, today=TODAY)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        pytest.param("21.11.26", date(2026, 11, 21), id="today"),
        pytest.param("22.11.26", date(1926, 11, 22), id="tomorrow"),
        pytest.param("01.01.46", date(1946, 1, 1), id="ahead"),
        pytest.param("29.02.00", date(2000, 2, 29), id="leap day of the century"),
    ],
)
def test_a_birthday_of_two_digits_lies_in_the_past(raw: str, day: date) -> None:
    assert parse_date(raw, today=TODAY, past=True) == day


def test_the_order_of_day_and_month_is_asked_for_slashes_only() -> None:
    assert parse_date("03/04/2025", today=TODAY) == date(2025, 4, 3)
    assert parse_date("03/04/2025", today=TODAY, day_first=False) == date(2025, 3, 4)
    assert parse_date("03.04.2025", today=TODAY, day_first=False) == date(2025, 4, 3)


@given(st.dates(min_value=date(1900, 3, 1)))
def test_a_serial_counts_the_days_as_excel_does(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    if not 1900 <= serial <= 2100:
        assert parse_date(serial, today=TODAY) == day


@given(
    st.dates(min_value=date(1800, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %B %Y"])
)
def test_a_written_day_is_read_back(day: date, pattern: str) -> None:
    assert parse_date(day.strftime(pattern), today=TODAY) == day


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        pytest.param("31.12.2025 18:30", "2025-12-31T15:30:00Z", id="points"),
        pytest.param("31.12.25, 18:30:05", "2025-12-31T15:30:05Z", id="two digits"),
        pytest.param("2025-12-31", "2025-12-30T21:00:00Z", id="midnight"),
        pytest.param("2025-12-31T18:30:00+05:00", "2025-12-31T13:30:00Z", id="offset"),
        pytest.param("2025-12-31T18:30:00.123Z", "2025-12-31T18:30:00.123000Z", id="zulu"),
        pytest.param("2025-12-31 18:30 UTC", "2025-12-31T18:30:00Z", id="utc"),
        pytest.param("May 5, 2024 6:30 PM", "2024-05-05T15:30:00Z", id="american"),
        pytest.param("5 мая 2024 г. в 18:30", "2024-05-05T15:30:00Z", id="russian"),
        pytest.param(45000.5, "2023-03-15T09:00:00Z", id="serial"),
        pytest.param(
            datetime.fromisoformat("2025-01-01T18:29:59.999997"), "2025-01-01T15:30:00Z", id="noisy cell"
        ),
        pytest.param(date(2025, 12, 31), "2025-12-30T21:00:00Z", id="date cell"),
        pytest.param(datetime(2025, 1, 1, tzinfo=UTC), "2025-01-01T00:00:00Z", id="aware"),
    ],
)
def test_an_instant_is_read_in_the_given_zone(raw: object, instant: str) -> None:
    found = parse_datetime(raw, zone="Europe/Moscow", today=TODAY)
    assert (found, found.tzinfo) == (datetime.fromisoformat(instant), UTC)


@pytest.mark.parametrize(
    ("raw", "zone", "instant"),
    [
        pytest.param("2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", id="gap"),
        pytest.param("2026-03-29", "Asia/Beirut", "2026-03-28T22:00:00Z", id="no midnight"),
        pytest.param("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", id="twice"),
    ],
)
def test_a_clock_change_gives_the_first_instant(raw: str, zone: str, instant: str) -> None:
    assert parse_datetime(raw, zone=zone) == datetime.fromisoformat(instant)


@given(st.datetimes(datetime.fromisoformat("1975-01-01"), datetime.fromisoformat("2037-01-01")))
def test_local_time_is_never_moved_but_out_of_a_gap(moment: datetime) -> None:
    zone = ZoneInfo("America/New_York")
    moment = moment.replace(microsecond=0)
    shown = parse_datetime(moment, zone=zone).astimezone(zone).replace(tzinfo=None)
    assert shown == moment or timedelta() < shown - moment <= timedelta(hours=1)


@pytest.mark.parametrize(
    "raw", ["31.12.25 18:30", "31.12.2025 25:00", "31.12.2025 18:30+99:00", "0001-01-01"]
)
def test_what_is_no_instant_is_refused(raw: str) -> None:
    with pytest.raises(InvalidInput):
        parse_datetime(raw, zone="UTC")


@pytest.mark.parametrize("zone", ["Nope/X", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        parse_datetime("2026-01-01", zone=zone)


@pytest.mark.parametrize("raw", ["3.14", "12,5", "7", "1024"])
def test_a_short_number_in_a_text_is_no_day_of_1900(raw: str) -> None:
    with pytest.raises(InvalidInput, match="is not a date"):
        parse_date(raw, today=TODAY)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        pytest.param(["01/02/2026", "13/02/2026", None, "нет"], DateOrder.DAY_FIRST, id="a day above twelve"),
        pytest.param(
            ["1/2/26 10:30", "2-13-2026"], DateOrder.MONTH_FIRST, id="a month is never above twelve"
        ),
        pytest.param(["01/02/2026", "5/5/2026"], DateOrder.UNCLEAR, id="either way"),
        pytest.param(["13/02/2026", "02/13/2026"], DateOrder.MIXED, id="both ways"),
        pytest.param(
            ["01.02.2026", date(2026, 1, 2), "5/5/2026", "2026-01-02", 45000], None, id="clear by itself"
        ),
    ],
)
def test_a_column_tells_whether_days_or_months_come_first(
    cells: list[object], order: DateOrder | None
) -> None:
    assert date_order(cells) is order


@given(days=st.lists(st.dates(date(1950, 1, 1), date(2026, 12, 31)), min_size=1), day_first=st.booleans())
def test_a_column_written_in_one_order_is_never_taken_for_the_other(
    *, days: list[date], day_first: bool
) -> None:
    cells = [day.strftime("%d/%m/%Y" if day_first else "%m/%d/%Y") for day in days]
    right = DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST
    order = date_order(cells)
    assert order in (right, DateOrder.UNCLEAR, None)
    if any(day.day > 12 for day in days):
        assert order is right
        assert [parse_date(cell, today=TODAY, day_first=day_first) for cell in cells] == days
