"""Dates and instants: what people type and spreadsheets keep → `date` and UTC `datetime`."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from cardfile.errors import InvalidInput
from cardfile.values.cell import shown
from cardfile.values.text import clean

__all__ = ["parse_date", "parse_datetime", "zone_named"]

_FIRST_YEAR = 1800  # Earlier years in a list of clients are slips of the finger, such as 0205.
_LAST_SERIAL = 2_958_465  # 9999-12-31, the last day that Excel knows.
_FIRST_SERIAL_OF_TEXT = 3654  # 1910: nobody who was born before is in a list of clients.
_YEARS_AHEAD = 20
_LIMIT = 60

_numeric = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:\s*(?:г\.?|года?))?", re.ASCII).fullmatch
# The key pad of a Russian keyboard has a comma in place of the dot.
_padded = re.compile(r"(\d{1,2})([, ])(\d{1,2})\2(\d{4})(?:\s*(?:г\.?|года?))?", re.ASCII).fullmatch
_iso = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})", re.ASCII).fullmatch
_day_month = re.compile(
    r"(\d{1,2})(?:-?(?:го|ое|е|st|nd|rd|th))?(?:\s+of)?[\s.-]*([^\W\d_]{3,})\.?,?[\s.-]*(\d{4}|\d{2})(?:\s*(?:г\.?|года?))?",
    re.IGNORECASE,
).fullmatch
_month_day = re.compile(
    r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+)(\d{4})", re.IGNORECASE
).fullmatch
_weekday = re.compile(
    r"(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
    r"|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
    r"(?:\.,?|,)\s*",
    re.IGNORECASE,
).match
_clock = re.compile(
    r"(\d{1,2})[:ч.]\s?(\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\.?)?", re.ASCII | re.I
)
_offset = re.compile(r"\s*(?:Z|UTC|GMT)?(?:([+-])(\d{2}):?(\d{2}))?", re.ASCII | re.IGNORECASE).fullmatch
_with_time = re.compile(
    r"(.*?\d.*?)(?:[Tt]|,\s*|\s+)(?:(?:в|at)\s+)?(\d{1,2}[:ч.]\s?\d{2}(?![./-]?\d{3}).*)"
).fullmatch
_plain_number = re.compile(r"\d{1,8}(?:[.,]\d{1,12})?", re.ASCII).fullmatch

_MONTHS = (
    ("январь", "января", "january", "січень", "січня", "қаңтар"),
    ("февраль", "февраля", "february", "лютий", "лютого", "ақпан"),
    ("март", "марта", "march", "березень", "березня", "наурыз"),
    ("апрель", "апреля", "april", "квітень", "квітня", "сәуір"),
    ("май", "мая", "may", "травень", "травня", "мамыр"),
    ("июнь", "июня", "june", "червень", "червня", "маусым"),
    ("июль", "июля", "july", "липень", "липня", "шілде"),
    ("август", "августа", "august", "серпень", "серпня", "тамыз"),
    ("сентябрь", "сентября", "september", "вересень", "вересня", "қыркүйек"),
    ("октябрь", "октября", "october", "жовтень", "жовтня", "қазан"),
    ("ноябрь", "ноября", "november", "листопад", "листопада", "қараша"),
    ("декабрь", "декабря", "december", "грудень", "грудня", "желтоқсан"),
)
_MONTH: Mapping[str, int] = {
    name[:length]: month
    for month, names in enumerate(_MONTHS, start=1)
    for name in names
    for length in range(3, len(name) + 1)
}


def parse_date(raw: object, *, today: date, day_first: bool = True, past: bool = False) -> date:
    """Return the day that `raw` names; the time of a cell that has one is dropped.

    Dots always mean day.month.year; `day_first` decides about slashes and hyphens, strictly, since a guess
    would read half of a column wrong. A year of two digits lies at most 20 years after `today`, or, with
    `past` (birthdays), not after `today`. Bare numbers are Excel serials of the 1900 system.
    """
    if isinstance(raw, str):
        text = clean(raw[: _LIMIT + 1])
        return _date_of(text, raw, today=today, day_first=day_first, past=past)
    if isinstance(raw, datetime):
        return _rounded(raw).date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _moment_of_number(raw, raw).date()
    raise _refusal(raw)


def parse_datetime(
    raw: object, *, zone: str | tzinfo, day_first: bool = True, today: date | None = None
) -> datetime:
    """Return the instant that `raw` names, aware and in UTC.

    What has no offset of its own is local time in `zone`: in the hour that a clock change skips it is the
    first instant after it, in the hour that comes twice the first one. A bare day is its midnight. Without
    `today` a year must have four digits. Cells are rounded to the second, against the noise of floats.
    """
    where = zone_named(zone) if isinstance(zone, str) else zone
    if isinstance(raw, str):
        return _instant_of(raw, where, day_first=day_first, today=today)
    if isinstance(raw, datetime):
        return _to_utc(_rounded(raw), where, raw)
    if isinstance(raw, date):
        return _to_utc(datetime.combine(raw, time()), where, raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _to_utc(_moment_of_number(raw, raw), where, raw)
    raise _refusal(raw)


@lru_cache(maxsize=256)
def zone_named(name: str) -> ZoneInfo:
    """Return the time zone of that IANA name; raises `InvalidInput`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInput(
            "{value} is not a time zone: write it like Europe/Moscow.", value=shown(name)
        ) from error


