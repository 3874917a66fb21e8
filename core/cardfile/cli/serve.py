"""`cardfile serve`."""

import asyncio
import signal
from contextlib import AsyncExitStack
from typing import Annotated

import uvicorn
from typer import Option, Typer

from cardfile.app import App
from cardfile.cli.opened import build_app, run
from cardfile.errors import SettingsError
from cardfile.jobs import require_queue, working
from cardfile.journal.garbage import spare_what_stays
from cardfile.web import make_asgi

program = Typer()


@program.command()
def serve(
    *,
    host: Annotated[str | None, Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, Option(help="The port to listen on.", min=0, max=65535)] = None,
    worker: Annotated[
        bool | None,
        Option("--worker/--no-worker", help="Do jobs in this process, or leave them."),
    ] = None,
) -> None:
    """Serve the API, and do the jobs beside it, until told to stop."""
    given = {"host": host, "port": port, "worker": worker}
    app = build_app(**{name: value for name, value in given.items() if value is not None})
    run(serve_app(app))


async def serve_app(app: App) -> None:
    """Serve an app that is not running yet until SIGINT or SIGTERM."""
    server = uvicorn.Server(
        uvicorn.Config(
            make_asgi(app, lifespan=False),
            host=app.settings.host,
            port=app.settings.port,
            http="httptools",
            lifespan="off",
            log_level=app.settings.log_level,
            access_log=False,
            log_config=None,
            server_header=False,
            # Only the web room knows which proxies are trusted.
            proxy_headers=False,
            timeout_graceful_shutdown=20,
        )
    )

    def stop() -> None:
        server.should_exit = True

    # Once uvicorn has stopped it raises the signal again: without a handler that would end the process
    # in the middle of what the worker has begun.
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.running())
        if app.settings.worker:
            await require_queue(app.settings)
            await stack.enter_async_context(working(app))
        spare_what_stays()
        try:
            await server.serve()
        except SystemExit:
            # How uvicorn says that it could not listen; its own words are in the log.
            raise SettingsError(
                f"Nothing can be served at {app.settings.host}:{app.settings.port}: "
                "another program may listen there. Choose another port: --port 8001 or CARDFILE_PORT."
            ) from None
