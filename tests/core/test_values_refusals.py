"""What holds for every reader of the room: it refuses politely, in both languages, or not at all."""

import ast
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cardfile.values
from cardfile.errors import InvalidInput
from cardfile.texts import Texts
from cardfile.values.booleans import parse_boolean
from cardfile.values.choices import ChoiceIndex, parse_choice, parse_choices
from cardfile.values.dates import parse_date, parse_datetime, zone_named
from cardfile.values.email import parse_email, parse_emails
from cardfile.values.money import parse_money
from cardfile.values.names import looks_like_company, split_name
from cardfile.values.numbers import parse_integer, parse_percent, parse_scaled
from cardfile.values.phone import format_phone, parse_phone, parse_phones
from cardfile.values.requisites import parse_inn
from cardfile.values.text import fold_key
from cardfile.values.url import parse_url

ROOM = Path(cardfile.values.__file__).parent
MODULES = sorted(path for path in ROOM.glob("*.py") if path.stem != "__init__")
TODAY = date(2026, 11, 21)
CHOICES = ChoiceIndex({"a": {"en": "One", "ru": "Один"}, "b": "Two"})

READERS: dict[str, Callable[[object], object]] = {
    "phones": parse_phones,
    "phone": parse_phone,
    "emails": parse_emails,
    "email": parse_email,
    "date": lambda raw: parse_date(raw, today=TODAY),
    "date, month first": lambda raw: parse_date(raw, today=TODAY, day_first=False, past=True),
    "datetime": lambda raw: parse_datetime(raw, zone="America/New_York", today=TODAY),
    "integer": parse_integer,
    "scaled": lambda raw: parse_scaled(raw, 4),
    "percent": parse_percent,
    "money": lambda raw: parse_money(raw, currency="RUB"),
    "money of three decimals": lambda raw: parse_money(raw, currency="KWD", decimal=","),
    "boolean": parse_boolean,
    "choice": lambda raw: parse_choice(raw, CHOICES),  # type: ignore[arg-type]  # Anything may come in.
    "choices": lambda raw: parse_choices(raw, CHOICES),  # type: ignore[arg-type]  # Anything may come in.
    "url": parse_url,
    "name": split_name,
    "inn": parse_inn,
}

_PIECES = """
0 1 5 12 31 2025 . , : - + / ( ) @ ; ' % e E T Z руб тыс $ мая May Иван John LLC xn-- http://
доб ext <a@b.ru> ИНН
"""
ANYTHING = st.one_of(
    st.text(max_size=80),
    st.text(st.characters(categories=["Cs", "Cc", "Nd", "Zs", "Sc", "Po"]), max_size=40),
    st.lists(st.sampled_from([*_PIECES.split(), " ", "\n"]), max_size=14).map("".join),
    st.integers(),
    st.integers(10**9, 10**16),
    st.just(10**5000),
    st.just(-(10**5000)),
    st.floats(),
    st.floats(0, 3e6),
    st.booleans(),
    st.none(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
    st.times(),
    st.timedeltas(),
)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(raw=ANYTHING)
def test_whatever_comes_in_is_read_or_refused(reader: Callable[[object], object], raw: object) -> None:
    with suppress(InvalidInput):
        reader(raw)


@given(st.text(max_size=80))
def test_what_cannot_be_refused_never_fails(raw: str) -> None:
    looks_like_company(raw)
    format_phone(raw, raw)
    fold_key(raw)
    with suppress(InvalidInput):
        zone_named(raw)


def _templates() -> set[str]:
    texts = {
        node.value
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if "{value}" in text or (text.endswith(".") and " is empty" in text)} - {
        text for text in texts if "\n" in text or text.startswith("The parts")
    }


def _places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("template", sorted(_templates()))
def test_every_refusal_is_translated_with_all_its_places(template: str) -> None:
    class Place(str):
        def __format__(self, spec: str) -> str:
            return "{" + self + "}"

    said = Texts("ru").say(template, **{name: Place(name) for name in _places(template)})
    assert said != template
    assert _places(said) == _places(template)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_module_names_what_it_offers(path: Path) -> None:
    module = import_module(f"cardfile.values.{path.stem}")
    assert module.__all__ == sorted(
        module.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert all(hasattr(module, name) for name in module.__all__)
