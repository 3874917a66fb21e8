"""Files over HTTP: streamed in under their hash, handed out through the visibility of their row."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Final
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Send
from starlette.types import Scope as Connection

from cardfile.access.file_store import PIECE
from cardfile.errors import FileRefused, InvalidInput, NotAllowed
from cardfile.rights import Scope
from cardfile.web.answers import JSONAnswer
from cardfile.web.state import app_of, require_actor

__all__ = ["download", "upload"]

SANDBOX: Final = "default-src 'none'; sandbox"
"""What a downloaded file may do if a browser shows it in spite of everything: nothing."""


async def upload(request: Request) -> Response:
    """Keep one file and return its id: the body itself with `?name=`, or a form with one file in it."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=5, max_part_size=10_000) as form:
            file = next((one for one in form.values() if isinstance(one, UploadFile)), None)
            if file is None:
                raise InvalidInput("There is no file in this form.")
            return await _keep(request, _pieces_of(file), file.filename or "")
    name = request.query_params.get("name", "")
    if not name:
        raise InvalidInput("Give the file a name: POST /uploads?name=list.xlsx.", path=("name",))
    return await _keep(request, request.stream(), name)


async def _keep(request: Request, pieces: AsyncIterator[bytes], name: str) -> Response:
    app, actor = app_of(request.scope), require_actor(request.scope)
    if actor.rights.scope("file", "read") is Scope.NONE:
        raise NotAllowed("You may not upload files.")
    kept = await app.access.files.put(
        pieces, name=name, owner=actor.user, limit=app.settings.limits.upload_bytes
    )
    told = {"id": f"file_{kept.id}", "name": kept.name, "mediaType": kept.media_type, "size": kept.size}
    return JSONAnswer(told, status_code=201)


async def _pieces_of(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece


async def download(request: Request) -> Response:
    """Hand out a file that this person may see, as something to be saved and never to be run."""
    app, actor = app_of(request.scope), require_actor(request.scope)
    files = app.access.files
    row = await files.find(app.model, request.path_params["id"], actor.rights)
    pieces = files.store.pieces(row.sha256)
    try:
        first = await anext(pieces)
    except StopAsyncIteration:
        raise FileRefused("The content of this file is not there any more.") from None
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
        "content-length": str(row.size),
        "content-security-policy": SANDBOX,
        "cache-control": "private, no-cache",
    }
    return _Download(first, pieces, media_type=row.media_type, headers=headers)


class _Download(StreamingResponse):
    """A file on its way; it is closed at the end, whether the client was there to take it or not."""

    def __init__(
        self, first: bytes, rest: AsyncGenerator[bytes, None], *, media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(_whole(first, rest), media_type=media_type, headers=headers)
        self._rest = rest

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Send the file."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._rest.aclose()


async def _whole(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
