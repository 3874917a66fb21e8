"""What templates say of their columns, in the languages of their readers."""

from collections.abc import Mapping
from typing import Final

from cardfile.model.fields import Kind
from cardfile.spreadsheets.forms import FormWords
from cardfile.texts import Label, said

__all__ = ["EXAMPLES", "HINTS", "TAGS_EXAMPLE", "TAGS_HINT", "form_words", "template_name"]

HINTS: Final[Mapping[Kind, Label]] = {
    Kind.TEXT: {"en": "Any text of one line.", "ru": "Любой текст в одну строку."},
    Kind.LONG_TEXT: {
        "en": "Any text, of several lines too (Alt+Enter).",
        "ru": "Любой текст, можно в несколько строк (Alt+Enter).",
    },
    Kind.INTEGER: {"en": "A whole number.", "ru": "Целое число."},
    Kind.DECIMAL: {"en": "A number.", "ru": "Число."},
    Kind.MONEY: {
        "en": "A sum; another currency is written behind it: 1500 EUR.",
        "ru": "Сумма; другая валюта пишется после неё: 1500 EUR.",
    },
    Kind.PERCENT: {"en": "Percent, without the sign.", "ru": "Проценты, без знака %."},
    Kind.BOOLEAN: {"en": "Yes or no.", "ru": "Да или нет."},
    Kind.DATE: {"en": "A date.", "ru": "Дата."},
    Kind.DATETIME: {"en": "A date and a time of day.", "ru": "Дата и время."},
    Kind.CHOICE: {"en": "One of the list.", "ru": "Одно значение из списка."},
    Kind.CHOICES: {
        "en": "One or several of the list, separated by commas.",
        "ru": "Одно или несколько значений из списка через запятую.",
    },
    Kind.PHONE: {
        "en": "A phone; several are separated by semicolons, an extension is written behind it: ext. 12.",
        "ru": "Телефон; несколько — через точку с запятой, добавочный — после номера: доб. 12.",
    },
    Kind.EMAIL: {
        "en": "An e-mail address; several are separated by semicolons.",
        "ru": "Адрес почты; несколько — через точку с запятой.",
    },
    Kind.URL: {"en": "A web address.", "ru": "Адрес сайта."},
    Kind.USER: {"en": "A colleague: name or e-mail.", "ru": "Сотрудник: имя или почта."},
    Kind.REFERENCE: {
        "en": "A name of the list, as it is here.",
        "ru": "Название из списка, как оно здесь записано.",
    },
}
"""What may be written in a cell, by the kind of its field."""

EXAMPLES: Final[Mapping[Kind, Label]] = {
    Kind.INTEGER: "3",
    Kind.DECIMAL: {"en": "12.5", "ru": "12,5"},
    Kind.MONEY: {"en": "1500.00", "ru": "1500,00"},
    Kind.PERCENT: "15",
    Kind.BOOLEAN: {"en": "yes", "ru": "да"},
    Kind.DATE: "31.12.2026",
    Kind.DATETIME: "31.12.2026 18:30",
    Kind.PHONE: "+7 916 123-45-67; 8 (495) 123-45-67",
    Kind.EMAIL: "name@example.com",
    Kind.URL: "https://example.com",
}
"""A value as people write it, by the kind of its field; those with choices show the first of them."""

TAGS_HINT: Final[Label] = {
    "en": "Words, separated by semicolons; new ones are made.",
    "ru": "Слова через точку с запятой; новые будут созданы.",
}
TAGS_EXAMPLE: Final[Label] = "vip; 2026"

_HEADS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "en": ("Column", "Required", "What to write", "Example"),
    "ru": ("Столбец", "Обязательно", "Что писать", "Пример"),
}
_NOTES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "Write one record a row on the first sheet, under its header, and import this file.",
        "Columns may be left empty, left out or moved; their titles stay as they are.",
        "Columns with a yellow title and * are needed.",
        "This sheet and its examples are not imported.",
    ),
    "ru": (
        "Заполните первый лист под заголовком, одна запись в строке, и импортируйте этот файл.",
        "Столбцы можно не заполнять, удалять и переставлять; названия не меняйте.",
        "Столбцы с жёлтым заголовком и знаком * обязательны.",
        "Этот лист и примеры на нём не импортируются.",
    ),
}


def form_words(title: str, locale: str) -> FormWords:
    """Return what a template says besides its columns; `title` is what its records are called."""
    known = locale if locale in _HEADS else "en"
    return FormWords(
        list_title=title,
        help_title=said({"en": "How to fill in", "ru": "Как заполнять"}, locale),
        lists_title=said({"en": "Lists", "ru": "Списки"}, locale),
        heads=_HEADS[known],
        required=said({"en": "yes", "ru": "да"}, locale),
        optional="",
        wrong=said(
            {
                "en": "This value is not of the list, or of another kind.",
                "ru": "Такого значения нет в списке, или оно другого вида.",
            },
            locale,
        ),
        notes=_NOTES[known],
    )


def template_name(title: str, locale: str) -> str:
    """Return what the file of a template is called."""
    return said({"en": "{title}, template.xlsx", "ru": "{title}, шаблон.xlsx"}, locale).format(title=title)
