"""What somebody corrected for a list is proposed for the next one with the same headings."""

from pathlib import Path
from typing import Any

import pytest
from import_desk import ImportDesk, write_list

from cardfile.app import App

pytestmark = pytest.mark.anyio

HEADER = ("ФИО", "Телефон", "Примета")


@pytest.fixture
def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


def a_list(folder: Path, header: tuple[str, ...], *rows: tuple[Any, ...]) -> Path:
    folder.mkdir()
    return write_list(folder / "list.xlsx", [header, *rows])


async def guessed(desk: ImportDesk, path: Path, **options: Any) -> dict[str, tuple[str | None, str | None]]:
    seen = await desk.do("import.preview", file=await desk.upload(path), **options)
    return {one.name: (one.field, one.reason) for one in seen.columns}


async def test_a_correction_is_proposed_for_the_next_list_with_these_headings(
    desk: ImportDesk, tmp_path: Path
) -> None:
    first = a_list(tmp_path / "one", HEADER, ("Анна Иванова", "89161234501", "рыжая"))
    assert (await guessed(desk, first))["Примета"] == (None, None)
    await desk.bring_in(first, mapping={"Примета": "comment", "Телефон": None})
    again = a_list(
        tmp_path / "two", ("Телефон ", "примета", "ФИО"), ("89161234502", "с зонтом", "Пётр Петров")
    )
    assert await guessed(desk, again) == {
        "Телефон": (None, None),
        "примета": ("comment", "remembered"),
        "ФИО": ("name", "same_name"),
    }
    # Whatever is said now goes before what was said then.
    assert (await guessed(desk, again, mapping={"примета": "city"}))["примета"] == ("city", "chosen")


async def test_what_was_said_of_one_list_means_nothing_for_another(desk: ImportDesk, tmp_path: Path) -> None:
    await desk.bring_in(
        a_list(tmp_path / "one", HEADER, ("Анна Иванова", "89161234501", "рыжая")),
        mapping={"Примета": "comment"},
    )
    other = a_list(tmp_path / "two", (*HEADER, "Город"), ("Пётр", "89161234502", "с зонтом", "Тула"))
    assert (await guessed(desk, other))["Примета"] == (None, None)
