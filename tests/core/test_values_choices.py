"""Yes and no, choices, and how texts are cleaned and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardfile.errors import InvalidInput
from cardfile.texts import Texts
from cardfile.values.booleans import parse_boolean
from cardfile.values.choices import ChoiceIndex, parse_choice, parse_choices
from cardfile.values.text import clean, clean_long, fold_key

STATES = ChoiceIndex(
    {
        "new": {"en": "New", "ru": "Новый"},
        "urgent": {"en": "In work", "ru": "В работе, срочно"},
        "tree": {"en": "Tree", "ru": "Ёлка"},
    },
    synonyms={"new": ("свежий",), "urgent": ("горит", "новое"), "tree": ("новое",)},
)


@pytest.mark.parametrize(
    "raw", ["да", "Да!", "YES", "1", 1, 1.0, "+", "true", True, "ИСТИНА", "✓", "✔\ufe0f"], ids=repr
)
def test_yes_is_yes(raw: object) -> None:
    assert parse_boolean(raw) is True


@pytest.mark.parametrize("raw", ["нет", "No", "0", 0, 0.0, "-", "—", "FALSE", False, "ложь", " н "], ids=repr)
def test_no_is_no(raw: object) -> None:
    assert parse_boolean(raw) is False


@pytest.mark.parametrize("raw", ["может", "", None, 2, 0.5, float("nan")], ids=repr)
def test_neither_yes_nor_no_is_refused(raw: object) -> None:
    with pytest.raises(InvalidInput, match="neither yes nor no"):
        parse_boolean(raw)


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        pytest.param("new", "new", id="key"),
        pytest.param(" НОВЫЙ ", "new", id="label"),
        pytest.param("Hoвый", "new", id="latin letters"),
        pytest.param("cвежий", "new", id="synonym with a latin letter"),
        pytest.param("елка", "tree", id="without dots"),
        pytest.param("в работе / срочно", "urgent", id="other marks"),
        pytest.param("in-work", "urgent", id="hyphen"),
    ],
)
def test_a_choice_is_found_however_it_is_written(raw: str, key: str) -> None:
    assert parse_choice(raw, STATES) == key


def test_an_unknown_choice_is_told_what_there_is_in_the_language_of_the_reader() -> None:
    with pytest.raises(InvalidInput, match="xx is none of the choices: New, In work, Tree") as caught:
        parse_choice("xx", STATES)
    assert caught.value.say(Texts("ru")) == "«xx» нет среди вариантов: Новый, В работе, срочно, Ёлка."


def test_a_word_that_two_choices_share_is_not_guessed() -> None:
    with pytest.raises(InvalidInput, match="several choices: In work, Tree"):
        parse_choice("новое", STATES)


def test_a_key_goes_before_a_label_and_a_label_before_a_synonym() -> None:
    index = ChoiceIndex({"a": "B", "b": "C", "d": "D"}, synonyms={"d": ("C",)})
    assert (parse_choice("b", index), parse_choice("C", index)) == ("b", "b")


def test_a_number_may_be_a_choice() -> None:
    assert parse_choice(3.0, ChoiceIndex({"3": "Three"})) == "3"


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        pytest.param("новый, елка", ("new", "tree"), id="comma"),
        pytest.param("В работе, срочно; new", ("urgent", "new"), id="a label with a comma"),
        pytest.param("new\nnew | tree,", ("new", "tree"), id="twice"),
        pytest.param(["new", "Ёлка"], ("new", "tree"), id="list"),
        pytest.param(" ", (), id="blank"),
        pytest.param(None, (), id="none"),
    ],
)
def test_several_choices_are_told_apart(raw: str | list[str] | None, keys: tuple[str, ...]) -> None:
    assert parse_choices(raw, STATES) == keys


def test_one_unknown_choice_refuses_the_cell_and_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"^zz is none"):
        parse_choices("new, zz", STATES)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("  a \t b ", "a b", id="spaces"),
        pytest.param("\ufeffa\u00a0\u200bb\u00ad", "a b", id="invisible"),
        pytest.param("a\r\nb", "a b", id="lines"),
        pytest.param("a\x00b\x07", "ab", id="control"),
        pytest.param("\ud83da", "a", id="lone surrogate"),
        pytest.param("и\u0306", "й", id="composed"),
    ],
)
def test_a_line_is_cleaned(raw: str, text: str) -> None:
    assert clean(raw) == text


def test_a_long_text_keeps_its_lines_and_its_emoji() -> None:
    assert clean_long(" a  b \r\n\r\n\u200bc\x00 👨\u200d👩\u200d👧 \n") == "a b\n\nc 👨\u200d👩\u200d👧"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    assert clean(clean(raw)) == clean(raw)
    assert clean_long(clean_long(raw)) == clean_long(raw)
    clean(raw).encode()


@pytest.mark.parametrize(
    ("one", "two"),
    [("ОKВЭД", "оквэд"), ("E-mail:", "e mail"), ("Счёт №", "счет"), ("Дата\nрождения", "дата  рождения")],
)
def test_headers_are_compared_by_their_words(one: str, two: str) -> None:
    assert fold_key(one) == fold_key(two)


def test_a_header_of_signs_keeps_them() -> None:
    assert fold_key("%") != fold_key("№") == fold_key("#") != ""
