"""kill -9 between number and file: one number, one document, one file, one attachment."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from documents_desk import SECTION, Desk

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.failpoints import VARIABLE
from cardfile.plugins import JobRun
from cardfile.settings import Settings
from cardfile_documents import DocumentsPlugin

pytestmark = pytest.mark.anyio


def build(database_url: str, folder: Path, clock: MovableClock) -> App:
    settings = Settings(
        database_url=database_url,
        data_dir=folder,
        plugins=(),
        sections={"documents": SECTION},
        zone="Europe/Moscow",
    )
    return App.build(settings, plugins=[DocumentsPlugin], clock=clock)


async def main(database_url: str, folder: str, deal: int) -> None:
    """Issue a document and make its file, as a process that will be killed on the way."""
    async with build(database_url, Path(folder), MovableClock()).running() as app:
        desk = Desk(app)
        if not await desk.rows("documents.document"):
            await desk.issue(deal)
        await app.jobs.run_due()


async def kill_at(point: str, database_url: str, folder: Path, deal: int) -> None:
    """Let a process die at a point."""
    given = f"{database_url!r}, {str(folder)!r}, {deal}"
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", f"import asyncio, test_documents_killed as t; asyncio.run(t.main({given}))"],
        env={**os.environ, VARIABLE: point, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        timeout=120,
        capture_output=True,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-3_000:]


@pytest.mark.parametrize(
    "point", ["documents.numbered", "documents.rendered", "documents.file_kept", "documents.before_commit"]
)
async def test_a_process_killed_at_a_point_leaves_one_of_everything(
    point: str, database_url: str, tmp_path: Path
) -> None:
    clock = MovableClock()
    app = build(database_url, tmp_path, clock)
    await app.migrate()
    async with app.running():
        desk = Desk(app)
        deal = await desk.deal(("Окно", 1, "100"))
        await app.jobs.run_due()
        await kill_at(point, database_url, tmp_path, deal)
        if point == "documents.numbered":
            assert await desk.rows("documents.document") == []
            await desk.issue(deal)
        assert await desk.rows("file") == []
        clock.advance(timedelta(minutes=6))
        await app.jobs.run_due()
        (document,) = await desk.rows("documents.document")
        assert (document["number"], document["file_state"]) == ("2026-00001", "ready")
        assert len(await desk.rows("attachment")) == 1
        (file,) = await desk.rows("file")
        assert file["id"] == document["file"]
        kept = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
        assert [path.name for path in kept] == [await app.access.files.hash_of(file["id"])]
        assert "2026-00001" in await desk.text(document)
        assert (await desk.document(await desk.issue(deal)))["number"] == "2026-00002"


async def test_two_workers_at_the_same_file_keep_it_once(database_url: str, tmp_path: Path) -> None:
    app = build(database_url, tmp_path, MovableClock())
    await app.migrate()
    async with app.running():
        desk = Desk(app)
        invoice = await desk.issue(await desk.deal(("Окно", 1, "100")))
        kind = app.jobs.kinds["documents.render"]

        def run(number: int) -> JobRun:
            payload = {"document": invoice}
            return JobRun(app=app, job=number, payload=payload, key="x", attempt=1, now=app.clock.now())

        await asyncio.gather(*(kind.function(run(number)) for number in range(3)))
        assert (await desk.document(invoice))["file_state"] == "ready"
        assert len(await desk.rows("file")) == 1
        assert len(await desk.rows("attachment")) == 1
