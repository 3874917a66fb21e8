"""What is kept for a while only: attempts, sessions, uploads that nothing refers to, dead jobs."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clients_desk import Desk

from cardfile import CardField, Kind, Plugin
from cardfile.access import File, StoredFile
from cardfile.access.tables import Session, SignInAttempt
from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import FileRefused, Unauthenticated
from cardfile.jobs import Job, State
from cardfile.rights import EVERYTHING

pytestmark = pytest.mark.anyio

LATER = timedelta(days=31)


class PhotoPlugin(Plugin):
    """A picture on the card of a client."""

    name = "photo"
    label = "Photo"
    requires = "cardfile>=0.1,<0.2"
    card_fields = (CardField("picture", "Picture", Kind.FILE, on="client"),)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (PhotoPlugin,)


@pytest.fixture
def clock() -> MovableClock:
    """A clock at the machine's own time: contents of files bear that, whatever a test says."""
    return MovableClock(datetime.now(UTC))


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def upload(app: App, text: str) -> StoredFile:
    async def pieces() -> AsyncIterator[bytes]:
        yield text.encode()

    return await app.access.files.put(pieces(), name="note.txt", owner=None, limit=1_000)


async def count(app: App, table: Any) -> int:
    return int(await app.database.run(table.count()))


async def test_attempts_to_sign_in_are_forgotten_after_half_a_year(
    app: App, desk: Desk, clock: MovableClock
) -> None:
    with pytest.raises(Unauthenticated):
        await app.access.sign_in.sign_in("nobody@example.com", "wrong horse")
    clock.advance(timedelta(days=179))
    with pytest.raises(Unauthenticated):
        await app.access.sign_in.sign_in("nobody@example.com", "wrong horse")
    await app.jobs.run_due()
    assert await count(app, SignInAttempt) == 2
    clock.advance(timedelta(days=2))
    await app.jobs.run_due()
    assert await count(app, SignInAttempt) == 1


async def test_sessions_are_forgotten_a_month_after_they_ended(
    app: App, desk: Desk, clock: MovableClock
) -> None:
    ann = await desk.colleague("Ann", "manager")
    assert ann.user is not None
    ended = await app.access.sign_in.open_session(ann.user)
    await app.access.sign_in.sign_out(ended.key)
    await app.access.sign_in.open_session(ann.user)
    clock.advance(LATER)
    lives = await app.access.sign_in.open_session(ann.user)
    await app.jobs.run_due()
    assert await count(app, Session) == 2  # the second one ended two weeks ago
    clock.advance(timedelta(days=14))
    await app.jobs.run_due()
    assert [row["id"] for row in await app.database.run(Session.select(Session.id))] == [lives.session]


async def test_uploads_that_nothing_refers_to_are_deleted_with_their_contents(
    app: App, desk: Desk, clock: MovableClock
) -> None:
    store = app.access.files.store
    shown, archived, lost = [await upload(app, text) for text in ("shown", "archived", "lost")]
    await desk.client("Ann", photo={"picture": f"file_{shown.id}"})
    gone = await desk.client("Boris", photo={"picture": f"file_{archived.id}"})
    await desk.do("client.archive", record=gone)
    clock.advance(timedelta(days=29))
    await app.jobs.run_due()
    assert await count(app, File) == 3
    clock.advance(timedelta(days=2))
    fresh = await upload(app, "fresh")
    await app.jobs.run_due()
    kept = {row["id"] for row in await app.database.run(File.select(File.id))}
    assert kept == {shown.id, archived.id, fresh.id}
    assert [store.path(one.sha256).exists() for one in (shown, archived, lost, fresh)] == [
        True,
        True,
        False,
        True,
    ]
    with pytest.raises(FileRefused):
        await anext(store.pieces(lost.sha256))


async def test_a_content_that_another_upload_has_too_stays(app: App, clock: MovableClock) -> None:
    await upload(app, "the same")
    clock.advance(LATER)
    again = await upload(app, "the same")
    await app.jobs.run_due()
    assert await count(app, File) == 1
    seen = await app.access.files.find(app.model, f"file_{again.id}", EVERYTHING)
    assert app.access.files.store.path(seen.sha256).exists()


async def test_what_a_cut_off_upload_left_is_deleted(app: App, clock: MovableClock) -> None:
    await upload(app, "whole")
    folder = app.settings.data_dir / "files"
    put(folder / "incoming-12345")
    await app.jobs.run_due()
    assert "incoming-12345" in os.listdir(folder)
    clock.advance(timedelta(days=2))
    await app.jobs.run_due()
    assert "incoming-12345" not in os.listdir(folder)


def put(path: Path) -> None:
    path.write_bytes(b"half")


async def test_dead_jobs_are_forgotten_after_three_months(app: App, clock: MovableClock) -> None:
    number = await app.jobs.enqueue("sweep_access", key="dead")
    await app.database.run(Job.update({Job.state: State.DEAD.value}).where(Job.id == number))

    async def is_there() -> bool:
        return bool(await app.database.run(Job.exists().where(Job.id == number)))

    clock.advance(timedelta(days=89))
    await app.jobs.run_due()
    assert await is_there()
    clock.advance(timedelta(days=3))
    await app.jobs.run_due()
    assert not await is_there()
