"""Exports: only what one may see and take away, harmless in every program, unchanged when read again."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from import_desk import MESSY, ImportDesk, counts, write_list
from openpyxl import load_workbook

from cardfile.app import App
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.exports import export_records
from cardfile.imports.name_book import read_names
from cardfile.rights import Actor
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, data_dir=tmp_path / "data", plugins=("fitness",), locale="ru", worker=False
    )


@pytest.fixture
def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


async def export(desk: ImportDesk, path: Path, by: Actor, **options: Any) -> list[dict[str, Any]]:
    """Export clients and return the rows of the sheet by their titles."""
    written = await export_records(desk.app, by, desk.app.model["client"], path, **options)
    page = load_workbook(path).worksheets[0]
    head, *rows = page.iter_rows(values_only=True)
    assert len(rows) == written
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def system(locale: str = "ru") -> Actor:
    return Actor(rights=Actor.system("test").rights, name="test", locale=locale)


async def test_an_export_read_again_changes_nothing(desk: ImportDesk, tmp_path: Path) -> None:
    await desk.colleague("Ольга Белова", "manager", login="olga@example.com")
    await desk.bring_in(write_list(tmp_path / "list.xlsx", MESSY))
    await desk.client("Без Контактов", fitness={"interests": ["yoga", "gym"]}, gender="male")
    for name in ("out.xlsx", "out.csv"):
        for locale in ("ru", "en"):
            path = tmp_path / f"{locale}-{name}"
            assert await export_records(desk.app, system(locale), desk.app.model["client"], path) == 6
            for mode in ("overwrite", "fill"):
                done = await desk.bring_in(path, duplicates=mode)
                assert counts(done) == {"read": 6, "unchanged": 6}, (path, await desk.issues(done["id"]))
                assert await desk.issues(done["id"]) == []


async def test_what_was_edited_in_the_sheet_is_changed_and_nothing_else(
    desk: ImportDesk, tmp_path: Path
) -> None:
    for name in ("Анна", "Борис"):
        await desk.client(name, city="Тула")
    path = tmp_path / "out.xlsx"
    await export(desk, path, system())
    book = load_workbook(path)
    page = book.worksheets[0]
    (city,) = [cell.column for cell in page[1] if cell.value == "Город"]
    page.cell(row=3, column=city, value="Пермь")
    book.save(path)
    assert counts(await desk.bring_in(path, duplicates="overwrite")) == {
        "read": 2,
        "updated": 1,
        "unchanged": 1,
    }
    assert [row["city"] for row in await desk.rows("client")] == ["Тула", "Пермь"]


async def test_a_computed_column_of_an_export_goes_nowhere_though_a_list_s_own_one_does(
    desk: ImportDesk, tmp_path: Path
) -> None:
    title = "Дата окончания абонемента"
    foreign = write_list(
        tmp_path / "a.xlsx", [("ФИО", "Телефон", title), ("Анна", "89161112233", "31.12.26")]
    )
    await desk.bring_in(foreign)
    (anna,) = await desk.rows("client")
    assert anna["fitness.paid_until"].isoformat() == "2026-12-31"
    (row,) = await export(desk, tmp_path / "b.xlsx", system())
    assert (title in row, row["Код записи"]) == (True, "client_1")
    seen = await desk.do("import.preview", file=await desk.upload(tmp_path / "b.xlsx"))
    fields = {one.name: one.field for one in seen.columns}
    assert (fields[title], fields["ФИО"]) == (None, "name")


async def test_values_are_written_as_people_read_them(desk: ImportDesk, tmp_path: Path) -> None:
    olga = await desk.colleague("Ольга Белова", "manager", login="olga@example.com")
    client = await desk.client(
        "Анна", phones=["89161112233", "89161112244"], birthday="05.03.1984", owner=olga.user,
        fitness={"goal": "weight", "interests": ["yoga"]},
    )  # fmt: skip
    (row,) = await export(desk, tmp_path / "a.xlsx", system())
    assert row["Телефоны"] == "8 (916) 111-22-33; 8 (916) 111-22-44"
    assert (row["Менеджер"], row["Цель занятий"], row["Интересы"]) == ("Ольга Белова", "Похудение", "Йога")
    assert row["День рождения"].date().isoformat() == "1984-03-05"
    assert row["Код записи"] == f"client_{client}"
    (english,) = await export(desk, tmp_path / "b.xlsx", system("en"))
    assert (english["Training goal"], english["Standing"]) == ("Losing weight", "Lead")


async def test_only_one_s_own_rows_are_exported_and_only_by_who_may(desk: ImportDesk, tmp_path: Path) -> None:
    head = await desk.colleague("Pavel", "head")
    anna = await desk.colleague("Anna", "manager")
    await desk.client("Его", owner=head.user)
    await desk.client("Чужой", owner=anna.user)
    rows = await export(desk, tmp_path / "a.xlsx", head)
    assert [row["Name"] if "Name" in row else row["ФИО"] for row in rows] == ["Его"]
    for actor in (anna, await desk.colleague("Alisa", "analyst")):
        with pytest.raises(NotAllowed):
            await export(desk, tmp_path / "b.xlsx", actor)
    assert not (tmp_path / "b.xlsx").exists()


async def test_a_reference_does_not_tell_a_name_that_is_hidden(desk: ImportDesk, tmp_path: Path) -> None:
    olga = await desk.colleague("Ольга Белова", "manager", login="olga@example.com")
    await desk.client("Анна", owner=olga.user)
    blind = Actor(
        rights=replace(Actor.system("test").rights, hidden=frozenset({("user", "name"), ("user", "login")})),
        name="test",
        locale="ru",
    )
    (row,) = await export(desk, tmp_path / "out.xlsx", blind)
    assert (row["ФИО"], row["Менеджер"]) == ("Анна", None)
    user = desk.app.model["user"]
    book = await read_names(desk.app.database, desk.app.model, user, blind.rights, now=desk.app.clock.now())
    with pytest.raises(InvalidInput):
        book.find("Ольга Белова")


async def test_hidden_fields_are_not_in_the_file(desk: ImportDesk, tmp_path: Path) -> None:
    rights = system().rights
    hidden = frozenset({("client", "phones"), ("client", "fitness.goal"), ("contact_point", "value")})
    blind = Actor(rights=type(rights)(unlimited=True, hidden=hidden), name="test", locale="ru")
    await desk.client("Анна", phones=["89161112233"], emails=["a@b.ru"], fitness={"goal": "weight"})
    (row,) = await export(desk, tmp_path / "a.xlsx", blind)
    assert not {"Телефоны", "Адреса почты", "Цель занятий"} & row.keys()
    assert row["ФИО"] == "Анна"
    with pytest.raises(InvalidInput):
        await export(desk, tmp_path / "a.xlsx", blind, fields=["fitness.goal"])


async def test_a_filter_and_chosen_fields_narrow_the_export(desk: ImportDesk, tmp_path: Path) -> None:
    await desk.client("Анна", city="Тула")
    await desk.client("Борис", city="Пермь")
    rows = await export(
        desk, tmp_path / "a.xlsx", system(), filter={"city": {"eq": "Тула"}}, fields=["city", "ФИО"]
    )
    assert rows == [{"Город": "Тула", "ФИО": "Анна"}]
    with pytest.raises(Refused):
        await export(desk, tmp_path / "a.xlsx", system(), filter={"colour": {"eq": "red"}})


DANGEROUS: Sequence[str] = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", " =cmd|'/C calc'!A0")


async def test_no_text_becomes_a_formula(desk: ImportDesk, tmp_path: Path) -> None:
    for text in DANGEROUS:
        await desk.client(f"Анна {text}", comment=text)
    path = tmp_path / "a.xlsx"
    rows = await export(desk, path, system(), fields=["name", "comment"])
    page = load_workbook(path).worksheets[0]
    assert {cell.data_type for row in page.iter_rows(min_row=2) for cell in row} == {"s"}
    assert [row["Комментарий"] for row in rows] == [text.strip() for text in DANGEROUS]
    flat = tmp_path / "a.csv"
    await export_records(desk.app, system(), desk.app.model["client"], flat, fields=["comment"])
    lines = flat.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [line.strip('"')[0] for line in lines] == ["'"] * len(DANGEROUS)


async def test_fields_that_the_business_added_by_itself_are_in_the_file(
    desk: ImportDesk, tmp_path: Path
) -> None:
    client = await desk.client("Анна")
    for label, kind, value in (
        ("Размер", "number", "39,5"),
        ("Договор", "date", "5.3.26"),
        ("Друг", "boolean", "да"),
    ):
        field = await desk.do("custom_field.create", values={"label": label, "kind": kind})
        values = {"client": client, "field": field.id, "value": value}
        await desk.do("custom_value.create", values=values)
    (row,) = await export(desk, tmp_path / "a.xlsx", system())
    assert (row["Размер"], row["Договор"].date().isoformat(), row["Друг"]) == (39.5, "2026-03-05", "yes")
    rows = await export(desk, tmp_path / "b.xlsx", system(), fields=["name", "размер"])
    assert rows == [{"ФИО": "Анна", "Размер": 39.5}]
