"""Exports in the background: asked for, made, stopped, refused, let go of; only under rights."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from import_desk import ImportDesk
from openpyxl import load_workbook

from cardfile.app import App
from cardfile.errors import FileRefused, InvalidInput, NotAllowed, NotFound, Refused
from cardfile.exports import exporting
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


async def asked_for(desk: ImportDesk, *, by: Actor | None = None, **wanted: Any) -> dict[str, Any]:
    made = await desk.do("export.start", by=by, **{"entity": "clients", **wanted})
    await desk.app.jobs.run_due()
    return await desk.row("export", made.id)


async def content(desk: ImportDesk, row: dict[str, Any], folder: Path) -> Path:
    """Return the file of an export under a name that says what it is."""
    sha256 = await desk.app.access.files.hash_of(row["file"])
    assert sha256 is not None
    path = folder / str(row["file_name"])
    path.write_bytes(desk.app.access.files.store.path(sha256).read_bytes())
    return path


async def test_a_list_is_made_in_the_background_and_let_go_of_after_a_while(
    desk: ImportDesk, clock: Any, tmp_path: Path
) -> None:
    for name in ("Анна", "Борис", "Вера"):
        await desk.client(name, city="Тула" if name != "Вера" else "Пермь")
    row = await asked_for(desk, filter={"city": {"eq": "Тула"}}, fields=["name", "city"])
    assert (row["state"], row["rows_about"], row["rows_written"]) == ("done", 2, 2)
    assert row["file_name"].startswith("Clients 20")
    page = load_workbook(await content(desk, row, tmp_path)).worksheets[0]
    assert list(page.values) == [("ФИО", "Город"), ("Анна", "Тула"), ("Борис", "Тула")]
    flat = await asked_for(desk, search="Вера", fields=["name"], format="csv")
    assert (await content(desk, flat, tmp_path)).read_text(encoding="utf-8-sig").split() == ["ФИО", "Вера"]
    clock.advance(timedelta(days=desk.app.settings.keep.uploads_days + 2))
    await desk.app.jobs.run_due()
    assert (await desk.row("export", row["id"]))["file"] is None


async def test_what_cannot_be_exported_is_refused_before_anything_is_begun(
    desk: ImportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await desk.colleague("Anna", "manager")
    await desk.client("Анна", owner=anna.user)
    refused: list[tuple[type[Refused], dict[str, Any]]] = [
        (FileRefused, {}),
        (NotAllowed, {"by": anna}),
        (NotFound, {"entity": "cliants"}),
        (InvalidInput, {"fields": ["colour"]}),
        (InvalidInput, {"filter": {"colour": {"eq": "red"}}}),
    ]
    monkeypatch.setattr(exporting, "MOST_ROWS", 1)
    for error, wanted in refused:
        with pytest.raises(error):
            await asked_for(desk, **wanted)
    assert await desk.rows("export") == []
    assert (await asked_for(desk, format="csv"))["state"] == "done"


async def test_an_export_is_stopped_and_one_whose_owner_may_not_any_more_fails(desk: ImportDesk) -> None:
    boss = await desk.colleague("Pavel", "head")
    await desk.client("Анна", owner=boss.user)
    stopped = await desk.do("export.start", by=boss, entity="client")
    await desk.do("export.cancel", by=boss, started=stopped.id)
    made = await desk.do("export.start", by=boss, entity="client")
    await desk.do("user.revoke_role", user=boss.user, role="head")
    await desk.app.jobs.run_due()
    assert [row["state"] for row in await desk.rows("export", order=("id",))] == ["cancelled", "failed"]
    row = await desk.row("export", made.id)
    assert (row["file"], row["error"]) == (None, "Вам нельзя это выгружать.")
    with pytest.raises(Refused):
        await desk.do("export.cancel", by=boss, started=made.id)
