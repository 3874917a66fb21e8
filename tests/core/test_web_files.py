"""Files over HTTP: in by a stream, out through the visibility of their row."""

import contextlib
import gc
import io
import os
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from cardfile.access.file_types import UNKNOWN, media_type_of
from cardfile.app import App
from cardfile.settings import Limits, Settings
from cardfile.web import make_asgi

pytestmark = pytest.mark.anyio

Api = Callable[..., AsyncClient]
MakeUser = Callable[..., Awaitable[Any]]


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"limits": Limits(upload_bytes=100_000)})


def workbook() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return kept.getvalue()


async def test_a_file_comes_back_as_something_to_be_saved(api: Api, make_user: MakeUser) -> None:
    client = api(as_=await make_user("manager"))
    sent = await client.post(
        "/uploads", params={"name": "/etc/Список\u202e.html"}, content=b"<script>1</script>"
    )
    assert sent.status_code == 201
    assert sent.json()["name"] == "Список.html"
    assert sent.json()["mediaType"] == "text/plain"
    got = await client.get(f"/files/{sent.json()['id']}")
    assert got.content == b"<script>1</script>"
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%A1")
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"


async def test_a_form_brings_one_file(api: Api, make_user: MakeUser) -> None:
    client = api(as_=await make_user("manager"))
    sent = await client.post("/uploads", files={"file": ("list.xlsx", workbook(), "text/html")})
    assert sent.json()["mediaType"].endswith("spreadsheetml.sheet")
    two = {"a": ("a", b"1"), "b": ("b", b"2")}
    for answer in (
        await client.post("/uploads", files=two),
        await client.post("/uploads", data={"file": "text"}, files={}),
        await client.post("/uploads", content=b"x", headers={"content-type": "multipart/form-data"}),
        await client.post(
            "/uploads", content=b"garbage", headers={"content-type": "multipart/form-data; boundary=x"}
        ),
    ):
        assert answer.status_code == 400, answer.text


async def test_a_file_of_somebody_else_is_no_file(api: Api, make_user: MakeUser) -> None:
    ann, bob = await make_user("manager"), await make_user("manager")
    sent = await api(as_=ann).post("/uploads?name=a.txt", content=b"hello")
    hidden = await api(as_=bob).get(f"/files/{sent.json()['id']}")
    missing = await api(as_=bob).get("/files/file_99999")
    garbage = await api(as_=bob).get("/files/..%2f..%2fetc")
    assert [one.status_code for one in (hidden, missing, garbage)] == [404, 404, 404]
    told = [one.json()["error"]["message"] for one in (hidden, missing)]
    assert told[0].replace(sent.json()["id"], "") == told[1].replace("file_99999", "")
    assert (await api().get(f"/files/{sent.json()['id']}")).status_code == 401


async def test_the_same_content_is_kept_once(api: Api, make_user: MakeUser, app: App) -> None:
    client = api(as_=await make_user("manager"))
    ids = {(await client.post(f"/uploads?name={n}", content=b"same")).json()["id"] for n in "ab"}
    kept = [path for path in (app.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert (len(ids), len(kept)) == (2, 1)


async def test_a_file_that_is_too_large_leaves_nothing(api: Api, make_user: MakeUser, app: App) -> None:
    client = api(as_=await make_user("manager"))

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 10_000

    for answer in (
        await client.post("/uploads?name=a", content=b"x" * 100_001),
        await client.post("/uploads?name=a", content=pieces()),
        await client.post("/uploads?name=a", content=b"x" * 5_000_000),
        await client.post("/uploads", files={"file": ("a", b"x" * 100_001)}),
        await client.post("/uploads?name=a", content=b""),
    ):
        assert answer.status_code in (400, 413)
    assert not [path for path in (app.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert (await client.post("/uploads?name=a", content=b"x" * 100_000)).status_code == 201


async def test_nobody_uploads_without_signing_in(api: Api) -> None:
    assert (await api().post("/uploads?name=a", content=b"x")).status_code == 401


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"MZ\x90\x00", "application/vnd.microsoft.portable-executable"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        ("Имя;Телефон\n".encode("cp1251"), "text/plain"),
        ("я".encode() * 4_000, "text/plain"),
        (b"\x00\x01\x02", UNKNOWN),
        (b"PK\x03\x04 broken", "application/zip"),
        (b"RIFF....WEBP", "image/webp"),
    ],
    ids=["pdf", "exe", "png", "cp1251", "utf8", "bytes", "zip", "webp"],
)
def test_a_type_is_found_from_the_content(tmp_path: Path, content: bytes, media_type: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert media_type_of(path) == media_type


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="open files are told by /proc only")
async def test_a_download_is_closed_when_its_client_is_gone(app: App, api: Api, make_user: MakeUser) -> None:
    ann = await make_user("manager")
    sent = await api(as_=ann).post("/uploads", params={"name": "long.bin"}, content=b"\0" * 99_000)
    asgi = make_asgi(app, lifespan=False)
    headers = [(b"authorization", f"Bearer {ann.key}".encode()), (b"host", b"localhost:8000")]
    path = f"/files/{sent.json()['id']}"
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 5), "server": ("localhost", 8000), "state": {},
    }  # fmt: skip
    begun: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        begun.append(message["type"])
        raise OSError("the client is gone")

    gc.disable()
    try:
        with contextlib.suppress(Exception):
            await asgi(scope, receive, send)
        assert begun[:1] == ["http.response.start"]
        assert open_files(app.settings.data_dir / "files") == []
    finally:
        gc.enable()


def open_files(folder: Path) -> list[str]:
    """The files under a folder that this process has open."""
    found: list[str] = []
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # the listing had one of its own
            found.append(os.readlink(f"/proc/self/fd/{number}"))
    return [path for path in found if path.startswith(str(folder))]
