"""`cardfile worker`."""

import asyncio
import os
import signal

from typer import Typer

from cardfile.cli.opened import build_app, run
from cardfile.jobs import require_queue, working
from cardfile.journal.garbage import spare_what_stays

program = Typer()


@program.command()
def worker() -> None:
    """Do jobs until told to stop; what has begun is finished first (SIGTERM, SIGINT)."""
    run(_work())


async def _work() -> None:
    app = build_app()
    # Of the threads of this process and of what it starts; people wait for the server's.
    os.nice(app.settings.worker_nice)
    await require_queue(app.settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with app.running(), working(app):
        spare_what_stays()
        print(f"Working: {len(app.jobs.kinds)} kinds of jobs.", flush=True)
        await stop.wait()
        print("Stopping.", flush=True)
