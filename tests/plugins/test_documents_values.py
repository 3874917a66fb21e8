"""Sums in words, taxes, forms of numbers and requisites: what is right on paper, and refused beforehand."""

import ast
import importlib.resources
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from documents_desk import SECTION, SELLER, money
from hypothesis import given
from hypothesis import strategies as st

import cardfile_documents
from cardfile.errors import Refused, SettingsError
from cardfile.settings import Settings
from cardfile.values.money import CURRENCIES, Money
from cardfile_documents.number_format import NumberFormat
from cardfile_documents.settings import DocumentsSettings
from cardfile_documents.sums import Sold, totals_of
from cardfile_documents.words import money_words, number_words


def read(**section: Any) -> DocumentsSettings:
    return Settings(sections={"documents": section}).section("documents", DocumentsSettings)


@pytest.mark.parametrize(
    ("minor", "currency", "russian", "english"),
    [
        (0, "RUB", "Ноль рублей 00 копеек", "Zero roubles and 00 kopecks"),
        (101, "RUB", "Один рубль 01 копейка", "One rouble and 01 kopeck"),
        (1_112, "RUB", "Одиннадцать рублей 12 копеек", "Eleven roubles and 12 kopecks"),
        (2_102, "USD", "Двадцать один доллар США 02 цента", "Twenty-one US dollars and 02 cents"),
        (100_200, "UAH", "Одна тысяча две гривны 00 копеек", "One thousand and two hryvnias and 00 kopiykas"),
        (
            123_456_789_00,
            "EUR",
            "Сто двадцать три миллиона четыреста пятьдесят шесть тысяч семьсот восемьдесят девять евро 00 центов",
            "One hundred and twenty-three million four hundred and fifty-six thousand seven hundred and "
            "eighty-nine euros and 00 cents",
        ),
        (500, "JPY", "Пятьсот японских иен", "Five hundred Japanese yen"),
        (1_234, "KWD", "Один кувейтский динар 234/1000", "One Kuwaiti dinar and 234/1000"),
        (-5, "GBP", "Минус ноль фунтов стерлингов 05 пенсов", "Minus zero pounds sterling and 05 pence"),
    ],
)
def test_sums_are_written_out(minor: int, currency: str, russian: str, english: str) -> None:
    assert money_words(Money(minor, currency), "ru") == russian
    assert money_words(Money(minor, currency), "en") == english


@given(st.integers(-(10**30), 10**30), st.sampled_from(sorted(CURRENCIES)), st.sampled_from(["ru", "en"]))
def test_every_sum_of_every_currency_is_written_out(minor: int, currency: str, language: str) -> None:
    text = money_words(Money(minor, currency), language)
    assert text == text.strip()
    assert "  " not in text


@given(st.integers(0, 10**21 - 1), st.integers(0, 10**21 - 1), st.sampled_from(["ru", "en"]))
def test_no_two_numbers_are_written_alike(one: int, other: int, language: str) -> None:
    assert (number_words(one, language) == number_words(other, language)) == (one == other)


def sold(*lines: tuple[str, str | None]) -> list[Sold]:
    return [Sold(money(amount), Decimal(rate) if rate else None) for amount, rate in lines]


def test_a_tax_that_is_included_is_taken_out_of_the_sum() -> None:
    totals = totals_of(sold(("100", None), ("0.10", None)), read(vat="included", vat_rate=20))
    assert totals is not None
    assert (totals.sum, totals.total, totals.taxes) == (
        money("100.10"), money("100.10"), {Decimal(20): money("16.68")},
    )  # fmt: skip


def test_a_tax_on_top_is_added_by_rate() -> None:
    totals = totals_of(sold(("100", None), ("100", "10"), ("50", "0")), read(vat="on_top", vat_rate=22))
    assert totals is not None
    assert totals.taxes == {Decimal(10): money(10), Decimal(22): money(22)}
    assert (totals.sum, totals.total) == (money(250), money(282))


def test_without_a_tax_nothing_is_added_and_it_is_said() -> None:
    totals = totals_of(sold(("100", "20")), read())
    assert totals is not None
    assert (totals.taxes, totals.total) == ({}, money(100))
    assert "Без налога (НДС):" in str(totals.values("ru", 1)["rows"])


