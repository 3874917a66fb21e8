"""Commands that only read take no transaction, and what takes long is prepared before one is opened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from import_desk import MESSY, ImportDesk, write_list

from cardfile import Call, Client, Plugin, command
from cardfile.access import HandedOver
from cardfile.app import App
from cardfile.clients.duplicates import Duplicates
from cardfile.clients.segmenting import SegmentMembers
from cardfile.errors import DeclarationError, InvalidInput, NotAllowed, NotFound, VersionConflict
from cardfile.imports import FileProbe, Import, ImportIssues, ImportPreview
from cardfile.journal import Deed, Glance
from cardfile.rights import Actor
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")


@command("client.greet", label={"en": "Greet", "ru": "Поздороваться"}, action="read", writes=False)
async def greet(call: Call, client: Client, deed: str = "look") -> None:
    """Look at a client, or do what a greeting may not do."""
    if deed == "create":
        await call.create(Client, {"name": "Twin"})
    elif deed == "write":
        await call.write(client, name="Renamed")
    elif deed == "record":
        call.record("client.greeted", client)
    elif deed == "transaction":
        await call.work.open_batch()


async def measured(call: Call, client: Client, steps: int = 1, *, hasty: bool = False) -> int:
    """Work out how much to add, as if it took long."""
    if steps < 0:
        raise InvalidInput("Nobody shrinks.", path=("steps",))
    if hasty:
        await call.write(client, city="Moscow")
    return len(str(client.name)) + steps


@command("client.grow", label={"en": "Grow", "ru": "Вырасти"}, action="edit", prepare=measured)
async def grow(call: Call, client: Client, steps: int = 1, *, hasty: bool = False) -> Client:
    """Call a client by how much was measured."""
    return await call.write(client, city=f"{call.prepared}")


class ManorPlugin(Plugin):
    """Commands that read, and one that prepares."""

    name = "manor"
    label = "Manor"
    requires = "cardfile>=0.1,<0.2"
    commands = (greet, grow)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (ManorPlugin,)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path / "data", plugins=("fitness",), worker=False)


@pytest.fixture
def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


@asynccontextmanager
async def somebody_writing(app: App) -> AsyncIterator[None]:
    """Another task that has the database's one writer while the block lasts."""
    begun, done = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with app.unit_of_work(SYSTEM) as work:
            await work.do("client.create", values={"name": "Somebody else"})
            begun.set()
            await done.wait()

    writing = asyncio.create_task(write())
    await begun.wait()
    try:
        async with asyncio.timeout(25):
            yield
    finally:
        done.set()
        await writing


async def test_what_only_reads_does_not_wait_for_whoever_writes(desk: ImportDesk, tmp_path: Path) -> None:
    app, boss = desk.app, await desk.colleague("Boss", "owner")
    ann = await desk.client("Ann", phones=["89161234567"])
    file = await desk.upload(write_list(tmp_path / "list.xlsx", MESSY))
    segment = await desk.do("segment.create", name="All", filter={"name": {"isNull": False}})
    imported = (await desk.bring_in(write_list(tmp_path / "other.xlsx", MESSY[:4])))["id"]
    async with somebody_writing(app):
        assert isinstance(await app.do(SYSTEM, "client.find_duplicates", client=ann), Duplicates)
        assert isinstance(await app.do(boss, "user.preview_hand_over", user=boss.user), HandedOver)
        assert isinstance(await app.do(SYSTEM, "import.preview", file=file), ImportPreview)
        assert isinstance(await app.do(SYSTEM, "segment.list_members", segment=segment.id), SegmentMembers)
        assert isinstance(await app.do(SYSTEM, "import.issues", done=imported), ImportIssues)


async def test_what_only_reads_is_permitted_loaded_and_checked_like_any_command(desk: ImportDesk) -> None:
    ann, boris = await desk.colleague("Ann", "manager"), await desk.colleague("Boris", "manager")
    hers = await desk.client("Hers", owner=ann.user)
    await desk.app.do(ann, "manor.client.greet", client=hers, expected_version=1)
    with pytest.raises(NotFound):
        await desk.app.do(boris, "manor.client.greet", client=hers)
    with pytest.raises(InvalidInput):
        await desk.app.do(ann, "manor.client.greet", client=hers, deed=5)
    with pytest.raises(VersionConflict):
        await desk.app.do(ann, "manor.client.greet", client=hers, expected_version=7)
    with pytest.raises(NotAllowed):
        await desk.app.do(ann, "user.preview_hand_over", user=ann.user)


