"""`cardfile jobs`."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from typer import Argument, Option, Typer

from cardfile.app import App
from cardfile.cli.opened import build_app, run
from cardfile.cli.tables import print_table
from cardfile.errors import InvalidInput
from cardfile.jobs import State
from cardfile.jobs.desk import (
    cancel_job,
    count_jobs,
    dead_jobs,
    find_job,
    list_jobs,
    look_at_jobs,
    retry_jobs,
)

program = Typer(no_args_is_help=True, help="Look at jobs, try them again, cancel them, do what is due.")

JobId = Annotated[int, Argument(help="The id of the job, as the list shows it.")]
Kind = Annotated[str | None, Option(help="Only jobs of this kind, such as fitness.keep_memberships.")]

COLUMNS: Final = ("id", "kind", "state", "run_at", "attempts", "key", "last_error")
DETAILS: Final = (
    "id", "kind", "state", "key", "payload", "created_at", "run_at", "attempts", "leases", "worker",
    "handed_until", "lease_until", "done_at", "last_error",
)  # fmt: skip


@program.command()
def count() -> None:
    """Count jobs by kind and state, and tell who works and how late the oldest one is."""
    tallies, picture = run(_within(_counted))
    kinds = sorted({one.kind for one in tallies})
    found = {(one.kind, one.state): one.jobs for one in tallies}
    print_table(("kind", *State), [(kind, *(found.get((kind, one)) for one in State)) for kind in kinds])
    for one in picture.workers:
        says = "works" if one.is_living else f"silent since {_shown(one.seen_at)}"
        print(f"Worker {one.name}, {one.threads} threads: {one.trouble or says}.")
    if not picture.workers:
        print("No worker is there.")
    late = int(picture.late.total_seconds())
    print(f"The oldest job that is due has waited for {late} s." if late else "No job that is due waits.")


@program.command("list")
def list_(
    *,
    state: Annotated[State | None, Option(help="Only jobs in this state.")] = None,
    kind: Kind = None,
    limit: Annotated[int, Option(help="How many at most.", min=1, max=10_000)] = 100,
) -> None:
    """List jobs, the last ones first."""
    rows = run(_within(lambda app: list_jobs(app, state=state, kind=kind, limit=limit)))
    print_table(COLUMNS, [[_shown(row[name]) for name in COLUMNS] for row in rows])


@program.command()
def show(job: JobId) -> None:
    """Show all that is known of a job."""
    row = run(_within(lambda app: find_job(app, job)))
    print_table(("", ""), [(name, _shown(row[name])) for name in DETAILS])


@program.command()
def retry(
    job: Annotated[int | None, Argument(help="The id of the job.")] = None,
    *,
    dead: Annotated[str | None, Option(help="Try all dead jobs of this kind again instead.")] = None,
) -> None:
    """Try a job again at once, with all its attempts, or all dead ones of a kind."""
    if (job is None) == (dead is None):
        raise InvalidInput("Name a job, or a kind by --dead, and not both.")
    number = run(_within(lambda app: _retried(app, job, dead)))
    print(f"{number} {'job is' if number == 1 else 'jobs are'} due now.")


@program.command()
def cancel(job: JobId) -> None:
    """Cancel a job that waits or is dead: it is never done."""
    run(_within(lambda app: cancel_job(app, job)))
    print(f"Job {job} is cancelled.")


@program.command("run")
def run_(*, limit: Annotated[int, Option(help="How many at most.", min=1)] = 1_000) -> None:
    """Do what is due here and now, without a worker."""
    number = run(_within(lambda app: app.jobs.run_due(limit=limit)))
    print(f"{number} {'job was' if number == 1 else 'jobs were'} done.")


async def _within(deed: Callable[[App], Coroutine[Any, Any, Any]]) -> Any:
    async with build_app().running() as app:
        return await deed(app)


async def _counted(app: App) -> tuple[Any, Any]:
    return await count_jobs(app), await look_at_jobs(app)


async def _retried(app: App, job: int | None, kind: str | None) -> int:
    jobs = await dead_jobs(app, kind=kind) if kind is not None else [job] if job is not None else []
    return await retry_jobs(app, jobs) if jobs else 0


def _shown(value: object) -> object:
    return value.isoformat(sep=" ", timespec="seconds") if hasattr(value, "isoformat") else value
