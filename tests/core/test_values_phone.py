"""Telephone numbers as people type them."""

import random
import timeit

import phonenumbers
import pytest

from cardfile.errors import InvalidInput
from cardfile.values.phone import Phone, format_phone, parse_phone, parse_phones

MOBILE = "+79161234567"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("+7 (916) 123-45-67", id="as printed"),
        pytest.param("8-916-123-45-67", id="eight"),
        pytest.param("79161234567", id="seven without plus"),
        pytest.param("9161234567", id="ten digits"),
        pytest.param("+8 916 123-45-67", id="plus before the eight"),
        pytest.param("+7 8 916 123-45-67", id="both prefixes"),
        pytest.param("007 916 1234567", id="double zero"),
        pytest.param("8 10 7 916 123-45-67", id="eight ten"),
        pytest.param("8\u00a0916\u00a0123\u202f45\u200967", id="spaces of print"),
        pytest.param("\u202a+79161234567\u202c", id="copied from a phone book"),
        pytest.param("\uff18\uff19\uff11\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17", id="full width"),
        pytest.param("моб.: 8 916 123 45 67", id="with a label"),
        pytest.param("8 916 123-45-67 (мама)", id="with a note"),
        pytest.param("8 916 123-45-67 мама", id="with a word behind"),
        pytest.param("8-916-123-45-67 - звонить после обеда", id="with words behind"),
        pytest.param("не звонить: 89161234567", id="with words before"),
        pytest.param("tel:+7-916-123-45-67", id="link"),
        pytest.param(79161234567, id="int cell"),
        pytest.param(79161234567.0, id="float cell"),
        pytest.param("9161234567.0", id="float as text"),
        pytest.param("79161234567,0", id="float as text with a comma"),
        pytest.param("7,9161234567E+10", id="exponent with all digits"),
    ],
)
def test_a_mobile_number_is_read_however_it_is_written(raw: object) -> None:
    phone = parse_phone(raw)
    assert (phone.e164, phone.extension, phone.valid) == (MOBILE, None, True)


