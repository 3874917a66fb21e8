"""Messy lists brought in to the end: every row of them is somebody, and nobody's phone is lost."""

from pathlib import Path

import pytest
from import_desk import ImportDesk
from messy_files import written
from messy_lists import made_list

from cardfile.app import App
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

SEEDS = (5_003, 5_010, 5_021)


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=sqlite_url, data_dir=tmp_path / "data", plugins=("fitness",), worker=False)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_messy_list_is_brought_in_to_its_end(app: App, tmp_path: Path, seed: int) -> None:
    desk, one = ImportDesk(app), made_list(seed)
    name, content = written(one)
    path = tmp_path / name
    path.write_bytes(content)
    done = await desk.bring_in(path, duplicates="create")
    outcomes = await desk.outcomes(done["id"])
    assert done["state"] == "done"
    assert {row: outcomes.get(row) for row in one.list.truth} == dict.fromkeys(one.list.truth, "created")
    told = [says for row in one.list.truth.values() for _, says in row]
    phones = {phone for says in told for phone in says.get("phones", ())}
    emails = {email for says in told for email in says.get("emails", ())}
    kept = {row["value"] for row in await desk.rows("contact_point")}
    assert phones | emails <= kept
