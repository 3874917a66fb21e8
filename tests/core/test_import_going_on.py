"""An import that is cut off between or inside portions goes on; two processes at once do nothing twice."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from import_desk import ImportDesk, counts, write_list

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import Refused
from cardfile.imports import Halted, Progress, ahead, kept_import, run_import, running, writing
from cardfile.imports.counts import ImportCounts, Miscounted
from cardfile.journal import UnitOfWork
from cardfile.settings import Settings
from cardfile.spreadsheets.cells import Row

pytestmark = pytest.mark.anyio

ROWS = 47


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path / "data", plugins=("fitness",), worker=False)


@pytest.fixture
def desk(app: App, monkeypatch: pytest.MonkeyPatch) -> ImportDesk:
    """A desk at which portions are of five rows."""
    monkeypatch.setattr(running, "PORTION", 5)
    return ImportDesk(app)


async def start(desk: ImportDesk, path: Path, **arguments: Any) -> int:
    """Set an import up and leave it to the test to run it."""
    rows = [("ФИО", "Телефон", "Цель", "Метки")]
    rows += [(f"Клиент {n}", f"8916000{n:04d}", "сила", "vip") for n in range(ROWS)]
    file = await desk.upload(write_list(path / "list.xlsx", rows))
    made = await desk.do("import.start", file=file, **arguments)
    return int(made.id)


class PowerCut(Exception):
    """What happens to the process in the middle of a portion."""


async def test_a_portion_that_breaks_off_leaves_nothing_and_the_next_run_finishes(
    desk: ImportDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await start(desk, tmp_path)
    whole, times = writing.Writer.write, []

    async def breaking(self: writing.Writer, work: UnitOfWork, decisions: Any) -> None:
        await whole(self, work, decisions)
        times.append(1)
        if len(times) in (2, 5):
            raise PowerCut

    monkeypatch.setattr(writing.Writer, "write", breaking)
    for _ in range(2):
        with pytest.raises(PowerCut):
            await run_import(desk.app, number)
        row = await desk.row("import", number)
        made = [
            len(await desk.rows(name)) for name in ("client", "contact_point", "client_tag", "import_row")
        ]
        assert made == [row["rows_created"]] * 4
        assert 0 < row["rows_created"] == row["rows_read"] < ROWS
    found = await run_import(desk.app, number)
    assert (found.read, found.created) == (ROWS, ROWS)
    row = await desk.row("import", number)
    assert counts(row) == {"read": ROWS, "created": ROWS}
    assert (
        len({one["value"] for one in await desk.rows("contact_point")})
        == len(await desk.rows("client"))
        == ROWS
    )
    undone = await desk.do("import.undo", done=number)
    assert undone.archived == 2 * ROWS + 1
    assert await desk.rows("client") == []


class Killed(BaseException):
    """The end of a process of which no line of it learns."""


async def test_an_import_whose_process_was_killed_is_taken_up_within_a_minute(
    desk: ImportDesk, tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await start(desk, tmp_path)
    whole = writing.Writer.write

    async def killed(self: writing.Writer, work: UnitOfWork, decisions: Any) -> None:
        raise Killed

    monkeypatch.setattr(writing.Writer, "write", killed)
    with pytest.raises(Killed):
        await desk.app.jobs.run_due()
    monkeypatch.setattr(writing.Writer, "write", whole)
    assert (await desk.row("import", number))["state"] == "running"
    clock.advance(timedelta(minutes=1))
    await desk.app.jobs.run_due()
    assert counts(await desk.row("import", number)) == {"read": ROWS, "created": ROWS}


async def test_of_two_processes_only_one_deals_with_a_portion(desk: ImportDesk, tmp_path: Path) -> None:
    number = await start(desk, tmp_path)
    ends = await asyncio.gather(*(run_import(desk.app, number) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(one, Halted | ImportCounts) for one in ends), ends
    while (await desk.row("import", number))["state"] == "running":
        await run_import(desk.app, number)
    assert counts(await desk.row("import", number)) == {"read": ROWS, "created": ROWS}
    assert len(await desk.rows("client")) == ROWS


async def test_an_import_cancelled_on_its_way_stops_and_is_undone(desk: ImportDesk, tmp_path: Path) -> None:
    number = await start(desk, tmp_path)
    stopping: list[asyncio.Task[Any]] = []

    def tell(reached: Progress) -> None:
        if reached.counts.read >= 10 and not stopping:
            stopping.append(asyncio.ensure_future(desk.do("import.cancel", started=number)))

    with pytest.raises(Halted):
        await run_import(desk.app, number, tell=tell)
    await stopping[0]
    row = await desk.row("import", number)
    assert row["state"] == "cancelled"
    assert len(await desk.rows("client")) == row["rows_created"] < ROWS
    await desk.do("import.undo", done=number)
    assert await desk.rows("client") == []


async def test_whatever_refuses_a_whole_portion_the_import_says_so_and_does_not_run_for_ever(
    desk: ImportDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await start(desk, tmp_path)

    async def refusing(self: writing.Writer, work: UnitOfWork, decisions: Any) -> None:
        raise Refused("Tags are given by the office only.")

    monkeypatch.setattr(writing.Writer, "write", refusing)
    await desk.app.jobs.run_due()
    row = await desk.row("import", number)
    assert (row["state"], row["error"]) == ("failed", "Tags are given by the office only.")
    assert await desk.rows("client") == []


async def test_an_import_cancelled_after_its_last_row_stays_cancelled(
    desk: ImportDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await start(desk, tmp_path)
    whole = kept_import.end_import

    async def late(*given: Any, **told: Any) -> None:
        await desk.do("import.cancel", started=number)
        await whole(*given, **told)

    monkeypatch.setattr(running, "end_import", late)
    with pytest.raises(Halted):
        await run_import(desk.app, number)
    assert (await desk.row("import", number))["state"] == "cancelled"


def test_counts_that_do_not_add_up_are_a_fault() -> None:
    with pytest.raises(Miscounted):
        ImportCounts(read=3, created=2)


async def test_somebody_who_comes_while_rows_are_decided_about_is_not_made_twice(
    desk: ImportDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("ФИО", "Телефон", "Менеджер")]
    rows += [(f"Клиент {n}", f"8916000{n:04d}", "Никто Такой") for n in range(ROWS)]
    file = await desk.upload(write_list(tmp_path / "list.xlsx", rows))
    number = int((await desk.do("import.start", file=file)).id)
    prepare, coming = ahead.Ahead.prepare, iter((1, 7, 8))

    async def disturbed(self: ahead.Ahead, some: Sequence[Row]) -> None:
        await prepare(self, some)
        if (here := next(coming, None)) is not None:
            phone = f"8916000{some[here % len(some)][0] - 2:04d}"
            await desk.do("client.create", values={"name": f"Раньше {here}", "phones": [{"value": phone}]})

    monkeypatch.setattr(ahead.Ahead, "prepare", disturbed)
    await run_import(desk.app, number)
    assert counts(await desk.row("import", number)) == {"read": ROWS, "created": ROWS - 3, "duplicate": 3}
    assert len(await desk.rows("client")) == ROWS
    assert "C2" in {address for address, _ in await desk.issues(number)}