def _refusal(raw: object) -> InvalidInput:
    return InvalidInput("{value} is not a date: write it like 31.12.2025 or 2025-12-31.", value=shown(raw))


def _date_of(text: str, raw: str, *, today: date | None, day_first: bool, past: bool) -> date:
    if found := _numeric(text):
        first, mark, second, year = found.groups()
        day, month = (first, second) if day_first or mark == "." else (second, first)
        return _day(year, int(month), int(day), raw, today=today, past=past)
    if found := _padded(text):
        return _day(found[4], int(found[3]), int(found[1]), raw, today=today, past=past)
    if found := _iso(text):
        return _day(found[1], int(found[3]), int(found[4]), raw, today=today, past=past)
    if len(text) > _LIMIT:
        raise _refusal(raw)
    if _plain_number(text):
        return _moment_of_text(text, raw).date()
    if weekday := _weekday(text):
        text = text[weekday.end() :]
    if found := _day_month(text):
        return _day(found[3], _month(found[2], raw), int(found[1]), raw, today=today, past=past)
    if found := _month_day(text):
        return _day(found[3], _month(found[1], raw), int(found[2]), raw, today=today, past=past)
    if found := _with_time(text):
        _time_and_offset(found[2], raw)
        return _date_of(found[1].rstrip(" ,"), raw, today=today, day_first=day_first, past=past)
    raise _refusal(raw)


