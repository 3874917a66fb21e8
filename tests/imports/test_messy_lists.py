"""Lists that nobody has seen before are understood: rows, columns, no loss without a word."""

from pathlib import Path

import pytest
from messy_exports import EXPORTS
from messy_files import written
from messy_lists import made_list
from messy_scoring import Score, columns_wrong, scored

from cardfile.app import App
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

SEEDS = range(5_000, 5_050)
"""Nothing was tuned on these; what goes wrong is looked into on others."""


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An app that is never started: nothing here needs a database."""
    database = f"sqlite:///{tmp_path / 'none.db'}"
    return App.build(Settings(database_url=database, data_dir=tmp_path, plugins=("fitness",), worker=False))


async def test_messy_lists_are_understood(app: App, tmp_path: Path) -> None:
    total, worst = Score(), list[tuple[float, str]]()
    for seed in SEEDS:
        one = made_list(seed)
        name, content = written(one)
        path = tmp_path / name
        path.write_bytes(content)
        score = await scored(app, path, one)
        total = total.plus(score)
        worst += [(score.rows_right / max(1, score.rows), fault) for fault in (score.lost + score.wrong)[:3]]
    told = "\n".join(fault for _, fault in sorted(worst)[:40])
    assert len(SEEDS) >= 50
    assert total.lost == [], told
    assert total.rows_right / total.rows >= 0.97, told
    assert total.columns_right / total.columns >= 0.9, told


@pytest.mark.parametrize("name", EXPORTS)
def test_lists_of_other_programs_are_understood(app: App, name: str) -> None:
    right, rows = EXPORTS[name]
    assert columns_wrong(app, right, rows) == {}
