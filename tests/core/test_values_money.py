"""Sums of money as people type them."""

from decimal import Decimal

import pytest
from babel.numbers import get_decimal_symbol
from hypothesis import given
from hypothesis import strategies as st

from cardfile.errors import InvalidInput
from cardfile.values.cell import UnitNumber
from cardfile.values.money import Money, format_money, minor_digits, parse_money
from cardfile.values.numbers import BIGINT_MAX, known_locale


@pytest.mark.parametrize(
    ("raw", "money"),
    [
        pytest.param("12 000 руб.", Money(1_200_000, "RUB"), id="roubles"),
        pytest.param("12\u00a0000,50\u00a0₽", Money(1_200_050, "RUB"), id="sign"),
        pytest.param("100 руб. 50 коп.", Money(10_050, "RUB"), id="kopecks"),
        pytest.param("1,5 тыс. руб.", Money(150_000, "RUB"), id="thousands"),
        pytest.param("15 т.р.", Money(1_500_000, "RUB"), id="thousands of roubles"),
        pytest.param("2 млн.", Money(200_000_000, "RUB"), id="millions"),
        pytest.param("$1,234.50", Money(123_450, "USD"), id="dollars"),
        pytest.param("-$5", Money(-500, "USD"), id="minus before the sign"),
        pytest.param("€ -5", Money(-500, "EUR"), id="minus after the sign"),
        pytest.param("(100)", Money(-10_000, "RUB"), id="brackets"),
        pytest.param("USD 100", Money(10_000, "USD"), id="code"),
        pytest.param("1 200 грн.", Money(120_000, "UAH"), id="hryvnia"),
        pytest.param("500 тенге", Money(50_000, "KZT"), id="tenge"),
        pytest.param("500 ₸", Money(50_000, "KZT"), id="tenge sign"),
        pytest.param("12,345", Money(1_234_500, "RUB"), id="comma of thousands"),
        pytest.param("1 000 JPY", Money(1000, "JPY"), id="no minor units"),
        pytest.param("1.234 KWD", Money(1234, "KWD"), id="three decimals"),
        pytest.param("1 000-00", Money(100_000, "RUB"), id="no kopecks"),
        pytest.param("1 000=", Money(100_000, "RUB"), id="no kopecks, by a stroke"),
        pytest.param("1 000.-", Money(100_000, "RUB"), id="no cents"),
        pytest.param(UnitNumber(12.5, "€"), Money(1250, "EUR"), id="cell with euros"),
        pytest.param(UnitNumber(12.5, "тыс. руб."), Money(1_250_000, "RUB"), id="cell with thousands"),
        pytest.param(UnitNumber(12.5, "шт."), Money(1250, "RUB"), id="cell with another unit"),
        pytest.param(12.5, Money(1250, "RUB"), id="float cell"),
        pytest.param(12, Money(1200, "RUB"), id="int cell"),
    ],
)
def test_a_sum_is_read(raw: object, money: Money) -> None:
    assert parse_money(raw, currency="RUB") == money


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param("5 кг", "no currency", id="another unit"),
        pytest.param("5 ¥", "no currency", id="yen or yuan"),
        pytest.param("10-15", "not a sum", id="from and to"),
        pytest.param("$100 руб", "not a sum", id="two currencies"),
        pytest.param("руб", "not a sum", id="no number"),
        pytest.param("", "empty", id="empty"),
        pytest.param("12 345.678", "more decimals", id="decimals"),
        pytest.param("--5", "not a sum", id="two signs"),
        pytest.param("99999999999999999999", "too large", id="beyond"),
        pytest.param("1000000000 млрд", "too large", id="beyond by a word"),
        pytest.param(1e300, "more digits", id="huge float"),
        pytest.param(None, "not a number", id="none"),
    ],
)
def test_what_is_no_sum_is_refused_with_the_reason(raw: object, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_money(raw, currency="RUB")


def test_the_yen_sign_is_the_currency_of_the_field() -> None:
    assert parse_money("5 ¥", currency="JPY") == Money(5, "JPY")
    assert parse_money("5 ¥", currency="CNY") == Money(500, "CNY")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not a currency"):
        parse_money("5", currency="XYZ")


def test_the_digits_of_a_currency_are_those_of_iso_4217() -> None:
    assert [minor_digits(code) for code in ("RUB", "JPY", "KWD", "CLF", "ISK", "IQD")] == [2, 0, 3, 4, 0, 3]
    assert Money(1234, "KWD").amount == Decimal("1.234")


def test_a_sum_is_shown_with_its_sign_and_its_decimals() -> None:
    assert format_money(Money(-123_450, "RUB"), "ru") == "-1\u00a0234,50\u00a0₽"
    assert format_money(Money(123_450, "USD"), "en") == "$1,234.50"
    assert format_money(Money(1234, "JPY"), "en") == "¥1,234"
    assert format_money(Money(1234, "KWD"), "ru") == "1,234\u00a0KWD"


@given(
    st.integers(-BIGINT_MAX, BIGINT_MAX),
    st.sampled_from(["RUB", "USD", "EUR", "KZT", "UAH", "GBP", "JPY", "KWD", "BYN"]),
    st.sampled_from(["ru", "en"]),
)
def test_what_is_shown_is_read_back(minor: int, currency: str, locale: str) -> None:
    money = Money(minor, currency)
    assert (
        parse_money(
            format_money(money, locale), currency=currency, decimal=get_decimal_symbol(known_locale(locale))
        )
        == money
    )
