"""kill -9 in every stage of an import: whoever goes on ends where one ends whom nobody has disturbed."""

import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from crash_fixtures import forge
from crash_house import CrashHouse, Forge, crash_house
from import_desk import Cells, ImportDesk, write_list

from cardfile.app import App
from cardfile.imports import commands, starting, tables, taking_back
from cardfile.imports.reviews import SettledBy, SettledRow
from cardfile.journal.signatures import RecordId
from cardfile.settings import Settings

__all__ = ["forge"]

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ROWS = 250
"""More than one portion: the first one has a hundred rows."""

POINTS: Mapping[str, Sequence[str]] = {
    "probe": ("stages.probe_kept",),
    "check": ("stages.check_portion", "stages.check_kept"),
    "run": ("import.portion_written:2", "import.portion_kept", "import.before_finish"),
    "settle": ("stages.settled_portion_written", "stages.before_settled"),
    "undo": ("stages.undo_portion_written:2", "stages.undo_portion_kept", "stages.before_undone"),
}
"""Where a worker dies in each stage, one after another."""

FIRST: Sequence[Cells] = (
    ("Клиенты",),
    ("ФИО", "Телефон", "Метки"),
    *((f"Клиент {n}", f"8916000{n:04d}", "vip" if n % 3 else "vip; новый") for n in range(ROWS)),
    ("Клиент 1", "8916-000-00-01", "сосед"),
    ("Кто-то", "8916-000-00-03, 8916-000-00-04, 8916-999-00-00", "сосед"),
)
SECOND: Sequence[Cells] = (
    ("ФИО", "Телефон"),
    *((f"Гость {n}", f"8926000{n:04d}") for n in range(ROWS // 2)),
    ("Клиент 2", "8916-000-00-02"),
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is small go the way of what is large: looked at, and taken back, in the background."""
    monkeypatch.setattr(starting, "_AT_ONCE", 0)
    monkeypatch.setattr(commands, "AT_ONCE", 0)


@pytest.fixture
async def house(engine: str, database_url: str, forge: Forge, tmp_path: Path) -> AsyncIterator[CrashHouse]:
    """An installation whose workers die."""
    async with crash_house(
        forge, tmp_path, database_url=database_url, queue_url=None, plugins={}, also=("fitness",)
    ) as opened:
        yield opened


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncIterator[App]:
    """An installation of its own in which nobody dies."""
    folder = tmp_path / "quiet"
    folder.mkdir()
    settings = Settings(
        database_url=f"sqlite:///{folder / 'cardfile.db'}",
        data_dir=folder / "data",
        plugins=("fitness",),
        worker=False,
    )
    app = App.build(settings)
    await app.migrate()
    async with app.running():
        yield app


async def test_whatever_stage_is_killed_the_end_is_the_same(
    house: CrashHouse, quiet: App, tmp_path: Path
) -> None:
    path = write_lists(tmp_path / "list.xlsx")
    died, lived = ImportDesk(house.app), ImportDesk(quiet)
    for desk in (died, lived):
        known = await desk.client("Клиент 5", phones=["+79160000005"])
        assert known
    number, other = [
        (await desk.do("import.start", file=await desk.upload(path), pause=True)).id for desk in (died, lived)
    ]
    await killed(house, number, "probe")
    await quiet.jobs.run_due()
    for desk, one in ((died, number), (lived, other)):
        seen = await desk.row("import", one)
        assert (seen["state"], seen["sheet"], seen["header_row"]) == ("probed", "Клиенты", 2)
        sheets = [{"sheet": "Клиенты"}, {"sheet": "Гости"}]
        await desk.do("import.map", started=one, sheets=sheets, duplicates="fill")
    for stage in ("check", "run"):
        for desk, one in ((died, number), (lived, other)):
            await desk.do(f"import.{stage}", started=one)
        await killed(house, number, stage)
        await quiet.jobs.run_due()
        assert await told(died, number) == await told(lived, other), stage
    for desk, one in ((died, number), (lived, other)):
        (review,) = (await desk.do("import.reviews", done=one)).reviews
        assert [each.name for each in review.candidates] == ["Клиент 3", "Клиент 4"]
        meant = SettledRow(review.row, SettledBy.TAKE, RecordId(review.candidates[1].id))
        await desk.do("import.settle", done=one, rows=[meant])
    await killed(house, number, "settle")
    await quiet.jobs.run_due()
    assert await told(died, number) == await told(lived, other)
    for desk, one in ((died, number), (lived, other)):
        row = await desk.row("import", one)
        assert (row["rows_created"], row["rows_review"]) == (ROWS - 1 + ROWS // 2, 0)
        maria = await desk.colleague("Maria", "owner")
        changed = await called(desk, "Клиент 7")
        await desk.do("client.update", by=maria, record=changed, values={"name": "Анна"})
        assert not (await desk.do("import.undo", done=one)).is_over
    await killed(house, number, "undo")
    await quiet.jobs.run_due()
    assert await told(died, number) == await told(lived, other)
    names = {row["name"] for row in await died.rows("client")}
    assert names == {"Клиент 5", "Анна"}
    undone = await taking_back.read_taking_back(died.app, number)
    assert undone is not None
    (kept,) = undone.kept
    assert kept.record == await called(died, "Анна")
    assert "name" in kept.paths


async def killed(house: CrashHouse, number: int, stage: str) -> None:
    """Let workers die at every point of a stage, and then one live until nothing is due any more."""
    for point in POINTS[stage]:
        victim = house.start("worker", failpoint=point)
        assert await house.wait_for_death(victim) == -signal.SIGKILL, f"{point}: {house.log()}"
    survivor = house.start("worker")

    async def is_over(app: App) -> bool:
        return (await ImportDesk(app).row("import", number))["stage"] is None

    await house.wait_for_settling(is_over)
    house.kill(survivor)


def write_lists(path: Path) -> Path:
    """Write two sheets, of which the second repeats one of the first."""
    from openpyxl import load_workbook  # noqa: PLC0415

    write_list(path, FIRST)
    book = load_workbook(path)
    page = book.create_sheet("Гости")
    for row in SECOND:
        page.append(list(row))
    book.save(path)
    return path


async def called(desk: ImportDesk, name: str) -> int:
    (row,) = await desk.rows("client", {"name": {"eq": name}})
    return int(row["id"])


async def told(desk: ImportDesk, number: int) -> dict[str, Any]:
    """Return all that can be told of an installation, but for ids and times."""
    clients = {row["id"]: row["name"] for row in await desk.rows("client", archived=True)}
    tags = {row["id"]: row["name"] for row in await desk.rows("tag", archived=True)}
    row = await desk.row("import", number)
    kept = {
        key: value for key, value in row.items() if key.startswith(("rows_", "ignored_", "state", "stage"))
    }
    results = await desk.app.database.run(
        tables.StageResult.select(tables.StageResult.result).where(
            (tables.StageResult.origin == number) & (tables.StageResult.name == "check")
        )
    )
    events = await desk.app.database.fetch("select name, entity, before, after from event")
    return {
        "import": {key: value for key, value in kept.items() if key not in ("stage_at", "stage_speed")},
        "check": [orjson.loads(one["result"]) for one in results],
        "rows": [
            (one["sheet"], one["row"], one["outcome"], clients.get(one["client"]), one["issues"])
            for one in await desk.rows("import_row", order=("sheet", "row"))
        ],
        "clients": Counter(
            (one["name"], one["archived_at"] is None) for one in await desk.rows("client", archived=True)
        ),
        "contacts": Counter(
            (clients[one["client"]], one["value"], one["is_primary"])
            for one in await desk.rows("contact_point", archived=True)
        ),
        "tags": Counter(
            (clients[one["client"]], tags[one["tag"]], one["archived_at"] is None)
            for one in await desk.rows("client_tag", archived=True)
        ),
        "events": Counter(
            (str(name), str(entity), after is None)
            for name, entity, _, after in events
            if entity in ("client", "tag", "client_tag", "contact_point", "batch")
        ),
    }