@pytest.mark.parametrize(
    ("raw", "e164", "extension"),
    [
        pytest.param("8(495)123-45-67 доб. 12", "+74951234567", "12", id="russian"),
        pytest.param("8 495 123-45-67, доб.12", "+74951234567", "12", id="after a comma"),
        pytest.param("(495) 123-45-67 ext 5", "+74951234567", "5", id="english"),
        pytest.param("+14155552671x5", "+14155552671", "5", id="x"),
        pytest.param("8 495 123-45-67 (вн. 104)", "+74951234567", "104", id="in brackets"),
        pytest.param("tel:+7-916-123-45-67;ext=5", MOBILE, "5", id="link"),
    ],
)
def test_an_extension_stays_with_its_number(raw: str, e164: str, extension: str) -> None:
    phone = parse_phone(raw)
    assert (phone.e164, phone.extension) == (e164, extension)


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        pytest.param("+44 (0)20 7946 0958", "+442079460958", id="zero in brackets"),
        pytest.param("8 10 44 20 7946 0958", "+442079460958", id="russian way abroad"),
        pytest.param("0044 20 7946 0958", "+442079460958", id="double zero"),
        pytest.param("+380 50 123 45 67", "+380501234567", id="ukraine"),
        pytest.param("8 701 123 45 67", "+77011234567", id="kazakhstan by the shared prefix"),
    ],
)
def test_a_foreign_number_is_read(raw: str, e164: str) -> None:
    assert parse_phone(raw) == Phone(e164, None, raw, valid=True)


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        pytest.param("89161234567, 89161234568; +7 916 1234569", 3, id="marks"),
        pytest.param("89161234567/89161234568", 2, id="stroke"),
        pytest.param("+7(916)123-45-67\n+7(916)123-45-68", 2, id="lines"),
        pytest.param("8 916 123-45-67 или 8 916 123-45-68", 2, id="or"),
        pytest.param("89161234567 89161234568", 2, id="space"),
        pytest.param("8 (916) 123-45-67 8 (916) 123-45-68", 2, id="spaces everywhere"),
        pytest.param("+79161234567+79161234568", 2, id="plus"),
        pytest.param("8916123456789161234568", 2, id="nothing between"),
        pytest.param("89161234567; 8 (916) 123-45-67", 1, id="the same twice"),
        pytest.param("79161234567.0; 79161234568.0", 2, id="floats as text"),
        pytest.param(" \u200b", 0, id="nothing"),
    ],
)
def test_several_numbers_in_one_cell_are_told_apart(raw: str, count: int) -> None:
    found = [phone.e164 for phone in parse_phones(raw)]
    assert found == [f"+7916123456{last}" for last in range(7, 7 + count)]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param("7,91612E+10", "lost in the spreadsheet", id="exponent"),
        pytest.param("8 916 12O 45 67", "in digits only", id="latin letter"),
        pytest.param("8 916 12О 45 67", "in digits only", id="cyrillic letter"),
        pytest.param("8 916 123-45 ОО", "in digits only", id="letters for the last digits"),
        pytest.param("8 916 123-45-67Z", "in digits only", id="a letter stuck to it"),
        pytest.param("1-800-FLOWERS", "in digits only", id="words"),
        pytest.param("123-45-67", "area code", id="local"),
        pytest.param("12.05.2025", "area code", id="a date"),
        pytest.param("12345678901234567", "too many", id="long"),
        pytest.param("8(495)123-45-67/68", "68 has too few", id="short second"),
        pytest.param("+999 12345678", "country code", id="no such country"),
        pytest.param(79161234501.5, "whole", id="fraction"),
        pytest.param(float("nan"), "whole", id="nan"),
        pytest.param(7.9e17, "more digits", id="float beyond its digits"),
        pytest.param(-79161234567, "not a phone", id="negative"),
        pytest.param(True, "not a phone", id="yes"),
        pytest.param("9" * 500, "too long", id="endless"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(raw: object, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_phones(raw)


def test_a_plausible_number_that_nobody_has_is_kept_with_a_flag() -> None:
    assert parse_phone("8 300 123 45 67") == Phone("+73001234567", None, "8 300 123 45 67", valid=False)


@pytest.mark.parametrize("raw", ["", None, "89161234567, 89161234568"], ids=["empty", "none", "two"])
def test_one_number_is_one(raw: str | None) -> None:
    with pytest.raises(InvalidInput, match=r"empty|several"):
        parse_phone(raw)


def test_the_region_decides_about_numbers_without_a_code() -> None:
    assert parse_phone("050 123 45 67", region="UA").e164 == "+380501234567"
    with pytest.raises(InvalidInput, match="not a country"):
        parse_phone("050 123 45 67", region="QQ")


@pytest.mark.parametrize("region", ["RU", "KZ", "BY", "UA", "US", "GB", "DE", "IT"])
def test_the_short_way_agrees_with_the_library(region: str) -> None:
    chance = random.Random(region)
    patterns = {
        "RU": ["+7{}", "8{}", "7{}", "{}", "8 ({}"],
        "US": ["+1{}", "1{}", "{}"],
    }.get(region, ["{}", "0{}", "8{}", f"+{phonenumbers.country_code_for_region(region)}{{}}"])
    disagreements = []
    for _ in range(20_000 if region == "RU" else 800):
        first = chance.choice(("9", "9", "9", str(chance.randrange(10))))
        rest = "".join(chance.choices("0123456789", k=9))
        raw = chance.choice(patterns).format(first + rest)
        if raw.startswith("00"):
            continue  # Here we know better: people write 00 for + in every country.
        try:
            number = phonenumbers.parse(raw, region)
            possible = phonenumbers.is_possible_number_with_reason(number) == 0
            expected = (
                phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
                phonenumbers.is_valid_number(number),
            )
        except phonenumbers.NumberParseException:
            possible = False
        try:
            phone = parse_phone(raw, region=region)
        except InvalidInput:
            if possible:
                disagreements.append(raw)
            continue
        if not possible or (phone.e164, phone.valid) != expected:
            disagreements.append(raw)
    assert disagreements == []


def test_a_number_is_shown_as_at_home_or_for_abroad() -> None:
    assert format_phone(MOBILE, "ru") == "8 (916) 123-45-67"
    assert format_phone(MOBILE, "en") == "+7 916 123-45-67"
    assert format_phone("+442079460958", "en-GB") == "020 7946 0958"
    assert format_phone("104", "ru") == "104"


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_what_is_shown_can_be_typed_again(locale: str) -> None:
    for e164 in (MOBILE, "+74951234567", "+77011234567", "+442079460958", "+14155552671"):
        assert parse_phone(format_phone(e164, locale)).e164 == e164


def test_the_short_way_is_far_faster_than_the_library() -> None:
    raw = "+7 (916) 123-45-67"
    ours = min(timeit.repeat(lambda: parse_phones(raw), number=500, repeat=5))
    theirs = min(timeit.repeat(lambda: phonenumbers.parse(raw, "RU"), number=500, repeat=5))
    assert ours < theirs / 4


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("+8 916 123-45-67", "+79161234567"),
        ("+84 923 878 670", "+84923878670"),
        ("+86 10 6552 9988", "+861065529988"),
        ("+82 2 312 3456", "+8223123456"),
        ("8 (495) 123-45-67", "+74951234567"),
        ("8 727 222-33-44", "+77272223344"),
    ],
)
def test_the_short_way_takes_no_number_abroad_for_one_at_home(raw: str, e164: str) -> None:
    assert [phone.e164 for phone in parse_phones(raw)] == [e164]


def test_the_short_way_agrees_with_the_library_on_any_digits() -> None:
    digits = random.Random(5)
    for _ in range(3000):
        number = digits.choice(["", "+7", "8", "7", "+8"]) + str(digits.randrange(10**9, 10**11))
        try:
            theirs = phonenumbers.parse(number, "RU")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(theirs) != phonenumbers.ValidationResult.IS_POSSIBLE:
            continue
        expected = (phonenumbers.format_number(theirs, 0), phonenumbers.is_valid_number(theirs))
        assert [(phone.e164, phone.valid) for phone in parse_phones(number)] == [expected]
