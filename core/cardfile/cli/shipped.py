"""`cardfile shipped`."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from typer import Argument, Typer

from cardfile.app import App
from cardfile.cli.opened import build_app, operator, run
from cardfile.cli.tables import print_table
from cardfile.journal import UnitOfWork
from cardfile.seeds import Difference, differences, keep_difference, take_difference

__all__ = ["tell_differences"]

program = Typer(
    no_args_is_help=True,
    help="What plugins ship (pipelines, stages, goals, reminders) and people have made into something else.",
)

Entity = Annotated[str, Argument(help="The kind of row: stage, goal …")]
Seed = Annotated[str, Argument(help="Which one, as the list names it: sales/request.")]
Path = Annotated[str, Argument(help="The field: label, expected_days …")]
Settle = Callable[[UnitOfWork, str, str, str], Awaitable[Difference]]


@program.command("list")
def list_() -> None:
    """List the fields that are not as their plugins ship them."""
    found = run(_differences(build_app()))
    rows = [(one.entity, one.seed, one.path, one.plugin, one.shipped, one.yours) for one in found]
    print_table(("kind", "which", "field", "plugin", "shipped", "yours"), rows)


@program.command()
def take(entity: Entity, seed: Seed, field: Path) -> None:
    """Let a field be again what its plugin ships."""
    one = run(_settle(build_app(), take_difference, entity, seed, field))
    print(f"{one.name}: {one.path} is {one.shipped} again.")


@program.command()
def keep(entity: Entity, seed: Seed, field: Path) -> None:
    """Let a field stay as it is, and hear of it again only when something else is shipped."""
    one = run(_settle(build_app(), keep_difference, entity, seed, field))
    print(f"{one.name}: {one.path} stays {one.yours}.")


def tell_differences(found: tuple[Difference, ...]) -> None:
    """Print what people have made of what plugins ship, and what to do about it."""
    for one in found:
        print(
            f"{one.plugin} ships {one.shipped} as {one.path} of {one.entity} {one.seed}, you have {one.yours}: "
            f"cardfile shipped keep|take {one.entity} {one.seed} {one.path}"
        )


async def _differences(app: App) -> tuple[Difference, ...]:
    async with app.running():
        return await differences(app)


async def _settle(app: App, settle: Settle, entity: str, seed: str, path: str) -> Difference:
    async with app.running(), app.unit_of_work(operator("shipped"), via="cli") as work:
        return await settle(work, entity, seed, path)
