"""The server under measurement: the product and the floors in one process, told apart by the path.

Run as a program with an engine's URL; it prints one line of JSON when it listens: its port and its tokens.
`POST /told` answers with the CPU time that the process has used, in nanoseconds, and by which rungs documents
were answered.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from pathlib import Path
from socket import socket
from typing import Any

import orjson
import uvicorn

from cardfile.cli.opened import run
from cardfile.web import make_asgi
from cardfile_bench.databases import build_app, token_of
from cardfile_bench.floors import Floors, open_floors
from cardfile_bench.screens import READERS
from cardfile_graphql.plugin import GraphQLPlugin

__all__ = ["main"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]


class _Front:
    """Sends paths below /floor to the barest route there is, and everything else to the product."""

    def __init__(self, product: ASGI, floors: Floors, told: Callable[[], object]) -> None:
        self._product, self._floors, self._told = product, floors, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/floor/"):
            asked = orjson.loads(await _body(receive))["variables"]
            await _send(send, b'{"data":' + await self._floors.read(path[7:], asked) + b"}")
        elif path == "/told":
            await _send(send, json.dumps(self._told()).encode())
        else:
            await self._product(scope, receive, send)


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message["body"]
    while message.get("more_body"):
        message = await receive()
        body += message["body"]
    return body


async def _send(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_listening = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_listening.set()


async def serve(url: str, folder: Path) -> None:
    """Serve until the standard input ends."""
    app = build_app(url, folder)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.running())
        await stack.enter_async_context(app.access.running())
        floors = await stack.enter_async_context(open_floors(url))
        engine = app.plugin(GraphQLPlugin).engine(app)

        def told() -> object:
            return {"ns": time.process_time_ns(), "rungs": dict(engine.rungs)}

        front = _Front(make_asgi(app, lifespan=False), floors, told)
        # As `cardfile serve` does it.
        config = uvicorn.Config(
            front,
            host="127.0.0.1",
            port=0,
            http="httptools",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve())
        await server.is_listening.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        tokens = {name: await token_of(app, user) for name, user in READERS.items()}
        told_once = {"port": port, "tokens": tokens, "clients": floors.clients}
        print(json.dumps(told_once), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving


def main() -> None:
    """Serve the database whose URL is the first argument; the second is a folder for files."""
    run(serve(sys.argv[1], Path(sys.argv[2])))


if __name__ == "__main__":
    main()
