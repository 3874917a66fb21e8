"""`cardfile check`."""

from typing import Annotated

from typer import Option, Typer

from cardfile.cli.opened import build_app, run

program = Typer()


@program.command()
def check(
    *,
    declarations: Annotated[
        bool, Option("--declarations", help="Only what can be checked without the database.")
    ] = False,
) -> None:
    """Check settings, plugins and declarations, then whether the database is reachable and up to date."""
    app = build_app()
    print(f"Settings are right; {len(app.plugins)} plugins: {', '.join(one.name for one in app.plugins)}.")
    print(
        f"Declarations are right: {len(app.model.types)} record types, {len(app.commands)} commands, "
        f"{len(app.roles.roles)} roles, {len(app.jobs.kinds)} kinds of jobs."
    )
    if not declarations:
        run(app.check_migrated())
        print("The database is reachable and up to date.")