@pytest.mark.parametrize("deed", ["create", "write", "record"])
async def test_what_says_that_it_only_reads_cannot_write(desk: ImportDesk, deed: str) -> None:
    ann = await desk.client("Ann")
    says = r"'manor.client.greet' says that it only reads, and writes"
    with pytest.raises(DeclarationError, match=says):
        await desk.app.do(SYSTEM, "manor.client.greet", client=ann, deed=deed)
    with pytest.raises(DeclarationError, match=says):
        await desk.do("manor.client.greet", client=ann, deed=deed)  # inside a unit of work
    assert [one["name"] for one in await desk.rows("client")] == ["Ann"]


async def test_there_is_no_transaction_where_only_reading_is_done(desk: ImportDesk) -> None:
    ann = await desk.client("Ann")
    with pytest.raises(DeclarationError, match="without a transaction"):
        await desk.app.do(SYSTEM, "manor.client.greet", client=ann, deed="transaction")


async def test_a_glance_does_nothing_that_writes(desk: ImportDesk) -> None:
    with pytest.raises(DeclarationError, match=r"'client.create' writes: do it in a unit of work"):
        await Glance.of(desk.app, SYSTEM).do("client.create", values={"name": "Ann"})


async def test_what_was_prepared_is_there_when_the_command_runs(desk: ImportDesk) -> None:
    ann = await desk.client("Ann")
    await desk.app.do(SYSTEM, "manor.client.grow", client=ann, steps=4)
    assert (await desk.row("client", ann))["city"] == "7"
    await desk.do("manor.client.grow", client=ann, steps=5)  # inside a unit of work it is prepared there
    assert (await desk.row("client", ann))["city"] == "8"


async def test_a_preparation_refuses_and_writes_nothing(desk: ImportDesk) -> None:
    ann = await desk.client("Ann")
    with pytest.raises(InvalidInput, match="Nobody shrinks"):
        await desk.app.do(SYSTEM, "manor.client.grow", client=ann, steps=-1)
    with pytest.raises(DeclarationError, match="is being prepared, and nothing is written then"):
        await desk.app.do(SYSTEM, "manor.client.grow", client=ann, hasty=True)
    assert (await desk.row("client", ann))["city"] is None


async def test_passwords_are_hashed_and_lists_looked_at_before_the_writer_is_needed(
    desk: ImportDesk, tmp_path: Path
) -> None:
    app, boss = desk.app, await desk.colleague("Boss", "owner")
    file = await desk.upload(write_list(tmp_path / "list.xlsx", MESSY))
    new = {"user": boss.user, "password": "correct horse"}
    async with somebody_writing(app):
        hashed = await Glance.of(app, boss).prepare(Deed(app.commands["user.set_password"], new))
        looked_at = await Glance.of(app, boss).prepare(Deed(app.commands["import.start"], {"file": file}))
    assert str(hashed.prepared).startswith("$argon2id$")
    assert isinstance(looked_at.prepared, FileProbe)


async def test_what_is_started_over_the_api_is_an_import(desk: ImportDesk, tmp_path: Path) -> None:
    file = await desk.upload(write_list(tmp_path / "list.xlsx", MESSY))
    made = await desk.app.do(SYSTEM, "import.start", file=file)
    assert isinstance(made, Import)
    assert made.sheet == "Клиенты"


async def shrink(call: Call, client: Client, steps: int) -> None:
    """Shrink."""


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"prepare": measured, "writes": False}, "leave out prepare"),
        ({"prepare": lambda call: None}, "is not an async function"),
        ({"prepare": greet}, "give it the command's own call, client, steps"),
    ],
    ids=["reads-only", "not-async", "other-parameters"],
)
async def test_a_preparation_that_cannot_be_is_refused_when_it_is_declared(
    options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        command("client.shrink", label="Shrink", **options)(shrink)
