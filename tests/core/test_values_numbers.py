"""Numbers as people type them and as spreadsheets keep them."""

from decimal import Decimal

import pytest
from babel.numbers import get_decimal_symbol
from hypothesis import given
from hypothesis import strategies as st

from cardfile.errors import InvalidInput
from cardfile.values.numbers import (
    BIGINT_MAX,
    format_scaled,
    known_locale,
    parse_integer,
    parse_percent,
    parse_scaled,
)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        pytest.param("12 000", 12_000, id="space"),
        pytest.param("12\u00a0000", 12_000, id="space of print"),
        pytest.param("12\u202f000", 12_000, id="thin space"),
        pytest.param("1'000", 1000, id="apostrophe"),
        pytest.param("1,234,567", 1_234_567, id="commas"),
        pytest.param("1.234.567", 1_234_567, id="points"),
        pytest.param("-5", -5, id="minus"),
        pytest.param("\u22125", -5, id="sign of print"),
        pytest.param("(5)", -5, id="brackets"),
        pytest.param("+7", 7, id="plus"),
        pytest.param("5,00", 5, id="no cents"),
        pytest.param("1,5 тыс.", 1500, id="thousands"),
        pytest.param("2 млн", 2_000_000, id="millions"),
        pytest.param("3k", 3000, id="k"),
        pytest.param(5.0, 5, id="float cell"),
        pytest.param(2.9999999999999996, 3, id="float noise"),
        pytest.param(Decimal("5.0"), 5, id="decimal"),
    ],
)
def test_a_whole_number_is_read(raw: object, number: int) -> None:
    assert parse_integer(raw) == number


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param("5,5", "whole", id="fraction"),
        pytest.param(5.5, "whole", id="fraction cell"),
        pytest.param("12,345", "two ways", id="comma"),
        pytest.param("12 34", "write it like", id="two numbers"),
        pytest.param("1.2.3", "write it like", id="version"),
        pytest.param("(-5)", "write it like", id="minus twice"),
        pytest.param("(5", "write it like", id="open"),
        pytest.param("", "write it like", id="empty"),
        pytest.param(None, "write it like", id="none"),
        pytest.param(True, "write it like", id="yes"),
        pytest.param("2147483648", "out of range", id="beyond"),
        pytest.param(-(2**31) - 1, "out of range", id="below"),
        pytest.param(10**5000, "out of range", id="huge"),
        pytest.param(float("nan"), "write it like", id="nan"),
        pytest.param(float("-inf"), "write it like", id="infinite"),
        pytest.param(1e300, "more digits", id="huge float"),
        pytest.param("7,91612E+10", "lost", id="exponent"),
        pytest.param(Decimal("1E+999999"), "too large", id="huge decimal"),
        pytest.param(Decimal("sNaN"), "write it like", id="no decimal"),
        pytest.param("9" * 300, "write it like", id="endless"),
    ],
)
def test_what_is_no_whole_number_is_refused_with_the_reason(raw: object, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_integer(raw)


@pytest.mark.parametrize(
    ("raw", "scaled"),
    [
        pytest.param("12,5", 1250, id="comma"),
        pytest.param("12.5", 1250, id="point"),
        pytest.param(".5", 50, id="no whole"),
        pytest.param("1.234,56", 123_456, id="german"),
        pytest.param("1,234.56", 123_456, id="english"),
        pytest.param("1 234,50", 123_450, id="russian"),
        pytest.param("1234,560", 123_456, id="zeros at the end"),
        pytest.param(0.1 + 0.2, 30, id="float noise"),
        pytest.param(1.005, 101, id="half up"),
        pytest.param(-1.005, -101, id="half up below zero"),
        pytest.param(33.333333, 3333, id="formula"),
        pytest.param(1e-300, 0, id="nothing"),
        pytest.param(Decimal("0E+999999"), 0, id="long zero"),
        pytest.param("92233720368547758.07", BIGINT_MAX, id="largest"),
    ],
)
def test_a_decimal_is_scaled(raw: object, scaled: int) -> None:
    assert parse_scaled(raw, 2) == scaled


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param("0,125", "more decimals", id="decimals"),
        pytest.param("12,345", "two ways", id="unclear"),
        pytest.param("92233720368547758.08", "too large", id="beyond"),
        pytest.param(2**62, "too large", id="beyond after scaling"),
    ],
)
def test_what_does_not_fit_the_scale_is_refused(raw: object, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_scaled(raw, 2)


def test_the_mark_of_the_author_settles_what_is_unclear() -> None:
    assert parse_scaled("12,345", 3, decimal=",") == 12_345
    assert parse_scaled("12,345", 3, decimal=".") == 12_345_000
    assert parse_scaled("12,5", 3, decimal=".") == 12_500


@pytest.mark.parametrize(
    ("raw", "scaled"),
    [("15%", 1500), ("15 %", 1500), ("12,5%", 1250), ("15", 1500), (15, 1500), (0.15, 15)],
    ids=str,
)
def test_percents_are_taken_as_they_stand(raw: object, scaled: int) -> None:
    assert parse_percent(raw) == scaled


def test_a_sign_alone_is_no_percentage() -> None:
    with pytest.raises(InvalidInput, match="% is not a number"):
        parse_percent("%")


def test_decimals_are_shown_without_idle_zeros() -> None:
    assert format_scaled(123_450, 2, "ru") == "1\u00a0234,5"
    assert format_scaled(-123_400, 2, "en") == "-1,234"
    assert format_scaled(5, 0, "no such locale") == "5"


@given(st.integers(-BIGINT_MAX - 1, BIGINT_MAX), st.integers(0, 6), st.sampled_from(["ru", "en", "de", "kk"]))
def test_what_is_shown_is_read_back(value: int, scale: int, locale: str) -> None:
    shown = format_scaled(value, scale, locale)
    if locale == "de" and "," not in shown and shown.count(".") == 1:
        return  # One point between digits is a decimal mark here, as everywhere but in Germany.
    if abs(value) <= BIGINT_MAX:
        assert parse_scaled(shown, scale, decimal=get_decimal_symbol(known_locale(locale))) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12))
def test_a_decimal_keeps_its_value(number: Decimal) -> None:
    assert parse_scaled(number, 3) == int(number * 1000)
