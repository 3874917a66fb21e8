"""Headings as Ukrainian and Kazakh offices write them, for clients and for everything else that lists hold."""

from pathlib import Path

import pytest
from messy_scoring import columns_wrong

from cardfile.app import App
from cardfile.settings import Settings

HEADINGS = {
    ("client", "uk"): {
        "Прізвище": "last_name", "Ім’я": "first_name", "По батькові": "middle_name", "Тел.": "phones",
        "Ел. пошта": "emails", "Дата народження": "birthday", "Місто": "city", "Примітка": "comment",
        "Код ЄДРПОУ": "tax_number", "Відповідальний": "owner", "Звідки дізналися": "source",
    },
    ("client", "kk"): {
        "Аты-жөні": "name", "Ұялы телефон": "phones", "Эл. пошта": "emails", "Туған күні": "birthday",
        "Қаласы": "city", "Мекенжайы": "address", "Ескерту": "comment", "ЖСН": "tax_number", "Жынысы": "gender",
        "Мекеме": "company",
    },
    ("deal", "uk"): {"Назва угоди": "title", "Сума": "amount", "Стадія": "stage", "Відповідальний": "owner"},
    ("deal", "kk"): {"Мәміле атауы": "title", "Сомасы": "amount", "Кезеңі": "stage", "Жауапты": "owner"},
    ("product", "uk"): {"Найменування": "name", "Ціна": "price", "Од. вим.": "unit", "ПДВ": "vat", "Група": "category"},
    ("product", "kk"): {"Атауы": "name", "Бағасы": "price", "Өлшем бірлігі": "unit", "ҚҚС": "vat"},
    ("task", "uk"): {"Завдання": "title", "Термін": "due_at", "Виконавець": "assignee"},
    ("fitness.membership", "uk"): {"Дата початку": "starts_on", "Дата закінчення": "ends_on", "Вартість": "price"},
}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    """An app that is never started: nothing here needs a database."""
    folder: Path = tmp_path_factory.mktemp("headings")
    database = f"sqlite:///{folder / 'none.db'}"
    return App.build(Settings(database_url=database, data_dir=folder, plugins=("fitness",), worker=False))


@pytest.mark.parametrize(("entity", "language"), HEADINGS, ids=str)
def test_headings_are_known_in_other_languages(app: App, entity: str, language: str) -> None:
    right = HEADINGS[entity, language]
    assert columns_wrong(app, right, [list(right)], entity=entity) == {}
