"""What is done for imports in the background: whatever stage is due, from where it is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import orjson

from cardfile.errors import Refused
from cardfile.failpoints import failpoint
from cardfile.imports.host import ImportHost, host_of
from cardfile.imports.importers import actor_of_import
from cardfile.imports.kept_import import Halted, fail_import, move_on, read_import, understood
from cardfile.imports.progress import Tell
from cardfile.imports.running import run_import
from cardfile.imports.settling import settle_rows
from cardfile.imports.tables import Import, ImportState, Stage
from cardfile.imports.taking_back import take_back
from cardfile.imports.trying import check_import
from cardfile.jobs import JobKind, JobRun
from cardfile.jobs.tables import Job, State
from cardfile.journal.calls import Call

__all__ = ["JOBS", "do_stage", "have_it_done", "have_it_finished"]

RUN: Final = "run_import"


async def do_stage(app: ImportHost, number: int, *, tell: Tell | None = None) -> None:
    """Do the stage of an import that is due, from where it is, to its end; nothing when none is due.

    Raises `Refused` where the import fails as a whole, `Halted` when it was stopped or changed, or somebody
    else is at it.
    """
    row = await read_import(app, number)
    match row["stage"]:
        case Stage.PROBE:
            await probe_import(app, row)
        case Stage.CHECK:
            await check_import(app, number, tell=tell)
        case Stage.RUN:
            await run_import(app, number, tell=tell)
        case Stage.UNDO:
            await take_back(app, number, tell=tell)
        case Stage.SETTLE:
            await settle_rows(app, number, tell=tell)


async def probe_import(app: ImportHost, row: Mapping[str, Any]) -> None:
    """Look at the file of an import and keep what it tells; what was cut off is done anew."""
    try:
        actor = await actor_of_import(app, row["owner"])
        await understood(app, row, actor)
        done: dict[Any, Any] = {Import.state: ImportState.PROBED.value, Import.stage: None}
        async with app.database.transaction():
            await move_on(app, row, done)
    except Halted:
        raise
    except Refused as error:
        await fail_import(app, int(row["id"]), error)
        raise
    failpoint("stages.probe_kept")


async def have_it_done(call: Call, number: int) -> None:
    """Put in the job of an import.

    One that is at an earlier stage of it may be past its last look at what is due: it is not relied on.
    """
    await host_of(call.app).jobs.enqueue(RUN, {"import": number})


async def have_it_finished(call: Call, number: int) -> None:
    """Put in the job of an import that was begun, unless one waits already or is at it."""
    payload = orjson.dumps({"import": number}).decode()
    is_open = Job.state.is_in([State.WAITING.value, State.RUNNING.value])
    if not await call.run(Job.exists().where((Job.kind == RUN) & (Job.payload == payload) & is_open)):
        await have_it_done(call, number)


async def _do_stages(run: JobRun) -> None:
    """Do what is due for an import, one stage after another."""
    number = int(run.payload["import"])
    try:
        while (row := await read_import(run.app, number))["stage"] is not None:
            await do_stage(run.app, number)
            after = await read_import(run.app, number)
            if (after["stage"], after["version"]) == (row["stage"], row["version"]):
                return  # Nothing is to be done for it as it is.
    except Halted:
        if (await read_import(run.app, number))["stage"] is not None:
            raise  # Somebody else is at it: look again later whether he came to the end.
    except Refused:
        return  # The import itself says why it failed; another try would fail in the same way.


# Each portion finds out for itself whether somebody else is at it, so that whoever takes an import up while
# the process that was killed might still live does no harm: nobody should wait for it for long.
# A process that ends for its own reasons spends an attempt, however far it came: there are many.
JOBS: Final = (JobKind(RUN, _do_stages, transactional=False, lease=timedelta(seconds=30), attempts=50),)
"""What this room does in the background."""
