"""The stages of an import: each keeps what came of it, can be stopped, corrected, done again, and taken back."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from import_desk import MESSY, Cells, ImportDesk, counts, write_list
from openpyxl import load_workbook

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import InvalidInput, NotFound, Refused
from cardfile.imports import (
    DryRun,
    Halted,
    MappedSheet,
    Progress,
    commands,
    do_stage,
    plan_of,
    starting,
    take_back,
    taking_back,
    trying,
)
from cardfile.imports.progress import HOLD, Gauge, PortionSize
from cardfile.imports.results import read_result
from cardfile.imports.reviews import SettledBy, SettledRow
from cardfile.imports.tables import Result
from cardfile.journal.signatures import RecordId
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

GUESTS: Sequence[Cells] = (
    ("Гости зала",),
    ("ФИО", "Телефон", "Откуда"),
    ("Орлов Олег", "8-926-111-00-01", "с улицы"),
    ("Анна Иванова", "8-916-111-22-33", "подруга"),
    (None, None, "никто"),
)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path / "data", plugins=("fitness",), worker=False)


@pytest.fixture
def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


def two_sheets(path: Path) -> Path:
    """Write a list of clients, and one of guests that knows one of them."""
    write_list(path, MESSY)
    book = load_workbook(path)
    page = book.create_sheet("Гости")
    for row in GUESTS:
        page.append(list(row))
    book.save(path)
    return path


async def paused(desk: ImportDesk, path: Path, **arguments: Any) -> int:
    """Start an import that waits, and let what is due for it be done."""
    made = await desk.do("import.start", file=await desk.upload(path), pause=True, **arguments)
    await desk.app.jobs.run_due()
    return int(made.id)


async def paths(desk: ImportDesk, number: int, sheet: int = 0) -> dict[str, str | None]:
    """Return where the columns of a sheet go by their names."""
    plan = await plan_of(desk.app, number)
    assert plan is not None
    return {one.name: one.path for one in plan.sheets[sheet].columns}


async def checked(desk: ImportDesk, number: int) -> DryRun:
    """Return what came of trying an import out."""
    text = await read_result(desk.app, Result.CHECK, number)
    assert text is not None
    return DryRun.of(text)


@pytest.mark.parametrize("limit", [2_000_000, 0], ids=["looked at at once", "looked at in the background"])
async def test_an_import_that_waits_is_corrected_tried_out_and_run(
    desk: ImportDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(starting, "_AT_ONCE", limit)
    path = write_list(tmp_path / "list.xlsx", MESSY)
    number = await paused(desk, path)
    assert (await desk.row("import", number))["state"] == "probed"
    assert (await paths(desk, number))["Цель"] == "fitness.goal"
    again = await desk.do("import.start", file=await desk.upload(path), pause=True)
    assert again.id == number
    await desk.do("import.map", started=number, mapping={"Цель": None, "Метки": "comment"}, duplicates="fill")
    assert (await paths(desk, number))["Цель"] is None
    with pytest.raises(InvalidInput, match="no column"):
        await desk.do("import.map", started=number, mapping={"Нет такого": "name"})
    await desk.do("import.check", started=number)
    assert await desk.rows("client") == []
    await desk.app.jobs.run_due()
    row = await desk.row("import", number)
    assert (row["state"], row["stage"], row["stage_rows"]) == ("checked", None, 14)
    tried = await checked(desk, number)
    assert await desk.rows("client") == await desk.rows("import_row") == []
    await desk.do("import.run", started=number)
    await desk.app.jobs.run_due()
    row = await desk.row("import", number)
    assert (row["state"], counts(row)["created"]) == ("done", tried.counts.created)
    assert {name: row[name] for name in tried.counts.columns()} == tried.counts.columns()
    noted = {one.row: one.outcome for one in tried.noted}
    assert noted == {key: kept for key, kept in (await desk.outcomes(number)).items() if key in noted}
    assert sum(one.times for one in tried.tallies) == sum(len(one.issues) for one in tried.noted)
    events = await desk.app.database.fetch("select name from event where entity = 'import' order by id")
    assert [str(name) for (name,) in events] == [
        "import.started", "import.mapped", "import.check_started", "import.run_started", "import.finished",
    ]  # fmt: skip
    for late in ("map", "probe", "check"):
        with pytest.raises(Refused, match="has begun"):
            await desk.do(f"import.{late}", started=number)


async def test_several_sheets_come_in_by_one_run_and_go_by_one_undo(desk: ImportDesk, tmp_path: Path) -> None:
    path = two_sheets(tmp_path / "list.xlsx")
    number = await paused(desk, path)
    assert (await desk.row("import", number))["sheet"] == "Клиенты"
    sheets = [MappedSheet("Клиенты"), MappedSheet("Гости", mapping={"Откуда": "comment"})]
    await desk.do("import.map", started=number, sheets=sheets)
    assert await paths(desk, number, 1) == {"ФИО": "name", "Телефон": "phones", "Откуда": "comment"}
    await desk.do("import.run", started=number)
    await desk.app.jobs.run_due()
    row = await desk.row("import", number)
    assert counts(row) == {"read": 9, "created": 6, "duplicate": 2, "refused": 1}
    assert row["stage_rows"] == row["rows_read"] + sum(
        row[f"ignored_{name}"] for name in ("above", "headers", "totals", "asides", "blank")
    )
    left_out = {"outcome": {"in": ["refused", "skipped"]}}
    kept = await desk.rows("import_row", left_out, order=("sheet", "row"))
    assert [(one["sheet"], one["row"]) for one in kept] == [(0, 10), (1, 5)]
    second = await paused(desk, path)
    await desk.do("import.probe", started=second, sheets=["Гости"], header_row=2)
    await desk.do("import.run", started=second)
    await desk.app.jobs.run_due()
    assert counts(await desk.row("import", second)).get("created", 0) == 0
    undone = await desk.do("import.undo", done=number)
    assert undone.is_over
    assert await desk.rows("client") == []


async def test_another_header_or_none_is_understood_anew(desk: ImportDesk, tmp_path: Path) -> None:
    rows = [("Анна Орлова", "8-926-111-00-01"), ("Олег Орлов", "8-926-111-00-02")]
    number = await paused(desk, write_list(tmp_path / "list.xlsx", [("ФИО", "Телефон"), *rows]))
    await desk.do("import.probe", started=number, header_row=0, mapping={"A": "name"})
    assert (await paths(desk, number))["A"] == "name"
    await desk.do("import.map", started=number, sheets=[MappedSheet("Клиенты", header_row=1)])
    assert await paths(desk, number) == {"ФИО": "name", "Телефон": "phones"}
    with pytest.raises(InvalidInput, match="no sheet"):
        await desk.do("import.map", started=number, sheets=[MappedSheet("Лист9")])
    with pytest.raises(InvalidInput, match="cannot be the header"):
        await desk.do("import.probe", started=number, header_row=40)
    await desk.do("import.map", started=number, mapping={"ФИО": None, "Телефон": None})
    with pytest.raises(InvalidInput, match="name, a phone"):
        await desk.do("import.run", started=number)


async def test_what_is_said_or_stopped_during_a_check_ends_it(
    desk: ImportDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await paused(desk, write_list(tmp_path / "list.xlsx", MESSY))
    deeds: list[tuple[str, dict[str, Any]]] = [("import.map", {"strict": False}), ("import.cancel", {})]
    whole = trying.dry_run

    async def disturbed(*given: Any, **told: Any) -> DryRun:
        name, arguments = deeds.pop(0)
        await desk.do(name, started=number, **arguments)
        return await whole(*given, **told)

    monkeypatch.setattr(trying, "dry_run", disturbed)
    for state in ("probed", "cancelled"):
        await desk.do("import.check", started=number)
        with pytest.raises(Halted):
            await do_stage(desk.app, number)
        row = await desk.row("import", number)
        assert (row["state"], row["stage"]) == (state, None)
        assert await read_result(desk.app, Result.CHECK, number) is None
    assert await desk.rows("client") == []
    with pytest.raises(Refused):
        await desk.do("import.run", started=number)


async def test_a_large_import_is_taken_back_by_portions_and_stopped_on_its_way(
    desk: ImportDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "AT_ONCE", 0)
    monkeypatch.setattr(taking_back, "UNDO_PORTION", 7)
    rows: list[Cells] = [("ФИО", "Телефон", "Метки")]
    rows += [(f"Клиент {n}", f"8916000{n:04d}", "vip") for n in range(40)]
    known = await desk.client("Клиент 3", phones=["+79160000003"])
    done = await desk.bring_in(write_list(tmp_path / "list.xlsx", rows), duplicates="fill")
    number = done["id"]
    maria = await desk.colleague("Maria", "owner")
    (one,) = await desk.rows("client", {"name": {"eq": "Клиент 30"}})
    await desk.do("client.update", by=maria, record=one["id"], values={"comment": "звонил"})
    begun = await desk.do("import.undo", done=number, by=maria)
    assert not begun.is_over
    assert (await desk.row("import", number))["state"] == "undoing"
    stopping: list[asyncio.Task[Any]] = []

    def tell(reached: Progress) -> None:
        assert reached.about is not None
        if reached.row * 2 > reached.about and not stopping:
            stopping.append(asyncio.ensure_future(desk.do("import.cancel", started=number)))

    with pytest.raises(Halted):
        await take_back(desk.app, number, tell=tell)
    await stopping[0]
    row = await desk.row("import", number)
    assert (row["state"], row["stage"]) == ("done", None)
    kept = await desk.do("import.undo", done=number, by=maria)
    assert kept.archived > 0
    ends = await asyncio.gather(*(take_back(desk.app, number) for _ in range(2)), return_exceptions=True)
    assert all(isinstance(end, Halted | taking_back.TakingBack) for end in ends), ends
    while (await desk.row("import", number))["state"] == "undoing":
        await take_back(desk.app, number)
    left = {row["id"]: row["name"] for row in await desk.rows("client")}
    assert left == {known: "Клиент 3", one["id"]: "Клиент 30"}
    assert await desk.rows("client_tag") == []
    over = await taking_back.read_taking_back(desk.app, number)
    assert over is not None
    assert (over.done, over.archived, over.kept_total) == (over.records, 38 + 40 + 1, 1)
    (told,) = await desk.app.database.fetch(
        "select count(*) from event where entity = 'import' and name = 'import.undone'"
    )
    assert told == (1,)
    with pytest.raises(Refused, match="undone already"):
        await desk.do("import.undo", done=number)


async def test_what_a_second_import_did_and_took_back_holds_up_no_undo_of_the_first(
    desk: ImportDesk, tmp_path: Path
) -> None:
    maria = await desk.colleague("Maria", "owner")
    head = ("ФИО", "Телефон", "Метки")
    rows = [head, ("Анна Орлова", "8-926-111-00-01", "vip"), ("Олег Орлов", "8-926-111-00-02", "")]
    first = await desk.bring_in(write_list(tmp_path / "a.xlsx", rows), by=maria)
    more = [head, ("Анна Орлова", "8-926-111-00-01, 8-926-111-00-03", "сосед")]
    second = await desk.bring_in(write_list(tmp_path / "b.xlsx", more), by=maria, duplicates="fill")
    assert counts(second) == {"read": 1, "updated": 1}
    await desk.do("import.undo", done=second["id"], by=maria)
    undone = await desk.do("import.undo", done=first["id"], by=maria)
    assert undone.kept == []
    assert await desk.rows("client") == await desk.rows("tag") == []


async def test_a_row_that_means_two_waits_until_somebody_says_which(desk: ImportDesk, tmp_path: Path) -> None:
    anna = await desk.client("Анна Орлова", phones=["+79261110001"])
    await desk.client("Олег Орлов", phones=["+79261110002"])
    rows: list[Cells] = [("ФИО", "Телефон", "Откуда")]
    rows += [
        (f"Кто-то {n}", f"8-926-111-00-01, 8-926-111-00-02, 8-926-111-01-0{n}", "друг") for n in range(4)
    ]
    done = await desk.bring_in(write_list(tmp_path / "a.xlsx", rows), mapping={"Откуда": "comment"})
    number = done["id"]
    assert counts(done) == {"read": 4, "review": 4}
    told = await desk.do("import.reviews", done=number, first=3)
    assert (len(told.reviews), told.has_more) == (3, True)
    assert [one.name for one in told.reviews[0].candidates] == ["Анна Орлова", "Олег Орлов"]
    assert "several records" in told.reviews[0].messages[0]
    with pytest.raises(InvalidInput, match="it may mean: client_1, client_2"):
        await desk.do(
            "import.settle", done=number, rows=[SettledRow(2, SettledBy.TAKE, RecordId("client_9"))]
        )
    with pytest.raises(NotFound, match="Row 9"):
        await desk.do("import.settle", done=number, rows=[SettledRow(9, SettledBy.NEW)])
    said = [SettledRow(2, SettledBy.TAKE, RecordId(f"client_{anna}")), SettledRow(3, SettledBy.NEW)]
    await desk.do("import.settle", done=number, rows=[*said, SettledRow(5, SettledBy.NEW)])
    with pytest.raises(Refused, match="stop it first"):
        await desk.do("import.undo", done=number)
    await desk.do("import.cancel", started=number)
    await desk.app.jobs.run_due()
    assert counts(await desk.row("import", number)) == {"read": 4, "review": 4}
    await desk.do("import.settle", done=number, rows=[*said, SettledRow(4, SettledBy.SKIP)])
    await desk.app.jobs.run_due()
    row = await desk.row("import", number)
    assert counts(row) == {"read": 4, "created": 1, "updated": 1, "duplicate": 1, "review": 1}
    assert (row["state"], row["stage"], row["error"]) == ("done", None, None)
    assert await desk.outcomes(number) == {2: "updated", 3: "created", 4: "duplicate", 5: "review"}
    phones = await desk.of("contact_point", anna, "value")
    assert phones == ["+79261110001", "+79261110002", "+79261110100"]
    assert (await desk.row("client", anna))["comment"] == "друг"
    undone = await desk.do("import.undo", done=number)
    assert (undone.archived, undone.restored, undone.kept) == (1, 1, [])
    assert await desk.of("contact_point", anna, "value") == ["+79261110001"]


async def test_an_import_that_failed_goes_on_once_the_reason_is_gone(
    desk: ImportDesk, tmp_path: Path
) -> None:
    await desk.colleague("Olga", "owner")
    maria = await desk.colleague("Maria", "manager")
    file = await desk.upload(write_list(tmp_path / "list.xlsx", MESSY), by=maria)
    number = (await desk.do("import.start", file=file, by=maria)).id
    await desk.do("user.deactivate", user=maria.user)
    await desk.app.jobs.run_due()
    assert (await desk.row("import", number))["state"] == "failed"
    await desk.do("user.activate", user=maria.user)
    await desk.do("import.run", started=number)
    await desk.app.jobs.run_due()
    row = await desk.row("import", number)
    assert (row["state"], row["error"], row["rows_created"]) == ("done", None, 5)


def test_a_portion_grows_and_shrinks_with_the_time_it_takes() -> None:
    size = PortionSize(most=1_000, is_alone=True)
    sizes = []
    for seconds in (HOLD / 2, HOLD / 2, HOLD, HOLD * 5, HOLD * 5, HOLD * 5):
        size.note(size.rows, seconds)
        sizes.append(size.rows)
    assert sizes == [150, 225, 225, 157, 109, 100]
    few = PortionSize(most=1_000, is_alone=True)
    few.note(1, 0.0)
    assert few.rows == 100


async def test_progress_tells_the_speed_and_what_is_left(desk: ImportDesk, clock: MovableClock) -> None:
    gauge = Gauge(0, about=100)
    before = gauge.is_due
    told = {column._meta.name: value for column, value in gauge.columns(130, clock.now()).items()}
    assert (told["stage_rows"], told["stage_about"]) == (130, 130)
    assert told["stage_speed"] > 0
    assert (before, gauge.is_due) == (True, False)
    assert clock.now() + timedelta(0) == told["stage_at"]
