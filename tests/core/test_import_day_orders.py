"""Dates with slashes: a column shows itself whether the day or the month stands first, or it is told."""

from datetime import date
from pathlib import Path

import pytest
from import_desk import HEADER, ImportDesk, write_list

from cardfile.app import App
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path / "data",
        plugins=("fitness",),
        locale="ru",
        zone="Europe/Moscow",
        worker=False,
    )


@pytest.fixture
async def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


def born(path: Path, *days: str) -> Path:
    rows = [(n, f"Клиент {n}", f"891611122{n:02}", None, day) for n, day in enumerate(days, 10)]
    return write_list(path, [HEADER[:5], *rows])


async def test_one_date_decides_about_all_of_its_column(desk: ImportDesk, tmp_path: Path) -> None:
    await desk.bring_in(born(tmp_path / "a.xlsx", "03/04/1990", "02/13/1991", "12/05/1992"))
    days = [row["birthday"] for row in await desk.rows("client")]
    assert days == [date(1990, 3, 4), date(1991, 2, 13), date(1992, 12, 5)]


async def test_an_unclear_column_is_told_once(desk: ImportDesk, tmp_path: Path) -> None:
    done = await desk.bring_in(born(tmp_path / "a.xlsx", "03/04/1990", "02/12/1991", "12/05/1992"))
    days = [row["birthday"] for row in await desk.rows("client")]
    assert days == [date(1990, 4, 3), date(1991, 12, 2), date(1992, 5, 12)]
    issues = await desk.issues(done["id"])
    assert [address for address, message in issues if "2025-12-31" in message] == ["E2"]