def _day(year: str, month: int, day: int, raw: object, *, today: date | None, past: bool) -> date:
    whole = int(year)
    try:
        if len(year) == 4:
            found = date(whole, month, day)
        elif today is None:
            raise InvalidInput("{value} has a year of two digits: write all four.", value=shown(raw))
        else:
            whole += min(today.year // 100 * 100 + 100, 9900)
            while whole > today.year + (0 if past else _YEARS_AHEAD):
                whole -= 100
            if past and (month, day) > (today.month, today.day) and whole == today.year:
                whole -= 100
            found = date(whole, month, day)
    except ValueError as error:
        raise InvalidInput(
            "{value} is not a day of the calendar: write it like 31.12.2025 or 2025-12-31.", value=shown(raw)
        ) from error
    if found.year < _FIRST_YEAR:
        raise InvalidInput("{value} lies too far in the past: check the year.", value=shown(raw))
    return found


def _month(name: str, raw: object) -> int:
    month = _MONTH.get(name.lower())
    if month is None:
        raise InvalidInput("{value} names no month that I know.", value=shown(raw))
    return month


def _moment_of_text(text: str, raw: object) -> datetime:
    """Return the moment of a serial that stands as a text; what is shorter, as `3.14`, is more likely no date."""
    serial = float(text.replace(",", "."))
    if 0 < serial < _FIRST_SERIAL_OF_TEXT and not 1900 <= serial <= 2100:
        raise _refusal(raw)
    return _moment_of_number(serial, raw)


def _moment_of_number(serial: float, raw: object) -> datetime:
    """Return the moment of an Excel serial of the 1900 system, or the day of a number such as 20251231."""
    if not 1 <= serial < 10**8:  # Also refuses nan.
        raise _refusal(raw)
    whole = int(serial)
    if whole > _LAST_SERIAL:
        return _moment_of_digits(f"{whole:08d}", raw)
    if serial == whole and 1900 <= whole <= 2100:
        raise InvalidInput("{value} is only a year: write the whole date.", value=shown(raw))
    if whole == 60:
        # Excel counts a day that never was, for the sake of Lotus 1-2-3.
        raise InvalidInput(
            "{value} is Excel's number for 29.02.1900, a day that never was.", value=shown(raw)
        )
    start = date(1899, 12, 31) if whole < 60 else date(1899, 12, 30)
    try:
        return datetime.combine(start, time()) + timedelta(seconds=round(serial * 86400))
    except OverflowError as error:
        raise _refusal(raw) from error


def _moment_of_digits(digits: str, raw: object) -> datetime:
    for year, month, day in (
        (digits[:4], digits[4:6], digits[6:]),
        (digits[4:], digits[2:4], digits[:2]),
    ):
        if int(year) >= _FIRST_YEAR and 1 <= int(month) <= 12:
            try:
                return datetime.combine(date(int(year), int(month), int(day)), time())
            except ValueError:
                continue
    raise _refusal(raw)


def _rounded(moment: datetime) -> datetime:
    if not moment.microsecond:
        return moment
    try:
        return moment.replace(microsecond=0) + timedelta(seconds=moment.microsecond >= 500_000)
    except OverflowError as error:
        raise _refusal(moment) from error


def _time_of(found: re.Match[str], raw: object) -> time:
    hour, half = int(found[1]), (found[5] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99
    try:
        return time(hour, int(found[2]), int(found[3] or 0), int((found[4] or "0").ljust(6, "0")[:6]))
    except ValueError as error:
        raise InvalidInput("{value} is not a time of day: write it like 18:30.", value=shown(raw)) from error


def _time_and_offset(text: str, raw: object) -> tuple[time, timedelta | None]:
    found = _clock.match(text)
    if not found:
        raise _refusal(raw)
    rest = text[found.end() :]
    if not rest.strip():
        return _time_of(found, raw), None
    offset = _offset(rest)
    if not offset or int(offset[2] or 0) > 15 or int(offset[3] or 0) > 59:
        raise _refusal(raw)
    ahead = timedelta(hours=int(offset[2] or 0), minutes=int(offset[3] or 0))
    return _time_of(found, raw), -ahead if offset[1] == "-" else ahead


def _instant_of(raw: str, zone: tzinfo, *, day_first: bool, today: date | None) -> datetime:
    text = clean(raw[: _LIMIT + 1])
    if len(text) <= _LIMIT and _plain_number(text):
        return _to_utc(_moment_of_text(text, raw), zone, raw)
    clock, offset = time(), None
    if len(text) <= _LIMIT and (found := _with_time(text)):
        clock, offset = _time_and_offset(found[2], raw)
        text = found[1].rstrip(" ,")
    day = _date_of(text, raw, today=today, day_first=day_first, past=False)
    moment = datetime.combine(day, clock)
    if offset is None:
        return _to_utc(moment, zone, raw)
    try:
        return (moment - offset).replace(tzinfo=UTC)
    except OverflowError as error:
        raise _refusal(raw) from error


def _to_utc(moment: datetime, zone: tzinfo, raw: object) -> datetime:
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        instant = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None, fold=0) == moment:
            return instant
        return _after_gap(moment.replace(tzinfo=zone, fold=1).astimezone(UTC), instant, zone)
    except (OverflowError, ValueError) as error:
        raise _refusal(raw) from error


def _after_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first whole second between two instants at which the offset of the later one holds."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return (before + timedelta(seconds=low)).replace(microsecond=0)
