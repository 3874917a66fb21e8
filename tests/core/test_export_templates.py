"""Templates: all fields that there are now, none of which a filled-in one loses on its way back."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from import_desk import ImportDesk, counts
from openpyxl import load_workbook

from cardfile.app import App
from cardfile.errors import InvalidInput, NotAllowed
from cardfile.exports import require_template, write_template
from cardfile.imports import places_of
from cardfile.imports.columns import identifying_paths
from cardfile.imports.targets import PlaceKind
from cardfile.model.record_types import RecordType
from cardfile.rights import Actor
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, data_dir=tmp_path / "data", plugins=("fitness", "windows", "documents"),
        locale="ru", worker=False,
    )  # fmt: skip


@pytest.fixture
def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


def system(locale: str = "ru") -> Actor:
    return Actor(rights=Actor.system("test").rights, name="test", locale=locale)


def _is_known_by_itself(desk: ImportDesk, record_type: RecordType) -> bool:
    """Tell whether a list of such records alone can be brought in: a plan of sales has no name."""
    return not identifying_paths(record_type).isdisjoint(
        places_of(desk.app.model, record_type, system().rights)
    )


def rules(page: Any) -> dict[str, Any]:
    """Return what the cells of each column offer, by the column's title."""
    found = {str(rule.sqref).split(":")[0].rstrip("2"): rule for rule in page.data_validations.dataValidation}
    return {str(cell.value).removesuffix(" *"): found[cell.column_letter] for cell in page[1]}


async def test_a_template_filled_in_comes_in_whole(desk: ImportDesk, tmp_path: Path) -> None:
    await desk.colleague("Ольга Белова", "manager", login="olga@example.com")
    for label, kind in (("Размер обуви", "number"), ("Есть собака", "boolean")):
        await desk.do("custom_field.create", values={"label": label, "kind": kind})
    path = tmp_path / "t.xlsx"
    client = desk.app.model["client"]
    written = await write_template(desk.app, system(), client, path)
    book = load_workbook(path)
    page, help_sheet, lists = book.worksheets
    assert (page.max_row, page.max_column, help_sheet.title, lists.sheet_state) == (
        1,
        written,
        "Как заполнять",
        "hidden",
    )
    offered = rules(page)
    values = [cell.value for column in lists.iter_cols() for cell in column]
    assert {"Ольга Белова", "Похудение"} <= set(values)
    assert (offered["Цель занятий"].type, offered["Цель занятий"].showErrorMessage) == ("list", True)
    assert offered["День рождения"].type == "date"
    assert all(rule.prompt for rule in offered.values())
    filled = {
        "ФИО": "=Анна", "Телефоны": "89161112233; 8 (495) 123-45-67 доб. 12", "Менеджер": "Ольга Белова",
        "День рождения": date(1984, 3, 5), "Цель занятий": "Похудение", "Метки": "vip; новый",
        "Размер обуви": 39.5, "Есть собака": "да",
    }  # fmt: skip
    for cell in page[1]:
        title = str(cell.value).removesuffix(" *")
        if title in filled:
            below = page.cell(row=2, column=cell.column, value=filled[title])
            below.data_type = "s" if isinstance(filled[title], str) else below.data_type
    book.save(path)
    done = await desk.bring_in(path)
    assert counts(done) == {"read": 1, "created": 1}, await desk.issues(done["id"])
    assert await desk.issues(done["id"]) == []
    assert sorted(row["value"] for row in await desk.rows("custom_value")) == ["39.5", "yes"]
    (made,) = await desk.rows("client")
    assert (made["name"], made["birthday"].isoformat(), made["fitness.goal"]) == (
        "=Анна",
        "1984-03-05",
        "weight",
    )


@pytest.mark.parametrize("locale", ["ru", "en"])
async def test_every_column_of_every_template_is_the_field_that_it_was_made_for(
    desk: ImportDesk, locale: str, tmp_path: Path
) -> None:
    importable = [one for one in desk.app.model if one.entity.importable and _is_known_by_itself(desk, one)]
    assert len(importable) >= 5
    for record_type in importable:
        path = tmp_path / f"{record_type.prefix}.xlsx"
        await write_template(desk.app, system(locale), record_type, path)
        book = load_workbook(path)
        page, help_sheet, _ = book.worksheets
        examples = {row[0]: row[3] for row in help_sheet.iter_rows(values_only=True)}
        for cell in page[1]:
            page.cell(row=2, column=cell.column, value=examples[str(cell.value).removesuffix(" *")])
        book.save(path)
        seen = await desk.do("import.preview", file=await desk.upload(path), entity=record_type.key)
        places = places_of(desk.app.model, record_type, system().rights)
        meant = [path for path, one in places.items() if one.kind is not PlaceKind.ID and ":" not in path]
        assert seen.sheet == page.title
        found = {one.name: one.field for one in seen.columns}
        assert sorted(filter(None, found.values())) == sorted(meant), (record_type.key, found)


async def test_a_template_has_only_the_fields_that_one_may_fill(desk: ImportDesk) -> None:
    anna = await desk.colleague("Alisa", "analyst")
    with pytest.raises(NotAllowed):
        require_template(desk.app, anna, "client")
    with pytest.raises(InvalidInput):
        require_template(desk.app, system(), "user")
    made = await desk.do("export.template", entity="clients")
    await desk.app.jobs.run_due()
    row = await desk.row("export", made.id)
    assert (row["state"], row["file_name"]) == ("done", "Clients, template.xlsx")
