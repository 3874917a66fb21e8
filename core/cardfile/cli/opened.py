"""Opening the app for a command, and waiting for it."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from cardfile.app import App
from cardfile.query.rows import fetch_records
from cardfile.rights import Actor
from cardfile.settings import Settings

__all__ = ["build_app", "fetch", "operator", "run"]

Answer = TypeVar("Answer")
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def build_app(**overrides: Any) -> App:
    """Return the app of the settings that hold here."""
    settings = Settings.load(**overrides)
    logging.basicConfig(level=settings.log_level.upper(), format=LINE)
    # It tells of every job twice; what matters of jobs is in our own log and in their table.
    logging.getLogger("huey").setLevel(logging.WARNING)
    return App.build(settings)


def operator(command: str) -> Actor:
    """Return who acts when somebody at the machine's own keyboard gives a command."""
    return replace(Actor.system(f"cardfile {command}"), via="cli")


async def fetch(
    app: App,
    entity: str,
    *,
    filter: Mapping[str, object] | None = None,  # the word of the API
    order: Sequence[str] = (),
    limit: int | None = None,
) -> list[dict[str, object]]:
    """Return records of a running app as whoever is at the machine sees them: all of them, unless limited."""
    return await fetch_records(
        app.database,
        app.model,
        app.model[entity],
        operator("list").rights,
        now=app.clock.now(),
        filter=filter,
        order=order,
        limit=limit,
    )


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Do `work` on an event loop of its own, the fast one where there is one."""
    try:
        from uvloop import new_event_loop  # noqa: PLC0415  It is not there on every platform.
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)