def test_an_agreed_sum_goes_before_that_of_the_lines_and_all_rates_share_in_it() -> None:
    lines = sold(("100", "20"), ("50", "10"))
    totals = totals_of(lines, read(vat="included", vat_rate=20), agreed=money("120"))
    assert totals is not None
    assert (totals.sum, totals.total, totals.change) == (money(150), money(120), -3_000)
    assert totals.taxes == {Decimal(10): money("3.64"), Decimal(20): money("13.33")}
    assert "Скидка по договорённости:" in str(totals.values("ru", 2)["rows"])
    on_top = totals_of(lines, read(vat="on_top", vat_rate=20), agreed=money("180"))
    assert on_top is not None
    assert (on_top.change, on_top.total) == (3_000, money("210"))
    assert "Agreed surcharge:" in str(on_top.values("en", 2)["rows"])


def test_nothing_comes_to_nothing_and_two_currencies_to_a_refusal() -> None:
    assert totals_of([], read()) is None
    with pytest.raises(Refused, match="EUR, RUB"):
        totals_of([Sold(money(1)), Sold(money(1, "EUR"))], read())


def test_the_requisites_of_a_seller_are_taken_as_people_write_them() -> None:
    seller = read(
        seller={**SELLER, "account": "40702 810 9 38000000001", "iban": "gb33 bukb 2020 1555 5555 55"}
    ).seller
    assert (seller.account, seller.iban) == ("40702810938000000001", "GB33BUKB20201555555555")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"inn": "7707083894"}, "not an INN: its check digit is wrong"),
        ({"kpp": "77360100"}, "not a KPP"),
        ({"ogrn": "1027700132196"}, "not an OGRN: its check digit is wrong"),
        ({"bic": "44525225"}, "not a BIC"),
        ({"account": "40702810938000000002"}, "not an account of the bank 044525225"),
        ({"account": "4070281093800000000"}, "it has twenty digits"),
        ({"correspondent_account": "30101810400000000226"}, "not an account of the bank 044525225"),
        ({"iban": "GB33BUKB20201555555556"}, "not an IBAN"),
        ({"swift": "BUKB"}, "not a SWIFT code"),
        ({"inn": "500100732259"}, "leave out kpp"),
        ({"shop": "x"}, "There is no setting"),
    ],
)
def test_wrong_requisites_stop_the_start_with_a_sentence(wrong: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        read(seller={**SELLER, **wrong})


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"vat": "included"}, "needs the rate of the tax"),
        ({"vat": "sometimes", "vat_rate": 20}, "vat"),
        ({"number": "{year}"}, "every document would have the same number"),
        ({"number": "{number}{month}"}, "there is no month in numbers"),
        ({"number": "{number"}, "no form of numbers"),
        ({"number": "{number.real}"}, "there is no number.real"),
        ({"number": "{number:{year}}"}, "longer than 60"),
        ({"numbers": {"letter": "{number}"}}, "letter"),
    ],
)
def test_wrong_rules_stop_the_start_with_a_sentence(section: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        read(**section)


def test_the_section_of_the_tests_is_right() -> None:
    assert read(**SECTION).seller.name == SELLER["name"]


@pytest.mark.parametrize(
    ("form", "is_yearly", "number"),
    [
        ("{year}-{number:05}", True, "2026-00007"),
        ("{series}{number}/{yy}", True, "А7/26"),
        ("№{number}", False, "№7"),
    ],
)
def test_a_form_of_numbers_says_whether_years_begin_anew(form: str, *, is_yearly: bool, number: str) -> None:
    checked = NumberFormat.checked(form)
    assert checked.is_yearly is is_yearly
    assert checked.number(year=2026, serial=7, series="А") == number


def test_all_that_the_plugin_says_is_said_in_russian_too() -> None:
    package = Path(str(importlib.resources.files(cardfile_documents)))
    known = tomllib.loads((package / "texts" / "ru.toml").read_text(encoding="utf-8"))
    core = tomllib.loads(
        (Path(str(importlib.resources.files("cardfile"))) / "texts" / "ru.toml").read_text(encoding="utf-8")
    )
    written = {
        node.value
        for path in package.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    refused = set()
    for path in package.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"Refused", "InvalidInput", "FileRefused"}
                and isinstance(node.args[0], ast.Constant)
            ):
                refused.add(node.args[0].value)
    assert refused - set(known) - set(core) == set()
    assert set(known) - written == set()
