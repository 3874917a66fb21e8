"""`cardfile check`."""

from typing import Annotated

from typer import Exit, Option, Typer

from cardfile.app import App
from cardfile.cli.opened import build_app, operator, run
from cardfile.cli.shipped import tell_differences
from cardfile.database import table_columns
from cardfile.database.catalogue import column_names
from cardfile.errors import DeclarationError
from cardfile.journal.truth import Untrue, find_untrue, make_true
from cardfile.seeds import Difference, differences

program = Typer()


@program.command()
def check(
    *,
    declarations: Annotated[
        bool, Option("--declarations", help="Only what can be checked without the database.")
    ] = False,
    repair: Annotated[
        bool, Option("--repair", help="Compute stored fields anew where they are untrue.")
    ] = False,
) -> None:
    """Check settings, plugins, declarations and the database, and tell what people changed of what plugins ship."""
    app = build_app()
    print(f"Settings are right; {len(app.plugins)} plugins: {', '.join(one.name for one in app.plugins)}.")
    print(
        f"Declarations are right: {len(app.model.types)} record types, {len(app.commands)} commands, "
        f"{len(app.roles.roles)} roles, {len(app.jobs.kinds)} kinds of jobs."
    )
    if declarations:
        return
    run(app.check_migrated())
    print("The database is reachable and up to date.")
    untrue, edited = run(_looked_through(app, repaired=repair))
    tell_differences(edited)
    for one in untrue:
        print(f"{one.entity}.{one.path} is untrue in {one.records} records.")
    if untrue and not repair:
        print("Compute them anew with: cardfile check --repair")
        raise Exit(1)
    print("Stored fields were computed anew." if untrue else "Stored fields are true.")


async def _refuse_missing_tables(app: App) -> None:
    """Raise `DeclarationError` for what is declared and what no migration has made."""
    for record_type in app.model:
        name = record_type.table
        there = set(await column_names(app.database, name))
        missing = [one.name for one in table_columns(record_type.entity.table) if one.name not in there]
        if not there:
            raise DeclarationError(
                f"{record_type.plugin}: the database has no table {name!r}: add a migration with CreateTable"
            )
        if missing:
            raise DeclarationError(
                f"{record_type.plugin}: the table {name!r} has no column {missing[0]!r} in the database: "
                "add a migration with AddColumn"
            )


async def _looked_through(app: App, *, repaired: bool) -> tuple[tuple[Untrue, ...], tuple[Difference, ...]]:
    async with app.running():
        await _refuse_missing_tables(app)
        untrue = await find_untrue(app)
        if untrue and repaired:
            async with app.unit_of_work(operator("check"), via="cli") as work:
                await make_true(work)
        return untrue, await differences(app)
