"""Export, edit in Excel, import: exactly what was edited is changed, whatever kinds of values there are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from import_desk import ImportDesk, counts
from openpyxl import load_workbook

from cardfile.app import App
from cardfile.exports import export_records
from cardfile.rights import Actor
from cardfile.settings import Settings
from cardfile.values.money import Money

pytestmark = pytest.mark.anyio

TYPES = ("client", "product", "deal", "interaction", "task", "fitness.plan")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, data_dir=tmp_path / "data", plugins=("fitness", "windows", "documents"),
        locale="ru", zone="Asia/Yekaterinburg", worker=False,
    )  # fmt: skip


@pytest.fixture
def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


def reader(locale: str = "ru") -> Actor:
    rights = Actor.system("test").rights
    return Actor(rights=rights, name="test", locale=locale, zone="Asia/Yekaterinburg")


async def fill(desk: ImportDesk) -> None:
    """Make records that hold what lists get wrong: codes with zeros, formulas, lines, currencies, zones."""
    olga = await desk.colleague("Ольга Белова", "manager", login="olga@example.com")
    anna = await desk.client(
        "Анна =1+1", phones=["8 (495) 123-45-67 доб. 12", "89161112233"], emails=["b@example.com", "a@example.com"],
        birthday="1984-03-05", tax_number="7707083893", city="+7", address="дом 5, кв. 012", position="1e5",
        comment="первая строка\n  вторая; с «кавычками»\n=третья", company="007", owner=olga.user, standing="lead",
        gender="female", zone="Europe/Moscow",
        fitness={"interests": ["yoga", "gym"], "goal": "weight", "card_number": "000123", "contract_number": "12/05",
                 "joined_on": "2024-02-29", "expected_visits_per_week": 3, "medical_note": "нет"},
    )  # fmt: skip
    await desk.client("Борис", phones=["+12025550123"], comment="-")
    for name, price in (
        ("Окно", {"amount": "1234.50", "currency": "RUB"}),
        ("Window", {"amount": "99.9", "currency": "EUR"}),
    ):
        await desk.do(
            "product.create",
            values={
                "name": name,
                "code": "0001" + name,
                "unit": "шт",
                "price": price,
                "vat": "20.5",
                "on_sale": name == "Окно",
            },
        )
    await desk.do(
        "deal.create",
        values={"client": anna, "title": "Остекление 1/2", "amount": {"amount": "150000.05", "currency": "USD"},
                "expected_close": "2027-01-31", "probability": 35, "comment": "да",
                "external_id": "0000000000000000012",
                "windows": {"floor": 0, "prepayment": {"amount": "1", "currency": "RUB"}}},
    )  # fmt: skip
    await desk.do(
        "interaction.create",
        values={"client": anna, "kind": "call", "at": "2026-03-28T21:30:00Z", "duration_seconds": 61,
                "subject": "Звонок", "text": "раз\n\nдва", "channel": "ats", "external_id": "1,5"},
    )  # fmt: skip
    await desk.do(
        "task.create", values={"title": "Перезвонить", "due_at": "2027-05-01T18:45:00Z", "client": anna}
    )
    await desk.do(
        "fitness.plan.create",
        values={"name": "Год", "duration_days": 365, "price": {"amount": "0.10", "currency": "RUB"}, "on_sale": True},
    )  # fmt: skip


async def all_values(desk: ImportDesk) -> dict[tuple[str, int], Mapping[str, Any]]:
    return {(key, row["id"]): row for key in TYPES for row in await desk.rows(key)}


@pytest.mark.parametrize(("suffix", "locale"), [("xlsx", "ru"), ("csv", "en")])
async def test_an_export_of_any_kind_of_values_read_again_changes_nothing(
    desk: ImportDesk, suffix: str, locale: str, tmp_path: Path
) -> None:
    await fill(desk)
    before = await all_values(desk)
    for key in TYPES:
        path = tmp_path / f"{key}.{suffix}"
        written = await export_records(desk.app, reader(locale), desk.app.model[key], path)
        done = await desk.bring_in(path, by=reader(locale), entity=key, duplicates="overwrite")
        assert await desk.issues(done["id"]) == [], key
        assert counts(done) == {"read": written, "unchanged": written}, key
    assert await all_values(desk) == before


async def test_exactly_the_cells_that_were_edited_are_changed(desk: ImportDesk, tmp_path: Path) -> None:
    await fill(desk)
    before = await all_values(desk)
    edits = {
        "client": ("Город", 2, "Пермь"),
        "product": ("Цена", 3, 1500),
        "deal": ("Комментарий", 2, "нет\nи ещё"),
    }
    for key, (title, row, value) in edits.items():
        path = tmp_path / f"{key}.xlsx"
        await export_records(desk.app, reader(), desk.app.model[key], path)
        book = load_workbook(path)
        page = book.worksheets[0]
        (column,) = [cell.column for cell in page[1] if cell.value == title]
        page.cell(row=row, column=column, value=value)
        book.save(path)
        done = await desk.bring_in(path, by=reader(), entity=key, duplicates="overwrite")
        assert done["rows_updated"] == 1, (key, await desk.issues(done["id"]))
    changed: dict[tuple[str, int, str], str] = {}
    again: set[tuple[str, int]] = set()
    for record, values in (await all_values(desk)).items():
        for field in values.keys() - {"updated_at", "updated_by"}:
            if values[field] != before[record][field]:
                changed[(*record, field)] = str(values[field])
        again |= {record} if values["version"] != before[record]["version"] else set()
    versions = {(*record, "version"): "2" for record in again}
    assert again == {("client", 1), ("product", 2), ("deal", 1)}
    assert changed == versions | {
        ("client", 1, "city"): "Пермь",
        ("product", 2, "price"): str(Money(150_000, "RUB")),
        ("deal", 1, "comment"): "нет\nи ещё",
    }
