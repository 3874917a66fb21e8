"""Names of people and firms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardfile.errors import InvalidInput
from cardfile.values.names import PersonName, looks_like_company, split_name


@pytest.mark.parametrize(
    ("raw", "last", "first", "middle"),
    [
        pytest.param("Иванов Иван Иванович", "Иванов", "Иван", "Иванович", id="official order"),
        pytest.param("Иван Иванович Иванов", "Иванов", "Иван", "Иванович", id="spoken order"),
        pytest.param("Иван Иванов", "Иванов", "Иван", "", id="first last"),
        pytest.param("Иванов Иван", "Иванов", "Иван", "", id="last first"),
        pytest.param("ПЕТРОВА АННА", "ПЕТРОВА", "АННА", "", id="capitals"),
        pytest.param("Иван Петрович", "", "Иван", "Петрович", id="no last name"),
        pytest.param("Абрамович Роман Аркадьевич", "Абрамович", "Роман", "Аркадьевич", id="last like middle"),
        pytest.param("Роман Аркадьевич Абрамович", "Абрамович", "Роман", "Аркадьевич", id="and spoken"),
        pytest.param("Мамедов Али Гасан оглы", "Мамедов", "Али", "Гасан оглы", id="oglu"),
        pytest.param("Петров А.Б.", "Петров", "А.", "Б.", id="initials behind"),
        pytest.param("А. Б. Петров", "Петров", "А.", "Б.", id="initials before"),
        pytest.param("Анна Де Ла Крус", "Де Ла Крус", "Анна", "", id="long last name"),
        pytest.param("Иван", "", "Иван", "", id="first only"),
        pytest.param("Иванова", "Иванова", "", "", id="last only"),
        pytest.param("Smith, John A.", "Smith", "John", "A.", id="last, first"),
        pytest.param("John Smith", "Smith", "John", "", id="english"),
        pytest.param("John A. Smith", "Smith", "John", "A.", id="english middle"),
        pytest.param("Mr. John Smith, Jr.", "Smith Jr.", "John", "", id="junior"),
        pytest.param("Vincent van Gogh", "van Gogh", "Vincent", "", id="particle"),
        pytest.param("A.B. Smith", "Smith", "A.", "B.", id="english initials"),
    ],
)
def test_a_name_is_split(raw: str, last: str, first: str, middle: str) -> None:
    assert split_name(raw) == PersonName(last, first, middle)


@pytest.mark.parametrize(
    "raw", ["", None, " , ", 5, "я" * 400], ids=["empty", "none", "comma", "number", "long"]
)
def test_what_is_no_name_is_refused(raw: object) -> None:
    with pytest.raises(InvalidInput):
        split_name(raw)


_WORD = st.sampled_from(
    [
        "Иван",
        "Иванов",
        "Иванович",
        "Анна",
        "оглы",
        "А.",
        "Б.",
        "John",
        "Smith",
        "van",
        "J.",
        "Ли",
        "Mary-Ann",
        "O'Neil",
    ]
)


@given(st.lists(_WORD, min_size=1, max_size=6), st.sampled_from([" ", ", "]))
def test_no_word_of_a_name_is_lost(words: list[str], mark: str) -> None:
    name = split_name(mark.join((words[0], " ".join(words[1:]))))
    assert sorted(name.full.split()) == sorted(words)


@pytest.mark.parametrize(
    "raw",
    [
        "ООО «Ромашка»",
        "ромашка ооо",
        "ИП Иванов И.И.",
        "Acme LLC",
        "Acme Inc.",
        "Siemens AG",
        "Завод окон",
        '"Окна"',
    ],
)
def test_a_firm_is_told_by_its_name(raw: str) -> None:
    assert looks_like_company(raw)


@pytest.mark.parametrize("raw", ["Иванов Иван", "Ипатов Олег", "John Smith", "Incarnacion Lopez", "Аоки Юки"])
def test_a_person_is_no_firm(raw: str) -> None:
    assert not looks_like_company(raw)
